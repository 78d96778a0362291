/// A record as its storage knows it: an id, and a JSON object of which the storage needs to know no more.
public struct RawRecord: Sendable, Hashable {
    public var id: Int
    /// An object in UTF-8, without line breaks, which holds the id under `id`.
    public var json: [UInt8]

    public init(id: Int, json: [UInt8]) {
        self.id = id
        self.json = json
    }
}

/// One step of what is committed.
public enum RecordChange: Sendable, Hashable {
    /// Adds a record, or replaces the one with its id.
    case put(RawRecord, model: String)
    case delete(id: Int, model: String)

    public var model: String {
        switch self {
        case .put(_, let model), .delete(_, let model): model
        }
    }

    public var id: Int {
        switch self {
        case .put(let record, _): record.id
        case .delete(let id, _): id
        }
    }
}

/// Where records are kept: by default in JSON files (`FileRecords`); a database can take their place.
///
/// Everybody sees what was committed last, by whichever process, and nothing of what is not yet. A model that no record was ever put into is
/// empty, and no error. `RecordStorageConformance` in the product `TintypeStoreConformance` tests an implementation.
public protocol RecordStorage: Sendable {
    /// The record with this id, or nil.
    func record(_ id: Int, of model: String) async throws(StoreError) -> RawRecord?

    /// All records of a model, in the order of their ids.
    func records(of model: String) async throws(StoreError) -> [RawRecord]

    func count(of model: String) async throws(StoreError) -> Int

    /// The least id above all that the model's records have or had. Ids are not given out twice.
    func nextID(of model: String) async throws(StoreError) -> Int

    /// The names of all models, sorted.
    func models() async throws(StoreError) -> [String]

    /// Does something while nobody else, in whatever process, does something exclusively: reads that a commit depends on, and the commit.
    ///
    /// - Throws: `StoreError.locked` where that takes too long, or what `body` throws.
    func exclusively<Result: Sendable>(_ body: @Sendable () async throws -> Result) async throws -> Result

    /// Makes all changes, to one model or several, or, if it throws, none; they are durable when it returns. It is called in `exclusively`.
    func commit(_ changes: [RecordChange]) async throws(StoreError)

    /// Gives space back that changes left behind.
    func compact() async throws(StoreError)
}
