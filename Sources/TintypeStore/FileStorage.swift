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

    public init(root: FilePath, permissions: FilePermissions = FilePermissions(rawValue: 0o644)) {
        self.root = root
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
            guard let folder = try folder(of: path), try folder.status(of: path.name.filePath) != nil else {
                return nil
            }
            return FileByteSource(try folder.open(path.name.filePath))
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

    public func size(of path: RelativePath) throws(StoreError) -> Int? {
        try naming(path) { () throws(ImageError) -> Int? in
            guard let status = try folder(of: path)?.status(of: path.name.filePath) else { return nil }
            return status.type == .regular ? Int(status.size) : nil
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
