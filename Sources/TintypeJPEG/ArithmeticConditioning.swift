/// What DAC segments set for the arithmetic coding (T.81 §B.2.4.3).
///
/// The standard has four tables of each class. Sixteen can be written, and other decoders take them all.
struct ArithmeticConditioning {
    /// For each DC table, between which powers of two a difference counts as small (L and U of T.81 §F.1.4.4.1.2).
    private(set) var smallDifferences = [ClosedRange<Int32>](repeating: 0...1, count: 16)
    /// For each AC table, the last coefficient whose magnitude is coded with the statistics of the low ones (Kx of T.81 §F.1.4.4.2).
    private(set) var lastLowCoefficient = [Int](repeating: 5, count: 16)

    /// Takes one table's entry of a DAC segment.
    ///
    /// - Parameter slot: 0–15 for a DC table, 16–31 for an AC table.
    /// - Returns: false where there is no such table, or L is above U.
    mutating func define(_ slot: UInt8, _ value: UInt8) -> Bool {
        switch slot {
        case 0...15:
            let (lower, upper) = (Int32(value & 15), Int32(value >> 4))
            guard lower <= upper else { return false }
            smallDifferences[Int(slot)] = (1 << lower) >> 1...(1 << upper) >> 1
        case 16...31:
            lastLowCoefficient[Int(slot & 15)] = Int(value)
        default:
            return false
        }
        return true
    }
}
