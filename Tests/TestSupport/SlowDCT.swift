import Foundation

/// The transforms of T.81 §A.3.3, straight from their formulas.
public enum SlowDCT {
    /// cosines[8 x + u] = C(u) / 2 · cos((2x + 1) u π / 16)
    private static let cosines: [Double] = (0..<64).map { i in
        let (x, u) = (Double(i / 8), Double(i % 8))
        return (u == 0 ? 0.5.squareRoot() : 1) / 2 * cos((2 * x + 1) * u * .pi / 16)
    }

    /// 64 coefficients, row by row, to samples around 0.
    public static func inverse(_ coefficients: [Double]) -> [Double] {
        (0..<64).map { i in
            let (y, x) = (i / 8, i % 8)
            var sum = 0.0
            for v in 0..<8 {
                for u in 0..<8 { sum += coefficients[8 * v + u] * cosines[8 * x + u] * cosines[8 * y + v] }
            }
            return sum
        }
    }

    /// 64 samples around 0, row by row, to coefficients.
    public static func forward(_ samples: [Double]) -> [Double] {
        (0..<64).map { i in
            let (v, u) = (i / 8, i % 8)
            var sum = 0.0
            for y in 0..<8 {
                for x in 0..<8 { sum += samples[8 * y + x] * cosines[8 * x + u] * cosines[8 * y + v] }
            }
            return sum
        }
    }
}
