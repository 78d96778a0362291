import TintypeCore
import TintypeKernels

/// Where the coefficients of one block of each MCU go.
struct BlockPlace {
    /// Which DC prediction it shares: the component's place in the scan.
    let component: Int
    /// As in `ScanHeader.Component`.
    let dcTable: Int
    let acTable: Int
    /// Index of the block's first coefficient in the first MCU of a row, and the way to the next MCU's.
    var start: Int
    let step: Int
}

/// Huffman decoding: entropy-coded bytes to quantised coefficients in natural order. Here are sequential scans (T.81 §F.2.2).
struct EntropyDecoder: EntropyCoding {
    /// Nil for a sequential scan.
    let progression: ProgressiveScan?
    var buffer = BitBuffer()
    /// PRED of T.81 §F.2.2.1, one for each component of the scan.
    var predictions = [4 of Int32](repeating: 0)
    /// EOBRUN of T.81 §G.1.2.2: blocks whose band holds nothing new.
    var endOfBandRun = 0
    /// Whether a code that no table has, or a coefficient past the 63rd, was met.
    var metBadCode = false

    /// More bytes than any MCU can take, stuffing included: ten blocks of 64 coefficients of at most 31 bits.
    static let longestMCU = 8 << 10

    /// Whether bits were asked for that the segment does not have.
    var isStarved: Bool { buffer.count < 0 }
    var isOver: Bool { isStarved }

    init(_ progression: ProgressiveScan?) {
        self.progression = progression
    }

    mutating func restart() {
        buffer = BitBuffer()
        predictions = [4 of Int32](repeating: 0)
        endOfBandRun = 0
    }

    mutating func decode(
        _ mcus: Range<Int>, _ places: [BlockPlace], _ segments: borrowing Segments, _ reader: inout ByteReader,
        into coefficients: inout [Int16]
    ) throws(ImageError) -> Int {
        // Half as much again as one MCU needs, so that the window does not move for each.
        let wanted = 2 * Self.longestMCU
        let isLast = try reader.fill(wanted) < wanted
        buffer.position = reader.position
        let next = decode(
            mcus, places, segments.huffman, reader, lastStart: isLast ? Int.max : reader.end - Self.longestMCU,
            into: &coefficients)
        reader.advance(by: buffer.position - reader.position)
        return next
    }

    private mutating func decode(
        _ mcus: Range<Int>, _ places: [BlockPlace], _ tables: borrowing HuffmanTables, _ reader: borrowing ByteReader,
        lastStart: Int, into coefficients: inout [Int16]
    ) -> Int {
        var target = coefficients.mutableSpan
        if let progression {
            return decode(
                progression, mcus: mcus, places: places.span, tables: tables, window: reader.buffer.span,
                end: reader.end, lastStart: lastStart, into: &target)
        }
        return decode(
            mcus: mcus, places: places.span, tables: tables, window: reader.buffer.span, end: reader.end,
            lastStart: lastStart, into: &target)
    }

    /// Decodes MCUs of one row that lie in the window.
    ///
    /// - Parameters:
    ///   - window: bytes of which those before `end` count.
    ///   - lastStart: no MCU is begun behind this position, since the window might end within it.
    /// - Returns: the MCU to go on with: `mcus.upperBound`, or one before it where the window or the segment ended.
    mutating func decode(
        mcus: Range<Int>, places: Span<BlockPlace>, tables: borrowing HuffmanTables, window: Span<UInt8>, end: Int,
        lastStart: Int, into coefficients: inout MutableSpan<Int16>
    ) -> Int {
        let fast = tables.fast.span
        let (limits, offsets, symbols) = (tables.limits.span, tables.offsets.span, tables.symbols.span)
        var bits = buffer
        var predictions = predictions
        var bad = false
        var mcu = mcus.lowerBound
        while mcu < mcus.upperBound && bits.position <= lastStart && bits.count >= 0 {
            for i in places.indices {
                let place = places[i]
                let block = place.start &+ mcu &* place.step

                bits.refill(window, end)
                var entry = fast[place.dcTable &<< 10 | Int(truncatingIfNeeded: bits.bits &>> 54)]
                if entry == 0 {
                    entry = Self.longCode(bits.bits, place.dcTable, limits, offsets, symbols)
                    bad = bad || entry == 0
                }
                bits.consume(Int(entry & 63))
                let difference =
                    entry & 0x8000 == 0
                    ? Int32(truncatingIfNeeded: Int16(truncatingIfNeeded: entry &>> 16))
                    : bits.receiveExtended(Int(truncatingIfNeeded: entry &>> 16 & 15))
                let slot = place.component & 3
                let dc = predictions[slot] &+ difference
                predictions[slot] = dc
                coefficients[block] = Int16(truncatingIfNeeded: dc)

                var k = 1
                while true {
                    bits.refill(window, end)
                    var entry = fast[place.acTable &<< 10 | Int(truncatingIfNeeded: bits.bits &>> 54)]
                    if entry == 0 {
                        entry = Self.longCode(bits.bits, place.acTable, limits, offsets, symbols)
                        if entry == 0 {
                            bad = true
                            break
                        }
                    }
                    bits.consume(Int(entry & 63))
                    k &+= Int(entry &>> 8 & 127)
                    var value = Int16(truncatingIfNeeded: entry &>> 16)
                    if entry & 0x8000 != 0 {
                        value = Int16(truncatingIfNeeded: bits.receiveExtended(Int(value & 15)))
                    } else if value == 0 {
                        if k >= 64 { break }
                        continue
                    }
                    coefficients[block &+ Int(naturalOrder[k &- 1])] = value
                    if k >= 64 {
                        bad = bad || k > 64
                        break
                    }
                }
            }
            mcu &+= 1
        }
        buffer = bits
        self.predictions = predictions
        metBadCode = metBadCode || bad
        return mcu
    }

    /// A look-up entry for the code, longer than the fast table's, that `bits` begin with; 0 if there is no such code.
    @inline(never)
    static func longCode(
        _ bits: UInt64, _ slot: Int, _ limits: Span<Int32>, _ offsets: Span<Int32>, _ symbols: Span<UInt8>
    ) -> UInt32 {
        let next = Int32(truncatingIfNeeded: bits &>> 48)
        for length in (HuffmanTables.fastBits + 1)...16 {
            let row = slot &* HuffmanTables.slowSize &+ length
            guard next < limits[row] else { continue }
            let index = Int(next &>> Int32(truncatingIfNeeded: 16 &- length) &+ offsets[row])
            let symbol = UInt32(symbols[slot &* 256 &+ (index & 255)])
            let size = symbol & 15
            let advance: UInt32 =
                slot >= 4 && size == 0 ? (symbol == 0xF0 ? 16 : 64 &+ symbol &>> 4) : symbol &>> 4 &+ 1
            return UInt32(length) | advance &<< 8 | (size == 0 ? 0 : 0x8000 | size &<< 16)
        }
        return 0
    }
}
