import TestSupport
import Testing
import TintypeStore

@Suite struct QueryTests {
    struct Shot: Model, Hashable {
        var id: Int?
        var title: String
        var stars: Int
        var isPublic = true
        static let imageFields: [ImageFieldDeclaration<Shot>] = []
    }

    /// In memory: a query does not care where the records are.
    let shots: ModelCollection<Shot>

    init() async throws {
        shots = try ModelStore(records: MemoryRecords(), storage: MemoryStorage()).collection()
        try await shots.bulkCreate([
            Shot(title: "d", stars: 2), Shot(title: "a", stars: 5, isPublic: false), Shot(title: "c", stars: 2),
            Shot(title: "b", stars: 4), Shot(title: "e", stars: 2),
        ])
    }

    @Test func filters() async throws {
        #expect(try await shots.filter { $0.stars == 2 }.all().map(\.id) == [1, 3, 5])
        #expect(try await shots.filter { $0.stars == 2 }.filter { $0.title > "c" }.all().map(\.id) == [1, 5])
        #expect(try await shots.filter(\.isPublic).count() == 4)
        #expect(try await shots.filter(\.title, equals: "b").get().stars == 4)
        #expect(try await shots.filter(\.title, equals: "z").first() == nil)
        #expect(try await !shots.filter(\.stars, equals: 1).exists())
    }

    @Test func orders() async throws {
        #expect(try await shots.ordered(by: \.title).all().map(\.title) == ["a", "b", "c", "d", "e"])
        #expect(try await shots.ordered(by: \.stars).all().map(\.id) == [1, 3, 5, 4, 2], "equal ones by id")
        #expect(try await shots.ordered(by: \.stars, descending: true).all().map(\.id) == [2, 4, 1, 3, 5])
        #expect(
            try await shots.ordered(by: \.title, descending: true).ordered(by: \.stars).all().map(\.title)
                == ["e", "d", "c", "b", "a"])
        #expect(try await shots.filter(\.isPublic).ordered { $0.title > $1.title }.first()?.title == "e")
    }

    @Test func slices() async throws {
        let byTitle = shots.ordered(by: \.title)
        #expect(try await byTitle.slice(1..<3).all().map(\.title) == ["b", "c"])
        #expect(try await byTitle.slice(3..<99).all().map(\.title) == ["d", "e"])
        #expect(try await byTitle.slice(9..<12).all() == [])
        #expect(try await byTitle.slice(1..<4).slice(1..<2).all().map(\.title) == ["c"])
        #expect(try await byTitle.slice(-3..<2).count() == 2)
        #expect(try await byTitle.slice(0..<Int.max).count() == 5)
        #expect(try await shots.slice(0..<0).exists() == false)
    }

    @Test func one() async throws {
        #expect(
            await storeError { try await shots.filter { $0.stars == 2 }.one() }
                == .multipleObjectsReturned(model: "Shot", count: 3))
        #expect(try await shots.filter { $0.stars == 9 }.one() == nil)
        #expect(
            await storeError { try await shots.filter { $0.stars == 9 }.get() } == .doesNotExist(model: "Shot", id: nil)
        )
        #expect(try await shots.delete { $0.stars == 2 } == 3)
        #expect(try await shots.all().map(\.id) == [2, 4])
    }
}
