public import FoundationEssentials
import Synchronization
public import TintypeCore

/// A storage that forgets, for tests.
public final class MemoryStorage: Storage {
    private let contents = Mutex<[RelativePath: (bytes: [UInt8], modified: Date)]>([:])
    private let baseURL: String
    private let clock: @Sendable () -> Date

    public init(baseURL: String = "/media/", clock: @escaping @Sendable () -> Date = { Date() }) {
        self.baseURL = baseURL
        self.clock = clock
    }

    public func create(_ path: RelativePath, bytes: [UInt8]) -> Bool {
        contents.withLock { contents in
            if contents[path] != nil { return false }
            contents[path] = (bytes, clock())
            return true
        }
    }

    public func open(_ path: RelativePath) throws(StoreError) -> any ByteSource {
        guard let content = contents.withLock({ $0[path] }) else { throw .missingFile(path.description) }
        return MemoryByteSource(content.bytes)
    }

    public func delete(_ path: RelativePath) {
        contents.withLock { $0[path] = nil }
    }

    public func status(of path: RelativePath) -> StorageFile? {
        contents.withLock { $0[path] }.map { StorageFile(path: path, bytes: $0.bytes.count, modified: $0.modified) }
    }

    public func files() -> [StorageFile] {
        contents.withLock { $0 }.map { StorageFile(path: $0, bytes: $1.bytes.count, modified: $1.modified) }
    }

    public func url(of path: RelativePath) -> String { path.url(under: baseURL) }
}
