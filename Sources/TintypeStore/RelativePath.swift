/// Where a storage keeps a file: folders and a file name below its root. There is no way out of the root in it.
public struct RelativePath: Sendable, Hashable, CustomStringConvertible {
    /// Folders from the root downwards, and the name, with `/` between them.
    public let description: String

    public init(folders: [FileName] = [], name: FileName) {
        description = (folders + [name]).map(\.string).joined(separator: "/")
    }

    /// Takes a path as it is. Throws `invalidName` where a part is not a valid file name, so for an absolute path too.
    public init(_ string: String) throws(StoreError) {
        // By scalars: a combining mark after the separator would make another character of it.
        for part in string.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false) {
            if let reason = FileName.fault(of: Substring(part)) { throw .invalidName(string, reason: reason) }
        }
        description = string
    }

    private var parts: [FileName] {
        description.unicodeScalars.split(separator: "/").map { FileName(unchecked: String($0)) }
    }

    /// From the root downwards.
    public var folders: [FileName] { parts.dropLast() }
    public var name: FileName { parts.last ?? FileName(unchecked: description) }

    /// The path under a base, with all but letters, digits, `-._~` and `/` percent-encoded (RFC 3986 §2.1).
    public func url(under base: String) -> String {
        var url = base.hasSuffix("/") ? base : base + "/"
        for byte in description.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                url.unicodeScalars.append(Unicode.Scalar(byte))
            default: url += "%" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
            }
        }
        return url
    }

    /// Characters of the whole, as Unicode scalars.
    public var length: Int { description.unicodeScalars.count }

    /// The most characters that an image field's name may have.
    public static let maximumLength = 100

    /// A path in the same folder that nobody is likely to have, of at most `maximumLength` characters.
    ///
    /// Throws a validation error with the code `max_length` if there is no room for it.
    public func alternative(using random: inout some RandomNumberGenerator) throws(StoreError) -> RelativePath {
        let room = Self.maximumLength - (length - name.string.unicodeScalars.count)
        guard let name = name.alternative(characters: room, using: &random) else {
            throw .validation(
                ValidationError(
                    .maxLength,
                    "can not find an available file name for \(self) of at most \(Self.maximumLength) characters",
                    ["name": description, "max": "\(Self.maximumLength)", "length": "\(length)"]))
        }
        return RelativePath(folders: folders, name: name)
    }
}

extension RelativePath: Codable {
    public init(from decoder: any Decoder) throws {
        try self.init(decoder.singleValueContainer().decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
