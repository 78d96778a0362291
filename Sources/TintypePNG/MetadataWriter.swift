internal import TintypeCore

/// The bytes of an integer, most significant first (PNG §7.1).
func bigEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
}

extension ChunkWriter {
    /// All that stands before the image data, in an order that PNG §5.6 allows.
    ///
    /// - Parameters:
    ///   - level: zlib's compression level.
    ///   - animation: the data of acTL, if the picture moves.
    mutating func writeHead(
        _ layout: Layout, _ size: Size, _ metadata: Metadata, level: Int, animation: [UInt8]? = nil
    ) throws(ImageError) {
        try write(.ihdr, layout.header(size))
        if let animation { try write(.actl, animation) }
        try writeColors(metadata, layout, level: level)
        if !layout.palette.isEmpty { try write(.plte, layout.palette) }
        if !layout.transparency.isEmpty { try write(.trns, layout.transparency) }
        try writeMetadata(metadata, layout, level: level)
    }

    /// All that stands behind the image data.
    mutating func writeTail(_ metadata: Metadata) throws(ImageError) {
        try writeUnknown(metadata.png.unknownChunks, behindImageData: true)
        try write(.iend, [])
        try flush()
    }

    /// The chunks that stand before PLTE (PNG §5.6): how the colours are meant.
    ///
    /// A profile for another colour space than the picture's has no place in PNG: readers would complain. It is left
    /// out.
    ///
    /// - Parameter level: zlib's compression level.
    private mutating func writeColors(_ metadata: Metadata, _ layout: Layout, level: Int) throws(ImageError) {
        let png = metadata.png
        if let codePoints = png.codePoints { try write(.cicp, codePoints.chunkData) }
        if let profile = metadata.icc, MetadataRules.isProfile(profile, gray: layout.isGray) {
            // §11.3.2.3: a name, compression method 0, the profile.
            let name = Array("ICC profile".utf8)
            try write(.iccp, name + [0, 0] + (try Deflater.deflateAll(profile, level: level)))
        } else if metadata.isSRGB {
            // §11.3.2.5, never beside a profile. 1 is the relative colorimetric rendering intent.
            try write(.srgb, [png.renderingIntent ?? 1])
        }
        if let gamma = png.gamma { try write(.gama, bigEndian(gamma)) }
        if let chromaticities = png.chromaticities { try write(.chrm, chromaticities.chunkData) }
        if let bits = png.significantBits?.chunkData(for: layout) { try write(.sbit, bits) }
    }

    /// The chunks that stand between PLTE and the image data, and those that may stand anywhere.
    ///
    /// An EXIF block without TIFF's beginning is left out.
    private mutating func writeMetadata(_ metadata: Metadata, _ layout: Layout, level: Int) throws(ImageError) {
        let png = metadata.png
        if let color = png.background?.chunkData(for: layout) { try write(.bkgd, color) }
        if let density = metadata.density, let data = Self.density(density) { try write(.phys, data) }
        if let time = png.modified?.chunkData { try write(.time, time) }
        if let exif = metadata.exif, MetadataRules.isEXIF(exif) { try write(.exif, exif) }
        if let xmp = metadata.wholeXMP {
            // §11.3.3.4: keyword, no compression (so that other programs can find the packet), no language, no
            // translation.
            try write(.itxt, Array(MetadataReader.xmpKeyword.utf8) + [0, 0, 0, 0, 0] + xmp)
        }
        var texts = png.texts
        if let iptc = metadata.iptc { texts.append(RawProfile.text("iptc", iptc)) }
        texts += metadata.comments.map { comment in
            let text = String(validating: comment, as: UTF8.self) ?? Latin1.string(comment[...])
            return Metadata.PNG.Text("Comment", text)
        }
        for text in texts {
            if let chunk = try text.chunk(level: level) { try write(chunk.type, chunk.data) }
        }
        try writeUnknown(png.unknownChunks, behindImageData: false)
    }

    /// Chunks that nobody here understands, on the side of the image data where they were.
    private mutating func writeUnknown(
        _ unknown: [Metadata.PNG.Chunk], behindImageData: Bool
    ) throws(ImageError) {
        for chunk in unknown where chunk.isBehindImageData == behindImageData {
            let type = ChunkType(code: chunk.type)
            if type.isLegal, type.isAncillary { try write(type, chunk.data) }
        }
    }

    /// pHYs (PNG §11.3.4.3): pixels a metre, or only their ratio. nil for numbers that it cannot hold.
    private static func density(_ density: Metadata.Density) -> [UInt8]? {
        let perUnit: Double =
            switch density.unit {
            case .aspect: 1
            case .centimeter: 100
            case .inch: 1 / 0.0254
            }
        func rounded(_ value: Double) -> UInt32? {
            let value = (value * perUnit).rounded()
            return value >= 1 && value <= 0x7FFF_FFFF ? UInt32(value) : nil
        }
        guard let x = rounded(density.x), let y = rounded(density.y) else { return nil }
        return bigEndian(x) + bigEndian(y) + [density.unit == .aspect ? 0 : 1]
    }
}
