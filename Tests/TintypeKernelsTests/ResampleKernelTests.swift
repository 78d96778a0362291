import TestSupport
import Testing
import TintypeKernels

/// The kernels of the resampler, in every tier, against sums in wide integers, on random and on extreme values.
@Suite("Kernels: resampling")
struct ResampleKernelTests {
    /// Values from all of a range, its ends most often.
    private func random<Value: FixedWidthInteger>(
        _ count: Int, in range: ClosedRange<Value>, using random: inout SplitMix64
    ) -> [Value] {
        (0..<count).map { i in
            switch i % 5 {
            case 0: range.upperBound
            case 1: range.lowerBound
            default: Value.random(in: range, using: &random)
            }
        }
    }

    private func rounded<Result: FixedWidthInteger>(_ sum: Int128, _ shift: Int) -> Result {
        let half = Int128(1) << Int128(shift - 1)
        return Result(clamping: (sum + half) >> Int128(shift))
    }

    /// - Parameters:
    ///   - samples, weights: their ranges; no sum may overflow.
    ///   - shifts: with which no result of `Int32` overflows, which are not saturated.
    ///   - base: what is added to results.
    private func columns<Row: ResampleRow>(
        _: Row.Type, samples: ClosedRange<Row.Sample>, weights range: ClosedRange<Row.Weight>, shifts: [Int],
        base: Row.Result.Sample = 0
    ) {
        var generator = SplitMix64(seed: 31)
        for tier in CPUTier.available {
            for channels in 1...4 {
                for (pixels, windows) in [(1, 1), (2, 3), (21, 1), (22, 5), (37, 33), (64, 40)] {
                    let taps = 8 * Int.random(in: 1...5, using: &generator)
                    let row = random(pixels * channels, in: samples, using: &generator)
                    let starts = (0..<windows).map { _ in Int.random(in: 0..<pixels, using: &generator) & ~1 }.sorted()
                    let counts = starts.map { Int.random(in: 1...min(taps, pixels - $0), using: &generator) }
                    var weights = [Row.Weight](repeating: 0, count: windows * taps)
                    for i in 0..<windows {
                        let some = random(counts[i], in: range, using: &generator)
                        for k in 0..<counts[i] { weights[i * taps + k] = some[k] }
                    }
                    let table = ColumnWeights(taps: taps, starts: starts, counts: counts, weights: weights)
                    for shift in shifts {
                        var scratch = random(
                            table.scratchCount(pixels: pixels, channels: channels),
                            in: Row.Scratch.min...Row.Scratch.max,
                            using: &generator)
                        var target = [Row.Result.Sample](repeating: 1, count: windows * channels)
                        var room = scratch.mutableSpan
                        var span = target.mutableSpan
                        Row.weighColumns(
                            row.span, channels: channels, columns: table, shift: shift, scratch: &room, into: &span,
                            tier: tier)
                        var expected: [Row.Result.Sample] = []
                        for i in 0..<windows {
                            for c in 0..<channels {
                                var sum: Int128 = 0
                                for k in 0..<counts[i] {
                                    sum += Int128(row[(starts[i] + k) * channels + c]) * Int128(weights[i * taps + k])
                                }
                                expected.append(rounded(sum, shift) + base)
                            }
                        }
                        #expect(target == expected, "\(Row.self) \(tier) \(channels) \(pixels) \(windows) \(shift)")
                        columnsOfTwo(Row.self, row, target, channels, table, shift, &scratch, tier)
                    }
                }
            }
        }
    }

    /// A row together with another one, either first.
    private func columnsOfTwo<Row: ResampleRow>(
        _: Row.Type, _ row: [Row.Sample], _ target: [Row.Result.Sample], _ channels: Int,
        _ table: ColumnWeights<Row.Weight>, _ shift: Int, _ scratch: inout [Row.Scratch], _ tier: CPUTier
    ) {
        var room = scratch.mutableSpan
        let other = Array(row.reversed())
        var single = target
        var span = single.mutableSpan
        Row.weighColumns(
            other.span, channels: channels, columns: table, shift: shift, scratch: &room, into: &span, tier: .portable)
        for (rows, expected) in [(row + other, target + single), (other + row, single + target)] {
            var both = [Row.Result.Sample](repeating: 1, count: expected.count)
            var targets = both.mutableSpan
            Row.weighColumnsOfTwo(
                rows.span, channels: channels, columns: table, shift: shift, scratch: &room, into: &targets, tier: tier)
            #expect(both == expected, "\(Row.self) \(tier) \(channels) two rows of \(row.count) to \(target.count)")
        }
    }

