/// Where a storage keeps a file: folders and a file name below its root. There is no way out of the root in it.
public struct RelativePath: Sendable, Hashable, CustomStringConvertible {
    /// From the root downwards.
    public let folders: [FileName]
    public let name: FileName

    public init(folders: [FileName] = [], name: FileName) {
        self.folders = folders
        self.name = name
    }

    /// Takes a path apart at `/`. Throws `invalidName` where a part is not a valid file name, so for an absolute path too.
    public init(_ string: String) throws(StoreError) {
        var parts: [FileName] = []
        for part in string.split(separator: "/", omittingEmptySubsequences: false) {
            do {
                parts.append(try FileName(String(part)))
            } catch {
                guard case .invalidName(_, let reason) = error else { throw error }
                throw .invalidName(string, reason: reason)
            }
        }
        let name = parts.removeLast()
        self.init(folders: parts, name: name)
    }

    public var description: String { (folders + [name]).map(\.string).joined(separator: "/") }

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
