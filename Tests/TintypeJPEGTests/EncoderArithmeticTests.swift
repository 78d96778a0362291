import TestSupport
import Testing
import TintypeCore

@testable import TintypeJPEG

struct EncoderArithmeticTests {
    /// The test sequence of T.81 §K.4.1: 256 decisions of one bin.
    @Test func standardsTestSequence() {
        let words: [UInt32] = [
            0x0002_0051, 0x0000_00C0, 0x0352_872A, 0xAAAA_AAAA, 0x82C0_2000, 0xFCD7_9EF6, 0x74EA_ABF7, 0x697E_E74C,
        ]
        var encoder = BinaryEncoder()
        for word in words { for bit in 0..<32 { encoder.encode(word >> UInt32(31 - bit) & 1 == 1, 0) } }
        encoder.finish()
        #expect(
            encoder.bytes == [
                0x65, 0x5B, 0x51, 0x44, 0xF7, 0x96, 0x9D, 0x51, 0x78, 0x55, 0xBF, 0xFF, 0x00, 0xFC, 0x51, 0x84,
                0xC7, 0xCE, 0xF9, 0x39, 0x00, 0x28, 0x7D, 0x46, 0x70, 0x8E, 0xCB, 0xC0, 0xF6,
            ])
    }

    /// Carries that run far, and all states of all bins: what comes out is what goes in.
    @Test(arguments: 0..<8 as Range<UInt64>)
    func decisionsComeBack(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let bins = [0, 1, 900, 5_119, BinaryDecoder.fixedBin]
        let decisions = (0..<20_000).map { _ -> (bin: Int, decision: Bool) in
            let bin = Int(random.next() % 5)
            return (bins[bin], random.next() % 1_000 < [1, 30, 500, 970, 500][bin])
        }
        var encoder = BinaryEncoder()
        for (bin, decision) in decisions { encoder.encode(decision, bin) }
        encoder.finish()
        var reader = ByteReader(MemoryByteSource(encoder.bytes + [0xFF, 0xD9]), format: .jpeg)
        var decoder = BinaryDecoder()
        try decoder.begin(&reader)
        for (index, (bin, decision)) in decisions.enumerated() {
            guard try decoder.decide(bin, &reader) == decision else {
                Issue.record("decision \(index)")
                return
            }
        }
    }

    static let cases: [EncoderCase] = [(1, 1), (17, 33), (100, 75)].flatMap { width, height in
        JPEGEncoder.Subsampling.allCases.flatMap { subsampling in
            [false, true].flatMap { progressive in
                [0, 3].map {
                    EncoderCase(
                        width, height,
                        .init(
                            quality: 90, subsampling: subsampling, progressive: progressive, arithmetic: true,
                            restartInterval: $0))
                }
            }
        }
            + [1, 4].flatMap { channels in
                [false, true].map {
                    EncoderCase(
                        width, height, channels: channels, noise: true,
                        .init(quality: 97, progressive: $0, arithmetic: true))
                }
            }
    }

    /// The coefficients are those of the file with Huffman codes.
    @Test(arguments: cases)
    func coefficientsAreTheSame(_ test: EncoderCase) throws {
        var huffman = test
        huffman.options.arithmetic = false
        let (found, expected) = (try storedPicture(test.encode()), try storedPicture(huffman.encode()))
        #expect(found.frame.process == (test.options.progressive ? .progressiveArithmetic : .arithmetic))
        #expect(found.coefficients == expected.coefficients)
        #expect(found.quantization == expected.quantization)
    }

    @Test(arguments: [false, true])
    func filesAreSmaller(progressive: Bool) throws {
        var test = EncoderCase(500, 400, .init(progressive: progressive))
        let huffman = try test.encode().count
        test.options.arithmetic = true
        let arithmetic = try test.encode().count
        #expect(arithmetic < huffman * 97 / 100)
        test.options.maximumBytes = arithmetic / 2
        #expect((arithmetic / 2 * 95 / 100...arithmetic / 2).contains(try test.encode().count))
    }
}
