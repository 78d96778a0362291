import TestSupport
import Testing
import TintypeCore

@Suite struct ImageTests {
    private static func picture(_ size: Size, _ format: PixelFormat) -> Image {
        var random = SplitMix64(seed: UInt64(size.width * 131 + size.height))
        let count = size.width * size.height * format.bytesPerPixel
        return Image(
            size: size, pixelFormat: format, pixels: (0..<count).map { _ in UInt8.random(in: 0...255, using: &random) })
    }

    @Test(arguments: PixelFormat.allCases)
    func formatsAgreeWithTheirNames(_ format: PixelFormat) {
        #expect(format.rawValue.hasSuffix("\(format.bitDepth)"))
        #expect(format.bytesPerPixel == format.channels * format.bitDepth / 8)
        guard format != .cmyk8 else { return }
        #expect(PixelFormat.make(gray: format.isGray, alpha: format.hasAlpha, bitDepth: format.bitDepth) == format)
        #expect(format.isGray == format.rawValue.hasPrefix("gray"))
        #expect(format.hasAlpha == (format.rawValue.contains("Alpha") || format.rawValue.hasPrefix("rgba")))
    }

    @Test(arguments: PixelFormat.allCases)
    func collectingRowsGivesTheImageBack(_ format: PixelFormat) throws {
        let image = Self.picture(Size(5, 4), format)
        var rows = AnyRowSource(image.rows)
        #expect(try Image(collecting: &rows) == image)
        var row = [UInt8](repeating: 0, count: image.bytesPerRow)
        #expect { try rows.readRow(into: &row) } throws: { ($0 as? ImageError)?.kind == .misuse }
    }

    @Test func collectingHonoursTheLimit() {
        var rows = Self.picture(Size(10, 10), .rgb8).rows
        #expect { try Image(collecting: &rows, limit: 299) } throws: { ($0 as? ImageError)?.kind == .limitExceeded }
    }

    @Test(arguments: Orientation.allCases, Orientation.allCases)
    func oneOrientationAfterAnother(_ first: Orientation, _ second: Orientation) {
        let stored = Image(size: Size(2, 3), pixelFormat: .gray8, pixels: Array("abcdef".utf8))
        #expect(stored.oriented(first.followed(by: second)) == stored.oriented(first).oriented(second))
    }

    /// EXIF 2.32 §4.6.4: what each value says of the first row and the first column, in a table of where stored corners are shown.
    @Test(arguments: [
        (Orientation.up, "ab/cd/ef"), (.upMirrored, "ba/dc/fe"), (.down, "fe/dc/ba"), (.downMirrored, "ef/cd/ab"),
        (.leftMirrored, "ace/bdf"), (.right, "eca/fdb"), (.rightMirrored, "fdb/eca"), (.left, "bdf/ace"),
    ])
    func orientations(_ orientation: Orientation, _ shown: String) {
        let stored = Image(size: Size(2, 3), pixelFormat: .gray8, pixels: Array("abcdef".utf8))
        let image = stored.oriented(orientation)
        let rows = (0..<image.size.height).map { y in
            String(decoding: image.pixels[y * image.size.width..<(y + 1) * image.size.width], as: UTF8.self)
        }
        #expect(rows.joined(separator: "/") == shown)
    }

    /// Pixels of every number of bytes, in pictures below and above what is turned at once.
    @Test(
        arguments: Orientation.allCases, [PixelFormat.gray8, .grayAlpha8, .rgb8, .rgba8, .rgb16, .rgba16])
    func turningKeepsPixelsWhole(_ orientation: Orientation, _ format: PixelFormat) {
        for size in [Size(7, 3), Size(1, 1), Size(140, 131)] { turn(Self.picture(size, format), orientation) }
    }

    private func turn(_ image: Image, _ orientation: Orientation) {
        let turned = image.oriented(orientation)
        let (bytes, mirrors) = (image.pixelFormat.bytesPerPixel, orientation.mirrors)
        #expect(turned.size == (orientation.swapsAxes ? image.size.transposed : image.size))
        for y in 0..<turned.size.height {
            for x in 0..<turned.size.width {
                let (u, v) = (mirrors.x ? turned.size.width - 1 - x : x, mirrors.y ? turned.size.height - 1 - y : y)
                let from = (orientation.swapsAxes ? u * image.size.width + v : v * image.size.width + u) * bytes
                let to = (y * turned.size.width + x) * bytes
                #expect(turned.pixels[to..<to + bytes] == image.pixels[from..<from + bytes])
            }
        }
    }

    @Test func limits() {
        let limits = DecodeLimits.default
        func kind(_ size: Size, _ format: ImageFormat) -> ImageError.Kind? {
            do {
                try limits.check(size, format: format)
                return nil
            } catch {
                return error.kind
            }
        }
        #expect(kind(Size(16383, 16383), .jpeg) == nil)
        #expect(kind(Size(16384, 16383), .jpeg) == .limitExceeded)
        #expect(kind(Size(0, 5), .png) == .malformed)
        #expect(kind(Size(65536, 1), .gif) == .limitExceeded)
        #expect(kind(Size(65536, 1), .png) == nil)
        #expect(kind(Size(1_000_001, 1), .png) == .limitExceeded)
        #expect(kind(Size(.max, .max), .png) == .limitExceeded)
    }

    @Test func budgetCountsBothWays() throws {
        var budget = MemoryBudget(limit: 100)
        try budget.charge(30, stride: 2, for: "a test")
        #expect(budget.used == 60)
        #expect(throws: ImageError.self) { try budget.charge(41, for: "a test") }
        #expect(throws: ImageError.self) { try budget.charge(.max, stride: 2, for: "a test") }
        #expect(throws: ImageError.self) { try budget.charge(-1, for: "a test") }
        budget.release(30, stride: 2)
        try budget.charge(100, for: "a test")
    }

    @Test func errorsAndWarningsReadWell() {
        #expect("\(ImageError(.malformed, "no palette", at: 41, format: .png))" == "PNG: no palette (at byte 41)")
        #expect("\(ImageError(.misuse, "no size"))" == "no size")
        #expect("\(DecodeWarning(.truncated, "cut short", row: 3, at: 9))" == "cut short, from row 3 (at byte 9)")
    }
}
