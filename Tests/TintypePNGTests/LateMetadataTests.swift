import TestSupport
import Testing
import TintypeCore
import TintypePNG

/// What stands behind the image data, and chunks that nobody understands.
@Suite struct LateMetadataTests {
    static let exif = PNGChunk("eXIf", MetadataTests.exif)

    /// How a picture is turned has to be known before its rows are.
    @Test func orientationBehindTheImageData() throws {
        let file = MetadataTests.file(behind: [Self.exif])
        let decoder = try PNGDecoder(MemoryByteSource(file), options: DecodeOptions())
        #expect(decoder.info.orientation == .right && decoder.metadata.exif == MetadataTests.exif)
        let info = try PNGDecoder.inspect(MemoryByteSource(file), options: DecodeOptions()).info
        #expect(info.orientation == .right)
        let prefixed = PrefixedByteSource(Array(file.prefix(8)), then: Skipping(file, 8))
        #expect(try PNGDecoder.inspect(prefixed, options: DecodeOptions()).info.orientation == .right)
    }

    /// A source of which some bytes were already taken.
    private final class Skipping: ByteSource {
        private let whole: MemoryByteSource

        init(_ bytes: [UInt8], _ count: Int) {
            whole = MemoryByteSource(bytes)
            var taken = [UInt8](repeating: 0, count: count)
            var span = taken.mutableSpan
            _ = whole.read(into: &span)
        }

        func read(into buffer: inout MutableSpan<UInt8>) -> Int { whole.read(into: &buffer) }
        func look(at offset: Int, into buffer: inout MutableSpan<UInt8>) -> Int? {
            whole.look(at: offset, into: &buffer)
        }
    }

    /// A pipe cannot be looked ahead in: the block is there at the end, too late to turn the picture.
    @Test func pipes() throws {
        let file = MetadataTests.file(behind: [Self.exif])
        var decoder = try PNGDecoder(TricklingByteSource(file, step: 7), options: DecodeOptions(strict: true))
        #expect(decoder.info.orientation == .up && decoder.metadata == Metadata())
        var rows: [[UInt8]] = []
        try Decoded.collect(&decoder, into: &rows)
        try decoder.finish()
        #expect(decoder.metadata.exif == MetadataTests.exif)
    }

    /// Whatever is wrong behind the image data is no reason not to begin, and said when it is reached.
    @Test func damageAhead() throws {
        let whole = MetadataTests.file(behind: [Self.exif, PNGChunk("tEXt", Array("Author\0A".utf8))])
        let original = try Decoded(whole)
        for length in MetadataTests.file().count - 12..<whole.count {
            let decoded = try Decoded(Array(whole.prefix(length)), strict: false)
            #expect(decoded.rows == original.rows)
            #expect(decoded.warnings.first?.kind == .truncated)
        }
        var wrong = Self.exif
        wrong.crcError = 1
        let decoded = try Decoded(MetadataTests.file(behind: [wrong]), strict: false)
        #expect(decoded.metadata == Metadata() && decoded.warnings.map(\.kind) == [.damaged])
        #expect(failure(MetadataTests.file(behind: [wrong]), strict: true) == .malformed)
    }

    static let unknown = [
        PNGChunk("vpAG", [1, 2, 3]), PNGChunk("prIv", []), PNGChunk("unSA", [4]), PNGChunk("prIv", [5, 6]),
    ]

    /// Those whose last letter is small may be copied, on the side of the image data where they were (PNG §14.2).
    @Test func unknownChunks() throws {
        let file = MetadataTests.file(Self.unknown, behind: [PNGChunk("laTe", [7]), PNGChunk("laTE", [8])])
        let metadata = try Decoded(file).metadata
        let kept = metadata.png.unknownChunks
        #expect(kept.map(\.isBehindImageData) == [false, false, true])
        #expect(kept.map(\.data) == [[], [5, 6], [7]])
        let copy = PNGChunk.split(MetadataTests.encode(MetadataTests.sample, metadata.keeping(.all)))
        #expect(
            copy.map(\.type).filter { $0 != "PLTE" } == ["IHDR", "prIv", "prIv", "IDAT", "laTe", "IEND"])
        #expect(metadata.keeping(.safe) == Metadata())
    }

    @Test func unknownChunksBeyondTheLimits() throws {
        var limits = DecodeLimits()
        limits.metadata = 1000
        let large = PNGChunk("prIv", [UInt8](repeating: 0, count: 950))
        // Not copied, and no damage.
        #expect(try Decoded(MetadataTests.file([large]), limits: limits).metadata == Metadata())
        let many = [PNGChunk](repeating: PNGChunk("prIv"), count: 1000)
        #expect(try Decoded(MetadataTests.file(many), limits: limits).metadata.png.unknownChunks.count < 20)
    }
}
