import TestSupport
import Testing
import TintypeKernels

@Suite struct JPEGReducedTests {
    /// Each sample is near the mean of those of the textbook transform that it stands for.
    @Test(arguments: [4, 2, 1], 0..<20 as Range<UInt64>)
    func reducedTransformsAreMeans(_ side: Int, _ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let blocks = Int.random(in: 1...4, using: &random)
        var coefficients = [Int16](repeating: 0, count: 64 * blocks + 1)
        for block in 0..<blocks {
            coefficients[1 + 64 * block] = Int16.random(in: -70...70, using: &random)
            for _ in 0..<Int(seed) {
                coefficients[1 + 64 * block + Int.random(in: 0..<64, using: &random)] = Int16.random(
                    in: -3...3, using: &random)
            }
        }
        let steps = (0..<64).map { _ in Int16.random(in: 1...12, using: &random) }
        let stride = side * blocks + 3
        var samples = [UInt8](repeating: 9, count: side * stride + 1)
        var span = samples.mutableSpan
        switch side {
        case 4:
            inverseDCT4x4(
                coefficients.span, from: 1, blocks: blocks, quantization: steps.span, into: &span, at: 1, stride: stride
            )
        case 2:
            inverseDCT2x2(
                coefficients.span, from: 1, blocks: blocks, quantization: steps.span, into: &span, at: 1, stride: stride
            )
        default:
            inverseDCT1x1(coefficients.span, from: 1, blocks: blocks, spacing: 64, step: steps[0], into: &span, at: 1)
        }
        let share = 8 / side
        for block in 0..<blocks {
            let exact = TextbookDCT.inverse(
                (0..<64).map { Double(coefficients[1 + 64 * block + $0]) * Double(steps[$0]) })
            for y in 0..<side {
                for x in 0..<side {
                    var mean = 0.0
                    for i in 0..<share * share {
                        mean += exact[(y * share + i / share) * 8 + x * share + i % share]
                    }
                    mean = min(max(mean / Double(share * share) + 128, 0), 255)
                    let sample = samples[1 + y * stride + block * side + x]
                    // Libjpeg's 2×2 and 4×4 are near the mean, not the mean: they leave out what mostly cancels.
                    #expect(abs(Double(sample) - mean) <= 1.01, "\(block) \(x) \(y)")
                }
            }
        }
        #expect(samples[0] == 9)
    }

    /// With the coefficients of a block's corner alone the samples are those of the whole transform with zeros elsewhere, with one row and with values of broken files, too.
    @Test(arguments: CPUTier.available, [2, 4])
    func cornersAreWholeBlocksWithZeros(_ tier: CPUTier, _ side: Int) {
        for seed in 0..<300 as Range<UInt64> {
            var random = SplitMix64(seed: seed)
            let (blocks, spacing) = (Int.random(in: 1...20, using: &random), side * side + Int(seed % 4))
            let range: ClosedRange<Int16> = seed % 2 == 0 ? -60...60 : .min ... .max
            var corners = [Int16](repeating: 99, count: 3 + spacing * (blocks - 1) + side * side)
            var whole = [Int16](repeating: 0, count: 64 * blocks)
            for block in 0..<blocks {
                let rows = Int.random(in: 0...side, using: &random)
                for i in 0..<side * side {
                    let value = i < rows * side ? Int16.random(in: range, using: &random) : 0
                    corners[3 + spacing * block + i] = value
                    whole[64 * block + i / side * 8 + i % side] = value
                }
            }
            let steps = (0..<64).map { _ in Int16.random(in: seed % 2 == 0 ? 1...40 : range, using: &random) }
            let stride = side * blocks + 5
            var samples = [UInt8](repeating: 9, count: side * stride + 7)
            var expected = samples
            var span = samples.mutableSpan
            var expectedSpan = expected.mutableSpan
            if side == 4 {
                inverseCornerDCT4x4(
                    corners.span, from: 3, spacing: spacing, blocks: blocks, quantization: steps.span, into: &span,
                    at: 7, stride: stride, tier: tier)
                inverseDCT4x4(
                    whole.span, from: 0, blocks: blocks, quantization: steps.span, into: &expectedSpan, at: 7,
                    stride: stride, tier: .portable)
            } else {
                inverseCornerDCT2x2(
                    corners.span, from: 3, spacing: spacing, blocks: blocks, quantization: steps.span, into: &span,
                    at: 7, stride: stride, tier: tier)
                inverseDCT2x2(
                    whole.span, from: 0, blocks: blocks, quantization: steps.span, into: &expectedSpan, at: 7,
                    stride: stride, tier: .portable)
            }
            #expect(samples == expected, "seed \(seed)")
        }
    }

    /// Coefficients that only broken files have: `(side, DC, the one below it, upper left sample, lower right sample)`, as libjpeg-turbo's code for
    /// this processor gives them.
    @Test(
        arguments: [
            (1, 4800, 0, 0, 0), (1, 8800, 0, 204, 204), (1, -5600, 0, 255, 255),
            (4, 9000, 0, 0, 0), (4, 9000, 1, 255, 255), (4, -9000, 0, 255, 255),
            (2, 32000, 32000, 0, 255), (2, -32000, -32000, 255, 0),
        ], CPUTier.available)
    func overflow(_ sample: (side: Int, mean: Int16, below: Int16, first: UInt8, last: UInt8), _ tier: CPUTier) {
        var coefficients = [Int16](repeating: 0, count: 4 * 64)
        for block in 0..<4 {
            coefficients[64 * block] = sample.mean
            coefficients[64 * block + 8] = sample.below
        }
        let (steps, side) = ([Int16](repeating: 1, count: 64), sample.side)
        var samples = [UInt8](repeating: 9, count: 4 * side * side)
        var span = samples.mutableSpan
        switch side {
        case 4:
            inverseDCT4x4(
                coefficients.span, from: 0, blocks: 4, quantization: steps.span, into: &span, at: 0, stride: 16,
                tier: tier)
        case 2:
            inverseDCT2x2(
                coefficients.span, from: 0, blocks: 4, quantization: steps.span, into: &span, at: 0, stride: 8,
                tier: tier)
        default:
            inverseDCT1x1(coefficients.span, from: 0, blocks: 4, spacing: 64, step: 1, into: &span, at: 0)
        }
        for block in 0..<4 {
            #expect(samples[block * side] == sample.first)
            #expect(samples[samples.count - 1 - block * side] == sample.last)
        }
    }
}
