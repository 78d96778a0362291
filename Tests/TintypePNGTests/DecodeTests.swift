import TestSupport
import Testing
import TintypeCore
import TintypePNG

/// A colour type with a depth.
struct Kind: Sendable, CustomTestStringConvertible {
    let colorType: Int
    let depth: Int
    var testDescription: String { "type \(colorType), \(depth) bits" }

    static let all = PNGSample.legal.flatMap { legal in
        legal.depths.map { Kind(colorType: legal.colorType, depth: $0) }
    }
}

@Suite struct DecodeTests {
    static let sizes = [(1, 1), (2, 3), (7, 5), (8, 8), (9, 17), (33, 4), (130, 2)]

    @Test(arguments: Kind.all, [false, true])
    func everyKindAndSize(_ kind: Kind, interlaced: Bool) throws {
        for (i, (width, height)) in Self.sizes.enumerated() {
            var sample = PNGSample(
                random: width, height, colorType: kind.colorType, depth: kind.depth, seed: UInt64(i))
            sample.interlaced = interlaced
            let decoded = try Decoded(sample.file)
            #expect(decoded.rgba == sample.rgba, "\(width)x\(height)")
            #expect(decoded.warnings.isEmpty)
            #expect(decoded.info.size == Size(width, height))
            #expect(decoded.info.bitDepth == kind.depth)
            #expect(decoded.info.channels == (kind.colorType == 3 ? 3 : sample.channels))
            #expect(decoded.info.hasAlpha == decoded.format.hasAlpha)
            #expect(decoded.info.frameCount == 1 && decoded.info.loopCount == nil)
            let details = ImageInfo.PNG(
                colorType: kind.colorType, interlaced: interlaced, palette: sample.palette.count / 3, animated: false)
            #expect(decoded.info.details == .png(details))
        }
    }

    @Test(arguments: Kind.all.filter { $0.colorType <= 3 }, [false, true])
    func transparency(_ kind: Kind, interlaced: Bool) throws {
        var sample = PNGSample(random: 23, 19, colorType: kind.colorType, depth: kind.depth)
        sample.interlaced = interlaced
        // A palette's first entries, or the value of a pixel that is there.
        sample.transparency =
            kind.colorType == 3
            ? (0..<max(1, 1 << kind.depth / 2)).map { UInt8($0 * 7 & 255) }
            : sample.samples[0..<sample.channels].flatMap { bigEndian16($0) }
        let decoded = try Decoded(sample.file)
        #expect(decoded.rgba == sample.rgba)
        #expect(decoded.format.hasAlpha && decoded.info.hasAlpha)
        #expect(decoded.info.channels == (kind.colorType == 3 ? 4 : sample.channels))
        #expect(decoded.rgba.contains(0))
    }

    @Test(arguments: 0...4, Kind.all)
    func eachFilterAlone(_ filter: Int, _ kind: Kind) throws {
        var sample = PNGSample(random: 21, 9, colorType: kind.colorType, depth: kind.depth, seed: 9)
        sample.filters = [UInt8(filter)]
        #expect(try Decoded(sample.file).rgba == sample.rgba)
    }

    @Test(arguments: [1, 2, 3, 7, 100, 70_000])
    func imageDataInManyChunks(_ bytes: Int) throws {
        var sample = PNGSample(random: 40, 30, colorType: 2, depth: 8)
        sample.idatBytes = bytes
        let decoded = try Decoded(sample.file)
        #expect(decoded.rgba == sample.rgba && decoded.warnings.isEmpty)
        // Empty chunks before, between and after are legal.
        let chunks = sample.chunks.flatMap { $0.type == "IDAT" ? [PNGChunk("IDAT"), $0, PNGChunk("IDAT")] : [$0] }
        #expect(try Decoded(PNGChunk.file(chunks)).rgba == sample.rgba)
    }

