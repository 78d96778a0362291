import SystemPackage
import TestSupport
import Testing
import Tintype
import TintypeStore

/// The README's lines of Swift, compiled and run: every line of its code stands in this file too.
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

    static func store() async throws -> (saved: Photo, bytes: [UInt8]) {
        let photo = try Image(contentsOf: "photo.jpg")
        let photos = try ModelStore(root: "imgstore").collection(of: Photo.self)
        let file = try ContentFile(
            named: "lake.jpg", bytes: photo.thumbnail(fitting: Size(800, 600)).encoded(as: .jpeg(quality: 85)))
        let saved = try await photos.save(file, in: \.image, of: Photo(title: "Lake"))
        let bytes = try await photos.read(\.image, of: photos.get(id: saved.id ?? 0))
        return (saved, bytes)
    }
}

@Suite struct ReadmeTests {
    @Test func everyLineIsCompiled() throws {
        func words(_ text: some StringProtocol) -> String { text.split { $0.isWhitespace }.joined(separator: " ") }
        let root = TestImages.folder.dropLast("/TestImages".count)
        let readme = String(decoding: try bytes(ofFile: root + "/README.md"), as: UTF8.self)
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
        #expect(lines > 15)
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
            let (saved, bytes) = try await Readme.store()
            #expect(saved.id == 1 && saved.image?.stored?.format == .jpeg)
            #expect(try Image(decoding: bytes).size == Size(640, 480))
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
