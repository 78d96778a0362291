import TestSupport
import Testing
import TintypeCore

@testable import TintypeJPEG

/// One picture and the way it is encoded.
struct EncoderCase: CustomTestStringConvertible {
    var size: Size
    var channels: Int
    var options: JPEGEncoder.Options
    var pixels: [UInt8]

    init(_ width: Int, _ height: Int, channels: Int = 3, noise: Bool = false, _ options: JPEGEncoder.Options) {
        size = Size(width, height)
        self.channels = channels
        self.options = options
        let seed = UInt64(width * 1_000 + height)
        pixels =
            noise
            ? TestPictures.noise(width: width, height: height, channels: channels, seed: seed)
            : TestPictures.photo(width: width, height: height, channels: channels, seed: seed)
    }

    var testDescription: String { "\(size) × \(channels), \(options)" }

    func encode(metadata: Metadata = Metadata()) throws(ImageError) -> [UInt8] {
        let sink = MemoryByteSink()
        let format: PixelFormat = channels == 1 ? .gray8 : channels == 3 ? .rgb8 : .cmyk8
        var encoder = try JPEGEncoder(sink, size: size, pixelFormat: format, options: options, metadata: metadata)
        var rows = Image(size: size, pixelFormat: format, pixels: pixels).rows
        try encoder.drain(&rows)
        return sink.bytes
    }

    func read() throws -> JPEGOracle { try JPEGOracle(encode()) }
}

struct EncoderTests {
    static let sizes = [(1, 1), (7, 9), (8, 8), (16, 16), (17, 33), (33, 17), (1, 40), (40, 1), (49, 50)]

    static let cases: [EncoderCase] = sizes.flatMap { width, height in
        JPEGEncoder.Subsampling.allCases.flatMap { subsampling in
            [10, 85, 100].map {
                EncoderCase(width, height, noise: $0 == 85, .init(quality: $0, subsampling: subsampling))
            }
        } + [1, 4].map { EncoderCase(width, height, channels: $0, .init(quality: 90)) }
    }

    /// Every coefficient is the nearest multiple of its step to what the textbook has, but for what rounding of colours
    /// shifts.
    @Test(arguments: cases)
    func coefficientsAreTheTextbooks(_ test: EncoderCase) throws {
        let file = try test.read()
        #expect(Size(file.width, file.height) == test.size)
        #expect(file.components.count == test.channels)
        #expect(file.isPaddedWithOnes)
        let oracle = JPEGEncoderOracle(
            width: test.size.width, height: test.size.height, channels: test.channels, pixels: test.pixels)
        let (maxAcross, maxDown) = (file.components[0].across, file.components[0].down)
        for (index, component) in file.components.enumerated() {
            let (across, down) = (maxAcross / component.across, maxDown / component.down)
            let columns = (test.size.width + 8 * across - 1) / (8 * across)
            let rows = (test.size.height + 8 * down - 1) / (8 * down)
            var worst = 0.0
            for y in 0..<rows {
                for x in 0..<columns {
                    let exact = oracle.frequencies(
                        component: index, blockX: x, blockY: y, across: across, down: down)
                    let error = JPEGEncoderOracle.worstRounding(component.block(x, y), component.steps, of: exact)
                    worst = max(worst, error)
                }
            }
            #expect(worst <= 0.4)
        }
    }

    @Test(arguments: cases)
    func blocksBeyondTheEdgesAreFlat(_ test: EncoderCase) throws {
        let file = try test.read()
        let luma = file.components[0]
        let (columns, rows) = ((test.size.width + 7) / 8, (test.size.height + 7) / 8)
        for y in 0..<luma.blocksDown {
            for x in 0..<luma.blocksAcross where x >= columns || y >= rows {
                #expect(luma.block(x, y).dropFirst().allSatisfy { $0 == 0 })
                // The block that comes before in the stream: the left one, or in a row below the picture the last
                // above.
                let before = y >= rows ? luma.block(x | (luma.across - 1), y - 1) : luma.block(x - 1, y)
                #expect(luma.block(x, y).first == before.first)
            }
        }
    }

