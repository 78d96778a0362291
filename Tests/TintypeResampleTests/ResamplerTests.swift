import TestSupport
import Testing
import TintypeCore
import TintypeResample

@Suite("Resampler: symmetries and streaming")
struct ResamplerTests {
    /// Sizes that shrink, enlarge, and do one each way; the first is tall enough for running sums instead of a window.
    static let sizes = [
        (Size(61, 230), Size(9, 11)), (Size(230, 61), Size(13, 50)), (Size(17, 11), Size(40, 33)),
        (Size(30, 30), Size(14, 70)),
    ]

    @Test(arguments: PixelFormat.allCases)
    func transposedIsTheSame(format: PixelFormat) throws {
        var random = SplitMix64(seed: 11)
        for (from, to) in Self.sizes {
            for filter in Filter.allCases {
                let image = TestPattern.noise.image(from, format, using: &random)
                let crop = Region(x: 0.4, y: 2, width: Double(from.width) - 1.7, height: Double(from.height) - 2)
                let turned = Region(x: crop.y, y: crop.x, width: crop.height, height: crop.width)
                let straight = try resampled(image, filter, crop: crop, to: to)
                let other = try resampled(
                    image.transposedImage, filter, crop: turned, to: to.transposed, order: .verticalFirst)
                #expect(straight == other.transposedImage, "\(filter) \(from) to \(to)")
            }
        }
    }

    /// Some rows of the result, made of the rows that they need and no others, are the very ones of the whole.
    @Test(arguments: Filter.allCases)
    func partsAreThoseOfTheWhole(filter: Filter) throws {
        var random = SplitMix64(seed: 19)
        for format in [PixelFormat.rgb8, .rgba8] {
            for (from, to) in Self.sizes + [(Size(9, 20), Size(9, 40))] {
                let image = TestPattern.noise.image(from, format, using: &random)
                let across = AxisWeights(filter: filter, source: from.width, target: to.width)
                let down = AxisWeights(
                    filter: filter, source: from.height, origin: 1.5, extent: Double(from.height) - 3, target: to.height
                )
                var resampler = Resampler(AnyRowSource(image.rows), horizontal: across, vertical: down)
                let whole = try Image(collecting: &resampler)
                for _ in 0..<4 {
                    let first = Int.random(in: 0..<from.height, using: &random)
                    let changed = first..<Int.random(in: first + 1...from.height, using: &random)
                    let targets = down.targets(of: changed)
                    let missed = (0..<to.height).first {
                        !targets.contains($0) && down.part($0..<$0 + 1).sources.overlaps(changed)
                    }
                    #expect(missed == nil, "\(filter) \(changed)")
                    if targets.isEmpty { continue }
                    let (weights, sources) = down.part(targets)
                    let band = image.pixels[
                        sources.lowerBound * image.bytesPerRow..<sources.upperBound * image.bytesPerRow]
                    let rows = Image(
                        size: Size(from.width, sources.count), pixelFormat: format, pixels: Array(band))
                    var partial = Resampler(AnyRowSource(rows.rows), horizontal: across, vertical: weights)
                    let part = try Image(collecting: &partial)
                    let expected = whole.pixels[
                        targets.lowerBound * whole.bytesPerRow..<targets.upperBound * whole.bytesPerRow]
                    #expect(part.pixels == Array(expected), "\(filter) \(from) to \(to), rows \(targets)")
                }
            }
        }
    }

    @Test(arguments: Orientation.allCases)
    func orientationCanComeAfter(orientation: Orientation) throws {
        var random = SplitMix64(seed: 12)
        for format in [PixelFormat.rgb8, .rgba8, .gray16, .rgba16] {
            for (stored, target) in Self.sizes {
                for filter in Filter.allCases {
                    let image = TestPattern.noise.image(stored, format, using: &random)
                    let upright = image.oriented(orientation)
                    let crop = Region(
                        x: 1.3, y: 0.9, width: Double(upright.size.width) - 4.1,
                        height: Double(upright.size.height) - 1)
                    let before = try resampled(upright, filter, crop: crop, to: target, order: .verticalFirst)
                    let after = try resampledAsStored(image, orientation, filter, crop, target)
                    #expect(before == after.oriented(orientation), "\(filter) \(format) \(stored) to \(target)")
                }
            }
        }
    }

