import Glibc
import TestSupport
import Testing
import Tintype

@Suite struct ReductionTests {
    private func small(
        _ name: String, _ size: Size, _ reduction: Thumbnail.Reduction, fit: Fit = .inside
    ) throws -> Image {
        var thumbnail = Thumbnail(fitting: size)
        thumbnail.reduction = reduction
        thumbnail.fit = fit
        let reader = try ImageReader(MemoryByteSource(TestImages.bytes(name)))
        var rows = try thumbnail.rows(of: reader)
        return try Image(collecting: &rows)
    }

    private func psnr(_ a: Image, _ b: Image) -> Double {
        let squares = zip(a.pixels, b.pixels).reduce(0.0) {
            $0 + Double((Int($1.0) - Int($1.1)) * (Int($1.0) - Int($1.1)))
        }
        return squares == 0 ? 99 : 10 * log10(255 * 255 * Double(a.pixels.count) / squares)
    }

    /// A JPEG file that is to be turned.
    private func turned(_ size: Size, _ pixels: [UInt8], _ orientation: UInt8) throws -> [UInt8] {
        var rows = Image(size: size, pixelFormat: .rgb8, pixels: pixels).rows
        var metadata = Metadata()
        metadata.exif =
            [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, orientation]
            + [0, 0, 0, 0, 0, 0]
        let sink = MemoryByteSink()
        var encoder = try JPEGEncoder(
            sink, size: rows.size, pixelFormat: .rgb8, options: .init(quality: 98, subsampling: .s444),
            metadata: metadata)
        try encoder.drain(&rows)
        return sink.bytes
    }

    /// With twice the pixels left for the filter, nobody sees the difference: 38 dB and more.
    @Test(arguments: [Size(32, 32), Size(64, 64), Size(100, 100), Size(160, 160), Size(77, 31)], Fit.allCases)
    func twiceIsHardToTell(_ size: Size, _ fit: Fit) throws {
        let exact = try small("photo.jpg", size, .none, fit: fit)
        let twice = try small("photo.jpg", size, .twice, fit: fit)
        #expect(twice.size == exact.size)
        #expect(psnr(exact, twice) > 38)
        #expect(psnr(exact, try small("photo.jpg", size, .once, fit: fit)) > 28)
    }

    @Test(arguments: 1...8)
    func turnedPicturesAreReducedToo(_ orientation: Int) throws {
        let exact = try small("orientation-\(orientation).jpg", Size(10, 10), .none)
        let twice = try small("orientation-\(orientation).jpg", Size(10, 10), .twice)
        #expect(twice.size == exact.size)
        #expect(psnr(exact, twice) > 30)
    }

    /// A slope of 61 by 43 pixels, whose last ones at 1/2 and 1/4 stand for fewer: in whichever corner they are shown, nothing else is shifted.
    @Test(arguments: 1...8 as ClosedRange<UInt8>, [Size(9, 9), Size(7, 7)])
    func incompletePixelsShiftNothing(orientation: UInt8, _ size: Size) throws {
        var pixels: [UInt8] = []
        for y in 0..<43 { for x in 0..<61 { pixels += [UInt8(4 * x), UInt8(5 * y), UInt8(2 * (x + y))] } }
        let file = try turned(Size(61, 43), pixels, orientation)
        func small(_ reduction: Thumbnail.Reduction) throws -> Image {
            var thumbnail = Thumbnail(fitting: size)
            thumbnail.reduction = reduction
            var rows = try thumbnail.rows(of: ImageReader(MemoryByteSource(file)))
            return try Image(collecting: &rows)
        }
        let (exact, reduced) = try (small(.none), small(.twice))
        #expect(reduced.size == exact.size && reduced.pixels != exact.pixels)
        #expect(zip(reduced.pixels, exact.pixels).allSatisfy { abs(Int($0) - Int($1)) <= 4 })
    }

    @Test func largeResultsAndOtherFormatsAreNotTouched() throws {
        #expect(try small("photo.jpg", Size(400, 400), .twice) == small("photo.jpg", Size(400, 400), .none))
        #expect(try small("photo.png", Size(20, 20), .once) == small("photo.png", Size(20, 20), .none))
    }

