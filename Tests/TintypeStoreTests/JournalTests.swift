import FoundationEssentials
import Synchronization
import SystemPackage
import TestSupport
import Testing
import Tintype
import TintypeStore

/// The journal on the disk, whole, torn and damaged.
@Suite struct JournalTests {
    let folder = TemporaryFolder(inMemory: true)
    static let name = "models/Photo.journal"

    /// Three records, each a line.
    func threeRecords() async throws -> [UInt8] {
        for title in ["a", "é", "c"] { try await folder.photos.save(Photo(title: title)) }
        return try folder.read(Self.name)
    }

    @Test func everyLineIsAnObjectOfItsOwn() async throws {
        try await folder.photos.bulkCreate([Photo(title: "a"), Photo(title: "b")])
        try await folder.photos.delete(id: 1)
        struct Line: Decodable {
            var crc32: String
            var more: Bool?
            var put: Photo?
            var delete: Int?
        }
        let lines = try folder.text(Self.name).split(separator: "\n").map {
            try JSONDecoder().decode(Line.self, from: Data($0.utf8))
        }
        #expect(lines.map(\.put?.title) == ["a", "b", nil])
        #expect(lines.map(\.more) == [true, nil, nil], "the two of one commit belong together")
        #expect(lines.map(\.delete) == [nil, nil, 1])
    }

    /// Cut anywhere, a journal has the records of its whole lines; the rest is dropped and reported, and the store goes on.
    @Test func aTornLastLineIsDroppedAndReported() async throws {
        let whole = try await threeRecords()
        let ends = whole.indices.filter { whole[$0] == UInt8(ascii: "\n") }.map { $0 + 1 }
        for count in 0..<whole.count {
            try folder.write(Array(whole[..<count]), to: Self.name)
            let intact = ends.count { $0 <= count }
            let torn = Reports()
            let reader = folder.store(records: FileRecords(root: folder.path, onTornJournal: torn.add))
            #expect(try await reader.collection(of: Photo.self).all().map(\.id) == Array(1...3).dropLast(3 - intact))
            let start = ends.last { $0 <= count } ?? 0
            let report = FileRecords.TornJournal(file: Self.name, offset: start, bytes: count - start)
            #expect(torn.all == (start == count ? [] : [report]))
            #expect(try folder.read(Self.name).count == count, "reading changes nothing")
        }
        try folder.write(Array(whole.dropLast(3)), to: Self.name)
        let torn = Reports()
        let writer = folder.store(records: FileRecords(root: folder.path, onTornJournal: torn.add))
        #expect(try await writer.collection(of: Photo.self).save(Photo(title: "d")).id == 3)
        #expect(torn.all.count == 1)
        #expect(try await folder.photos.all().map(\.title) == ["a", "é", "d"])
    }

    /// The lines of one commit count together or not at all.
    @Test func aTornCommitIsDroppedWhole() async throws {
        try await folder.photos.save(Photo(title: "before"))
        let start = try folder.read(Self.name).count
        try await folder.photos.bulkCreate([Photo(title: "a"), Photo(title: "b"), Photo(title: "c")])
        let whole = try folder.read(Self.name)
        for count in start..<whole.count {
            try folder.write(Array(whole[..<count]), to: Self.name)
            #expect(try await folder.photos.all().map(\.title) == ["before"], "\(count) bytes")
        }
    }

    /// Every bit of every line but a line's end: an error that names file, line and byte, and nothing is changed.
    @Test func everyFlippedBitIsFound() async throws {
        let whole = try await threeRecords()
        for position in whole.indices where whole[position] != UInt8(ascii: "\n") {
            var bytes = whole
            bytes[position] ^= 1 << UInt8(position % 8)
            if bytes[position] == UInt8(ascii: "\n") { continue }
            try folder.write(bytes, to: Self.name)
            let line = 1 + whole[..<position].count { $0 == UInt8(ascii: "\n") }
            let start = whole[..<position].lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
            for error in [
                await storeError { try await folder.photos.all() },
                await storeError { try await folder.photos.save(Photo()) },
            ] {
                guard case .damaged(Self.name, line: line, byte: start, _)? = error else {
                    Issue.record("bit in byte \(position): \(String(describing: error))")
                    return
                }
            }
            #expect(try folder.read(Self.name) == bytes, "nothing was changed")
        }
        try folder.write(whole, to: Self.name)
        #expect(try await folder.photos.count() == 3)
    }

