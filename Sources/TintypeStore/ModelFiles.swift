import SystemPackage
import Tintype
import TintypeCore

/// The two files of a model, in the folder `models`.
struct ModelFiles {
    private let model: String
    private let snapshot: FilePath
    private let journal: FilePath

    init(_ model: String) {
        self.model = model
        snapshot = FilePath(model + ".json")
        journal = FilePath(model + ".journal")
    }

    /// What errors call them.
    var snapshotPath: String { "models/\(snapshot)" }
    var journalPath: String { "models/\(journal)" }

    /// What was read of a file, and its state just before.
    struct Content {
        var bytes: [UInt8]
        var state: FileState
        /// Where reading ended.
        var end: Int
    }

    func snapshotState(in folder: Folder) throws(StoreError) -> FileState? {
        try naming(snapshotPath) { () throws(ImageError) in try folder.status(of: snapshot).map { FileState($0) } }
    }

    func journalState(in folder: Folder) throws(StoreError) -> FileState? {
        try naming(journalPath) { () throws(ImageError) in try folder.status(of: journal).map { FileState($0) } }
    }

    func snapshot(in folder: Folder) throws(StoreError) -> Content? {
        try naming(snapshotPath) { () throws(ImageError) in try Self.content(of: snapshot, in: folder, from: 0) }
    }

    func journal(in folder: Folder, from start: Int) throws(StoreError) -> Content? {
        try naming(journalPath) { () throws(ImageError) in try Self.content(of: journal, in: folder, from: start) }
    }

    private static func content(of name: FilePath, in folder: Folder, from start: Int) throws(ImageError) -> Content? {
        guard let file = try folder.open(name) else { return nil }
        let source = FileByteSource(file)
        let state = FileState(try file.status())
        if start > 0 { try file.move(to: start) }
        let bytes = try source.readAll(expecting: state.size - start)
        return Content(bytes: bytes, state: state, end: start + bytes.count)
    }

    /// Appends lines and waits until they are on the disk. If it throws, they are taken back as far as that is possible.
    func append(_ lines: [UInt8], at offset: Int, in folder: Folder) throws(StoreError) -> FileState {
        try naming(journalPath) { () throws(ImageError) in
            let isNew = try folder.status(of: journal) == nil
            let file = try folder.openForUpdating(journal, permissions: Self.permissions)
            defer { try? file.close() }
            do throws(ImageError) {
                try file.move(to: offset)
                try file.writeBytes(lines.span)
                try file.synchronize()
                if isNew { try folder.synchronize() }
                return FileState(try file.status())
            } catch {
                try? file.truncate(to: offset)
                try? file.synchronize()
                throw error
            }
        }
    }

    /// Takes the end of the journal away.
    func cutJournal(to size: Int, in folder: Folder) throws(StoreError) -> FileState {
        try naming(journalPath) { () throws(ImageError) in
            let file = try folder.openForUpdating(journal, permissions: Self.permissions)
            defer { try? file.close() }
            try file.truncate(to: size)
            try file.synchronize()
            return FileState(try file.status())
        }
    }

    /// Replaces the snapshot, and removes what a killed process may have left of one.
    func writeSnapshot(_ table: RecordTable, in folder: Folder) throws(StoreError) -> FileState? {
        try naming(snapshotPath) { () throws(ImageError) in
            for name in try folder.names() where name.hasPrefix(".\(snapshot).tmp-") {
                try folder.remove(FilePath(name))
            }
            let file = try AtomicFile(
                in: folder, name: snapshot, overwrite: true, durable: true, permissions: Self.permissions)
            try table.write(model: model) { piece throws(ImageError) in try file.write(piece) }
            try file.commit()
        }
        return try snapshotState(in: folder)
    }

    func removeJournal(in folder: Folder) throws(StoreError) {
        try naming(journalPath) { () throws(ImageError) in try folder.remove(journal) }
    }

    static let permissions = FilePermissions(rawValue: 0o644)
}
