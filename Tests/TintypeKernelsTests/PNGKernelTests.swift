import TestSupport
import Testing
import TintypeKernels

@Suite struct PNGKernelTests {
    /// Random bytes; or only the extremes, where sums overflow.
    static func bytes(_ count: Int, extreme: Bool, _ random: inout SplitMix64) -> [UInt8] {
        (0..<count).map { _ in
            extreme
                ? [0, 1, 127, 128, 254, 255].randomElement(using: &random) ?? 0 : .random(in: 0...255, using: &random)
        }
    }

    @Test(arguments: 0...4, [1, 2, 3, 4, 6, 8])
    func filters(_ filter: Int, bytesPerPixel: Int) {
        var random = SplitMix64(seed: UInt64(filter * 10 + bytesPerPixel))
        for pixels in [1, 2, 3, 7, 16, 33, 100] {
            for extreme in [false, true] {
                let count = pixels * bytesPerPixel
                let line = Self.bytes(count, extreme: extreme, &random)
                let prior = Self.bytes(count, extreme: extreme, &random)
                let expected = line.indices.map { i in
                    let left = i >= bytesPerPixel ? Int(line[i - bytesPerPixel]) : 0
                    let aboveLeft = i >= bytesPerPixel ? Int(prior[i - bytesPerPixel]) : 0
                    return line[i] &- PNGPredictor.predict(UInt8(filter), left, Int(prior[i]), aboveLeft)
                }
                let expectedSum = expected.reduce(0) { $0 + abs(Int(Int8(bitPattern: $1))) }
                var filtered: [UInt8] = []
                for tier in CPUTier.available {
                    filtered = [UInt8](repeating: 0, count: count)
                    var target = filtered.mutableSpan
                    PNGFilter.apply(
                        UInt8(filter), line.span, prior: prior.span, bytesPerPixel: bytesPerPixel, into: &target,
                        tier: tier)
                    #expect(filtered == expected)
                    var scratch = filtered
                    var span = scratch.mutableSpan
                    let sums = PNGFilter.sums(
                        line.span, prior: prior.span, bytesPerPixel: bytesPerPixel, scratch: &span, tier: tier)
                    #expect(Int(sums[filter]) == expectedSum)
                }

                for tier in CPUTier.available {
                    var back = [UInt8](repeating: 0, count: count)
                    var out = back.mutableSpan
                    let isKnown = PNGUnfilter.reconstruct(
                        filter: UInt8(filter), filtered.span, prior: prior.span, bytesPerPixel: bytesPerPixel,
                        into: &out, tier: tier)
                    #expect(isKnown && back == line, "\(tier)")
                }
            }
        }
    }

    @Test(arguments: [5, 6, 127, 255] as [UInt8])
    func unknownFilters(_ filter: UInt8) {
        var row: [UInt8] = [1, 2, 3]
        let line = row
        var out = row.mutableSpan
        #expect(!PNGUnfilter.reconstruct(filter: filter, line.span, prior: line.span, bytesPerPixel: 3, into: &out))
        #expect(row == [1, 2, 3])
    }

    @Test(arguments: [1, 2, 4])
    func spread(_ depth: Int) {
        var random = SplitMix64(seed: 1)
        for count in 1...40 {
            let packed = Self.bytes((count * depth + 7) / 8, extreme: false, &random)
            var samples = [UInt8](repeating: 0, count: count)
            var out = samples.mutableSpan
            PNGUnpack.spread(packed.span, depth: depth, scale: 3, into: &out)
            let expected = (0..<count).map { i in
                let bits = Int(packed[i * depth / 8]) >> (8 - depth - i * depth % 8) & (1 << depth - 1)
                return UInt8(truncatingIfNeeded: bits * 3)
            }
            #expect(samples == expected)
        }
    }

    @Test func palettes() {
        let table = (0..<256).map { UInt32($0) &* 0x0123_4567 }
        let indexes: [UInt8] = [0, 1, 255, 17, 128] + (0..<20).map { 13 &* $0 }
        for (channels, tier) in [3, 4].flatMap({ channels in CPUTier.available.map { (channels, $0) } }) {
            for count in 0...indexes.count {
                let some = indexes.span.extracting(first: count)
                var row = [UInt8](repeating: 0, count: count * channels)
                var out = row.mutableSpan
                PNGUnpack.lookUp(some, in: table.span, channels: channels, into: &out, tier: tier)
                #expect(
                    row
                        == indexes.prefix(count).flatMap { index in
                            (0..<channels).map { UInt8(truncatingIfNeeded: table[Int(index)] >> UInt32(8 * $0)) }
                        })
            }
        }
        #expect(PNGUnpack.largest(indexes.span) == 255)
        #expect(PNGUnpack.largest([UInt8]().span) == 0)
    }

    @Test func alphaAndWidening() {
        var out = [UInt8](repeating: 9, count: 8)
        var span = out.mutableSpan
        let pixels: [UInt8] = [1, 2, 3, 1, 2, 4]
        PNGUnpack.addAlpha(pixels.span, key: [1, 2, 3].span, sampleBytes: 1, into: &span)
        #expect(out == [1, 2, 3, 0, 1, 2, 4, 255])

        var wide = [UInt8](repeating: 9, count: 8)
        var wideSpan = wide.mutableSpan
        let deep: [UInt8] = [0, 1, 0, 2, 0, 3, 0, 4]
        PNGUnpack.widenToRGBA8(deep.span, channels: 2, sampleBytes: 2, into: &wideSpan)
        #expect(wide == [1, 1, 1, 2, 3, 3, 3, 4])
    }
}
