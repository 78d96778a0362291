/// Colour indexes drawn as RGBA pixels.
public enum IndexedPixels {
    /// Draws the colours of `indexes` on pixels of a row.
    ///
    /// - Parameters:
    ///   - range: those of the indexes that are drawn.
    ///   - colors: 256 pixels, red lowest.
    ///   - hasHoles: whether colours that are 0 leave what is there.
    ///   - row: bytes, four a pixel.
    ///   - x: the pixel that the first index is drawn on.
    /// - Precondition: all of that lies in `indexes` and `row`.
    public static func draw(
        _ indexes: Span<UInt8>, _ range: Range<Int>, colors: Span<UInt32>, hasHoles: Bool,
        on row: inout MutableSpan<UInt8>, from x: Int
    ) {
        precondition(colors.count == 256 && range.lowerBound >= 0 && range.upperBound <= indexes.count)
        precondition(x >= 0 && x <= row.count / 4 && range.count <= row.count / 4 - x)
        if hasHoles {
            drawAroundHoles(indexes, range, colors, &row, x)
        } else {
            var pixels = row._mutatingExtracting(4 &* x..<4 &* (x &+ range.count))
            PNGUnpack.lookUp(indexes.extracting(range), in: colors, channels: 4, into: &pixels)
        }
    }

    /// Unchecked subscripts and stores are sound: `draw` has checked that `range` lies in `indexes`, and its pixels in `row`; a byte is below 256; and
    /// a UInt32 or UInt64 has no other bytes than its value's.
    private static func drawAroundHoles(
        _ indexes: Span<UInt8>, _ range: Range<Int>, _ colors: Span<UInt32>, _ row: inout MutableSpan<UInt8>, _ x: Int
    ) {
        var bytes = unsafe row.mutableBytes
        var (i, at) = (range.lowerBound, 4 &* x)
        while range.upperBound &- i >= 8 {
            let eight = unsafe indexes.bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: i, as: UInt64.self)
            // Holes are wide: in an animation most of a picture stays as it is.
            let isHole = unsafe colors[unchecked: Int(truncatingIfNeeded: eight & 255)] == 0
            if !isHole || eight != (eight & 255) &* 0x0101_0101_0101_0101 {
                for pair in 0..<4 {
                    let two = UInt64(littleEndian: eight) &>> UInt64(truncatingIfNeeded: 16 &* pair)
                    let first = unsafe UInt64(colors[unchecked: Int(truncatingIfNeeded: two & 255)])
                    let second = unsafe UInt64(colors[unchecked: Int(truncatingIfNeeded: two &>> 8 & 255)])
                    // All bits of what is to be kept: less one, 0 alone has bits above the 32nd.
                    let holes = (first &- 1) &>> 32 | (second &- 1) & 0xFFFF_FFFF_0000_0000
                    let place = at &+ 8 &* pair
                    let kept = unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: place, as: UInt64.self)
                    let drawn = first | second &<< 32 | UInt64(littleEndian: kept) & holes
                    unsafe bytes.storeBytes(of: drawn.littleEndian, toUncheckedByteOffset: place, as: UInt64.self)
                }
            }
            i &+= 8
            at &+= 32
        }
        while i < range.upperBound {
            let color = unsafe colors[unchecked: Int(indexes[unchecked: i])]
            if color != 0 {
                unsafe bytes.storeBytes(of: color.littleEndian, toUncheckedByteOffset: at, as: UInt32.self)
            }
            i &+= 1
            at &+= 4
        }
    }
}
