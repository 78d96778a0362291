import TestSupport
import Testing
import TintypeCore
import TintypeResample

/// A picture resampled by the package.
func resampled(
    _ image: Image, _ filter: Filter, crop: Region? = nil, to target: Size,
    order: Resampler.Order = .horizontalFirst
) throws -> Image {
    let crop = crop ?? Region(image.size)
    var resampler = Resampler(
        AnyRowSource(image.rows),
        horizontal: AxisWeights(
            filter: filter, source: image.size.width, origin: crop.x, extent: crop.width, target: target.width),
        vertical: AxisWeights(
            filter: filter, source: image.size.height, origin: crop.y, extent: crop.height, target: target.height),
        order: order)
    return try Image(collecting: &resampler)
}

/// Compares with the exact result, before its rounding (which alone is worth up to a half, and a quarter in the mean).
///
/// So no sample is off by as much as 1, and the mean error over samples of all values stays below 0.3.
func expectExact(
    _ image: Image, _ filter: Filter, crop: Region? = nil, to target: Size, order: Resampler.Order = .horizontalFirst,
    _ comment: Comment? = nil, sourceLocation: SourceLocation = #_sourceLocation
) throws {
    let exact = ResampleOracle.resample(
        image, filter: filter.rawValue, crop: crop ?? Region(image.size), target: target)
    let result = ResampleOracle.samples(try resampled(image, filter, crop: crop, to: target, order: order))
    let comparison = ResampleOracle.compare(result, exact, image.pixelFormat)
    #expect(comparison.worst <= 0.8, comment, sourceLocation: sourceLocation)
    #expect(comparison.excess <= 0.02, comment, sourceLocation: sourceLocation)
}

@Suite("Resampler: accuracy")
struct ResamplerAccuracyTests {
    @Test(arguments: PixelFormat.allCases, TestPattern.allCases)
    func everyFilterEveryWay(format: PixelFormat, pattern: TestPattern) throws {
        var random = SplitMix64(seed: 1)
        for filter in Filter.allCases {
            for (from, to) in [
                (Size(31, 23), Size(13, 7)), (Size(9, 14), Size(24, 31)), (Size(40, 5), Size(11, 17)),
                (Size(3, 3), Size(2, 2)), (Size(64, 48), Size(3, 2)),
            ] {
                let image = pattern.image(from, format, using: &random)
                for order in [Resampler.Order.horizontalFirst, .verticalFirst] {
                    try expectExact(image, filter, to: to, order: order, "\(filter) \(from) to \(to) \(order)")
                }
            }
        }
    }

    @Test func randomSizesAndCrops() throws {
        var random = SplitMix64(seed: 2)
        for _ in 0..<150 {
            let from = Size(.random(in: 1...70, using: &random), .random(in: 1...70, using: &random))
            let to = Size(.random(in: 1...50, using: &random), .random(in: 1...50, using: &random))
            let format = PixelFormat.allCases.randomElement(using: &random) ?? .rgb8
            let pattern = TestPattern.allCases.randomElement(using: &random) ?? .noise
            let filter = Filter.allCases.randomElement(using: &random) ?? .box
            let x = Double.random(in: 0..<Double(from.width), using: &random)
            let y = Double.random(in: 0..<Double(from.height), using: &random)
            let crop = Region(
                x: x, y: y, width: (Double(from.width) - x) * .random(in: 0.01...1, using: &random),
                height: (Double(from.height) - y) * .random(in: 0.01...1, using: &random))
            try expectExact(
                pattern.image(from, format, using: &random), filter, crop: crop, to: to,
                "\(pattern) \(format) \(filter) \(from) \(crop) to \(to)")
        }
    }

