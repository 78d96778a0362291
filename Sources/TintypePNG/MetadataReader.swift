internal import TintypeCore

/// Collects the metadata of the ancillary chunks. Of each kind the first is kept.
struct MetadataReader {
    private(set) var metadata = Metadata()
    private let limits: DecodeLimits
    /// Bytes that all blocks together may still hold.
    private var left: Int

    static var xmpKeyword: [UInt8] { Array("XML:com.adobe.xmp".utf8) }

    init(_ limits: DecodeLimits) {
        self.limits = limits
        left = limits.metadata
    }

    /// Reads the open chunk, which is ancillary, if it is one of those that are kept. Otherwise it is passed over.
    ///
    /// - Parameter afterData: whether the image data have begun, where iCCP and pHYs have no place any more (PNG §5.6).
    mutating func take(_ chunks: inout ChunkReader, afterData: Bool) throws(ImageError) {
        switch chunks.type {
        case .iccp where !afterData && metadata.icc == nil:
            metadata.icc = try block(&chunks, { ($0.profile($1), "an iCCP chunk that holds no colour profile") })
        case .srgb where !afterData:
            // §11.3.2.5: its one byte is a rendering intent.
            metadata.isSRGB = true
            try chunks.close()
        case .exif where metadata.exif == nil:
            metadata.exif = try block(&chunks, { ($0.exif($1), "an eXIf chunk that holds no EXIF") })
        case .itxt where metadata.xmp == nil:
            metadata.xmp = try text(&chunks)
        case .phys where !afterData && metadata.density == nil:
            metadata.density = try density(&chunks)
        default:
            try chunks.close()
        }
    }

    private enum Content {
        case bytes([UInt8])
        case tooLong, damaged
    }

    /// Reads a chunk within the limits and interprets it.
    private mutating func block(
        _ chunks: inout ChunkReader, _ read: (MetadataReader, [UInt8]) -> (Content, String)
    ) throws(ImageError) -> [UInt8]? {
        let start = chunks.start
        var content = (Content.tooLong, "")
        if chunks.remaining <= min(left, limits.metadataBlock) {
            guard let data = try chunks.readData() else { return nil }
            content = read(self, data)
        } else {
            try chunks.close()
        }
        switch content {
        case (.bytes(let bytes), _):
            left -= bytes.count
            return bytes
        case (.damaged, let reason):
            try chunks.log.note(.damaged, reason, at: start)
        case (.tooLong, _):
            let reason = "metadata beyond the limit of \(limits.metadataBlock) bytes, or \(limits.metadata) in all"
            guard !chunks.log.strict else { throw ImageError(.limitExceeded, reason, at: start, format: .png) }
            try chunks.log.note(.damaged, reason, at: start)
        }
        return nil
    }

    private func inflate(_ data: ArraySlice<UInt8>) -> Content {
        do {
            let inflated = try Inflater.inflateAll(Array(data), limit: min(left, limits.metadataBlock))
            return inflated.map { .bytes($0) } ?? .tooLong
        } catch {
            return .damaged
        }
    }

    /// iCCP (PNG §11.3.2.3): a name of 1 to 79 bytes, zero, compression method 0, a zlib stream.
    private func profile(_ data: [UInt8]) -> Content {
        guard let zero = data.prefix(80).firstIndex(of: 0), zero > 0, data.count > zero + 2, data[zero + 1] == 0 else {
            return .damaged
        }
        let content = inflate(data[(zero + 2)...])
        if case .bytes(let profile) = content, !MetadataRules.isProfile(profile) { return .damaged }
        return content
    }

    /// eXIf (PNG §11.3.4.5).
    private func exif(_ data: [UInt8]) -> Content {
        MetadataRules.isEXIF(data) ? .bytes(data) : .damaged
    }

    /// iTXt (PNG §11.3.3.4), of which only the XMP packet is wanted.
    private mutating func text(_ chunks: inout ChunkReader) throws(ImageError) -> [UInt8]? {
        let keyword = Self.xmpKeyword + [0]
        guard try chunks.readData(upTo: keyword.count) == keyword else {
            try chunks.close()
            return nil
        }
        return try block(&chunks, { ($0.packet($1), "an iTXt chunk whose XMP cannot be read") })
    }

    /// What follows the keyword: compression flag and method, language, translated keyword, text.
    private func packet(_ data: [UInt8]) -> Content {
        guard data.count >= 4, data[0] <= 1, data[1] == 0 || data[0] == 0,
            let language = data[2...].firstIndex(of: 0),
            let translated = data[(language + 1)...].firstIndex(of: 0)
        else { return .damaged }
        let text = data[(translated + 1)...]
        return data[0] == 1 ? inflate(text) : .bytes(Array(text))
    }

    /// pHYs (PNG §11.3.4.3).
    private func density(_ chunks: inout ChunkReader) throws(ImageError) -> Metadata.Density? {
        let start = chunks.start
        guard chunks.remaining == 9 else {
            try chunks.close()
            try chunks.log.note(.damaged, "a pHYs chunk of the wrong length", at: start)
            return nil
        }
        guard let data = try chunks.readData() else { return nil }
        let x = Double(data[0..<4].reduce(0) { $0 << 8 | UInt32($1) })
        let y = Double(data[4..<8].reduce(0) { $0 << 8 | UInt32($1) })
        // Some writers put zeros where they know no density.
        guard x > 0, y > 0, data[8] <= 1 else { return nil }
        // The file counts pixels a metre.
        return data[8] == 1
            ? Metadata.Density(x: x / 100, y: y / 100, unit: .centimeter)
            : Metadata.Density(x: x, y: y, unit: .aspect)
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