    /// Two rows of results of one window, of which the first has no weights at the end, and the second none at the beginning.
    private func rowsForTwo<Row: WeighedRows>(
        _: Row.Type, _ rows: [Row.Sample], _ offsets: [Int], _ weights: [Row.Weight], width: Int, _ shift: Int,
        _ tier: CPUTier
    ) {
        for (end, first) in [(offsets.count, 0), (1, 0), (2, offsets.count - 1), (0, 0), (0, offsets.count)] {
            var both = weights + weights.reversed()
            for i in end..<offsets.count { both[i] = 0 }
            for i in 0..<first { both[offsets.count + i] = 0 }
            var expected: [Row.Result.Sample] = []
            for k in 0..<2 {
                let own = Array(both[k * offsets.count..<(k + 1) * offsets.count])
                var row = [Row.Result.Sample](repeating: 1, count: width)
                var span = row.mutableSpan
                Row.weighRows(
                    rows.span, offsets: offsets.span, weights: own.span, shift: shift, into: &span,
                    tier: .portable)
                expected += row
            }
            var target = [Row.Result.Sample](repeating: 1, count: 2 * width)
            var span = target.mutableSpan
            Row.weighRowsForTwo(
                rows.span, offsets: offsets.span, weights: both.span, shift: shift,
                into: &span, tier: tier)
            #expect(target == expected, "\(Row.self) \(tier) two rows of \(width), \(end) and \(first)")
        }
    }