    @Test(arguments: [1, 2, 3, 7, 100, 65_535])
    func restartIntervalsChangeNoCoefficient(interval: Int) throws {
        for optimize in [false, true] {
            var test = EncoderCase(150, 90, .init(optimizeHuffman: optimize))
            let plain = try test.read()
            test.options.restartInterval = interval
            let file = try test.read()
            #expect(file.components.map(\.coefficients) == plain.components.map(\.coefficients))
            #expect(file.restartInterval == interval)
            #expect(file.isPaddedWithOnes)
            // 10 × 6 MCUs.
            #expect(file.restarts == 59 / interval)
        }
    }

    @Test(arguments: [(20, false), (90, false), (100, true)], JPEGEncoder.Subsampling.allCases)
    func optimisedTablesOnlyMakeTheFileSmaller(_ kind: (quality: Int, noise: Bool), _ sampling: JPEGEncoder.Subsampling)
        throws
    {
        var test = EncoderCase(300, 200, noise: kind.noise, .init(quality: kind.quality, subsampling: sampling))
        let optimised = try test.encode()
        test.options.optimizeHuffman = false
        let standard = try test.encode()
        #expect(optimised.count < standard.count)
        let (a, b) = (try JPEGOracle(optimised), try JPEGOracle(standard))
        #expect(a.components.map(\.coefficients) == b.components.map(\.coefficients))
    }

    /// More tokens than one piece of the store holds, more bytes than one buffer.
    @Test func aLargeFileOfNoise() throws {
        var test = EncoderCase(400, 400, .init(quality: 100, subsampling: .s444))
        test.pixels = TestPictures.noise(width: 400, height: 400, channels: 3, seed: 1).map { $0 < 128 ? 0 : 255 }
        let optimised = try test.read()
        test.options.optimizeHuffman = false
        #expect(try test.read().components.map(\.coefficients) == optimised.components.map(\.coefficients))
    }

    /// Black and white after the signs of each basis function and of its negative, by turns: the largest coefficients
    /// and DC differences.
    @Test(arguments: [false, true])
    func theLargestCoefficientsAreWritten(optimize: Bool) throws {
        var test = EncoderCase(8 * 128, 8, channels: 1, .init(quality: 100, optimizeHuffman: optimize))
        for index in 0..<128 {
            var unit = [Double](repeating: 0, count: 64)
            unit[index / 2] = index % 2 == 0 ? 1 : -1
            for (i, value) in TextbookDCT.inverse(unit).enumerated() {
                test.pixels[i / 8 * 8 * 128 + 8 * index + i % 8] = value > 0 ? 255 : 0
            }
        }
        let oracle = JPEGEncoderOracle(width: 8 * 128, height: 8, channels: 1, pixels: test.pixels)
        let luma = try test.read().components[0]
        var (largest, difference, before) = (0, 0, 0)
        for x in 0..<128 {
            let block = Array(luma.block(x, 0))
            let exact = oracle.frequencies(component: 0, blockX: x, blockY: 0, across: 1, down: 1)
            #expect(zip(block, exact).allSatisfy { (Double($0) - $1).magnitude <= 0.7 })
            largest = max(largest, block.dropFirst().map(abs).max() ?? 0)
            difference = max(difference, abs(block[0] - before))
            before = block[0]
        }
        #expect(largest > 1_000)
        #expect(difference > 2_000)
    }

    /// At quality 100 what comes out is what went in, but for rounding.
    @Test func aGreyPictureSurvives() throws {
        let test = EncoderCase(61, 43, channels: 1, noise: true, .init(quality: 100))
        let file = try test.read()
        let worst = zip(file.boxUpsampled(0), test.pixels).map { ($0 - Double($1)).magnitude }.max() ?? 255
        #expect(worst < 2.5)
    }

    @Test func aColourPictureSurvives() throws {
        let test = EncoderCase(61, 43, noise: true, .init(quality: 100, subsampling: .s444))
        let file = try test.read()
        let (y, cb, cr) = (file.boxUpsampled(0), file.boxUpsampled(1), file.boxUpsampled(2))
        var worst = 0.0
        for i in y.indices {
            let red = y[i] + 1.402 * (cr[i] - 128)
            let green = y[i] - 0.344136 * (cb[i] - 128) - 0.714136 * (cr[i] - 128)
            let blue = y[i] + 1.772 * (cb[i] - 128)
            for (channel, value) in [red, green, blue].enumerated() {
                worst = max(worst, (value - Double(test.pixels[3 * i + channel])).magnitude)
            }
        }
        #expect(worst < 5)
    }

