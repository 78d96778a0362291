import TestSupport
import Testing
import TintypeCore

@testable import TintypeJPEG

struct EncoderBudgetTests {
    static let kinds: [JPEGEncoder.Options] = [
        .init(quality: 95), .init(quality: 95, subsampling: .s444, progressive: true),
        .init(quality: 95, subsampling: .s411, restartInterval: 5),
    ]

    private func picture(_ options: JPEGEncoder.Options, channels: Int = 3) -> EncoderCase {
        EncoderCase(500, 400, channels: channels, options)
    }

    /// Near the maximum, and never above it.
    @Test(arguments: kinds, [15, 30, 60, 90])
    func filesComeNearTheMaximum(_ options: JPEGEncoder.Options, percent: Int) throws {
        var test = picture(options)
        let maximum = try test.encode().count * percent / 100
        test.options.maximumBytes = maximum
        let file = try test.encode()
        #expect(file.count <= maximum)
        #expect(file.count >= maximum * 95 / 100)
        let stored = try storedPicture(file)
        #expect(stored.frame.size == test.size)
        #expect(stored.frame.process == (options.progressive ? .progressive : .baseline))
    }

    enum Kind: String, CaseIterable {
        case gray, photo, noise, inks
    }

    static let codings: [JPEGEncoder.Options] = [
        .init(quality: 100), .init(quality: 100, subsampling: .s444),
        .init(quality: 100, subsampling: .s411, progressive: true),
        .init(quality: 100, arithmetic: true),
        .init(quality: 100, subsampling: .s444, progressive: true, arithmetic: true),
    ]

    /// Without a quality, budgets are filled up to what 100 takes.
    @Test(arguments: Kind.allCases, codings)
    func withoutAQualityTheBudgetIsFilled(_ kind: Kind, _ options: JPEGEncoder.Options) throws {
        let channels = kind == .gray ? 1 : kind == .inks ? 4 : 3
        var test = EncoderCase(300, 200, channels: channels, noise: kind == .noise, options)
        let most = try test.encode()
        test.options.quality = nil
        // Noise has no file below a tenth of the best.
        for percent in [5, 20, 45, 60, 70, 80, 90, 95, 99] where kind != .noise || percent > 10 {
            let maximum = most.count * percent / 100
            test.options.maximumBytes = maximum
            let count = try test.encode().count
            #expect((maximum * 95 / 100...maximum).contains(count), "\(count) of \(maximum), \(percent) %")
        }
        test.options.maximumBytes = most.count
        #expect(try test.encode() == most)
    }

    /// Of tall pictures qualities are given up before all rows are there: none that would have done, whatever comes above or below.
    @Test(arguments: [0..<1_100, 0..<500, 300..<500, 900..<1_100], codings.prefix(4))
    func tallPicturesFillTheBudgetToo(_ busy: Range<Int>, _ options: JPEGEncoder.Options) throws {
        var test = EncoderCase(96, 1_100, options)
        for y in 0..<1_100 where !busy.contains(y) {
            for i in y * 288..<(y + 1) * 288 { test.pixels[i] = UInt8(y / 8) }
        }
        let most = try test.encode()
        test.options.quality = nil
        for percent in [10, 30, 60, 90, 99] {
            let maximum = most.count * percent / 100
            test.options.maximumBytes = maximum
            let count = try test.encode().count
            #expect((maximum * 95 / 100...maximum).contains(count), "\(count) of \(maximum), \(percent) %")
        }
        test.options.maximumBytes = most.count
        #expect(try test.encode() == most)
    }

    /// What arithmetic codes save differs so much between the qualities of faint noise that a search went back and forth between two for ever.
    @Test(.timeLimit(.minutes(1)), arguments: [1, 2, 4, 6], [30, 50, 70, 85])
    func arithmeticCodesOfFaintNoise(_ amplitude: Int, _ quality: Int) throws {
        var test = EncoderCase(400, 300, .init(quality: quality, arithmetic: true))
        var generator = SplitMix64(seed: UInt64(amplitude))
        for i in stride(from: 0, to: test.pixels.count, by: 3) {
            let value = UInt8(120 + Int.random(in: -amplitude...amplitude, using: &generator))
            for channel in 0..<3 { test.pixels[i + channel] = value }
        }
        let maximum = try test.encode().count
        test.options.quality = nil
        test.options.maximumBytes = maximum
        let count = try test.encode().count
        // Of a few hundred bytes one coefficient is a large part.
        #expect(count <= maximum)
        #expect(count >= (maximum - 300) * 95 / 100)
    }

    @Test func withoutABudgetTheQualityIsTheUsual() throws {
        var test = picture(.init())
        let usual = try test.encode()
        test.options.quality = 85
        #expect(try test.encode() == usual)
    }

