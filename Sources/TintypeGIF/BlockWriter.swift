import TintypeCore

/// Writes the blocks of a file (GIF89a).
struct BlockWriter: ~Copyable {
    private var writer: ByteWriter
    /// Whether the last graphic control extension, if any, asked for nothing.
    private var isControlNeutral = true

    init(_ sink: any ByteSink) {
        writer = ByteWriter(sink)
    }

    /// The header and the logical screen descriptor with its colour table (§17 to §19).
    mutating func writeScreen(_ size: Size, palette: [UInt32]) throws(ImageError) {
        try writer.write("GIF89a".utf8)
        try writeLittle(size.width)
        try writeLittle(size.height)
        // 8 bits a primary colour; background index and pixel aspect ratio are not used.
        try writer.write([Self.tableFlags(palette) | 0x70, 0, 0] as [UInt8])
        try writeTable(palette)
    }

    /// Netscape's application extension: how often the animation is repeated, 0 for ever.
    mutating func writeLoop(_ count: Int) throws(ImageError) {
        try writer.write([0x21, 0xFF, 11] + Array("NETSCAPE2.0".utf8) + [3, 1])
        try writeLittle(min(max(count, 0), 65_535))
        try writer.write(0 as UInt8)
    }

    /// Colour profile (ICC.1 annex B), XMP packet (XMP part 3, §1.1.2) and comments (§24).
    mutating func write(_ metadata: Metadata) throws(ImageError) {
        if let icc = metadata.icc {
            try writer.write([0x21, 0xFF, 11] + Array("ICCRGBG1012".utf8))
            try writeSubBlocks(icc)
        }
        // XML holds no zero byte, which would end the blocks.
        if let xmp = metadata.wholeXMP, !xmp.contains(0) {
            // The packet stands as it is; whatever reads sub-blocks lands on one of the trailer's bytes, which lead to the last.
            try writer.write([0x21, 0xFF, 11] + Array("XMP DataXMP".utf8))
            try writer.write(xmp)
            try writer.write([1] + (0...255).reversed() + [0])
        }
        for comment in metadata.comments where !comment.isEmpty {
            try writer.write([0x21, 0xFE] as [UInt8])
            try writeSubBlocks(comment)
        }
    }

    /// A graphic control extension, an image descriptor and the image's data (§20 to §23).
    ///
    /// An extension that says nothing is left out, unless the one before did not: Pillow and ImageMagick go by that for images that have none.
    mutating func write(_ image: EncodedImage, delay: Int, disposal: GraphicControl.Disposal) throws(ImageError) {
        let method: UInt8 =
            switch disposal {
            case .leave: 1
            case .clear: 2
            case .restore: 3
            }
        let isNeutral = delay == 0 && disposal == .leave && image.transparentIndex == nil
        if !isNeutral || !isControlNeutral {
            isControlNeutral = isNeutral
            try writer.write([0x21, 0xF9, 4, method << 2 | (image.transparentIndex == nil ? 0 : 1)] as [UInt8])
            try writeLittle(delay)
            try writer.write([UInt8(truncatingIfNeeded: image.transparentIndex ?? 0), 0] as [UInt8])
        }
        try writer.write(0x2C as UInt8)
        for value in [image.x, image.y, image.size.width, image.size.height] { try writeLittle(value) }
        try writer.write(Self.tableFlags(image.palette) | (image.isInterlaced ? 0x40 : 0))
        try writeTable(image.palette)
        try writer.write(UInt8(truncatingIfNeeded: image.codeSize))
        try writeSubBlocks(image.data)
    }

    /// The trailer (§27).
    mutating func finish() throws(ImageError) {
        try writer.write(0x3B as UInt8)
        try writer.flush()
    }

    /// The flag and the size of a colour table in a packed field.
    private static func tableFlags(_ palette: [UInt32]) -> UInt8 {
        palette.isEmpty ? 0 : 0x80 | UInt8(truncatingIfNeeded: tableBits(palette.count) - 1)
    }

    /// Bits of an index into a table of at least `count` entries: 1 to 8.
    static func tableBits(_ count: Int) -> Int {
        max(1, Int.bitWidth - (count - 1).leadingZeroBitCount)
    }

    /// The colour table, filled up with black.
    private mutating func writeTable(_ palette: [UInt32]) throws(ImageError) {
        if palette.isEmpty { return }
        var bytes: [UInt8] = []
        for color in palette { for shift: UInt32 in [0, 8, 16] { bytes.append(UInt8(color >> shift & 255)) } }
        bytes += [UInt8](repeating: 0, count: (3 << Self.tableBits(palette.count)) - bytes.count)
        try writer.write(bytes)
    }

    /// Data in sub-blocks of at most 255 bytes, and the block terminator (§15, §16).
    private mutating func writeSubBlocks(_ data: [UInt8]) throws(ImageError) {
        for start in stride(from: 0, to: data.count, by: 255) {
            let end = min(start + 255, data.count)
            try writer.write(UInt8(truncatingIfNeeded: end - start))
            try writer.write(data[start..<end])
        }
        try writer.write(0 as UInt8)
    }

    private mutating func writeLittle(_ value: Int) throws(ImageError) {
        try writer.write([UInt8(truncatingIfNeeded: value), UInt8(truncatingIfNeeded: value >> 8)] as [UInt8])
    }
}
