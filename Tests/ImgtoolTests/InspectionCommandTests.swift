import Foundation
import TestSupport
import Testing
import Tintype

@Suite struct InspectionCommandTests {
    @Test func infoKeysInOrder() throws {
        let folder = try TemporaryFolder(["metadata.jpg", "animated.png"])
        let done = try Tool.run("info", "metadata.jpg", "animated.png", "--json", in: folder)
        #expect(done.code == 0 && done.lines.count == 2)
        let keys = [
            "path", "format", "width", "height", "orientation", "displayWidth", "displayHeight", "channels", "bitDepth",
            "hasAlpha", "frames", "loopCount", "bytes", "iccProfile",
        ]
        let own = [
            ["jpeg", "process", "subsampling", "components", "colorModel", "restartInterval"],
            ["png", "colorType", "interlaced", "palette", "animated"],
        ]
        for (line, own) in zip(done.lines, own) {
            let places = (keys + own).map { line.range(of: "\"\($0)\":")?.lowerBound }
            #expect(!places.contains(nil))
            #expect(places.compactMap { $0 } == places.compactMap { $0 }.sorted())
        }
        let jpeg = try #require(done.objects().first)
        #expect(jpeg["orientation"] as? Int == 6)
        #expect(jpeg["displayWidth"] as? Int == jpeg["height"] as? Int)
        #expect(try jpeg["bytes"] as? Int == folder.read("metadata.jpg").count)
        #expect((jpeg["jpeg"] as? [String: Any])?["process"] as? String == "baseline")
    }

    @Test func infoOfWhatCannotBeDecoded() throws {
        let folder = try TemporaryFolder(["progressive.jpg"])
        let done = try Tool.run("info", "progressive.jpg", "--json", in: folder)
        #expect(done.code == 0)
        #expect((try done.objects().first?["jpeg"] as? [String: Any])?["process"] as? String == "progressive")
    }

    @Test func infoForPeopleAndPipes() throws {
        let folder = try TemporaryFolder(["photo.jpg", "photo.png", "photo.gif"])
        let done = try Tool.run("info", "photo.jpg", "photo.png", "photo.gif", in: folder)
        #expect(done.code == 0)
        #expect(done.lines[0].hasPrefix("photo.jpg: JPEG, 640x480, "))
        // What EXIF says stands in a line of its own.
        #expect(done.lines[1].hasPrefix("    Tintype"))
        #expect(done.lines.count == 4 && done.errors.isEmpty)
        let piped = try Tool.run("info", "-", "--json", in: folder, input: folder.read("photo.png"))
        #expect(try piped.objects().first?["width"] as? Int == 256)
        #expect(try Tool.run("info", "nothing.png", in: folder).code == 66)
    }

