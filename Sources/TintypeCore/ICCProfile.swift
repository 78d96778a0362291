/// An ICC profile's header and table of tags (ICC.1:2022 §7). The tags' own data are read by whoever wants them.
public struct ICCProfile: Sendable {
    private let bytes: [UInt8]
    private let tags: [String: Range<Int>]

    /// More tags than any real profile has; those beyond are passed over.
    private static let mostTags = 200

    /// Nil for fewer bytes than header and tag count take. Tags that do not lie within the profile are passed over.
    public init?(_ bytes: [UInt8]) {
        self.bytes = bytes
        guard let count = Self.integer(bytes[...], at: 128) else { return nil }
        var tags: [String: Range<Int>] = [:]
        for index in 0..<min(count, Self.mostTags) {
            let place = 132 + 12 * index
            guard let start = Self.integer(bytes[...], at: place + 4),
                let size = Self.integer(bytes[...], at: place + 8)
            else { break }
            guard start <= bytes.count, size <= bytes.count - start else { continue }
            let name = Self.signature(bytes[...], at: place)
            if tags[name] == nil { tags[name] = start..<start + size }
        }
        self.tags = tags
    }

    /// Whether the profile bears the mark of one (§7.2.9).
    public var hasSignature: Bool { Self.signature(bytes[...], at: 36) == "acsp" }
    /// What kind of device the profile is of, in four letters like `mntr` (§7.2.5).
    public var deviceClass: String { Self.signature(bytes[...], at: 12) }
    /// The colour space of the pixels, like `RGB ` or `GRAY` (§7.2.6).
    public var dataSpace: String { Self.signature(bytes[...], at: 16) }
    /// The colour space in which profiles are connected, `XYZ ` or `Lab ` (§7.2.7).
    public var connectionSpace: String { Self.signature(bytes[...], at: 20) }

    /// The data of the tag with this signature of four letters, beginning with their type; nil where there is none.
    public func tag(_ signature: String) -> ArraySlice<UInt8>? { tags[signature].map { bytes[$0] } }

    /// The profile's description (§9.2.41): type `mluc` (§10.15) in version 4, `desc` (ICC.1:2001 §6.5.17) in version 2.
    public var name: String? {
        guard let tag = tag("desc") else { return nil }
        if Self.signature(tag, at: 0) == "desc" {
            guard let length = Self.integer(tag, at: 8), length > 0, length <= tag.count - 12 else { return nil }
            return PlainText.line(tag.dropFirst(12).prefix(length).prefix { $0 != 0 })
        }
        // The first record's length and offset, UTF-16, most significant byte first.
        guard Self.signature(tag, at: 0) == "mluc", let length = Self.integer(tag, at: 20),
            let start = Self.integer(tag, at: 24), start <= tag.count, length <= tag.count - start
        else { return nil }
        let utf16 = tag.dropFirst(start).prefix(length & ~1)
        let units = stride(from: utf16.startIndex, to: utf16.endIndex, by: 2).map {
            UInt16(utf16[$0]) << 8 | UInt16(utf16[$0 + 1])
        }
        return PlainText.line(String(decoding: units.prefix { $0 != 0 }, as: UTF16.self))
    }

    private static func signature(_ bytes: ArraySlice<UInt8>, at offset: Int) -> String {
        String(decoding: bytes.dropFirst(offset).prefix(4), as: UTF8.self)
    }

    /// The 32-bit integer at an offset from the beginning of `bytes`, most significant byte first.
    private static func integer(_ bytes: ArraySlice<UInt8>, at offset: Int) -> Int? {
        let field = bytes.dropFirst(offset).prefix(4)
        return field.count == 4 ? field.reduce(0) { $0 << 8 | Int($1) } : nil
    }
}
