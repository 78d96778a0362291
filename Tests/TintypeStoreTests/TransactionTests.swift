import SystemPackage
import TestSupport
import Testing
import Tintype
import TintypeStore

@Suite struct TransactionTests {
    let folder = TemporaryFolder(inMemory: true)
    struct Stop: Error {}
    struct Numbered: Model, Hashable {
        var id: Int?
        var revision: Int?
        var title = ""
        static let imageFields: [ImageFieldDeclaration<Numbered>] = []
    }

    @Test func theBodySeesItsChangesAndNobodyElseDoes() async throws {
        let store = folder.store()
        let photos = try store.collection(of: Photo.self)
        try await photos.bulkCreate([Photo(title: "a"), Photo(title: "b")])
        let others = try folder.photos
        let result = try await store.transaction {
            try await photos.save(Photo(title: "c"))
            try await photos.delete(id: 1)
            try await photos.update(id: 2) { $0.title = "B" }
            #expect(try await photos.all().map(\.title) == ["B", "c"])
            #expect(try await photos.count() == 2)
            #expect(try await photos.get(id: 3).title == "c")
            #expect(await storeError { try await photos.get(id: 1) } == .doesNotExist(model: "Photo", id: 1))
            #expect(try await others.all().map(\.title) == ["a", "b"], "not committed yet")
            return try await photos.filter(\.title, equals: "B").count()
        }
        #expect(result == 1)
        #expect(try await others.all().map(\.title) == ["B", "c"])
    }

    @Test func aTransactionInATransactionCanFailByItself() async throws {
        let store = folder.store()
        let photos = try store.collection(of: Photo.self)
        try await store.transaction {
            try await photos.save(Photo(title: "a"))
            try? await store.transaction {
                try await photos.save(ContentFile(named: "x.png", bytes: picture()), in: \.image, of: Photo(title: "b"))
                try await photos.delete(id: 1)
                throw Stop()
            }
            // So does a save that is refused.
            _ = await storeError {
                try await photos.save(ContentFile(named: "x.png", bytes: [1]), in: \.image, of: Photo(title: "c"))
            }
            try await photos.save(ContentFile(named: "y.png", bytes: picture()), in: \.image, of: Photo(title: "d"))
        }
        #expect(try await photos.all().map(\.title) == ["a", "d"])
        #expect(folder.names(in: "media/photos/2026/11") == ["y.png"])
    }

