/// RGB rows from one set of primaries to another: through curves to light, through a matrix, and through a curve back.
public enum ColorMatrix {
    /// Fraction bits of an amount of light: 1 is `1 << lightBits`.
    public static let lightBits = 22
    /// Fraction bits of the matrix. Its factors may be up to 2¹⁶ either way: three products then stay below 2⁶².
    public static let matrixBits = 20
    /// Fraction bits of the entries of the curve back.
    public static let sampleBits = 12

    /// Converts a row of RGB in its place; alpha, if there is one, is kept.
    ///
    /// - Parameters:
    ///   - isWide: whether a sample is two bytes, least significant first.
    ///   - light: 256 or 65,536 amounts of light, from -4 to 4, for the samples of each of red, green and blue.
    ///   - matrix: row by row, with `matrixBits`.
    ///   - samples: the samples that stand for amounts of light at equal distances, with `sampleBits`: 2ⁿ + 2 entries, of which
    ///     the last but one stands for 1 and the last is only looked at, not counted. n is at most `lightBits`.
    /// - Precondition: the counts are as said, and `row` holds whole pixels.
    public static func convert(
        _ row: inout MutableSpan<UInt8>, isWide: Bool, hasAlpha: Bool, light: Span<Int32>, matrix: [9 of Int64],
        samples: Span<Int32>
    ) {
        let channels = hasAlpha ? 4 : 3
        let steps = samples.count - 2
        precondition(steps > 0 && steps & (steps - 1) == 0 && steps <= 1 << lightBits)
        precondition(light.count == (isWide ? 3 * 65_536 : 3 * 256))
        precondition(row.count % (isWide ? 2 * channels : channels) == 0)
        let shift = lightBits - steps.trailingZeroBitCount
        let count = row.count / (isWide ? 2 : 1)
        let table = isWide ? 65_536 : 256
        for i in stride(from: 0, to: count, by: channels) {
            let red = unsafe Int64(light[unchecked: load(row, isWide, i)])
            let green = unsafe Int64(light[unchecked: table &+ load(row, isWide, i &+ 1)])
            let blue = unsafe Int64(light[unchecked: 2 &* table &+ load(row, isWide, i &+ 2)])
            for c in 0..<3 {
                let sum = matrix[3 &* c] &* red &+ matrix[3 &* c &+ 1] &* green &+ matrix[3 &* c &+ 2] &* blue
                store(sample(sum, samples, shift), isWide, i &+ c, &row)
            }
        }
    }

    // Unchecked subscripts are sound: the counts were checked above, and a sample is an index of its table.

    /// The sample for an amount of light that still has the matrix's fraction bits: cut to 0…1, and between two entries of
    /// the curve on the straight line.
    @inline(__always)
    private static func sample(_ sum: Int64, _ samples: Span<Int32>, _ shift: Int) -> Int {
        let half: Int64 = 1 &<< Int64(matrixBits &- 1)
        let light = Int(max(0, min(1 &<< Int64(lightBits), (sum &+ half) &>> Int64(matrixBits))))
        let index = light &>> shift
        let low = unsafe Int(samples[unchecked: index])
        let high = unsafe Int(samples[unchecked: index &+ 1])
        let between = ((high &- low) &* (light & ((1 &<< shift) &- 1))) &>> shift
        return (low &+ between &+ 1 &<< (sampleBits &- 1)) &>> sampleBits
    }

    @inline(__always)
    private static func load(_ bytes: borrowing MutableSpan<UInt8>, _ isWide: Bool, _ index: Int) -> Int {
        if !isWide { return unsafe Int(bytes[unchecked: index]) }
        return unsafe Int(bytes[unchecked: 2 &* index]) | Int(bytes[unchecked: 2 &* index &+ 1]) &<< 8
    }

    @inline(__always)
    private static func store(_ value: Int, _ isWide: Bool, _ index: Int, _ bytes: inout MutableSpan<UInt8>) {
        if isWide {
            unsafe bytes[unchecked: 2 &* index] = UInt8(truncatingIfNeeded: value)
            unsafe bytes[unchecked: 2 &* index &+ 1] = UInt8(truncatingIfNeeded: value &>> 8)
        } else {
            unsafe bytes[unchecked: index] = UInt8(truncatingIfNeeded: value)
        }
    }
}
