import FoundationEssentials
import SystemPackage
import TestSupport
import Testing
import Tintype
import TintypeStore

/// One test for each row of the table that says how an image field behaves, named after what Django does there.
@Suite struct ImageFieldTests {
    let folder = TemporaryFolder()

    @Test("The field stores a relative name; an empty field's url, path, size and file raise")
    func aNameAndFacts() async throws {
        let photos = try folder.photos
        let bytes = try TestImages.bytes("orientation-6.jpg")
        let photo = try await photos.save(ContentFile(named: "a.jpg", bytes: bytes), in: \.image, of: Photo())
        let image = try #require(photo.image?.stored)
        #expect(image.name.description == "photos/2026/11/a.jpg" && image.name.length <= 100)
        #expect(image.size == (try Image(decoding: bytes)).size)
        #expect(image.format == .jpeg && image.bytes == bytes.count && image.crc32 == ValidationTests.slowCRC(bytes))
        #expect(try JSONDecoder().decode(StoredImage.self, from: JSONEncoder().encode(image)) == image)
        for error in [
            await storeError { try await photos.read(\.cover, of: photo) },
            await storeError { try await photos.url(\.cover, of: photo) },
        ] {
            #expect(error == .noFile(field: "cover"))
            #expect(error?.description == "the field cover has no file associated with it")
        }
    }

    @Test("save(name, content, save=True): generate a name, store, set the attribute, save the record")
    func saveByName() async throws {
        let photos = try folder.photos
        let content = ContentFile(named: "my photo.png", bytes: try picture())
        let unsaved = try await photos.save(content, in: \.image, of: Photo(title: "x"), persist: false)
        #expect(unsaved.id == nil && unsaved.image?.stored?.name.description == "photos/2026/11/my_photo.png")
        #expect(try await photos.count() == 0)
        let saved = try await photos.save(unsaved)
        #expect(saved.image == unsaved.image, "the file that was waiting is the record's")
        let other = try await photos.save(content, in: \.image, of: Photo(title: "y"))
        #expect(try await photos.get(id: 2) == other)
    }

    @Test("m.image = ContentFile(…) is pending; its file is written before the row")
    func pending() async throws {
        var photo = Photo(title: "x")
        photo.image = .pending(ContentFile(named: "a.png", bytes: try picture()))
        #expect(try await folder.photos.read(\.image, of: photo) == picture())
        #expect(folder.names() == [])
        let saved = try await folder.photos.save(photo)
        #expect(try await folder.photos.read(\.image, of: saved) == picture())
    }

    @Test("delete(save=True) deletes the file, clears the field, saves; no-op when empty")
    func deleteTheImage() async throws {
        let photos = try folder.photos
        let photo = try await photos.save(ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo())
        let emptied = try await photos.deleteImage(in: \.image, of: photo)
        #expect(emptied.image == nil && folder.names(in: "media/photos/2026/11") == [])
        let before = try folder.read("models/Photo.journal")
        #expect(try await photos.deleteImage(in: \.image, of: emptied) == emptied)
        #expect(try folder.read("models/Photo.journal") == before, "nothing was written")
    }

    @Test("open(), chunks() of 64 KiB; reopenable")
    func chunks() async throws {
        let photos = try folder.photos
        let photo = try await photos.save(
            ContentFile(named: "a.jpg", bytes: picture("photo.jpg")), in: \.image, of: Photo())
        for _ in 0..<2 {
            let size = try await photos.read(\.image, of: photo) { source in try ImageReader(source).info.displaySize }
            #expect(size == Size(640, 480))
        }
        let bytes = try await photos.read(\.image, of: photo)
        #expect(bytes == (try picture("photo.jpg")))
    }

    @Test("upload_to: a string with strftime codes, or a callable")
    func uploadTo() async throws {
        var photo = Photo(title: "Sea")
        photo.image = .pending(ContentFile(named: "a.png", bytes: try picture()))
        photo.cover = .pending(ContentFile(named: "b.png", bytes: try picture()))
        let saved = try await folder.photos.save(photo)
        #expect(saved.image?.stored?.name.description == "photos/2026/11/a.png")
        #expect(saved.cover?.stored?.name.description == "covers/Sea/b.png")
        struct Absolute: Model {
            var id: Int?
            var image: ImageField?
            static let imageFields = [
                ImageFieldDeclaration<Absolute>("image", \.image, uploadTo: .dated("/etc"))
            ]
        }
        #expect(throws: StoreError.self) { try folder.store().collection(of: Absolute.self) }
    }

    @Test("get_valid_name: trim, spaces to _, only word characters, - and .")
    func validName() throws {
        #expect(try FileName(cleaning: " my photo (1) é.jpg ").string == "my_photo_1_é.jpg")
        #expect(throws: StoreError.self) { try FileName(cleaning: "..") }
        #expect(throws: StoreError.self) { try FileName(cleaning: "$$$") }
    }

