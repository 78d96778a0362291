import Foundation
import TestSupport
import Testing
import Tintype

@Suite struct StoreCommandTests {
    @Test func aRecordsLife() throws {
        let folder = try TemporaryFolder(["photo.jpg", "alpha.png"])
        func store(_ arguments: String...) throws -> Tool.Result { try Tool.run(["store"] + arguments, in: folder) }

        let saved = try store("save", "photo.jpg", "alpha.png", "--model", "Photo", "--set", "title=Lake at night")
        #expect(saved.code == 0 && saved.text == "1\n2\n")
        let record = try #require(store("get", "--model", "Photo", "1", "--json").objects().first)
        #expect(record["id"] as? Int == 1 && record["title"] as? String == "Lake at night")
        let image = try #require(record["image"] as? [String: Any])
        #expect(image["name"] as? String == "photo.jpg")
        #expect(image["width"] as? Int == 640 && image["height"] as? Int == 480)
        #expect(try folder.read("imgstore/media/photo.jpg") == folder.read("photo.jpg"))

        let list = try store("list", "--model", "Photo")
        #expect(list.code == 0 && list.lines.count == 2)
        #expect(list.lines[0].hasPrefix("1  photo.jpg 640x480 "))
        #expect(try store("list", "--model", "Photo", "--json").objects().map { $0["id"] as? Int } == [1, 2])
        #expect(try store("get", "--model", "Photo", "2").text.hasPrefix("id: 2\nimage: "))

        let replaced = try store("save", "alpha.png", "--model", "Photo", "--id", "1", "--json")
        #expect(try replaced.objects().first?["id"] as? Int == 1)
        #expect(folder.names(in: "imgstore/media").count == 2)

        #expect(try store("export", "--model", "Photo", "1", "-o", "out.png").code == 0)
        #expect(try folder.read("out.png") == folder.read("alpha.png"))
        #expect(try store("export", "--model", "Photo", "1", "-o", "-").output == folder.read("alpha.png"))
        #expect(try store("delete", "--model", "Photo", "1").code == 0)
        let gone = try store("get", "--model", "Photo", "1")
        #expect(gone.code == 66 && gone.errors.contains("Photo with id 1 does not exist"))
        #expect(try store("export", "--model", "Photo", "1", "-o", "-").code == 66)
        #expect(try store("delete", "--model", "Photo", "1", "--json").code == 66)
        #expect(try store("save", "photo.jpg", "--model", "Photo", "--id", "1").code == 66)
        #expect(try store("save", "photo.jpg", "--model", "Photo").text == "3\n")
    }

    @Test func thumbnailsAndFolders() throws {
        let folder = try TemporaryFolder(["photo.jpg", "alpha.png"])
        let done = try Tool.run(
            "store", "save", "alpha.png", "--model", "Photo", "--store", "elsewhere", "--field", "cover", "--upload-to",
            "photos/%Y", "--thumbnail", "40x40", "-q", "70", "--json", in: folder)
        #expect(done.code == 0)
        let image = try #require(done.objects().first?["cover"] as? [String: Any])
        let name = try #require(image["name"] as? String)
        #expect(name.hasPrefix("photos/20") && name.hasSuffix("/alpha.jpg"))
        #expect(try Image(decoding: folder.read("elsewhere/media/\(name)")).size == Size(40, 30))
    }

    @Test func refusals() throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        let photo = try folder.read("photo.jpg")
        try folder.write(photo, to: "named.png")
        try folder.write(photo + [1, 2, 3], to: "long.jpg")
        try folder.write(Array("P5 1 1 255\nx".utf8), to: "gray.pgm")
        try folder.write([], to: "empty.jpg")
        let codes = [
            ("named.png", "invalid_extension"), ("long.jpg", "invalid_image"), ("gray.pgm", "invalid_image"),
            ("empty.jpg", "empty"),
        ]
        for (name, code) in codes {
            let done = try Tool.run("store", "save", name, "--model", "Photo", "--json", in: folder)
            #expect(done.code == 65)
            #expect(try done.objects().first?["code"] as? String == code)
        }
        #expect(try Tool.run("store", "list", "--model", "Photo", in: folder).lines.isEmpty)
        let wrong = [
            ["photo.jpg"], ["photo.jpg", "--model", "../x"], ["photo.jpg", "--model", "Photo", "--upload-to", "/etc"],
            ["photo.jpg", "--model", "Photo", "--set", "novalue"], ["photo.jpg", "--model", "Photo", "--set", "id=3"],
            ["photo.jpg", "long.jpg", "--model", "Photo", "--id", "1"], ["photo.jpg", "--model", "Photo", "-q", "0"],
        ]
        for arguments in wrong { #expect(try Tool.run(["store", "save"] + arguments, in: folder).code == 64) }
        #expect(try Tool.run("store", "save", "missing.jpg", "--model", "Photo", in: folder).code == 66)
        let some = try Tool.run("store", "save", "missing.jpg", "photo.jpg", "--model", "Photo", in: folder)
        #expect(some.code == 1 && some.text == "1\n")
    }
}
