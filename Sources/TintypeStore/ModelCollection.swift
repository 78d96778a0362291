import Tintype
public import TintypeCore

/// The records of one model, in the order of their ids.
///
/// Every save is on the disk when it returns. Several collections, and several processes, may use one store at the same time:
/// each sees what the others saved.
public actor ModelCollection<Record: Model> {
    public typealias Property = ImageFieldDeclaration<Record>.Property
    private let store: ModelStore
    private let name: String
    private let fields: @Sendable (Record) -> [ImageFieldDeclaration<Record>]
    private let file: RecordFile
    /// What was last read or written, and the state of the file then.
    private var cache: (table: Table<Record>, state: FileState?)?

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
        file = RecordFile(root: store.root, model: name)
    }

    // MARK: Reading

    /// The record with this id. Throws `doesNotExist`.
    public func get(id: Int) throws(StoreError) -> Record {
        guard let record = try table().records[id] else { throw .doesNotExist(model: name, id: id) }
        return record
    }

    /// The one record that meets the predicate. Throws `doesNotExist` or `multipleObjectsReturned`.
    public func get(where predicate: @Sendable (Record) -> Bool) throws(StoreError) -> Record {
        let found = try filter(predicate)
        guard found.count <= 1 else { throw .multipleObjectsReturned(model: name, count: found.count) }
        guard let record = found.first else { throw .doesNotExist(model: name, id: nil) }
        return record
    }

    public func all() throws(StoreError) -> [Record] {
        try table().ordered
    }

    public func filter(_ predicate: @Sendable (Record) -> Bool) throws(StoreError) -> [Record] {
        try table().ordered.filter(predicate)
    }

    /// The record with the lowest id that meets the predicate, or nil.
    public func first(where predicate: @Sendable (Record) -> Bool = { _ in true }) throws(StoreError) -> Record? {
        try table().ordered.first(where: predicate)
    }

    public func count(where predicate: @Sendable (Record) -> Bool = { _ in true }) throws(StoreError) -> Int {
        try table().records.values.count(where: predicate)
    }

    /// All bytes of a record's image. Throws `noFile` if the field is empty, `missingFile` if the storage has lost it.
    public nonisolated func read(_ property: Property, of record: Record) throws(StoreError) -> [UInt8] {
        try content(property, of: record, store.storage.read) { $0.bytes }
    }

    /// The bytes of a record's image, pulled in order; the file is closed with the source. Throws as `read` does.
    public nonisolated func open(_ property: Property, of record: Record) throws(StoreError) -> any ByteSource {
        try content(property, of: record, store.storage.open) { MemoryByteSource($0.bytes) }
    }

    private nonisolated func content<Result>(
        _ property: Property, of record: Record, _ stored: (RelativePath) throws(StoreError) -> Result,
        _ pending: (ContentFile) -> Result
    ) throws(StoreError) -> Result {
        switch record[keyPath: property] {
        case .stored(let image): return try stored(image.name)
        case .pending(let content): return pending(content)
        case nil:
            let name = fields(record).first { $0.property == property }?.name
            throw .noFile(field: name ?? "of \(self.name)")
        }
    }

    // MARK: Writing

    /// Stores the record's pending images, and then the record: under a new id if it has none, else in place of the one with its id.
    ///
    /// The files of images that no record of the model names any longer are removed.
    ///
    /// - Returns: the record as it was written.
    /// - Throws: `validation` or `invalidName` before anything is stored, `missingFile` for a name of an image that is gone, or
    ///   what reading and writing brings. The record is then as it was.
    @discardableResult
    public nonisolated func save(_ record: Record) async throws(StoreError) -> Record {
        let (record, written) = try store.storeImages(of: record, fields: fields(record))
        return try await put(record, written, isNew: false)
    }

    /// The same for a record that must not be there yet. Throws `alreadyExists` if another has its id.
    @discardableResult
    public nonisolated func create(_ record: Record) async throws(StoreError) -> Record {
        let (record, written) = try store.storeImages(of: record, fields: fields(record))
        return try await put(record, written, isNew: true)
    }

    /// Puts an image into a field, and saves image and record.
    ///
    /// - Parameter persist: if false, the image is stored, but the record is left for the caller to save.
    /// - Throws: `undeclaredField` for a property that is not among the model's image fields, or as `save(_:)` does.
    @discardableResult
    public nonisolated func save(
        _ content: ContentFile, in property: Property, of record: Record, persist: Bool = true
    ) async throws(StoreError) -> Record {
        var record = record
        record[keyPath: property] = .pending(content)
        let fields = fields(record)
        guard fields.contains(where: { $0.property == property }) else { throw .undeclaredField(model: name) }
        if persist { return try await save(record) }
        return try store.storeImages(of: record, fields: fields.filter { $0.property == property }).record
    }

    /// Empties a field: saves the record without the image, then removes the file. Nothing happens if it is empty.
    @discardableResult
    public nonisolated func deleteImage(in property: Property, of record: Record) async throws(StoreError) -> Record {
        if record[keyPath: property] == nil { return record }
        var record = record
        record[keyPath: property] = nil
        return try await save(record)
    }

    /// Removes a record, then the files of its images. Throws `doesNotExist`.
    public func delete(id: Int) throws(StoreError) {
        try file.locked { () throws(StoreError) in
            var table = try file.load(Record.self)
            guard let old = table.remove(id) else { throw .doesNotExist(model: name, id: id) }
            try write(table)
            release(names(old), unlessIn: table)
        }
    }

    private func put(_ record: Record, _ written: [RelativePath], isNew: Bool) throws(StoreError) -> Record {
        try file.locked { () throws(StoreError) in
            do throws(StoreError) {
                var table = try file.load(Record.self)
                if isNew, let id = record.id, table.records[id] != nil {
                    throw StoreError.alreadyExists(model: name, id: id)
                }
                let (new, old) = try table.put(record)
                let before = old.map(names) ?? []
                // Someone else may have replaced an image since this record was read.
                for name in names(new) where !before.contains(name) {
                    if try store.storage.size(of: name) == nil { throw StoreError.missingFile(name.description) }
                }
                try write(table)
                release(before, unlessIn: table)
                return new
            } catch {
                // Even so the record may have come to the disk: what it names must stay.
                if let table = try? file.load(Record.self) { release(written, unlessIn: table, always: true) }
                throw error
            }
        }
    }

    private func write(_ table: Table<Record>) throws(StoreError) {
        cache = nil
        try file.save(table)
        cache = (table, try file.state())
    }

    private func table() throws(StoreError) -> Table<Record> {
        let state = try file.state()
        if let cache, cache.state == state { return cache.table }
        let table = try file.load(Record.self)
        // If the file was replaced in between, its state differs, and it is read again next time.
        cache = (table, state)
        return table
    }

    private func names(_ record: Record) -> Set<RelativePath> {
        Set(fields(record).compactMap { record[keyPath: $0.property]?.stored?.name })
    }

    /// Removes files that no record names. One that cannot be removed is an orphan, and no reason to fail.
    private func release(_ files: some Sequence<RelativePath>, unlessIn table: Table<Record>, always: Bool = false) {
        if store.keepReplacedFiles && !always { return }
        var unused = Set(files)
        for record in table.records.values where !unused.isEmpty { unused.subtract(names(record)) }
        for file in unused { try? store.storage.delete(file) }
    }
}