    @Test(
        "validate_file_name: refuses empty names, absolute paths, .. and separators",
        arguments: [
            "", ".", "..", "/etc/passwd", "a/../b", "..\\x", "a/", "/", "a\0b", "a\u{202E}b",
        ])
    func validateFileName(name: String) async throws {
        #expect(await storeError { try RelativePath(name) } != nil)
        #expect(await storeError { try FileName(name) } != nil)
        let record =
            #"{"name":"\#(name.contains("\\") ? "..\\\\x" : name)","width":1,"height":1,"format":"png","bytes":1,"crc32":1}"#
        #expect(throws: (any Error).self) { try JSONDecoder().decode(StoredImage.self, from: Data(record.utf8)) }
    }

    @Test("get_available_name: _ and 7 random alphanumerics before all suffixes, root truncated to fit")
    func availableName() async throws {
        let storage = MemoryStorage()
        var random = SplitMix64(seed: 1)
        let path = try RelativePath("a/b.tar.gz")
        _ = try await storage.save([1], as: path, using: &random)
        let other = try await storage.save([2], as: path, using: &random).description
        #expect(other.wholeMatch(of: /a\/b_[a-zA-Z0-9]{7}\.tar\.gz/) != nil)
        let long = try RelativePath(String(repeating: "x", count: 120) + ".jpg")
        #expect(try await storage.save([3], as: long, using: &random).length == 100)
        let full = try RelativePath(String(repeating: "f", count: 98) + "/a.jpg")
        let error = await storeError {
            var random = SplitMix64(seed: 1)
            return try await storage.save([3], as: full, using: &random)
        }
        #expect(error?.validation?.code == .maxLength)
    }

    @Test("FileSystemStorage: an error in the middle of a write leaves no partial file, unlike there")
    func noPartialFile() async throws {
        let storage = FileStorage(root: folder / "media")
        let path = try RelativePath("p/a.png")
        let bytes = [UInt8](repeating: 7, count: 300_000)
        let fault = NthCall(2, of: { $0 == .write }, .error(.noSpace))
        fault.shortensWrites = true
        await SystemCall.$fault.withValue(fault.next) {
            #expect(await storeError { try storage.create(path, bytes: bytes) } != nil)
        }
        #expect(folder.names(in: "media/p") == [])
        #expect(try storage.create(path, bytes: bytes))
        #expect(folder.names(in: "media/p") == ["a.png"], "and no hidden file")
        #expect(try Stat(folder / "media/p/a.png").permissions.rawValue & 0o133 == 0)
    }

    @Test("Storage: open, save, delete, exists, listdir, size, url, path, times")
    func storageOperations() async throws {
        let storage = FileStorage(root: folder / "media", baseURL: "https://example.org/m")
        let path = try RelativePath("a b/ü%.png")
        #expect(try storage.create(path, bytes: [1, 2]))
        #expect(try await storage.read(path) == [1, 2])
        #expect(try await storage.exists(path))
        #expect(try storage.files().map(\.path) == [path])
        #expect(try storage.status(of: path)?.bytes == 2)
        let age = try #require(storage.status(of: path)?.modified.timeIntervalSinceNow)
        #expect(abs(age) < 60)
        #expect(storage.url(of: path) == "https://example.org/m/a%20b/%C3%BC%25.png")
        #expect(storage.path(of: path) == folder / "media/a b/ü%.png")
        try storage.delete(path)
        try storage.delete(path)
        #expect(try await !storage.exists(path))
    }

