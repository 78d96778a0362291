import TestSupport
import Testing
import TintypeKernels

@Suite struct Adler32Tests {
    /// RFC 1950 §8.2, as it stands there.
    private static func checksum(_ bytes: [UInt8], from value: UInt32) -> UInt32 {
        var (sum, prefixes) = (value & 0xFFFF, value >> 16)
        for byte in bytes {
            sum = (sum + UInt32(byte)) % 65_521
            prefixes = (prefixes + sum) % 65_521
        }
        return prefixes << 16 | sum
    }

    @Test(arguments: CPUTier.available, [1, 0, 65_520 << 16 | 65_520] as [UInt32])
    func isTheSpecifications(_ tier: CPUTier, _ start: UInt32) {
        var random = SplitMix64(seed: UInt64(start))
        for count in Array(0...100) + [5_552, 16_383, 16_384, 16_385, 100_003] {
            for bytes in [
                [UInt8](repeating: 255, count: count), (0..<count).map { _ in .random(in: 0...255, using: &random) },
            ] {
                let sum = Adler32(value: start).appending(bytes.span, tier: tier)
                #expect(sum.value == Self.checksum(bytes, from: start), "\(count) bytes")
            }
        }
    }

    @Test(arguments: CPUTier.available)
    func goesOnFromAnyPlace(_ tier: CPUTier) {
        let bytes = (0..<200).map { UInt8(truncatingIfNeeded: $0 * 37) }
        let whole = Adler32().appending(bytes.span, tier: tier)
        for cut in 0...bytes.count {
            let first = Adler32().appending(bytes.span.extracting(0..<cut), tier: tier)
            #expect(first.appending(bytes.span.extracting(cut..<bytes.count), tier: tier) == whole)
        }
    }

    @Test func ofNothingIsOne() {
        #expect(Adler32().value == 1)
        #expect(Adler32(value: 0x11E6_0398) == Adler32().appending(Array("Wikipedia".utf8).span))
    }
}
