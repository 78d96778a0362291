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
        #expect(done.lines.count == 3 && done.errors.isEmpty)
        let piped = try Tool.run("info", "-", "--json", in: folder, input: folder.read("photo.png"))
        #expect(try piped.objects().first?["width"] as? Int == 256)
        #expect(try Tool.run("info", "nothing.png", in: folder).code == 66)
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
