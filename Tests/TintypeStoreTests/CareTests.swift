import FoundationEssentials
import SystemPackage
import TestSupport
import Testing
import Tintype
import TintypeStore

/// `check` and `gc`.
@Suite struct CareTests {
    let folder = TemporaryFolder()
    static let media = "media/photos/2026/11"

    /// Three records with an image each: a.png, b.png, c.png.
    func threeImages() async throws {
        for name in ["a.png", "b.png", "c.png"] {
            try await folder.photos.save(
                ContentFile(named: name, bytes: picture()), in: \.image, of: Photo(title: name))
        }
    }

    /// The store, a minute from now.
    var later: ModelStore {
        var store = folder.store()
        store.clock = { Date(timeIntervalSinceNow: 60) }
        return store
    }

    func findings() async throws -> [String] {
        try await folder.store().check().findings.map { "\($0.kind.rawValue) \($0.id ?? 0) \($0.file)" }
    }

    @Test func allIsWell() async throws {
        #expect(try await folder.store().check() == .allWell(records: 0, images: 0))
        try await threeImages()
        #expect(try await folder.store().check() == .allWell(records: 3, images: 3))
        #expect(try await folder.store().check().isSound)
    }

    @Test func everyKindIsFound() async throws {
        try await threeImages()
        try FileDescriptor.remove(folder / "\(Self.media)/a.png")
        var bytes = try picture()
        bytes[bytes.count / 2] ^= 1
        try folder.write(bytes, to: "\(Self.media)/b.png")
        try folder.write(bytes + [0], to: "\(Self.media)/c.png")
        try folder.write([1], to: "\(Self.media)/stray.png")
        #expect(
            try await findings() == [
                "dangling 1 photos/2026/11/a.png", "damaged 2 photos/2026/11/b.png",
                "wrong_size 3 photos/2026/11/c.png",
                "orphan 0 photos/2026/11/stray.png",
            ])
        let isSound = try await folder.store().check().isSound
        #expect(!isSound)
        try await later.gc(grace: .seconds(0))
        #expect(folder.names(in: Self.media) == ["b.png", "c.png"], "gc removes nothing that a record names")
    }

    @Test func factsThatAreWrong() async throws {
        try await threeImages()
        var photo = try await folder.photos.get(id: 2)
        guard case .stored(var image)? = photo.image else { return }
        image.width += 1
        photo.image = .stored(image)
        try await folder.photos.save(photo)
        #expect(try await findings() == ["wrong_dimensions 2 photos/2026/11/b.png"])
    }

    /// A damaged file of records is a finding; nothing is called an orphan, and nothing is removed, while it is.
    @Test func damagedRecords() async throws {
        try await threeImages()
        var journal = try folder.read("models/Photo.journal")
        journal[30] ^= 1
        try folder.write(journal, to: "models/Photo.journal")
        #expect(try await findings() == ["damaged 0 models/Photo.journal"])
        #expect(await storeError { try await later.gc(grace: .seconds(0)) } != nil)
        #expect(folder.names(in: Self.media).count == 3)
    }

    @Test func gcHasPatience() async throws {
        try await threeImages()
        try folder.write([1], to: "\(Self.media)/stray.png")
        try folder.write([1], to: "media/.half.png.tmp-abc")
        var store = folder.store()
        store.clock = { Date() }
        #expect(try await store.gc() == [], "younger than an hour")
        store.clock = { Date(timeIntervalSinceNow: 3_500) }
        #expect(try await store.gc() == [])
        store.clock = { Date(timeIntervalSinceNow: 3_700) }
        let orphans = [".half.png.tmp-abc", "photos/2026/11/stray.png"]
        #expect(try await store.gc(dryRun: true).map(\.path.description) == orphans)
        #expect(folder.names(in: Self.media).contains("stray.png"), "a dry run removes nothing")
        #expect(try await store.gc().map(\.path.description) == orphans)
        #expect(try await store.check() == .allWell(records: 3, images: 3))
    }

    /// An image that waits for its record in this process is not collected; in a save, the lack of one that was is noticed.
    @Test func gcAndSavesThatAreUnderWay() async throws {
        let store = later
        let photos = try store.collection(of: Photo.self)
        let waiting = try await photos.save(
            ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo(), persist: false)
        #expect(try await store.gc(grace: .seconds(0)) == [])
        #expect(try await later.gc(grace: .seconds(0)).count == 1, "another process cannot know")
        let name = try #require(waiting.image?.stored?.name.description)
        #expect(await storeError { try await photos.save(waiting) } == .missingFile(name))
        #expect(try await store.check().isSound)
    }

    /// Images in records of types that are not declared here, and nested ones, are seen too.
    @Test func imagesAnywhere() async throws {
        try await threeImages()
        let things = try folder.store().collection(named: "Thing")
        let stored = try await folder.photos.get(id: 1).image?.stored
        let image = try JSONDecoder().decode(JSONValue.self, from: JSONEncoder().encode(stored))
        try await things.save(DynamicRecord(values: ["deep": .array([.object(["er": image])])]))
        try await folder.photos.delete(id: 1)
        #expect(try await findings() == ["dangling 1 photos/2026/11/a.png"])
    }
}

