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
        var at = x &* 4
        // Sound: stores are bounds-checked, and a UInt32 has no other bytes than its value's.
        var bytes = unsafe row.mutableBytes
        guard hasHoles else {
            for i in range {
                store(colors[Int(indexes[i])], in: &bytes, at: at)
                at &+= 4
            }
            return
        }
        var i = range.lowerBound
        while i < range.upperBound {
            let index = indexes[i]
            let color = colors[Int(index)]
            if color != 0 {
                store(color, in: &bytes, at: at)
            } else {
                // Holes are wide: in an animation most of a picture stays as it is.
                let start = i
                while i &+ 1 < range.upperBound, indexes[i &+ 1] == index { i &+= 1 }
                at &+= (i &- start) &* 4
            }
            at &+= 4
            i &+= 1
        }
    }

    @inline(__always)
    private static func store(_ color: UInt32, in bytes: inout MutableRawSpan, at place: Int) {
        bytes.storeBytes(of: color.littleEndian, toByteOffset: place, as: UInt32.self)
    }
}
