import TestSupport
import Testing
import TintypeCore
import TintypePNG

@Suite struct InterlaceTests {
    static func interlaced(_ width: Int, _ height: Int, colorType: Int = 2, depth: Int = 8) -> PNGSample {
        var sample = PNGSample(random: width, height, colorType: colorType, depth: depth)
        sample.interlaced = true
        return sample
    }

    /// Half of the picture is held, packed as in the file, and not as the rows are: here a byte a pixel is held of
    /// every other row, while rows have four.
    @Test func memory() throws {
        var sample = Self.interlaced(1000, 1000, colorType: 3)
        sample.transparency = [7]
        var limits = DecodeLimits()
        limits.memory = 700_000
        let decoded = try Decoded(sample.file, limits: limits)
        #expect(decoded.format == .rgba8 && decoded.rgba == sample.rgba)
        limits.memory = 400_000
        #expect(failure(sample.file, strict: false, limits: limits) == .limitExceeded)
    }

    /// The first pass alone: every eighth pixel of every eighth row.
    @Test(arguments: [(8, 8), (1, 1), (9, 17), (64, 33), (5, 40)], [(2, 8), (3, 2), (0, 1), (6, 16)])
    func sampled(_ size: (Int, Int), _ kind: (Int, Int)) throws {
        let sample = Self.interlaced(size.0, size.1, colorType: kind.0, depth: kind.1)
        let whole = try Decoded(sample.file)
        var decoder = try PNGDecoder(MemoryByteSource(sample.file), options: DecodeOptions())
        #expect(decoder.sample(every: 8) == 8)
        #expect(decoder.size == Size((size.0 + 7) / 8, (size.1 + 7) / 8))
        #expect(decoder.info.size == Size(size.0, size.1))
        var rows: [[UInt8]] = []
        try Decoded.collect(&decoder, into: &rows)
        try decoder.finish()
        let pixel = whole.format.bytesPerPixel
        for (y, row) in rows.enumerated() {
            let expected = stride(from: 0, to: size.0, by: 8).flatMap { x in
                whole.rows[8 * y][x * pixel..<(x + 1) * pixel]
            }
            #expect(row == expected)
        }
        #expect(decoder.warnings.isEmpty)
    }

    /// Not what is not interlaced, no other step, not after the first row, and not in a strict decode.
    @Test func notSampled() throws {
        func granted(_ sample: PNGSample, step: Int = 8, strict: Bool = false) throws(ImageError) -> Int {
            var decoder = try PNGDecoder(MemoryByteSource(sample.file), options: DecodeOptions(strict: strict))
            return decoder.sample(every: step)
        }
        let sample = Self.interlaced(20, 20)
        #expect(try granted(PNGSample(random: 20, 20, colorType: 2, depth: 8)) == 1)
        #expect(try granted(sample, step: 4) == 1)
        #expect(try granted(sample, strict: true) == 1)
        var decoder = try PNGDecoder(MemoryByteSource(sample.file), options: DecodeOptions())
        var row = [UInt8](repeating: 0, count: decoder.bytesPerRow)
        try decoder.readRow(into: &row)
        #expect(decoder.sample(every: 8) == 1)
    }

    /// The first pass is all that a file cut short behind it needs.
    @Test func sampledOfATruncatedFile() throws {
        let sample = Self.interlaced(64, 64, colorType: 0)
        let arrived = Array(sample.rawData.prefix(8 * 9))
        let file = PNGChunk.file([sample.header, PNGChunk("IDAT", PNGZlib.stored(arrived))])
        var decoder = try PNGDecoder(MemoryByteSource(file), options: DecodeOptions())
        #expect(decoder.sample(every: 8) == 8)
        var rows: [[UInt8]] = []
        try Decoded.collect(&decoder, into: &rows)
        #expect(rows.flatMap { $0 } == (0..<64).map { UInt8(sample.samples[$0 / 8 * 512 + $0 % 8 * 8]) })
        #expect(decoder.warnings.isEmpty)
    }
}
