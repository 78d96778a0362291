/// Look-ups that take several AC symbols of a sequential scan at once, made of the look-ups for single ones.
///
/// An entry holds only what one block can hold: whoever uses it sees that the coefficient index stays below 64, and takes single symbols where it would not.
struct SymbolGroups {
    /// For each AC slot and each value of the next `HuffmanTables.fastBits` bits up to two coefficients, where those bits tell all of them.
    ///
    /// Bits 0–5: bits to consume. Bit 6: an end of block is among them. Bits 8–14 and 16–22: how far the coefficient index moves to the first
    /// coefficient, and to the last. Bits 32–47 and 48–63: their values; one alone is both. Where there is none, the index would move by 64.
    private(set) var pairs: [UInt64] = []
    /// For each AC slot and each value of the next `skippedBits` bits the symbols whose codes lie in them, and the values behind the codes.
    ///
    /// Bits 0–4: bits to consume. Bits 5–10: how far the coefficient index moves. Bit 11: the block ends. 0 where there is none.
    private(set) var skips: [UInt16] = []

    static let skippedBits = 12
    static let skipSize = 1 << skippedBits

    /// - Parameters:
    ///   - decoded: the AC slots, 4 to 7, of blocks whose coefficients are wanted.
    ///   - skipped: those of blocks of which only the first is.
    init(_ tables: HuffmanTables, decoded: Set<Int>, skipped: Set<Int>) {
        if !decoded.isEmpty { pairs = [UInt64](repeating: 64 << 16, count: 4 * HuffmanTables.fastSize) }
        for slot in decoded { addPairs(slot, tables) }
        if !skipped.isEmpty { skips = [UInt16](repeating: 0, count: 4 * Self.skipSize) }
        for slot in skipped { addSkips(slot, tables) }
    }

    private mutating func addPairs(_ slot: Int, _ tables: HuffmanTables) {
        let single = tables.fast[slot * HuffmanTables.fastSize..<(slot + 1) * HuffmanTables.fastSize]
        let first = (slot - 4) * HuffmanTables.fastSize
        for bits in 0..<HuffmanTables.fastSize {
            let entry = single[single.startIndex + bits]
            let value = UInt64(entry >> 16)
            guard entry & 0x8000 == 0 && value != 0 else { continue }
            let (used, advance) = (entry & 63, UInt64(entry >> 8 & 127))
            var group = UInt64(used) | advance << 8 | advance << 16 | value << 32 | value << 48
            let next = single[single.startIndex + (bits << Int(used)) & (HuffmanTables.fastSize - 1)]
            if next != 0 && next & 0x8000 == 0 && used + next & 63 <= UInt32(HuffmanTables.fastBits) {
                let (both, total) = (UInt64(used + next & 63), advance + UInt64(next >> 8 & 127))
                if next >> 16 != 0 {
                    group = both | advance << 8 | total << 16 | value << 32 | UInt64(next >> 16) << 48
                } else if next >> 8 & 127 >= 64 {
                    group = both | 1 << 6 | advance << 8 | advance << 16 | value << 32 | value << 48
                }
            }
            pairs[first + bits] = group
        }
    }

    private mutating func addSkips(_ slot: Int, _ tables: HuffmanTables) {
        let single = tables.codes(slot, bits: Self.skippedBits)
        let first = (slot - 4) * Self.skipSize
        for bits in 0..<Self.skipSize {
            var (used, advance, ends) = (0, 0, false)
            while used < Self.skippedBits && !ends {
                let code = single[bits << used & (Self.skipSize - 1)]
                let (length, symbol) = (Int(code >> 8), Int(code & 255))
                guard length > 0 && used + length <= Self.skippedBits else { break }
                let moves = symbol & 15 == 0 && symbol != 0xF0 ? 0 : symbol >> 4 + 1
                guard advance + moves < 64 else { break }
                ends = moves == 0
                used += length + symbol & 15
                advance += moves
            }
            skips[first + bits] = UInt16(used | advance << 5 | (ends ? 1 << 11 : 0))
        }
    }
}
