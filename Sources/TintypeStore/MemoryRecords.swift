/// Records that are forgotten, for tests.
public actor MemoryRecords: RecordStorage {
    private var tables: [String: RecordTable] = [:]
    private var isTaken = false

    public init() {}

    public func record(_ id: Int, of model: String) -> RawRecord? { tables[model]?.record(id) }
    public func records(of model: String) -> [RawRecord] { tables[model]?.all ?? [] }
    public func count(of model: String) -> Int { tables[model]?.count ?? 0 }
    public func nextID(of model: String) -> Int { tables[model]?.nextID ?? 1 }
    public func models() -> [String] { tables.keys.sorted() }
    public func compact() {}

    public nonisolated func exclusively<Result: Sendable>(
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        while await !take() { try await Task.sleep(for: .milliseconds(1)) }
        do {
            let result = try await body()
            await giveBack()
            return result
        } catch {
            await giveBack()
            throw error
        }
    }

    private func take() -> Bool {
        defer { isTaken = true }
        return !isTaken
    }

    private func giveBack() { isTaken = false }

    public func commit(_ changes: [RecordChange]) {
        for change in changes { tables[change.model, default: RecordTable()].apply(change) }
    }
}
