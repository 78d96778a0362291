public import FoundationEssentials
public import SystemPackage
public import Tintype
import TintypeCore

/// Records, and the images that belong to them.
///
///     ROOT/models/…    the records (see `FileRecords`)
///     ROOT/media/…     their images (see `FileStorage`)
///
/// The folder is made by the first save; the folder that it is in must be there.
public struct ModelStore: Sendable {
    public let records: any RecordStorage
    /// Where the images are kept.
    public let storage: any Storage
    public var rules = ImageRules()
    /// Whether the file of an image that was replaced or deleted is kept. By default it is removed, once the record is on the disk.
    public var keepReplacedFiles = false
    /// What dates in `UploadTo` are taken from.
    public var clock: @Sendable () -> Date = { Date() }
    /// 64 random bits, for names beside names that are taken.
    public var random: @Sendable () -> UInt64 = { UInt64.random(in: 0...UInt64.max) }
    /// It also tells one store from another.
    let uploads = Uploads()
    private let root: FilePath?

    /// A store in a folder. Either half can be somewhere else.
    public init(root: FilePath, storage: (any Storage)? = nil, records: (any RecordStorage)? = nil) {
        self.root = root
        self.storage = storage ?? FileStorage(root: root.appending("media"))
        self.records = records ?? FileRecords(root: root)
    }

    /// A store that needs no folder of its own.
    public init(records: any RecordStorage, storage: any Storage) {
        root = nil
        self.storage = storage
        self.records = records
    }

    /// The records of a model. Throws `invalidName` if the model's name, or where it puts its images, is not valid.
    public func collection<Record: Model>(of model: Record.Type = Record.self) throws(StoreError) -> ModelCollection<
        Record
    > {
        for field in Record.imageFields { try field.check() }
        return try ModelCollection(self, name: Record.modelName) { _ in Record.imageFields }
    }

    /// The records of a model that is not known when the program is compiled. All its images are treated the same.
    public func collection(
        named name: String, uploadTo: UploadTo<DynamicRecord> = .dated(""), saving: Thumbnail? = nil
    ) throws(StoreError) -> ModelCollection<DynamicRecord> {
        try uploadTo.check()
        return try ModelCollection(self, name: name) { record in
            record.imageNames.map { ImageFieldDeclaration($0, \.[image: $0], uploadTo: uploadTo, saving: saving) }
        }
    }

    /// Gives space back: of journals, and of records that were replaced or deleted.
    public func compact() async throws(StoreError) { try await records.compact() }

    /// Makes the folder, if the store is in one.
    func prepare() throws(StoreError) {
        guard let root else { return }
        try naming(root) { () throws(ImageError) in _ = try Folder(making: root) }
    }

    // MARK: Transactions

    /// All or nothing: what the body saves and deletes, in collections of this store, is committed at its end. If it throws, the records are
    /// as they were, and the files that it stored are removed.
    ///
    /// The body sees its own changes; nobody else sees any before the end, and nobody else can save meanwhile. A transaction in a transaction
    /// can fail by itself. Inside, save one thing after the other, not several at a time.
    ///
    /// - Throws: `StoreError.locked`, what the body throws, or what committing brings.
    public func transaction<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result {
        try await perform(created: []) { _ in try await body() }
    }

    /// Runs `body` in the transaction of this task, or in one of its own.
    ///
    /// - Parameter created: files that are to be removed if it fails.
    func perform<Result: Sendable>(
        created: [RelativePath], _ body: @Sendable (Transaction) async throws -> Result
    ) async throws -> Result {
        if let transaction = Transaction.current(uploads) {
            let before = transaction.withState { state in
                defer { state.created += created }
                return state
            }
            do {
                return try await body(transaction)
            } catch {
                await remove(transaction.rollBack(to: before))
                throw error
            }
        }
        let transaction = Transaction(uploads, created: created)
        do {
            let result = try await records.exclusively {
                let result = try await Transaction.$innermost.withValue(transaction) { try await body(transaction) }
                try await commit(transaction)
                return result
            }
            let released = transaction.withState { $0.released }
            if !keepReplacedFiles { await remove(released) }
            return result
        } catch {
            await remove(transaction.rollBack(to: Transaction.State(isOpen: false)))
            throw error
        }
    }

    private func commit(_ transaction: Transaction) async throws(StoreError) {
        let changes = transaction.changes
        transaction.withState { $0.isOpen = false }
        do {
            try await records.commit(changes)
        } catch {
            // Even so the records may have come to the disk: what they name must stay.
            if await mayHaveLanded(changes) { transaction.withState { $0.created = [] } }
            throw error
        }
        uploads.remove(transaction.withState { $0.claimed })
    }

    private func mayHaveLanded(_ changes: [RecordChange]) async -> Bool {
        for case .put(let record, let model) in changes {
            do {
                return try await records.record(record.id, of: model) == record
            } catch {
                return true
            }
        }
        return false
    }

    /// Removes files that no record names. One that cannot be removed is an orphan, and no reason to fail.
    func remove(_ files: [RelativePath]) async {
        for file in files { try? await storage.delete(file) }
    }
}
