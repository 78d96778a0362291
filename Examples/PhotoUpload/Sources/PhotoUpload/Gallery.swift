import SystemPackage
import Tintype
import TintypeStore

/// A photo that somebody sent.
struct Photo: Model {
    var id: Int?
    var title = ""
    /// As it was sent.
    var image: ImageField?
    /// What the page shows of it.
    var small: ImageField?

    static let imageFields: [ImageFieldDeclaration<Photo>] = [
        ImageFieldDeclaration("image", \.image, uploadTo: .dated("photos/%Y/%m")),
        ImageFieldDeclaration("small", \.small, uploadTo: .dated("small/%Y/%m")),
    ]
}

/// The photos, and what may be done with them.
struct Gallery: Sendable {
    static let longestTitle = 80
    private let photos: ModelCollection<Photo>

    init(root: FilePath) throws {
        var store = ModelStore(root: root)
        store.rules.limits.pixels = 100_000_000
        photos = try store.collection()
    }

    /// The newest first.
    func all() async throws -> [Photo] {
        try await photos.all().reversed()
    }

    func photo(_ id: Int) async throws -> Photo {
        try await photos.get(id: id)
    }

    /// Stores a photo and a small copy of it.
    ///
    /// - Throws: `StoreError.validation` for anything but a whole JPEG, PNG or GIF under its right extension. Then nothing is stored.
    func add(_ bytes: [UInt8], named name: String, title: String) async throws -> Photo {
        var photo = Photo(title: String(title.prefix(Self.longestTitle)))
        photo.image = .pending(ContentFile(named: name, bytes: bytes))
        photo = try await photos.save(photo)
        do {
            var thumbnail = Thumbnail(fitting: Size(480, 360))
            thumbnail.encoding = .jpeg(quality: 85)
            let small = try thumbnail.make(from: bytes)
            return try await photos.save(
                ContentFile(named: "photo-\(photo.id ?? 0).jpg", bytes: small), in: \.small, of: photo)
        } catch {
            try await remove(photo.id ?? 0)
            throw error
        }
    }

    /// What the record says of a photo's file. Throws `StoreError.noFile`.
    func facts(_ photo: Photo, small: Bool) throws -> StoredImage {
        let field = small ? photo.small : photo.image
        guard let facts = field?.stored else { throw StoreError.noFile(field: small ? "small" : "image") }
        return facts
    }

    /// The bytes of a photo's file, to be pulled.
    func open(_ photo: Photo, small: Bool) async throws -> any ByteSource {
        try await photos.open(small ? \.small : \.image, of: photo)
    }

    func remove(_ id: Int) async throws {
        try await photos.delete(id: id)
    }
}
