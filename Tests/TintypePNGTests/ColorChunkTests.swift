import TestSupport
import Testing
import TintypeCore
import TintypePNG

/// gAMA, cHRM, cICP, sRGB, sBIT, bKGD and tIME.
@Suite struct ColorChunkTests {
    static let chromaticities = Metadata.PNG.Chromaticities(
        white: .init(x: 31270, y: 32900), red: .init(x: 64000, y: 33000), green: .init(x: 21000, y: 71000),
        blue: .init(x: 15000, y: 6000))
    static let cHRM = PNGChunk(
        "cHRM", [31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000].flatMap { bigEndian32($0) })
    static let tIME = PNGChunk("tIME", [7, 234, 11, 24, 8, 5, 60])

    static let all: [PNGChunk] = [
        PNGChunk("cICP", [9, 16, 0, 1]), PNGChunk("sRGB", [3]), PNGChunk("gAMA", bigEndian32(45455)), cHRM,
        PNGChunk("sBIT", [5, 6, 5]), PNGChunk("bKGD", [0, 1, 0, 2, 0, 255]), tIME,
    ]

    static var expected: Metadata {
        var metadata = Metadata()
        metadata.isSRGB = true
        metadata.png.codePoints = .init(primaries: 9, transfer: 16, matrix: 0, isFullRange: true)
        metadata.png.renderingIntent = 3
        metadata.png.gamma = 45455
        metadata.png.chromaticities = chromaticities
        metadata.png.significantBits = .init(color: [5, 6, 5])
        metadata.png.background = .init(red: 1, green: 2, blue: 255, bitDepth: 8)
        metadata.png.modified = .init(year: 2026, month: 11, day: 24, hour: 8, minute: 5, second: 60)
        return metadata
    }

    @Test func everyChunk() throws {
        let decoded = try Decoded(MetadataTests.file(Self.all))
        #expect(decoded.metadata == Self.expected)
        #expect(decoded.warnings.isEmpty)
        #expect(Self.expected.png.modified?.description == "2026-11-24T08:05:60Z")
    }

    @Test func writtenBack() throws {
        let file = MetadataTests.encode(MetadataTests.sample, Self.expected)
        #expect(try Decoded(file).metadata == Self.expected)
        // The same chunks, in the order that PNG §5.6 asks for.
        #expect(PNGChunk.split(file).filter { $0.type != "PLTE" }[1...7].map(\.bytes) == Self.all.map(\.bytes))
    }

    /// What comes too late has no place any more; what comes twice counts once.
    @Test func outOfPlace() throws {
        let others = Self.all.filter { $0.type != "tIME" }
        #expect(try Decoded(MetadataTests.file(behind: others)).metadata == Metadata())
        let late = try Decoded(MetadataTests.file(behind: [Self.tIME])).metadata
        #expect(late.png.modified == Self.expected.png.modified)
        let again = [PNGChunk("gAMA", bigEndian32(1)), PNGChunk("sBIT", [1, 1, 1])]
        #expect(try Decoded(MetadataTests.file(Self.all + again)).metadata == Self.expected)
    }

    @Test(arguments: [
        PNGChunk("gAMA", [1, 2, 3]), PNGChunk("cHRM", [UInt8](repeating: 1, count: 31)),
        PNGChunk("cHRM", [UInt8](repeating: 1, count: 32)), PNGChunk("cICP", [1, 13, 0]),
        PNGChunk("cICP", [1, 13, 1, 1]), PNGChunk("cICP", [1, 13, 0, 2]), PNGChunk("sRGB", [4]), PNGChunk("sRGB"),
        PNGChunk("sBIT", [8]), PNGChunk("sBIT", [0, 8, 8]), PNGChunk("sBIT", [8, 8, 9]), PNGChunk("bKGD", [1]),
        PNGChunk("bKGD", [1, 0, 0, 0, 0, 0]), PNGChunk("tIME", [7, 234, 13, 1, 0, 0, 0]), PNGChunk("tIME", [7]),
        PNGChunk("tIME", [7, 234, 1, 0, 0, 0, 0]), PNGChunk("tIME", [7, 234, 1, 1, 24, 0, 0]),
    ])
    func damaged(_ chunk: PNGChunk) throws {
        let decoded = try Decoded(MetadataTests.file([chunk]), strict: false)
        #expect(decoded.metadata == Metadata())
        #expect(decoded.warnings.map(\.kind) == [.damaged])
        #expect(failure(MetadataTests.file([chunk]), strict: true) == .malformed)
    }

    /// Read, but not written: readers take a time before PNG for damage.
    @Test func timesBeforePNG() throws {
        let old = PNGChunk("tIME", [7, 178, 1, 1, 0, 0, 0])
        let metadata = try Decoded(MetadataTests.file([old])).metadata
        #expect(metadata.png.modified?.year == 1970)
        #expect(try Decoded(MetadataTests.encode(MetadataTests.sample, metadata)).metadata == Metadata())
    }

    @Test func noGammaIsNoDamage() throws {
        #expect(try Decoded(MetadataTests.file([PNGChunk("gAMA", bigEndian32(0))])).metadata == Metadata())
    }

