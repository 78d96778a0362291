/// The decoder's Huffman tables (T.81 §F.2.2.3), all eight in flat arrays so that a hot loop takes one span of each.
///
/// A code of up to `HuffmanTables.fastBits` bits is decoded by one look-up with the next bits of the stream, which where they fit also
/// covers the bits after it that give a coefficient's value. Longer codes compare against the largest code of each length.
struct HuffmanTables {
    /// Slots: 0–3 DC, 4–7 AC.
    static let slots = 8
    static let fastBits = 10
    static let fastSize = 1 << fastBits
    static let slowSize = 18

    /// An entry of the look-up table; 0 where the code is longer than `fastBits` or does not exist.
    ///
    /// Bits 0–5: bits to consume. Bits 8–14: how far the coefficient index moves (run + 1), or for an end of block 64 and the four
    /// bits that a progressive scan takes for the length of its end-of-band run.
    /// Bit 15: the value's bits are still to be read, and bits 16–19 say how many; otherwise bits 16–31 are the value.
    private(set) var fast = [UInt32](repeating: 0, count: slots * fastSize)
    /// The largest code of each length, left-aligned in 16 bits, plus 1; −1 where there is none. `slowSize` a slot.
    private(set) var limits = [Int32](repeating: -1, count: slots * slowSize)
    /// What to add to a code of each length to get the index of its symbol. `slowSize` a slot.
    private(set) var offsets = [Int32](repeating: 0, count: slots * slowSize)
    /// 256 a slot.
    private(set) var symbols = [UInt8](repeating: 0, count: slots * 256)
    private(set) var isDefined = [Bool](repeating: false, count: slots)
    /// The largest symbol of each slot: for DC tables a scan cannot use one above 15.
    private(set) var largestSymbol = [UInt8](repeating: 0, count: slots)

    /// With the tables that Motion JPEG frames take for granted.
    static func standard() -> HuffmanTables {
        var tables = HuffmanTables()
        for slot in [0, 2, 3] { _ = tables.define(slot, StandardTables.luminanceDC) }
        for slot in [4, 6, 7] { _ = tables.define(slot, StandardTables.luminanceAC) }
        _ = tables.define(1, StandardTables.chrominanceDC)
        _ = tables.define(5, StandardTables.chrominanceAC)
        return tables
    }

    /// Sets a slot (T.81 §C.2: codes are given out in order of length, then of symbol).
    ///
    /// - Returns: false where the counts name more codes of a length than exist; the slot then counts as undefined.
    mutating func define(_ slot: Int, _ specification: HuffmanSpecification) -> Bool {
        for i in 0..<Self.fastSize { fast[slot * Self.fastSize + i] = 0 }
        for i in 0..<Self.slowSize { limits[slot * Self.slowSize + i] = -1 }
        isDefined[slot] = false
        largestSymbol[slot] = specification.symbols.max() ?? 0
        var code = 0
        var index = 0
        for length in 1...16 {
            let count = Int(specification.counts[length - 1])
            guard code + count <= 1 << length, index + count <= min(256, specification.symbols.count) else {
                return false
            }
            offsets[slot * Self.slowSize + length] = Int32(index - code)
            for _ in 0..<count {
                let symbol = specification.symbols[index]
                symbols[slot * 256 + index] = symbol
                if length <= Self.fastBits { addFast(slot, code: code, length: length, symbol: symbol) }
                code += 1
                index += 1
            }
            if count > 0 { limits[slot * Self.slowSize + length] = Int32(code << (16 - length)) }
            code <<= 1
        }
        isDefined[slot] = true
        return true
    }

    private mutating func addFast(_ slot: Int, code: Int, length: Int, symbol: UInt8) {
        let spare = Self.fastBits - length
        let size = Int(symbol & 15)
        let advance: Int
        if slot >= 4 && size == 0 {
            advance = symbol == 0xF0 ? 16 : 64 + Int(symbol >> 4)
        } else {
            advance = Int(symbol >> 4) + 1
        }
        for tail in 0..<(1 << spare) {
            var entry: UInt32
            if size <= spare {
                // The value's bits follow at once: T.81 §F.2.2.1, EXTEND.
                var value = tail >> (spare - size)
                if size > 0 && value < 1 << (size - 1) { value += (-1 << size) + 1 }
                entry = UInt32(length + size) | UInt32(UInt16(truncatingIfNeeded: value)) << 16
            } else {
                entry = UInt32(length) | 1 << 15 | UInt32(size) << 16
            }
            entry |= UInt32(advance) << 8
            fast[slot * Self.fastSize + code << spare + tail] = entry
        }
    }
    /// For each value of the next `bits` bits the code that they begin with: its length × 256 + its symbol, or 0 where it is longer.
    func codes(_ slot: Int, bits: Int) -> [UInt16] {
        var codes = [UInt16](repeating: 0, count: 1 << bits)
        var code = 0
        for length in 1...bits {
            let end = Int(limits[slot * Self.slowSize + length]) >> (16 - length)
            while code < end {
                let symbol = symbols[slot * 256 + code + Int(offsets[slot * Self.slowSize + length])]
                for tail in 0..<1 << (bits - length) {
                    codes[code << (bits - length) + tail] = UInt16(length) << 8 | UInt16(symbol)
                }
                code += 1
            }
            code <<= 1
        }
        return codes
    }
}
