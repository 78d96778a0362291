import SystemPackage
import TestSupport
import Tintype
import TintypeStore

/// A store's life in steps, each of which happens or does not: for the tests that let things go wrong in the middle.
enum StoreLife {
    struct Album: Model, Hashable {
        var id: Int?
        var title = ""
        var cover: ImageField?
        static let imageFields = [
            ImageFieldDeclaration<Album>(
                "cover", \.cover, uploadTo: .dated("albums"),
                variants: ["small": Thumbnail(fitting: Size(8, 8), as: .jpeg(quality: 70))])
        ]
    }

    typealias Step = @Sendable (ModelStore) async throws -> Void

    static let steps: [Step] = [
        { store in try await photos(store).save(file("a.png"), in: \.image, of: Photo(title: "one")) },
        { store in
            let photos = try photos(store)
            try await photos.save(file("b.gif", "animated.gif"), in: \.image, of: photos.get(id: 1))
        },
        { store in
            try await store.transaction {
                try await photos(store).save(file("c.png"), in: \.image, of: Photo(title: "two"))
                try await albums(store).save(file("d.png"), in: \.cover, of: Album(title: "album"))
            }
        },
        { store in try await store.compact() },
        { store in try await photos(store).update(id: 2) { $0.title = "second" } },
        { store in
            let photos = try photos(store)
            try await photos.deleteImage(in: \.image, of: photos.get(id: 1))
        },
        { store in
            try await store.transaction {
                try await albums(store).delete(id: 1)
                try await photos(store).delete(id: 2)
            }
        },
    ]

    private static func photos(_ store: ModelStore) throws -> ModelCollection<Photo> { try store.collection() }
    private static func albums(_ store: ModelStore) throws -> ModelCollection<Album> { try store.collection() }
    private static func file(_ name: String, _ picture: String = "rgb-8.png") throws -> ContentFile {
        ContentFile(named: name, bytes: try TestImages.bytes(picture))
    }

    /// Everything in a store that does not depend on chance, read anew.
    static func state(of root: FilePath) async throws -> [String] {
        let store = ModelStore(root: root)
        let photos = try await photos(store).all().map { "\($0.id ?? 0) \($0.title) \($0.image?.stored?.crc32 ?? 0)" }
        let albums = try await albums(store).all().map {
            "\($0.id ?? 0) \($0.title) \($0.cover?.stored?.files.count ?? 0)"
        }
        return photos + albums
    }

    /// The states before the first step, and after each, when nothing goes wrong.
    static func states() async throws -> [[String]] {
        let folder = TemporaryFolder(inMemory: true)
        var states = [try await state(of: folder.path)]
        for step in steps {
            try await step(ModelStore(root: folder.path))
            states.append(try await state(of: folder.path))
        }
        return states
    }
}

extension StoredImage {
    /// The image's file and its variants'.
    var files: [RelativePath] { [name] + variants.values.flatMap(\.files) }
}
