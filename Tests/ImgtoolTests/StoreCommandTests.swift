import Foundation
import Glibc
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

    @Test func care() throws {
        let folder = try TemporaryFolder(["photo.jpg", "alpha.png"])
        func store(_ arguments: String...) throws -> Tool.Result { try Tool.run(["store"] + arguments, in: folder) }
        #expect(try store("save", "photo.jpg", "alpha.png", "photo.jpg", "--model", "Photo").code == 0)
        let well = try store("check", "--json")
        #expect(try well.code == 0 && well.objects().count == 1 && well.objects()[0]["records"] as? Int == 3)

        try folder.write([1, 2], to: "imgstore/media/stray.png")
        let orphan = try store("check", "--json")
        #expect(try orphan.code == 0 && orphan.objects()[0]["finding"] as? String == "orphan")
        #expect(try store("gc").lines.isEmpty, "it is too young")
        #expect(try store("gc", "--grace", "0s", "--dry-run").text == "would remove stray.png (2 bytes)\n")
        #expect(folder.names(in: "imgstore/media").contains("stray.png"))
        #expect(try store("gc", "--grace", "0s", "--json").objects()[0]["removed"] as? Bool == true)
        #expect(!folder.names(in: "imgstore/media").contains("stray.png"))
        for grace in ["", "x", "-1s", "1w", "99999999999999999999"] {
            #expect(try store("gc", "--grace", grace).code == 64)
        }

        try folder.write([1, 2], to: "imgstore/media/alpha.png")
        let damaged = try store("check", "--json")
        #expect(damaged.code == 65)
        #expect(
            try damaged.objects()[0]["finding"] as? String == "wrong_size" && damaged.objects()[0]["id"] as? Int == 2)
        #expect(try store("check").text.contains("wrong_size: Photo 2: alpha.png"))

        #expect(try store("compact").code == 0)
        #expect(folder.names(in: "imgstore/models") == ["Photo.json"])
        #expect(try store("list", "--model", "Photo").lines.count == 3)
    }

    @Test func aLockedStore() throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        #expect(try Tool.run("store", "save", "photo.jpg", "--model", "Photo", in: folder).code == 0)
        let lock = try #require(FileHandle(forUpdatingAtPath: (folder / "imgstore/.lock").string))
        #expect(flock(lock.fileDescriptor, LOCK_EX) == 0)
        let late = try Tool.run("store", "save", "photo.jpg", "--model", "Photo", "--wait", "0.1", "--json", in: folder)
        #expect(late.code == 75)
        #expect(try late.objects()[0]["ok"] as? Bool == false)
        #expect(try Tool.run("store", "get", "--model", "Photo", "1", in: folder).code == 0, "reading needs no lock")
        #expect(try Tool.run("store", "save", "photo.jpg", "--model", "Photo", "--wait", "-1", in: folder).code == 64)
        try lock.close()
        #expect(try Tool.run("store", "save", "photo.jpg", "--model", "Photo", in: folder).text == "2\n")
    }

    /// The end of a journal that a killed process left is dropped with a warning; damage before it is an error that names the place.
    @Test func damagedRecords() throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        for _ in 0..<2 { #expect(try Tool.run("store", "save", "photo.jpg", "--model", "Photo", in: folder).code == 0) }
        let journal = try folder.read("imgstore/models/Photo.journal")
        try folder.write(journal + Array(#"{"crc32":"00"#.utf8), to: "imgstore/models/Photo.journal")
        let torn = try Tool.run("store", "list", "--model", "Photo", in: folder)
        #expect(torn.code == 0 && torn.lines.count == 2)
        #expect(torn.errors.contains("models/Photo.journal: warning: an unfinished change at byte \(journal.count)"))
        var flipped = journal
        flipped[40] ^= 1
        try folder.write(flipped, to: "imgstore/models/Photo.journal")
        let damaged = try Tool.run("store", "get", "--model", "Photo", "2", "--json", in: folder)
        #expect(damaged.code == 65)
        let error = try #require(damaged.objects()[0]["error"] as? [String: Any])
        #expect((error["reason"] as? String)?.hasPrefix("models/Photo.journal is damaged in line 1") == true)
        #expect(error["offset"] as? Int == 0)
    }

    /// Four processes save into one store at the same time. (A thousand records: `Scripts/check-store.py`.)
    @Test func fourProcesses() throws {
        let folder = try TemporaryFolder(["alpha.png"])
        let files = Array(repeating: "alpha.png", count: 10)
        let processes = try (0..<4).map { _ in
            let pipe = Pipe()
            let process = try Tool.start(
                ["store", "save", "--model", "Photo"] + files, in: folder, input: FileHandle.nullDevice, output: pipe,
                errors: FileHandle.nullDevice)
            return (process, pipe)
        }
        var ids: [Int] = []
        for (process, pipe) in processes {
            let output = try pipe.fileHandleForReading.readToEnd() ?? Data()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
            ids += String(decoding: output, as: UTF8.self).split(separator: "\n").compactMap { Int($0) }
        }
        #expect(ids.sorted() == Array(1...40))
        #expect(try Tool.run("store", "check", "--json", in: folder).objects().last?["images"] as? Int == 40)
    }
}
