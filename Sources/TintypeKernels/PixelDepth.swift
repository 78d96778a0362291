#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

/// Rows of samples from one depth to the other. A 16-bit sample is two bytes, least significant first.
public enum PixelDepth {
    /// 8 to 16 bits: v × 257, so that 255 becomes 65,535.
    ///
    /// - Precondition: `target` is twice as long as `source`.
    public static func widen(
        _ source: Span<UInt8>, into target: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        precondition(target.count == 2 * source.count)
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 { done = TintypeKernelsAVX2.widenSamples(source, into: &target) }
        #endif
        for i in done..<source.count {
            let value = unsafe source[unchecked: i]
            unsafe target[unchecked: 2 &* i] = value
            unsafe target[unchecked: 2 &* i &+ 1] = value
        }
    }

    /// 16 to 8 bits: v / 257, rounded.
    ///
    /// - Precondition: `source` is twice as long as `target`.
    public static func narrow(
        _ source: Span<UInt8>, into target: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        precondition(source.count == 2 * target.count)
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 { done = TintypeKernelsAVX2.narrowSamples(source, into: &target) }
        #endif
        for i in done..<target.count {
            let low = unsafe UInt32(source[unchecked: 2 &* i])
            let high = unsafe UInt32(source[unchecked: 2 &* i &+ 1])
            unsafe target[unchecked: i] = UInt8(truncatingIfNeeded: ((low | high &<< 8) &+ 128) / 257)
        }
    }
}
