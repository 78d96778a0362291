import Glibc
import TestSupport
import Testing
import TintypeCore
import TintypeKernels

@testable import TintypeJPEG

struct EncoderTablesTests {
    @Test func quantisationAtFiftyIsTheStandard() {
        #expect(scaled(StandardQuantization.luminance, 50) == array(StandardQuantization.luminance))
        #expect(scaled(StandardQuantization.chrominance, 50) == array(StandardQuantization.chrominance))
    }

    @Test func quantisationAtTheEnds() {
        #expect(scaled(StandardQuantization.luminance, 100) == [UInt8](repeating: 1, count: 64))
        // Fifty times as large, and cut: even the smallest, 10, becomes 500.
        #expect(scaled(StandardQuantization.luminance, 1) == [UInt8](repeating: 255, count: 64))
    }

    @Test func quantisationAtSeventyFiveIsHalf() {
        #expect(scaled(StandardQuantization.luminance, 75).prefix(8) == [8, 6, 5, 8, 12, 20, 26, 31])
        #expect(scaled(StandardQuantization.chrominance, 75).prefix(8) == [9, 9, 12, 24, 50, 50, 50, 50])
    }

    /// Whole qualities are those that everybody knows; between them one step changes at a time.
    @Test(
        arguments: [StandardQuantization.luminance, StandardQuantization.chrominance].map { table in
            (0..<64).map { table[$0] }
        })
    func fineQualities(_ values: [UInt8]) {
        var table = [64 of UInt8](repeating: 0)
        for i in 0..<64 { table[i] = values[i] }
        var coarse = StandardQuantization.scaled(table, FineQuality(1))
        for stages in 1_025...102_400 {
            let fine = StandardQuantization.scaled(table, FineQuality(stages: stages))
            let changed = (0..<64).filter { coarse[$0] != fine[$0] }
            // Whole ones below 50 are rounded down to a whole per cent: the next steps may be larger by one.
            let isRight =
                changed.count <= 1
                && changed.allSatisfy {
                    fine[$0] < coarse[$0] || stages < 50 << 10 && fine[$0] == coarse[$0] + 1
                }
            #expect(isRight, "\(stages) of 1024")
            coarse = fine
        }
        #expect(coarse == [UInt8](repeating: 1, count: 64))
    }

    @Test func quantisationFallsWithQuality() {
        for quality in 1..<100 {
            let (coarse, fine) = (
                scaled(StandardQuantization.luminance, quality), scaled(StandardQuantization.luminance, quality + 1)
            )
            #expect(zip(coarse, fine).allSatisfy { $0 >= $1 && $1 >= 1 })
        }
    }

    private func scaled(_ table: [64 of UInt8], _ quality: Int) -> [UInt8] {
        StandardQuantization.scaled(table, FineQuality(quality))
    }

    private func array(_ table: [64 of UInt8]) -> [UInt8] { (0..<64).map { table[$0] } }

    @Test(arguments: [
        (StandardTables.luminanceDC, 12), (StandardTables.chrominanceDC, 12), (StandardTables.luminanceAC, 162),
        (StandardTables.chrominanceAC, 162),
    ])
    func standardTablesAreWhole(table: HuffmanSpecification, symbols: Int) {
        #expect(table.counts.count == 16)
        #expect(table.counts.reduce(0) { $0 + Int($1) } == symbols)
        #expect(Set(table.symbols).count == symbols)
        #expect(kraft(table) < 1 << 16)
    }

    @Test func naturalOrderIsTheZigzag() {
        // Along each diagonal, upwards on even ones and downwards on odd ones.
        var order: [UInt8] = []
        for diagonal in 0..<15 {
            let rows = (max(0, diagonal - 7)...min(7, diagonal))
            let walk = diagonal % 2 == 0 ? Array(rows.reversed()) : Array(rows)
            order += walk.map { UInt8(8 * $0 + diagonal - $0) }
        }
        #expect((0..<64).map { naturalOrder[$0] } == order)
    }

    // MARK: - Optimal codes

    /// The sum of 2^(16 − length) over the codes: 2^16 if no code is left over.
    private func kraft(_ table: HuffmanSpecification) -> Int {
        table.counts.enumerated().reduce(0) { $0 + Int($1.element) << (15 - $1.offset) }
    }

    private func lengths(_ table: HuffmanSpecification) -> [Int: Int] {
        var lengths: [Int: Int] = [:]
        var next = 0
        for (index, count) in table.counts.enumerated() {
            for _ in 0..<count {
                lengths[Int(table.symbols[next])] = index + 1
                next += 1
            }
        }
        return lengths
    }

    /// The bits of an unlimited Huffman code with one more symbol of weight 1: the sum of all merged weights.
    private func slowCost(_ frequencies: [Int]) -> Int {
        var (weights, cost) = (frequencies.filter { $0 > 0 } + [1], 0)
        while weights.count > 1 {
            weights.sort(by: >)
            let merged = weights.removeLast() + weights.removeLast()
            cost += merged
            weights.append(merged)
        }
        return cost
    }

    private func check(_ frequencies: [Int]) {
        let table = HuffmanSpecification(optimalFor: frequencies.span)
        let lengths = lengths(table)
        #expect(Set(table.symbols.map(Int.init)) == Set(frequencies.indices.filter { frequencies[$0] > 0 }))
        #expect(table.symbols.count == table.counts.reduce(0) { $0 + Int($1) })
        // The code of all ones of the longest length is left over.
        let longest = lengths.values.max() ?? 0
        #expect(kraft(table) == 1 << 16 - 1 << (16 - longest))
        let cost = lengths.reduce(longest) { $0 + $1.value * frequencies[$1.key] }
        let least = slowCost(frequencies)
        if longest < 16 {
            #expect(cost == least)
            let byFrequency = lengths.sorted { (frequencies[$0.key], $1.value) > (frequencies[$1.key], $0.value) }
            #expect(zip(byFrequency, byFrequency.dropFirst()).allSatisfy { $0.value <= $1.value })
        } else {
            // Perhaps limited, which costs little.
            #expect(cost >= least && cost < least + least / 50)
        }
    }