    @Test(arguments: Filter.allCases, [PixelFormat.gray8, .grayAlpha8, .gray16, .grayAlpha16])
    func extremeRatios(filter: Filter, format: PixelFormat) throws {
        var random = SplitMix64(seed: 3)
        let wide = TestPattern.noise.image(Size(65_535, 1), format, using: &random)
        try expectExact(wide, filter, to: Size(1, 1), "65535 to 1")
        try expectExact(wide, filter, to: Size(7, 3), order: .verticalFirst, "65535 to 7")
        // In step with the rounding of the weights, where they round by a half: the worst case.
        let tall = TestPattern.checkers.image(Size(1, 65_027), format, using: &random)
        try expectExact(tall, filter, to: Size(1, 1), "tall to 1")
        try expectExact(tall, filter, to: Size(2, 40), order: .verticalFirst, "tall to 40")
        let pixel = TestPattern.noise.image(Size(1, 1), format, using: &random)
        try expectExact(pixel, filter, to: Size(1000, 3), "1 to 1000")
        let pair = TestPattern.extremes.image(Size(2, 3), format, using: &random)
        try expectExact(pair, filter, to: Size(1, 700), "2 to 1, 3 to 700")
    }

    @Test(arguments: [PixelFormat.rgb8, .rgba8, .rgb16, .rgba16])
    func photographSized(format: PixelFormat) throws {
        var random = SplitMix64(seed: 4)
        let image = TestPattern.noise.image(Size(500, 400), format, using: &random)
        try expectExact(image, .lanczos3, to: Size(120, 90))
        try expectExact(image, .lanczos3, crop: Region(x: 33.3, y: 50, width: 400, height: 301.7), to: Size(8, 6))
        try expectExact(image, .bicubic, to: Size(333, 5))
    }

    @Test(arguments: PixelFormat.allCases)
    func constantStaysConstant(format: PixelFormat) throws {
        var random = SplitMix64(seed: 5)
        for filter in Filter.allCases {
            let pixel = (0..<format.bytesPerPixel).map { _ in UInt8.random(in: 1...255, using: &random) }
            let from = Size(23, 17)
            let image = Image(
                size: from, pixelFormat: format, pixels: (0..<from.width * from.height).flatMap { _ in pixel })
            for to in [Size(5, 4), Size(23, 17), Size(60, 50)] {
                let result = try resampled(image, filter, to: to)
                let expected = (0..<to.width * to.height).flatMap { _ in pixel }
                #expect(result.pixels == expected, "\(filter) to \(to)")
            }
        }
    }

    @Test(arguments: [PixelFormat.gray8, .rgb8, .cmyk8, .gray16, .rgb16])
    func sameSizeIsExact(format: PixelFormat) throws {
        var random = SplitMix64(seed: 6)
        let image = TestPattern.noise.image(Size(41, 29), format, using: &random)
        for filter in Filter.allCases where filter != .mitchell {
            #expect(try resampled(image, filter, to: image.size) == image, "\(filter)")
            #expect(try resampled(image, filter, to: image.size, order: .verticalFirst) == image, "\(filter)")
        }
        #expect(try resampled(image, .mitchell, to: image.size) != image)
    }

    @Test func opaqueAlphaChangesNothing() throws {
        var random = SplitMix64(seed: 7)
        let opaque = TestPattern.noise.image(Size(37, 31), .rgb8, using: &random)
        var pixels: [UInt8] = []
        for i in 0..<opaque.pixels.count / 3 { pixels += opaque.pixels[3 * i..<3 * i + 3] + [255] }
        let withAlpha = Image(size: opaque.size, pixelFormat: .rgba8, pixels: pixels)
        for filter in Filter.allCases {
            let one = try resampled(opaque, filter, to: Size(12, 50)).pixels
            let other = try resampled(withAlpha, filter, to: Size(12, 50)).pixels
            for i in 0..<one.count / 3 {
                #expect(other[4 * i + 3] == 255)
                for c in 0..<3 { #expect(abs(Int(one[3 * i + c]) - Int(other[4 * i + c])) <= 1) }
            }
        }
    }
}
