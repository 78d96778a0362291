import TestSupport
import Testing
import TintypeKernels

/// Every tier of a kernel gives the bytes of the portable one, which other tests compare with slow oracles.
@Suite struct TierTests {
    @Test func environmentForcesPortable() {
        #expect(CPUTier.available.first == .portable)
        #expect(CPUTier.available.contains(.current))
    }

    /// All pairs of chroma with lumas from both ends, in rows whose ends fall at every place of a vector.
    @Test(arguments: CPUTier.available, [1, 31, 32, 33, 95, 255, 256])
    func colorConversion(_ tier: CPUTier, _ width: Int) {
        let cr = (0..<width).map { UInt8(truncatingIfNeeded: $0) }
        for blueness in 0...255 {
            let cb = [UInt8](repeating: UInt8(blueness), count: width)
            for luma in [0, 1, 100, 254, 255] as [UInt8] {
                let y = (0..<width).map { luma ^ UInt8(truncatingIfNeeded: $0 & 3) }
                var expected = [UInt8](repeating: 7, count: 3 * width + 2)
                var row = expected
                fill(&expected, y, cb, cr, .portable)
                fill(&row, y, cb, cr, tier)
                #expect(row == expected)
            }
        }
    }

    private func fill(_ row: inout [UInt8], _ y: [UInt8], _ cb: [UInt8], _ cr: [UInt8], _ tier: CPUTier) {
        var span = row.mutableSpan
        convertYCbCrToRGB(y.span, cb.span, cr.span, into: &span, tier: tier)
    }

    /// The places of the first four coefficients of the first four rows.
    private static let corner = (0..<16).map { $0 / 4 * 8 + $0 % 4 }

    /// Blocks of all kinds: empty, of a mean alone, of a first row, of a corner, full; coefficients and steps of pictures, and any.
    @Test(arguments: CPUTier.available, [8, 4, 2])
    func inverseTransforms(_ tier: CPUTier, _ side: Int) {
        for seed in 0..<400 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let blocks = 1 + Int(seed) % 9
            let range: ClosedRange<Int16> = seed % 2 == 0 ? -60...60 : .min ... .max
            var coefficients = [Int16](repeating: 0, count: 64 * blocks + 3)
            for block in 0..<blocks {
                let places =
                    [[0], Array(0..<8), Array(0..<28), Self.corner, Array(0..<64)].randomElement(using: &random) ?? []
                for _ in 0..<[0, 1, 4, 64][Int.random(in: 0..<4, using: &random)] {
                    let value =
                        Int.random(in: 0..<4, using: &random) == 0
                        ? range.lowerBound : .random(in: range, using: &random)
                    coefficients[3 + 64 * block + (places.randomElement(using: &random) ?? 0)] = value
                }
            }
            let steps = (0..<64).map { _ in Int16.random(in: seed % 2 == 0 ? 1...40 : range, using: &random) }
            let stride = side * blocks + 5
            let results = [.portable, tier].map { tier in
                var samples = [UInt8](repeating: 9, count: side * stride + 7)
                var span = samples.mutableSpan
                switch side {
                case 8:
                    inverseDCT(
                        coefficients.span, from: 3, blocks: blocks, quantization: steps.span, into: &span, at: 7,
                        stride: stride, tier: tier)
                case 4:
                    inverseDCT4x4(
                        coefficients.span, from: 3, blocks: blocks, quantization: steps.span, into: &span, at: 7,
                        stride: stride, tier: tier)
                default:
                    inverseDCT2x2(
                        coefficients.span, from: 3, blocks: blocks, quantization: steps.span, into: &span, at: 7,
                        stride: stride, tier: tier)
                }
                return samples
            }
            #expect(results[0] == results[1], "seed \(seed)")
        }
    }

    @Test(arguments: CPUTier.available)
    func upsampling(_ tier: CPUTier) {
        var random = SplitMix64(seed: 1)
        for width in 3...100 {
            let near = (0..<width).map { _ in UInt8.random(in: 0...255, using: &random) }
            let far = (0..<width).map { _ in
                [0, 255, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
            }
            for kind in 0..<4 {
                let results = [.portable, tier].map { tier in
                    var row = [UInt8](repeating: 9, count: 2 * width + 5)
                    var span = row.mutableSpan
                    switch kind {
                    case 0: upsampleWidth2(near.span, into: &span, at: 2, tier: tier)
                    case 1: upsampleBoth2(near.span, far.span, into: &span, at: 2, tier: tier)
                    default: upsampleHeight2(near.span, far.span, below: kind == 3, into: &span, at: 2, tier: tier)
                    }
                    return row
                }
                #expect(results[0] == results[1], "\(width) \(kind)")
            }
        }
    }

    /// Interpolation and conversion at once are the two after each other, in rows whose ends fall at every place of a vector.
    @Test(arguments: CPUTier.available, [false, true])
    func conversionWithUpsampling(_ tier: CPUTier, _ isHalfHeight: Bool) {
        var random = SplitMix64(seed: 2)
        for width in Array(5...200) + [1023, 1024] {
            let columns = (width + 1) / 2
            func samples(_ count: Int) -> [UInt8] {
                (0..<count).map { _ in
                    [0, 255, UInt8.random(in: 0...255, using: &random)].randomElement(using: &random) ?? 0
                }
            }
            let (y, cb, farCb, cr, farCr) = (
                samples(width), samples(columns), samples(columns), samples(columns), samples(columns)
            )
            var chroma = [UInt8](repeating: 0, count: 4 * columns)
            var expected = [UInt8](repeating: 9, count: 3 * width)
            var row = expected
            var chromaSpan = chroma.mutableSpan
            var expectedSpan = expected.mutableSpan
            for (near, far, start) in [(cb, farCb, 0), (cr, farCr, 2 * columns)] {
                if isHalfHeight {
                    upsampleBoth2(near.span, far.span, into: &chromaSpan, at: start, tier: .portable)
                } else {
                    upsampleWidth2(near.span, into: &chromaSpan, at: start, tier: .portable)
                }
            }
            let full = chromaSpan.span
            convertYCbCrToRGB(
                y.span, full.extracting(0..<2 * columns), full.extracting(2 * columns..<4 * columns),
                into: &expectedSpan, tier: .portable)
            var scratch = [UInt8](repeating: 0, count: 4 * columns)
            var scratchSpan = scratch.mutableSpan
            var rowSpan = row.mutableSpan
            convertHalfWidthYCbCrToRGB(
                y.span, cb: cb.span, farCb: farCb.span, cr: cr.span, farCr: farCr.span, isHalfHeight: isHalfHeight,
                scratch: &scratchSpan, into: &rowSpan, tier: tier)
            #expect(row == expected, "\(width)")
        }
    }
}
