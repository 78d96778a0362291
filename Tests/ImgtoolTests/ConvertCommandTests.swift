import Foundation
import TestSupport
import Testing
import Tintype

@Suite struct ConvertCommandTests {
    @Test(arguments: [
        ("gray-1.png", PixelFormat.gray8), ("gray-16.png", .gray16), ("gray-alpha-8.png", .grayAlpha8),
        ("palette-4.png", .rgb8), ("rgb-16.png", .rgb16), ("rgba-16.png", .rgba16), ("gray-4-trns.png", .grayAlpha8),
        ("photo.gif", .rgba8), ("photo.jpg", .rgb8), ("gray.jpg", .gray8), ("cmyk.jpg", .cmyk8), ("ycck.jpg", .cmyk8),
    ])
    func pamHoldsWhatTheFileHolds(_ name: String, _ format: PixelFormat) throws {
        let folder = try TemporaryFolder([name])
        #expect(try Tool.run("convert", name, "out.pam", in: folder).code == 0)
        let reader = try ImageReader(MemoryByteSource(folder.read("out.pam")))
        #expect(reader.info.pixelFormat == format)
        #expect(try Image(decoding: folder.read("out.pam")).pixels == Image(decoding: folder.read(name)).pixels)
    }

    @Test(arguments: [
        ("out.pgm", PixelFormat.gray8), ("out.ppm", .rgb8), ("out.pnm", .rgb8), ("out.png", .rgba8), ("out.jpg", .rgb8),
    ])
    func otherFormats(_ output: String, _ format: PixelFormat) throws {
        let folder = try TemporaryFolder(["alpha.png"])
        #expect(try Tool.run("convert", "alpha.png", output, in: folder).code == 0)
        #expect(try Image(decoding: folder.read(output)).pixelFormat == format)
    }

    @Test func alphaIsLeftOutOfPPM() throws {
        let folder = try TemporaryFolder(["rgba-8.png"])
        #expect(try Tool.run("convert", "rgba-8.png", "out.ppm", in: folder).code == 0)
        let (with, without) = (
            try Image(decoding: folder.read("rgba-8.png")).pixels, try Image(decoding: folder.read("out.ppm")).pixels
        )
        let colours = stride(from: 0, to: with.count, by: 4).flatMap { with[$0..<$0 + 3] }
        #expect(colours == without)
    }

    @Test func orientation() throws {
        let folder = try TemporaryFolder(["orientation-6.jpg"])
        func size(_ output: String, _ options: String...) throws -> (stored: Size, shown: Size) {
            #expect(try Tool.run(["convert", "orientation-6.jpg", output] + options, in: folder).code == 0)
            let info = try ImageReader(MemoryByteSource(folder.read(output))).info
            return (info.size, info.displaySize)
        }
        #expect(try size("a.ppm") == (Size(36, 48), Size(36, 48)))
        #expect(try size("b.ppm", "--orient") == (Size(48, 36), Size(48, 36)))
        #expect(try size("c.png") == (Size(36, 48), Size(48, 36)))
        #expect(try size("d.jpg", "--orient") == (Size(48, 36), Size(48, 36)))
    }

    @Test(arguments: ["animated.gif", "animated.png"])
    func frames(_ name: String) throws {
        let folder = try TemporaryFolder([name])
        let count = try #require(ImageReader.inspect(MemoryByteSource(folder.read(name))).info.frameCount)
        let done = try Tool.run("convert", name, "f{frame}.pam", "--json", in: folder)
        #expect(done.code == 0)
        #expect(try done.objects().first?["frames"] as? Int == count)
        #expect(folder.names().filter { $0.hasPrefix("f") } == (0..<count).map { "f\($0).pam" })
        for frame in 0..<count {
            #expect(try Tool.run("convert", name, "one.pam", "--frame", "\(frame)", in: folder).code == 0)
            #expect(try folder.read("one.pam") == folder.read("f\(frame).pam"))
        }
        #expect(try Tool.run("convert", name, "one.pam", "--frame", "\(count)", in: folder).code == 64)
        #expect(try Tool.run("convert", name, "one.pam", "--frame", "-1", in: folder).code == 64)
        #expect(try Tool.run("convert", name, "s{frame}.pam", "--strict", in: folder).code == 0)
        #expect(try folder.read("s\(count - 1).pam") == folder.read("f\(count - 1).pam"))
        try folder.write(folder.read(name) + [0], to: "long")
        #expect(try Tool.run("convert", "long", "t{frame}.pam", in: folder).code == 0)
        #expect(try Tool.run("convert", "long", "t{frame}.pam", "--strict", in: folder).code == 65)
        #expect(try Tool.run("convert", "long", "t.pam", "--frame", "0", "--strict", in: folder).code == 65)
    }

