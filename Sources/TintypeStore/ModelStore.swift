public import FoundationEssentials
public import SystemPackage
import Tintype
import TintypeCore

/// A folder of records and of the images that belong to them.
///
///     ROOT/models/Photo.json    the records of the model Photo
///     ROOT/media/…              their images
///     ROOT/.lock                held by whoever writes
///
/// The folder is made by the first save; the folder that it is in must be there.
public struct ModelStore: Sendable {
    public let root: FilePath
    /// Where the images are kept; by default `ROOT/media`.
    public let storage: any Storage
    public var rules = ImageRules()
    /// Whether the file of an image that was replaced or deleted is kept. By default it is removed, once the record is on the disk.
    public var keepReplacedFiles = false
    /// What dates in `UploadTo` are taken from.
    public var clock: @Sendable () -> Date = { Date() }
    /// 64 random bits, for names beside names that are taken.
    public var random: @Sendable () -> UInt64 = { UInt64.random(in: 0...UInt64.max) }

    public init(root: FilePath, storage: (any Storage)? = nil) {
        self.root = root
        self.storage = storage ?? FileStorage(root: root.appending("media"))
    }

    /// The records of a model. Throws `invalidName` if the model's name, or where it puts its images, is not valid.
    public func collection<Record: Model>(of model: Record.Type = Record.self) throws(StoreError) -> ModelCollection<
        Record
    > {
        for field in Record.imageFields { try field.uploadTo.check() }
        return try ModelCollection(self, name: Record.modelName) { _ in Record.imageFields }
    }

    /// The records of a model that is not known when the program is compiled. All its images go to the same place.
    public func collection(
        named name: String, uploadTo: UploadTo<DynamicRecord> = .dated("")
    ) throws(StoreError) -> ModelCollection<DynamicRecord> {
        try uploadTo.check()
        return try ModelCollection(self, name: name) { record in
            record.imageNames.map { ImageFieldDeclaration($0, \.[image: $0], uploadTo: uploadTo) }
        }
    }
}

/// Random numbers from a function.
private struct FunctionGenerator: RandomNumberGenerator {
    let function: @Sendable () -> UInt64

    func next() -> UInt64 { function() }
}

extension ModelStore {
    /// An image that passed the rules, and where it is to go.
    private struct Accepted<Record> {
        var property: ImageFieldDeclaration<Record>.Property
        var path: RelativePath
        var facts: ImageRules.Facts
        var bytes: [UInt8]
    }

    /// Checks all pending images of a record, then stores them.
    ///
    /// - Returns: the record without pending images, and the names that were given. If it throws, nothing is stored.
    func storeImages<Record>(
        of record: Record, fields: [ImageFieldDeclaration<Record>]
    ) throws(StoreError) -> (record: Record, written: [RelativePath]) {
        var accepted: [Accepted<Record>] = []
        for field in fields {
            guard case .pending(let content)? = record[keyPath: field.property] else { continue }
            let name = try FileName(cleaning: content.name)
            let path = try field.uploadTo.path(of: name, for: record, at: clock())
            let facts = try rules.check(content, named: path.name)
            accepted.append(Accepted(property: field.property, path: path, facts: facts, bytes: content.bytes))
        }
        // The storage makes no folder but its own, and that lies in this one.
        if !accepted.isEmpty { try naming(root) { () throws(ImageError) in _ = try Folder(making: root) } }
        var record = record
        var written: [RelativePath] = []
        var generator = FunctionGenerator(function: random)
        do {
            for image in accepted {
                let path = try storage.save(image.bytes, as: image.path, using: &generator)
                written.append(path)
                record[keyPath: image.property] = .stored(
                    StoredImage(
                        name: path, width: image.facts.size.width, height: image.facts.size.height,
                        format: image.facts.format, bytes: image.bytes.count,
                        crc32: CRC32.checksum(image.bytes.span)))
            }
        } catch {
            for path in written { try? storage.delete(path) }
            throw error
        }
        return (record, written)
    }
}
