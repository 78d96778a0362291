import Tintype
public import TintypeCore

/// The records of one model, in the order of their ids.
///
/// What is saved is on the disk when the call returns. Several collections, and several processes, may use one store at the same time: each
/// sees what the others saved.
public struct ModelCollection<Record: Model>: Sendable {
    public typealias Property = ImageFieldDeclaration<Record>.Property
    let store: ModelStore
    let name: String
    private let fields: @Sendable (Record) -> [ImageFieldDeclaration<Record>]
    private let decoded: DecodedRecords<Record>

    init(
        _ store: ModelStore, name: String, fields: @escaping @Sendable (Record) -> [ImageFieldDeclaration<Record>]
    ) throws(StoreError) {
        let isName = name.utf8.allSatisfy { byte in
            UInt8(ascii: "_") == byte || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
                || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte & ~0x20)
        }
        guard isName, (1...100).contains(name.utf8.count) else {
            throw .invalidName(name, reason: "a model is called by 1 to 100 letters, digits and _")
        }
        self.store = store
        self.name = name
        self.fields = fields
        decoded = DecodedRecords(model: name)
    }

    // MARK: Records

    /// The record with this id. Throws `doesNotExist`.
    public func get(id: Int) async throws(StoreError) -> Record {
        guard let record = try await find(id) else { throw .doesNotExist(model: name, id: id) }
        return record
    }

    /// All records, in the order of their ids.
    public func all() async throws(StoreError) -> [Record] {
        var records = try await store.records.records(of: name)
        if let changes = transaction?.changes(of: name), !changes.isEmpty {
            records.removeAll { changes[$0.id] != nil }
            for case .put(let record, _) in changes.values { records.append(record) }
            records.sort { $0.id < $1.id }
        }
        return try decoded.records(records)
    }

    public func count() async throws(StoreError) -> Int {
        if let changes = transaction?.changes(of: name), !changes.isEmpty { return try await all().count }
        return try await store.records.count(of: name)
    }

    private var transaction: Transaction? { Transaction.current(store.uploads) }

    private func find(_ id: Int) async throws(StoreError) -> Record? {
        switch transaction?.change(id, of: name) {
        case .put(let record, _)?: return try decoded.record(record)
        case .delete?: return nil
        case nil:
            return try await store.records.record(id, of: name).map { record throws(StoreError) in
                try decoded.record(record)
            }
        }
    }

    // MARK: Images

    /// All bytes of a record's image, or of a variant of it. Throws `noFile` if the field is empty or the image has no such variant,
    /// `missingFile` if the storage has lost it.
    public func read(
        _ property: Property, variant: String? = nil, of record: Record
    ) async throws(StoreError) -> [UInt8] {
        switch try content(of: property, variant, of: record) {
        case .pending(let content): return content.bytes
        case .stored(let image): return try await store.storage.read(image.name)
        }
    }

    /// The image's bytes, pulled in order; its file is closed with the source. Throws as `read` does.
    public func open(
        _ property: Property, variant: String? = nil, of record: Record
    ) async throws(StoreError) -> any ByteSource {
        switch try content(of: property, variant, of: record) {
        case .pending(let content): return MemoryByteSource(content.bytes)
        case .stored(let image): return try await store.storage.open(image.name)
        }
    }

    /// Reads the image in pieces, without all of it in memory. The file is closed once `body` has let the source go.
    public func read<Result>(
        _ property: Property, variant: String? = nil, of record: Record, _ body: (any ByteSource) throws -> Result
    ) async throws -> Result {
        try body(try await open(property, variant: variant, of: record))
    }

    /// Where a browser gets the image from. Throws `noFile`, also while the image is pending.
    public func url(
        _ property: Property, variant: String? = nil, of record: Record
    ) async throws(StoreError) -> String {
        guard case .stored(let image) = try content(of: property, variant, of: record) else {
            throw noFile(property, of: record)
        }
        return try await store.storage.url(of: image.name)
    }

    private func content(
        of property: Property, _ variant: String?, of record: Record
    ) throws(StoreError) -> ImageField {
        guard let field = record[keyPath: property] else { throw noFile(property, of: record) }
        guard let variant else { return field }
        guard let image = field.stored?.variants[variant] else {
            throw noFile(property, of: record, "." + variant)
        }
        return .stored(image)
    }

    private func noFile(_ property: Property, of record: Record, _ variant: String = "") -> StoreError {
        .noFile(field: (fields(record).first { $0.property == property }?.name ?? "of \(name)") + variant)
    }

    // MARK: Saving

    /// Stores the record's pending images, and then the record: under a new id if it has none, else in place of the one with its id.
    ///
    /// Every image belongs to one field of one record: an image that another has gets files of its own. The files of images that the record
    /// had and has no longer are removed.
    ///
    /// - Returns: the record as it was written.
    /// - Throws: `validation` or `invalidName` before anything is stored, `missingFile` for an image whose file is gone, `conflict`
    ///   (see `Model.revision`), `locked`, or what reading and writing brings. The record is then as it was.
    @discardableResult
    public func save(_ record: Record) async throws(StoreError) -> Record {
        try await save([record], mustBeNew: false)[0]
    }

    /// The same for a record that must not be there yet. Throws `alreadyExists` if another has its id.
    @discardableResult
    public func create(_ record: Record) async throws(StoreError) -> Record {
        try await save([record], mustBeNew: true)[0]
    }

    /// Creates many records at the cost of one commit: all or none.
    @discardableResult
    public func bulkCreate(_ records: [Record]) async throws(StoreError) -> [Record] {
        try await save(records, mustBeNew: true)
    }

    /// Puts an image into a field, and saves image and record.
    ///
    /// - Parameter persist: if false, the image is stored, but the record is left for the caller to save.
    /// - Throws: `undeclaredField` for a property that is not among the model's image fields, or as `save(_:)` does.
    @discardableResult
    public func save(
        _ content: ContentFile, in property: Property, of record: Record, persist: Bool = true
    ) async throws(StoreError) -> Record {
        var record = record
        record[keyPath: property] = .pending(content)
        let field = fields(record).filter { $0.property == property }
        if field.isEmpty { throw .undeclaredField(model: name) }
        if persist { return try await save(record) }
        let (new, written) = try await store.storeImages(of: record, fields: field)
        store.uploads.add(written)
        transaction?.withState { $0.created += written }
        return new
    }

    /// Empties a field: saves the record without the image, then removes the file. Nothing happens if it is empty.
    @discardableResult
    public func deleteImage(in property: Property, of record: Record) async throws(StoreError) -> Record {
        if record[keyPath: property] == nil { return record }
        var record = record
        record[keyPath: property] = nil
        return try await save(record)
    }

    /// Reads a record, changes it and saves it, while nobody else can. Throws `doesNotExist`, what `change` throws, or as `save` does.
    @discardableResult
    public func update(id: Int, _ change: @Sendable (inout Record) throws -> Void) async throws -> Record {
        try await store.transaction {
            var record = try await get(id: id)
            try change(&record)
            return try await save(record)
        }
    }

    /// The one record that meets the predicate; if there is none, `new` is created. Throws `multipleObjectsReturned`, or as `create` does.
    public func getOrCreate(
        where predicate: @escaping @Sendable (Record) -> Bool, or new: Record
    ) async throws(StoreError) -> (record: Record, created: Bool) {
        try await storeErrors {
            try await store.transaction {
                if let found = try await filter(predicate).one() { return (found, false) }
                return (try await create(new), true)
            }
        }
    }

    /// Changes the one record that meets the predicate, or, if there is none, `new`, and saves it. Throws `multipleObjectsReturned`, or as
    /// `save` does.
    public func updateOrCreate(
        where predicate: @escaping @Sendable (Record) -> Bool, or new: Record,
        _ change: @Sendable (inout Record) -> Void
    ) async throws(StoreError) -> (record: Record, created: Bool) {
        try await storeErrors {
            try await store.transaction {
                let found = try await filter(predicate).one()
                var record = found ?? new
                change(&record)
                return (try await save([record], mustBeNew: found == nil)[0], found == nil)
            }
        }
    }

    /// Removes a record, then the files of its images. Throws `doesNotExist`.
    public func delete(id: Int) async throws(StoreError) {
        try await storeErrors {
            try await store.perform(created: []) { transaction in
                guard let old = try await find(id) else { throw StoreError.doesNotExist(model: name, id: id) }
                transaction.withState { $0.released += files(of: old) }
                transaction.put(.delete(id: id, model: name))
            }
        }
    }

    /// Removes all records that meet the predicate, at the cost of one commit, then the files of their images.
    ///
    /// - Returns: how many there were.
    @discardableResult
    public func delete(where predicate: @escaping @Sendable (Record) -> Bool) async throws(StoreError) -> Int {
        try await storeErrors {
            try await store.transaction {
                let ids = try await filter(predicate).all().compactMap(\.id)
                for id in ids { try await delete(id: id) }
                return ids.count
            }
        }
    }

    private func save(_ records: [Record], mustBeNew: Bool) async throws(StoreError) -> [Record] {
        var ready: [Record] = []
        var written: [RelativePath] = []
        do {
            for record in records {
                let (new, files) = try await store.storeImages(of: record, fields: fields(record))
                ready.append(new)
                written += files
            }
        } catch {
            await store.remove(written)
            throw error
        }
        return try await storeErrors { [ready, written] in
            try await store.perform(created: written) { transaction in
                let written = Set(written)
                var saved: [Record] = []
                for record in ready {
                    saved.append(try await put(record, written, in: transaction, mustBeNew: mustBeNew))
                }
                return saved
            }
        }
    }

    private func put(
        _ record: Record, _ written: Set<RelativePath>, in transaction: Transaction, mustBeNew: Bool
    ) async throws(StoreError) -> Record {
        var record = record
        var old: Record?
        if let id = record.id {
            old = try await find(id)
            if mustBeNew, old != nil { throw .alreadyExists(model: name, id: id) }
            if let revision = record.revision, revision != old?.revision { throw .conflict(model: name, id: id) }
        }
        record.revision = (old?.revision ?? 0) + 1
        let before = Set(old.map(files(of:)) ?? [])
        try await ownImages(of: &record, before, written, in: transaction)
        let id: Int
        if let known = record.id {
            id = known
        } else {
            id = transaction.newID(of: name, least: try await store.records.nextID(of: name))
        }
        guard RecordTable.ids.contains(id) else { throw .invalidID(id) }
        record.id = id
        let json = try decoded.json(record, id: id)
        transaction.withState { $0.released += before.subtracting(files(of: record)) }
        transaction.put(.put(RawRecord(id: id, json: json), model: name))
        return record
    }

    /// Sees to it that the files of the record's images are there, and no other field's.
    private func ownImages(
        of record: inout Record, _ before: Set<RelativePath>, _ written: Set<RelativePath>, in transaction: Transaction
    ) async throws(StoreError) {
        var owned: Set<RelativePath> = []
        for field in fields(record) {
            guard case .stored(let image)? = record[keyPath: field.property] else { continue }
            let files = image.files
            let isNew = files.allSatisfy { written.contains($0) || store.uploads.contains($0) }
            if owned.isDisjoint(with: files), isNew || before.isSuperset(of: files) {
                // Someone may have collected it as garbage before the lock was ours.
                for file in files where isNew {
                    if try await !store.storage.exists(file) { throw .missingFile(file.description) }
                }
                if isNew { transaction.withState { $0.claimed += files } }
                owned.formUnion(files)
            } else {
                var copies: [RelativePath] = []
                record[keyPath: field.property] = .stored(try await store.copy(image, &copies))
                transaction.withState { [copies] in $0.created += copies }
            }
        }
    }

    private func files(of record: Record) -> [RelativePath] {
        fields(record).flatMap { record[keyPath: $0.property]?.stored?.files ?? [] }
    }
}
