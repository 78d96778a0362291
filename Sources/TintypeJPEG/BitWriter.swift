import TintypeCore

/// Writes tokens as Huffman codes and bits of value (T.81 §F.1.2), with restart markers between the intervals.
struct BitWriter: ~Copyable {
    private let order: [EncodedBlockPlace]
    private let restartInterval: Int
    private var state: State
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// What changes with every symbol, apart from the buffer.
    private struct State {
        /// Bits not yet in the buffer, the last one lowest.
        var pending: UInt64 = 0
        /// Bits still free in `pending`.
        var free = 64
        /// Bytes in the buffer.
        var used = 0
        /// MCUs until the next marker.
        var untilRestart: Int
        /// RSTm's m.
        var restartIndex: UInt8 = 0
    }

    /// More bytes than an MCU takes: 6 blocks of 27 + 63 × 26 bits, all of them stuffed, with a marker before them.
    private static let mcuBytes = 4_096

    init(order: [EncodedBlockPlace], restartInterval: Int) {
        self.order = order
        self.restartInterval = restartInterval
        state = State(untilRestart: restartInterval)
    }

    /// Writes the first `count` tokens, which are whole MCUs.
    mutating func write(
        _ tokens: [Int16], count: Int, codes: HuffmanCodes, to writer: inout ByteWriter
    ) throws(ImageError) {
        var position = 0
        while position < count {
            position = Self.encode(
                tokens, position..<count, order, codes.entries, restartInterval, &state, &buffer)
            if position < count { try drain(to: &writer) }
        }
    }

    /// Fills the last byte with ones (T.81 §F.1.2.3) and hands out what is buffered.
    mutating func finish(to writer: inout ByteWriter) throws(ImageError) {
        // The last MCU may have left no room.
        try drain(to: &writer)
        Self.finish(&state, &buffer)
        try drain(to: &writer)
    }

    private mutating func drain(to writer: inout ByteWriter) throws(ImageError) {
        if state.used > 0 { try writer.write(buffer.span.extracting(0..<state.used)) }
        state.used = 0
    }

    /// Encodes MCUs for as long as the buffer surely has room for one more.
    ///
    /// - Returns: the place of the first token not encoded.
    private static func encode(
        _ tokens: [Int16], _ range: Range<Int>, _ order: [EncodedBlockPlace], _ codes: [UInt32], _ restartInterval: Int,
        _ state: inout State, _ buffer: inout [UInt8]
    ) -> Int {
        let (tokens, places, codes) = (tokens.span, order.span, codes.span)
        var output = buffer.mutableSpan
        var bits = state
        var position = range.lowerBound
        while position < range.upperBound, bits.used <= output.count &- mcuBytes {
            if restartInterval > 0 { passRestart(restartInterval, &bits, &output) }
            for i in places.indices {
                let table = 512 &* places[i].tables
                put(Int32(tokens[position]), symbol: 0, codes, table, &bits, &output)
                position &+= 1
                var k = 0
                while k < 63 {
                    let token = Int32(tokens[position])
                    position &+= 1
                    put(token &>> 4, symbol: Int(token & 15) &<< 4, codes, table &+ 256, &bits, &output)
                    k &+= token == 0 ? 63 : Int(token & 15) &+ 1
                }
            }
        }
        state = bits
        return position
    }

    /// The code of the symbol whose low four bits are the category of `value`, then the value's bits: for a negative
    /// one those of the value less 1 (T.81 §F.1.2.1).
    @inline(__always)
    private static func put(
        _ value: Int32, symbol: Int, _ codes: Span<UInt32>, _ table: Int, _ state: inout State,
        _ output: inout MutableSpan<UInt8>
    ) {
        let sign = value &>> 31
        let width = 32 &- ((value ^ sign) &- sign).leadingZeroBitCount
        let code = codes[table &+ (symbol | width)]
        let mask = (1 as UInt32) &<< UInt32(truncatingIfNeeded: width) &- 1
        let extra = UInt32(bitPattern: value &+ sign) & mask
        let length = Int(code & 0xFF) &+ width
        let bits = UInt64(code &>> 8) &<< UInt64(truncatingIfNeeded: width) | UInt64(extra)
        state.free &-= length
        if state.free >= 0 {
            state.pending = state.pending &<< UInt64(truncatingIfNeeded: length) | bits
            return
        }
        // The free places are filled and the rest of the bits begins the next 64.
        let rest = UInt64(truncatingIfNeeded: 0 &- state.free)
        let full = state.pending &<< (UInt64(truncatingIfNeeded: length) &- rest) | bits &>> rest
        writeBytes(full, 8, &state.used, &output)
        state.pending = bits
        state.free &+= 64
    }

    /// Writes the upper `count` bytes, with a zero after each FF (T.81 §B.1.1.5).
    @inline(__always)
    private static func writeBytes(_ bits: UInt64, _ count: Int, _ used: inout Int, _ output: inout MutableSpan<UInt8>)
    {
        // Sets a byte's highest bit only if the byte, or one that carries into it, is FF.
        let suspects = bits & ~(bits &+ 0x0101_0101_0101_0101) & 0x8080_8080_8080_8080
        if suspects == 0 && count == 8 {
            var eight = output._mutatingExtracting(used..<used &+ 8)
            for i in 0..<8 { eight[i] = UInt8(truncatingIfNeeded: bits &>> UInt64(truncatingIfNeeded: 56 &- 8 &* i)) }
            used &+= 8
        } else {
            for i in 0..<count {
                let byte = UInt8(truncatingIfNeeded: bits &>> UInt64(truncatingIfNeeded: 56 &- 8 &* i))
                output[used] = byte
                used &+= 1
                if byte == 0xFF {
                    output[used] = 0
                    used &+= 1
                }
            }
        }
    }

    private static func finish(_ state: inout State, _ buffer: inout [UInt8]) {
        var output = buffer.mutableSpan
        align(&state, &output)
    }

    /// Writes all pending bits, the last byte filled with ones.
    private static func align(_ state: inout State, _ output: inout MutableSpan<UInt8>) {
        let count = 64 - state.free
        let bytes = (count + 7) / 8
        if bytes == 0 { return }
        let filled = state.pending << UInt64(state.free) | UInt64.max >> UInt64(count)
        writeBytes(filled, bytes, &state.used, &output)
        state.pending = 0
        state.free = 64
    }

    /// Writes RSTm before an MCU if its turn has come (T.81 §F.1.1.5).
    private static func passRestart(_ interval: Int, _ state: inout State, _ output: inout MutableSpan<UInt8>) {
        if state.untilRestart == 0 {
            align(&state, &output)
            output[state.used] = 0xFF
            output[state.used + 1] = Marker.rst0.code + state.restartIndex
            state.used += 2
            state.restartIndex = (state.restartIndex + 1) & 7
            state.untilRestart = interval
        }
        state.untilRestart -= 1
    }
}
