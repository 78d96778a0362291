/// Rows of samples from one depth to the other. A 16-bit sample is two bytes, least significant first.
public enum PixelDepth {
    /// 8 to 16 bits: v × 257, so that 255 becomes 65,535.
    ///
    /// - Precondition: `target` is twice as long as `source`.
    public static func widen(_ source: Span<UInt8>, into target: inout MutableSpan<UInt8>) {
        precondition(target.count == 2 * source.count)
        for i in source.indices {
            let value = unsafe source[unchecked: i]
            unsafe target[unchecked: 2 &* i] = value
            unsafe target[unchecked: 2 &* i &+ 1] = value
        }
    }

    /// 16 to 8 bits: v / 257, rounded.
    ///
    /// - Precondition: `source` is twice as long as `target`.
    public static func narrow(_ source: Span<UInt8>, into target: inout MutableSpan<UInt8>) {
        precondition(source.count == 2 * target.count)
        for i in target.indices {
            let low = unsafe UInt32(source[unchecked: 2 &* i])
            let high = unsafe UInt32(source[unchecked: 2 &* i &+ 1])
            unsafe target[unchecked: i] = UInt8(truncatingIfNeeded: ((low | high &<< 8) &+ 128) / 257)
        }
    }
}
