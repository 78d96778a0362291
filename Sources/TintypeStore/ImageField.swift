public import TintypeCore

/// What a record keeps of an image: where its bytes are, and what a page or a list wants to know without opening them.
public struct StoredImage: Sendable, Hashable {
    public var name: RelativePath
    /// In pixels, as the picture is shown (after orientation).
    public var width: Int
    /// In pixels, as the picture is shown (after orientation).
    public var height: Int
    public var format: ImageFormat
    /// Bytes of the file.
    public var bytes: Int
    /// CRC-32 (ISO 3309) of the file.
    public var crc32: UInt32
    /// Smaller copies that belong to the image and go with it, by the names that the field's declaration gives them.
    public var variants: [String: StoredImage] = [:]

    public var size: Size { Size(width, height) }

    /// The names of all files: the image's own, and those of its variants.
    var files: [RelativePath] { [name] + variants.values.flatMap(\.files) }
}

extension StoredImage: Codable {
    private enum CodingKeys: CodingKey {
        case name, width, height, format, bytes, crc32, variants
    }

    public init(from decoder: any Decoder) throws {
        let values = try decoder.container(keyedBy: CodingKeys.self)
        name = try values.decode(RelativePath.self, forKey: .name)
        width = try values.decode(Int.self, forKey: .width)
        height = try values.decode(Int.self, forKey: .height)
        format = try values.decode(ImageFormat.self, forKey: .format)
        bytes = try values.decode(Int.self, forKey: .bytes)
        crc32 = try values.decode(UInt32.self, forKey: .crc32)
        variants = try values.decodeIfPresent([String: StoredImage].self, forKey: .variants) ?? [:]
    }

    public func encode(to encoder: any Encoder) throws {
        var values = encoder.container(keyedBy: CodingKeys.self)
        try values.encode(name, forKey: .name)
        try values.encode(width, forKey: .width)
        try values.encode(height, forKey: .height)
        try values.encode(format, forKey: .format)
        try values.encode(bytes, forKey: .bytes)
        try values.encode(crc32, forKey: .crc32)
        if !variants.isEmpty { try values.encode(variants, forKey: .variants) }
    }
}

/// Bytes for an image field, under the name that a person gave the file.
public struct ContentFile: Sendable, Hashable {
    public var name: String
    public var bytes: [UInt8]

    public init(named name: String, bytes: [UInt8]) {
        self.name = name
        self.bytes = bytes
    }
}

/// The value of a record's image field; an empty field is nil.
public enum ImageField: Sendable, Hashable {
    case stored(StoredImage)
    /// To be stored when the record is saved, before the record is.
    case pending(ContentFile)

    /// The image's name and facts, or nil while it is pending.
    public var stored: StoredImage? {
        if case .stored(let image) = self { image } else { nil }
    }
}

extension ImageField: Codable {
    public init(from decoder: any Decoder) throws {
        self = .stored(try StoredImage(from: decoder))
    }

    /// Throws for a pending image: only what is stored can be written down.
    public func encode(to encoder: any Encoder) throws {
        guard case .stored(let image) = self else {
            throw EncodingError.invalidValue(
                self, .init(codingPath: encoder.codingPath, debugDescription: "the image is not stored yet"))
        }
        try image.encode(to: encoder)
    }
}