    // MARK: - Misuse and failures

    private func kind(_ body: () throws -> Void) -> ImageError.Kind? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ImageError)?.kind
        }
    }

    private func make(
        _ size: Size = Size(2, 2), _ format: PixelFormat = .rgb8, _ options: JPEGEncoder.Options = .init()
    ) throws {
        _ = try JPEGEncoder(MemoryByteSink(), size: size, pixelFormat: format, options: options)
    }

    @Test func whatCannotBeMade() {
        for format in PixelFormat.allCases where ![.rgb8, .gray8, .cmyk8].contains(format) {
            #expect(kind { try make(Size(2, 2), format) } == .misuse)
        }
        for quality in [Int.min, -1, 0, 101, Int.max] {
            #expect(kind { try make(Size(2, 2), .rgb8, .init(quality: quality)) } == .misuse)
        }
        for interval in [-1, 65_536] {
            #expect(kind { try make(Size(2, 2), .rgb8, .init(restartInterval: interval)) } == .misuse)
        }
        for bytes in [Int.min, -1, 0] {
            #expect(kind { try make(Size(2, 2), .rgb8, .init(maximumBytes: bytes)) } == .misuse)
        }
        for size in [Size(0, 1), Size(1, 0), Size(-1, 5), Size(Int.min, 1)] {
            #expect(kind { try make(size) } == .misuse)
        }
        for size in [Size(65_536, 1), Size(1, 65_536), Size(Int.max, Int.max)] {
            #expect(kind { try make(size) } == .limitExceeded)
        }
    }

    @Test func theLargestSidesAreTaken() throws {
        for size in [Size(65_535, 1), Size(1, 65_535)] {
            let file = try EncoderCase(size.width, size.height, .init()).read()
            #expect(Size(file.width, file.height) == size)
        }
    }

    @Test func rowsMustBeAllAndFit() throws {
        var encoder = try JPEGEncoder(MemoryByteSink(), size: Size(4, 2), pixelFormat: .rgb8)
        let row = [UInt8](repeating: 9, count: 13)
        var kinds: [ImageError.Kind?] = []
        func attempt(_ body: (inout JPEGEncoder) throws -> Void) {
            do {
                try body(&encoder)
                kinds.append(nil)
            } catch {
                kinds.append((error as? ImageError)?.kind)
            }
        }
        attempt { try $0.writeRow(row.span) }
        attempt { try $0.writeRow(row.span.extracting(first: 12)) }
        attempt { try $0.finish() }
        attempt { try $0.writeRow(row.span.extracting(first: 12)) }
        attempt { try $0.writeRow(row.span.extracting(first: 12)) }
        attempt { try $0.finish() }
        attempt { try $0.finish() }
        #expect(kinds == [.misuse, nil, .misuse, nil, .misuse, nil, .misuse])
    }

    private final class FullSink: ByteSink {
        var left: Int

        init(_ left: Int) {
            self.left = left
        }

        func write(_ bytes: Span<UInt8>) throws(ImageError) {
            left -= bytes.count
            if left < 0 { throw ImageError(.io, "no room", operation: .write) }
        }
    }

    /// Wherever the sink fails, the failure comes out, and `finish` does not hide it.
    @Test(arguments: [
        JPEGEncoder.Options(quality: 100), .init(quality: 100, optimizeHuffman: false),
        .init(quality: 100, progressive: true), .init(quality: 100, maximumBytes: 1_000_000),
    ])
    func aFailingSinkIsReported(_ options: JPEGEncoder.Options) throws {
        let test = EncoderCase(300, 300, noise: true, options)
        let size = try test.encode().count
        for room in Array(stride(from: 0, to: size, by: size / 12)) + [size - 1] {
            var encoder = try JPEGEncoder(FullSink(room), size: test.size, pixelFormat: .rgb8, options: test.options)
            var rows = Image(size: test.size, pixelFormat: .rgb8, pixels: test.pixels).rows
            var errors: [ImageError.Kind] = []
            do { try encoder.drain(&rows) } catch { errors.append(error.kind) }
            do { try encoder.finish() } catch { errors.append(error.kind) }
            do { try encoder.writeRow(test.pixels.span.extracting(first: 900)) } catch { errors.append(error.kind) }
            #expect(errors == [.io, .io, .io])
        }
    }
}
