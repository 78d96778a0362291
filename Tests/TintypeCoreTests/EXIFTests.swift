import TestSupport
import Testing

@testable import TintypeCore

@Suite struct EXIFTests {
    static let thumbnail = [UInt8](repeating: 0x77, count: 300)

    @Test(arguments: [true, false])
    func allFacts(_ littleEndian: Bool) throws {
        let facts = try #require(Metadata(exif: EXIFWriting(littleEndian: littleEndian).camera()).exifFacts)
        var expected = EXIFFacts()
        expected.orientation = .right
        expected.make = "Canon"
        expected.model = "Canon EOS R5"
        expected.lens = "RF 24-70mm F2.8"
        expected.dateTaken = "2026-05-01T12:30:07+02:00"
        expected.exposureTime = 1.0 / 250
        expected.fNumber = 2.8
        expected.iso = 400
        expected.focalLength = 35
        expected.focalLengthIn35mmFilm = 56
        expected.flashFired = true
        expected.artist = "Anna"
        expected.copyright = "(c) Anna"
        let west = -(2 + 17.0 / 60 + 40.0 / 3600)
        expected.location = .init(latitude: 48 + 51.0 / 60 + 30.12 / 3600, longitude: west, altitude: -35.5)
        #expect(facts == expected)
        #expect(!facts.isEmpty && EXIFFacts().isEmpty)
        #expect(Metadata().exifFacts == nil)
    }

    static let nonsense: [EXIFWriting.Entry] = {
        let write = EXIFWriting(littleEndian: false)
        let dates = [
            "0000:00:00 00:00:00", "    :  :     :  :  ", "2026:13:01 12:30:07", "2026:05:32 12:30:07",
            "2026:05:01 24:30:07", "2026:05:01 12:60:07", "2026:05:01", "", "2026x05:01 12:30:07",
            "2026:05:01 12:30:0a",
        ]
        return dates.map { write.text(0x9003, $0) } + [write.text(0xA434, " \u{1} \n"), write.short(0xA434, 7)]
    }()

    @Test(arguments: nonsense.indices)
    func nonsenseIsNoFact(_ index: Int) throws {
        let block = EXIFWriting(littleEndian: false).block(main: [], exif: [Self.nonsense[index]])
        #expect(try #require(Metadata(exif: block).exifFacts).isEmpty)
    }

    @Test(arguments: ["2026:05:01:12:30:07", "2026/05/01 12:30:07", "2026-05-01T12.30.07"])
    func datesOfOtherShapes(_ date: String) throws {
        let write = EXIFWriting(littleEndian: true)
        let facts = try #require(Metadata(exif: write.block(main: [], exif: [write.text(0x9003, date)])).exifFacts)
        #expect(facts.dateTaken == "2026-05-01T12:30:07")
    }

    @Test(arguments: [9, 13])
    func pointersOfOtherTypes(_ type: Int) throws {
        let write = EXIFWriting(littleEndian: false)
        var block = write.block(main: [], exif: [write.short(0x8827, 200)])
        block[13] = UInt8(type)
        #expect(try #require(Metadata(exif: block).exifFacts).iso == 200)
    }

    @Test func digitizedDatesAreSecondBest() throws {
        let write = EXIFWriting(littleEndian: true)
        let entries = [
            write.text(0x9003, "0000:00:00 00:00:00"), write.text(0x9004, "1999:12:31 23:59:60"),
            write.text(0x9012, "02:00"),
        ]
        let facts = try #require(Metadata(exif: write.block(main: [], exif: entries)).exifFacts)
        #expect(facts.dateTaken == "1999-12-31T23:59:60")
    }

    @Test func numbersThatAreNone() throws {
        let write = EXIFWriting(littleEndian: true)
        for (above, below) in [(0, 0), (1, 0), (0, 5)] {
            let entries = [write.rational(0x829A, (above, below)), write.rational(0x829D, (above, below))]
            let facts = try #require(Metadata(exif: write.block(main: [], exif: entries)).exifFacts)
            #expect(facts.isEmpty)
        }
        let negative = write.block(main: [], exif: [write.rational(0x920A, (-35, 1), signed: true)])
        #expect(try #require(Metadata(exif: negative).exifFacts).isEmpty)
    }

    @Test(arguments: [
        ("N", 91, "E", 0), ("S", 89, "W", 181), ("X", 1, "E", 1), ("N", 1, "", 1), ("N", 4_000_000_000, "E", 1),
    ])
    func wildPlacesAreNone(_ north: String, _ latitude: Int, _ east: String, _ longitude: Int) throws {
        let write = EXIFWriting(littleEndian: true)
        let gps = [
            write.text(1, north), write.rational(2, (latitude, 1)), write.text(3, east),
            write.rational(4, (longitude, 1)),
        ]
        #expect(try #require(Metadata(exif: write.block(main: [], gps: gps)).exifFacts).location == nil)
    }

