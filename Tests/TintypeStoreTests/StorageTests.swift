import SystemPackage
import TestSupport
import Testing
import Tintype
import TintypeStore

@Suite struct StorageTests {
    let folder = TemporaryFolder()

    enum Kind: CaseIterable { case file, memory }

    func storage(_ kind: Kind) -> any Storage {
        switch kind {
        case .file: FileStorage(root: folder / "media")
        case .memory: MemoryStorage()
        }
    }

    @Test(arguments: Kind.allCases)
    func keepsAndForgets(kind: Kind) throws {
        let storage = storage(kind)
        let path = try RelativePath("a/b/c.png")
        #expect(try storage.size(of: path) == nil)
        #expect(throws: StoreError.missingFile("a/b/c.png")) { try storage.read(path) }
        #expect(throws: StoreError.missingFile("a/b/c.png")) { try storage.open(path) }
        try storage.delete(path)
        #expect(try storage.create(path, bytes: [1, 2, 3]))
        #expect(try storage.size(of: path) == 3)
        #expect(try storage.read(path) == [1, 2, 3])
        #expect(try !storage.create(path, bytes: [4]), "a name is given once")
        #expect(try storage.read(path) == [1, 2, 3])
        try storage.delete(path)
        #expect(try storage.size(of: path) == nil)
        #expect(try storage.create(path, bytes: []))
        #expect(try storage.read(path) == [])
    }

    @Test(arguments: Kind.allCases)
    func givesAnotherNameWhereOneIsTakenOrTooLong(kind: Kind) throws {
        let storage = storage(kind)
        var random = SplitMix64(seed: 5)
        let path = try RelativePath("p/a.tar.gz")
        #expect(try storage.save([1], as: path, using: &random) == path)
        let other = try storage.save([2], as: path, using: &random)
        #expect(other.description.hasPrefix("p/a_") && other.description.hasSuffix(".tar.gz"))
        #expect(other.length == path.length + 8)
        #expect(try storage.read(path) == [1])
        #expect(try storage.read(other) == [2])
        let long = try storage.save([3], as: RelativePath(String(repeating: "x", count: 150) + ".jpg"), using: &random)
        #expect(long.length == 100)
        // Three bytes a character: the file system's limit comes first.
        let wide = try storage.save([4], as: RelativePath(String(repeating: "語", count: 83) + ".jpg"), using: &random)
        #expect(try storage.read(wide) == [4])
    }

    /// Two writers after one name: one gets it, and neither's bytes are lost.
    @Test(arguments: Kind.allCases)
    func writersRaceForAName(kind: Kind) async throws {
        let storage = storage(kind)
        let path = try RelativePath("race/photo.jpg")
        let names = try await withThrowingTaskGroup(of: (UInt8, RelativePath).self) { group in
            for writer in UInt8(0)..<20 {
                group.addTask {
                    var random = SplitMix64(seed: UInt64(writer))
                    return (writer, try storage.save([writer], as: path, using: &random))
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(names.map(\.1)).count == 20)
        #expect(names.contains { $0.1 == path })
        for (writer, name) in names { #expect(try storage.read(name) == [writer]) }
    }

    /// A storage that says of each name that it is taken does not keep us for ever.
    @Test func givesUpAfterAHundredNames() {
        struct Full: Storage {
            func create(_ path: RelativePath, bytes: [UInt8]) -> Bool { false }
            func open(_ path: RelativePath) throws(StoreError) -> any ByteSource { throw .missingFile("") }
            func delete(_ path: RelativePath) {}
            func size(of path: RelativePath) -> Int? { nil }
        }
        var random = SplitMix64(seed: 5)
        #expect(throws: StoreError.self) { try Full().save([1], as: RelativePath("a"), using: &random) }
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

    @Test func linksAreNotFollowedOutOfTheRoot() throws {
        folder.makeFolder("media")
        folder.makeFolder("secret")
        try folder.write([7], to: "secret/a.png")
        folder.makeLink("media/out", to: folder / "secret")
        folder.makeLink("media/a.png", to: folder / "secret/a.png")
        for path in [try RelativePath("out/a.png"), try RelativePath("a.png")] {
            #expect(throws: StoreError.self) { try storage.read(path) }
        }
        #expect(throws: StoreError.self) { try storage.create(RelativePath("out/b.png"), bytes: [1]) }
        #expect(throws: StoreError.self) { try storage.delete(RelativePath("out/a.png")) }
        #expect(try !storage.create(RelativePath("a.png"), bytes: [1]), "the link has the name")
        try storage.delete(RelativePath("a.png"))
        #expect(try folder.read("secret/a.png") == [7])
        #expect(folder.names(in: "secret") == ["a.png"])
    }

    @Test func aFolderInTheFilesPlace() throws {
        folder.makeFolder("media")
        folder.makeFolder("media/a.png")
        var random = SplitMix64(seed: 5)
        let path = try RelativePath("a.png")
        #expect(try storage.save([1], as: path, using: &random) != path)
        #expect(throws: StoreError.file("a.png", ImageError(.io, "is a folder", operation: .open))) {
            try storage.read(path)
        }
        #expect(try storage.size(of: path) == nil)
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
        #expect(try storage.size(of: RelativePath("a.png")) == nil)
        let error = StoreError.file("a.png", ImageError(.io, "no such folder", operation: .create))
        #expect(throws: error) { try storage.create(RelativePath("a.png"), bytes: [1]) }
    }
}