    /// Resamples before turning: the weights of the upright picture, mirrored and exchanged for the stored one.
    private func resampledAsStored(
        _ image: Image, _ orientation: Orientation, _ filter: Filter, _ crop: Region, _ target: Size
    ) throws -> Image {
        let shown = orientation.swapsAxes ? image.size.transposed : image.size
        var across = AxisWeights(
            filter: filter, source: shown.width, origin: crop.x, extent: crop.width, target: target.width)
        var down = AxisWeights(
            filter: filter, source: shown.height, origin: crop.y, extent: crop.height, target: target.height)
        if orientation.mirrors.x { across = across.mirrored() }
        if orientation.mirrors.y { down = down.mirrored() }
        var resampler =
            orientation.swapsAxes
            ? Resampler(AnyRowSource(image.rows), horizontal: down, vertical: across, order: .horizontalFirst)
            : Resampler(AnyRowSource(image.rows), horizontal: across, vertical: down, order: .verticalFirst)
        return try Image(collecting: &resampler)
    }

    @Test(arguments: Filter.allCases, [Resampler.Order.horizontalFirst, .verticalFirst])
    func pullsNoRowBeforeItsTime(filter: Filter, order: Resampler.Order) throws {
        var random = SplitMix64(seed: 13)
        for (height, target, origin, extent) in [
            (400, 10, 0.0, 400.0), (90, 30, 20.5, 40.0), (40, 100, 3.0, 20.0), (50, 50, 10.0, 30.0),
        ] {
            let image = TestPattern.noise.image(Size(5, height), .rgb8, using: &random)
            let count = RowCount()
            let vertical = AxisWeights(
                filter: filter, source: height, origin: origin, extent: extent, target: target)
            var resampler = Resampler(
                AnyRowSource(CountingRows(image, count)),
                horizontal: AxisWeights(filter: filter, source: 5, target: 4), vertical: vertical, order: order)
            #expect(count.pulled == 0)
            let scale = extent / Double(target)
            var row = [UInt8](repeating: 0, count: 12)
            for y in 0..<target {
                try resampler.readRow(into: &row)
                let centre = origin + (Double(y) + 0.5) * scale
                let last = centre + filter.support * max(1, scale) + 0.5
                #expect(count.pulled <= min(height, Int(last)), "row \(y) of \(height) to \(target)")
                #expect(count.pulled >= Int(centre))
            }
            let error = #expect(throws: ImageError.self) { try resampler.readRow(into: &row) }
            #expect(error?.kind == .misuse)
        }
    }

    /// The rows of a picture in memory are taken where they lie, unless they lie badly for the cache; the pixels are those of streaming.
    @Test(arguments: [PixelFormat.gray8, .rgb8, .rgba8, .rgb16, .grayAlpha16], [Filter.lanczos3, .box])
    func pictureInMemoryIsTheSame(format: PixelFormat, filter: Filter) throws {
        var random = SplitMix64(seed: 15)
        for (from, to) in Self.sizes + [
            (Size(1024, 60), Size(100, 12)), (Size(256, 200), Size(30, 4)), (Size(300, 200), Size(30, 4)),
        ] {
            for order in [Resampler.Order.horizontalFirst, .verticalFirst] {
                let image = TestPattern.noise.image(from, format, using: &random)
                let count = RowCount()
                let horizontal = AxisWeights(filter: filter, source: from.width, target: to.width)
                let crop = Double(from.height) - 7.5
                let vertical = AxisWeights(
                    filter: filter, source: from.height, origin: 6, extent: crop, target: to.height)
                var streamed = Resampler(
                    AnyRowSource(CountingRows(image, count)), horizontal: horizontal, vertical: vertical, order: order)
                var taken = Resampler(
                    AnyRowSource(image.rows), horizontal: horizontal, vertical: vertical, order: order)
                #expect(try Image(collecting: &streamed) == Image(collecting: &taken), "\(from) to \(to) \(order)")
                #expect(count.pulled > 0)
            }
        }
    }

