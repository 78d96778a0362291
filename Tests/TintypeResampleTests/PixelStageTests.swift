import TestSupport
import Testing
import TintypeCore
import TintypeResample

@Suite("Pixel conversion")
struct PixelConversionTests {
    private func converted(
        _ image: Image, to format: PixelFormat, alpha: PixelConversion.AlphaRule = .flatten(.white)
    ) throws -> Image {
        var stage = try PixelConversion(AnyRowSource(image.rows), to: format, alpha: alpha)
        return try Image(collecting: &stage)
    }

    /// Every format to every other: rounded on the way at most three times, each worth up to a half.
    @Test(arguments: PixelFormat.allCases, PixelFormat.allCases)
    func everyPair(from: PixelFormat, to: PixelFormat) throws {
        var random = SplitMix64(seed: 21)
        let image = TestPattern.noise.image(Size(50, 7), from, using: &random)
        if to == .cmyk8 && from != .cmyk8 {
            let error = #expect(throws: ImageError.self) { try converted(image, to: to) }
            #expect(error?.kind == .misuse)
            return
        }
        let background = Color(red: 10, green: 200, blue: 90)
        for rule in [PixelConversion.AlphaRule.flatten(background), .ignore] {
            let result = try converted(image, to: to, alpha: rule)
            #expect(result.size == image.size && result.pixelFormat == to)
            let expected = PixelOracle.convert(
                image, to: to, background: rule == .ignore ? nil : (10, 200, 90))
            let samples = ResampleOracle.samples(result)
            #expect(samples.count == expected.count)
            let worst = zip(samples, expected).map { abs(Double($0) - $1) }.max() ?? 0
            // CMYK becomes RGB in 8 bits, whatever follows.
            #expect(worst <= (from == .cmyk8 && to.bitDepth > 8 ? 0.501 * 257 * 2 : 1.5))
        }
        if from == to { #expect(try converted(image, to: to) == image) }
    }

    @Test func depthIsExact() throws {
        let bytes = (0...255).map { UInt8($0) }
        let image = Image(size: Size(256, 1), pixelFormat: .gray8, pixels: bytes)
        let wide = try converted(image, to: .gray16)
        #expect(ResampleOracle.samples(wide) == (0...255).map { $0 * 257 })
        #expect(try converted(wide, to: .gray8) == image)
        let all = Image(
            size: Size(65_536, 1), pixelFormat: .gray16,
            pixels: (0...65_535).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
        let narrowed = try converted(all, to: .gray8)
        #expect(narrowed.pixels == (0...65_535).map { UInt8((Double($0) / 257).rounded()) })
    }

    @Test func flatteningIsExact() throws {
        for background in [0, 1, 127, 254, 255] {
            let pixels = (0...255).flatMap { c in (0...255).flatMap { a in [UInt8(c), UInt8(a)] } }
            let image = Image(size: Size(256, 256), pixelFormat: .grayAlpha8, pixels: pixels)
            let color = Color(red: UInt8(background), green: UInt8(background), blue: UInt8(background))
            let result = try converted(image, to: .gray8, alpha: .flatten(color))
            for (i, value) in result.pixels.enumerated() {
                let (c, a) = (i / 256, i % 256)
                let exact = Double(c * a + background * (255 - a)) / 255
                if Double(value) != exact.rounded() { Issue.record("\(c) \(a) over \(background): \(value)") }
            }
        }
    }

    @Test func grayOfRGBIsLibjpegs() throws {
        let image = Image(
            size: Size(5, 1), pixelFormat: .rgb8,
            pixels: [255, 255, 255, 255, 0, 0, 0, 255, 0, 0, 0, 255, 1, 2, 3])
        #expect(try converted(image, to: .gray8).pixels == [255, 76, 150, 29, 2])
    }

    @Test func greyStaysGrey() throws {
        let image = Image(size: Size(256, 1), pixelFormat: .gray8, pixels: (0...255).map { UInt8($0) })
        let coloured = try converted(image, to: .rgba16)
        #expect(try converted(coloured, to: .gray8, alpha: .ignore) == image)
    }
}

@Suite("Crop, canvas and colour")
struct CanvasTests {
    @Test(arguments: PixelFormat.allCases)
    func cropAndCanvas(format: PixelFormat) throws {
        var random = SplitMix64(seed: 22)
        let image = TestPattern.noise.image(Size(12, 9), format, using: &random)
        for _ in 0..<30 {
            let (x, y) = (Int.random(in: 0..<12, using: &random), Int.random(in: 0..<9, using: &random))
            let size = Size(.random(in: 1...12 - x, using: &random), .random(in: 1...9 - y, using: &random))
            let count = RowCount()
            let crop = try Crop(AnyRowSource(CountingRows(image, count)), x: x, y: y, size: size)
            let color = Color(red: 1, green: 2, blue: 3, alpha: 4)
            var canvas = try Canvas(
                AnyRowSource(crop), size: Size(size.width + x + 2, size.height + y + 1), x: x, y: y,
                background: color)
            let result = try Image(collecting: &canvas)
            #expect(count.pulled == y + size.height)
            let background = PixelOracle.pixel(format)
            for row in 0..<result.size.height {
                for column in 0..<result.size.width {
                    let inside = (x..<x + size.width).contains(column) && (y..<y + size.height).contains(row)
                    let expected = inside ? PixelOracle.pixel(image, column, row) : background
                    #expect(PixelOracle.pixel(result, column, row) == expected)
                }
            }
        }
    }

    @Test func rectanglesBeyondTheSourceAreRefused() throws {
        let image = Image(size: Size(3, 2), pixelFormat: .gray8, pixels: [1, 2, 3, 4, 5, 6])
        for (x, y, size) in [
            (-1, 0, Size(1, 1)), (0, -1, Size(1, 1)), (0, 0, Size(4, 1)), (0, 0, Size(1, 3)), (3, 0, Size(1, 1)),
            (0, 0, Size(0, 1)), (1, 1, Size(1, Int.max)), (Int.max, 0, Size(1, 1)),
        ] {
            let error = #expect(throws: ImageError.self) {
                _ = try Crop(AnyRowSource(image.rows), x: x, y: y, size: size)
            }
            #expect(error?.kind == .misuse)
        }
        for (x, y, size) in [
            (-1, 0, Size(9, 9)), (0, -1, Size(9, 9)), (0, 0, Size(2, 9)), (0, 0, Size(9, 1)), (7, 0, Size(9, 9)),
            (Int.max, 0, Size(9, 9)),
        ] {
            let error = #expect(throws: ImageError.self) {
                _ = try Canvas(AnyRowSource(image.rows), size: size, x: x, y: y)
            }
            #expect(error?.kind == .misuse)
        }
    }

