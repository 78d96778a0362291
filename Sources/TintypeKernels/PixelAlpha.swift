/// Rows that lose or gain an alpha channel, which is the last of a pixel. `isWide` says that a sample is two bytes.
public enum PixelAlpha {
    /// Lays pixels over a background: round((c·a + b·(m − a)) / m), m being 255 or 65,535.
    ///
    /// - Parameters:
    ///   - colors: samples a pixel beside alpha, 1 or 3.
    ///   - background: a sample for each of them, in the depth of the row; what follows does not matter.
    /// - Precondition: `target` holds as many pixels as `source`, without alpha.
    public static func flatten(
        _ source: Span<UInt8>, colors: Int, isWide: Bool, background: [4 of UInt16],
        into target: inout MutableSpan<UInt8>
    ) {
        let pixels = count(source, target, from: colors + 1, to: colors, isWide)
        switch (colors, isWide) {
        case (1, false): flatten(source, pixels, 1, false, background, &target)
        case (1, true): flatten(source, pixels, 1, true, background, &target)
        case (_, false): flatten(source, pixels, 3, false, background, &target)
        case (_, true): flatten(source, pixels, 3, true, background, &target)
        }
    }

    @inline(__always)
    private static func flatten(
        _ source: Span<UInt8>, _ pixels: Int, _ colors: Int, _ isWide: Bool, _ background: [4 of UInt16],
        _ target: inout MutableSpan<UInt8>
    ) {
        let full: UInt32 = isWide ? 65535 : 255
        for i in 0..<pixels {
            let alpha = load(source, isWide, i &* (colors &+ 1) &+ colors)
            for c in 0..<colors {
                let colour = load(source, isWide, i &* (colors &+ 1) &+ c)
                // At most 65,535² + 32,767, which is below 2³².
                let sum = colour &* alpha &+ UInt32(background[c]) &* (full &- alpha) &+ full / 2
                store(sum / full, isWide, i &* colors &+ c, &target)
            }
        }
    }

    /// Leaves alpha out.
    ///
    /// - Precondition: `target` holds as many pixels as `source`, without alpha. `colors` is 1 or 3.
    public static func drop(
        _ source: Span<UInt8>, colors: Int, isWide: Bool, into target: inout MutableSpan<UInt8>
    ) {
        let pixels = count(source, target, from: colors + 1, to: colors, isWide)
        let (kept, all) = isWide ? (2 * colors, 2 * colors + 2) : (colors, colors + 1)
        for i in 0..<pixels {
            for c in 0..<kept { unsafe target[unchecked: i &* kept &+ c] = source[unchecked: i &* all &+ c] }
        }
    }

    /// Adds an alpha that is opaque everywhere.
    ///
    /// - Precondition: `target` holds as many pixels as `source`, with alpha. `colors` is 1 or 3.
    public static func add(
        _ source: Span<UInt8>, colors: Int, isWide: Bool, into target: inout MutableSpan<UInt8>
    ) {
        let pixels = count(source, target, from: colors, to: colors + 1, isWide)
        let (kept, all) = isWide ? (2 * colors, 2 * colors + 2) : (colors, colors + 1)
        for i in 0..<pixels {
            for c in 0..<kept { unsafe target[unchecked: i &* all &+ c] = source[unchecked: i &* kept &+ c] }
            for c in kept..<all { unsafe target[unchecked: i &* all &+ c] = 255 }
        }
    }

    /// The pixels that both rows hold.
    private static func count(
        _ source: Span<UInt8>, _ target: borrowing MutableSpan<UInt8>, from: Int, to: Int, _ isWide: Bool
    ) -> Int {
        let bytes = isWide ? 2 : 1
        let pixels = source.count / (from * bytes)
        precondition(min(from, to) == 1 || min(from, to) == 3)
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
