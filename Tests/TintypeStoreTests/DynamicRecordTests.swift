import TestSupport
import Testing
import Tintype
import TintypeStore

@Suite struct DynamicRecordTests {
    let folder = TemporaryFolder()

    @Test func anyKeysAndValues() async throws {
        let things = try folder.store().collection(named: "Thing")
        let values: [String: JSONValue] = [
            "text": .string("é\n\"\\"), "whole": .integer(-7), "real": .number(0.5), "yes": .bool(true),
            "no": .bool(false),
            "nothing": .null, "list": .array([.integer(1), .string("2"), .array([])]),
            "object": .object(["a": .object([:])]), "big": .integer(Int.max),
        ]
        let saved = try await things.create(DynamicRecord(values: values))
        #expect(saved.id == 1)
        // Another collection reads the file.
        let again = try folder.store().collection(named: "Thing")
        #expect(try await again.get(id: 1) == DynamicRecord(id: 1, values: values))
    }

    @Test func nestedValuesAreReadOrRefused() async throws {
        folder.makeFolder("models")
        for depth in [10, 300, 5000] {
            let nested = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
            let text = #"{"model":"Thing","version":1,"nextID":2,"records":[{"id":1,"x":\#(nested)}]}"#
            try folder.write(Array(text.utf8), to: "models/Thing.json")
            let things = try folder.store().collection(named: "Thing")
            let error = await storeError { try await things.save(things.get(id: 1)) }
            guard case .damaged? = error else {
                #expect(error == nil && depth < 5000)
                continue
            }
            #expect(depth == 5000)
        }
    }

    @Test func sharesItsFileWithATypedModel() async throws {
        let photos = try folder.store().collection(named: "Photo", uploadTo: .dated("p"))
        let content = ContentFile(named: "a.png", bytes: try picture())
        var record = try await photos.save(
            content, in: \.[image: "image"], of: DynamicRecord(values: ["title": .string("t")]))
        let typed = try await folder.photos.get(id: 1)
        #expect(typed.title == "t")
        #expect(typed.image == record[image: "image"])
        #expect(record.imageNames == ["image"])
        #expect(try await photos.read(\.[image: "image"], of: record) == content.bytes)
        #expect(record[image: "title"] == nil && record[image: "none"] == nil)

        record = try await photos.save(content, in: \.[image: "cover"], of: record)
        #expect(record.imageNames == ["cover", "image"])
        #expect(folder.names(in: "media/p").count == 2)
        record[image: "image"] = nil
        try await photos.save(record)
        #expect(folder.names(in: "media/p").count == 1)
        try await photos.delete(id: 1)
        #expect(folder.names(in: "media/p").isEmpty)
    }

    @Test func copiesOfAnImageKeepItsFacts() async throws {
        let things = try folder.store().collection(named: "Thing")
        var record = try await things.save(
            ContentFile(named: "a.png", bytes: picture()), in: \.[image: "a"], of: DynamicRecord())
        record[image: "b"] = record[image: "a"]
        let saved = try await things.save(record)
        let (a, b) = (try #require(saved[image: "a"]?.stored), try #require(saved[image: "b"]?.stored))
        #expect(a.name != b.name && a.crc32 == b.crc32 && a.size == b.size)
        record = saved
        record[image: "a"] = nil
        try await things.save(record)
        #expect(folder.names(in: "media") == [b.name.description], "the other key has a file of its own")
    }
}
