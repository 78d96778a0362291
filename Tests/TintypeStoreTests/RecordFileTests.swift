import TestSupport
import Testing
import Tintype
import TintypeStore

/// The file of records on the disk, whole and damaged.
@Suite struct RecordFileTests {
    let folder = TemporaryFolder()
    static let name = "models/Photo.json"
    static let journal = "models/Photo.journal"

    func write(_ text: String) throws {
        folder.makeFolder("models")
        try folder.write(Array(text.utf8), to: Self.name)
    }

    @Test func isReadableAndSorted() async throws {
        let store = folder.store()
        let photos = try store.collection(of: Photo.self)
        try await photos.save(Photo(id: 3, title: "c/d"))
        try await photos.save(Photo(id: 2, title: "b"))
        #expect(folder.names(in: "models") == ["Photo.journal", "Photo.json"])
        #expect(
            // The checksums are those of Python's zlib.crc32.
            try folder.text(Self.journal) == """
                {"crc32":"f405db36","put":{"id":3,"title":"c/d"}}
                {"crc32":"d9a83215","put":{"id":2,"title":"b"}}

                """)
        try await store.compact()
        #expect(
            try folder.text(Self.name) == """
                {"crc32":"2b97e7ab","model":"Photo","version":1,"nextID":4,"records":[
                {"crc32":"c24bd1bb","id":2,"title":"b"},
                {"crc32":"4caff627","id":3,"title":"c/d"}
                ]}

                """)
        #expect(folder.names(in: "models") == ["Photo.json"])
        #expect(try await folder.photos.all().map(\.title) == ["b", "c/d"])
    }

    @Test func anImageIsWrittenWithItsFacts() async throws {
        let photo = try await folder.photos.save(
            ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo())
        let text = try folder.text(Self.journal)
        for key in ["name", "width", "height", "format", "bytes", "crc32"] { #expect(text.contains("\"\(key)\":")) }
        #expect(text.contains("\"photos/2026/11/a.png\""))
        #expect(try await folder.photos.get(id: 1) == photo)
    }

    @Test func unknownKeysAreIgnored() async throws {
        try write(
            #"{"model":"Photo","version":1,"nextID":9,"new":[1],"records":[{"id":2,"title":"t","colour":"red"}]}"#)
        #expect(try await folder.photos.all() == [Photo(id: 2, title: "t")])
        #expect(try await folder.photos.save(Photo()).id == 9)
    }

    @Test func newerVersionsAreRefused() async throws {
        let text = #"{"model":"Photo","version":2,"records":"something else"}"#
        try write(text)
        let error = StoreError.newerVersion(file: Self.name, version: 2)
        #expect(await storeError { try await folder.photos.all() } == error)
        #expect(await storeError { try await folder.photos.save(Photo()) } == error)
        #expect(try folder.text(Self.name) == text, "nothing was changed")
    }

    @Test(arguments: [
        "", "[]", "{", "null", #"{"model":"Photo","version":1,"nextID":2}"#,
        #"{"model":"Other","version":1,"nextID":2,"records":[]}"#,
        #"{"model":"Photo","version":1,"nextID":3,"records":[{"id":1,"title":""},{"id":1,"title":""}]}"#,
        #"{"model":"Photo","version":1,"nextID":3,"records":[{"title":""}]}"#,
        #"{"model":"Photo","version":1,"nextID":3,"records":[{"id":3,"title":""}]}"#,
        #"{"model":"Photo","version":1,"nextID":3,"records":[{"id":-1,"title":""}]}"#,
        #"{"model":"Photo","version":1,"nextID":3,"records":[{"id":1,"title":""}],}"#,
        #"{"model":"Photo","version":1,"nextID":3,"records":[{"id":1,"title":""}]}x"#,
        #"{"model":"Photo","nextID":3,"records":[]}"#,
        #"{"model":"Photo","version":1,"nextID":99999999999999999999,"records":[]}"#,
    ])
    func damageIsNamedAndLeft(text: String) async throws {
        try write(text)
        for error in [
            await storeError { try await folder.photos.all() },
            await storeError { try await folder.photos.save(Photo()) },
        ] {
            guard case .damaged(Self.name, line: 1, byte: 0...text.utf8.count, let reason)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(!reason.isEmpty)
        }
        #expect(try folder.text(Self.name) == text, "nothing was changed")
    }

    /// What a program wrote that knows another type: the rest of the file is as good as ever.
    @Test(arguments: [
        #"{"id":1,"title":7}"#,
        #"{"id":1,"title":"","image":{"name":"../../etc/passwd","width":1,"height":1,"format":"png","bytes":1,"crc32":1}}"#,
        #"{"id":1}"#, "{\"id\":1,\"title\":\"\u{FFFD}\\uD800\"}",
    ])
    func oneRecordThatIsNoPhoto(record: String) async throws {
        try write(#"{"model":"Photo","version":1,"nextID":3,"records":[{"id":2,"title":"b"},\#(record)]}"#)
        let photos = try folder.photos
        for error in [await storeError { try await photos.get(id: 1) }, await storeError { try await photos.all() }] {
            guard case .undecodable("Photo", id: 1, let reason)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(!reason.isEmpty)
        }
        #expect(try await photos.get(id: 2).title == "b")
        #expect(try await photos.save(Photo()).id == 3)
    }

    @Test func everyTruncationOfTheSnapshotIsDamage() async throws {
        let store = folder.store()
        try await store.collection(of: Photo.self).save(
            ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo(title: "é"))
        try await store.compact()
        let whole = try folder.read(Self.name)
        for count in 0..<whole.count - 1 {
            try folder.write(Array(whole[..<count]), to: Self.name)
            guard case .damaged? = await storeError({ try await folder.photos.all() }) else {
                Issue.record("\(count) bytes")
                return
            }
        }
    }

    @Test func deepNestingIsRefused() async throws {
        try write(String(repeating: "[", count: 100_000))
        guard case .damaged? = await storeError({ try await folder.photos.all() }) else {
            Issue.record("not refused")
            return
        }
    }

    @Test func aLinkIsNotFollowed() async throws {
        folder.makeFolder("far")
        folder.makeLink("models", to: folder / "far")
        #expect(await storeError { try await folder.photos.save(Photo()) } != nil)
        #expect(folder.names(in: "far") == [])
    }
}