    @Test(arguments: 0..<60 as Range<UInt64>)
    func optimalCodesAreOptimal(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        var frequencies = [Int](repeating: 0, count: 256)
        for _ in 0..<Int.random(in: 1...256, using: &random) {
            // From even to very uneven.
            let bits = Int.random(in: 0...Int(seed % 20), using: &random)
            frequencies[Int.random(in: 0..<256, using: &random)] += 1 + Int(random.next() & (1 << UInt64(bits) - 1))
        }
        check(frequencies)
    }

    @Test func lengthsAreLimitedToSixteenBits() {
        // Fibonacci's numbers make the deepest trees.
        var frequencies = [Int](repeating: 0, count: 256)
        var (a, b) = (1, 1)
        for symbol in 0..<70 {
            frequencies[symbol] = a
            (a, b) = (b, a + b)
        }
        check(frequencies)
    }

    @Test func allSymbolsOnce() { check([Int](repeating: 1, count: 256)) }

    @Test func oneSymbol() {
        var frequencies = [Int](repeating: 0, count: 256)
        frequencies[0xF0] = 9
        let table = HuffmanSpecification(optimalFor: frequencies.span)
        #expect(table.counts == [1] + [UInt8](repeating: 0, count: 15))
        #expect(table.symbols == [0xF0])
    }

    /// Tables K.3 and K.5: the code of category 2 is 011, that of 0/2 is 01.
    @Test func codesCountUp() {
        let codes = HuffmanCodes([StandardTables.luminanceDC, StandardTables.luminanceAC])
        #expect(codes.entries[2] == 0b011 << 8 | 3)
        #expect(codes.entries[11] == 0b1_1111_1110 << 8 | 9)
        #expect(codes.entries[256 + 0x02] == 0b01 << 8 | 2)
        #expect(codes.entries[256 + 0xF0] == 0b111_1111_1001 << 8 | 11)
        #expect(codes.entries[256 + 0xFA] == 0xFFFE << 8 | 16)
    }

    @Test func bandsThatDoNotFitAreRefused() throws {
        let layout = EncoderLayout(size: Size(64, 8), [EncoderLayout.Sampling(id: 1)])
        var packer = BandPacker(layout)
        packer.pack([Int16](repeating: 3, count: 8 * 64), mcuRow: 0)
        let band = packer.copy
        #expect(band.bytes == 8 * (8 + 1) + 2 * 8 * 64)
        var store = BlockStore(limit: 2 * band.bytes)
        try store.append(band)
        try store.append(band)
        #expect { try store.append(band) } throws: { ($0 as? ImageError)?.kind == .limitExceeded }
        #expect(store.bands.count == 2)
    }

    /// What is transformed once and quantised later is what is quantised at once.
    @Test(arguments: [1_024, 6_400, 21_331, 51_200, 87_113, 102_399])
    func quantisingLaterChangesNothing(stages: Int) {
        let size = Size(8 * 40, 8)
        let layout = EncoderLayout(size: size, [EncoderLayout.Sampling(id: 1)])
        let samples = TestPictures.noise(width: size.width, height: 8, channels: 1, seed: 3)
        func packed(_ quality: FineQuality, quantizing: Bool) -> BlockBand {
            let steps = StandardQuantization.tables(for: layout, quality)[0]
            var planes = BandPlanes(layout: layout, width: size.width)
            for y in 0..<8 { planes.append(samples.span.extracting(y * size.width..<(y + 1) * size.width)) }
            var packer = BandPacker(layout)
            packer.pack(planes, mcuRow: 0, [JPEGForward.Divisors(steps: steps.span)], quantizing: quantizing)
            return packer.copy
        }
        let quality = FineQuality(stages: stages)
        let steps = StandardQuantization.tables(for: layout, quality)
        var requantizer = Requantizer(layout, steps: steps)
        let atOnce = packed(quality, quantizing: true)
        for finest in [quality, FineQuality(100)] {
            let later = requantizer.quantize(packed(finest, quantizing: false))
            #expect(later.masks == atOnce.masks)
            #expect(later.values == atOnce.values)
            var survivors = SurvivorCounts(layout)
            survivors.add(packed(finest, quantizing: false))
            let expected = bits(packed(finest, quantizing: false), left: later, steps[0])
            // Logarithms are taken by straight lines: a tenth of a bit.
            #expect(abs(Double(survivors.totals.bits(steps)) - expected) <= Double(later.values.count) / 8 + 1)
        }
    }

    /// Five bits for each coefficient of a row of blocks that is left, three for a difference between DC coefficients, and the base-2 logarithm of
    /// how often the step goes into it.
    private func bits(_ band: BlockBand, left: BlockBand, _ steps: [UInt8]) -> Double {
        var (cursor, sum, dc) = (0, 0.0, 0)
        for (mask, leftMask) in zip(band.masks, left.masks) {
            for k in 0..<64 where mask >> k & 1 == 1 {
                let value = Int(band.values[cursor])
                cursor += 1
                let size = min(abs(k == 0 ? value - dc : value) / 4, 255)
                if k == 0 { dc = value }
                let step = Int(steps[Int(naturalOrder[k])])
                if leftMask >> k & 1 == 1 && size >= step {
                    sum += (k == 0 ? 3 : 5) + log2(Double(size) / Double(step))
                }
            }
        }
        return sum
    }
}
