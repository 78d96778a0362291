import FoundationEssentials
public import SystemPackage
import Tintype
public import TintypeCore

/// Images as files below a folder.
///
/// Every part of a name is looked up in the folder before it, and no symbolic link below the root is followed, so no name leads out
/// of it. A file is written under a hidden name, brought to the disk, and then given its name, which replaces nothing.
public struct FileStorage: Storage {
    /// The folder that all names are relative to. It is made when the first file is kept; its parent must be there.
    public let root: FilePath
    /// Of new files, less what the process's mask takes away.
    public var permissions: FilePermissions
    /// What URLs of files begin with.
    public var baseURL: String

    public init(
        root: FilePath, baseURL: String = "/media/", permissions: FilePermissions = FilePermissions(rawValue: 0o644)
    ) {
        self.root = root
        self.baseURL = baseURL
        self.permissions = permissions
    }

    public func create(_ path: RelativePath, bytes: [UInt8]) throws(StoreError) -> Bool {
        try naming(path) { () throws(ImageError) in
            var folder = try Folder(making: root)
            for name in path.folders { folder = try folder.makeFolder(name.filePath) }
            if try folder.status(of: path.name.filePath, .create) != nil { return false }
            let file = try AtomicFile(
                in: folder, name: path.name.filePath, overwrite: false, durable: true, permissions: permissions)
            try file.write(bytes.span)
            return try file.commit(as: path.name.filePath)
        }
    }

    public func open(_ path: RelativePath) throws(StoreError) -> any ByteSource {
        let source = try naming(path) { () throws(ImageError) -> FileByteSource? in
            try folder(of: path)?.open(path.name.filePath).map { FileByteSource($0) }
        }
        guard let source else { throw .missingFile(path.description) }
        return source
    }

    public func delete(_ path: RelativePath) throws(StoreError) {
        try naming(path) { () throws(ImageError) in
            guard let folder = try folder(of: path) else { return }
            try folder.remove(path.name.filePath)
        }
    }

    public func status(of path: RelativePath) throws(StoreError) -> StorageFile? {
        try naming(path) { () throws(ImageError) in
            try folder(of: path)?.status(of: path.name.filePath).flatMap { StorageFile(path, $0) }
        }
    }

    public func files() throws(StoreError) -> [StorageFile] {
        var files: [StorageFile] = []
        try naming(root) { () throws(ImageError) in
            if let folder = try Folder(ifThere: root) { try Self.collect(&files, in: folder, []) }
        }
        return files
    }

    public func url(of path: RelativePath) -> String { path.url(under: baseURL) }

    /// Where the file is, for programs that want to be told a path.
    public func path(of path: RelativePath) -> FilePath { root.appending(path.description) }

    private static func collect(
        _ files: inout [StorageFile], in folder: Folder, _ folders: [FileName]
    ) throws(ImageError) {
        // No name has room for more folders.
        if folders.count > RelativePath.maximumLength / 2 { return }
        for name in try folder.names() {
            // What a storage cannot name is not a storage's.
            guard let name = try? FileName(name), let status = try folder.status(of: name.filePath) else { continue }
            if status.type == .directory {
                if let inner = try folder.folder(name.filePath) { try collect(&files, in: inner, folders + [name]) }
            } else if let file = StorageFile(RelativePath(folders: folders, name: name), status) {
                files.append(file)
            }
        }
    }

    private func folder(of path: RelativePath) throws(ImageError) -> Folder? {
        guard var folder = try Folder(ifThere: root) else { return nil }
        for name in path.folders {
            guard let next = try folder.folder(name.filePath) else { return nil }
            folder = next
        }
        return folder
    }
}

extension FileName {
    var filePath: FilePath { FilePath(string) }
}

extension StorageFile {
    /// Nil for a folder, a link, a device.
    fileprivate init?(_ path: RelativePath, _ status: Stat) {
        guard status.type == .regular else { return nil }
        let state = FileState(status)
        self.init(path: path, bytes: state.size, modified: Date(timeIntervalSince1970: state.modified))
    }
}
