import TestSupport
import Testing
import Tintype

@testable import TintypeQuantize

@Suite struct PaletteTests {
    /// The nearest colour by measuring all of them.
    private func nearest(_ color: UInt32, _ palette: [UInt32]) -> Float {
        let oklab = Oklab()
        let point = oklab.point(color)
        return palette.map { oklab.point($0).squaredDistance(to: point) }.min() ?? .infinity
    }

    @Test func oklabOfKnownColours() {
        // Values of Ottosson's reference implementation.
        let expected: [(UInt32, Float, Float, Float)] = [
            (0xFFFF_FFFF, 1, 0, 0), (0xFF00_0000, 0, 0, 0), (0xFF00_00FF, 0.62796, 0.22486, 0.12585),
            (0xFF00_FF00, 0.86644, -0.23389, 0.17950), (0xFFFF_0000, 0.45201, -0.03246, -0.31153),
        ]
        for (color, lightness, a, b) in expected {
            let point = Oklab().point(color)
            #expect(abs(point.lightness + 0.5 - lightness) < 2e-4)
            #expect(abs(point.a / ColorPoint.chroma - a) < 2e-4 && abs(point.b / ColorPoint.chroma - b) < 2e-4)
        }
    }

    @Test func thereAndBack() {
        var random = SplitMix64(seed: 7)
        let oklab = Oklab()
        for _ in 0..<2000 {
            let opaque = UInt32.random(in: 0...0xFF_FFFF, using: &random) | 0xFF00_0000
            let again = oklab.color(oklab.point(opaque))
            for shift: UInt32 in [0, 8, 16, 24] {
                #expect(abs(Int(opaque >> shift & 255) - Int(again >> shift & 255)) <= 1)
            }
        }
        for alpha: UInt32 in [0, 1, 100, 254] {
            let again = oklab.color(oklab.point(alpha << 24 | 0x80_4020))
            #expect(again >> 24 == alpha && (alpha > 0 || again == 0))
        }
    }

    @Test(arguments: [2, 16, 255, 256])
    func fewColoursStayAsTheyAre(_ count: Int) {
        var random = SplitMix64(seed: UInt64(count))
        var colors = Set<UInt32>([0])
        while colors.count < count { colors.insert(UInt32.random(in: 0x0100_0000...UInt32.max, using: &random)) }
        let all = colors.sorted()
        let pixels = (0..<4000).map { _ in all.randomElement(using: &random) ?? 0 } + all
        for dithering in Dithering.allCases {
            var made = pixels
            let palette = Quantizer(colors: count, dithering: dithering).quantize(&made, width: 10)
            #expect(made == pixels)
            #expect(palette.sorted() == all)
        }
        var histogram = ColorHistogram()
        histogram.add(pixels.span)
        #expect(histogram.exactColors(limit: count - 1) == nil)
    }

    private func photo() throws -> (pixels: [UInt32], width: Int) {
        let image = try Image(decoding: TestImages.bytes("photo.png"))
        var rows = try PixelConversion(AnyRowSource(image.rows), to: .rgba8)
        let rgba = try Image(collecting: &rows)
        var pixels: [UInt32] = []
        Quantizer().append(rgba.pixels.span, to: &pixels)
        return (pixels, rgba.size.width)
    }

    @Test(arguments: [2, 7, 64, 256])
    func withoutDitheringEveryPixelGetsTheNearestColour(_ count: Int) throws {
        let (pixels, width) = try photo()
        var made = pixels
        let palette = Quantizer(colors: count, dithering: Dithering.none).quantize(&made, width: width)
        #expect(palette.count <= count && Set(palette).count == palette.count)
        #expect(Set(made).isSubset(of: palette))
        let oklab = Oklab()
        for i in stride(from: 0, to: pixels.count, by: 97) {
            let distance = oklab.point(pixels[i]).squaredDistance(to: oklab.point(made[i]))
            // A colour at the border of a cell may miss the nearest by a hair.
            #expect(distance.squareRoot() <= nearest(pixels[i], palette).squareRoot() + 0.002)
        }
    }

