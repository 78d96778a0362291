import Synchronization
public import TintypeCore

/// A storage that forgets, for tests.
public final class MemoryStorage: Storage {
    private let files = Mutex<[RelativePath: [UInt8]]>([:])

    public init() {}

    /// The names of all files, sorted.
    public var paths: [String] { files.withLock { $0.keys.map(\.description).sorted() } }

    public func create(_ path: RelativePath, bytes: [UInt8]) -> Bool {
        files.withLock { files in
            if files[path] != nil { return false }
            files[path] = bytes
            return true
        }
    }

    public func open(_ path: RelativePath) throws(StoreError) -> any ByteSource {
        guard let bytes = files.withLock({ $0[path] }) else { throw .missingFile(path.description) }
        return MemoryByteSource(bytes)
    }

    public func delete(_ path: RelativePath) {
        files.withLock { $0[path] = nil }
    }

    public func size(of path: RelativePath) -> Int? {
        files.withLock { $0[path]?.count }
    }
}
