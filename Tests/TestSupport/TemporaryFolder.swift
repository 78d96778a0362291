import Glibc
public import SystemPackage

/// A folder for the length of a test, removed with all that is in it when the last reference goes.
public final class TemporaryFolder: Sendable {
    public let path: FilePath

    /// - Parameter inMemory: whether it is in a file system that is kept in memory, if there is one: there waiting for the disk takes
    ///   no time.
    public init(inMemory: Bool = false) {
        let hasMemory = unsafe access("/dev/shm", W_OK) == 0
        let place = inMemory && hasMemory ? "/dev/shm" : "/tmp"
        path = FilePath("\(place)/tintype-\(String(UInt64.random(in: 0...UInt64.max), radix: 36))")
        precondition(unsafe mkdir(path.string, 0o700) == 0, "no temporary folder")
    }

    deinit {
        Self.remove(path)
    }

    public static func / (folder: TemporaryFolder, name: String) -> FilePath {
        folder.path.appending(name)
    }

    /// The names in a folder below this one, sorted, hidden ones too.
    public func names(in subfolder: String = "") -> [String] {
        Self.names(in: path.appending(subfolder))
    }

    public func makeFolder(_ name: String, permissions: UInt32 = 0o700) {
        precondition(unsafe mkdir((self / name).string, permissions) == 0, "no folder \(name)")
    }

    public func makePipe(_ name: String) {
        precondition(unsafe mkfifo((self / name).string, 0o600) == 0, "no pipe \(name)")
    }

    public func makeLink(_ name: String, to target: FilePath) {
        precondition(unsafe symlink(target.string, (self / name).string) == 0, "no link \(name)")
    }

    /// Sets the permissions of what has this name, or of the folder itself.
    public func permit(_ permissions: UInt32, _ name: String) {
        precondition(unsafe chmod(path.appending(name).string, permissions) == 0, "no \(name)")
    }

    public func write(_ bytes: [UInt8], to name: String) throws {
        let file = try FileDescriptor.open(
            self / name, .writeOnly, options: [.create, .truncate], permissions: .ownerReadWrite)
        try file.closeAfter { _ = try file.writeAll(bytes) }
    }

    public func read(_ name: String) throws -> [UInt8] {
        let file = try FileDescriptor.open(self / name, .readOnly)
        return try file.closeAfter {
            var bytes: [UInt8] = []
            while true {
                let more = try unsafe [UInt8](unsafeUninitializedCapacity: 1 << 16) { buffer, count in
                    count = try unsafe file.read(into: UnsafeMutableRawBufferPointer(buffer))
                }
                if more.isEmpty { return bytes }
                bytes += more
            }
        }
    }

    /// The names in a folder, sorted, hidden ones too.
    public static func names(in folder: FilePath) -> [String] {
        guard let stream = unsafe opendir(folder.string) else { return [] }
        defer { unsafe closedir(stream) }
        var names: [String] = []
        while let entry = unsafe readdir(stream) {
            let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
                unsafe String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name != "." && name != ".." { names.append(name) }
        }
        return names.sorted()
    }

    private static func remove(_ path: FilePath) {
        if unsafe unlink(path.string) == 0 { return }
        for name in names(in: path) { remove(path.appending(name)) }
        unsafe rmdir(path.string)
    }
}

// For the body of an exit test, since they change the whole process.

/// Lets a write to a pipe that nobody reads fail, instead of ending the process.
public func ignoreBrokenPipes() {
    signal(SIGPIPE, SIG_IGN)
}

/// Lets a write fail where a file would grow beyond so many bytes.
public func limitFileSize(to bytes: UInt) {
    signal(SIGXFSZ, SIG_IGN)
    let resource = __rlimit_resource_t(RLIMIT_FSIZE.rawValue)
    var limit = rlimit()
    precondition(unsafe getrlimit(resource, &limit) == 0, "no limit")
    limit.rlim_cur = min(bytes, limit.rlim_max)
    precondition(unsafe setrlimit(resource, &limit) == 0, "no limit")
}

/// Gives up the rights of the super-user, whom no permission stops.
public func becomeNobody() {
    if geteuid() == 0 { precondition(setuid(65534) == 0, "still the super-user") }
}

/// Ends this process by SIGALRM at some moment to come, as suddenly as `kill -9` would.
public func dieSoon(afterMicroseconds delay: UInt32) {
    ualarm(delay, 0)
}
