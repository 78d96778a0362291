internal import TintypeCore

/// Collects the metadata of the ancillary chunks. Of each kind but texts the first is kept.
struct MetadataReader {
    private(set) var metadata = Metadata()
    private let header: Header
    private let limits: DecodeLimits
    /// Bytes that all blocks together may still hold.
    private var left: Int

    static var xmpKeyword: String { "XML:com.adobe.xmp" }

    init(_ header: Header, limits: DecodeLimits) {
        self.header = header
        self.limits = limits
        left = limits.metadata
    }

    /// Reads the open chunk, which is ancillary, if it is one of those that are kept. Otherwise it is passed over.
    ///
    /// - Parameters:
    ///   - palette: as far as it is read.
    ///   - afterData: whether the image data have begun, where most have no place any more (PNG §5.6).
    mutating func take(_ chunks: inout ChunkReader, palette: Palette?, afterData: Bool) throws(ImageError) {
        guard let type = chunks.type else { return }
        let header = header
        switch type {
        case .iccp where !afterData && metadata.icc == nil:
            metadata.icc = try read(&chunks, Self.profile)
        case .srgb where !afterData && !metadata.isSRGB:
            metadata.png.renderingIntent = try read(&chunks, Self.intent)
            metadata.isSRGB = metadata.png.renderingIntent != nil
        case .gama where !afterData && metadata.png.gamma == nil:
            metadata.png.gamma = try read(&chunks) { data throws(Fault) in try Metadata.PNG.gamma(data) } ?? nil
        case .chrm where !afterData && metadata.png.chromaticities == nil:
            metadata.png.chromaticities = try read(&chunks) { data throws(Fault) in try .init(data) }
        case .cicp where !afterData && metadata.png.codePoints == nil:
            metadata.png.codePoints = try read(&chunks) { data throws(Fault) in try .init(data) }
        case .sbit where !afterData && metadata.png.significantBits == nil:
            metadata.png.significantBits = try read(&chunks) { data throws(Fault) in try .init(data, header: header) }
        case .bkgd where !afterData && metadata.png.background == nil:
            metadata.png.background = try read(&chunks) { data throws(Fault) in
                try .init(data, header: header, palette: palette)
            }
        case .phys where !afterData && metadata.density == nil:
            metadata.density = try read(&chunks, Self.density) ?? nil
        case .exif where metadata.exif == nil:
            metadata.exif = try read(&chunks, Self.exif)
        case .time where metadata.png.modified == nil:
            metadata.png.modified = try read(&chunks) { data throws(Fault) in try .init(data) }
        case .text, .ztxt, .itxt:
            let text = try read(&chunks) { data throws(Fault) in try Metadata.PNG.Text(type, &data) }
            if let text { try take(text, &chunks) }
        case _ where type.isSafeToCopy && !Self.known.contains(type):
            try takeUnknown(type, &chunks, afterData: afterData)
        default:
            try chunks.close()
        }
    }

    private typealias Fault = ChunkData.Fault

    /// What is to be copied, but not in the unknown.
    private static let known: [ChunkType] = [.phys, .exif]

    private var room: Int { min(left, limits.metadataBlock) }

    /// Reads the open chunk within the limits and interprets it.
    ///
    /// - Returns: nil where its CRC is wrong, it breaks the rules or is beyond the limits, all of which is noted.
    private mutating func read<Value>(
        _ chunks: inout ChunkReader, _ parse: (inout ChunkData) throws(Fault) -> Value
    ) throws(ImageError) -> Value? {
        let (start, name) = (chunks.start, chunks.type?.description ?? "")
        guard chunks.remaining <= room else {
            try chunks.close()
            try noteLimit(&chunks, start)
            return nil
        }
        guard let bytes = try chunks.readData() else { return nil }
        var data = ChunkData(bytes, room: room)
        do throws(Fault) {
            let value = try parse(&data)
            left -= data.held
            return value
        } catch {
            switch error {
            case .tooLong: try noteLimit(&chunks, start)
            case .damaged: try chunks.log.note(.damaged, "\(name) does not hold what it should", at: start)
            }
            return nil
        }
    }