    /// k-means must beat the groups that it began with, and more colours must beat fewer.
    @Test func theErrorFalls() throws {
        let (pixels, _) = try photo()
        var histogram = ColorHistogram()
        histogram.add(pixels.span)
        func error(_ palette: [UInt32]) -> Float {
            stride(from: 0, to: pixels.count, by: 31).reduce(0) { $0 + nearest(pixels[$1], palette) }
        }
        let errors = [2, 8, 32, 128, 256].map { error(histogram.palette(count: $0)) }
        let means = [2, 8, 32, 128, 256].map { histogram.meanError(of: histogram.palette(count: $0)) }
        #expect(zip(means, means.dropFirst()).allSatisfy { $0 > $1 })
        var few = ColorHistogram()
        few.add(Array(pixels[..<300]).span)
        #expect(few.meanError(of: few.entries.map(\.color)) == 0)
        #expect(zip(errors, errors.dropFirst()).allSatisfy { $0 > $1 })
        let oklab = Oklab()
        let points = histogram.entries.map { oklab.point($0.color) }
        let weights = histogram.entries.map { Float($0.count) }
        let cut = VarianceCut.groups(of: points, weights: weights, count: 32).means.map { oklab.color($0) }
        #expect(error(histogram.palette(count: 32)) < error(cut))
    }

    /// The nearest place and the distance of the next, beside looking at all of them; and a bound where the next is out of reach.
    @Test(arguments: [1, 2, 3, 4, 5, 17, 256])
    func nearestPlaces(_ count: Int) {
        var random = SplitMix64(seed: UInt64(count))
        func point() -> ColorPoint {
            ColorPoint(
                lightness: .random(in: -0.5...0.5, using: &random), a: .random(in: -0.3...0.3, using: &random),
                b: .random(in: -0.3...0.3, using: &random), opacity: ColorPoint.opaque)
        }
        let points = (0..<count).map { _ in point() }
        let places = Places(points)
        for _ in 0..<200 {
            let wanted = point()
            let distances = points.map { $0.squaredDistance(to: wanted).squareRoot() }.sorted()
            for reach in [.infinity, distances[0], 2 * distances[0]] as [Float] {
                let found = places.nearest(to: wanted, within: reach)
                #expect(points[Int(found.index)].squaredDistance(to: wanted).squareRoot() == distances[0])
                #expect(found.distance == distances[0])
                let next = min(reach, count > 1 ? distances[1] : .infinity)
                // Those that are filled up with lie far away.
                #expect(count % 4 != 0 && found.next > 1e8 || found.next == next)
            }
        }
    }

    /// Dithering keeps the mean colour of an area that no palette colour has.
    @Test(arguments: [Dithering.diffusion, .ordered], [0x50, 0x80, 0xA8] as [UInt32])
    func dotsAverageToTheColour(_ dithering: Dithering, _ gray: UInt32) {
        let palette: [UInt32] = [0xFF40_4040, 0xFFC0_C0C0, 0xFF00_00FF]
        var pixels = [UInt32](repeating: 0xFF00_0000 | gray * 0x01_0101, count: 128 * 128)
        var mapper = PaletteMapper(palette)
        mapper.map(&pixels, width: 128, dithering: dithering)
        let mean = pixels.reduce(0.0) { $0 + Double($1 >> 8 & 255) } / Double(pixels.count)
        // The ordered pattern mixes in the perceptual space, in which the middle lies a little elsewhere.
        #expect(abs(mean - Double(gray)) < (dithering == .diffusion ? 2 : 12), "\(mean)")
    }

