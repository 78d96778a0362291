import Glibc
package import SystemPackage
package import TintypeCore

// The one file that hands buffers and names to the operating system. Every `unsafe` here passes a buffer with its own
// count, or a string that lives through the call, to a function that keeps neither.

extension FileDescriptor {
    /// Opens a file (or pipe, or device) for reading. A folder is refused.
    package static func reading(_ path: FilePath) throws(ImageError) -> FileDescriptor {
        try open(in: AT_FDCWD, path, O_RDONLY, .open).refusingFolder()
    }

    fileprivate func refusingFolder() throws(ImageError) -> FileDescriptor {
        do throws(ImageError) {
            if try status().type == .directory { throw ImageError(.isDirectory, .open) }
            return self
        } catch {
            try? close()
            throw error
        }
    }

    package func status() throws(ImageError) -> Stat {
        do throws(Errno) {
            try SystemCall.status.begin()
            return try Stat(self)
        } catch {
            throw ImageError(error, .open)
        }
    }

    /// Reads some bytes to the front of `buffer`: at least 1 unless it is empty or the bytes have ended.
    package func readBytes(into buffer: inout MutableSpan<UInt8>) throws(ImageError) -> Int {
        do {
            let most = try SystemCall.read.begin()
            return try unsafe buffer.withUnsafeMutableBytes { bytes in
                try unsafe read(into: UnsafeMutableRawBufferPointer(rebasing: bytes.prefix(most)))
            }
        } catch {
            throw ImageError(error as? Errno ?? .ioError, .read)
        }
    }

    /// The same from a place in the file, with the place of the next read left as it is.
    package func readBytes(into buffer: inout MutableSpan<UInt8>, at offset: Int64) throws(ImageError) -> Int {
        do {
            return try unsafe buffer.withUnsafeMutableBytes { bytes in
                try unsafe read(fromAbsoluteOffset: offset, into: bytes)
            }
        } catch {
            throw ImageError(error as? Errno ?? .ioError, .read)
        }
    }

    /// Writes all of `bytes`.
    package func writeBytes(_ bytes: Span<UInt8>) throws(ImageError) {
        do {
            try unsafe bytes.withUnsafeBytes { bytes in
                var rest = unsafe bytes[...]
                while unsafe !rest.isEmpty {
                    let most = try SystemCall.write.begin()
                    let count = try unsafe write(UnsafeRawBufferPointer(rebasing: rest.prefix(most)))
                    unsafe rest = rest.dropFirst(count)
                }
            }
        } catch {
            throw ImageError(error as? Errno ?? .ioError, .write)
        }
    }

    /// Waits until what was written is on the disk. A pipe, which cannot be synchronised, is passed over.
    package func synchronize() throws(ImageError) {
        do {
            _ = try retrying(.synchronize) { fsync(rawValue) }
        } catch .invalidArgument {
            return
        } catch {
            throw ImageError(error, .write)
        }
    }

    /// Cuts a file open for writing to this many bytes.
    package func truncate(to size: Int) throws(ImageError) {
        do {
            _ = try retrying(.truncate) { ftruncate(rawValue, size) }
        } catch {
            throw ImageError(error, .write)
        }
    }

    /// Goes to a byte of the file, counted from its start.
    package func move(to offset: Int) throws(ImageError) {
        do {
            try seek(offset: Int64(offset), from: .start)
        } catch {
            throw ImageError(error as? Errno ?? .ioError, .read)
        }
    }

    /// Closes a file that was written, and says if that brought a delayed error to light.
    package func closeWritten() throws(ImageError) {
        do {
            try SystemCall.close.begin()
        } catch {
            try? close()
            throw ImageError(error, .write)
        }
        do { try close() } catch { throw ImageError(error as? Errno ?? .ioError, .write) }
    }

    package func setPermissions(_ permissions: FilePermissions) throws(ImageError) {
        do {
            _ = try retrying(.setPermissions) { fchmod(rawValue, permissions.rawValue) }
        } catch {
            throw ImageError(error, .create)
        }
    }

    fileprivate static func open(
        in folder: CInt, _ name: FilePath, _ flags: CInt, _ operation: ImageError.Operation,
        permissions: FilePermissions = []
    ) throws(ImageError) -> FileDescriptor {
        do {
            return try FileDescriptor(
                rawValue: unsafe calling(.open, name) {
                    unsafe openat(folder, $0, flags | O_CLOEXEC, permissions.rawValue)
                })
        } catch {
            throw ImageError(error, operation)
        }
    }
}

