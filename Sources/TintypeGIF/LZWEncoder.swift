/// Makes GIF's variable-length codes (GIF89a appendix F) of colour indexes.
///
/// The loops and all they do per index stand in this file.
struct LZWEncoder {
    /// Indexes, and where they leave a choice.
    struct Input {
        var indexes: [UInt8]
        /// The index that shows what lies below.
        var transparent: UInt8 = 0
        /// For each pixel whether it may also be transparent, as what lies below is the same; empty where none may.
        var isFree: [Bool] = []
    }

    private static let lastCode = 4095
    private static let emptySlot = UInt32.max
    private static let allIndexes = (0...lastCode).map { UInt8(truncatingIfNeeded: $0) }

    private let codeSize: Int
    private let clear: Int
    /// Strings longer than one index: the code without the last index in bits 31 to 20, the last index in 19 to 12, the code in 11 to 0.
    private var slots: [UInt32]
    /// Their number is two to this: at least twice as many as there can be strings.
    private let slotBits: Int
    /// For each code the last index of its string.
    private var lastIndex: [UInt8]
    private var next: Int
    private var width: Int
    private var bytes: [UInt8] = []
    private var held: UInt64 = 0
    private var heldBits = 0
    private var gain = Gain()

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
        lastIndex = Self.allIndexes
        clear = 1 << codeSize
        next = clear + 2
        width = codeSize + 1
    }

    /// The codes of the indexes, all of which have at most `codeSize` bits, with a clear code first and the end code last.
    ///
    /// - Parameters:
    ///   - codeSize: the minimum code size of §22, 2 to 8.
    ///   - limit: more bytes than these are of no use.
    /// - Returns: nil beyond the limit.
    static func encode(_ input: Input, codeSize: Int, limit: Int = .max) -> [UInt8]? {
        precondition((2...8).contains(codeSize) && !input.indexes.isEmpty)
        precondition(input.isFree.isEmpty || input.isFree.count == input.indexes.count)
        var encoder = LZWEncoder(codeSize: codeSize, pixels: input.indexes.count)
        encoder.bytes.reserveCapacity(input.indexes.count / 2 + 64)
        encoder.emit(encoder.clear)
        let isWithin =
            input.isFree.isEmpty
            ? encoder.encodeFixed(input.indexes.span, limit) : encoder.encodeFree(input, limit)
        guard isWithin else { return nil }
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

    /// False if more bytes than `limit` come out.
    private mutating func encodeFixed(_ indexes: Span<UInt8>, _ limit: Int) -> Bool {
        var code = Int(indexes[0])
        var start = 0
        for i in 1..<indexes.count {
            let longer = find(code, indexes[i])
            if longer >= 0 {
                code = longer
                continue
            }
            emit(code, pixels: i &- start)
            if bytes.count > limit { return false }
            if isFull && isExhausted() { reset() } else { add(code, indexes[i]) }
            code = Int(indexes[i])
            start = i
        }
        emit(code, pixels: indexes.count - start)
        widen()
        return true
    }

    /// Takes for each string the longest that the table has, whichever way the free pixels must be shown for that.
    /// False if more bytes than `limit` come out.
    private mutating func encodeFree(_ input: Input, _ limit: Int) -> Bool {
        let (indexes, isFree, transparent) = (input.indexes.span, input.isFree.span, input.transparent)
        var first = isFree[0] ? transparent : indexes[0]
        // Codes of one length, and of the next: in turns they stand in one half and the other, `mostLive` in each.
        var live = InlineArray<48, Int32>(repeating: 0)
        var start = 0
        while true {
            var (half, count) = (0, 1)
            live[0] = Int32(first)
            var end = start + 1
            while end < indexes.count {
                let other = Self.mostLive - half
                var longer = 0
                for place in half..<half + count {
                    let code = Int(live[place])
                    if isFree[end] {
                        let hidden = find(code, transparent)
                        if hidden >= 0, longer < Self.mostLive {
                            live[other + longer] = Int32(truncatingIfNeeded: hidden)
                            longer += 1
                        }
                    }
                    let shown = find(code, indexes[end])
                    if shown >= 0, longer < Self.mostLive {
                        live[other + longer] = Int32(truncatingIfNeeded: shown)
                        longer += 1
                    }
                }
                if longer == 0 { break }
                (half, count) = (other, longer)
                end += 1
            }
            let code = Int(live[half])
            emit(code, pixels: end - start)
            if end == indexes.count { break }
            if bytes.count > limit { return false }
            // A run of one colour goes on where it can.
            first = isFree[end] && lastIndex[code] != indexes[end] ? transparent : indexes[end]
            if isFull && isExhausted() { reset() } else { add(code, first) }
            start = end
        }
        widen()
        return true
    }

    /// Ways of showing the same pixels that are followed at once.
    private static let mostLive = 24

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
        lastIndex[next] = index
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
        guard gain.lateBits >= Gain.stretch else { return false }
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
