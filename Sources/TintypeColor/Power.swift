/// Powers by series that need no mathematical library: the same tables everywhere.
enum Power {
    /// base^exponent, to some 14 digits; 0 for a base that is not positive, and never beyond 2^±200.
    static func power(_ base: Double, _ exponent: Double) -> Double {
        guard base > 0, base.isFinite else { return 0 }
        return exp2(min(200, max(-200, exponent * log2(base))))
    }

    private static let ln2 = 0.693_147_180_559_945_3

    /// log₂ x = e + 2/ln 2 · artanh((m - 1) / (m + 1)) with x = m · 2^e and m near 1.
    private static func log2(_ x: Double) -> Double {
        var (m, e) = (x.significand, Double(x.exponent))
        if m > 1.414 { (m, e) = (m / 2, e + 1) }
        let s = (m - 1) / (m + 1)
        // |s| < 0.172: the terms fall by 0.03 each.
        var (term, sum, n) = (s, s, 1.0)
        for _ in 0..<11 {
            term *= s * s
            n += 2
            sum += term / n
        }
        return e + 2 * sum / ln2
    }

    private static func exp2(_ x: Double) -> Double {
        let whole = x.rounded()
        let y = (x - whole) * ln2
        // |y| < 0.35: fifteen terms of the exponential series.
        var (term, sum) = (1.0, 1.0)
        for n in 1..<16 {
            term *= y / Double(n)
            sum += term
        }
        return Double(sign: .plus, exponent: Int(whole), significand: sum)
    }
}
