/// The DCT of T.81 §A.3.3 in double precision, one dimension after the other.
public enum TextbookDCT {
    /// Row u, column x: C(u) ∕ 2 × cos((2x + 1)uπ ∕ 16). The cosines are those of multiples of π ∕ 16, since the
    /// library has none without Foundation.
    private static let basis: [Double] = {
        let quarter = [
            1, 0.980785280403230449, 0.923879532511286756, 0.831469612302545237, 0.707106781186547524,
            0.555570233019602225, 0.382683432365089772, 0.195090322016128268, 0,
        ]
        func cosine(_ n: Int) -> Double {
            let turn = n % 32
            let half = turn > 16 ? 32 - turn : turn
            return half > 8 ? -quarter[16 - half] : quarter[half]
        }
        return (0..<64).map { i in
            let (u, x) = (i / 8, i % 8)
            return cosine((2 * x + 1) * u) / 2 * (u == 0 ? quarter[4] : 1)
        }
    }()

    /// 64 samples (less 128), row by row, to 64 frequencies.
    public static func forward(_ samples: [Double]) -> [Double] { both(samples) { basis[8 * $0 + $1] } }

    /// 64 frequencies, row by row, to samples (less 128).
    public static func inverse(_ frequencies: [Double]) -> [Double] { both(frequencies) { basis[8 * $1 + $0] } }

    private static func both(_ block: [Double], _ factor: (Int, Int) -> Double) -> [Double] {
        var (rows, result) = ([Double](repeating: 0, count: 64), [Double](repeating: 0, count: 64))
        for y in 0..<8 {
            for u in 0..<8 {
                for x in 0..<8 { rows[8 * y + u] += factor(u, x) * block[8 * y + x] }
            }
        }
        for v in 0..<8 {
            for u in 0..<8 {
                for y in 0..<8 { result[8 * v + u] += factor(v, y) * rows[8 * y + u] }
            }
        }
        return result
    }
}
