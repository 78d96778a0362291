/// From samples as stored, 0 to a largest value, to samples of full 8 or 16 bits.
struct SampleScale {
    private let maxval: UInt32
    /// For samples of one byte, what each becomes.
    private let table: [UInt8]

    /// - Parameter maxval: 1 to 65,535.
    init(maxval: Int) {
        self.maxval = UInt32(truncatingIfNeeded: maxval)
        table = maxval > 255 ? [] : (0...255).map { UInt8((min($0, maxval) * 255 + maxval / 2) / maxval) }
    }

    /// Whether samples have two bytes: most significant first as stored, least significant first in rows.
    var isWide: Bool { maxval > 255 }

    /// Converts the stored samples `stored[range]` to `row`, from `start` on.
    ///
    /// - Precondition: `range.count` is even where samples are wide, and fits into `row`.
    /// - Returns: whether a sample was above the largest value (it is cut to that).
    func convert(_ stored: [UInt8], _ range: Range<Int>, to row: inout MutableSpan<UInt8>, at start: Int) -> Bool {
        precondition(start >= 0 && range.count <= row.count - start)
        return isWide ? convertWide(stored.span, range, &row, start) : convertNarrow(stored.span, range, &row, start)
    }

    private func convertNarrow(
        _ stored: Span<UInt8>, _ range: Range<Int>, _ row: inout MutableSpan<UInt8>, _ start: Int
    ) -> Bool {
        if maxval == 255 {
            // As stored, and none can be above the largest.
            for i in 0..<range.count { row[start &+ i] = stored[range.lowerBound &+ i] }
            return false
        }
        let table = table.span
        var at = start
        var largest: UInt8 = 0
        for i in range {
            let sample = stored[i]
            largest = max(largest, sample)
            row[at] = table[Int(sample)]
            at &+= 1
        }
        return UInt32(largest) > maxval
    }

    private func convertWide(
        _ stored: Span<UInt8>, _ range: Range<Int>, _ row: inout MutableSpan<UInt8>, _ start: Int
    ) -> Bool {
        var at = start
        var largest: UInt32 = 0
        var i = range.lowerBound
        while i &+ 1 < range.upperBound {
            let sample = UInt32(stored[i]) << 8 | UInt32(stored[i &+ 1])
            largest = max(largest, sample)
            // At most 65,535² and half of 65,535: within 32 bits.
            let scaled = maxval == 65_535 ? sample : (min(sample, maxval) &* 65_535 &+ maxval / 2) / maxval
            row[at] = UInt8(truncatingIfNeeded: scaled)
            row[at &+ 1] = UInt8(truncatingIfNeeded: scaled >> 8)
            at &+= 2
            i &+= 2
        }
        return largest > maxval
    }
}