    @Test func errorsOfTheSourceComeThrough() throws {
        var random = SplitMix64(seed: 14)
        let image = TestPattern.noise.image(Size(30, 60), .rgba8, using: &random)
        let count = RowCount()
        let weights = AxisWeights(filter: .bicubic, source: 30, target: 10)
        let vertical = AxisWeights(filter: .bicubic, source: 60, target: 20)
        var resampler = Resampler(
            AnyRowSource(CountingRows(image, count, allowed: 31)), horizontal: weights, vertical: vertical)
        var rows = 0
        let error = #expect(throws: ImageError.self) {
            var row = [UInt8](repeating: 0, count: 40)
            while rows < 20 {
                try resampler.readRow(into: &row)
                rows += 1
            }
        }
        #expect(error?.kind == .truncated)
        #expect(count.pulled == 31)
        #expect((5..<10).contains(rows))
    }

    @Test func transparentPixelsLoseTheirColour() throws {
        let pixels: [UInt8] = [10, 20, 30, 0, 200, 100, 50, 255]
        let image = Image(size: Size(2, 1), pixelFormat: .rgba8, pixels: pixels)
        #expect(try resampled(image, .nearest, to: Size(2, 1)).pixels == [0, 0, 0, 0, 200, 100, 50, 255])
        // The invisible pixel does not bleed: only its alpha counts.
        #expect(try resampled(image, .box, to: Size(1, 1)).pixels == [200, 100, 50, 128])
    }
}

@Suite("Filters and weights")
struct FilterTests {
    @Test(arguments: Filter.allCases)
    func agreesWithItsDefinition(filter: Filter) {
        for (source, origin, extent, target) in [
            (100, 0.0, 100.0, 37), (10, 0.0, 10.0, 64), (50, 7.25, 30.5, 12), (8, 3.0, 0.5, 5), (1, 0.0, 1.0, 3),
            (2000, 0.0, 2000.0, 1),
        ] {
            let expected = ResampleOracle.windows(
                filter.rawValue, source: source, origin: origin, extent: extent, target: target)
            let axis = AxisWeights(filter: filter, source: source, origin: origin, extent: extent, target: target)
            // A picture with one bright pixel tells its weight in every target pixel, in 16 bits.
            for bright in [0, source / 2, source - 1] {
                var pixels = [UInt8](repeating: 0, count: 2 * source)
                pixels[2 * bright] = 255
                pixels[2 * bright + 1] = 255
                let image = Image(size: Size(source, 1), pixelFormat: .gray16, pixels: pixels)
                var resampler = Resampler(
                    AnyRowSource(image.rows), horizontal: axis,
                    vertical: AxisWeights(filter: .nearest, source: 1, target: 1))
                guard let result = try? Image(collecting: &resampler) else {
                    Issue.record("no result")
                    return
                }
                for (i, value) in ResampleOracle.samples(result).enumerated() {
                    let k = bright - expected[i].first
                    let weight = expected[i].weights.indices.contains(k) ? expected[i].weights[k] : 0
                    #expect(abs(Double(value) - min(1, max(0, weight)) * 65_535) <= 0.6)
                }
            }
        }
    }

    @Test func values() {
        #expect(Filter.lanczos3.weight(at: 0) == 1)
        for whole in 1...3 { #expect(Filter.lanczos3.weight(at: Double(whole)) == 0) }
        for whole in [1.0, 2] { #expect(Filter.bicubic.weight(at: whole) == 0) }
        #expect(Filter.bicubic.weight(at: 0.5) == 0.5625)
        #expect(Filter.bicubic.weight(at: -1.5) == -0.0625)
        #expect(abs(Filter.mitchell.weight(at: 0) - 8.0 / 9) < 1e-15)
        #expect(abs(Filter.mitchell.weight(at: 1) - 1.0 / 18) < 1e-15)
        #expect(abs(Filter.hamming.weight(at: 0.5) - 0.3437746770784939) < 1e-15)
        #expect(abs(Filter.lanczos3.weight(at: 0.5) - 0.6079271018540267) < 1e-15)
        #expect(abs(Filter.lanczos3.weight(at: 2.5) - 0.02431708407416107) < 1e-15)
        #expect(Filter.box.weight(at: 0.5) == 1)
        #expect(Filter.box.weight(at: -0.5) == 0)
    }

    /// A crop of hardly any width at the very edge still has the pixel there.
    @Test(arguments: Filter.allCases)
    func edgeOfTheSource(filter: Filter) throws {
        let image = Image(size: Size(4, 1), pixelFormat: .gray8, pixels: [0, 0, 0, 201])
        let crop = Region(x: 4, y: 0, width: 1e-9, height: 1)
        let expected = filter == .nearest || filter == .box
        let result = try resampled(image, filter, crop: crop, to: Size(2, 1))
        #expect(expected ? result.pixels == [201, 201] : result.pixels[0] > 100)
    }

    @Test func mirroringTwiceIsNothing() {
        let axis = AxisWeights(filter: .bilinear, source: 9, origin: 1, extent: 5, target: 3)
        #expect(axis.mirrored() != axis)
        #expect(axis.mirrored().mirrored() == axis)
    }
}