    /// - Parameter number: what sample i of a row stands for.
    private func rows<Row: WeighedRows>(
        _: Row.Type, samples: ClosedRange<Row.Sample>, weights range: ClosedRange<Row.Weight>, shifts: [Int],
        sumShifts: [Int] = [1, 5, 20], base: Row.Result.Sample = 0,
        widths: [Int] = [0, 1, 15, 16, 33, 64, 300],
        number: (_ row: [Row.Sample], _ i: Int) -> Int128 = { Int128($0[$1]) }
    ) {
        var generator = SplitMix64(seed: 32)
        for tier in CPUTier.available {
            for width in widths {
                for count in [1, 2, 5] {
                    let rows = (0..<2 * count).map { _ in random(width, in: samples, using: &generator) }
                    let weights = random(2 * count, in: range, using: &generator)
                    var all = [Row.Sample](repeating: 3, count: 2 * count * width + 8)
                    var offsets: [Int] = []
                    for j in 0..<2 * count {
                        // In another order than they were made.
                        let start = (2 * count - 1 - j) * width + 4
                        offsets.append(start)
                        all.replaceSubrange(start..<start + width, with: rows[j])
                    }
                    let expected = (0..<width).map { i in
                        (0..<2 * count).reduce(Int128(0)) { $0 + number(rows[$1], i) * Int128(weights[$1]) }
                    }
                    for shift in shifts {
                        var target = [Row.Result.Sample](repeating: 1, count: width)
                        var span = target.mutableSpan
                        Row.weighRows(
                            all.span, offsets: offsets.span, weights: weights.span, shift: shift, into: &span,
                            tier: tier)
                        #expect(
                            target == expected.map { rounded($0, shift) + base },
                            "\(Row.self) \(tier) \(width) \(count) \(shift)")
                        rowsForTwo(Row.self, all, offsets, weights, width: width, shift, tier)
                    }
                    sums(Row.self, all, offsets, weights, expected, sumShifts, base, tier)
                }
            }
        }
    }

    private func sums<Row: WeighedRows>(
        _: Row.Type, _ rows: [Row.Sample], _ offsets: [Int], _ weights: [Row.Weight], _ expected: [Int128],
        _ shifts: [Int], _ base: Row.Result.Sample, _ tier: CPUTier
    ) {
        var sums = [Row.Sum](repeating: 77, count: expected.count)
        var span = sums.mutableSpan
        Row.addRows(rows.span, offsets: offsets.span, weights: weights.span, isFirst: true, to: &span, tier: tier)
        #expect(sums.map(whole) == expected)
        span = sums.mutableSpan
        Row.addRows(
            rows.span, offsets: offsets.span.extracting(0..<0), weights: weights.span.extracting(0..<0),
            isFirst: false,
            to: &span, tier: tier)
        #expect(sums.map(whole) == expected)
        sums = [Row.Sum](repeating: 5, count: expected.count)
        span = sums.mutableSpan
        Row.addRows(rows.span, offsets: offsets.span, weights: weights.span, isFirst: false, to: &span, tier: tier)
        #expect(sums.map(whole) == expected.map { $0 + 5 })
        for shift in shifts {
            var row = [Row.Result.Sample](repeating: 0, count: expected.count)
            var target = row.mutableSpan
            Row.round(sums.span, shift: shift, into: &target)
            #expect(row == expected.map { rounded($0 + 5, shift) + base })
        }
    }

    /// Sums are integers, or doubles that hold whole numbers.
    private func whole(_ sum: some SignedNumeric) -> Int128 {
        if let sum = sum as? Double { return Int128(exactly: sum) ?? .max }
        return (sum as? any BinaryInteger).map { Int128($0) } ?? .max
    }

    @Test func bytes() {
        columns(UInt8.self, samples: 0...255, weights: -32_768...32_767, shifts: [1, 10, 15])
        rows(UInt8.self, samples: 0...255, weights: -32_768...32_767, shifts: [1, 7, 14])
    }

    @Test func sixteenBits() {
        columns(Int16.self, samples: -8000...8000, weights: -6000...6000, shifts: [1, 18, 22])
        rows(Int16.self, samples: -8000...8000, weights: -16_000...16_000, shifts: [1, 18, 22])
    }

    @Test func products() {
        let base = productBias << Int32(alphaFractionBits)
        columns(Product.self, samples: -32_767...32_258, weights: -1500...1500, shifts: [1, 15, 16])
        rows(Product.self, samples: -32_767...32_258, weights: -6000...6000, shifts: [1, 15, 16])
        columns(HalfProduct.self, samples: .min ... .max, weights: -1500...1500, shifts: [1, 2], base: base)
        rows(HalfProduct.self, samples: .min ... .max, weights: -6000...6000, shifts: [1, 2], base: base)
    }

    @Test func bytesWithAlpha() {
        let widths = [0, 4, 16, 28, 32, 36, 64, 68, 128, 132, 300]
        rows(AlphaBytes.self, samples: 0...255, weights: -6000...6000, shifts: [1, 15, 16], widths: widths) { row, i in
            let factor = i % 4 == 3 ? 255 : Int128(row[i | 3])
            return Int128(row[i]) * factor - Int128(productBias)
        }
    }

    /// Rows of products made as they are weighed are those made before, and weigh the same, wherever they begin.
    @Test(arguments: CPUTier.available, [0, 1, 2, 3])
    func productsMadeOnTheWay(_ tier: CPUTier, _ start: Int) {
        var generator = SplitMix64(seed: 35)
        for width in [4, 28, 32, 36, 64, 92, 300] {
            for fresh in [0..<0, 0..<6, 2..<6, 3..<4, 5..<6] {
                let offsets = (0..<6).map { start * 4 + ($0 + 4) % 6 * (width + 8) }
                let bytes = random(fresh.count * width, in: 0...255 as ClosedRange<UInt8>, using: &generator)
                var weights = random(12, in: -2000...2000 as ClosedRange<Int16>, using: &generator)
                (weights[5], weights[6], weights[7]) = (0, 0, 0)
                let held = random(6 * (width + 8) + 12, in: .min ... .max as ClosedRange<Int16>, using: &generator)
                var (rows, expectedRows) = (held, held)
                var target = [Int16](repeating: 1, count: 2 * width)
                var expected = target
                var rowSpan = rows.mutableSpan
                var targetSpan = target.mutableSpan
                Product.weighRowsForTwo(
                    &rowSpan, unpacking: bytes.span, layout: .rgba8, to: fresh, offsets: offsets.span,
                    weights: weights.span, shift: 15, into: &targetSpan, tier: tier)
                var expectedSpan = expectedRows.mutableSpan
                for (i, j) in fresh.enumerated() {
                    var row = expectedSpan._mutatingExtracting(offsets[j]..<offsets[j] + width)
                    Product.unpack(
                        bytes.span.extracting(i * width..<(i + 1) * width), layout: .rgba8, into: &row, tier: .portable)
                }
                var resultSpan = expected.mutableSpan
                Product.weighRowsForTwo(
                    expectedRows.span, offsets: offsets.span, weights: weights.span, shift: 15, into: &resultSpan,
                    tier: .portable)
                #expect(rows == expectedRows && target == expected, "\(width) \(fresh)")
            }
        }
    }

    @Test func unsignedSixteenBits() {
        columns(UInt16.self, samples: 0...65_535, weights: -(1 << 20)...1 << 20, shifts: [12, 20, 30])
        // The sum of the weights, without signs, has to stay below 1.8 × 2²⁶.
        rows(UInt16.self, samples: 0...65_535, weights: -12_000_000...12_000_000, shifts: [12, 18, 26])
    }

    /// Weights that add up to a power of two, as the resampler's do.
    @Test(arguments: CPUTier.available)
    func unsignedSixteenBitsOfWholeSums(tier: CPUTier) {
        var generator = SplitMix64(seed: 34)
        let rows = (0..<4).map { _ in random(100, in: 0...65_535 as ClosedRange<UInt16>, using: &generator) }
        let weights: [Int32] = [-9_000_001, 70_000_003, 9_000_000, (1 << 26) - 70_000_002]
        let all = rows.flatMap { $0 }
        var target = [Int32](repeating: 0, count: 100)
        var span = target.mutableSpan
        let offsets = [0, 100, 200, 300]
        UInt16.weighRows(
            all.span, offsets: offsets.span, weights: weights.span, shift: 18, into: &span, tier: tier)
        let expected = (0..<100).map { i in
            (0..<4).reduce(Int128(0)) { $0 + Int128(rows[$1][i]) * Int128(weights[$1]) }
        }
        #expect(target == expected.map { rounded($0, 18) })
    }

    @Test func thirtyTwoBits() {
        columns(Int32.self, samples: -(1 << 24)...1 << 24, weights: -(1 << 22)...1 << 22, shifts: [22, 23, 40])
        rows(
            Int32.self, samples: -(1 << 26)...1 << 26, weights: -(1 << 22)...1 << 22, shifts: [22, 23, 40],
            sumShifts: [22, 30, 45])
    }

    @Test func sixtyFourBits() {
        let bound: Int64 = 65_535 * 65_535 << 20
        columns(Int64.self, samples: -bound...bound, weights: -(1 << 50)...1 << 50, shifts: [1, 30, 63])
        rows(Int64.self, samples: -bound...bound, weights: -(1 << 50)...1 << 50, shifts: [1, 30, 63])
    }

    private static let layouts = [1, 2, 3, 4].flatMap { channels in
        [false, true].flatMap { wide in
            (channels % 2 == 0 ? [false, true] : [false]).map {
                SampleLayout(channels: channels, isWide: wide, hasAlpha: $0)
            }
        }
    }

    @Test(arguments: layouts, CPUTier.available)
    func samplesThereAndBack(layout: SampleLayout, tier: CPUTier) {
        thereAndBack(Int64.self, Int64.self, layout, tier)
        if !(layout.isWide && layout.hasAlpha) { thereAndBack(UInt16.self, Int32.self, layout, tier) }
        if layout == .rgba8 { thereAndBack(Product.self, Int32.self, layout, tier, bias: Int(productBias)) }
        if !layout.isWide && !layout.hasAlpha { thereAndBack(UInt8.self, UInt8.self, layout, tier) }
    }

    private func thereAndBack<Row: ResampleSource, Result: ResampleResult>(
        _: Row.Type, _: Result.Type, _ layout: SampleLayout, _ tier: CPUTier, bias: Int = 0
    ) {
        var generator = SplitMix64(seed: 33)
        let pixels = 57
        var bytes = (0..<pixels * layout.bytesPerPixel).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for i in 0..<2 * layout.bytesPerPixel { bytes[i] = i < layout.bytesPerPixel ? 255 : 0 }
        let full = layout.isWide ? 65_535 : 255
        let picture = bytes
        func sample(_ i: Int, _ c: Int) -> Int {
            let at = i * layout.channels + c
            return layout.isWide ? Int(picture[2 * at]) | Int(picture[2 * at + 1]) << 8 : Int(picture[at])
        }
        var row = [Row.Sample](repeating: 5, count: pixels * layout.channels)
        var unpacked = row.mutableSpan
        Row.unpack(bytes.span, layout: layout, into: &unpacked, tier: tier)
        var results: [Result.Sample] = []
        for i in 0..<pixels {
            for c in 0..<layout.channels {
                let isAlpha = c == layout.channels - 1
                let factor = layout.hasAlpha ? (isAlpha ? full : sample(i, layout.channels - 1)) : 1
                let value = Int(row[i * layout.channels + c]) + bias
                #expect(value == sample(i, c) * factor)
                results.append(Result.Sample(layout.hasAlpha ? value << alphaFractionBits : value))
            }
        }
        var result = [UInt8](repeating: 9, count: bytes.count)
        var target = result.mutableSpan
        Result.pack(results.span, layout: layout, into: &target, tier: tier)
        if layout.hasAlpha {
            for i in 0..<pixels where sample(i, layout.channels - 1) == 0 {
                for b in 0..<layout.bytesPerPixel { bytes[i * layout.bytesPerPixel + b] = 0 }
            }
        }
        #expect(result == bytes)
    }

    /// Every alpha, under colours of all kinds: those above 128 lose nothing, alpha itself never does.
    @Test(arguments: [2, 4], CPUTier.available)
    func wideAlphaThereAndBack(channels: Int, tier: CPUTier) {
        var generator = SplitMix64(seed: 35)
        let layout = SampleLayout(channels: channels, isWide: true, hasAlpha: true)
        var samples: [Int] = []
        for alpha in 0...65_535 {
            let colors = [UInt16.random(in: 0...65_535, using: &generator), .max, UInt16(alpha)]
            samples += colors.prefix(channels - 1).map { Int($0) } + [alpha]
        }
        // A pixel more than whole groups hold.
        samples += samples.suffix(channels)
        let bytes = samples.flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        var row = [Int32](repeating: 5, count: samples.count)
        var span = row.mutableSpan
        Int32.unpack(bytes.span, layout: layout, into: &span, tier: tier)
        var wrong = 0
        for i in row.indices {
            let isAlpha = i % channels == channels - 1
            let factor = isAlpha ? 65_535 : samples[i / channels * channels + channels - 1]
            if Int(row[i]) != (samples[i] * factor + 32) >> faintBits { wrong += 1 }
        }
        #expect(wrong == 0)
        let results = row.map { $0 << Int32(wideAlphaFractionBits) }
        var result = [UInt8](repeating: 9, count: bytes.count)
        var target = result.mutableSpan
        Int32.pack(results.span, layout: layout, into: &target, tier: tier)
        let visible = 2 * 129 * channels
        #expect(result.dropFirst(visible).elementsEqual(bytes.dropFirst(visible)))
        for i in stride(from: 2 * channels - 2, to: visible, by: 2 * channels) {
            #expect(result[i] == bytes[i])
            #expect(result[i + 1] == bytes[i + 1])
        }
    }

    /// Quotients just above and below every whole one under some alphas, beyond the ends, and of alphas about each rounding.
    @Test(arguments: [2, 4], CPUTier.available)
    func wideDivisionIsExact(channels: Int, tier: CPUTier) {
        var rows: [Int32] = []
        func append(_ alpha: Int, _ colors: Int...) {
            rows += colors.prefix(channels - 1).map { Int32($0) } + [Int32(alpha)]
        }
        for alpha in [2049, 4096, 90_001, 268_369_920, 1 << 30 - 1] {
            for color in stride(from: 0, to: 65_536, by: 7) {
                let near = alpha * (2 * color + 1) / 131_070
                append(alpha, near, near - 1, near + 1)
                append(alpha, near - 1, near + 2, near)
            }
        }
        for shown in stride(from: 0, through: 65_535, by: 5) {
            let near = (2 * shown + 1) * 65_535 / 32
            append(near, near / 3, -5, near + 7)
            append(near + 1, near, near / 2, near / 5)
        }
        append(-5, 7, -7, 0)
        append(0, 7, -7, 0)
        let layout = SampleLayout(channels: channels, isWide: true, hasAlpha: true)
        var bytes = [UInt8](repeating: 9, count: 2 * rows.count)
        var span = bytes.mutableSpan
        Int32.pack(rows.span, layout: layout, into: &span, tier: tier)
        var wrong = 0
        for (i, sample) in rows.enumerated() {
            let last = i / channels * channels + channels - 1
            let alpha = max(0, Int(rows[last]))
            let shown = min(65_535, (alpha * 16 + 32_767) / 65_535)
            let color = shown == 0 ? 0 : (min(max(Int(sample), 0), alpha) * 65_535 + alpha / 2) / alpha
            if Int(bytes[2 * i]) | Int(bytes[2 * i + 1]) << 8 != (i == last ? shown : color) { wrong += 1 }
        }
        #expect(wrong == 0)
    }

    @Test func packClamps() {
        let row: [Int32] = [-5, 0, 255, 256, 70_000, .max, .min]
        var bytes = [UInt8](repeating: 9, count: 7)
        var span = bytes.mutableSpan
        Int32.pack(row.span, layout: SampleLayout(channels: 1, isWide: false, hasAlpha: false), into: &span)
        #expect(bytes == [0, 0, 255, 255, 255, 255, 0])
    }

    @Test(arguments: CPUTier.available)
    func packDividesByAlpha(tier: CPUTier) {
        let one = Int32(255 << alphaFractionBits)
        // Grey under alpha: overshoot of either kind, alpha just below and just above a half, alpha of 3.
        let pixels: [(colour: Int32, alpha: Int32)] = [
            (600 * one, 300 * one), (-7, 20 * one), (one / 5, one / 2 - 1), (one / 5, one / 2 + 1),
            (3 * one / 255 * 77, 3 * one), (one, -5), (one, 0), (254 * one + one / 2 - 1, 255 * one),
        ]
        let expected: [(UInt8, UInt8)] = [(255, 255), (0, 20), (0, 0), (102, 1), (77, 3), (0, 0), (0, 0), (254, 255)]
        let gray = pixels.flatMap { [$0.colour, $0.alpha] }
        var bytes = [UInt8](repeating: 9, count: gray.count)
        var span = bytes.mutableSpan
        Int32.pack(
            gray.span, layout: SampleLayout(channels: 2, isWide: false, hasAlpha: true), into: &span, tier: tier)
        #expect(bytes == expected.flatMap { [$0.0, $0.1] })
        let rgba = pixels.flatMap { [$0.colour, $0.colour, $0.colour, $0.alpha] }
        bytes = [UInt8](repeating: 9, count: rgba.count)
        span = bytes.mutableSpan
        Int32.pack(
            rgba.span, layout: SampleLayout(channels: 4, isWide: false, hasAlpha: true), into: &span, tier: tier)
        #expect(bytes == expected.flatMap { [$0.0, $0.0, $0.0, $0.1] })
    }

    /// Quotients just above and below every whole one, under many alphas.
    @Test(arguments: CPUTier.available)
    func divisionIsExact(tier: CPUTier) {
        let alphas: [Int32] = [2089, 522_239, 522_241, 783_437, 261_120_000, 266_342_400]
        var rows: [Int32] = []
        for alpha in alphas {
            for colour in 0...255 {
                let near = Int32(Int64(alpha) * Int64(2 * colour + 1) / 510)
                rows.append(contentsOf: [near - 1, near, near + 1, alpha])
                rows.append(contentsOf: [near + 2, max(0, near - 2), near, alpha])
            }
        }
        let layout = SampleLayout(channels: 4, isWide: false, hasAlpha: true)
        var bytes = [UInt8](repeating: 9, count: rows.count)
        var span = bytes.mutableSpan
        Int32.pack(rows.span, layout: layout, into: &span, tier: tier)
        let one = 255 << alphaFractionBits
        for (i, byte) in bytes.enumerated() {
            let (sample, alpha) = (Int(rows[i]), Int(rows[i | 3]))
            let shown = min(255, (alpha + one / 2) / one)
            let color = (min(max(sample, 0), alpha) * 255 + alpha / 2) / alpha
            #expect(Int(byte) == (i & 3 == 3 ? shown : shown == 0 ? 0 : color))
        }
    }
}
