import Glibc
import SystemPackage
import TestSupport
import Testing
import Tintype
import TintypeStore

/// The four flows of an image field, on a real folder.
@Suite struct FlowTests {
    let folder = TemporaryFolder()

    @Test func loadShrinkSave() async throws {
        let photos = try folder.photos
        try await photos.create(Photo(title: "Sea"))

        let image = try Image(decoding: TestImages.bytes("orientation-6.jpg"))
        let small = try image.thumbnail(fitting: Size(20, 20)).encoded(as: .jpeg(quality: 85))
        let photo = try await photos.save(
            ContentFile(named: "photo.jpg", bytes: small), in: \.image, of: photos.get(id: 1))

        let stored = try #require(photo.image?.stored)
        #expect(stored.name.description == "photos/2026/11/photo.jpg")
        #expect(stored.size == (try Image(decoding: small)).size)
        #expect(stored.size.width <= 20 && stored.size.height <= 20)
        #expect(stored.format == .jpeg && stored.bytes == small.count)
        #expect(try folder.read("media/photos/2026/11/photo.jpg") == small)
        #expect(folder.names() == [".lock", "media", "models"])
    }

    @Test func oneStep() async throws {
        var photo = Photo(title: "Step")
        photo.image = .pending(ContentFile(named: "step.png", bytes: try picture()))
        let saved = try await folder.photos.save(photo)
        #expect(saved.id == 1)
        #expect(saved.image?.stored?.name.description == "photos/2026/11/step.png")
        #expect(try await folder.photos.get(id: 1) == saved)
    }

    /// Another process gets what this one saved.
    @Test func retrieveInAnotherProcess() async throws {
        let bytes = try picture()
        try await folder.photos.save(
            ContentFile(named: "a.png", bytes: bytes), in: \.image, of: Photo(title: "Far"))
        await #expect(processExitsWith: .success) { [path = folder.path.string as String, bytes = bytes as [UInt8]] in
            let photos = try ModelStore(root: FilePath(path)).collection(of: Photo.self)
            let photo = try await photos.get(id: 1)
            #expect(photo.title == "Far")
            let read = try await photos.read(\.image, of: photo)
            #expect(read == bytes)
            let image = try Image(decoding: read)
            #expect(photo.image?.stored?.size == image.size)
            try await photos.save(Photo(title: "Answer"))
        }
        #expect(try await folder.photos.get(id: 2).title == "Answer", "and this one sees what that one saved")
    }

    @Test func replaceAndDelete() async throws {
        let photos = try folder.photos
        var photo = try await photos.save(
            ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo(title: "x"))
        photo = try await photos.save(
            ContentFile(named: "b.gif", bytes: picture("animated.gif")), in: \.image, of: photo)
        #expect(photo.id == 1)
        #expect(folder.names(in: "media/photos/2026/11") == ["b.gif"], "the replaced file has gone")

        photo = try await photos.deleteImage(in: \.image, of: photo)
        #expect(photo.image == nil)
        #expect(try await photos.get(id: 1).image == nil)
        #expect(folder.names(in: "media/photos/2026/11") == [])
        #expect(try await photos.deleteImage(in: \.image, of: photo) == photo)

        photo = try await photos.save(ContentFile(named: "c.png", bytes: picture()), in: \.image, of: photo)
        try await photos.delete(id: 1)
        #expect(folder.names(in: "media/photos/2026/11") == [])
        #expect(await storeError { try await photos.get(id: 1) } == .doesNotExist(model: "Photo", id: 1))
        #expect(await storeError { try await photos.delete(id: 1) } == .doesNotExist(model: "Photo", id: 1))
        #expect(try await photos.save(Photo()).id == 2, "ids are not given out twice")
    }

    @Test func replacedFilesAreKeptWhereThatIsWanted() async throws {
        var store = folder.store()
        store.keepReplacedFiles = true
        let photos = try store.collection(of: Photo.self)
        var photo = try await photos.save(ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo())
        photo = try await photos.save(ContentFile(named: "a.png", bytes: picture()), in: \.image, of: photo)
        let name = try #require(photo.image?.stored?.name.name.string)
        #expect(name != "a.png")
        try await photos.delete(id: 1)
        #expect(folder.names(in: "media/photos/2026/11") == ["a.png", name].sorted())
    }

    @Test func anImageThatIsNotPersistedWaitsForItsRecord() async throws {
        let photos = try folder.photos
        let old = try await photos.save(ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo())
        let new = try await photos.save(
            ContentFile(named: "b.png", bytes: picture()), in: \.image, of: old, persist: false)
        #expect(try await photos.get(id: 1) == old)
        #expect(folder.names(in: "media/photos/2026/11") == ["a.png", "b.png"])
        try await photos.save(new)
        #expect(folder.names(in: "media/photos/2026/11") == ["b.png"])
    }

    @Test func emptyAndPendingFields() async throws {
        let photos = try folder.photos
        #expect(await storeError { try await photos.read(\.cover, of: Photo()) } == .noFile(field: "cover"))
        #expect(await storeError { try await photos.url(\.cover, of: Photo()) } == .noFile(field: "cover"))
        var photo = Photo()
        photo.image = .pending(ContentFile(named: "a.png", bytes: [1, 2]))
        #expect(try await photos.read(\.image, of: photo) == [1, 2])
        #expect(photo.image?.stored == nil)
        let count = try await photos.read(\.image, of: photo) { source in
            var bytes = [UInt8](repeating: 0, count: 5)
            var buffer = bytes.mutableSpan
            return try source.read(into: &buffer)
        }
        #expect(count == 2)
    }
}
