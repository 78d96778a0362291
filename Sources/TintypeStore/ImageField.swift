public import TintypeCore

/// What a record keeps of an image: where its bytes are, and what a page or a list wants to know without opening them.
public struct StoredImage: Codable, Sendable, Hashable {
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

    public var size: Size { Size(width, height) }
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
