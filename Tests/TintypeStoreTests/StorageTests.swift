import SystemPackage
import TestSupport
import Testing
import Tintype
import TintypeStore
import TintypeStoreConformance

@Suite struct StorageTests {
    @Test(arguments: StorageConformance.checks)
    func fileStorage(check: ConformanceCheck<any Storage>) async throws {
        let folder = TemporaryFolder(inMemory: true)
        try await check.run(on: FileStorage(root: folder / "media"))
    }

    @Test(arguments: StorageConformance.checks)
    func memoryStorage(check: ConformanceCheck<any Storage>) async throws {
        try await check.run(on: MemoryStorage())
    }

    /// The checks find out who does not do it.
    @Test func aStorageThatIsNone() async {
        var failures = 0
        for check in StorageConformance.checks {
            do { try await check.run(on: Full()) } catch { failures += 1 }
        }
        #expect(failures >= StorageConformance.checks.count - 2)
    }

    @Test func namesHaveRoom() async throws {
        let folder = TemporaryFolder(inMemory: true)
        let storage = FileStorage(root: folder / "media")
        var random = SplitMix64(seed: 5)
        let long = try await storage.save(
            [3], as: RelativePath(String(repeating: "x", count: 150) + ".jpg"), using: &random)
        #expect(long.length == 100)
        // Three bytes a character: the file system's limit comes first.
        let wide = try await storage.save(
            [4], as: RelativePath(String(repeating: "語", count: 83) + ".jpg"), using: &random)
        #expect(try await storage.read(wide) == [4])
    }

    /// A storage that says of each name that it is taken does not keep us for ever.
    private struct Full: Storage {
        func create(_ path: RelativePath, bytes: [UInt8]) -> Bool { false }
        func open(_ path: RelativePath) throws(StoreError) -> any ByteSource { throw .missingFile("") }
        func delete(_ path: RelativePath) {}
        func status(of path: RelativePath) -> StorageFile? { nil }
        func files() -> [StorageFile] { [] }
        func url(of path: RelativePath) -> String { "" }
    }

    @Test func givesUpAfterAHundredNames() async {
        #expect(
            await storeError {
                var random = SplitMix64(seed: 5)
                return try await Full().save([1], as: RelativePath("a"), using: &random)
            } == .invalidName("a", reason: "a hundred names like it are taken"))
    }
}

@Suite struct RecordStorageTests {
    @Test(arguments: RecordStorageConformance.checks)
    func fileRecords(check: ConformanceCheck<any RecordStorage>) async throws {
        let folder = TemporaryFolder(inMemory: true)
        try await check.run(on: FileRecords(root: folder.path))
    }

    @Test(arguments: RecordStorageConformance.checks)
    func memoryRecords(check: ConformanceCheck<any RecordStorage>) async throws {
        try await check.run(on: MemoryRecords())
    }

    @Test(arguments: RecordStorageConformance.sharedChecks)
    func twoOnOneFolder(check: ConformanceCheck<(any RecordStorage, any RecordStorage)>) async throws {
        let folder = TemporaryFolder(inMemory: true)
        try await check.run(on: (FileRecords(root: folder.path), FileRecords(root: folder.path)))
    }
}

/// What a folder on a disk can do to a storage.
@Suite struct FileStorageTests {
    let folder = TemporaryFolder()
    var storage: FileStorage { FileStorage(root: folder / "media") }

    @Test func filesAreReadableByAll() throws {
        #expect(try storage.create(RelativePath("a.png"), bytes: [1]))
        #expect(try Stat(folder / "media/a.png").permissions.isSuperset(of: [.ownerReadWrite]))
        #expect(
            try Stat(folder / "media/a.png").permissions.isDisjoint(with: [.ownerExecute, .groupWrite, .otherWrite]))
        #expect(folder.names(in: "media") == ["a.png"], "no hidden file is left")
    }

    @Test func linksAreNotFollowedOutOfTheRoot() async throws {
        folder.makeFolder("media")
        folder.makeFolder("secret")
        try folder.write([7], to: "secret/a.png")
        folder.makeLink("media/out", to: folder / "secret")
        folder.makeLink("media/a.png", to: folder / "secret/a.png")
        for path in [try RelativePath("out/a.png"), try RelativePath("a.png")] {
            #expect(throws: StoreError.self) { try storage.open(path) }
        }
        #expect(throws: StoreError.self) { try storage.create(RelativePath("out/b.png"), bytes: [1]) }
        #expect(throws: StoreError.self) { try storage.delete(RelativePath("out/a.png")) }
        #expect(try !storage.create(RelativePath("a.png"), bytes: [1]), "the link has the name")
        try storage.delete(RelativePath("a.png"))
        #expect(try folder.read("secret/a.png") == [7])
        #expect(folder.names(in: "secret") == ["a.png"])
    }

    @Test func aFolderInTheFilesPlace() async throws {
        folder.makeFolder("media")
        folder.makeFolder("media/a.png")
        var random = SplitMix64(seed: 5)
        let path = try RelativePath("a.png")
        #expect(try await storage.save([1], as: path, using: &random) != path)
        #expect(throws: StoreError.file("a.png", ImageError(.io, "is a folder", operation: .open))) {
            try storage.open(path)
        }
        #expect(try storage.status(of: path) == nil)
        #expect(throws: StoreError.self) { try storage.delete(path) }
    }

    @Test func aFileInTheFoldersPlace() throws {
        try folder.write([1], to: "media")
        let error = StoreError.file(
            "a.png", ImageError(.io, "a part of the path is not a folder", operation: .create))
        #expect(throws: error) { try storage.create(RelativePath("a.png"), bytes: [1]) }
    }

    @Test func aMissingParentOfTheRoot() throws {
        let storage = FileStorage(root: folder / "none/media")
        #expect(try storage.status(of: RelativePath("a.png")) == nil)
        let error = StoreError.file("a.png", ImageError(.io, "no such folder", operation: .create))
        #expect(throws: error) { try storage.create(RelativePath("a.png"), bytes: [1]) }
    }
}