/// An open folder. Names are looked up in it and nowhere else, whatever becomes of its path meanwhile.
///
/// A name is a path of one component.
package final class Folder: Sendable {
    private let descriptor: FileDescriptor

    private init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    deinit {
        try? descriptor.close()
    }

    /// Opens the folder at `path`.
    package convenience init(_ path: FilePath, operation: ImageError.Operation = .open) throws(ImageError) {
        self.init(try .open(in: AT_FDCWD, path, O_RDONLY | O_DIRECTORY, operation))
    }

    /// Opens the folder at `path`, or returns nil if there is none.
    package convenience init?(ifThere path: FilePath) throws(ImageError) {
        do {
            try SystemCall.status.begin()
            _ = try Stat(path)
        } catch .noSuchFileOrDirectory {
            return nil
        } catch {
            throw ImageError(error, .open)
        }
        try self.init(path)
    }

    /// Opens the folder at `path`, made if there is none; the folder that it is in must be there.
    package convenience init(making path: FilePath) throws(ImageError) {
        do {
            _ = try unsafe calling(.makeFolder, path) { unsafe mkdirat(AT_FDCWD, $0, 0o777) }
        } catch .fileExists {
            // It may be there already.
        } catch {
            throw ImageError(error, .create)
        }
        try self.init(path, operation: .create)
    }

    /// The folder `name` in this one. A symbolic link is not followed.
    ///
    /// - Returns: nil if there is none.
    package func folder(_ name: FilePath) throws(ImageError) -> Folder? {
        if try status(of: name) == nil { return nil }
        return Folder(try .open(in: descriptor.rawValue, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, .open))
    }

    /// The folder `name` in this one, made if there is none.
    package func makeFolder(_ name: FilePath) throws(ImageError) -> Folder {
        do {
            _ = try unsafe calling(.makeFolder, name) { unsafe mkdirat(descriptor.rawValue, $0, 0o777) }
            try synchronize()
        } catch let errno as Errno {
            // It may be there already.
            if errno != .fileExists { throw ImageError(errno, .create) }
        } catch {
            throw error as? ImageError ?? ImageError(.ioError, .create)
        }
        return Folder(try .open(in: descriptor.rawValue, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW, .create))
    }

    /// Opens a file for reading. A folder or a symbolic link is refused.
    ///
    /// - Returns: nil if nothing has the name.
    package func open(_ name: FilePath) throws(ImageError) -> FileDescriptor? {
        if try status(of: name) == nil { return nil }
        return try FileDescriptor.open(in: descriptor.rawValue, name, O_RDONLY | O_NOFOLLOW, .open).refusingFolder()
    }

    /// Opens for writing what is already there: a pipe or a device.
    package func openForWriting(_ name: FilePath) throws(ImageError) -> FileDescriptor {
        try .open(in: descriptor.rawValue, name, O_WRONLY | O_APPEND, .create)
    }

    /// Makes a new file and opens it for writing. Throws if the name is taken.
    package func create(_ name: FilePath, permissions: FilePermissions) throws(ImageError) -> FileDescriptor {
        let flags = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW
        return try .open(in: descriptor.rawValue, name, flags, .create, permissions: permissions)
    }

    /// What stands under a name, or nil for nothing.
    package func status(
        of name: FilePath, followingLinks: Bool = false, _ operation: ImageError.Operation = .open
    ) throws(ImageError) -> Stat? {
        do {
            try SystemCall.status.begin()
            return try Stat(name, relativeTo: descriptor, flags: followingLinks ? [] : .symlinkNoFollow)
        } catch .noSuchFileOrDirectory {
            return nil
        } catch {
            throw ImageError(error, operation)
        }
    }

    /// Opens a file for reading and writing, made if there is none. A symbolic link is refused.
    package func openForUpdating(_ name: FilePath, permissions: FilePermissions) throws(ImageError) -> FileDescriptor {
        try .open(in: descriptor.rawValue, name, O_RDWR | O_CREAT | O_NOFOLLOW, .create, permissions: permissions)
    }

    /// The names in this folder, in no order, but for those that are not UTF-8.
    package func names() throws(ImageError) -> [String] {
        do throws(Errno) {
            try SystemCall.list.begin()
            // The stream reads, and closes, a descriptor of its own.
            let copy = try retrying(.open) {
                unsafe openat(descriptor.rawValue, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC)
            }
            guard let stream = unsafe fdopendir(copy) else {
                defer { _ = Glibc.close(copy) }
                throw Errno(rawValue: errno)
            }
            defer { unsafe closedir(stream) }
            var names: [String] = []
            while true {
                errno = 0
                guard let entry = unsafe readdir(stream) else { break }
                let name = unsafe withUnsafeBytes(of: &entry.pointee.d_name) {
                    unsafe String(validating: $0.prefix { $0 != 0 }, as: UTF8.self)
                }
                if let name, name != ".", name != ".." { names.append(name) }
            }
            if errno != 0 { throw Errno(rawValue: errno) }
            return names
        } catch {
            throw ImageError(error, .read)
        }
    }

    /// Gives a file another name, in place of whatever file had it.
    package func rename(_ name: FilePath, to other: FilePath) throws(ImageError) {
        do {
            _ = try unsafe calling(.rename, name, other) {
                unsafe renameat(descriptor.rawValue, $0, descriptor.rawValue, $1)
            }
        } catch {
            throw ImageError(error, .create)
        }
    }

    /// Gives a file a second name.
    ///
    /// - Returns: false if that name is taken.
    package func link(_ name: FilePath, to other: FilePath) throws(ImageError) -> Bool {
        do {
            _ = try unsafe calling(.link, name, other) {
                unsafe linkat(descriptor.rawValue, $0, descriptor.rawValue, $1, 0)
            }
            return true
        } catch .fileExists {
            return false
        } catch {
            throw ImageError(error, .create)
        }
    }

    /// Removes a file. A name that nothing has is passed over.
    package func remove(_ name: FilePath) throws(ImageError) {
        do {
            _ = try unsafe calling(.unlink, name) { unsafe unlinkat(descriptor.rawValue, $0, 0) }
        } catch .noSuchFileOrDirectory {
            return
        } catch {
            throw ImageError(error, .write)
        }
    }

    /// Waits until the names in this folder are on the disk.
    package func synchronize() throws(ImageError) {
        try descriptor.synchronize()
    }

    /// Takes the sole right that the file `name` stands for, until the descriptor is closed.
    ///
    /// - Returns: nil where someone else has it now.
    package func lock(_ name: FilePath) throws(ImageError) -> FileDescriptor? {
        let file = try openForUpdating(name, permissions: FilePermissions(rawValue: 0o666))
        do {
            _ = try retrying(.lock) { flock(file.rawValue, LOCK_EX | LOCK_NB) }
            return file
        } catch {
            try? file.close()
            if error == .wouldBlock { return nil }
            throw ImageError(error, .write)
        }
    }
}