    @Test func formats() throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        #expect(try Tool.run("convert", "photo.jpg", "out.txt", in: folder).code == 64)
        #expect(try Tool.run("convert", "photo.jpg", "out.gif", in: folder).code == 0)
        #expect(try ImageFormat(signature: folder.read("out.gif")) == .gif)
        #expect(try Tool.run("convert", "photo.jpg", "-", in: folder).code == 64)
        let piped = try Tool.run(
            "convert", "-", "-", "--format", "ppm", in: folder, input: folder.read("photo.jpg"))
        #expect(try Image(decoding: piped.output).pixels == Image(decoding: folder.read("photo.jpg")).pixels)
    }

    @Test func resize() throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        #expect(try Tool.run("resize", "photo.jpg", "out.png", "-s", "60x", in: folder).code == 0)
        #expect(try Image(decoding: folder.read("out.png")).size == Size(60, 45))
        #expect(try Tool.run("resize", "photo.jpg", "out.png", "-s", "900x", in: folder).code == 0)
        #expect(try Image(decoding: folder.read("out.png")).size == Size(640, 480))
        #expect(try Tool.run("resize", "photo.jpg", "out.png", "-s", "900x", "--enlarge", in: folder).code == 0)
        #expect(try Image(decoding: folder.read("out.png")).size == Size(900, 675))
    }

    /// What stands behind the image data goes along, too; `safe` keeps what says how the colours are meant.
    @Test func whatPNGAloneSays() throws {
        let folder = TemporaryFolder()
        var chunks = PNGSample(random: 40, 30, colorType: 2, depth: 8).chunks
        chunks.insert(PNGChunk("gAMA", bigEndian32(100_000)), at: 1)
        chunks.insert(contentsOf: [PNGChunk("tEXt", Array("Comment\0C".utf8)), PNGChunk("prIv", [1])], at: 3)
        try folder.write(PNGChunk.file(chunks), to: "a.png")
        func types(_ options: String...) throws -> [String] {
            #expect(try Tool.run(["convert", "a.png", "b.png"] + options, in: folder).code == 0)
            return PNGChunk.split(try folder.read("b.png")).map(\.type)
        }
        #expect(try types("--metadata", "all") == ["IHDR", "gAMA", "tEXt", "IDAT", "prIv", "IEND"])
        #expect(try types() == ["IHDR", "gAMA", "IDAT", "IEND"])
        #expect(try types("--metadata", "none") == ["IHDR", "IDAT", "IEND"])
        // Nobody here applies gAMA, so the pixels are not sRGB's.
        let done = try Tool.run("convert", "a.png", "b.png", "--color", "srgb", in: folder)
        #expect(done.code == 0 && done.errors.contains("gAMA"))
        #expect(try !Image(decoding: folder.read("b.png")).metadata.isSRGB)
    }

    @Test func coloursToSRGB() throws {
        let folder = TemporaryFolder()
        var image = Image(size: Size(1, 1), pixelFormat: .rgb8, pixels: [200, 100, 50])
        image.metadata.icc = ColorProfiles.p3Profile
        try folder.write(image.encoded(as: .png), to: "p3.png")
        for command in [["convert", "p3.png", "o.png"], ["resize", "p3.png", "o.png", "-s", "1"]] {
            #expect(try Tool.run(command, in: folder).code == 0)
            #expect(try Image(decoding: folder.read("o.png")).metadata.icc == ColorProfiles.p3Profile)
            #expect(try Tool.run(command + ["--color", "srgb"], in: folder).code == 0)
            let made = try Image(decoding: folder.read("o.png"))
            #expect(made.metadata.icc == nil && made.metadata.isSRGB)
            #expect(zip(made.pixels, [215, 93, 31]).allSatisfy { abs(Int($0) - $1) <= 1 })
        }
        image.metadata.icc = ColorProfiles.profile(space: "RGB ", tags: [])
        try folder.write(image.encoded(as: .png), to: "other.png")
        let done = try Tool.run("convert", "other.png", "o.png", "--color", "srgb", in: folder)
        #expect(done.code == 0 && done.errors.contains("'Test'"))
        #expect(try Image(decoding: folder.read("o.png")).pixels == image.pixels)
        #expect(try Tool.run("convert", "p3.png", "o.png", "--color", "cmyk", in: folder).code == 64)
    }
}