    @Test func infoTellsWhatPNGSays() throws {
        let folder = TemporaryFolder()
        var chunks = PNGSample(random: 4, 3, colorType: 2, depth: 8).chunks
        chunks.insert(
            contentsOf: [
                PNGChunk("sRGB", [1]), PNGChunk("gAMA", bigEndian32(45455)), PNGChunk("sBIT", [5, 6, 5]),
                PNGChunk("bKGD", [0, 255, 0, 16, 0, 0]), PNGChunk("tIME", [7, 234, 5, 1, 12, 30, 7]),
            ], at: 1)
        let text = Array("Title\0two\nlines \u{7}".utf8)
        chunks.insert(PNGChunk("tEXt", text), at: chunks.count - 1)
        try folder.write(PNGChunk.file(chunks), to: "a.png")
        let done = try Tool.run("info", "a.png", in: folder)
        #expect(done.lines[0].contains(", sRGB"))
        #expect(
            done.lines.dropFirst() == [
                "    gamma 0.45455, significant bits 5 6 5, background #ff1000, changed 2026-05-01T12:30:07Z",
                "    Title: two …",
            ])
        let json = try #require(try Tool.run("info", "a.png", "--json", in: folder).objects().first)
        let png = try #require(json["png"] as? [String: Any])
        #expect(png["gamma"] as? Double == 0.45455 && png["background"] as? String == "#ff1000")
        #expect(png["modified"] as? String == "2026-05-01T12:30:07Z" && png["sRGB"] as? Bool == true)
        #expect((png["texts"] as? [[String: String]])?.first?["text"] == "two\nlines \u{7}")
    }

    @Test func infoTellsHowAPictureWasTaken() throws {
        let folder = TemporaryFolder()
        let image = Image(
            size: Size(2, 2), pixelFormat: .gray8, pixels: [1, 2, 3, 4],
            metadata: Metadata(exif: EXIFWriting(littleEndian: true).camera()))
        let taken =
            "    taken 2026-05-01 12:30:07+02:00, Canon EOS R5, RF 24-70mm F2.8, 1/250 s, f/2.8, ISO 400, 35 mm, flash, "
            + "48.85837° N 2.29444° W -35.5 m, by Anna, copyright: (c) Anna"
        for name in ["a.jpg", "a.png"] {
            try folder.write(
                image.encoded(as: Encoding(pathExtension: String(name.suffix(3)), for: .gray8), keeping: .all), to: name
            )
            let done = try Tool.run("info", name, in: folder)
            #expect(done.lines.last.map(String.init) == taken)
            let object = try #require(Tool.run("info", name, "--json", in: folder).objects().first)
            let exif = try #require(object["exif"] as? [String: Any])
            #expect(exif["dateTaken"] as? String == "2026-05-01T12:30:07+02:00")
            #expect(exif["exposureTime"] as? Double == 0.004 && exif["fNumber"] as? Double == 2.8)
            #expect(exif["latitude"] as? Double == 48.8583667 && exif["longitude"] as? Double == -2.2944444)
            #expect(exif["altitude"] as? Double == -35.5 && exif["flashFired"] as? Bool == true)
            #expect(exif["iso"] as? Int == 400 && exif["focalLengthIn35mmFilm"] as? Int == 56)
        }
        let plain = try TemporaryFolder(["photo.png"])
        #expect(try Tool.run("info", "photo.png", "--json", in: plain).objects().first?["exif"] == nil)
    }

    @Test func verify() throws {
        let folder = try TemporaryFolder(["photo.jpg", "animated.gif"])
        let photo = try folder.read("photo.jpg")
        try folder.write(photo, to: "named.png")
        try folder.write(photo + Array("tail".utf8), to: "long.jpg")
        try folder.write(Array(photo.prefix(photo.count / 2)), to: "cut.jpg")

        let whole = try Tool.run("verify", "photo.jpg", "animated.gif", in: folder)
        #expect(whole.code == 0 && whole.lines == ["photo.jpg: intact", "animated.gif: intact"])
        for (name, word) in [("named.png", "extension"), ("long.jpg", "trailingBytes")] {
            let done = try Tool.run("verify", name, "--json", in: folder)
            #expect(done.code == 0)
            let problems = try #require(done.objects().first?["problems"] as? [[String: Any]])
            #expect(problems.map { $0["kind"] as? String } == [word])
            #expect(try Tool.run("verify", name, in: folder).text.hasPrefix("\(name): intact ("))
        }
        let cut = try Tool.run("verify", "cut.jpg", "--json", in: folder)
        #expect(cut.code == 65)
        let object = try #require(cut.objects().first)
        #expect(object["ok"] as? Bool == false)
        #expect((object["error"] as? [String: Any])?["kind"] as? String == "truncated")
        #expect((object["problems"] as? [[String: Any]])?.first?["row"] as? Int ?? 0 > 0)
        #expect(try Tool.run("verify", "cut.jpg", in: folder).errors.contains("from row"))
        #expect(try Tool.run("verify", "cut.jpg", "photo.jpg", in: folder).code == 1)
    }

    @Test func namesAreQuotedInJSON() throws {
        let folder = TemporaryFolder()
        let name = "a \"b\"\\\n\u{1}é.png"
        let done = try Tool.run("info", name, "--json", in: folder)
        #expect(done.lines.count == 1)
        #expect(try done.objects().first?["input"] as? String == name)
    }
}
