import TestSupport
import Testing
import TintypeKernels

struct JPEGForwardTests {
    /// The coefficients of blocks beside each other, row by row of each.
    private func transform(
        _ samples: [UInt8], steps: [UInt8], quantizing: Bool = true, tier: CPUTier = .current
    ) -> [Int16] {
        let blocks = samples.count / 64
        var (masks, values) = ([UInt64](repeating: 0, count: blocks), [Int16](repeating: 7, count: samples.count))
        var maskSpan = masks.mutableSpan
        var valueSpan = values.mutableSpan
        let count = JPEGForward.transformBlocks(
            samples.span, stride: 8 * blocks, blocks: blocks, divisors: JPEGForward.Divisors(steps: steps.span),
            quantizing: quantizing, masks: &maskSpan, values: &valueSpan, tier: tier)
        return ZigzagOracle.unpacked(masks, values[..<count])
    }

    /// Eight rows of blocks beside each other.
    private func block(_ samples: [UInt8], _ index: Int) -> [Double] {
        let stride = samples.count / 8
        return (0..<64).map { Double(samples[$0 / 8 * stride + 8 * index + $0 % 8]) - 128 }
    }

    private func worstError(_ samples: [UInt8]) -> Double {
        let coefficients = transform(samples, steps: [UInt8](repeating: 1, count: 64))
        var worst = 0.0
        for index in 0..<samples.count / 64 {
            for (exact, found) in zip(TextbookDCT.forward(block(samples, index)), coefficients[(64 * index)...]) {
                worst = max(worst, (exact - Double(found)).magnitude)
            }
        }
        return worst
    }

    @Test(arguments: 0..<4 as Range<UInt64>)
    func transformIsWithinAFifth(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let noise = (0..<64 * 200).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let extremes = (0..<64 * 200).map { _ -> UInt8 in random.next() & 1 == 0 ? 0 : 255 }
        #expect(worstError(noise) <= 0.7)
        #expect(worstError(extremes) <= 0.7)
    }