    @Test func noRowAfterTheLast() throws {
        let image = Image(size: Size(2, 1), pixelFormat: .gray8, pixels: [1, 2])
        var row: [UInt8] = [0]
        var crop = try Crop(AnyRowSource(image.rows), x: 1, y: 0, size: Size(1, 1))
        try crop.readRow(into: &row)
        #expect(row == [2])
        #expect(throws: ImageError.self) { try crop.readRow(into: &row) }
        row = [0, 0, 0]
        var canvas = try Canvas(AnyRowSource(image.rows), size: Size(3, 1), x: 1, y: 0, background: .black)
        try canvas.readRow(into: &row)
        #expect(row == [0, 1, 2])
        #expect(throws: ImageError.self) { try canvas.readRow(into: &row) }
    }

    @Test(arguments: [
        ("#fff", Color.white), ("#000000", .black), ("#00000000", .transparent),
        ("#1aF", Color(red: 0x11, green: 0xAA, blue: 0xFF)),
        ("#12ABcd80", Color(red: 0x12, green: 0xAB, blue: 0xCD, alpha: 0x80)),
    ])
    func hexadecimal(text: String, color: Color) {
        #expect(Color(hex: text) == color)
    }

    @Test(arguments: ["", "#", "fff", "#ff", "#ffff", "#fffffff", "#ggg", "#fffffffff", "# fff", "#é12"])
    func notHexadecimal(text: String) {
        #expect(Color(hex: text) == nil)
    }

    @Test(arguments: ["#000000", "#0a0b0c", "#ffffff", "#80ff0100", "#12345678"])
    func colorsAreWrittenAsTheyAreRead(_ text: String) {
        #expect(Color(hex: text)?.description == text)
    }
}

@Suite("Linear light")
struct LinearLightTests {
    private func both(_ image: Image, bitDepth: Int) throws -> (linear: Image, back: Image) {
        var linear = try LinearLight(AnyRowSource(image.rows))
        let light = try Image(collecting: &linear)
        var back = try SRGBLight(AnyRowSource(light.rows), bitDepth: bitDepth)
        return (light, try Image(collecting: &back))
    }

    @Test(arguments: [PixelFormat.gray8, .grayAlpha8, .rgb8, .rgba8])
    func eightBitsComeBack(format: PixelFormat) throws {
        let size = Size(256, format.channels)
        let pixels = (0..<size.width * size.height * format.channels).map { UInt8($0 / format.channels % 256) }
        let image = Image(size: size, pixelFormat: format, pixels: pixels)
        let (linear, back) = try both(image, bitDepth: 8)
        #expect(linear.pixelFormat.bitDepth == 16)
        #expect(back == image)
    }

    @Test func followsTheCurve() throws {
        let image = Image(
            size: Size(65_536, 1), pixelFormat: .gray16,
            pixels: (0...65_535).flatMap { [UInt8(truncatingIfNeeded: $0), UInt8($0 >> 8)] })
        let (linear, _) = try both(image, bitDepth: 16)
        var encoder = try SRGBLight(AnyRowSource(image.rows), bitDepth: 16)
        let encoded = try Image(collecting: &encoder)
        let light = ResampleOracle.samples(linear)
        let back = ResampleOracle.samples(encoded)
        for i in 0...65_535 {
            let value = Double(i) / 65_535
            if abs(Double(light[i]) - PixelOracle.linear(value) * 65_535) > 0.501 { Issue.record("light of \(i)") }
            if abs(Double(back[i]) - PixelOracle.encoded(value) * 65_535) > 0.501 { Issue.record("code of \(i)") }
        }
        #expect(light[65_535] == 65_535 && back[65_535] == 65_535)
    }

    @Test func refusesWhatHasNoCurve() throws {
        let ink = Image(size: Size(1, 1), pixelFormat: .cmyk8, pixels: [1, 2, 3, 4])
        #expect(throws: ImageError.self) { _ = try LinearLight(AnyRowSource(ink.rows)) }
        let gray = Image(size: Size(1, 1), pixelFormat: .gray8, pixels: [1])
        #expect(throws: ImageError.self) { _ = try SRGBLight(AnyRowSource(gray.rows), bitDepth: 8) }
    }

    @Test func alphaIsNoLight() throws {
        let image = Image(size: Size(1, 1), pixelFormat: .grayAlpha8, pixels: [188, 100])
        let (linear, back) = try both(image, bitDepth: 16)
        #expect(ResampleOracle.samples(linear)[1] == 100 * 257)
        #expect(ResampleOracle.samples(back)[1] == 100 * 257)
    }
}
