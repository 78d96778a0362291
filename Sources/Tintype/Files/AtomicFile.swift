import Synchronization
public import SystemPackage
public import TintypeCore

/// A file that appears whole under its name when `commit()` is called, or not at all.
///
/// The bytes go to a hidden file in the same folder, `.{name}.tmp-{random}`, which is then given the name; so writing over a file
/// that is being read is safe. A file that is replaced hands on its permissions. A symbolic link is replaced, not what it points to.
/// A pipe or device (`/dev/null`, `/dev/stdout`, a FIFO) is written to directly.
public final class AtomicFile: ByteSink {
    private let folder: Folder
    private let name: FilePath
    private let overwrite: Bool
    private let durable: Bool
    /// Nil once it is closed.
    private var descriptor: FileDescriptor?
    /// Nil once the file has its name, and for what is written to directly.
    private var temporary: FilePath?

    /// Opens the hidden file.
    ///
    /// - Parameters:
    ///   - overwrite: whether a file that has the name is replaced. Otherwise `commit()` throws.
    ///   - durable: whether `commit()` waits until the bytes and the name are on the disk.
    ///   - permissions: of a new file, less what the process's mask takes away.
    /// - Throws: `io` with operation `create`: "no such folder", "is a folder", "permission denied" …
    public convenience init(
        path: FilePath, overwrite: Bool = true, durable: Bool = false,
        permissions: FilePermissions = FilePermissions(rawValue: 0o644)
    ) throws(ImageError) {
        guard let last = path.lastComponent else { throw ImageError(.isDirectory, .create) }
        let parent = path.removingLastComponent()
        let folder = try Folder(parent.isEmpty ? "." : parent, operation: .create)
        let name = FilePath(root: nil, [last])
        let there = try folder.status(of: name, .create)
        let isLink = there?.type == .symbolicLink
        let target = isLink ? try? folder.status(of: name, followingLinks: true, .create) : there
        if target?.type == .directory { throw ImageError(.isDirectory, .create) }
        // `/dev/stdout` may lead to a regular file, which is the shell's to name.
        let isStream = isLink && (path.starts(with: "/dev") || path.starts(with: "/proc"))
        if isStream || target.map({ $0.type != .regular }) ?? false {
            self.init(writingDirectlyTo: name, in: folder, try folder.openForWriting(name))
        } else {
            try self.init(
                in: folder, name: name, overwrite: overwrite, durable: durable, permissions: permissions)
            if let target { try descriptor?.setPermissions(target.permissions) }
        }
    }

    /// The same in a folder that is open already. `name` must not be that of a pipe or device.
    package init(
        in folder: Folder, name: FilePath, overwrite: Bool, durable: Bool, permissions: FilePermissions
    ) throws(ImageError) {
        self.folder = folder
        self.name = name
        self.overwrite = overwrite
        self.durable = durable
        let random = String(UInt64.random(in: 0...UInt64.max), radix: 36)
        // Cut, so that names near the file system's limit of 255 bytes have room.
        let temporary = FilePath(".\(name.string.unicodeScalars.prefix(50).map(String.init).joined()).tmp-\(random)")
        Self.unfinished.withLock { $0[temporary] = folder }
        self.temporary = temporary
        descriptor = try folder.create(temporary, permissions: permissions)
    }

    private init(writingDirectlyTo name: FilePath, in folder: Folder, _ descriptor: FileDescriptor) {
        self.folder = folder
        self.name = name
        self.descriptor = descriptor
        overwrite = true
        durable = false
    }

    deinit {
        try? descriptor?.close()
        discard()
    }

    /// - Throws: `io` with operation `write`, or `misuse` after `commit()`.
    public func write(_ bytes: Span<UInt8>) throws(ImageError) {
        guard let descriptor else { throw ImageError(.misuse, "the file was finished already") }
        try descriptor.writeBytes(bytes)
    }

    /// Gives the file its name. Without this call nothing is left of it.
    ///
    /// - Throws: `io` with operation `create`, where `overwrite` is false also "a file of that name exists", or with
    ///   operation `write`; `misuse` when called twice.
    public func commit() throws(ImageError) {
        guard try commit(as: name) else { throw ImageError(.fileExists, .create) }
    }

    /// The same under another name in the folder.
    ///
    /// - Returns: false if the name is taken, where `overwrite` is false; another may then be tried.
    package func commit(as name: FilePath) throws(ImageError) -> Bool {
        if let descriptor {
            if durable { try descriptor.synchronize() }
            self.descriptor = nil
            try descriptor.closeWritten()
        } else if temporary == nil {
            throw ImageError(.misuse, "the file was finished already")
        }
        guard let temporary else { return true }
        if overwrite {
            try folder.rename(temporary, to: name)
        } else {
            guard try folder.link(temporary, to: name) else { return false }
        }
        discard()
        if durable { try folder.synchronize() }
        return true
    }

    /// Takes the hidden name away, if there is still one.
    private func discard() {
        guard let temporary else { return }
        self.temporary = nil
        Self.unfinished.withLock { files in
            files[temporary] = nil
            try? folder.remove(temporary)
        }
    }

    /// The hidden files that this process has not finished, with their folders.
    private static let unfinished = Mutex<[FilePath: Folder]>([:])

    /// Removes the hidden files of every `AtomicFile` of the process that has no name yet, for a program that was interrupted.
    ///
    /// It may be called on any thread, but not in a signal handler.
    ///
    /// - Parameter leave: called before other threads can begin or finish a file again: where the program ends itself.
    public static func removeUnfinished(then leave: () -> Void = {}) {
        unfinished.withLock { files in
            for (name, folder) in files { try? folder.remove(name) }
            files.removeAll()
            leave()
        }
    }
}