    @Test func textIsFitToBeShown() throws {
        let write = EXIFWriting(littleEndian: true)
        let block = write.block(main: [
            write.text(0x010F, "  NIKON\u{1B}[2J\u{85} \n "), write.text(0x0110, String(repeating: "é", count: 5000)),
        ])
        let facts = try #require(Metadata(exif: block).exifFacts)
        #expect(facts.make == "NIKON[2J")
        #expect(facts.model == String(repeating: "é", count: 500))
    }

    // MARK: Copies

    @Test(arguments: [true, false])
    func aCopyOfAllHasNoThumbnailAndItsOwnSize(_ littleEndian: Bool) throws {
        let write = EXIFWriting(littleEndian: littleEndian)
        var metadata = Metadata(exif: write.camera(thumbnail: Self.thumbnail))
        metadata.resetOrientation()
        let kept = try #require(metadata.keeping(.all, size: Size(300, 70_000)).exif)
        #expect(!kept.contains(0x77))
        let size = (write.long(0xA002, 300), write.long(0xA003, 70_000))
        // But for the entries that changed, this is the block without a thumbnail.
        var expected = write.camera(orientation: 1)
        let old = [write.short(0xA002, 4000), write.long(0xA003, 3000)]
        for (old, new) in zip(old, [size.0, size.1]) {
            let before = [old].map { write.directory([$0], at: 0)[2..<14] }[0]
            let after = write.directory([new], at: 0)[2..<14]
            let place = try #require(expected.indices.first { expected[$0...].starts(with: before) })
            expected.replaceSubrange(place..<place + 12, with: after)
        }
        #expect(kept == expected)
    }

    @Test func aThumbnailInTheMiddleIsErasedInPlace() throws {
        let write = EXIFWriting(littleEndian: true)
        // IFD0 at 8, then the thumbnail's directory and bytes, then the Exif directory.
        let exifPlace = 8 + 2 + 12 + 4 + 2 + 24 + 4 + 300
        var block = Array("II".utf8) + write.integer(42, 2) + write.integer(8, 4)
        block += write.directory([write.long(0x8769, exifPlace)], at: 8, next: 26)
        block += write.directory([write.long(0x0201, 56), write.long(0x0202, 300)], at: 26)
        block += Self.thumbnail
        block += write.directory([write.text(0xA434, "A long name of a lens")], at: exifPlace)
        let kept = try #require(Metadata(exif: block).keeping(.all).exif)
        #expect(kept.count == block.count && !kept.contains(0x77))
        #expect(Metadata(exif: kept).exifFacts == Metadata(exif: block).exifFacts)
        #expect(kept[22..<26].elementsEqual([0, 0, 0, 0]))
    }

