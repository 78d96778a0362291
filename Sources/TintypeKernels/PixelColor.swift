/// Rows from one colour model to another. `isWide` says that a sample is two bytes, `hasAlpha` that an alpha follows the colour,
/// which is kept.
public enum PixelColor {
    /// RGB to grey: the luma of ITU-R BT.601, 0.299 R + 0.587 G + 0.114 B, with 16 fraction bits as libjpeg computes it.
    ///
    /// - Precondition: `target` holds as many pixels as `source`.
    public static func gray(
        fromRGB source: Span<UInt8>, isWide: Bool, hasAlpha: Bool, into target: inout MutableSpan<UInt8>
    ) {
        let (from, to) = hasAlpha ? (4, 2) : (3, 1)
        let pixels = count(source, target, from: from, to: to, isWide)
        if isWide {
            for i in 0..<pixels { luma(source, i &* from, true, &target, i &* to, hasAlpha) }
        } else {
            for i in 0..<pixels { luma(source, i &* from, false, &target, i &* to, hasAlpha) }
        }
    }

    @inline(__always)
    private static func luma(
        _ source: Span<UInt8>, _ from: Int, _ isWide: Bool, _ target: inout MutableSpan<UInt8>, _ to: Int,
        _ hasAlpha: Bool
    ) {
        // The factors add up to 65,536: white stays white, and the sum is below 2³² for 16-bit samples too.
        let red = 19_595 &* load(source, isWide, from)
        let green = 38_470 &* load(source, isWide, from &+ 1)
        let blue = 7_471 &* load(source, isWide, from &+ 2)
        store((red &+ green &+ blue &+ 32_768) &>> 16, isWide, to, &target)
        if hasAlpha { store(load(source, isWide, from &+ 3), isWide, to &+ 1, &target) }
    }

    /// Grey to RGB: three times the same.
    ///
    /// - Precondition: `target` holds as many pixels as `source`.
    public static func rgb(
        fromGray source: Span<UInt8>, isWide: Bool, hasAlpha: Bool, into target: inout MutableSpan<UInt8>
    ) {
        let (from, to) = hasAlpha ? (2, 4) : (1, 3)
        let pixels = count(source, target, from: from, to: to, isWide)
        for i in 0..<pixels {
            let gray = load(source, isWide, i &* from)
            for c in 0..<3 { store(gray, isWide, i &* to &+ c, &target) }
            if hasAlpha { store(load(source, isWide, i &* from &+ 1), isWide, i &* to &+ 3, &target) }
        }
    }

    /// CMYK in amounts of light to RGB: R = round(C·K / 255), and so on. 8 bits alone.
    ///
    /// - Precondition: `target` holds as many pixels as `source`.
    public static func rgb(fromCMYK source: Span<UInt8>, into target: inout MutableSpan<UInt8>) {
        let pixels = count(source, target, from: 4, to: 3, false)
        for i in 0..<pixels {
            let light = load(source, false, 4 &* i &+ 3)
            for c in 0..<3 {
                store((load(source, false, 4 &* i &+ c) &* light &+ 127) / 255, false, 3 &* i &+ c, &target)
            }
        }
    }

    /// The pixels that both rows hold.
    private static func count(
        _ source: Span<UInt8>, _ target: borrowing MutableSpan<UInt8>, from: Int, to: Int, _ isWide: Bool
    ) -> Int {
        let bytes = isWide ? 2 : 1
        let pixels = source.count / (from * bytes)
        precondition(source.count == pixels * from * bytes && target.count == pixels * to * bytes)
        return pixels
    }

    // Unchecked subscripts are sound: `count` has checked both rows.

    @inline(__always)
    private static func load(_ bytes: Span<UInt8>, _ isWide: Bool, _ index: Int) -> UInt32 {
        if !isWide { return unsafe UInt32(bytes[unchecked: index]) }
        return unsafe UInt32(bytes[unchecked: 2 &* index]) | UInt32(bytes[unchecked: 2 &* index &+ 1]) &<< 8
    }

    @inline(__always)
    private static func store(_ value: UInt32, _ isWide: Bool, _ index: Int, _ bytes: inout MutableSpan<UInt8>) {
        if isWide {
            unsafe bytes[unchecked: 2 &* index] = UInt8(truncatingIfNeeded: value)
            unsafe bytes[unchecked: 2 &* index &+ 1] = UInt8(truncatingIfNeeded: value &>> 8)
        } else {
            unsafe bytes[unchecked: index] = UInt8(truncatingIfNeeded: value)
        }
    }
}
