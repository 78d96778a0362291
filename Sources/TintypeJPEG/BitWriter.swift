import TintypeCore

/// Writes the symbols of scans as Huffman codes and bits (T.81 §F.1.2), with the restart markers between them.
struct BitWriter: ~Copyable {
    private var state = State()
    private var buffer = [UInt8](repeating: 0, count: 1 << 16)

    /// What changes with every symbol, apart from the buffer.
    private struct State {
        /// Bits not yet in the buffer, the last one lowest.
        var pending: UInt64 = 0
        /// Bits still free in `pending`.
        var free = 64
        /// Bytes in the buffer.
        var used = 0
        /// RSTm's m.
        var restartIndex: UInt8 = 0
    }

    /// Room for what one symbol may bring: eight pending bytes, all of them stuffed, and a marker.
    private static let symbolBytes = 24

    /// Writes the first `count` of a coder's symbols.
    mutating func write(
        _ symbols: [UInt32], count: Int, codes: HuffmanCodes, to writer: inout ByteWriter
    ) throws(ImageError) {
        var position = 0
        while position < count {
            position = Self.encode(symbols, position..<count, codes.entries, &state, &buffer)
            if position < count { try drain(to: &writer) }
        }
    }

    /// Ends a scan: fills the last byte with ones (T.81 §F.1.2.3) and hands out what is buffered.
    mutating func finish(to writer: inout ByteWriter) throws(ImageError) {
        // The last symbol may have left no room.
        try drain(to: &writer)
        Self.align(&state, &buffer)
        try drain(to: &writer)
        state.restartIndex = 0
    }

    private mutating func drain(to writer: inout ByteWriter) throws(ImageError) {
        if state.used > 0 { try writer.write(buffer.span.extracting(0..<state.used)) }
        state.used = 0
    }

    /// Encodes symbols for as long as the buffer surely has room for one more.
    ///
    /// - Returns: the place of the first symbol not encoded.
    private static func encode(
        _ symbols: [UInt32], _ range: Range<Int>, _ codes: [UInt32], _ state: inout State, _ buffer: inout [UInt8]
    ) -> Int {
        let (symbols, codes) = (symbols.span, codes.span)
        var output = buffer.mutableSpan
        var bits = state
        let lastUsed = output.count - symbolBytes
        var position = range.lowerBound
        while position < range.upperBound, bits.used <= lastUsed {
            let symbol = symbols[position]
            position &+= 1
            if symbol == 1025 {
                writeRestart(&bits, &output)
            } else {
                put(symbol, codes[Int(symbol & 2_047)], &bits, &output)
            }
        }
        state = bits
        return position
    }

    /// A code and the bits that follow it.
    @inline(__always)
    private static func put(
        _ symbol: UInt32, _ code: UInt32, _ state: inout State, _ output: inout MutableSpan<UInt8>
    ) {
        let width = UInt64(symbol &>> 11 & 31)
        let length = Int(code & 0xFF) &+ Int(width)
        let bits = UInt64(code &>> 8) &<< width | UInt64(symbol &>> 16)
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

    private static func align(_ state: inout State, _ buffer: inout [UInt8]) {
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

    /// Ends an interval with RSTm (T.81 §F.1.1.5).
    private static func writeRestart(_ state: inout State, _ output: inout MutableSpan<UInt8>) {
        align(&state, &output)
        output[state.used] = 0xFF
        output[state.used + 1] = Marker.rst0.code + state.restartIndex
        state.used += 2
        state.restartIndex = (state.restartIndex + 1) & 7
    }
}
