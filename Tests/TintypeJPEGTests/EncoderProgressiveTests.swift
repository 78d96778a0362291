import TestSupport
import Testing
import TintypeCore

@testable import TintypeJPEG

/// The coefficients that the decoder, which is checked against other encoders' files, finds in a file.
func storedPicture(_ file: [UInt8]) throws(ImageError) -> CoefficientPicture {
    var decoder = try JPEGDecoder(
        MemoryByteSource(file), options: DecodeOptions(strict: true), holdingCoefficients: true)
    return try decoder.readCoefficients()
}

struct EncoderProgressiveTests {
    static let cases: [EncoderCase] = EncoderTests.sizes.flatMap { width, height in
        JPEGEncoder.Subsampling.allCases.map {
            EncoderCase(width, height, noise: width > 20, .init(quality: 88, subsampling: $0, progressive: true))
        } + [1, 4].map { EncoderCase(width, height, channels: $0, .init(quality: 97, progressive: true)) }
    }

    private func expectBaselineCoefficients(_ test: EncoderCase) throws {
        let file = try test.encode()
        var baseline = test
        baseline.options.progressive = false
        let (found, expected) = (try storedPicture(file), try storedPicture(baseline.encode()))
        #expect(found.frame.process == .progressive)
        #expect(found.coefficients == expected.coefficients)
        #expect(found.quantization == expected.quantization)
    }

    @Test(arguments: cases)
    func coefficientsAreThoseOfABaselineFile(_ test: EncoderCase) throws {
        try expectBaselineCoefficients(test)
    }

    @Test(arguments: [1, 2, 3, 7, 100, 65_535])
    func restartIntervalsChangeNoCoefficient(interval: Int) throws {
        var test = EncoderCase(150, 90, .init(quality: 92, progressive: true))
        test.options.restartInterval = interval
        try expectBaselineCoefficients(test)
        // DRI comes once, before the first scan.
        let markers = JPEGSegments(try test.encode()).segments.map(\.marker)
        #expect(markers.filter { $0 == 0xDD }.count == 1)
        let dri = try #require(markers.firstIndex(of: 0xDD))
        #expect(markers[dri + 1] == 0xDA)
    }

    /// 40,000 blocks without any AC coefficient: more than one symbol can tell of.
    @Test func emptyBlocksByTheTenThousand() throws {
        var test = EncoderCase(1_600, 1_600, channels: 1, .init(quality: 50, progressive: true))
        test.pixels = [UInt8](repeating: 90, count: 1_600 * 1_600)
        try expectBaselineCoefficients(test)
        #expect(try test.encode().count < 16_000)
    }

    /// Blocks of large coefficients alone: in the last scans nothing is new, and refining bits pile up.
    @Test(arguments: [JPEGEncoder.Subsampling.s444, .s420])
    func refiningBitsByTheThousand(_ subsampling: JPEGEncoder.Subsampling) throws {
        var test = EncoderCase(160, 160, .init(quality: 100, subsampling: subsampling, progressive: true))
        test.pixels = TestPictures.noise(width: 160, height: 160, channels: 3, seed: 1).map { $0 < 128 ? 0 : 255 }
        try expectBaselineCoefficients(test)
    }

    /// Single frequencies far apart, with more than fifteen zeros between them.
    @Test func runsOfZeros() throws {
        var test = EncoderCase(8 * 64, 8, channels: 1, .init(quality: 100, progressive: true))
        var random = SplitMix64(seed: 5)
        for x in 0..<64 {
            var frequencies = [Double](repeating: 0, count: 64)
            for _ in 0..<3 {
                frequencies[Int.random(in: 1..<64, using: &random)] = Double.random(in: -200...200, using: &random)
            }
            for (i, value) in TextbookDCT.inverse(frequencies).enumerated() {
                test.pixels[i / 8 * 8 * 64 + 8 * x + i % 8] = UInt8(clamping: Int((value + 128).rounded()))
            }
        }
        try expectBaselineCoefficients(test)
    }

    @Test(arguments: [(1, 6), (3, 10), (4, 18)])
    func theScript(_ channels: Int, _ count: Int) throws {
        let file = JPEGSegments(try EncoderCase(40, 40, channels: channels, .init(progressive: true)).encode())
        let scans = file.segments.filter { $0.marker == 0xDA }.map(\.parameters)
        #expect(scans.count == count)
        #expect(file.segments.contains { $0.marker == 0xC2 })
        // First the DC coefficients of all components together, but for their last bit.
        #expect(scans[0].first == UInt8(channels) && Array(scans[0].suffix(3)) == [0, 0, 1])
        // AC scans have one component each (T.81 §G.1.1.1.1).
        #expect(scans.allSatisfy { $0[$0.count - 3] == 0 || $0[0] == 1 })
        // Every bit of every coefficient comes to its turn.
        #expect(Array(scans[count - 1].suffix(3)) == [1, 63, 0x10])
    }

    @Test(arguments: JPEGEncoder.Subsampling.allCases)
    func aPhotographIsNotLarger(_ subsampling: JPEGEncoder.Subsampling) throws {
        var test = EncoderCase(300, 200, .init(quality: 85, subsampling: subsampling))
        let baseline = try test.encode().count
        test.options.progressive = true
        #expect(try test.encode().count < baseline * 101 / 100)
    }

    /// The Adobe marker tells readers that the four components are inks, stored as amounts of light.
    @Test(arguments: [false, true])
    func inksComeBack(progressive: Bool) throws {
        let test = EncoderCase(61, 43, channels: 4, noise: true, .init(quality: 100, progressive: progressive))
        let file = try test.encode()
        var decoder = try JPEGDecoder(MemoryByteSource(file), options: DecodeOptions(strict: true))
        #expect(decoder.pixelFormat == .cmyk8)
        #expect(
            decoder.info.details
                == .jpeg(
                    .init(
                        process: progressive ? .progressive : .baseline, subsampling: "4:4:4", components: 4,
                        colorModel: .cmyk, restartInterval: 0)))
        let image = try Image(collecting: &decoder)
        #expect(zip(image.pixels, test.pixels).allSatisfy { (Int($0) - Int($1)).magnitude <= 3 })
        let segments = JPEGSegments(file)
        #expect(segments[0xEE].parameters == Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 0])
        #expect(!segments.segments.contains { $0.marker == 0xE0 })
    }
}
