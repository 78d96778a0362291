import TestSupport
import Testing
import TintypeCore
import TintypePNG

@Suite struct MetadataTests {
    static let sample = PNGSample(random: 6, 4, colorType: 2, depth: 8)
    static let exif: [UInt8] = [
        0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0,
    ]
    static let packet = Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'/>".utf8)

    /// The least that counts as a profile of so many bytes.
    static func profile(_ count: Int, space: String = "RGB ") -> [UInt8] {
        bigEndian32(UInt32(count)) + [UInt8](repeating: 0, count: 12) + Array(space.utf8)
            + (20..<count).map { UInt8($0 & 255) }
    }

    static func encode(_ sample: PNGSample, _ metadata: Metadata, format: PixelFormat = .rgb8) -> [UInt8] {
        let sink = MemoryByteSink()
        do throws(ImageError) {
            let size = Size(sample.width, sample.height)
            var encoder = try PNGEncoder(sink, size: size, pixelFormat: format, metadata: metadata)
            let count = sample.width * format.bytesPerPixel
            for y in 0..<sample.height {
                let row = (0..<count).map { UInt8((y * 7 + $0) & 255) }
                try encoder.writeRow(row.span)
            }
            try encoder.finish()
        } catch {
            Issue.record(error)
        }
        return sink.bytes
    }

    /// The sample with more chunks before, and behind, the image data.
    static func file(_ before: [PNGChunk] = [], behind: [PNGChunk] = []) -> [UInt8] {
        let chunks = sample.chunks
        return PNGChunk.file(
            [chunks[0]] + before + Array(chunks[1..<chunks.count - 1]) + behind + [PNGChunk("IEND")])
    }

    static func iccp(_ profile: [UInt8], name: String = "name") -> PNGChunk {
        PNGChunk("iCCP", Array(name.utf8) + [0, 0] + PNGZlib.stored(profile))
    }

    static func xmp(_ flags: [UInt8], _ text: [UInt8], keyword: String = "XML:com.adobe.xmp") -> PNGChunk {
        PNGChunk("iTXt", Array(keyword.utf8) + [0] + flags + Array("en".utf8) + [0] + Array("XMP".utf8) + [0] + text)
    }

    @Test func everyBlock() throws {
        let profile = Self.profile(3000)
        let file = Self.file([
            Self.iccp(profile), PNGChunk("pHYs", bigEndian32(2835) + bigEndian32(5670) + [1]),
            PNGChunk("eXIf", Self.exif), Self.xmp([0, 0], Self.packet),
        ])
        let decoded = try Decoded(file)
        let density = Metadata.Density(x: 28.35, y: 56.7, unit: .centimeter)
        let expected = Metadata(exif: Self.exif, icc: profile, xmp: Self.packet, density: density)
        #expect(decoded.metadata == expected)
        #expect(decoded.info.orientation == .right)
        let inspected = try PNGDecoder.inspect(MemoryByteSource(file), options: DecodeOptions(strict: true))
        #expect(inspected.metadata == expected)
    }

    @Test func compressedPacketAndAspect() throws {
        let decoded = try Decoded(
            Self.file([
                Self.xmp([0, 0], [1], keyword: "Comment"), Self.xmp([1, 0], PNGZlib.stored(Self.packet)),
                PNGChunk("pHYs", bigEndian32(2) + bigEndian32(1) + [0]),
            ]))
        #expect(decoded.metadata.xmp == Self.packet)
        #expect(decoded.metadata.density == Metadata.Density(x: 2, y: 1, unit: .aspect))
    }

    @Test func blocksBehindTheImageData() throws {
        let file = Self.file(behind: [PNGChunk("eXIf", Self.exif), Self.xmp([0, 0], Self.packet)])
        let decoded = try Decoded(file)
        #expect(decoded.metadata == Metadata(exif: Self.exif, xmp: Self.packet))
    }

    @Test func theFirstOfTwoCounts() throws {
        let second = PNGChunk("eXIf", [0x49, 0x49, 0x2A, 0])
        #expect(try Decoded(Self.file([PNGChunk("eXIf", Self.exif), second])).metadata.exif == Self.exif)
    }