/// What somebody with bad intentions calls a file, puts in its place, or appends to it.
@Suite struct AttackTests {
    let folder = TemporaryFolder()

    func save(_ name: String, _ bytes: [UInt8]? = nil) async throws -> Photo {
        try await folder.photos.save(ContentFile(named: name, bytes: bytes ?? picture()), in: \.image, of: Photo())
    }

    @Test(arguments: [
        "..", ".", "", "a/", "../x.png", "..\\x.png", "/etc/passwd", "/etc/x.png", "a/../b.png", "C:\\x.png", "a\0.png",
        "a\n.png", "....//x.png", "%2e%2e/x.png", "a/\u{308}b.png",
    ])
    func namesThatLeadElsewhere(name: String) async throws {
        guard case .invalidName(name, _)? = await storeError({ try await save(name) }) else {
            Issue.record("not refused")
            return
        }
        #expect(folder.names() == [])
    }

    @Test(arguments: [
        ("-rf.png", "-rf.png"), (".hidden.png", ".hidden.png"), ("safe\u{202E}gnp.exe.png", "safegnp.exe.png"),
        ("%2e%2e%2fx.png", "2e2e2fx.png"), ("CON.png", "CON.png"), ("a;rm -rf *.png", "arm_-rf_.png"),
        ("\u{FF0E}\u{FF0E}\u{FF0F}x.png", "x.png"),
    ])
    func namesThatAreMadeHarmless(name: String, stored: String) async throws {
        #expect(try await save(name).image?.stored?.name.description == "photos/2026/11/" + stored)
        #expect(folder.names(in: "media/photos/2026/11") == [stored])
    }

    @Test(arguments: [".png", "..png", ".tar.gz", "png"])
    func namesThatAreOnlySuffixes(name: String) async throws {
        let result = await storeError { try await save(name) }
        #expect(result?.validation?.code == .invalidExtension || folder.names(in: "media/photos/2026/11") == [name])
    }

    /// Below the storage's root; the root itself may be a link, as whoever runs the program says where it is.
    @Test(arguments: ["media/photos", "media/photos/2026", "media/photos/2026/11"])
    func linksInThePlaceOfFolders(link: String) async throws {
        let elsewhere = TemporaryFolder()
        folder.makeFolders(String(link.prefix(through: link.lastIndex(of: "/") ?? link.startIndex)))
        folder.makeLink(link, to: elsewhere.path)
        #expect(await storeError { try await save("a.png") } != nil)
        #expect(elsewhere.names() == [])
    }

    @Test(arguments: ["models", "models/Photo.json", "models/Photo.journal", ".lock"])
    func linksInThePlaceOfRecords(link: String) async throws {
        let elsewhere = TemporaryFolder()
        try elsewhere.write(Array("precious".utf8), to: "file")
        if link.hasPrefix("models/") { try await folder.photos.save(Photo(title: "x")) }
        if link != "models" { try? FileDescriptor.remove(folder / link) }
        folder.makeLink(link, to: link == "models" ? elsewhere.path : elsewhere / "file")
        #expect(await storeError { try await folder.photos.save(Photo(title: "y")) } != nil)
        #expect(elsewhere.names() == ["file"])
        #expect(try elsewhere.text("file") == "precious")
    }

    @Test(arguments: [
        "media/photos/2026/11/a.png", "models/Photo.json", "models/Photo.journal", ".lock", "models/.transaction",
    ])
    func aFolderInTheFilesPlace(path: String) async throws {
        if path.hasPrefix("models/") { try await folder.photos.save(Photo(title: "x")) }
        try? FileDescriptor.remove(folder / path)
        folder.makeFolders(path)
        let error = await storeError { try await save("a.png") }
        if path.hasPrefix("media") {
            #expect(error == nil, "another name is free")
        } else {
            guard case .file? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            try FileDescriptor.removeFolder(folder / path)
            if path.hasSuffix(".json") { return }
            #expect(try await save("a.png").id != nil, "the store is usable again")
        }
    }

    @Test(arguments: ["rgb-8.png", "photo.jpg", "animated.gif", "animated.png"])
    func polyglots(file: String) async throws {
        let name = "a." + (file.split(separator: ".").last ?? "")
        for tail in ["<?php system($_GET[0]); ?>", "<html><script>", "PK\u{3}\u{4}", "\0"] {
            let error = await storeError { try await save(name, picture(file) + Array(tail.utf8)) }
            #expect(error?.validation?.code == .invalidImage)
        }
        #expect(folder.names() == [])
    }
}

extension TemporaryFolder {
    /// Makes a folder and those that it is in, where they are not there.
    fileprivate func makeFolders(_ path: String) {
        var parent = ""
        for part in path.split(separator: "/") {
            parent += parent.isEmpty ? String(part) : "/" + part
            if (try? Stat(self / parent)) == nil { makeFolder(parent) }
        }
    }
}
