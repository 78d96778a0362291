import Foundation
import TestSupport
import Testing
import Tintype

@Suite struct ThumbnailCommandTests {
    @Test func theUsualJob() throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        let done = try Tool.run("thumbnail", "photo.jpg", "-s", "256x256", "-o", "small.jpg", in: folder)
        #expect(done.code == 0)
        #expect(done.output.isEmpty)
        #expect(done.errors.contains("small.jpg: 256x192"))
        #expect(try Image(decoding: folder.read("small.jpg")).size == Size(256, 192))
        #expect(folder.names() == ["photo.jpg", "small.jpg"])
        let quiet = try Tool.run("thumbnail", "photo.jpg", "-s", "256x256", "-o", "again.jpg", "--quiet", in: folder)
        #expect(quiet.errors.isEmpty)
        #expect(try folder.read("again.jpg") == folder.read("small.jpg"))
    }

    @Test(arguments: [
        ("256x100", Size(133, 100)), ("64x", Size(64, 48)), ("x48", Size(64, 48)), ("32", Size(32, 24)),
        ("50%", Size(320, 240)), ("9999x9999", Size(640, 480)),
    ])
    func sizes(_ argument: String, _ expected: Size) throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        let done = try Tool.run("thumbnail", "photo.jpg", "-s", argument, "-o", "s.png", "--json", in: folder)
        #expect(done.code == 0)
        let object = try #require(done.objects().first)
        #expect(object["width"] as? Int == expected.width && object["height"] as? Int == expected.height)
        #expect(try Image(decoding: folder.read("s.png")).size == expected)
    }

    @Test(arguments: ["0x0", "-5", "99999999999x1", "abc"])
    func impossibleSizes(_ argument: String) throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        #expect(try Tool.run("thumbnail", "photo.jpg", "-s", argument, in: folder).code == 64)
        #expect(folder.names() == ["photo.jpg"])
    }

    @Test(arguments: [
        ["-q", "0"], ["-q", "101"], ["-q", "high"], ["--fit", "most"], ["--gravity", "up"], ["--filter", "magic"],
        ["--subsampling", "123"], ["--background", "reddish"], ["--format", "webp"], ["--jobs", "0"],
        ["--threads", "0"],
        ["--max-bytes", "-1"], ["--max-bytes", "30x"], ["--max-pixels", "0"], ["--max-memory", "much"],
        ["--metadata", "some"], ["--nonsense"], ["-o", "{name}.jpg"], ["-o", ""], ["-o", "-"],
        ["--format", "png", "--max-bytes", "30k"], ["--colors", "1"], ["--colors", "257"], ["--dither", "much"],
        ["--frame", "-1"], ["--frame", "worst"], ["--max-frames", "0"], ["--fps", "0"],
    ])
    func wrongUse(_ arguments: [String]) throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        let done = try Tool.run(["thumbnail", "photo.jpg"] + arguments, in: folder)
        #expect(done.code == 64)
        #expect(!done.errors.isEmpty)
        #expect(folder.names() == ["photo.jpg"])
    }

    @Test func outputNames() throws {
        let folder = try TemporaryFolder(["photo.jpg", "alpha.png", "lineart.png"])
        folder.makeFolder("out")
        let names: [([String], String)] = [
            (["photo.jpg"], "photo-thumb.jpg"), (["alpha.png"], "alpha-thumb.png"),
            (["photo.jpg", "-o", "out"], "out/photo.jpg"), (["alpha.png", "-o", "out/"], "out/alpha.png"),
            (["photo.jpg", "-o", "{dir}/out/{stem}_{width}x{height}.{ext}"], "out/photo_64x48.jpg"),
            (["photo.jpg", "-o", "out/{stem}-{frame}.png"], "out/photo-0.png"),
            (["photo.jpg", "-o", "out/{stem}2.{ext}", "--format", "png"], "out/photo2.png"),
            (["photo.jpg", "-o", "out/plain"], "out/plain"),
        ]
        for (arguments, name) in names {
            let done = try Tool.run(["thumbnail", "-s", "64x64", "--json"] + arguments, in: folder)
            #expect(done.code == 0)
            let output = try #require(done.objects().first?["output"] as? String)
            #expect(output == name)
            let size = try Image(decoding: folder.read(name)).size
            #expect(size.width <= 64 && size.height <= 64)
        }
    }

    @Test func theFormatFollows() throws {
        let folder = try TemporaryFolder(["photo.jpg", "alpha.png", "photo.png", "animated.gif", "photo.gif"])
        let cases: [([String], String, ImageFormat)] = [
            (["photo.jpg", "-o", "a.png"], "a.png", .png), (["photo.png", "-o", "b"], "b", .jpeg),
            (["alpha.png", "-o", "c"], "c", .png), (["alpha.png", "-o", "d.jpg"], "d.jpg", .jpeg),
            (["photo.jpg", "-o", "e.jpg", "--format", "png"], "e.jpg", .png),
            (["animated.gif", "-o", "f"], "f", .gif), (["animated.gif", "-o", "g.jpg"], "g.jpg", .jpeg),
            (["photo.jpg", "-o", "h.gif"], "h.gif", .gif), (["photo.gif", "-o", "i"], "i", .jpeg),
        ]
        for (arguments, name, format) in cases {
            #expect(try Tool.run(["thumbnail"] + arguments, in: folder).code == 0)
            #expect(try ImageFormat(signature: folder.read(name)) == format)
        }
    }

    @Test func pipes() throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        let bytes = try folder.read("photo.jpg")
        let done = try Tool.run(
            "thumbnail", "-", "-s", "40x40", "--format", "png", "-o", "-", "--json", in: folder, input: bytes)
        #expect(done.code == 0)
        #expect(try Image(decoding: done.output).size == Size(40, 30))
        #expect(done.errors.contains("\"ok\":true"))
        let toFile = try Tool.run("thumbnail", "-", "-o", "{stem}.{ext}", in: folder, input: bytes)
        #expect(toFile.code == 0)
        #expect(folder.names() == ["photo.jpg", "stdin.jpg"])
        #expect(try Tool.run("thumbnail", "-", "-o", "x.jpg", in: folder).code == 65)
        #expect(try Tool.run("thumbnail", "-", "-", "-o", "{width}.jpg", in: folder, input: bytes).code == 64)
    }

    @Test func aClosedPipeIsAnErrorOfWriting() throws {
        let folder = try TemporaryFolder(["photo.png"])
        let pipe = Pipe()
        try pipe.fileHandleForReading.close()
        let process = try Tool.start(
            ["convert", "photo.png", "-", "--format", "pam"], in: folder, input: nil,
            output: pipe.fileHandleForWriting, errors: FileHandle.nullDevice)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 74)
    }

    @Test func ontoItself() throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        #expect(try Tool.run("thumbnail", "photo.jpg", "-s", "20x20", "-o", "photo.jpg", in: folder).code == 0)
        #expect(try Image(decoding: folder.read("photo.jpg")).size == Size(20, 15))
        #expect(folder.names() == ["photo.jpg"])
    }

    @Test func collisionsAreRefusedBeforeTheWork() throws {
        let folder = try TemporaryFolder(["photo.jpg", "photo.png", "alpha.png", "gray.jpg"])
        folder.makeFolder("a")
        try folder.write(TestImages.bytes("photo.jpg"), to: "a/photo.jpg")
        let names = folder.names()
        let cases = [
            ["photo.jpg", "alpha.png", "-o", "one.jpg"], ["photo.jpg", "photo.png", "-o", "{stem}.jpg"],
            ["photo.jpg", "photo.png", "-o", "a/"], ["photo.jpg", "a/photo.jpg", "-o", "{stem}-x.{ext}"],
            ["photo.jpg", "./photo.jpg"], ["photo.jpg", "photo.png", "-o", "{width}.jpg"],
            ["photo.jpg", "alpha.png", "-o", "-", "--format", "png"],
        ]
        for arguments in cases {
            #expect(try Tool.run(["thumbnail"] + arguments, in: folder).code == 64)
            #expect(folder.names() == names)
            #expect(folder.names(in: "a") == ["photo.jpg"])
        }
        #expect(try Tool.run("thumbnail", "photo.png", "alpha.png", "-o", "a/", in: folder).code == 0)
        #expect(folder.names(in: "a") == ["alpha.png", "photo.jpg"])
    }

    @Test func oneBadInputDoesNotStopTheOthers() throws {
        let folder = try TemporaryFolder(["photo.jpg", "alpha.png", "gray.jpg"])
        try folder.write(Array("no picture".utf8), to: "bad.jpg")
        folder.makeFolder("out")
        let inputs = ["photo.jpg", "bad.jpg", "missing.jpg", "alpha.png", "gray.jpg"]
        let done = try Tool.run(["thumbnail", "--json", "-o", "out/", "--jobs", "3"] + inputs, in: folder)
        #expect(done.code == 1)
        let objects = try done.objects()
        #expect(objects.map { $0["input"] as? String } == inputs)
        #expect(objects.map { $0["ok"] as? Bool } == [true, false, false, true, true])
        #expect(folder.names(in: "out") == ["alpha.png", "gray.jpg", "photo.jpg"])
    }

    @Test func optionsOfThePicture() throws {
        let folder = try TemporaryFolder(["photo.jpg", "alpha.png"])
        func made(_ arguments: String...) throws -> Image {
            let done = try Tool.run(["thumbnail", "photo.jpg", "-o", "x.png"] + arguments, in: folder)
            #expect(done.code == 0)
            return try Image(decoding: folder.read("x.png"))
        }
        #expect(try made("-s", "50x50", "--fit", "cover").size == Size(50, 50))
        #expect(try made("-s", "50x50", "--fit", "cover", "--gravity", "attention").size == Size(50, 50))
        #expect(try made("-s", "50x20", "--fit", "fill").size == Size(50, 20))
        #expect(try made("-s", "700x", "--enlarge").size == Size(700, 525))
        let padded = try made("-s", "50x50", "--fit", "pad", "--background", "#102030")
        #expect(padded.size == Size(50, 50) && Array(padded.pixels[..<3]) == [16, 32, 48])
        #expect(try made("-s", "50x50", "--filter", "nearest") != made("-s", "50x50", "--linear"))

        let small = try Tool.run("thumbnail", "photo.jpg", "-o", "b.jpg", "--max-bytes", "4k", "--json", in: folder)
        #expect(try small.objects().first?["bytes"] as? Int ?? .max <= 4000)
        #expect(try folder.read("b.jpg").count <= 4000)
        let wrong = try Tool.run("thumbnail", "alpha.png", "-o", "b.png", "--max-bytes", "4k", in: folder)
        #expect(wrong.code == 64)
    }
}
