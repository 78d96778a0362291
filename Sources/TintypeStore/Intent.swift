import FoundationEssentials
import SystemPackage
import Tintype
import TintypeCore

/// What is about to be appended to the journals of several models, all or none.
///
/// It is written to a file first. From then on it is committed: whoever finds the file, once it has the lock, appends what is missing.
struct Intent: Codable {
    struct Part: Codable {
        var model: String
        /// The length of the model's journal before.
        var offset: Int
        var lines: Data
    }
    var parts: [Part]

    private static let name: FilePath = ".transaction"
    private static let path = "models/.transaction"

    static func isThere(in folder: Folder) throws(StoreError) -> Bool {
        try naming(path) { () throws(ImageError) in try folder.status(of: name) != nil }
    }

    func write(in folder: Folder) throws(StoreError) {
        guard let json = try? JSONEncoder().encode(self) else { throw .unencodable(model: "", reason: "a transaction") }
        try naming(Self.path) { () throws(ImageError) in
            let file = try AtomicFile(
                in: folder, name: Self.name, overwrite: true, durable: true, permissions: ModelFiles.permissions)
            try file.write(Seal.sealed(json).span)
            try file.commit()
        }
    }

    /// Appends what is missing, if there is an intent.
    static func finish(in folder: Folder) throws(StoreError) {
        let bytes = try naming(path) { () throws(ImageError) in
            try folder.open(name).map { file throws(ImageError) in try FileByteSource(file).readAll() }
        }
        guard let bytes else { return }
        guard Seal.isIntact(bytes, bytes.indices) == true,
            let intent = try? JSONDecoder().decode(Intent.self, from: Data(bytes))
        else { throw .damaged(file: path, line: 1, byte: 0, reason: "it is not what was written") }
        for part in intent.parts {
            _ = try ModelFiles(part.model).append([UInt8](part.lines), at: part.offset, in: folder)
        }
        try remove(in: folder)
    }

    /// After this the journals may grow by other lines.
    static func remove(in folder: Folder) throws(StoreError) {
        try naming(path) { () throws(ImageError) in
            try folder.remove(name)
            try folder.synchronize()
        }
    }

    /// As if it had never been. Where that fails, it is committed after all, once the disk is well again.
    func takeBack(in folder: Folder) {
        do throws(StoreError) {
            for part in parts { _ = try ModelFiles(part.model).cutJournal(to: part.offset, in: folder) }
            try Self.remove(in: folder)
        } catch {
            return
        }
    }
}
