import TestSupport
import Testing
import Tintype
import TintypeStore

/// The file of records on the disk, whole and damaged.
@Suite struct RecordFileTests {
    let folder = TemporaryFolder()
    static let name = "models/Photo.json"

    func write(_ text: String) throws {
        folder.makeFolder("models")
        try folder.write(Array(text.utf8), to: Self.name)
    }

    @Test func isReadableAndSorted() async throws {
        try await folder.photos.save(Photo(id: 3, title: "c/d"))
        try await folder.photos.save(Photo(id: 2, title: "b"))
        #expect(
            try folder.text(Self.name) == """
                {
                  "model" : "Photo",
                  "nextID" : 4,
                  "records" : [
                    {
                      "id" : 2,
                      "title" : "b"
                    },
                    {
                      "id" : 3,
                      "title" : "c/d"
                    }
                  ],
                  "version" : 1
                }
                """)
        #expect(folder.names(in: "models") == ["Photo.json"])
    }

    @Test func anImageIsWrittenWithItsFacts() async throws {
        let photo = try await folder.photos.save(
            ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo())
        let text = try folder.text(Self.name)
        for key in ["name", "width", "height", "format", "bytes", "crc32"] { #expect(text.contains("\"\(key)\" : ")) }
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
        #"{"model":"Photo","version":1,"nextID":3,"records":[{"id":1,"title":7}]}"#,
        #"{"model":"Photo","version":1,"nextID":3,"records":[{"id":1,"title":"","image":{"name":"../../etc/passwd","width":1,"height":1,"format":"png","bytes":1,"crc32":1}}]}"#,
        #"{"model":"Photo","version":1,"nextID":99999999999999999999,"records":[]}"#,
    ])
    func damageIsNamedAndLeft(text: String) async throws {
        try write(text)
        for error in [
            await storeError { try await folder.photos.all() },
            await storeError { try await folder.photos.save(Photo()) },
        ] {
            guard case .damaged(Self.name, let reason)? = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(!reason.isEmpty)
        }
        #expect(try folder.text(Self.name) == text, "nothing was changed")
    }

    @Test func everyTruncationIsDamage() async throws {
        try await folder.photos.save(ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo(title: "é"))
        let whole = try folder.read(Self.name)
        for count in 0..<whole.count {
            try folder.write(Array(whole[..<count]), to: Self.name)
            guard case .damaged? = await storeError({ try await folder.photos.all() }) else {
                Issue.record("\(count) bytes")
                return
            }
        }
    }

    /// A flipped bit is damage or another value, never a crash, and never an image outside the root.
    @Test func flippedBits() async throws {
        try await folder.photos.save(ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Photo(title: "é"))
        let whole = try folder.read(Self.name)
        var random = SplitMix64(seed: 11)
        for _ in 0..<400 {
            var bytes = whole
            for _ in 0...Int.random(in: 0...2, using: &random) {
                bytes[Int.random(in: bytes.indices, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            try folder.write(bytes, to: Self.name)
            guard let all = try? await folder.photos.all() else { continue }
            for image in all.compactMap(\.image?.stored) {
                #expect(try RelativePath(image.name.description) == image.name)
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