    @Test("safe_join is lexical and follows links; here no link leads out of the root")
    func noLinkLeadsOut() async throws {
        let photos = try folder.photos
        let photo = try await photos.save(ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo())
        let elsewhere = TemporaryFolder()
        try elsewhere.write(picture("rgb-8.png"), to: "secret.png")
        // The file, and then its folder, become links to the outside.
        try FileDescriptor.remove(folder / "media/photos/2026/11/a.png")
        folder.makeLink("media/photos/2026/11/a.png", to: elsewhere / "secret.png")
        #expect(await storeError { try await photos.read(\.image, of: photo) } != nil)
        folder.makeLink("media/photos/2027", to: elsewhere.path)
        var store = folder.store()
        store.clock = { Date(timeIntervalSince1970: 1_830_000_000) }
        let later = try store.collection(of: Photo.self)
        #expect(
            await storeError {
                try await later.save(ContentFile(named: "b.png", bytes: picture()), in: \.image, of: Photo())
            } != nil)
        #expect(elsewhere.names() == ["secret.png"])
        #expect(try await store.check().findings.map(\.kind) == [.dangling], "nor is a link listed as a file")
    }

    @Test("Width and height are filled on assignment, as the image is shown, also without a name", arguments: 1...8)
    func dimensions(orientation: Int) async throws {
        let bytes = try TestImages.bytes("orientation-\(orientation).jpg")
        let photo = try await folder.photos.save(ContentFile(named: "a.jpg", bytes: bytes), in: \.image, of: Photo())
        let upright = try Image(decoding: bytes).size
        #expect(photo.image?.stored?.width == upright.width && photo.image?.stored?.height == upright.height)
    }

    @Test("Validation is not shallow, and runs on every save")
    func validation() async throws {
        let photos = try folder.photos
        let photo = try await photos.save(Photo(title: "x"))
        let whole = try picture("photo.jpg")
        let refused: [(String, [UInt8], ValidationError.Code)] = [
            ("a.jpg", Array(whole.prefix(whole.count / 100)), .invalidImage), ("a.jpg", [], .empty),
            ("a.png", whole, .invalidExtension), ("a.jpg", whole + Array("<?php".utf8), .invalidImage),
            ("a.jpg", Array("<html>".utf8), .invalidImage),
        ]
        for (name, bytes, code) in refused {
            var changed = photo
            changed.image = .pending(ContentFile(named: name, bytes: bytes))
            for error in [
                await storeError {
                    try await photos.save(ContentFile(named: name, bytes: bytes), in: \.image, of: photo)
                },
                await storeError { try await photos.save(changed) },
            ] {
                #expect(error?.validation?.code == code)
                #expect(error?.validation?.message.isEmpty == false)
            }
        }
        #expect(folder.names(in: "media") == [], "before a byte is stored")
        #expect(try await photos.get(id: 1) == photo)
    }

    @Test("Saving over a name, and deleting a record, remove the file, unlike there")
    func replacedFiles() async throws {
        let photos = try folder.photos
        var photo = try await photos.save(ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo())
        photo = try await photos.save(ContentFile(named: "b.png", bytes: picture()), in: \.image, of: photo)
        #expect(folder.names(in: "media/photos/2026/11") == ["b.png"])
        try await photos.delete(id: 1)
        #expect(folder.names(in: "media/photos/2026/11") == [])
        #expect(try await folder.store().check() == StoreReport.allWell(records: 0, images: 0))
    }

    @Test(
        "get raises DoesNotExist and MultipleObjectsReturned; create, filter, all, first, count, exists, get_or_create …"
    )
    func verbs() async throws {
        let photos = try folder.photos
        try await photos.bulkCreate([Photo(title: "a"), Photo(title: "b"), Photo(title: "b")])
        #expect(await storeError { try await photos.get(id: 9) } == .doesNotExist(model: "Photo", id: 9))
        #expect(
            await storeError { try await photos.get { $0.title == "b" } }
                == .multipleObjectsReturned(model: "Photo", count: 2))
        #expect(try await photos.getOrCreate(where: { $0.title == "a" }, or: Photo(title: "a")).created == false)
        let made = try await photos.getOrCreate(where: { $0.title == "z" }, or: Photo(title: "z"))
        #expect(made.created && made.record.id == 4)
        let updated = try await photos.updateOrCreate(where: { $0.title == "z" }, or: Photo()) { $0.title = "y" }
        #expect(!updated.created && updated.record == Photo(id: 4, title: "y"))
        let created = try await photos.updateOrCreate(where: { $0.title == "q" }, or: Photo()) { $0.title = "q" }
        #expect(created.created && created.record == Photo(id: 5, title: "q"))
        #expect(
            await storeError { try await photos.getOrCreate(where: { $0.title == "b" }, or: Photo()) }
                == .multipleObjectsReturned(model: "Photo", count: 2))
        #expect(try await photos.exists { $0.title == "q" })
        #expect(try await !photos.exists { $0.title == "none" })
        try await photos.delete(id: 5)
        #expect(try await photos.create(Photo()).id == 6, "ids are not reused")
        #expect(try await photos.create(Photo(id: 20)).id == 20)
        #expect(try await photos.create(Photo()).id == 21, "an explicit id moves the counter")
    }

    @Test("A transaction is all or nothing, and its files go with it, unlike there")
    func transactions() async throws {
        struct Stop: Error {}
        let store = folder.store()
        let photos = try store.collection(of: Photo.self)
        let kept = try await photos.save(ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo())
        await #expect(throws: Stop.self) {
            try await store.transaction {
                try await photos.save(ContentFile(named: "b.png", bytes: picture()), in: \.image, of: kept)
                try await photos.delete(id: 1)
                try await photos.save(ContentFile(named: "c.png", bytes: picture()), in: \.image, of: Photo())
                throw Stop()
            }
        }
        #expect(try await photos.all() == [kept])
        #expect(folder.names(in: "media/photos/2026/11") == ["a.png"])
        try await store.transaction {
            try await photos.save(ContentFile(named: "b.png", bytes: picture()), in: \.image, of: kept)
            try await photos.save(Photo(title: "second"))
        }
        #expect(try await photos.all().map(\.title) == ["", "second"])
        #expect(folder.names(in: "media/photos/2026/11") == ["b.png"])
    }
}

extension StoreReport {
    static func allWell(records: Int, images: Int) -> StoreReport {
        var report = StoreReport()
        report.records = records
        report.images = images
        return report
    }
}
