import TestSupport
import Testing

@testable import TintypeJPEG

/// Look-ups of several symbols say what single symbols say, one after another.
@Suite struct SymbolGroupTests {
    /// Bits from the top of a window of which `count` are known.
    private struct Window {
        var bits: Int
        var count: Int

        mutating func take(_ length: Int) -> Int? {
            guard length <= count else { return nil }
            count -= length
            defer { bits &= (1 << count) - 1 }
            return bits >> count
        }

        /// The symbol that the bits begin with, by canonical codes (T.81 §C.2).
        mutating func symbol(_ table: HuffmanSpecification) -> UInt8? {
            let before = self
            var (code, first, index) = (0, 0, 0)
            for count in table.counts.map(Int.init) {
                guard let bit = take(1) else { break }
                code = code << 1 | bit
                if code - first < count { return table.symbols[index + code - first] }
                index += count
                first = (first + count) << 1
            }
            self = before
            return nil
        }
    }

    private static let tables = [StandardTables.luminanceAC, StandardTables.chrominanceAC] + (0..<4).map(random)

    /// A table whose codes take all lengths in some order.
    private static func random(_ seed: Int) -> HuffmanSpecification {
        var random = SplitMix64(seed: UInt64(seed))
        var counts = [UInt8](repeating: 0, count: 16)
        var (free, total) = (1, 0)
        for length in 0..<16 {
            free = free * 2
            let count = length == 15 ? min(free - 1, 256 - total) : Int.random(in: 0...min(free - 1, 4), using: &random)
            counts[length] = UInt8(min(count, 255))
            free -= Int(counts[length])
            total += Int(counts[length])
        }
        let symbols = (0...255 as ClosedRange<UInt8>).shuffled(using: &random)
        return HuffmanSpecification(counts: counts, symbols: Array(symbols.prefix(total)))
    }

    private func groups(_ table: HuffmanSpecification) -> SymbolGroups {
        var tables = HuffmanTables()
        let isDefined = tables.define(5, table)
        #expect(isDefined)
        return SymbolGroups(tables, decoded: [5], skipped: [5])
    }

    @Test(arguments: tables.indices)
    func pairsAreSymbolsInTurn(_ index: Int) {
        let table = Self.tables[index]
        let pairs = groups(table).pairs
        for bits in 0..<HuffmanTables.fastSize {
            let entry = pairs[HuffmanTables.fastSize + bits]
            var window = Window(bits: bits, count: HuffmanTables.fastBits)
            var (coefficients, place, ends): ([(Int, Int16)], Int, Bool) = ([], 0, false)
            var used = 0
            while coefficients.count < 2, !ends, let symbol = window.symbol(table) {
                let (run, size) = (Int(symbol) >> 4, Int(symbol) & 15)
                // An end of block counts behind a coefficient; sixteen zeros do not.
                if size == 0 {
                    guard run < 15, !coefficients.isEmpty else { break }
                    ends = true
                } else {
                    guard let raw = window.take(size) else { break }
                    place += run + 1
                    coefficients.append((place, Int16(raw < 1 << (size - 1) ? raw - (1 << size) + 1 : raw)))
                }
                used = HuffmanTables.fastBits - window.count
            }
            guard let first = coefficients.first, let last = coefficients.last else {
                #expect(entry >> 16 & 127 == 64)
                continue
            }
            #expect(Int(entry & 63) == used && (entry >> 6 & 1 == 1) == ends)
            #expect(Int(entry >> 8 & 127) == first.0 && Int(entry >> 16 & 127) == last.0)
            #expect(Int16(truncatingIfNeeded: entry >> 32) == first.1)
            #expect(Int16(truncatingIfNeeded: entry >> 48) == last.1)
        }
    }

    @Test(arguments: tables.indices)
    func skipsAreSymbolsInTurn(_ index: Int) {
        let table = Self.tables[index]
        let skips = groups(table).skips
        for bits in 0..<SymbolGroups.skipSize {
            var window = Window(bits: bits, count: SymbolGroups.skippedBits)
            var (place, used, ends) = (0, 0, false)
            while !ends, used < SymbolGroups.skippedBits, let symbol = window.symbol(table) {
                let (run, size) = (Int(symbol) >> 4, Int(symbol) & 15)
                let codeEnd = SymbolGroups.skippedBits - window.count
                if size == 0 && run < 15 {
                    ends = true
                } else {
                    guard place + run + 1 < 64 else { break }
                    place += run + 1
                }
                used = codeEnd + size
                _ = window.take(min(size, window.count))
            }
            let entry = Int(skips[SymbolGroups.skipSize + bits])
            #expect(entry == used | place << 5 | (ends ? 1 << 11 : 0), "\(bits)")
        }
    }
}