    /// Samples that follow the sign of a basis function give its largest coefficient.
    @Test func transformHoldsTheLargestCoefficients() {
        for frequency in 0..<64 {
            var unit = [Double](repeating: 0, count: 64)
            unit[frequency] = 1
            let basis = TextbookDCT.inverse(unit)
            for flip in [1.0, -1.0] { #expect(worstError(basis.map { $0 * flip > 0 ? 255 : 0 }) <= 0.7) }
        }
    }

    @Test func aFlatBlockIsDividedAndRoundedAwayFromZero() {
        for step in 1...255 {
            let steps = [UInt8](repeating: UInt8(step), count: 64)
            // The values lie side by side, a block each.
            let row = (0..<256).flatMap { [UInt8](repeating: UInt8($0), count: 8) }
            let samples = [[UInt8]](repeating: row, count: 8).flatMap { $0 }
            let coefficients = transform(samples, steps: steps)
            let exact = (0..<256).flatMap { value in
                // A flat block's DC is 8 times its value.
                let rounded = (2 * 8 * abs(value - 128) + step) / (2 * step)
                return [Int16(value < 128 ? -rounded : rounded)] + [Int16](repeating: 0, count: 63)
            }
            #expect(coefficients == exact)
        }
    }

    /// The transform itself is off by less than a fifth, so rounding is off by half a step and that.
    @Test(arguments: [2, 3, 7, 16, 99, 128, 255] as [UInt8])
    func quantisingRoundsToTheNearest(step: UInt8) {
        var random = SplitMix64(seed: UInt64(step))
        let samples = (0..<64 * 50).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let coefficients = transform(samples, steps: [UInt8](repeating: step, count: 64))
        var worst = 0.0
        for index in 0..<50 {
            for (exact, found) in zip(TextbookDCT.forward(block(samples, index)), coefficients[(64 * index)...]) {
                worst = max(worst, (exact - Double(found) * Double(step)).magnitude)
            }
        }
        #expect(worst <= Double(step) / 2 + 0.2)
    }

    @Test func colourIsTheNearestToTheExactOne() {
        let levels = stride(from: 0, through: 255, by: 5).map { UInt8($0) }
        for r in levels {
            let rgb = levels.flatMap { g in levels.flatMap { [r, g, $0] } }
            let (y, cb, cr) = convert(rgb)
            var worst = 0.0
            for i in y.indices {
                let (r, g, b) = (Double(rgb[3 * i]), Double(rgb[3 * i + 1]), Double(rgb[3 * i + 2]))
                worst = max(worst, (0.299 * r + 0.587 * g + 0.114 * b - Double(y[i])).magnitude)
                worst = max(worst, (128 - 0.168736 * r - 0.331264 * g + 0.5 * b - Double(cb[i])).magnitude)
                worst = max(worst, (128 + 0.5 * r - 0.418688 * g - 0.081312 * b - Double(cr[i])).magnitude)
            }
            #expect(worst < 0.51)
        }
    }

    @Test func greyStaysGrey() {
        let (y, cb, cr) = convert((0..<256).flatMap { [UInt8](repeating: UInt8($0), count: 3) })
        #expect(y == (0..<256).map { UInt8($0) })
        #expect(cb == [UInt8](repeating: 128, count: 256))
        #expect(cr == cb)
    }

    private func convert(_ rgb: [UInt8], _ tier: CPUTier = .current) -> (y: [UInt8], cb: [UInt8], cr: [UInt8]) {
        let count = rgb.count / 3
        // One more than needed, which must stay as it is.
        var (y, cb, cr) = ([UInt8](repeating: 7, count: count + 1), [UInt8](repeating: 7, count: count + 1), [UInt8]())
        cr = cb
        var lumaSpan = y.mutableSpan
        var blueSpan = cb.mutableSpan
        var redSpan = cr.mutableSpan
        JPEGForward.convertRow(rgb.span, pixels: count, luma: &lumaSpan, blue: &blueSpan, red: &redSpan, tier: tier)
        #expect([y.removeLast(), cb.removeLast(), cr.removeLast()] == [7, 7, 7])
        return (y, cb, cr)
    }

    @Test(arguments: CPUTier.available, [0, 1, 2, 7, 16, 32, 33, 500])
    func downsamplingIsTheMeanWithAlternatingBias(_ tier: CPUTier, count: Int) {
        var random = SplitMix64(seed: UInt64(count))
        let upper = (0..<2 * count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let lower = (0..<2 * count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        var (across, both) = ([UInt8](repeating: 0, count: count), [UInt8](repeating: 0, count: count))
        var acrossSpan = across.mutableSpan
        JPEGForward.downsampleRow(upper.span, into: &acrossSpan, tier: tier)
        var bothSpan = both.mutableSpan
        JPEGForward.downsampleRows(upper.span, lower.span, into: &bothSpan, tier: tier)
        func sum(_ row: [UInt8], _ i: Int) -> Int { Int(row[2 * i]) + Int(row[2 * i + 1]) }
        #expect(across == (0..<count).map { UInt8((sum(upper, $0) + $0 % 2) / 2) })
        #expect(both == (0..<count).map { UInt8((sum(upper, $0) + sum(lower, $0) + 1 + $0 % 2) / 4) })
    }

    @Test(arguments: [0, 1, 2, 7, 16, 33, 500])
    func averagesRoundUpAtTheHalf(count: Int) {
        var random = SplitMix64(seed: UInt64(count))
        let row = (0..<4 * count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let (upper, lower) = (Array(row[..<count]), Array(row[count..<2 * count]))
        var (quarter, half) = ([UInt8](repeating: 0, count: count), [UInt8](repeating: 0, count: count))
        var quarterSpan = quarter.mutableSpan
        JPEGForward.quarterRow(row.span, into: &quarterSpan)
        var halfSpan = half.mutableSpan
        JPEGForward.averageRows(upper.span, lower.span, into: &halfSpan)
        for i in 0..<count {
            let four = row[4 * i..<4 * i + 4].map(Int.init)
            #expect(Int(quarter[i]) == (four.reduce(0, +) + 2) / 4)
            #expect(Int(half[i]) == (Int(upper[i]) + Int(lower[i]) + 1) / 2)
        }
    }

    /// What is left unquantised is what is 8 times the transform, where quantising would not make it 0.
    @Test(arguments: [1, 7, 255] as [UInt8])
    func unquantisedCoefficientsAreThoseThatCount(step: UInt8) {
        var random = SplitMix64(seed: 11)
        let samples = (0..<64 * 20).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let steps = [UInt8](repeating: step, count: 64)
        let output = transform(samples, steps: steps, quantizing: false)
        let quantized = transform(samples, steps: steps)
        for (index, (value, quotient)) in zip(output, quantized).enumerated() {
            #expect((value == 0) == (quotient == 0))
            let exact = 8 * TextbookDCT.forward(block(samples, index / 64))[index % 64]
            if value != 0 { #expect((Double(value) - exact).magnitude < 2) }
        }
    }

    /// Pictures of every kind, an odd number of blocks, and steps of every size: the tiers give the same coefficients.
    @Test(arguments: CPUTier.available, 0..<6 as Range<UInt64>)
    func tiersTransformAlike(_ tier: CPUTier, seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let largestStep = [1, 2, 9, 40, 120, 255][Int(seed)]
        let steps = (0..<64).map { _ in UInt8(1 + random.next() % UInt64(largestStep)) }
        for blocks in [1, 2, 3, 8, 33] {
            // Amplitudes from almost flat to nothing but extremes.
            for bits in [1, 3, 8] as [UInt64] {
                let noise = (0..<64 * blocks).map { _ in UInt8(100 + random.next() % (1 << bits) * 155 / 255) }
                let extremes = noise.map { $0 & 1 == 0 ? 0 : 255 as UInt8 }
                for samples in [noise, extremes] {
                    for quantizing in [true, false] {
                        #expect(
                            transform(samples, steps: steps, quantizing: quantizing, tier: tier)
                                == transform(samples, steps: steps, quantizing: quantizing, tier: .portable))
                    }
                }
            }
        }
    }

    /// Samples that drive one coefficient of two blocks to its ends.
    @Test(arguments: CPUTier.available)
    func tiersAgreeOnTheLargestCoefficients(_ tier: CPUTier) {
        let ones = [UInt8](repeating: 1, count: 64)
        for frequency in 0..<64 {
            var unit = [Double](repeating: 0, count: 64)
            unit[frequency] = 1
            let basis = TextbookDCT.inverse(unit)
            // Beside each other, a block and its negative.
            let samples = (0..<128).map { i -> UInt8 in (basis[i / 16 * 8 + i % 8] > 0) == (i % 16 < 8) ? 255 : 0 }
            #expect(transform(samples, steps: ones, tier: tier) == transform(samples, steps: ones, tier: .portable))
        }
    }

    /// All pairs of red and blue, and some greens, in rows that end at every place of a vector.
    @Test(arguments: CPUTier.available, [1, 31, 32, 33, 95, 256])
    func tiersConvertColourAlike(_ tier: CPUTier, width: Int) {
        for red in 0...255 {
            let rgb = (0..<width).flatMap { x -> [UInt8] in
                [UInt8(red), UInt8(truncatingIfNeeded: x * 37), UInt8(truncatingIfNeeded: x)]
            }
            let (found, expected) = (convert(rgb, tier), convert(rgb, .portable))
            #expect(found.y == expected.y && found.cb == expected.cb && found.cr == expected.cr)
        }
    }

    /// What is quantised later is what is quantised at once, of blocks that are there and of others, in every tier.
    @Test(arguments: CPUTier.available, [1, 3, 20, 200] as [UInt8])
    func quantisingLater(_ tier: CPUTier, step: UInt8) {
        var random = SplitMix64(seed: 5)
        let blocks = 41
        let samples = (0..<64 * blocks).map { i in UInt8(random.next() % UInt64(1 + i % 8 * 36)) }
        func packed(_ step: UInt8, quantizing: Bool) -> (masks: [UInt64], values: [Int16]) {
            let steps = [UInt8](repeating: step, count: 64)
            var (masks, values) = ([UInt64](repeating: 0, count: blocks), [Int16](repeating: 7, count: 64 * blocks))
            var maskSpan = masks.mutableSpan
            var valueSpan = values.mutableSpan
            let count = JPEGForward.transformBlocks(
                samples.span, stride: 8 * blocks, blocks: blocks, divisors: JPEGForward.Divisors(steps: steps.span),
                quantizing: quantizing, masks: &maskSpan, values: &valueSpan)
            return (masks, Array(values[..<count]))
        }
        let (unquantized, expected) = (packed(1, quantizing: false), packed(step, quantizing: true))
        let steps = [UInt8](repeating: step, count: 64)
        let factors = JPEGForward.Divisors(steps: steps.span).factors
        // An absent block in the middle.
        let masks = unquantized.masks[..<9] + [0] + unquantized.masks[9...]
        var newMasks = [UInt64](repeating: 1, count: blocks + 1)
        var newValues = [Int16](repeating: 7, count: unquantized.values.count)
        var maskSpan = newMasks.mutableSpan
        var valueSpan = newValues.mutableSpan
        let count = JPEGForward.requantizeBlocks(
            Array(masks).span, unquantized.values.span, factors: factors.span, newMasks: &maskSpan,
            newValues: &valueSpan, tier: tier)
        #expect(newMasks == Array(expected.masks[..<9] + [0] + expected.masks[9...]))
        #expect(Array(newValues[..<count]) == expected.values)
    }

    @Test(arguments: CPUTier.available)
    func valuesAreCounted(_ tier: CPUTier) {
        let masks: [UInt64] = [0, 1, .max, 0x8000_0000_0000_0001, 0xF0F0]
        #expect(JPEGForward.valueCount(masks.span, tier: tier) == 0 + 1 + 64 + 2 + 8)
        #expect(JPEGForward.valueCount(masks.span.extracting(..<0), tier: tier) == 0)
    }
}
