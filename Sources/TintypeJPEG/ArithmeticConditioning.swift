/// What DAC segments set for the arithmetic coding (T.81 §B.2.4.3).
struct ArithmeticConditioning {
    /// For each DC table, between which powers of two a difference counts as small (L and U of T.81 §F.1.4.4.1.2).
    private(set) var smallDifferences = [ClosedRange<Int32>](repeating: 0...1, count: 4)
    /// For each AC table, the last coefficient whose magnitude is coded with the statistics of the low ones (Kx of T.81 §F.1.4.4.2).
    private(set) var lastLowCoefficient = [Int](repeating: 5, count: 4)

    /// Takes one table's entry of a DAC segment.
    ///
    /// - Parameter slot: 0–3 for a DC table, 16–19 for an AC table.
    /// - Returns: false where the standard allows no such entry.
    mutating func define(_ slot: UInt8, _ value: UInt8) -> Bool {
        switch slot {
        case 0...3:
            let (lower, upper) = (Int32(value & 15), Int32(value >> 4))
            guard lower <= upper else { return false }
            smallDifferences[Int(slot)] = (1 << lower) >> 1...(1 << upper) >> 1
        case 16...19:
            guard (1...63).contains(value) else { return false }
            lastLowCoefficient[Int(slot & 3)] = Int(value)
        default:
            return false
        }
        return true
    }
}
