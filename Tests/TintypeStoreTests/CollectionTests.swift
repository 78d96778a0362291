import TestSupport
import Testing
import Tintype
import TintypeStore

@Suite struct CollectionTests {
    let folder = TemporaryFolder()

    @Test func queries() async throws {
        let photos = try folder.photos
        for title in ["a", "b", "b", "c"] { try await photos.create(Photo(title: title)) }
        #expect(try await photos.all().map(\.id) == [1, 2, 3, 4])
        #expect(try await photos.filter { $0.title == "b" }.all().map(\.id) == [2, 3])
        #expect(try await photos.first { $0.title == "b" }?.id == 2)
        #expect(try await photos.first { $0.title == "z" } == nil)
        #expect(try await photos.first()?.id == 1)
        #expect(try await photos.count() == 4)
        #expect(try await photos.count { $0.title > "a" } == 3)
        #expect(try await photos.get { $0.title == "c" }.id == 4)
        #expect(
            await storeError { try await photos.get { $0.title == "b" } }
                == .multipleObjectsReturned(model: "Photo", count: 2))
        let none = await storeError { try await photos.get { $0.title == "z" } }
        #expect(none == .doesNotExist(model: "Photo", id: nil))
        #expect(none?.description == "Photo matching the query does not exist")
        let seven = await storeError { try await photos.get(id: 7) }
        #expect(seven?.description == "Photo with id 7 does not exist")
    }

    @Test func anEmptyStoreIsNotMade() async throws {
        #expect(try await folder.photos.all() == [])
        #expect(await storeError { try await folder.photos.get(id: 1) } == .doesNotExist(model: "Photo", id: 1))
        #expect(folder.names() == [])
    }

    @Test func explicitIdsMoveTheCounter() async throws {
        let photos = try folder.photos
        try await photos.save(Photo(id: 10, title: "ten"))
        #expect(try await photos.save(Photo()).id == 11)
        try await photos.save(Photo(id: 5))
        #expect(try await photos.save(Photo()).id == 12)
        try await photos.save(Photo(id: 10, title: "replaced"))
        #expect(try await photos.get(id: 10).title == "replaced")
        #expect(await storeError { try await photos.create(Photo(id: 10)) } == .alreadyExists(model: "Photo", id: 10))
        #expect(try await photos.all().map(\.id) == [5, 10, 11, 12])
    }

    @Test(arguments: [0, -1, Int.min, 1 << 53, Int.max])
    func impossibleIds(id: Int) async throws {
        #expect(await storeError { try await folder.photos.save(Photo(id: id)) } == .invalidID(id))
    }

    @Test func theLastIdIsTheLast() async throws {
        try await folder.photos.save(Photo(id: (1 << 53) - 1))
        #expect(await storeError { try await folder.photos.save(Photo()) } == .invalidID(1 << 53))
        #expect(try await folder.photos.count() == 1)
    }

    @Test(arguments: ["", "a/b", "..", "Ünicode", "a b", String(repeating: "x", count: 101), "a\0"])
    func modelsWithImpossibleNames(name: String) {
        #expect(throws: StoreError.self) { try folder.store().collection(named: name) }
    }

    /// A copied record gets files of its own, so that neither loses what the other deletes.
    @Test func filesAreNotShared() async throws {
        let photos = try folder.photos
        let first = try await photos.save(ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo())
        var photo = first
        photo.id = nil
        photo = try await photos.save(photo)
        #expect(photo.image?.stored?.name != first.image?.stored?.name)
        #expect(photo.image?.stored?.crc32 == first.image?.stored?.crc32)
        try await photos.delete(id: 1)
        #expect(try await photos.read(\.image, of: photo) == picture())
        try await photos.delete(id: 2)
        #expect(folder.names(in: "media/photos/2026/11") == [])
    }

    /// Who saves a record read before someone else replaced its image must not bring the removed file's name back.
    @Test func aStaleRecordIsRefused() async throws {
        let (mine, theirs) = (try folder.photos, try folder.photos)
        let stale = try await mine.save(ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo())
        let new = try await theirs.save(ContentFile(named: "b.png", bytes: picture()), in: \.image, of: stale)
        #expect(await storeError { try await mine.save(stale) } == .missingFile("photos/2026/11/a.png"))
        #expect(try await mine.get(id: 1) == new)
    }

    /// Twenty writers in two collections: all records are there, each once.
    @Test func writersTakeTurns() async throws {
        let collections = [try folder.photos, try folder.photos]
        let bytes = try picture()
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<20 {
                group.addTask {
                    try await collections[writer % 2].save(
                        ContentFile(named: "p.png", bytes: bytes), in: \.image, of: Photo(title: "\(writer)"))
                }
            }
            try await group.waitForAll()
        }
        let all = try await folder.photos.all()
        #expect(all.map(\.id) == Array(1...20))
        #expect(Set(all.map(\.title)).count == 20)
        #expect(Set(all.compactMap(\.image?.stored?.name)).count == 20)
        #expect(folder.names(in: "media/photos/2026/11").count == 20)
    }

    @Test func undeclaredFields() async throws {
        struct Bare: Model {
            var id: Int?
            var image: ImageField?
            static let imageFields: [ImageFieldDeclaration<Bare>] = []
        }
        let bare = try folder.store().collection(of: Bare.self)
        let content = ContentFile(named: "a.png", bytes: try picture())
        #expect(
            await storeError { try await bare.save(content, in: \.image, of: Bare()) }
                == .undeclaredField(model: "Bare"))
        let pending = await storeError { try await bare.save(Bare(image: .pending(content))) }
        guard case .unencodable(model: "Bare", _)? = pending else {
            Issue.record("a pending image cannot be written: \(String(describing: pending))")
            return
        }
        #expect(try await bare.count() == 0)
    }

    /// Where the record cannot be written, its new image goes, and everything is as it was.
    @Test func aFailedSaveLeavesNothing() async throws {
        struct Measured: Model {
            var id: Int?
            var value = 0.0
            var image: ImageField?
            static let imageFields = [ImageFieldDeclaration<Measured>("image", \.image)]
        }
        let things = try folder.store().collection(of: Measured.self)
        let content = ContentFile(named: "a.png", bytes: try picture())
        let good = try await things.save(content, in: \.image, of: Measured(value: 1))
        var bad = good
        bad.value = .infinity
        #expect(await storeError { try await things.save(content, in: \.image, of: bad) } != nil)
        #expect(folder.names(in: "media") == ["a.png"])
        #expect(try await things.get(id: 1).value == 1)

        folder.makeFolder("models/Other.json")
        struct Other: Model {
            var id: Int?
            var image: ImageField?
            static let imageFields = [ImageFieldDeclaration<Other>("image", \.image)]
        }
        let others = try folder.store().collection(of: Other.self)
        #expect(
            await storeError { try await others.save(content, in: \.image, of: Other()) }
                == .file("models/Other.json", ImageError(.io, "is a folder", operation: .open)))
        #expect(try await things.count() == 1, "the store is still usable")
    }
}