    @Test func thumbnailsInStripsAreErasedToo() throws {
        let write = EXIFWriting(littleEndian: false)
        let offsets = write.integer(80, 4) + write.integer(90, 4)
        let strips = [
            EXIFWriting.Entry(tag: 0x0111, type: 4, count: 2, value: offsets),
            EXIFWriting.Entry(tag: 0x0117, type: 3, count: 2, value: write.integer(10, 2) + write.integer(10, 2)),
        ]
        var block = Array("MM".utf8) + write.integer(42, 2) + write.integer(8, 4)
        block += write.directory([write.short(0x0112, 3)], at: 8, next: 26) + write.directory(strips, at: 26)
        block += [UInt8](repeating: 1, count: 80 - block.count) + [UInt8](repeating: 0x77, count: 20) + [9]
        let kept = try #require(Metadata(exif: block).keeping(.all).exif)
        #expect(
            kept == Array(block[..<22]) + [UInt8](repeating: 0, count: 42) + block[64..<80]
                + [UInt8](repeating: 0, count: 20) + [9])
    }

    @Test func directoriesThatShareTheirBytesKeepThem() throws {
        let write = EXIFWriting(littleEndian: true)
        // IFD0 is followed by itself, and its thumbnail is all of the block.
        let entries = [write.short(0x0112, 3), write.long(0x0201, 0), write.long(0x0202, 1 << 31)]
        let block =
            Array("II".utf8) + write.integer(42, 2) + write.integer(8, 4) + write.directory(entries, at: 8, next: 8)
        let kept = try #require(Metadata(exif: block).keeping(.all).exif)
        #expect(kept == Array(block.dropLast(4)) + [0, 0, 0, 0])
    }

    @Test func colourSpaceBecomesSRGB() throws {
        let write = EXIFWriting(littleEndian: true)
        var metadata = Metadata(exif: write.camera(), icc: [1])
        metadata.markSRGB()
        #expect(metadata.icc == nil && metadata.isSRGB)
        let tiff = try #require(metadata.exif.flatMap { TIFFStructure($0) })
        let exif = tiff.directory(tiff.directory(at: 8)?[0x8769])
        #expect(exif?[0xA001].flatMap { tiff.integer($0) } == 1)
        let index = tiff.directory(exif?[0xA005])?[1]
        #expect(index.flatMap { tiff.text($0) }?.elementsEqual("R98".utf8) == true)
    }

    @Test(arguments: [true, false])
    func safeKeepsNothingPrivate(_ littleEndian: Bool) throws {
        let block = EXIFWriting(littleEndian: littleEndian).camera(thumbnail: Self.thumbnail)
        let safe = Metadata(exif: block, xmp: [1], iptc: [2], comments: [[3]]).keeping(.safe)
        var expected = EXIFFacts()
        expected.orientation = .right
        expected.artist = "Anna"
        expected.copyright = "(c) Anna"
        #expect(safe.exifFacts == expected)
        #expect(safe.exif?.count == 14 + 36 + 6 + 10)
        #expect(safe.xmp == nil && safe.iptc == nil && safe.comments.isEmpty)
    }

    @Test func bothCopyrightsAreKept() throws {
        let write = EXIFWriting(littleEndian: true)
        let block = write.block(main: [write.text(0x8298, " \0Editor"), write.text(0x013B, "  ")])
        let safe = try #require(Metadata(exif: block).keeping(.safe).exif)
        #expect(safe.suffix(10).elementsEqual(Array(" \0Editor\0\0".utf8)))
        #expect(safe.count == 14 + 12 + 10)
    }

    // MARK: Hostile blocks

    @Test(arguments: [true, false])
    func damageIsHarmless(_ littleEndian: Bool) {
        let whole = EXIFWriting(littleEndian: littleEndian).camera(thumbnail: Self.thumbnail)
        var random = SplitMix64(seed: 5)
        let copies =
            (0..<whole.count).map { Array(whole.prefix($0)) }
            + (0..<4000).map { _ in Damage.mutated(whole, seed: random.next()) }
        for bytes in copies {
            var metadata = Metadata(exif: bytes)
            metadata.resetOrientation()
            #expect(metadata.exifFacts?.orientation ?? .up == .up)
            metadata.markSRGB()
            let kept = metadata.keeping(.all, size: Size(7, 9))
            #expect((kept.exif?.count ?? 0) <= bytes.count)
            _ = kept.exifFacts
            _ = metadata.keeping(.safe)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func hugeClaimsCostLittle() throws {
        // 65,535 entries that each claim most of 4 MiB, in a directory that is its own Exif, GPS and thumbnail directory.
        let write = EXIFWriting(littleEndian: true)
        let size = 4 << 20
        var table = write.integer(65_535, 2)
        for tag in 0..<65_535 {
            let isPointer = [0x8769, 0x8825, 0xA005].contains(tag)
            let value = isPointer ? write.integer(8, 4) : write.integer(1_000_000, 4)
            table += write.integer(tag, 2) + write.integer(isPointer ? 4 : 2, 2)
            table += write.integer(isPointer ? 1 : size - 1_000_000, 4) + value
        }
        table += write.integer(8, 4)
        var block = Array("II".utf8) + write.integer(42, 2) + write.integer(8, 4) + table
        block += [UInt8](repeating: 0x41, count: size - block.count)
        let metadata = Metadata(exif: block)
        #expect(metadata.exifFacts?.make?.count == 1000)
        #expect(metadata.keeping(.all).exif?.count == size)
        #expect(metadata.keeping(.safe).exif != nil)
    }
}

@Suite struct XMPTests {
    @Test(arguments: [
        ("<a tiff:Orientation=\"6\"/>", "<a tiff:Orientation=\"1\"/>"),
        ("<a tiff:Orientation = '8' b/>", "<a tiff:Orientation = '1' b/>"),
        ("<tiff:Orientation>\n3 </tiff:Orientation>", "<tiff:Orientation>\n1 </tiff:Orientation>"),
        (
            "<a tiff:Orientation=\"6\"><b tiff:Orientation=\"7\"/>",
            "<a tiff:Orientation=\"1\"><b tiff:Orientation=\"1\"/>"
        ),
        ("tiff:Orientation=\"66\"", "tiff:Orientation=\"66\""), ("tiff:Orientation=\"0\"", "tiff:Orientation=\"0\""),
        ("tiff:Orientation", "tiff:Orientation"), ("tiff:Orientation=", "tiff:Orientation="),
        ("tiff:Orientation=\"", "tiff:Orientation=\""), ("tiff:Orientation=\"6", "tiff:Orientation=\"6"),
        ("tiff:OrientationX=\"6\"", "tiff:OrientationX=\"6\""), ("", ""),
    ])
    func orientationIsReset(_ packet: String, _ expected: String) {
        let exif = EXIFWriting(littleEndian: true).camera()
        var metadata = Metadata(exif: exif, xmp: Array(packet.utf8))
        metadata.resetOrientation()
        #expect(metadata.xmp.map { String(decoding: $0, as: UTF8.self) } == expected)
    }

    @Test func uprightPicturesKeepTheirPacket() {
        var metadata = Metadata(xmp: Array("tiff:Orientation=\"6\"".utf8))
        metadata.resetOrientation()
        #expect(metadata.xmp == Array("tiff:Orientation=\"6\"".utf8))
    }
}