    @Test func everyFlippedBitOfTheSnapshotIsFound() async throws {
        _ = try await threeRecords()
        try await folder.store().compact()
        let whole = try folder.read("models/Photo.json")
        for position in whole.indices.dropLast() {
            var bytes = whole
            bytes[position] ^= 1 << UInt8(position % 8)
            try folder.write(bytes, to: "models/Photo.json")
            let error = await storeError { try await folder.photos.all() }
            switch error {
            case .damaged("models/Photo.json", line: _, byte: 0...whole.count, _)?, .newerVersion?: break
            default:
                // White space is all that may change without harm.
                #expect(
                    error == nil && [9, 10, 13, 32].contains(bytes[position]) && whole[position] <= 32,
                    "byte \(position)")
            }
        }
    }

    @Test(arguments: [
        (#"{"put":{"id":1,"title":""}}"#, "the checksum is missing or wrong"),
        (#"{"crc32":"00000000","put":{"id":1,"title":""}}"#, "the checksum is missing or wrong"),
        (#"{"crc32":"zzzzzzzz","put":{"id":1,"title":""}}"#, "the checksum is missing or wrong"),
        ("garbage", "the checksum is missing or wrong"), ("", "the checksum is missing or wrong"),
    ])
    func linesThatAreNone(line: String, reason: String) async throws {
        let whole = try await threeRecords()
        try folder.write(whole + Array((line + "\n").utf8), to: Self.name)
        let error = await storeError { try await folder.photos.all() }
        #expect(error == .damaged(file: Self.name, line: 4, byte: whole.count, reason: reason))
    }

    @Test func aJournalWithoutItsSnapshot() async throws {
        _ = try await threeRecords()
        try FileDescriptor.remove(folder / "models/Photo.json")
        #expect(
            await storeError { try await folder.photos.all() }
                == .damaged(
                    file: "models/Photo.json", line: 1, byte: 0, reason: "it is missing, but its journal is not"))
    }

    /// A snapshot in which a person changed something is taken, if they took its checksum away.
    @Test func aSnapshotEditedByHand() async throws {
        _ = try await threeRecords()
        try await folder.store().compact()
        let text = try folder.text("models/Photo.json")
        let edited = text.replacing(#""title":"c""#, with: #""title":"changed""#)
        try folder.write(Array(edited.utf8), to: "models/Photo.json")
        guard
            case .damaged("models/Photo.json", line: 4, byte: _, let reason)? = await storeError({
                try await folder.photos.all()
            })
        else {
            Issue.record("not refused")
            return
        }
        #expect(reason == "the checksum of the record 3 is missing or wrong")
        let plain = edited.replacing(/"crc32":"[0-9a-f]{8}",/, with: "")
        try folder.write(Array(plain.utf8), to: "models/Photo.json")
        #expect(try await folder.photos.get(id: 3).title == "changed")
    }

    /// The journal is folded into the snapshot when it has outgrown it, and nobody notices.
    @Test func compaction() async throws {
        let (mine, theirs) = (try folder.photos, try folder.photos)
        let title = String(repeating: "long ", count: 10_000)
        for round in 1...60 {
            try await mine.save(Photo(id: 1 + round % 3, title: title + "\(round)"))
            #expect(try await theirs.get(id: 1 + round % 3).title == title + "\(round)")
            #expect(try folder.read(Self.name, orNone: true).count < 1_200_000)
        }
        #expect(try folder.read("models/Photo.json").count > 100_000)
        #expect(folder.names(in: "models").allSatisfy { !$0.hasPrefix(".") })
        #expect(try await folder.photos.all().map { String($0.title.dropFirst(title.count)) } == ["60", "58", "59"])
    }

    /// A transaction over two models whose process was stopped after it was committed, before both journals had it.
    @Test func anIntentIsFinished() async throws {
        struct Album: Model {
            var id: Int?
            var title = ""
            static let imageFields: [ImageFieldDeclaration<Album>] = []
        }
        let store = folder.store()
        let (photos, albums) = (try store.collection(of: Photo.self), try store.collection(of: Album.self))
        try await photos.save(Photo(title: "a"))
        try await albums.save(Album(title: "a"))
        // Of the calls that change the disk, the last ones write the second journal and take the intent away.
        let counter = NthCall(0, of: \.changesTheDisk, .short(1))
        let both: @Sendable () async throws -> Void = {
            try await store.transaction {
                try await photos.save(Photo(title: "b"))
                try await albums.save(Album(title: "b"))
            }
        }
        try await SystemCall.$fault.withValue(counter.next) { try await both() }
        for number in 1...counter.count {
            let fault = Broken(from: number)
            let before = try await photos.count()
            await SystemCall.$fault.withValue(fault.next) {
                #expect(await storeError { try await both() } != nil)
            }
            // In another process, all or nothing: as the disk is well again, a commit that could not be taken back is finished.
            let there = folder.store()
            let counts = [
                try await there.collection(of: Album.self).count(), try await there.collection(of: Photo.self).count(),
            ]
            #expect(counts[0] == counts[1] && (before...before + 1).contains(counts[0]), "call \(number)")
            #expect(try await photos.count() == counts[0], "and this one sees the same")
            #expect(!folder.names(in: "models").contains(".transaction"))
        }
    }
}

/// What a store reported.
final class Reports: Sendable {
    private let torn = Mutex<[FileRecords.TornJournal]>([])

    var all: [FileRecords.TornJournal] { torn.withLock { $0 } }
    var add: @Sendable (FileRecords.TornJournal) -> Void {
        { report in self.torn.withLock { $0.append(report) } }
    }
}

extension TemporaryFolder {
    fileprivate func read(_ name: String, orNone: Bool) throws -> [UInt8] {
        (try? Stat(self / name)) == nil ? [] : try read(name)
    }
}