    @Test func orderedDitheringDependsOnPlaceAndColourOnly() throws {
        let (pixels, width) = try photo()
        var changed = pixels
        for i in 0..<width * 20 { changed[i] = 0xFF12_3456 }
        var histogram = ColorHistogram()
        histogram.add(pixels.span)
        var mapper = PaletteMapper(histogram.palette(count: 32))
        var (a, b) = (pixels, changed)
        mapper.map(&a, width: width, dithering: .ordered)
        mapper.map(&b, width: width, dithering: .ordered)
        for i in pixels.indices where pixels[i] == changed[i] { #expect(a[i] == b[i]) }
    }

    /// Several pictures with one palette: as if they were one, whatever the number of threads.
    @Test(arguments: Dithering.allCases, [1, 2, 5])
    func picturesInCommon(_ dithering: Dithering, _ threads: Int) throws {
        let (pixels, width) = try photo()
        let band = 16 * width
        // Eleven pictures of which each has most rows in common with the one before.
        var pictures = [Array(pixels[..<(3 * band)])]
        for index in 1...10 {
            var next = pictures[index - 1]
            let place = index % 3 * band
            next.replaceSubrange(place..<place + band, with: pixels[(index % 5 * band)..<(index % 5 + 1) * band])
            pictures.append(next)
        }
        var histogram = ColorHistogram()
        for picture in pictures { histogram.add(picture.span) }
        let sequence = sequence(of: pictures, width: width)
        var changed = pictures[0].count
        for (before, next) in zip(pictures, pictures.dropFirst()) {
            for row in stride(from: 0, to: next.count, by: width)
            where before[row..<row + width] != next[row..<row + width] {
                changed += width
            }
        }
        #expect(sequence.pixelCount == changed && changed < 11 * 3 * band)
        let counted = try sequence.histogram(threads: threads)
        #expect(counted.entries.map(\.count).reduce(0, +) == histogram.entries.map(\.count).reduce(0, +))
        let palette = counted.palette(count: 40)
        let mapped = try PaletteMapper(palette).map(sequence, dithering: dithering, threads: threads)
        var alone = PaletteMapper(palette)
        var canvas = [UInt32](repeating: 0, count: 3 * band)
        for (picture, result) in zip(pictures, mapped) {
            let before = canvas
            result.draw(on: &canvas, width: width)
            var expected = picture
            alone.map(&expected, width: width, dithering: dithering)
            for y in 0..<3 * 16 {
                let row = y * width..<(y + 1) * width
                #expect(canvas[row] == (result.rows.contains(y) ? expected : before)[row])
                // Errors that come from other rows do not change what stands still.
                if dithering != .diffusion { #expect(canvas[row] == expected[row]) }
            }
        }
        let quantizer = Quantizer(colors: 40, dithering: dithering)
        #expect(try quantizer.quantize(sequence, threads: threads).map(\.pixels) == mapped.map(\.pixels))
        var few = self.sequence(of: [canvas, pictures[0].map { _ in canvas[0] }], width: width)
        let exact = try quantizer.quantize(few)
        #expect(exact[0].pixels == canvas && exact[1].rows == Array(0..<3 * 16), "few colours stay as they are")
        // Of the next pictures the rows of the last one count too.
        few.removeAll()
        few.append(bytes(exact[1].pixels))
        #expect(few.pictures[0].rows.isEmpty && few.pixelCount == 0)
        #expect(try few.histogram(threads: threads).exactColors(limit: 1) == [canvas[0]])
        few.completeFirst()
        #expect(few.pictures[0].pixels == exact[1].pixels)
    }

    private func sequence(of pictures: [[UInt32]], width: Int) -> PictureSequence {
        var sequence = PictureSequence(size: Size(width, pictures[0].count / width), quantizer: Quantizer())
        for picture in pictures { sequence.append(bytes(picture)) }
        return sequence
    }

    private func bytes(_ pixels: [UInt32]) -> [UInt8] {
        pixels.flatMap { color in [0, 8, 16, 24].map { UInt8(truncatingIfNeeded: color >> UInt32($0)) } }
    }

    /// Where each row is counted once for all pictures in which it stays, each colour must come to the same number as by counting every pixel.
    @Test func rowsThatStayCountForEachPicture() throws {
        var random = SplitMix64(seed: 8)
        var picture = (0..<60).map { _ in UInt32.random(in: 0xFF00_0000...0xFF00_0009, using: &random) }
        let pictures = (0..<30).map { _ in
            let place = Int.random(in: 0..<6, using: &random) * 10
            for i in place..<place + 10 { picture[i] = UInt32.random(in: 0xFF00_0000...0xFF00_0009, using: &random) }
            return picture
        }
        let counted = try sequence(of: pictures, width: 10).histogram(threads: 2)
        for entry in counted.entries {
            #expect(Int(entry.count) == pictures.joined().count { $0 == entry.color })
        }
        #expect(counted.entries.count == 10)
    }

    @Test func transparency() {
        var random = SplitMix64(seed: 3)
        let bytes = (0..<8000).map { _ in UInt8.random(in: 0...255, using: &random) }
        var pixels: [UInt32] = []
        Quantizer(alpha: .threshold).append(bytes.span, to: &pixels)
        for (i, pixel) in pixels.enumerated() {
            #expect(pixel >> 24 == (bytes[4 * i + 3] >= 128 ? 255 : 0))
            #expect(pixel >> 24 == 255 || pixel == 0)
        }
        pixels = []
        Quantizer().append(bytes.span, to: &pixels)
        pixels += [0, 0, 0xFF00_00FF, 0]
        for dithering in Dithering.allCases {
            var made = pixels
            let palette = Quantizer(colors: 20, dithering: dithering).quantize(&made, width: 4)
            #expect(palette.count <= 20 && palette.contains(0))
            #expect(made.suffix(4).elementsEqual([0, 0, made[made.count - 2], 0]))
            #expect(Set(made).isSubset(of: palette))
        }
    }

    @Test func aHistogramOfParts() throws {
        let (pixels, _) = try photo()
        var (whole, first, second) = (ColorHistogram(), ColorHistogram(), ColorHistogram())
        whole.add(pixels.span)
        first.add(Array(pixels[..<9000]).span)
        second.add(Array(pixels[9000...]).span)
        first.add(second)
        let counts = [whole, first].map { $0.entries.reduce(0) { $0 + $1.count } }
        #expect(counts == [UInt64(pixels.count), UInt64(pixels.count)])
    }

    @Test func blueNoiseIsEven() {
        let thresholds = BlueNoise.thresholds()
        let side = BlueNoise.side
        #expect(Set(thresholds).count == side * side)
        // Of any 8 by 8 square about half the dots are set at half.
        for y in stride(from: 0, to: side, by: 8) {
            for x in stride(from: 0, to: side, by: 8) {
                let set = (0..<64).count { thresholds[(y + $0 / 8) * side + x + $0 % 8] < 0.5 }
                #expect((26...38).contains(set))
            }
        }
        // No dot of the first tenth touches another.
        for place in thresholds.indices where thresholds[place] < 0.1 {
            let neighbours = [(1, 0), (0, 1), (1, 1)].map { dx, dy in
                thresholds[(place / side + dy) % side * side + (place % side + dx) % side]
            }
            #expect(neighbours.allSatisfy { $0 >= 0.1 })
        }
    }

    @Test func rowsOfFewColours() throws {
        let image = try Image(decoding: TestImages.bytes("photo.png"))
        let rgba = AnyRowSource(try PixelConversion(AnyRowSource(image.rows), to: .rgba8))
        var rows = try QuantizedRows(rgba, by: Quantizer(colors: 12))
        let few = try Image(collecting: &rows)
        let colors = Set(stride(from: 0, to: few.pixels.count, by: 4).map { Array(few.pixels[$0..<$0 + 4]) })
        #expect(colors.count <= 12 && colors.count > 8)
        var row = [UInt8](repeating: 0, count: few.bytesPerRow)
        #expect(throws: ImageError.self) { try rows.readRow(into: &row) }
    }

    @Test(arguments: [1, 257])
    func wrongNumbersOfColours(_ count: Int) throws {
        let image = Image(size: Size(1, 1), pixelFormat: .rgba8, pixels: [1, 2, 3, 255])
        #expect {
            _ = try QuantizedRows(AnyRowSource(image.rows), by: Quantizer(colors: count))
        } throws: { ($0 as? ImageError)?.kind == .misuse }
        #expect {
            _ = try QuantizedRows(AnyRowSource(image.rows), by: Quantizer(), limit: 3)
        } throws: { ($0 as? ImageError)?.kind == .limitExceeded }
    }
}
