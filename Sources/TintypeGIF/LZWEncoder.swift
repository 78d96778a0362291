/// Makes GIF's variable-length codes (GIF89a appendix F) of colour indexes.
///
/// The loops and all they do per index stand in this file.
struct LZWEncoder {
    private static let lastCode = 4095
    private static let emptySlot = UInt32.max

    private let codeSize: Int
    private let clear: Int
    /// Strings longer than one index: the code without the last index in bits 31 to 20, the last index in 19 to 12, the code in 11 to 0.
    private var slots: [UInt32]
    /// Their number is two to this: at least twice as many as there can be strings.
    private let slotBits: Int
    private var next: Int
    private var width: Int
    private var bytes: [UInt8] = []
    private var held: UInt64 = 0
    private var heldBits = 0
    private var gain = Gain()
    /// Whether the table is to serve to the end.
    private var isSettled = false

    /// What the table is worth: pixels a bit.
    private struct Gain {
        /// Since the table was cleared.
        var pixels = 0
        var bits = 0
        /// Lately.
        var latePixels = 0
        var lateBits = 0

        /// Codes over which "lately" goes.
        static let stretch = 12 * 128
    }

    private init(codeSize: Int, pixels: Int) {
        self.codeSize = codeSize
        slotBits = min(14, max(4, Int.bitWidth + 1 - pixels.leadingZeroBitCount))
        slots = [UInt32](repeating: Self.emptySlot, count: 1 << slotBits)
        clear = 1 << codeSize
        next = clear + 2
        width = codeSize + 1
    }

    /// The codes of the indexes, all of which have at most `codeSize` bits, with a clear code first and the end code last.
    ///
    /// - Parameters:
    ///   - others: what each index may be replaced by where that makes for longer strings, the index itself where nothing may; empty if none may.
    ///   - codeSize: the minimum code size of §22, 2 to 8.
    ///   - limit: more bytes than these are of no use.
    /// - Returns: nil beyond the limit.
    static func encode(_ indexes: [UInt8], or others: [UInt8] = [], codeSize: Int, limit: Int = .max) -> [UInt8]? {
        precondition((2...8).contains(codeSize) && !indexes.isEmpty)
        precondition(others.isEmpty || others.count == indexes.count)
        var encoder = LZWEncoder(codeSize: codeSize, pixels: indexes.count)
        encoder.bytes.reserveCapacity(indexes.count / 2 + 64)
        encoder.emit(encoder.clear)
        guard encoder.encode(indexes.span, or: others.span, from: 0, limit) else { return nil }
        encoder.emit(encoder.clear + 1)
        if encoder.heldBits > 0 { encoder.bytes.append(UInt8(truncatingIfNeeded: encoder.held)) }
        return encoder.bytes
    }

    /// Bits of so many codes from an empty table on.
    static func bits(_ codes: Int, codeSize: Int) -> Int {
        var (left, bits, width) = (codes, 0, codeSize + 1)
        while left > 0 {
            // The table has grown by a string a code.
            let count = min(left, width < 12 ? (1 << width) - max(1 << (width - 1), (1 << codeSize) + 2) : 2048)
            bits += count * width
            left -= count
            width = min(12, width + 1)
        }
        return bits
    }

    /// Encodes all pixels from one on. False if more bytes than `limit` come out.
    private mutating func encode(_ indexes: Span<UInt8>, or others: Span<UInt8>, from begin: Int, _ limit: Int) -> Bool
    {
        others.isEmpty ? encode(indexes, from: begin, limit) : encodeFree(indexes, others, from: begin, limit)
    }

    private mutating func encode(_ indexes: Span<UInt8>, from begin: Int, _ limit: Int) -> Bool {
        var code = Int(indexes[begin])
        var start = begin
        for i in begin + 1..<indexes.count {
            let longer = find(code, indexes[i])
            if longer >= 0 {
                code = longer
                continue
            }
            emit(code, pixels: i &- start)
            if bytes.count > limit { return false }
            if isFull && isExhausted() {
                if isLast(indexes.count - i) { return finish(indexes, or: Span(), from: i, limit) }
                reset()
            } else {
                add(code, indexes[i])
            }
            code = Int(indexes[i])
            start = i
        }
        emit(code, pixels: indexes.count - start)
        widen()
        return true
    }

