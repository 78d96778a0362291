import Synchronization

/// What is to be committed in the end: changes of records, and the files that come and go with them.
///
/// It is found through the task (`store.transaction { … }`), so everything the body calls takes part.
final class Transaction: Sendable {
    struct State {
        var changes: [String: [Int: RecordChange]] = [:]
        /// One more than the largest id changed or given out, by model.
        var nextIDs: [String: Int] = [:]
        /// To be removed if nothing comes of it.
        var created: [RelativePath] = []
        /// Those of the task's uploads that records have now.
        var claimed: [RelativePath] = []
        /// To be removed once it is committed.
        var released: [RelativePath] = []
        var isOpen = true
    }

    private let state: Mutex<State>
    /// Of which store.
    private let uploads: Uploads
    private let outer: Transaction?

    @TaskLocal static var innermost: Transaction?

    init(_ uploads: Uploads, created: [RelativePath]) {
        self.uploads = uploads
        outer = Self.innermost
        state = Mutex(State(created: created))
    }

    /// The transaction of this task on the store, if there is one.
    static func current(_ uploads: Uploads) -> Transaction? {
        var transaction = innermost
        while let candidate = transaction {
            if candidate.uploads === uploads { return candidate.withState { $0.isOpen } ? candidate : nil }
            transaction = candidate.outer
        }
        return nil
    }

    func withState<Result>(_ body: (inout sending State) -> sending Result) -> sending Result {
        state.withLock(body)
    }

    func put(_ change: RecordChange) {
        withState { state in
            state.changes[change.model, default: [:]][change.id] = change
            state.nextIDs[change.model] = max(state.nextIDs[change.model] ?? 0, change.id + 1)
        }
    }

    func change(_ id: Int, of model: String) -> RecordChange? {
        withState { $0.changes[model]?[id] }
    }

    func changes(of model: String) -> [Int: RecordChange] {
        withState { $0.changes[model] ?? [:] }
    }

    /// By model and id.
    var changes: [RecordChange] {
        withState { state in
            state.changes.sorted { $0.key < $1.key }.flatMap { $0.value.sorted { $0.key < $1.key }.map(\.value) }
        }
    }

    /// An id for a new record, where `least` is the next one that the storage would give.
    func newID(of model: String, least: Int) -> Int {
        withState { state in
            let id = max(least, state.nextIDs[model] ?? 0)
            state.nextIDs[model] = id + 1
            return id
        }
    }

    /// Goes back to an earlier state, and returns the files created since then.
    func rollBack(to earlier: State) -> [RelativePath] {
        withState { state in
            let files = Array(state.created.dropFirst(earlier.created.count))
            state = earlier
            return files
        }
    }
}

/// Files that are stored and that no record names yet: those of `save(…, persist: false)`. A record that names one becomes its owner; of a
/// file that has one already, another record gets a copy.
final class Uploads: Sendable {
    private let paths = Mutex<Set<RelativePath>>([])
    /// After so many that never came to a record, they are forgotten; then a copy is made needlessly.
    private static let most = 10_000

    func add(_ files: [RelativePath]) {
        paths.withLock { paths in
            if paths.count > Self.most { paths.removeAll() }
            paths.formUnion(files)
        }
    }

    func contains(_ file: RelativePath) -> Bool { paths.withLock { $0.contains(file) } }

    func remove(_ files: [RelativePath]) { paths.withLock { $0.subtract(files) } }
}