    @Test func severalModels() async throws {
        let store = folder.store()
        let (photos, things) = (try store.collection(of: Photo.self), try store.collection(named: "Thing"))
        try await store.transaction {
            try await photos.save(Photo(title: "a"))
            try await things.save(DynamicRecord(values: ["a": .integer(1)]))
        }
        await #expect(throws: Stop.self) {
            try await store.transaction {
                try await photos.save(Photo(title: "b"))
                try await things.delete(id: 1)
                throw Stop()
            }
        }
        #expect(try await folder.photos.count() == 1)
        #expect(try await folder.store().collection(named: "Thing").count() == 1)
        #expect(folder.names(in: "models") == ["Photo.journal", "Photo.json", "Thing.journal", "Thing.json"])
    }

    /// Two stores at once: each has its own transaction.
    @Test func twoStores() async throws {
        let other = TemporaryFolder()
        let (one, two) = (folder.store(), other.store())
        let (ones, twos) = (try one.collection(of: Photo.self), try two.collection(of: Photo.self))
        await #expect(throws: Stop.self) {
            try await one.transaction {
                try await ones.save(Photo())
                try await two.transaction {
                    try await twos.save(Photo())
                    try await ones.save(Photo())
                }
                throw Stop()
            }
        }
        #expect(try await ones.count() == 0)
        #expect(try await twos.count() == 1)
    }

    /// A task that outlives the transaction saves for itself.
    @Test func aTaskThatOutlivesIt() async throws {
        let store = folder.store()
        let photos = try store.collection(of: Photo.self)
        let later = try await store.transaction {
            Task {
                while try await folder.photos.count() == 0 { try await Task.sleep(for: .milliseconds(1)) }
                return try await photos.save(Photo(title: "later"))
            }
        }
        try await folder.photos.save(Photo(title: "first"))
        #expect(try await later.value.id == 2)
        #expect(try await folder.photos.all().map(\.title) == ["first", "later"])
    }

    /// A copy, an image that is moved to another record, and one that waited: files always have one owner.
    @Test func filesHaveOneOwner() async throws {
        let store = folder.store()
        let photos = try store.collection(of: Photo.self)
        let waiting = try await photos.save(
            ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo(), persist: false)
        let first = try await photos.save(waiting)
        let second = try await photos.save(waiting)
        #expect(first.image?.stored?.name == waiting.image?.stored?.name)
        #expect(second.image?.stored?.name != waiting.image?.stored?.name)
        var swapped = first
        (swapped.image, swapped.cover) = (nil, first.image)
        swapped = try await photos.save(swapped)
        #expect(swapped.cover == first.image, "within a record it stays where it is")
        try await photos.delete(id: 1)
        #expect(try await photos.read(\.image, of: second) == picture())
        #expect(try await store.check() == .allWell(records: 1, images: 1))
    }

    @Test func conflictsAreFound() async throws {
        let (mine, theirs) = (
            try folder.store().collection(of: Numbered.self), try folder.store().collection(of: Numbered.self)
        )
        var record = try await mine.save(Numbered(title: "a"))
        #expect(record.revision == 1)
        record.title = "b"
        let stale = record
        record = try await theirs.save(record)
        #expect(record.revision == 2)
        #expect(await storeError { try await mine.save(stale) } == .conflict(model: "Numbered", id: 1))
        #expect(try await mine.get(id: 1) == record)
        try await mine.delete(id: 1)
        let deleted = await storeError { try await theirs.save(record) }
        #expect(deleted == .conflict(model: "Numbered", id: 1))
        #expect(try await mine.save(Numbered(id: 2)).revision == 1, "who states no revision means it")
        #expect(try await mine.save(Numbered(id: 2, title: "x")).revision == 2)
        // Who does not know the type counts as well.
        let dynamic = try folder.store().collection(named: "Numbered")
        var seen = try await mine.get(id: 2)
        try await dynamic.update(id: 2) { $0.values["title"] = .string("dynamic") }
        seen.title = "mine"
        let changed = await storeError { try await mine.save(seen) }
        #expect(changed == .conflict(model: "Numbered", id: 2))
        #expect(try await mine.get(id: 2) == Numbered(id: 2, revision: 3, title: "dynamic"))
    }

    /// `update` reads and saves in one: no change is lost, however many make one at a time.
    @Test func updatesDoNotOverwriteEachOther() async throws {
        let stores = [folder.store(), folder.store()]
        try await stores[0].collection(of: Photo.self).save(Photo())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<30 {
                group.addTask {
                    try await stores[writer % 2].collection(of: Photo.self).update(id: 1) { $0.title += "x" }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await folder.photos.get(id: 1).title.count == 30)
    }

    @Test func aLockedStoreIsAnErrorInTheEnd() async throws {
        let photos = try folder.store(records: FileRecords(root: folder.path, patience: .milliseconds(50)))
            .collection(of: Photo.self)
        try await photos.save(Photo(title: "before"))
        try await folder.store().transaction {
            // The task's transaction is another store's.
            let error = await storeError {
                try await photos.save(ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo())
            }
            #expect(error == .locked(seconds: 0.05))
            let count = try await photos.count()
            #expect(count == 1, "reading is always possible")
        }
        #expect(folder.names(in: "media/photos/2026/11") == [], "what was stored for it has gone again")
        #expect(try await photos.save(Photo()).id == 2)
    }
}
