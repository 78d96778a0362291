extension JPEGForward {
    /// Halves a row across: each output sample is the mean of two neighbours.
    ///
    /// Halves round down and up by turns from left to right, so that a flat dither gains no brightness.
    ///
    /// - Parameters:
    ///   - row: twice as many samples as `output`.
    public static func downsampleRow(_ row: Span<UInt8>, into output: inout MutableSpan<UInt8>) {
        precondition(row.count == 2 * output.count)
        for i in output.indices {
            let sum = UInt16(row[2 &* i]) &+ UInt16(row[2 &* i &+ 1])
            output[i] = UInt8(truncatingIfNeeded: (sum &+ UInt16(truncatingIfNeeded: i & 1)) &>> 1)
        }
    }

    /// Halves two rows across and down: each output sample is the mean of four neighbours.
    ///
    /// A quarter and a half are added by turns before rounding down, for the same reason.
    ///
    /// - Parameters:
    ///   - upper: twice as many samples as `output`, and so is `lower`.
    public static func downsampleRows(
        _ upper: Span<UInt8>, _ lower: Span<UInt8>, into output: inout MutableSpan<UInt8>
    ) {
        precondition(upper.count == 2 * output.count && lower.count == 2 * output.count)
        for i in output.indices {
            let sum =
                UInt16(upper[2 &* i]) &+ UInt16(upper[2 &* i &+ 1]) &+ UInt16(lower[2 &* i])
                &+ UInt16(lower[2 &* i &+ 1])
            output[i] = UInt8(truncatingIfNeeded: (sum &+ 1 &+ UInt16(truncatingIfNeeded: i & 1)) &>> 2)
        }
    }
}
