import TintypeCore
import TintypeKernels

/// Writes the symbols of scans as Huffman codes and bits (T.81 §F.1.2), with the restart markers between them.
///
/// Those of progressive scans come as `ScanCoder` makes them; of sequential ones, where time counts most, they are made and
/// written in one go.
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
    /// The same for an MCU: 1,700 bits in each of at most ten blocks.
    private static let mcuBytes = 24 + 10 * 2 * 1_700 / 8

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

    /// Writes the first `mcus` MCUs of a band with the codes of a sequential scan.
    ///
    /// - Parameters:
    ///   - places: the blocks of an MCU.
    ///   - coding: its cursors are where the band's rows of blocks begin.
    mutating func write(
        _ mcus: Int, of band: borrowing BlockBand, _ places: [EncodedBlockPlace], _ coding: inout CodingState,
        _ codes: SequentialCodes, to writer: inout ByteWriter
    ) throws(ImageError) {
        var next = 0
        while next < mcus {
            next = Self.encode(next..<mcus, of: band, places, &coding, codes, &state, &buffer)
            if next < mcus { try drain(to: &writer) }
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

    /// Encodes MCUs for as long as the buffer surely has room for one more.
    ///
    /// - Returns: the first MCU not encoded.
    private static func encode(
        _ mcus: Range<Int>, of band: borrowing BlockBand, _ places: [EncodedBlockPlace], _ coding: inout CodingState,
        _ codes: SequentialCodes, _ state: inout State, _ buffer: inout [UInt8]
    ) -> Int {
        let (masks, values, places) = (band.masks.span, band.values.span, places.span)
        let (symbols, smallValues) = (codes.symbols.span, codes.values.span)
        var output = buffer.mutableSpan
        let lastUsed = output.count - mcuBytes
        var (predictions, cursors, bits) = (coding.predictions, coding.cursors, state)
        var mcu = mcus.lowerBound
        while mcu < mcus.upperBound, bits.used <= lastUsed {
            if coding.restartInterval > 0 && coding.isRestartDue() {
                predictions = [4 of Int32](repeating: 0)
                writeRestart(&bits, &output)
            }
            for i in places.indices {
                let place = places[i]
                let table = 512 &* place.tables
                let mask = masks[place.first &+ mcu &* place.step]
                if mask == 0 {
                    // Beyond the edge: no difference, and no coefficients.
                    put(symbols[table], &bits, &output)
                    put(symbols[table &+ 256], &bits, &output)
                    continue
                }
                let cursor = cursors[place.row & 15]
                let dc = Int32(values[cursor])
                putValue(dc &- predictions[place.component & 3], symbols, table, &bits, &output)
                predictions[place.component & 3] = dc
                cursors[place.row & 15] = putAC(
                    mask, values, cursor &+ 1, symbols, smallValues, place.tables, &bits, &output)
            }
            mcu &+= 1
        }
        (coding.predictions, coding.cursors, state) = (predictions, cursors, bits)
        return mcu
    }

    /// Runs of zeros and values (T.81 §F.1.2.2).
    ///
    /// - Parameter first: the place of the first AC coefficient.
    /// - Returns: the place behind the last.
    @inline(__always)
    private static func putAC(
        _ mask: UInt64, _ values: Span<Int16>, _ first: Int, _ symbols: Span<UInt32>, _ smallValues: Span<UInt32>,
        _ tables: Int, _ bits: inout State, _ output: inout MutableSpan<UInt8>
    ) -> Int {
        let table = 512 &* tables &+ 256
        var (rest, cursor, last) = (mask & ~1, first, 0)
        while rest != 0 {
            let k = rest.trailingZeroBitCount
            rest &= rest &- 1
            var run = k &- last &- 1
            last = k
            while run > 15 {
                put(symbols[table &+ 0xF0], &bits, &output)
                run &-= 16
            }
            let value = Int32(values[cursor])
            cursor &+= 1
            let index = Int(value) &+ 32
            if index & ~63 == 0 {
                put(smallValues[tables &<< 10 &+ run &<< 6 &+ index], &bits, &output)
            } else {
                putValue(value, symbols, table &+ run &<< 4, &bits, &output)
            }
        }
        if last < 63 { put(symbols[table], &bits, &output) }
        return cursor
    }

    /// The code of a value's category, and the value's bits: for a negative one those of the value less 1 (T.81 §F.1.2.1).
    ///
    /// - Parameter row: where the codes of this table and run begin.
    @inline(__always)
    private static func putValue(
        _ value: Int32, _ symbols: Span<UInt32>, _ row: Int, _ bits: inout State, _ output: inout MutableSpan<UInt8>
    ) {
        let width = UInt32(truncatingIfNeeded: 32 &- value.magnitude.leadingZeroBitCount)
        let own = UInt32(bitPattern: value &+ value &>> 31) & ((1 &<< width) &- 1)
        put(own &<< 16 | width &<< 11, symbols[row &+ Int(width)], &bits, &output)
    }

    /// Bits << 8 | how many.
    @inline(__always)
    private static func put(_ entry: UInt32, _ bits: inout State, _ output: inout MutableSpan<UInt8>) {
        put(UInt64(entry &>> 8), Int(entry & 0xFF), &bits, &output)
    }

    /// A code and the bits that follow it.
    @inline(__always)
    private static func put(
        _ symbol: UInt32, _ code: UInt32, _ state: inout State, _ output: inout MutableSpan<UInt8>
    ) {
        let width = UInt64(symbol &>> 11 & 31)
        let bits = UInt64(code &>> 8) &<< width | UInt64(symbol &>> 16)
        put(bits, Int(code & 0xFF) &+ Int(width), &state, &output)
    }

    /// The lowest `length` bits, at most 32.
    @inline(__always)
    private static func put(
        _ bits: UInt64, _ length: Int, _ state: inout State, _ output: inout MutableSpan<UInt8>
    ) {
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
            storeBigEndian64(bits, to: &output, at: used)
            used &+= 8
        } else {
            writeStuffed(bits, count, &used, &output)
        }
    }

    @inline(never)
    private static func writeStuffed(
        _ bits: UInt64, _ count: Int, _ used: inout Int, _ output: inout MutableSpan<UInt8>
    ) {
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
