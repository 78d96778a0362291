import TintypeCore

/// What lies between images (GIF89a §23 to §26).
extension BlockReader {
    /// Reads an extension, after its introducer.
    mutating func readExtension() throws(ImageError) {
        switch try reader.readByte() {
        case 0xF9: try readGraphicControl()
        case 0xFF: try readApplication()
        // Comments, plain text and what is not known. §23 has a graphic control hold for plain text too where that follows it; but nobody draws plain
        // text, and giflib, Pillow and browsers let the control go to the next image, as is done here.
        default: try skipSubBlocks()
        }
    }

    private mutating func readGraphicControl() throws(ImageError) {
        var block: [UInt8] = []
        let more = try readSubBlock(into: &block)
        if block.count >= 4 { control = GraphicControl(block) }
        if block.count != 4 { try damage(.damaged, "a graphic control extension has \(block.count) bytes") }
        if more { try skipSubBlocks() }
    }

    /// The application extensions (§26) that mean something here: the loop count that Netscape introduced, the colour profile of
    /// ICC.1 annex B, and XMP part 3 §1.1.2.
    private mutating func readApplication() throws(ImageError) {
        var block: [UInt8] = []
        guard try readSubBlock(into: &block) else { return }
        switch String(decoding: block.prefix(11), as: UTF8.self) {
        case "NETSCAPE2.0", "ANIMEXTS1.0":
            guard try readSubBlock(into: &block) else { return }
            if loopCount == nil, block.count >= 3, block[0] == 1 { loopCount = Int(block[1]) | Int(block[2]) << 8 }
            try skipSubBlocks()
        case "ICCRGBG1012":
            metadata.icc = try readMetadata(withLengths: false)
        case "XMP DataXMP":
            metadata.xmp = packet(try readMetadata(withLengths: true))
        default:
            try skipSubBlocks()
        }
    }

    /// The bytes of all sub-blocks, with the length of each before it if so asked.
    private mutating func readMetadata(withLengths: Bool) throws(ImageError) -> [UInt8] {
        var bytes: [UInt8] = []
        var block: [UInt8] = []
        while try readSubBlock(into: &block) {
            if withLengths { bytes.append(UInt8(truncatingIfNeeded: block.count)) }
            bytes += block
            guard bytes.count <= options.limits.metadataBlock,
                bytes.count <= options.limits.metadata - metadataBytes
            else {
                throw ImageError(.limitExceeded, "a profile or XMP packet is too long", at: offset, format: .gif)
            }
        }
        metadataBytes += bytes.count
        return bytes
    }

    /// The XMP packet within sub-blocks and their lengths.
    ///
    /// It is written without regard to sub-blocks: its text is what a reader takes for lengths and data. A trailer of descending
    /// bytes leads every reader, wherever it stands, to the zero that ends the extension.
    private func packet(_ bytes: [UInt8]) -> [UInt8]? {
        let trailer: [UInt8] = [1] + (0...255).reversed()
        guard bytes.count >= trailer.count, bytes.suffix(trailer.count).elementsEqual(trailer) else { return nil }
        return Array(bytes.dropLast(trailer.count))
    }
}
