import TestSupport
import Testing
import TintypeCore
import TintypePNG

/// tEXt, zTXt and iTXt, and blocks of metadata in their disguise.
@Suite struct TextChunkTests {
    typealias Text = Metadata.PNG.Text

    static func plain(_ keyword: String, _ text: [UInt8]) -> PNGChunk {
        PNGChunk("tEXt", Array(keyword.utf8) + [0] + text)
    }

    static func compressed(_ keyword: String, _ text: [UInt8]) -> PNGChunk {
        PNGChunk("zTXt", Array(keyword.utf8) + [0, 0] + PNGZlib.stored(text))
    }

    static func international(_ text: Text, compressed: Bool = false) -> PNGChunk {
        let bytes = Array(text.text.utf8)
        return PNGChunk(
            "iTXt",
            Array(text.keyword.utf8) + [0, compressed ? 1 : 0, 0] + Array(text.language.utf8) + [0]
                + Array(text.translatedKeyword.utf8) + [0] + (compressed ? PNGZlib.stored(bytes) : bytes))
    }

    static let german = Text("Title", "Straße – 東京", language: "de", translatedKeyword: "Überschrift")

    @Test func everyKind() throws {
        let file = MetadataTests.file(
            [Self.plain("Author", [0x41, 0xE9]), Self.compressed("Comment", [0x42, 0xFC])],
            behind: [Self.international(Self.german), Self.international(Text("Title", "x"), compressed: true)])
        let expected = [Text("Author", "Aé"), Text("Comment", "Bü"), Self.german, Text("Title", "x")]
        #expect(try Decoded(file).metadata.png.texts == expected)
        let inspected = try PNGDecoder.inspect(MemoryByteSource(file), options: DecodeOptions())
        #expect(inspected.metadata.png.texts == expected)
    }

    static let long = String(repeating: "all work and no play ", count: 40)
    static let written: [(text: Text, type: String?)] = [
        (Text("Author", "Aé"), "tEXt"), (Text("Comment", ""), "tEXt"), (Text("Comment", long), "zTXt"),
        (german, "iTXt"), (Text("Title", "東京"), "iTXt"), (Text("Title", "東京" + long), "iTXt"),
        (Text("Title", "x", language: "en"), "iTXt"), (Text("Title", "a\0b"), "iTXt"),
        (Text("", "x"), nil), (Text("東京", "x"), nil), (Text(String(repeating: "k", count: 80), "x"), nil),
        (Text("a\0b", "x"), nil), (Text("Title", "x", language: "e\0n"), nil),
    ]

    @Test(arguments: written)
    func writtenBack(_ text: Text, _ type: String?) throws {
        var metadata = Metadata()
        metadata.png.texts = [text]
        let file = MetadataTests.encode(MetadataTests.sample, metadata)
        #expect(try Decoded(file).metadata.png.texts == (type == nil ? [] : [text]))
        let chunks = PNGChunk.split(file).filter { $0.type.hasSuffix("Xt") }
        #expect(chunks.map(\.type) == (type.map { [$0] } ?? []))
        #expect(chunks.allSatisfy { $0.data.count < 300 })
    }

    @Test(arguments: [
        PNGChunk("tEXt", []), PNGChunk("tEXt", Array("no zero".utf8)), PNGChunk("tEXt", [0, 65]),
        plain(String(repeating: "k", count: 80), [65]), PNGChunk("zTXt", [65, 0]), PNGChunk("zTXt", [65, 0, 1, 2]),
        PNGChunk("zTXt", [65, 0, 0, 1, 2, 3]), PNGChunk("iTXt", [65, 0, 0]), PNGChunk("iTXt", [65, 0, 0, 0, 0]),
        PNGChunk("iTXt", [65, 0, 2, 0, 0, 0]), PNGChunk("iTXt", [65, 0, 0, 0, 0, 0, 0xFF]),
        plain("Raw profile type exif", Array("\nexif\n 3\n4d4d\n".utf8)),
        plain("Raw profile type exif", Array("\nexif\n 2\n4x4d\n".utf8)),
        plain("Raw profile type exif", Array("\nexif\n 4\n12345678\n".utf8)),
        plain("Raw profile type icc", Array("exif".utf8)), plain("Raw profile type xmp", Array("xmp\n1\n4".utf8)),
    ])
    func damaged(_ chunk: PNGChunk) throws {
        let decoded = try Decoded(MetadataTests.file([chunk]), strict: false)
        #expect(decoded.metadata == Metadata())
        #expect(decoded.warnings.map(\.kind) == [.damaged])
        #expect(failure(MetadataTests.file([chunk]), strict: true) == .malformed)
        // Behind the image data it is found twice, and noted once.
        #expect(try Decoded(MetadataTests.file(behind: [chunk]), strict: false).warnings.count == 1)
    }

