import TestSupport
import Testing
import TintypeCore

@testable import TintypeJPEG

@Suite struct ArithmeticTests {
    /// The test sequence of T.81 §K.4.1: 256 decisions of one bin.
    @Test func standardsTestSequence() throws {
        let coded: [UInt8] = [
            0x65, 0x5B, 0x51, 0x44, 0xF7, 0x96, 0x9D, 0x51, 0x78, 0x55, 0xBF, 0xFF, 0x00, 0xFC, 0x51, 0x84,
            0xC7, 0xCE, 0xF9, 0x39, 0x00, 0x28, 0x7D, 0x46, 0x70, 0x8E, 0xCB, 0xC0, 0xF6, 0xFF, 0xD9, 0x00,
        ]
        let expected: [UInt32] = [
            0x0002_0051, 0x0000_00C0, 0x0352_872A, 0xAAAA_AAAA, 0x82C0_2000, 0xFCD7_9EF6, 0x74EA_ABF7, 0x697E_E74C,
        ]
        var reader = ByteReader(MemoryByteSource(coded), format: .jpeg)
        var decoder = BinaryDecoder()
        try decoder.begin(&reader)
        var words: [UInt32] = []
        for _ in 0..<8 {
            var word: UInt32 = 0
            for _ in 0..<32 { word = word << 1 | (try decoder.decide(0, &reader) ? 1 : 0) }
            words.append(word)
        }
        #expect(words == expected)
        // The marker is left for whoever reads on.
        #expect(try decoder.isStarved && reader.readUInt16() == 0xFFD9)
    }
}