    @Test(arguments: [1, 4])
    func greyAndInks(channels: Int) throws {
        var test = picture(.init(quality: 90), channels: channels)
        let maximum = try test.encode().count / 2
        test.options.maximumBytes = maximum
        #expect((maximum * 95 / 100...maximum).contains(try test.encode().count))
    }

    /// Where the quality's own file fits, it is that file.
    @Test(arguments: kinds)
    func qualityIsTheBound(_ options: JPEGEncoder.Options) throws {
        var test = picture(options)
        let free = try test.encode()
        for bytes in [free.count, free.count + 1, 10 * free.count, Int.max] {
            test.options.maximumBytes = bytes
            #expect(try test.encode() == free)
        }
        test.options.maximumBytes = free.count - 1
        #expect(try test.encode().count < free.count)
    }

    /// A file that was made to fit is what its own tables make of the picture: nothing is quantised twice.
    @Test func nothingIsQuantisedTwice() throws {
        var test = EncoderCase(64, 48, noise: true, .init(quality: 97, subsampling: .s444))
        test.options.maximumBytes = try test.encode().count / 2
        let file = try test.read()
        let oracle = JPEGEncoderOracle(width: 64, height: 48, channels: 3, pixels: test.pixels)
        for (index, component) in file.components.enumerated() {
            for block in 0..<48 {
                let exact = oracle.frequencies(
                    component: index, blockX: block % 8, blockY: block / 8, across: 1, down: 1)
                let stored = component.block(block % 8, block / 8)
                #expect(JPEGEncoderOracle.worstRounding(stored, component.steps, of: exact) <= 0.4)
            }
        }
    }

    @Test func metadataCount() throws {
        var test = picture(.init(quality: 90))
        let maximum = try test.encode().count
        test.options.maximumBytes = maximum
        let exif = TestPictures.noise(width: 8_000, height: 1, channels: 1, seed: 4)
        let file = try test.encode(metadata: Metadata(exif: exif))
        #expect((maximum * 95 / 100...maximum).contains(file.count))
    }

    @Test func whatCannotFitIsRefused() throws {
        var test = picture(.init(quality: 90))
        for bytes in [1, 600, 1_500] {
            test.options.maximumBytes = bytes
            #expect { try test.encode() } throws: { ($0 as? ImageError)?.kind == .limitExceeded }
        }
        test.options.quality = 1
        test.options.maximumBytes = nil
        let least = try test.encode()
        test.options.quality = 90
        test.options.maximumBytes = least.count
        #expect(try test.encode().count == least.count)
    }

    @Test(arguments: [(1, 1), (1, 300), (300, 1), (17, 9)])
    func smallPictures(_ width: Int, _ height: Int) throws {
        var test = EncoderCase(width, height, noise: true, .init(quality: 100))
        let free = try test.encode().count
        var smallest = Int.max
        for bytes in stride(from: free, to: 100, by: -23) {
            test.options.maximumBytes = bytes
            guard let file = try? test.encode() else { break }
            #expect(file.count <= bytes)
            smallest = min(smallest, file.count)
        }
        #expect(smallest <= free)
    }

    /// Bits that are counted are bits that are written, but for stuffing.
    @Test(arguments: [false, true], [0, 9])
    func countedBytesAreWritten(progressive: Bool, restartInterval: Int) throws {
        let options = JPEGEncoder.Options(progressive: progressive, restartInterval: restartInterval)
        let file = try picture(options).encode()
        let stored = try storedPicture(file)
        let layout = EncoderLayout(size: Size(500, 400), pixelFormat: .rgb8, subsampling: .s420)
        let frame = EncodedFrame(
            layout: layout, quantization: [], signature: .jfif, isProgressive: progressive,
            restartInterval: restartInterval)
        var packer = BandPacker(layout)
        var bands: [BlockBand] = []
        for mcuRow in 0..<layout.mcusDown {
            var coefficients: [Int16] = []
            for (index, component) in layout.components.enumerated() {
                let count = 64 * layout.mcusAcross * component.across * component.down
                let start = stored.starts[index] + mcuRow * count
                coefficients += stored.coefficients[start..<start + count]
            }
            packer.pack(coefficients, mcuRow: mcuRow)
            bands.append(packer.copy)
        }
        let counted = frame.plan(bands)
        let scans = JPEGSegments(file).segments.filter { [0xC4, 0xDA].contains($0.marker) }
        let headers = scans.reduce(0) { $0 + 4 + $1.parameters.count }
        let data = scans.reduce(0) { $0 + $1.entropyCoded.count }
        let stuffed = scans.reduce(0) { sum, scan in
            sum + zip(scan.entropyCoded, scan.entropyCoded.dropFirst()).filter { $0 == 0xFF && $1 == 0 }.count
        }
        #expect(counted.headers == headers)
        #expect((counted.data - (data - stuffed)).magnitude <= (restartInterval == 0 ? 0 : data / 100))
    }
}
