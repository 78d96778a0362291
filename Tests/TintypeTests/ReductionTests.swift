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

    @Test func largeResultsAndOtherFormatsAreNotTouched() throws {
        #expect(try small("photo.jpg", Size(400, 400), .twice) == small("photo.jpg", Size(400, 400), .none))
        #expect(try small("photo.png", Size(20, 20), .once) == small("photo.png", Size(20, 20), .none))
    }
}
