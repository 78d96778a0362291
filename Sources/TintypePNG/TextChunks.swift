internal import TintypeCore

extension Metadata.PNG.Text {
    /// What a tEXt, zTXt or iTXt chunk says.
    init(_ type: ChunkType, _ data: inout ChunkData) throws(ChunkData.Fault) {
        switch type {
        case .text: try self.init(plain: data)
        case .ztxt: try self.init(compressed: &data)
        default: try self.init(international: &data)
        }
    }

    /// tEXt (PNG §11.3.3.2): keyword and text in Latin-1.
    private init(plain data: ChunkData) throws(ChunkData.Fault) {
        var position = 0
        let keyword = try data.keyword(&position)
        self.init(Latin1.string(keyword), Latin1.string(data.bytes[position...]))
    }

    /// zTXt (PNG §11.3.3.3): the same with the text compressed.
    private init(compressed data: inout ChunkData) throws(ChunkData.Fault) {
        var position = 0
        let keyword = try data.keyword(&position)
        guard position < data.bytes.count else { throw .damaged }
        let text = try data.inflate(from: position + 1, method: data.bytes[position])
        self.init(Latin1.string(keyword), Latin1.string(text[...]))
    }

    /// iTXt (PNG §11.3.3.4): keyword, compression flag and method, language, translated keyword, text in UTF-8.
    private init(international data: inout ChunkData) throws(ChunkData.Fault) {
        var position = 0
        let keyword = try data.keyword(&position)
        guard position + 2 <= data.bytes.count, data.bytes[position] <= 1 else { throw .damaged }
        let (isCompressed, method) = (data.bytes[position] == 1, data.bytes[position + 1])
        position += 2
        let language = try data.string(&position)
        let translated = try data.string(&position)
        let bytes = isCompressed ? try data.inflate(from: position, method: method) : Array(data.bytes[position...])
        guard let text = String(validating: bytes, as: UTF8.self),
            let translatedKeyword = String(validating: translated, as: UTF8.self)
        else { throw .damaged }
        self.init(
            Latin1.string(keyword), text, language: Latin1.string(language), translatedKeyword: translatedKeyword)
    }

    /// The chunk that says it: tEXt where Latin-1 can, otherwise iTXt, compressed where that makes it shorter.
    ///
    /// - Parameter level: zlib's compression level.
    /// - Returns: nil where PNG has no place for the keyword.
    func chunk(level: Int) throws(ImageError) -> (type: ChunkType, data: [UInt8])? {
        guard let name = Latin1.bytes(keyword), (1...79).contains(name.count), !name.contains(0) else { return nil }
        let isPlain = language.isEmpty && translatedKeyword.isEmpty
        let latin = isPlain ? Latin1.bytes(text) : nil
        // Zero ends a field, so no field but the last can hold one.
        if let latin, !latin.contains(0) {
            let compressed = try Self.compressed(latin, level: level)
            return compressed.map { (.ztxt, name + [0, 0] + $0) } ?? (.text, name + [0] + latin)
        }
        let utf8 = Array(text.utf8)
        let fields = Array(language.utf8) + [0] + Array(translatedKeyword.utf8) + [0]
        guard fields.count(where: { $0 == 0 }) == 2 else { return nil }
        let compressed = try Self.compressed(utf8, level: level)
        return (.itxt, name + [0, compressed == nil ? 0 : 1, 0] + fields + (compressed ?? utf8))
    }

    /// - Returns: nil for short texts and those that do not become shorter.
    private static func compressed(_ bytes: [UInt8], level: Int) throws(ImageError) -> [UInt8]? {
        guard bytes.count >= 128 else { return nil }
        let compressed = try Deflater.deflateAll(bytes, level: level)
        return compressed.count < bytes.count ? compressed : nil
    }
}

/// ISO 8859-1, whose bytes are Unicode's first 256 scalars.
enum Latin1 {
    static func string(_ bytes: ArraySlice<UInt8>) -> String {
        String(String.UnicodeScalarView(bytes.map { UnicodeScalar($0) }))
    }

    /// - Returns: nil for a text of more than these 256.
    static func bytes(_ text: String) -> [UInt8]? {
        var bytes: [UInt8] = []
        for scalar in text.unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