    /// A background, and the 8-bit colour (or 16-bit, where the depth is) that it stands for.
    static let backgrounds: [(colorType: Int, depth: Int, data: [UInt8], color: [UInt16])] = [
        (0, 1, [0, 1], [255, 255, 255]), (0, 2, [0, 2], [170, 170, 170]), (0, 4, [0, 15], [255, 255, 255]),
        (0, 8, [0, 77], [77, 77, 77]), (0, 16, [1, 2], [258, 258, 258]), (4, 8, [0, 9], [9, 9, 9]),
        (2, 16, [1, 0, 0, 2, 255, 255], [256, 2, 65535]), (6, 8, [0, 3, 0, 4, 0, 5], [3, 4, 5]),
    ]

    @Test(arguments: backgrounds)
    func background(_ colorType: Int, _ depth: Int, _ data: [UInt8], _ color: [UInt16]) throws {
        let sample = PNGSample(random: 4, 3, colorType: colorType, depth: depth)
        var chunks = sample.chunks
        chunks.insert(PNGChunk("bKGD", data), at: chunks.count - 2)
        let background = try Decoded(PNGChunk.file(chunks)).metadata.png.background
        #expect(
            background
                == .init(red: color[0], green: color[1], blue: color[2], bitDepth: depth == 16 ? 16 : 8))
    }

    @Test func backgroundOfAPalette() throws {
        let sample = PNGSample(random: 4, 3, colorType: 3, depth: 2)
        func decode(_ index: UInt8, strict: Bool) throws -> Metadata.PNG.Background? {
            var chunks = sample.chunks
            chunks.insert(PNGChunk("bKGD", [index]), at: 2)
            return try Decoded(PNGChunk.file(chunks), strict: strict).metadata.png.background
        }
        let color = sample.palette[6..<9].map { UInt16($0) }
        #expect(try decode(2, strict: true) == .init(red: color[0], green: color[1], blue: color[2], bitDepth: 8))
        #expect(try decode(4, strict: false) == nil)
    }

    /// Where the picture is written in fewer samples or bits, sBIT and bKGD follow; a colour that the file then cannot
    /// name is left out.
    @Test func theySuitTheFile() throws {
        func written(_ pixels: [UInt8], _ format: PixelFormat, _ background: [UInt16]) throws -> [String: [UInt8]] {
            let image = Image(
                size: Size(pixels.count / format.bytesPerPixel, 1), pixelFormat: format, pixels: pixels)
            var metadata = Metadata()
            metadata.png.significantBits = .init(color: [5, 6, 5], alpha: 3)
            metadata.png.background = .init(red: background[0], green: background[1], blue: background[2], bitDepth: 8)
            let file = try EncodeTests.encode(image, reduces: true, metadata: metadata)
            #expect(try Decoded(file).warnings.isEmpty)
            let chunks = PNGChunk.split(file).map { ($0.type, $0.data) }
            return Dictionary(chunks, uniquingKeysWith: { $1 })
        }
        // Grey of one bit.
        let gray = try written([0, 0, 0, 255, 255, 255], .rgb8, [255, 255, 255])
        #expect(gray["sBIT"] == [1] && gray["bKGD"] == [0, 1])
        #expect(try written([0, 0, 0, 255, 255, 255], .rgb8, [254, 254, 254])["bKGD"] == nil)
        #expect(try written([0, 0, 0, 255, 255, 255], .rgb8, [255, 0, 255])["bKGD"] == nil)
        // A palette: dark colours come first.
        var random = SplitMix64(seed: 1)
        let colors = (0..<900).flatMap { _ -> [UInt8] in Bool.random(using: &random) ? [255, 0, 0] : [0, 0, 9] }
        let palette = try written(colors, .rgb8, [255, 0, 0])
        #expect(palette["sBIT"] == [5, 6, 5] && palette["bKGD"] == [1])
        #expect(try written(colors, .rgb8, [1, 2, 3])["bKGD"] == nil)
        // 16 bits a sample.
        let wide = try written([1, 2, 3, 4, 5, 6], .rgb16, [255, 0, 1])
        #expect(wide["bKGD"] == [255, 255, 0, 0, 1, 1])
        // Samples with alpha.
        let alpha = try written([1, 2, 3, 4], .rgba8, [1, 2, 3])
        #expect(alpha["PLTE"] != nil || alpha["sBIT"] == [5, 6, 5, 3])
    }

    /// `safe` says how colours are meant, and no more; sRGB pixels are sRGB whatever was said before.
    @Test func whatIsKept() {
        let safe = Self.expected.keeping(.safe)
        #expect(safe.png.gamma == 45455 && safe.png.chromaticities == Self.chromaticities)
        #expect(safe.png.codePoints == Self.expected.png.codePoints && safe.isSRGB && safe.png.renderingIntent == 3)
        #expect(safe.png.significantBits == nil && safe.png.background == nil && safe.png.modified == nil)
        #expect(Self.expected.keeping(.none) == Metadata())
        #expect(Self.expected.keeping(.all) == Self.expected)
        var profiled = Self.expected
        profiled.icc = MetadataTests.profile(200)
        #expect(profiled.keeping(.safe).png.codePoints == nil && profiled.keeping(.all).png.codePoints != nil)
        var converted = Self.expected
        #expect(converted.png.describesOtherColors)
        converted.markSRGB()
        #expect(!converted.png.describesOtherColors && converted.png.gamma == nil && converted.isSRGB)
    }
}
