import TestSupport
import Testing
import Tintype
import TintypeStore

@Suite struct ValidationTests {
    let folder = TemporaryFolder()

    func refusal(_ name: String, _ bytes: [UInt8], _ change: (inout ImageRules) -> Void = { _ in }) async throws
        -> ValidationError?
    {
        var store = folder.store()
        change(&store.rules)
        let photos = try store.collection(of: Photo.self)
        let error = await storeError {
            try await photos.save(ContentFile(named: name, bytes: bytes), in: \.image, of: Photo())
        }
        #expect(error == nil || folder.names(in: "media") == [], "nothing is stored of what is refused")
        return error?.validation
    }

    @Test(arguments: [
        ("a.png", "rgb-8.png"), ("a.PNG", "gray-16-interlaced.png"), ("a.jpeg", "baseline-420.jpg"),
        ("a.JPG", "cmyk.jpg"), ("a.b.gif", "animated.gif"), ("x.jpe", "gray.jpg"), ("x.png", "animated.png"),
    ])
    func accepts(name: String, file: String) async throws {
        #expect(try await refusal(name, TestImages.bytes(file)) == nil)
    }

    @Test(arguments: 1...8)
    func sizeIsAsShown(orientation: Int) async throws {
        let bytes = try TestImages.bytes("orientation-\(orientation).jpg")
        let photo = try await folder.photos.save(ContentFile(named: "a.jpg", bytes: bytes), in: \.image, of: Photo())
        let stored = try #require(photo.image?.stored)
        #expect(stored.size == (try Image(decoding: bytes)).size)
    }

    @Test func emptyFiles() async throws {
        #expect(try await refusal("a.png", [])?.code == .empty)
    }

    @Test(arguments: ["a.jpg", "a", ".png", "a.png.exe", "a.png.", "png"])
    func extensionsMustAgree(name: String) async throws {
        let error = try #require(try await refusal(name, picture()))
        #expect(error.code == .invalidExtension)
        #expect(error.parameters["allowed"] == "png, apng")
    }

    @Test(arguments: ["P5\n1 1\n255\nx", "<svg/>", "GIF88a", "<?php ?>", "\0\0\0\u{18}ftypavif"])
    func otherFormats(text: String) async throws {
        #expect(try await refusal("a.png", Array(text.utf8))?.code == .invalidImage)
    }

    @Test(arguments: ["rgb-8.png", "baseline-420.jpg", "animated.gif"])
    func damagedFiles(file: String) async throws {
        let bytes = try TestImages.bytes(file)
        for count in [1, 9, bytes.count / 100, bytes.count / 2, bytes.count - 1] {
            #expect(try await refusal(file, Array(bytes.prefix(count)))?.code == .invalidImage, "\(count) bytes")
        }
    }

    @Test(arguments: ["rgb-8.png", "baseline-420.jpg", "animated.gif"])
    func bytesAfterTheEnd(file: String) async throws {
        for tail in ["<?php system($_GET[0]); ?>", "<html><script>alert(1)</script>", "\0"] {
            let error = try await refusal(file, TestImages.bytes(file) + Array(tail.utf8))
            #expect(error?.code == .invalidImage)
        }
    }

    @Test func limits() async throws {
        let bytes = try picture()
        let tooMany = try #require(try await refusal("a.png", bytes) { $0.maximumBytes = bytes.count - 1 })
        #expect(tooMany.code == .tooLarge)
        #expect(tooMany.parameters == ["max": "\(bytes.count - 1)", "bytes": "\(bytes.count)"])
        #expect(try await refusal("a.png", bytes) { $0.limits.pixels = 10 }?.code == .tooLarge)
        #expect(try await refusal("a.png", bytes) { $0.formats = [.jpeg] }?.code == .invalidImage)
        #expect(try await refusal("a.png", bytes) { $0.maximumBytes = bytes.count } == nil)
    }

    @Test func theHeaderAloneIfThatIsEnough() async throws {
        let bytes = Array(try picture().dropLast(30))
        #expect(try await refusal("a.png", bytes) { $0.decodesWholeImage = false } == nil)
    }

    @Test(arguments: [
        "..", "a/", "../x.png", "..\\x.png", "/etc/passwd", "a/../b.png", "C:\\x.png", "a\0.png", "a\n.png", "",
    ])
    func namesThatAreNone(name: String) async throws {
        let content = ContentFile(named: name, bytes: try picture())
        let error = await storeError { try await folder.photos.save(content, in: \.image, of: Photo()) }
        guard case .invalidName(name, _)? = error else {
            Issue.record("\(String(describing: error))")
            return
        }
        #expect(error?.description.unicodeScalars.allSatisfy { $0.value >= 0x20 } == true)
        #expect(folder.names() == [])
    }

    @Test func aNameOf300Characters() async throws {
        let name = String(repeating: "n", count: 300) + ".png"
        let photo = try await folder.photos.save(ContentFile(named: name, bytes: picture()), in: \.image, of: Photo())
        #expect(photo.image?.stored?.name.length == 100)
    }

    /// If the second of two images is refused, the first is not stored either.
    @Test func allImagesOfARecordOrNone() async throws {
        var photo = Photo()
        photo.image = .pending(ContentFile(named: "a.png", bytes: try picture()))
        photo.cover = .pending(ContentFile(named: "b.png", bytes: [1, 2, 3]))
        #expect(await storeError { try await folder.photos.save(photo) }?.validation?.code == .invalidImage)
        #expect(folder.names() == [])
    }

    @Test func theChecksumIsThatOfZip() async throws {
        // The CRC-32 of "123456789" is 0xCBF43926; an image's own is compared with a slow division, bit by bit.
        let bytes = try picture()
        let photo = try await folder.photos.save(ContentFile(named: "a.png", bytes: bytes), in: \.image, of: Photo())
        #expect(Self.slowCRC(Array("123456789".utf8)) == 0xCBF4_3926)
        #expect(photo.image?.stored?.crc32 == Self.slowCRC(bytes))
    }

    static func slowCRC(_ bytes: [UInt8]) -> UInt32 {
        var crc: UInt32 = ~0
        for byte in bytes {
            for bit in 0..<8 {
                let out = (crc ^ UInt32(byte >> bit)) & 1
                crc = (crc >> 1) ^ (out * 0xEDB8_8320)
            }
        }
        return ~crc
    }
}
