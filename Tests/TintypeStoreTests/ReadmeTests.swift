import SystemPackage
import TestSupport
import Testing
import Tintype
import TintypeStore
import TintypeStoreConformance

/// The lines of Swift in README.md and Documentation/store.md, compiled and run: every line of that code stands in this file too.
private enum Readme {
    struct Photo: Model {
        var id: Int?
        var title = ""
        var image: ImageField?
        static let imageFields: [ImageFieldDeclaration<Photo>] = [
            ImageFieldDeclaration("image", \.image, uploadTo: .dated("photos/%Y/%m"))
        ]
    }

    static func library() throws {
        let photo = try Image(contentsOf: "photo.jpg")  // whole frame, upright
        try photo.thumbnail(fitting: Size(800, 600)).write(to: "small.jpg", as: .jpeg(quality: 85))

        try Thumbnail(fitting: Size(256, 256)).make(from: "huge.png", to: "small.jpg")  // same pixels, flat memory

        let reader = try ImageReader(FileByteSource(path: "animation.gif"))  // frame by frame
        while let frame = try reader.nextFrame() {
            print(frame.index, frame.delayMilliseconds, reader.size)
        }
    }

    static func store() async throws -> (found: Photo, image: Image, sea: Photo) {
        let store = ModelStore(root: "imgstore")
        let photos = try store.collection(of: Photo.self)
        try await photos.create(Photo(title: "Lake"))

        // Load, shrink, save: what is not a whole JPEG, PNG or GIF is refused with a ValidationError, before a byte is stored.
        let shrunk = try Image(contentsOf: "photo.jpg").thumbnail(fitting: Size(800, 600))
        let file = try ContentFile(named: "photo.jpg", bytes: shrunk.encoded(as: .jpeg(quality: 85)))
        var lake = try await photos.save(file, in: \.image, of: photos.get(id: 1))

        // In one step: the file is stored when the record is saved.
        var sea = Photo(title: "Sea")
        sea.image = .pending(ContentFile(named: "sea.jpg", bytes: file.bytes))
        sea = try await photos.save(sea)

        // In any process, later.
        let found = try await photos.get(id: 1)
        let image = try await Image(decoding: photos.read(\.image, of: found))
        print(found.image?.stored?.size ?? Size(0, 0), image.size)  // the first without opening the file

        // Replaced and deleted images take their files along.
        lake = try await photos.save(file, in: \.image, of: lake)
        lake = try await photos.deleteImage(in: \.image, of: lake)
        try await photos.delete(id: 1)
        return (found, image, sea)
    }

    struct Portrait: Model {
        var id: Int?
        var revision: Int?  // saving what someone else has saved meanwhile throws StoreError.conflict
        var name = ""
        var stars = 0
        var image: ImageField?
        static let imageFields: [ImageFieldDeclaration<Portrait>] = [
            ImageFieldDeclaration(
                "image", \.image,
                uploadTo: .custom { portrait, name throws(StoreError) in
                    try RelativePath("portraits/\(portrait.name)/\(name)")
                },
                rules: ImageRules(formats: [.jpeg, .png], maximumBytes: 10 << 20),
                saving: Thumbnail(fitting: Size(800, 600), as: .jpeg(quality: 85)),
                variants: ["small": Thumbnail(fitting: Size(128, 128), as: .jpeg(quality: 75))])
        ]
    }

    static func more(_ store: ModelStore, _ photo: Photo) async throws {
        let upload = ContentFile(named: "me.png", bytes: try TestImages.bytes("photo.png"))
        let portraits = try store.collection(of: Portrait.self)
        let portrait = try await portraits.save(upload, in: \.image, of: Portrait(name: "Ada"))
        let small = try await portraits.read(\.image, variant: "small", of: portrait)
        let url = try await portraits.url(\.image, variant: "small", of: portrait)  // /media/portraits/Ada/me_small.jpg
        #expect(try Image(decoding: small).size == Size(128, 96) && url == "/media/portraits/Ada/me_small.jpg")

        let page = try await portraits.filter { $0.stars > 3 }.ordered(by: \.name).slice(0..<20).all()
        let ada = try await portraits.get { $0.name == "Ada" }  // doesNotExist, multipleObjectsReturned
        let (grace, isNew) = try await portraits.getOrCreate(where: { $0.name == "Grace" }, or: Portrait(name: "Grace"))
        try await portraits.update(id: 1) { $0.stars += 1 }  // reads and saves in one
        #expect(page.isEmpty && ada.id == 1 && grace.id == 2 && isNew)

        let photos = try store.collection(of: Photo.self)
        try await store.transaction {
            try await portraits.delete(id: 1)
            try await photos.save(upload, in: \.image, of: Photo(title: "Ada"))
        }  // both or none, and the files with them

        let report = try await store.check()  // every record, every image: dangling, orphan, damaged …
        for finding in report.findings { print(finding.kind, finding.file, finding.reason) }
        try await store.gc(grace: .seconds(3600), dryRun: true)  // what would be removed
        try await store.compact()
        #expect(report.findings.isEmpty)
    }
}

@Suite struct ReadmeTests {
    @Test(arguments: StorageConformance.checks)
    func conforms(check: ConformanceCheck<any Storage>) async throws {
        try await check.run(on: MemoryStorage())
    }

    @Test func everyLineIsCompiled() throws {
        func words(_ text: some StringProtocol) -> String { text.split { $0.isWhitespace }.joined(separator: " ") }
        let root = TestImages.folder.dropLast("/TestImages".count)
        let readme = try ["/README.md", "/Documentation/store.md"].map {
            String(decoding: try bytes(ofFile: root + $0), as: UTF8.self)
        }.joined(separator: "\n")
        let compiled = words(String(decoding: try bytes(ofFile: #filePath), as: UTF8.self))
        var lines = 0
        for block in readme.split(separator: "```swift\n").dropFirst() {
            for line in block.prefix(upTo: block.firstRange(of: "```")?.lowerBound ?? block.endIndex).split(
                separator: "\n")
            {
                #expect(compiled.contains(words(line)), "\(line)")
                lines += 1
            }
        }
        #expect(lines > 60)
    }

    @Test func theLinesRun() async throws {
        // A process of its own, since the lines name files in the working folder.
        await #expect(processExitsWith: .success) {
            let folder = TemporaryFolder()
            try folder.write(TestImages.bytes("photo.jpg"), to: "photo.jpg")
            try folder.write(TestImages.bytes("photo.png"), to: "huge.png")
            try folder.write(TestImages.bytes("animated.gif"), to: "animation.gif")
            let here = WorkingFolder(folder)
            try Readme.library()
            #expect(try Image(contentsOf: "small.jpg").size == Size(256, 192))
            let (found, image, sea) = try await Readme.store()
            #expect(found.image?.stored?.size == Size(640, 480) && image.size == Size(640, 480))
            #expect(found.image?.stored?.name.name.string == "photo.jpg" && sea.id == 2)
            let store = ModelStore(root: "imgstore")
            #expect(try await store.check().images == 1, "the first record's images went with it")
            try await Readme.more(store, sea)
            here.leave()
        }
    }

    private func bytes(ofFile path: some StringProtocol) throws -> [UInt8] {
        var reader = ByteReader(try FileByteSource(path: FilePath(String(path))), format: .netpbm)
        var bytes: [UInt8] = []
        while try reader.fill(1) > 0 { bytes += try reader.readBytes(reader.available) }
        return bytes
    }
}