/// Tells one state of a file from another without reading it.
package struct FileState: Equatable, Sendable {
    private let inode: UInt64
    package let size: Int
    private let seconds: Int
    private let nanoseconds: Int

    package init(_ status: Stat) {
        inode = UInt64(status.inode.rawValue)
        size = Int(status.size)
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
    }

    /// When the file was written to last, in seconds since 1970.
    package var modified: Double { Double(seconds) + Double(nanoseconds) / 1e9 }

    /// Of the file at `path`, or nil if there is none.
    package init?(ifThere path: FilePath) throws(ImageError) {
        do {
            try SystemCall.status.begin()
            self.init(try Stat(path, followTargetSymlink: false))
        } catch .noSuchFileOrDirectory {
            return nil
        } catch {
            throw ImageError(error, .open)
        }
    }

    /// Whether it may be that nothing but bytes at the end were added since the other state.
    package func mayContinue(_ other: FileState?) -> Bool {
        self == other || inode == other?.inode && size > other?.size ?? 0
    }
}

extension ImageError {
    /// What the operating system refused, in words.
    package init(_ errno: Errno, _ operation: Operation) {
        let reason =
            switch errno {
            case .noSuchFileOrDirectory: operation == .create ? "no such folder" : "no such file"
            case .isDirectory: "is a folder"
            case .notDirectory: "a part of the path is not a folder"
            case .permissionDenied, .notPermitted: "permission denied"
            case .fileExists: "a file of that name exists"
            case .noSpace: "the disk is full"
            case .fileTooLarge: "the file is too large"
            case .readOnlyFileSystem: "the disk is read-only"
            case .brokenPipe: "the reader of the pipe has gone"
            case .tooManySymbolicLinkLevels: "is a symbolic link, or goes round in a circle of them"
            case .fileNameTooLong: "the name is too long"
            default: errno.description
            }
        self.init(.io, reason, operation: operation)
    }
}

/// Calls a function of the operating system that takes a name, again if a signal interrupted it.
private func calling(
    _ call: SystemCall, _ name: FilePath, _ body: (UnsafePointer<CChar>) -> CInt
) throws(Errno) -> CInt {
    let result = unsafe name.withPlatformString { text in
        Result { () throws(Errno) in try retrying(call) { unsafe body(text) } }
    }
    return try result.get()
}

/// The same for a function that takes two.
private func calling(
    _ call: SystemCall, _ name: FilePath, _ other: FilePath,
    _ body: (UnsafePointer<CChar>, UnsafePointer<CChar>) -> CInt
) throws(Errno) -> CInt {
    let result = unsafe other.withPlatformString { second in
        Result { () throws(Errno) in try unsafe calling(call, name) { first in unsafe body(first, second) } }
    }
    return try result.get()
}

private func retrying(_ call: SystemCall, _ body: () -> CInt) throws(Errno) -> CInt {
    try call.begin()
    while true {
        let result = body()
        if result >= 0 { return result }
        let errno = Errno(rawValue: Glibc.errno)
        if errno != .interrupted { throw errno }
    }
}