    /// Where nothing is left to be made smaller, chroma is read as exactly as the decoder can; where twice the size is left, by the coefficients that its blocks' samples
    /// can show; where more than three times the size is left, by first coefficients alone.
    @Test func chromaIsLeftOutOnlyWhereItIsNotMissed() throws {
        var random = SplitMix64(seed: 81)
        var pixels: [UInt8] = []
        for y in 0..<48 {
            for x in 0..<64 { pixels += [UInt8(4 * x), UInt8.random(in: 0...255, using: &random), UInt8(5 * y)] }
        }
        let sink = MemoryByteSink()
        var rows = Image(size: Size(64, 48), pixelFormat: .rgb8, pixels: pixels).rows
        var encoder = try JPEGEncoder(sink, size: rows.size, pixelFormat: .rgb8)
        try encoder.drain(&rows)
        func eighth(thenBy later: Double) throws -> [UInt8] {
            let reader = try ImageReader(MemoryByteSource(sink.bytes))
            #expect(reader.reduce(by: 8, thenBy: later) == 8)
            var rows = AnyRowSource(reader)
            return try Image(collecting: &rows).pixels
        }
        func small(_ size: Size, _ reduction: Thumbnail.Reduction) throws -> [UInt8] {
            var thumbnail = Thumbnail(fitting: size)
            (thumbnail.reduction, thumbnail.fit, thumbnail.filter) = (reduction, .fill, .nearest)
            var rows = try thumbnail.rows(of: ImageReader(MemoryByteSource(sink.bytes)))
            return try Image(collecting: &rows).pixels
        }
        let (exact, fine, coarse) = try (eighth(thenBy: 1), eighth(thenBy: 2), eighth(thenBy: 4))
        #expect(exact != fine && fine != coarse)
        #expect(try small(Size(8, 6), .once) == exact)
        func picked(_ size: Size) throws -> (twice: [UInt8], fine: [UInt8], coarse: [UInt8]) {
            let (across, down) = (8 / size.width, 6 / size.height)
            let places = (0..<size.height).flatMap { y in
                (0..<size.width).map { x in 3 * (8 * (down * y + down / 2) + across * x + across / 2) }
            }
            func pick(_ pixels: [UInt8]) -> [UInt8] { places.flatMap { pixels[$0..<$0 + 3] } }
            return (try small(size, .twice), pick(fine), pick(coarse))
        }
        let (half, quarter) = try (picked(Size(4, 3)), picked(Size(2, 1)))
        #expect(half.twice == half.fine)
        #expect(quarter.twice == quarter.coarse)
        #expect(quarter.fine != quarter.coarse)
    }

    /// What a file's last blocks hold beyond the picture, here black, is averaged with what is seen at a smaller scale, and hardly counts.
    @Test(arguments: 1...8 as ClosedRange<UInt8>, [Size(61, 43), Size(58, 42), Size(57, 47)])
    func whatLiesBeyondTheEdgeHardlyCounts(orientation: UInt8, _ seen: Size) throws {
        var pixels: [UInt8] = []
        for y in 0..<48 {
            for x in 0..<64 {
                let isSeen = x < seen.width && y < seen.height
                pixels += isSeen ? [UInt8(100 + 2 * x), UInt8(240 - y), 200] : [0, 0, 0]
            }
        }
        var file = try turned(Size(64, 48), pixels, orientation)
        // The frame's header says that there is less.
        let header = try #require(file.indices.dropLast(9).first { file[$0] == 0xFF && file[$0 + 1] == 0xC0 })
        file[header + 6] = UInt8(seen.height)
        file[header + 8] = UInt8(seen.width)
        func small(_ reduction: Thumbnail.Reduction) throws -> Image {
            var thumbnail = Thumbnail(fitting: Size(9, 9))
            thumbnail.reduction = reduction
            var rows = try thumbnail.rows(of: ImageReader(MemoryByteSource(file)))
            return try Image(collecting: &rows)
        }
        let (exact, reduced) = try (small(.none), small(.twice))
        #expect(reduced.size == exact.size && reduced.pixels != exact.pixels)
        #expect(psnr(exact, reduced) > 30)
    }
}