    /// Takes for each string the longest that the table has, whichever way the pixels must be shown for that.
    private mutating func encodeFree(_ indexes: Span<UInt8>, _ others: Span<UInt8>, from begin: Int, _ limit: Int)
        -> Bool
    {
        // Codes of one length, and of the next: in turns they stand in one half and the other, `mostLive` in each.
        var live = InlineArray<16, Int32>(repeating: 0)
        var start = begin
        while true {
            var (half, count) = (0, 1)
            live[0] = Int32(indexes[start])
            var end = start + 1
            while end < indexes.count {
                let next = Self.mostLive - half
                var longer = 0
                let (index, other) = (indexes[end], others[end])
                for place in half..<half + count {
                    let code = Int(live[place])
                    let usual = find(code, index)
                    if usual >= 0, longer < Self.mostLive {
                        live[next + longer] = Int32(truncatingIfNeeded: usual)
                        longer += 1
                    }
                    let unusual = other == index ? -1 : find(code, other)
                    if unusual >= 0, longer < Self.mostLive {
                        live[next + longer] = Int32(truncatingIfNeeded: unusual)
                        longer += 1
                    }
                }
                if longer == 0 { break }
                (half, count) = (next, longer)
                end += 1
            }
            // Of several the one that is the usual at first: new strings should be such as come again.
            let code = Int(live[half])
            emit(code, pixels: end - start)
            if end == indexes.count { break }
            if bytes.count > limit { return false }
            if isFull && isExhausted() {
                if isLast(indexes.count - end) { return finish(indexes, or: others, from: end, limit) }
                reset()
            } else {
                add(code, indexes[end])
            }
            start = end
        }
        widen()
        return true
    }

    /// Ways of showing the same pixels that are followed at once.
    private static let mostLive = 8

    /// Whether so many pixels are too few for a table to become as good as this one was.
    private func isLast(_ pixels: Int) -> Bool { pixels < gain.pixels }

    /// Goes on to the end with a new table and with this one, and keeps what is shorter.
    private mutating func finish(_ indexes: Span<UInt8>, or others: Span<UInt8>, from begin: Int, _ limit: Int) -> Bool
    {
        isSettled = true
        var renewed = self
        renewed.reset()
        let isRenewedWithin = renewed.encode(indexes, or: others, from: begin, limit)
        let isWithin = encode(indexes, or: others, from: begin, isRenewedWithin ? renewed.bytes.count : limit)
        if isRenewedWithin, !isWithin || renewed.bitCount < bitCount { self = renewed }
        return isWithin || isRenewedWithin
    }

    private var bitCount: Int { bytes.count * 8 + heldBits }

    /// The code of the string of `code` and one index more, or -1.
    @inline(__always)
    private func find(_ code: Int, _ index: UInt8) -> Int {
        let key = UInt32(truncatingIfNeeded: code) &<< 8 | UInt32(index)
        var slot = slot(key)
        while true {
            let entry = slots[slot]
            // Looked at first: the key of code 4095 and index 255, which is never in the table, has all bits set like an empty slot.
            if entry == Self.emptySlot { return -1 }
            if entry &>> 12 == key { return Int(entry & 0xFFF) }
            slot = (slot &+ 1) & (1 &<< slotBits &- 1)
        }
    }

    @inline(__always)
    private func slot(_ key: UInt32) -> Int {
        Int(truncatingIfNeeded: (key &* 0x9E37_79B1) &>> UInt32(truncatingIfNeeded: 32 &- slotBits))
    }

    private var isFull: Bool { next > Self.lastCode }

    /// Adds the string of `code` and one index more to the table, unless that is full.
    @inline(__always)
    private mutating func add(_ code: Int, _ index: UInt8) {
        if isFull { return }
        let key = UInt32(truncatingIfNeeded: code) &<< 8 | UInt32(index)
        var slot = slot(key)
        while slots[slot] != Self.emptySlot { slot = (slot &+ 1) & (1 &<< slotBits &- 1) }
        slots[slot] = key &<< 12 | UInt32(truncatingIfNeeded: next)
        widen()
    }

    /// Counts a string of the table. The next code has a bit more when that string's would not fit.
    @inline(__always)
    private mutating func widen() {
        if next == 1 &<< width && width < 12 { width &+= 1 }
        if next <= Self.lastCode { next &+= 1 }
    }

    /// Whether the full table lately gave less than table and all have given since it was begun. Then a new one, which will do as well as that, is
    /// better (the marginal value theorem of foraging).
    private mutating func isExhausted() -> Bool {
        guard gain.lateBits >= Gain.stretch, !isSettled else { return false }
        let exhausted = gain.latePixels * gain.bits < gain.pixels * gain.lateBits
        (gain.latePixels, gain.lateBits) = (0, 0)
        return exhausted
    }

    private mutating func reset() {
        emit(clear)
        for i in slots.indices { slots[i] = Self.emptySlot }
        (next, width, gain) = (clear + 2, codeSize + 1, Gain())
    }

    @inline(__always)
    private mutating func emit(_ code: Int, pixels: Int) {
        gain.pixels &+= pixels
        gain.bits &+= width
        if isFull {
            gain.latePixels &+= pixels
            gain.lateBits &+= width
        }
        emit(code)
    }

    @inline(__always)
    private mutating func emit(_ code: Int) {
        held |= UInt64(truncatingIfNeeded: code) &<< UInt64(truncatingIfNeeded: heldBits)
        heldBits &+= width
        while heldBits >= 8 {
            bytes.append(UInt8(truncatingIfNeeded: held))
            held &>>= 8
            heldBits &-= 8
        }
    }
}
