import TestSupport
import Testing
import Tintype

/// Thumbnails of at most an eighth: of an interlaced PNG the first pass is enough for a fast one.
@Suite struct InterlacedThumbnailTests {
    /// A slope, so that a shift of the picture shows; an odd size, so that the last pixels stand for fewer.
    static let sample: PNGSample = {
        var sample = PNGSample(random: 253, 259, colorType: 2, depth: 8)
        sample.interlaced = true
        sample.samples = (0..<253 * 259).flatMap { place -> [Int] in
            let (x, y) = (place % 253, place / 253)
            return [x, y * 250 / 259, (x + y) / 3]
        }
        return sample
    }()

    private func small(_ size: Size, _ reduction: Thumbnail.Reduction, orientation: UInt8 = 1) throws -> Image {
        var chunks = Self.sample.chunks
        let exif: [UInt8] = [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation]
        chunks.insert(PNGChunk("eXIf", exif + [0, 0, 0, 0, 0, 0]), at: chunks.count - 1)
        var thumbnail = Thumbnail(fitting: size)
        thumbnail.reduction = reduction
        let reader = try ImageReader(MemoryByteSource(PNGChunk.file(chunks)))
        var rows = try thumbnail.rows(of: reader)
        return try Image(collecting: &rows)
    }

    @Test(arguments: 1...8 as ClosedRange<UInt8>, [Size(16, 16), Size(31, 31), Size(9, 30)])
    func fast(orientation: UInt8, _ size: Size) throws {
        let exact = try small(size, .none, orientation: orientation)
        let fast = try small(size, .once, orientation: orientation)
        #expect(fast.size == exact.size && fast.pixels != exact.pixels)
        #expect(zip(fast.pixels, exact.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 3 })
    }

    /// Only if asked for, and not where more pixels are wanted than the first pass has.
    @Test func otherwiseExact() throws {
        #expect(try small(Size(16, 16), .twice).pixels == small(Size(16, 16), .none).pixels)
        #expect(try small(Size(40, 40), .once).pixels == small(Size(40, 40), .none).pixels)
    }
}