    @Test(arguments: [
        PNGChunk("iCCP", []), PNGChunk("iCCP", [0, 0] + PNGZlib.stored(profile(200))),
        PNGChunk("iCCP", [65, 0, 1] + PNGZlib.stored(profile(200))), PNGChunk("iCCP", [65, 0, 0, 1, 2, 3]),
        iccp(profile(200).dropLast()), iccp(profile(100)),
        iccp(profile(200), name: String(repeating: "n", count: 80)), PNGChunk("eXIf", [1, 2, 3, 4]),
        PNGChunk("pHYs", [1, 2]), xmp([2, 0], packet), xmp([1, 1], PNGZlib.stored(packet)), xmp([1, 0], packet),
        PNGChunk("iTXt", Array("XML:com.adobe.xmp".utf8) + [0, 0, 0, 65]),
    ])
    func damagedBlocksAreLeftOut(_ chunk: PNGChunk) throws {
        let decoded = try Decoded(Self.file([chunk]), strict: false)
        #expect(decoded.metadata == Metadata())
        #expect(decoded.rgba == Self.sample.rgba)
        #expect(decoded.warnings.map(\.kind) == [.damaged])
        #expect(failure(Self.file([chunk]), strict: true) == .malformed)
    }

    @Test func noDensityIsNoDamage() throws {
        #expect(try Decoded(Self.file([PNGChunk("pHYs", [UInt8](repeating: 0, count: 9))])).metadata == Metadata())
    }

    /// A profile of 100 MB in 160 KB, an iTXt chunk likewise: neither is inflated beyond the limit.
    @Test func bombs() throws {
        let bomb = PNGZlib.zeros(runs: 400_000)
        let name = Array("n".utf8)
        for chunk in [PNGChunk("iCCP", name + [0, 0] + bomb), Self.xmp([1, 0], bomb)] {
            let decoded = try Decoded(Self.file([chunk]), strict: false)
            #expect(decoded.metadata == Metadata())
            #expect(decoded.warnings.count == 1)
            #expect(failure(Self.file([chunk]), strict: true) == .limitExceeded)
        }
    }

    @Test func limits() throws {
        var limits = DecodeLimits()
        limits.metadataBlock = 1000
        let large = Self.file([PNGChunk("eXIf", Self.exif + [UInt8](repeating: 0, count: 1000))])
        #expect(try Decoded(large, strict: false, limits: limits).metadata.exif == nil)
        #expect(failure(large, strict: true, limits: limits) == .limitExceeded)
        // Each fits, both do not.
        limits.metadata = 1500
        let two = Self.file([Self.iccp(Self.profile(900)), PNGChunk("eXIf", Self.exif + Self.profile(800))])
        let metadata = try Decoded(two, strict: false, limits: limits).metadata
        #expect(metadata.icc != nil && metadata.exif == nil)
    }

    @Test func writtenBack() throws {
        let density = Metadata.Density(x: 118.11, y: 39.37, unit: .centimeter)
        let metadata = Metadata(exif: Self.exif, icc: Self.profile(5000), xmp: Self.packet, density: density)
        #expect(try Decoded(Self.encode(Self.sample, metadata)).metadata == metadata)
    }

    static let densities: [(Metadata.Density, Metadata.Density?)] = [
        (.init(x: 72, y: 300, unit: .inch), .init(x: 28.35, y: 118.11, unit: .centimeter)),
        (.init(x: 2, y: 1, unit: .aspect), .init(x: 2, y: 1, unit: .aspect)),
        (.init(x: .nan, y: 1, unit: .inch), nil), (.init(x: .infinity, y: 1, unit: .centimeter), nil),
        (.init(x: -5, y: 1, unit: .inch), nil), (.init(x: 1e300, y: 1, unit: .inch), nil),
        (.init(x: 0, y: 0, unit: .aspect), nil),
    ]

    @Test(arguments: densities)
    func densityWritten(_ density: Metadata.Density, _ expected: Metadata.Density?) throws {
        #expect(try Decoded(Self.encode(Self.sample, Metadata(density: density))).metadata.density == expected)
    }

    @Test func blocksThatDoNotFitAreLeftOut() throws {
        let gray = Self.profile(200, space: "GRAY")
        #expect(try Decoded(Self.encode(Self.sample, Metadata(exif: [1], icc: gray))).metadata == Metadata())
        #expect(try Decoded(Self.encode(Self.sample, Metadata(icc: [1, 2]))).metadata == Metadata())
        let written = Self.encode(Self.sample, Metadata(icc: gray), format: .grayAlpha8)
        #expect(try Decoded(written).metadata.icc == gray)
    }

    @Test func sRGBIsReadAndWritten() throws {
        #expect(try Decoded(Self.file([PNGChunk("sRGB", [0])])).metadata.isSRGB)
        #expect(try !Decoded(Self.file(behind: [PNGChunk("sRGB", [0])])).metadata.isSRGB)
        var metadata = Metadata()
        metadata.isSRGB = true
        let written = try Decoded(Self.encode(Self.sample, metadata)).metadata
        #expect(written.isSRGB && written.png.renderingIntent == 1)
        // Never beside a profile.
        metadata.icc = Self.profile(300)
        #expect(try !Decoded(Self.encode(Self.sample, metadata)).metadata.isSRGB)
    }
}
