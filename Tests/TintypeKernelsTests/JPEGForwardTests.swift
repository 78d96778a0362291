import TestSupport
import Testing
import TintypeKernels

struct JPEGForwardTests {
    private func transform(_ samples: [UInt8], steps: [UInt8]) -> [Int16] {
        var output = [Int16](repeating: 0, count: samples.count)
        var span = output.mutableSpan
        let blocks = samples.count / 64
        JPEGForward.transformBlocks(
            samples.span, stride: 8 * blocks, blocks: blocks, divisors: JPEGForward.Divisors(steps: steps.span),
            into: &span)
        return output
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

    private func convert(_ rgb: [UInt8]) -> (y: [UInt8], cb: [UInt8], cr: [UInt8]) {
        let count = rgb.count / 3
        // One more than needed, which must stay as it is.
        var (y, cb, cr) = ([UInt8](repeating: 7, count: count + 1), [UInt8](repeating: 7, count: count + 1), [UInt8]())
        cr = cb
        var lumaSpan = y.mutableSpan
        var blueSpan = cb.mutableSpan
        var redSpan = cr.mutableSpan
        JPEGForward.convertRow(rgb.span, pixels: count, luma: &lumaSpan, blue: &blueSpan, red: &redSpan)
        #expect([y.removeLast(), cb.removeLast(), cr.removeLast()] == [7, 7, 7])
        return (y, cb, cr)
    }

    @Test(arguments: [0, 1, 2, 7, 16, 33, 500])
    func downsamplingIsTheMeanWithAlternatingBias(count: Int) {
        var random = SplitMix64(seed: UInt64(count))
        let upper = (0..<2 * count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        let lower = (0..<2 * count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
        var (across, both) = ([UInt8](repeating: 0, count: count), [UInt8](repeating: 0, count: count))
        var acrossSpan = across.mutableSpan
        JPEGForward.downsampleRow(upper.span, into: &acrossSpan)
        var bothSpan = both.mutableSpan
        JPEGForward.downsampleRows(upper.span, lower.span, into: &bothSpan)
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
        var output = [Int16](repeating: 0, count: samples.count)
        var span = output.mutableSpan
        JPEGForward.transformBlocks(
            samples.span, stride: 8 * 20, blocks: 20, divisors: JPEGForward.Divisors(steps: steps.span),
            quantizing: false, into: &span)
        let quantized = transform(samples, steps: steps)
        for (index, (value, quotient)) in zip(output, quantized).enumerated() {
            #expect((value == 0) == (quotient == 0))
            let exact = 8 * TextbookDCT.forward(block(samples, index / 64))[index % 64]
            if value != 0 { #expect((Double(value) - exact).magnitude < 2) }
        }
    }
}