    private func noteLimit(_ chunks: inout ChunkReader, _ start: Int) throws(ImageError) {
        let reason = "metadata beyond the limit of \(limits.metadataBlock) bytes, or \(limits.metadata) in all"
        guard !chunks.log.strict else { throw ImageError(.limitExceeded, reason, at: start, format: .png) }
        try chunks.log.note(.damaged, reason, at: start)
    }

    /// A text is XMP, or another block in disguise, or what it says.
    private mutating func take(_ text: Metadata.PNG.Text, _ chunks: inout ChunkReader) throws(ImageError) {
        if text.keyword == Self.xmpKeyword {
            metadata.xmp = metadata.xmp ?? Array(text.text.utf8)
            return
        }
        do throws(Fault) {
            if try !RawProfile.take(text, into: &metadata) { metadata.png.texts.append(text) }
        } catch {
            try chunks.log.note(.damaged, "the text '\(text.keyword)' cannot be read", at: chunks.start)
        }
    }

    /// A chunk that nobody here understands. One beyond the limits is simply not copied.
    private mutating func takeUnknown(
        _ type: ChunkType, _ chunks: inout ChunkReader, afterData: Bool
    ) throws(ImageError) {
        let cost = chunks.remaining + ChunkData.overhead
        guard cost <= room else { return _ = try chunks.close() }
        guard let data = try chunks.readData() else { return }
        left -= cost
        metadata.png.unknownChunks.append(.init(type: type.code, data: data, isBehindImageData: afterData))
    }

    /// iCCP (PNG §11.3.2.3): a name, the compression method, a zlib stream.
    private static func profile(_ data: inout ChunkData) throws(Fault) -> [UInt8] {
        var position = 0
        _ = try data.keyword(&position)
        guard position < data.bytes.count else { throw .damaged }
        let profile = try data.inflate(from: position + 1, method: data.bytes[position])
        guard MetadataRules.isProfile(profile) else { throw .damaged }
        return profile
    }

    /// sRGB (PNG §11.3.2.5).
    private static func intent(_ data: inout ChunkData) throws(Fault) -> UInt8 {
        try data.expect(1)
        guard data.bytes[0] <= 3 else { throw .damaged }
        return data.bytes[0]
    }

    /// eXIf (PNG §11.3.4.5).
    private static func exif(_ data: inout ChunkData) throws(Fault) -> [UInt8] {
        guard MetadataRules.isEXIF(data.bytes) else { throw .damaged }
        return data.bytes
    }

    /// pHYs (PNG §11.3.4.3): pixels a metre, or only their ratio.
    private static func density(_ data: inout ChunkData) throws(Fault) -> Metadata.Density? {
        try data.expect(9)
        let (x, y) = (Double(data.uint32(at: 0)), Double(data.uint32(at: 4)))
        let unit = data.bytes[8]
        // Some writers put zeros where they know no density.
        guard x > 0, y > 0, unit <= 1 else { return nil }
        return unit == 1
            ? Metadata.Density(x: x / 100, y: y / 100, unit: .centimeter) : Metadata.Density(x: x, y: y, unit: .aspect)
    }
}

/// What a block of metadata must look like, read or written.
enum MetadataRules {
    /// A profile's header states its length (ICC.1 §7.2.2); header and tag count take 132 bytes.
    static func isProfile(_ bytes: [UInt8]) -> Bool {
        bytes.count >= 132 && bytes.prefix(4).reduce(0) { $0 << 8 | Int($1) } == bytes.count
    }

    /// The same, for the colour space (ICC.1 §7.2.6) that a grey or an RGB picture needs (PNG §11.3.2.3).
    static func isProfile(_ bytes: [UInt8], gray: Bool) -> Bool {
        isProfile(bytes) && bytes[16..<20].elementsEqual((gray ? "GRAY" : "RGB ").utf8)
    }

    /// EXIF begins with either of TIFF's byte-order marks (PNG §11.3.4.5).
    static func isEXIF(_ bytes: [UInt8]) -> Bool {
        bytes.starts(with: [0x49, 0x49, 0x2A, 0]) || bytes.starts(with: [0x4D, 0x4D, 0, 0x2A])
    }
}