    @Test func limits() throws {
        let bomb = PNGChunk("zTXt", [65, 0, 0] + PNGZlib.zeros(runs: 400_000))
        #expect(try Decoded(MetadataTests.file([bomb]), strict: false).metadata == Metadata())
        #expect(failure(MetadataTests.file([bomb]), strict: true) == .limitExceeded)
        // Texts of one letter are held, too: with what they take beside it.
        var limits = DecodeLimits()
        limits.metadata = 10_000
        let many = [PNGChunk](repeating: Self.plain("A", []), count: 5000)
        let decoded = try Decoded(MetadataTests.file(many), strict: false, limits: limits)
        #expect((100...200).contains(decoded.metadata.png.texts.count))
    }

    static func raw(_ name: String, _ bytes: [UInt8], lines: Int = 36) -> PNGChunk {
        var digits = ""
        for (index, byte) in bytes.enumerated() {
            if index % lines == 0 { digits += "\n" }
            digits += (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: index % 2 == 0)
        }
        return compressed("Raw profile type " + name, Array("\n\(name) profile\n      \(bytes.count)\(digits)\n".utf8))
    }

    /// The texts in which ImageMagick and others wrote blocks of metadata before PNG had chunks for them.
    @Test func blocksInDisguise() throws {
        let xmpHead = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
        let iptc: [UInt8] = [0x1C, 2, 116, 0, 1, 65]
        let resource = Array("8BIM".utf8) + [4, 4, 0, 0, 0, 0, 0, 6] + iptc
        let exifHead = Array("Exif\0\0".utf8)
        let cases: [(PNGChunk, Metadata)] = [
            (Self.raw("exif", exifHead + MetadataTests.exif), Metadata(exif: MetadataTests.exif)),
            (Self.raw("APP1", MetadataTests.exif, lines: 3), Metadata(exif: MetadataTests.exif)),
            (Self.raw("APP1", xmpHead + MetadataTests.packet), Metadata(xmp: MetadataTests.packet)),
            (Self.raw("xmp", MetadataTests.packet), Metadata(xmp: MetadataTests.packet)),
            (Self.raw("iptc", iptc), Metadata(iptc: iptc)), (Self.raw("iptc", resource), Metadata(iptc: iptc)),
            (Self.raw("8bim", Array("Photoshop 3.0\0".utf8) + resource), Metadata(iptc: iptc)),
            (Self.raw("icc", MetadataTests.profile(300)), Metadata(icc: MetadataTests.profile(300))),
        ]
        for (chunk, expected) in cases {
            #expect(try Decoded(MetadataTests.file([chunk])).metadata == expected)
        }
        #expect(try Decoded(MetadataTests.file([cases[0].0])).info.orientation == .right)
        // A chunk of its own comes first, wherever it stands.
        let own = PNGChunk("eXIf", [0x49, 0x49, 0x2A, 0])
        #expect(try Decoded(MetadataTests.file([own, cases[0].0])).metadata.exif == own.data)
    }

    @Test func iptcAndCommentsWrittenBack() throws {
        let iptc = (0..<500).map { UInt8(truncatingIfNeeded: $0 == 0 ? 0x1C : $0) }
        let comments = [Array("plain".utf8), Array("東京".utf8), [0x41, 0xE9]]
        let file = MetadataTests.encode(MetadataTests.sample, Metadata(iptc: iptc, comments: comments))
        let metadata = try Decoded(file).metadata
        #expect(metadata.iptc == iptc)
        #expect(metadata.png.texts == ["plain", "東京", "Aé"].map { Text("Comment", $0) })
    }

    @Test func onlyAuthorsAreSafe() {
        var metadata = Metadata()
        metadata.png.texts = [Text("Author", "A"), Text("Comment", "C"), Text("Copyright", "D")]
        #expect(metadata.keeping(.safe).png.texts == [Text("Author", "A"), Text("Copyright", "D")])
    }
}
