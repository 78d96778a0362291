import FoundationEssentials
public import SystemPackage
import Tintype
import TintypeCore

/// Records in JSON files, for any number of processes at a time.
///
///     ROOT/models/Photo.json       the snapshot: all records at one time
///     ROOT/models/Photo.journal    what was changed since, one JSON object a line
///     ROOT/.lock                   held (flock) by whoever commits
///
/// A commit appends lines and waits until they are on the disk, so its cost does not depend on the number of records. When the journal has
/// outgrown the snapshot, a new snapshot takes the place of both. Each line has a checksum. What a killed process left unfinished at the end
/// of a journal is dropped; damage anywhere else is an error, and nothing is changed.
public actor FileRecords: RecordStorage {
    /// The end of a journal that was never committed: whoever wrote it was stopped. It is dropped.
    public struct TornJournal: Sendable, Hashable {
        public var file: String
        /// Where it begins, and its length.
        public var offset: Int
        public var bytes: Int

        public init(file: String, offset: Int, bytes: Int) {
            self.file = file
            self.offset = offset
            self.bytes = bytes
        }
    }

    public nonisolated let root: FilePath
    /// How long a commit waits for others to be done.
    public nonisolated let patience: Duration
    private let onTornJournal: @Sendable (TornJournal) -> Void

    /// A model as it was last read or written.
    private struct Loaded {
        var table = RecordTable()
        var snapshot: FileState?
        var journal: FileState?
        /// Bytes of the journal that are in the table.
        var journalSize = 0
    }
    private var loaded: [String: Loaded] = [:]
    /// Where a model's snapshot and journal are; put together once, since every look at a record asks for the state of both.
    private var paths: [String: (snapshot: FilePath, journal: FilePath)] = [:]
    /// Whether this object has the lock.
    private var isExclusive = false

    public init(
        root: FilePath, patience: Duration = .seconds(10),
        onTornJournal: @escaping @Sendable (TornJournal) -> Void = { _ in }
    ) {
        self.root = root
        self.patience = patience
        self.onTornJournal = onTornJournal
    }

    // MARK: Reading

    public func record(_ id: Int, of model: String) async throws(StoreError) -> RawRecord? {
        try await current(model).record(id)
    }

    public func records(of model: String) async throws(StoreError) -> [RawRecord] {
        _ = try await current(model)
        loaded[model]?.table.sort()
        return loaded[model]?.table.all ?? []
    }

    public func count(of model: String) async throws(StoreError) -> Int {
        try await current(model).count
    }

    public func nextID(of model: String) async throws(StoreError) -> Int {
        try await current(model).nextID
    }

    public func models() throws(StoreError) -> [String] {
        let folder = try folder()
        let names = try naming("models") { () throws(ImageError) in try folder?.names() ?? [] }
        return names.filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }.map { String($0.dropLast(5)) }.sorted()
    }

    /// The records with what others committed since the last time.
    private func current(_ model: String) async throws(StoreError) -> RecordTable {
        if let known = loaded[model], try isCurrent(known, model) { return known.table }
        if let folder = try folder(), try Intent.isThere(in: folder) {
            // Someone is committing to several models just now, or was stopped in the middle of that.
            if isExclusive { try Intent.finish(in: folder) } else { try await finishIntent() }
        }
        return try load(model).table
    }

    private nonisolated func finishIntent() async throws(StoreError) {
        try await storeErrors { try await exclusively {} }
    }

    private func isCurrent(_ known: Loaded, _ model: String) throws(StoreError) -> Bool {
        let paths = paths(of: model)
        let (snapshot, journal) = try naming("models/\(model)") { () throws(ImageError) in
            (try FileState(ifThere: paths.snapshot), try FileState(ifThere: paths.journal))
        }
        return snapshot == known.snapshot && journal == known.journal
    }

    private func paths(of model: String) -> (snapshot: FilePath, journal: FilePath) {
        if let known = paths[model] { return known }
        let path = root.appending("models").appending(model).string
        let new = (snapshot: FilePath(path + ".json"), journal: FilePath(path + ".journal"))
        paths[model] = new
        return new
    }

    private func folder() throws(StoreError) -> Folder? {
        try naming("models") { () throws(ImageError) in try Folder(ifThere: root)?.folder("models") }
    }

    @discardableResult
    private func load(_ model: String) throws(StoreError) -> Loaded {
        if let known = loaded[model], try isCurrent(known, model) { return known }
        var known = loaded.removeValue(forKey: model) ?? Loaded()
        if let folder = try folder() {
            // Someone may exchange the snapshot and the journal in the middle of this.
            var attempts = 0
            while try !read(model, in: folder, &known) {
                attempts += 1
                if attempts == 100 {
                    throw .file("models/\(model)", ImageError(.io, "it changes all the time", operation: .read))
                }
                known = Loaded()
            }
        } else {
            known = Loaded()
        }
        loaded[model] = known
        return known
    }

    /// Reads the snapshot unless it is known, and then what the journal has more than is known.
    ///
    /// - Returns: false if the two do not belong together; then all has to be read again.
    private func read(_ model: String, in folder: Folder, _ known: inout Loaded) throws(StoreError) -> Bool {
        let files = ModelFiles(model)
        if try known.snapshot != files.snapshotState(in: folder) {
            known = Loaded()
            guard let file = try files.snapshot(in: folder) else { return false }
            known.snapshot = file.state
            known.table = try RecordTable(snapshot: file.bytes, of: model, file: files.snapshotPath)
        }
        let journal = try files.journal(in: folder, from: known.journalSize)
        if try known.snapshot != files.snapshotState(in: folder) { return false }
        if let journal {
            if known.snapshot == nil {
                throw .damaged(
                    file: files.snapshotPath, line: 1, byte: 0, reason: "it is missing, but its journal is not")
            }
            if known.journalSize > 0, !journal.state.mayContinue(known.journal) { return false }
            do throws(JSONScanner.Failure) {
                known.journalSize += try known.table.replay(journal.bytes, of: model)
            } catch {
                // A commit that failed may have been taken back, and another one made.
                if known.journalSize > 0 { return false }
                throw .damaged(file: files.journalPath, journal.bytes, error)
            }
        } else if known.journalSize > 0 {
            return false
        }
        known.journal = journal?.state
        if let journal, known.journalSize < journal.end { try drop(journal, &known, files, in: folder) }
        return true
    }

    /// Deals with the end of a journal that was not committed.
    private func drop(
        _ journal: ModelFiles.Content, _ known: inout Loaded, _ files: ModelFiles, in folder: Folder
    ) throws(StoreError) {
        let torn = TornJournal(
            file: files.journalPath, offset: known.journalSize, bytes: journal.end - known.journalSize)
        if isExclusive {
            known.journal = try files.cutJournal(to: known.journalSize, in: folder)
        } else {
            // Unless nobody has the lock, someone is writing it just now.
            guard let lock = try? Folder(ifThere: root)?.lock(Self.lock) else { return }
            defer { try? lock.close() }
            if try journal.state != files.journalState(in: folder) { return }
        }
        onTornJournal(torn)
    }

    // MARK: Writing

    private static let lock = FilePath(".lock")

    public nonisolated func exclusively<Result: Sendable>(
        _ body: @Sendable () async throws -> Result
    ) async throws -> Result {
        let lock = try await acquireLock()
        do {
            try await begin()
            let result = try await body()
            await end(lock)
            return result
        } catch {
            await end(lock)
            throw error
        }
    }

    private nonisolated func acquireLock() async throws(StoreError) -> FileDescriptor {
        let deadline = ContinuousClock.now + patience
        while true {
            let lock = try naming(Self.lock) { () throws(ImageError) in try Folder(making: root).lock(Self.lock) }
            if let lock { return lock }
            if ContinuousClock.now >= deadline || Task.isCancelled { throw .locked(seconds: patience / .seconds(1)) }
            // At random, so that of many who wait none is always late.
            try? await Task.sleep(for: .microseconds(Int.random(in: 500...4_000)))
        }
    }

    private func begin() throws(StoreError) {
        isExclusive = true
        if let folder = try folder() { try Intent.finish(in: folder) }
    }

    private func end(_ lock: FileDescriptor) {
        isExclusive = false
        try? lock.close()
    }

    public func commit(_ changes: [RecordChange]) throws(StoreError) {
        if changes.isEmpty { return }
        let folder = try naming("models") { () throws(ImageError) in try Folder(making: root).makeFolder("models") }
        var parts: [Intent.Part] = []
        for (model, changes) in Dictionary(grouping: changes, by: \.model).sorted(by: { $0.key < $1.key }) {
            if try load(model).snapshot == nil { try writeSnapshot(of: model, in: folder) }
            let offset = loaded[model]?.journalSize ?? 0
            parts.append(Intent.Part(model: model, offset: offset, lines: Data(RecordTable.journal(changes))))
        }
        if parts.count == 1 {
            for part in parts { try append(part, in: folder) }
        } else {
            let intent = Intent(parts: parts)
            try intent.write(in: folder)
            do throws(StoreError) {
                for part in parts { try append(part, in: folder) }
                try Intent.remove(in: folder)
            } catch {
                intent.takeBack(in: folder)
                // What the journals hold now is to be found out.
                for part in parts { loaded[part.model] = nil }
                throw error
            }
        }
        for change in changes { loaded[change.model]?.table.apply(change) }
        for part in parts where outgrown(part.model) {
            // The changes are safe in the journal, so this may fail; the next commit will try again.
            try? writeSnapshot(of: part.model, in: folder)
        }
    }

    private func append(_ part: Intent.Part, in folder: Folder) throws(StoreError) {
        let state = try ModelFiles(part.model).append([UInt8](part.lines), at: part.offset, in: folder)
        loaded[part.model]?.journal = state
        loaded[part.model]?.journalSize = part.offset + part.lines.count
    }

    /// So that a commit costs the same in the mean, however many records there are, and reading does not take much longer than the
    /// snapshot needs.
    private func outgrown(_ model: String) -> Bool {
        guard let known = loaded[model] else { return false }
        return known.journalSize > max(Self.shortJournal, known.snapshot?.size ?? 0)
    }

    private static let shortJournal = 1 << 20

    /// Puts a new snapshot in place of the old one and the journal.
    private func writeSnapshot(of model: String, in folder: Folder) throws(StoreError) {
        let known = loaded[model] ?? Loaded()
        let files = ModelFiles(model)
        let state = try files.writeSnapshot(known.table, in: folder)
        // Where this fails, the journal says once more what the snapshot knows.
        try files.removeJournal(in: folder)
        loaded[model] = Loaded(table: known.table, snapshot: state)
    }

    public nonisolated func compact() async throws(StoreError) {
        try await storeErrors { try await exclusively { try await compactAll() } }
    }

    private func compactAll() throws(StoreError) {
        for model in try models() {
            try load(model)
            guard let folder = try folder() else { return }
            try writeSnapshot(of: model, in: folder)
        }
    }
}
