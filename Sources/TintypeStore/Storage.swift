public import FoundationEssentials
public import TintypeCore

/// What a storage knows of a file without reading it.
public struct StorageFile: Sendable, Hashable {
    public var path: RelativePath
    public var bytes: Int
    /// When its bytes were written.
    public var modified: Date

    public init(path: RelativePath, bytes: Int, modified: Date) {
        self.path = path
        self.bytes = bytes
        self.modified = modified
    }
}

/// Where images' bytes are kept, under names that cannot be invalid.
///
/// `StorageConformance` in the product `TintypeStoreConformance` tests an implementation.
public protocol Storage: Sendable {
    /// Keeps `bytes` under a new name, durably; the name never shows a part of them.
    ///
    /// - Returns: false, with nothing changed, if the name is taken.
    func create(_ path: RelativePath, bytes: [UInt8]) async throws(StoreError) -> Bool

    /// The bytes of a file, pulled in order. Throws `missingFile` if there is none.
    func open(_ path: RelativePath) async throws(StoreError) -> any ByteSource

    /// Removes a file. One that is not there is passed over.
    func delete(_ path: RelativePath) async throws(StoreError)

    /// What is known of a file, or nil if there is none.
    func status(of path: RelativePath) async throws(StoreError) -> StorageFile?

    /// All files, in no order; also what a save that was stopped has left.
    func files() async throws(StoreError) -> [StorageFile]

    /// Where a browser gets the file from.
    func url(of path: RelativePath) async throws(StoreError) -> String
}

extension Storage {
    /// Keeps `bytes` under this name, or under one like it if it is taken or too long.
    ///
    /// - Returns: the name that they got.
    public func save(
        _ bytes: [UInt8], as path: RelativePath, using random: inout some RandomNumberGenerator
    ) async throws(StoreError) -> RelativePath {
        var candidate = path
        for _ in 0..<100 {
            if candidate.length <= RelativePath.maximumLength, try await create(candidate, bytes: bytes) {
                return candidate
            }
            candidate = try path.alternative(using: &random)
        }
        throw .invalidName(path.description, reason: "a hundred names like it are taken")
    }

    /// All bytes of a file. Throws `missingFile` if there is none.
    public func read(_ path: RelativePath) async throws(StoreError) -> [UInt8] {
        let source = try await open(path)
        return try naming(path) { () throws(ImageError) in try source.readAll() }
    }

    public func exists(_ path: RelativePath) async throws(StoreError) -> Bool {
        try await status(of: path) != nil
    }
}

extension ByteSource {
    /// Everything that is left, which is about so many bytes.
    func readAll(expecting count: Int = 0) throws(ImageError) -> [UInt8] {
        var all: [UInt8] = []
        all.reserveCapacity(max(0, count))
        var window = [UInt8](repeating: 0, count: 64 << 10)
        while true {
            var span = window.mutableSpan
            let count = try read(into: &span)
            if count <= 0 { return all }
            all.append(contentsOf: window[..<min(count, window.count)])
        }
    }
}
