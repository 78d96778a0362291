public import TintypeCore

/// Where images' bytes are kept, under names that cannot be invalid.
public protocol Storage: Sendable {
    /// Keeps `bytes` under a new name; the name never shows a part of them.
    ///
    /// - Returns: false, with nothing changed, if the name is taken.
    func create(_ path: RelativePath, bytes: [UInt8]) throws(StoreError) -> Bool

    /// The bytes of a file, pulled in order. Throws `missingFile` if there is none.
    func open(_ path: RelativePath) throws(StoreError) -> any ByteSource

    /// Removes a file. One that is not there is passed over.
    func delete(_ path: RelativePath) throws(StoreError)

    /// Bytes of a file, or nil if there is none.
    func size(of path: RelativePath) throws(StoreError) -> Int?
}

extension Storage {
    /// Keeps `bytes` under this name, or under one like it if it is taken or too long.
    ///
    /// - Returns: the name that they got.
    public func save(
        _ bytes: [UInt8], as path: RelativePath, using random: inout some RandomNumberGenerator
    ) throws(StoreError) -> RelativePath {
        var candidate = path
        for _ in 0..<100 {
            if candidate.length <= RelativePath.maximumLength, try create(candidate, bytes: bytes) { return candidate }
            candidate = try path.alternative(using: &random)
        }
        throw .invalidName(path.description, reason: "a hundred names like it are taken")
    }

    /// All bytes of a file. Throws `missingFile` if there is none.
    public func read(_ path: RelativePath) throws(StoreError) -> [UInt8] {
        let source = try open(path)
        return try naming(path) { () throws(ImageError) in try source.readAll() }
    }
}

extension ByteSource {
    /// Everything that is left.
    func readAll() throws(ImageError) -> [UInt8] {
        var all: [UInt8] = []
        var window = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            var span = window.mutableSpan
            let count = try read(into: &span)
            if count <= 0 { return all }
            all.append(contentsOf: window[..<min(count, window.count)])
        }
    }
}