    @Test func smallInterlacedSizes() throws {
        for width in 1...9 {
            for height in 1...9 {
                for depth in [1, 8] {
                    var sample = PNGSample(random: width, height, colorType: 0, depth: depth)
                    sample.interlaced = true
                    #expect(try Decoded(sample.file).rgba == sample.rgba, "\(width)x\(height), \(depth) bits")
                }
            }
        }
    }

    /// More than the window into which lines are inflated.
    @Test(arguments: [false, true])
    func largerThanTheWindow(_ interlaced: Bool) throws {
        var sample = PNGSample(random: 400, 300, colorType: 6, depth: 8)
        sample.interlaced = interlaced
        let decoded = try Decoded(sample.file)
        #expect(decoded.rgba == sample.rgba)
        let wide = PNGSample(random: 50_000, 3, colorType: 2, depth: 8)
        #expect(try Decoded(wide.file).rgba == wide.rgba)
    }

    @Test func aSourceThatGivesOneByteAtATime() throws {
        let sample = PNGSample(random: 20, 10, colorType: 6, depth: 16)
        var decoder = try PNGDecoder(TricklingByteSource(sample.file), options: DecodeOptions(strict: true))
        var rows: [[UInt8]] = []
        try Decoded.collect(&decoder, into: &rows)
        try decoder.finish()
        #expect(Decoded.rgba(rows, decoder.pixelFormat) == sample.rgba)
    }

    @Test func theCallSequence() throws {
        let sample = PNGSample(random: 4, 2, colorType: 2, depth: 8)
        var decoder = try PNGDecoder(MemoryByteSource(sample.file), options: DecodeOptions())
        var row = [UInt8](repeating: 0, count: decoder.bytesPerRow)
        #expect(try decoder.nextFrame() == Frame(index: 0))
        try decoder.readRow(into: &row)
        try decoder.readRow(into: &row)
        do throws(ImageError) {
            try decoder.readRow(into: &row)
            Issue.record("a third row of two")
        } catch {
            #expect(error.kind == .misuse)
        }
        #expect(try decoder.nextFrame() == nil)
        try decoder.finish()
        try decoder.finish()
        #expect(decoder.warnings.isEmpty)
    }

    /// Asking for the end before all rows is no error.
    @Test func finishingEarly() throws {
        var sample = PNGSample(random: 64, 64, colorType: 2, depth: 8)
        sample.idatBytes = 100
        var decoder = try PNGDecoder(MemoryByteSource(sample.file), options: DecodeOptions(strict: true))
        var row = [UInt8](repeating: 0, count: decoder.bytesPerRow)
        try decoder.readRow(into: &row)
        try decoder.finish()
    }

    @Test func inspectReadsNoPixels() throws {
        let sample = PNGSample(random: 64, 40, colorType: 3, depth: 4)
        let broken = PNGChunk.file(sample.chunks.filter { $0.type != "IDAT" && $0.type != "IEND" } + [PNGChunk("IDAT")])
        let (info, _) = try PNGDecoder.inspect(MemoryByteSource(broken), options: DecodeOptions(strict: true))
        #expect(info == (try Decoded(sample.file).info))
    }

    @Test func aPaletteIndexPastItsEndIsBlack() throws {
        for depth in [1, 2, 4, 8] {
            var sample = PNGSample(random: 30, 20, colorType: 3, depth: depth)
            sample.palette = Array(sample.palette.prefix(3))
            let decoded = try Decoded(sample.file, strict: false)
            #expect(decoded.rgba == sample.rgba)
            #expect(decoded.warnings.map(\.kind) == [.damaged])
            #expect(failure(sample.file, strict: true) == .malformed)
        }
    }

    /// Only as many bits of tRNS count as the samples have.
    @Test func highBitsOfTheTransparentPixel() throws {
        var sample = PNGSample(random: 16, 16, colorType: 0, depth: 4)
        sample.transparency = [0, 5]
        let expected = sample.rgba
        sample.transparency = [0xAB, 0xF5]
        #expect(try Decoded(sample.file).rgba == expected)
    }
}
