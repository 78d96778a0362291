#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

extension JPEGForward {
    /// Halves a row across: each output sample is the mean of two neighbours.
    ///
    /// Halves round down and up by turns from left to right, so that a flat dither gains no brightness.
    ///
    /// - Parameters:
    ///   - row: twice as many samples as `output`.
    public static func downsampleRow(
        _ row: Span<UInt8>, into output: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        precondition(row.count == 2 * output.count)
        #if arch(x86_64)
            let done = tier == .avx2 ? TintypeKernelsAVX2.downsampleRow(row, into: &output) : 0
        #else
            let done = 0
        #endif
        // Sound: there are two samples for each output.
        unsafe row.withUnsafeBytes { row in
            unsafe output.withUnsafeMutableBufferPointer { output in
                guard let row = row.baseAddress else { return }
                for i in done..<output.count {
                    let bias = UInt16(truncatingIfNeeded: i & 1)
                    unsafe output[i] = UInt8(truncatingIfNeeded: (pairSum(row, i) &+ bias) &>> 1)
                }
            }
        }
    }

    /// Halves two rows across and down: each output sample is the mean of four neighbours.
    ///
    /// A quarter and a half are added by turns before rounding down, for the same reason.
    ///
    /// - Parameters:
    ///   - upper: twice as many samples as `output`, and so is `lower`.
    public static func downsampleRows(
        _ upper: Span<UInt8>, _ lower: Span<UInt8>, into output: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        precondition(upper.count == 2 * output.count && lower.count == 2 * output.count)
        #if arch(x86_64)
            let done = tier == .avx2 ? TintypeKernelsAVX2.downsampleRows(upper, lower, into: &output) : 0
        #else
            let done = 0
        #endif
        // Sound: there are two samples in each row for each output.
        unsafe upper.withUnsafeBytes { upper in
            unsafe lower.withUnsafeBytes { lower in
                unsafe output.withUnsafeMutableBufferPointer { output in
                    guard let upper = upper.baseAddress, let lower = lower.baseAddress else { return }
                    for i in done..<output.count {
                        let sum = unsafe pairSum(upper, i) &+ pairSum(lower, i)
                        let bias = 1 &+ UInt16(truncatingIfNeeded: i & 1)
                        unsafe output[i] = UInt8(truncatingIfNeeded: (sum &+ bias) &>> 2)
                    }
                }
            }
        }
    }

    /// Halves two rows down: each output sample is the mean of two, rounded up at the half.
    ///
    /// - Parameters:
    ///   - upper: as many samples as `output`, and so is `lower`.
    public static func averageRows(
        _ upper: Span<UInt8>, _ lower: Span<UInt8>, into output: inout MutableSpan<UInt8>
    ) {
        precondition(upper.count == output.count && lower.count == output.count)
        for i in upper.indices {
            output[i] = UInt8(truncatingIfNeeded: (UInt16(upper[i]) &+ UInt16(lower[i]) &+ 1) &>> 1)
        }
    }

    /// Quarters a row across: each output sample is the mean of four, rounded up at the half.
    ///
    /// - Parameters:
    ///   - row: four times as many samples as `output`.
    public static func quarterRow(_ row: Span<UInt8>, into output: inout MutableSpan<UInt8>) {
        precondition(row.count == 4 * output.count)
        for i in output.indices {
            let left = UInt16(row[4 &* i]) &+ UInt16(row[4 &* i &+ 1])
            let right = UInt16(row[4 &* i &+ 2]) &+ UInt16(row[4 &* i &+ 3])
            output[i] = UInt8(truncatingIfNeeded: (left &+ right &+ 2) &>> 2)
        }
    }

    /// The sum of samples 2i and 2i + 1, loaded together: a stride of two would keep the loops from using vectors.
    @inline(__always)
    private static func pairSum(_ row: UnsafeRawPointer, _ i: Int) -> UInt16 {
        let pair = unsafe row.loadUnaligned(fromByteOffset: 2 &* i, as: UInt16.self)
        return pair & 0xFF &+ pair &>> 8
    }
}
