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
    /// The same for the index of the block.
    var block: Int
    let blockStep: Int
    /// Where the coefficients lie in the block: `BlockOrder.offset`.
    let order: Int
    /// The zigzag index of the last coefficient that is wanted: `BlockOrder.last`.
    let last: Int

    /// Whether only the first (DC) coefficient is wanted.
    var isOnlyDC: Bool { last == 0 }
}

/// Huffman decoding: entropy-coded bytes to quantised coefficients in natural order. Here are sequential scans (T.81 §F.2.2).
struct EntropyDecoder: EntropyCoding {
    /// Nil for a sequential scan.
    let progression: ProgressiveScan?
    /// Empty for a progressive scan.
    private let groups: SymbolGroups
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
    /// Bits that fill the last byte up (T.81 §F.1.2.3) are fewer than eight.
    var unusedBytes: Int { max(0, buffer.count) / 8 }

    init(_ progression: ProgressiveScan?, _ places: [BlockPlace], _ tables: HuffmanTables) {
        self.progression = progression
        let sequential = progression == nil ? places : []
        groups = SymbolGroups(
            tables, decoded: Set(sequential.filter { !$0.isOnlyDC }.map(\.acTable)),
            skipped: Set(sequential.filter { $0.last < 63 }.map(\.acTable)))
    }

    mutating func restart() {
        buffer = BitBuffer()
        predictions = [4 of Int32](repeating: 0)
        endOfBandRun = 0
    }

    mutating func decode(
        _ mcus: Range<Int>, _ places: [BlockPlace], _ segments: borrowing Segments, _ reader: inout ByteReader,
        into store: inout CoefficientStore
    ) throws(ImageError) -> Int {
        // Half as much again as one MCU needs, so that the window does not move for each.
        let wanted = 2 * Self.longestMCU
        let isLast = try reader.fill(wanted) < wanted
        buffer.position = reader.position
        let next = decode(
            mcus, places, segments.huffman, reader, lastStart: isLast ? Int.max : reader.end - Self.longestMCU,
            values: &store.values, masks: &store.masks)
        reader.advance(by: buffer.position - reader.position)
        return next
    }

    private mutating func decode(
        _ mcus: Range<Int>, _ places: [BlockPlace], _ tables: borrowing HuffmanTables, _ reader: borrowing ByteReader,
        lastStart: Int, values: inout [Int16], masks: inout [UInt64]
    ) -> Int {
        var values = values.mutableSpan
        if let progression {
            var masks = masks.mutableSpan
            return decode(
                progression, mcus: mcus, places: places.span, tables: tables, window: reader.buffer.span,
                end: reader.end, lastStart: lastStart, into: &values, masks: &masks)
        }
        return decode(
            mcus: mcus, places: places.span, tables: tables, window: reader.buffer.span, end: reader.end,
            lastStart: lastStart, into: &values)
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
        let groups = groups
        let (pairs, skips) = (groups.pairs.span, groups.skips.span)
        // In locals while the loop runs, so that they can live in registers.
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

                // Apart, with constants: 3 to 5 % faster than one way for all.
                if place.last == 63 {
                    var k = 1
                    let isGood = Self.decodeAC(
                        &bits, place.acTable, pairs, fast, limits, offsets, symbols, window, end, &coefficients, block,
                        order: 0, &k, to: 63)
                    bad = bad || !isGood
                    continue
                }
                var k = 1
                if place.last > 0 {
                    let isGood = Self.decodeAC(
                        &bits, place.acTable, pairs, fast, limits, offsets, symbols, window, end, &coefficients,
                        block, order: place.order, &k, to: place.last)
                    bad = bad || !isGood
                }
                let isGood = Self.skipAC(
                    &bits, place.acTable, skips, fast, limits, offsets, symbols, window, end, from: k)
                bad = bad || !isGood
            }
            mcu &+= 1
        }
        buffer = bits
        self.predictions = predictions
        metBadCode = metBadCode || bad
        return mcu
    }

    /// Decodes a block's AC coefficients (T.81 §F.2.2.2): up to two at a look-up as far as that goes, else one.
    ///
    /// - Parameters:
    ///   - order: where they go: `BlockOrder.offset`.
    ///   - k: the zigzag index to begin with; then that of the next coefficient, 64 or more if there is none.
    ///   - last: that of the last coefficient wanted. One or two behind it may be decoded, too.
    /// - Returns: whether the bits are ones that an encoder writes; so below.
    @inline(__always)
    private static func decodeAC(
        _ bits: inout BitBuffer, _ slot: Int, _ pairs: Span<UInt64>, _ fast: Span<UInt32>, _ limits: Span<Int32>,
        _ offsets: Span<Int32>, _ symbols: Span<UInt8>, _ window: Span<UInt8>, _ end: Int,
        _ coefficients: inout MutableSpan<Int16>, _ block: Int, order: Int, _ k: inout Int, to last: Int
    ) -> Bool {
        while k <= last {
            bits.fill(window, end)
            let pair = pairs[(slot &- 4) &<< 10 | Int(truncatingIfNeeded: bits.bits &>> 54)]
            let next = k &+ Int(truncatingIfNeeded: pair &>> 16 & 127)
            if next < 64 {
                bits.consume(Int(truncatingIfNeeded: pair & 63))
                let first = k &- 1 &+ Int(truncatingIfNeeded: pair &>> 8 & 127)
                coefficients[block &+ Int(blockPlaces[(order &+ first) & 511])] = Int16(truncatingIfNeeded: pair &>> 32)
                coefficients[block &+ Int(blockPlaces[(order &+ next &- 1) & 511])] = Int16(
                    truncatingIfNeeded: pair &>> 48)
                if pair & 0x40 != 0 {
                    k = 64
                    return true
                }
                k = next
                continue
            }
            var entry = fast[slot &<< 10 | Int(truncatingIfNeeded: bits.bits &>> 54)]
            if entry == 0 {
                entry = longCode(bits.bits, slot, limits, offsets, symbols)
                if entry == 0 {
                    k = 64
                    return false
                }
            }
            bits.consume(Int(entry & 63))
            k &+= Int(entry &>> 8 & 127)
            var value = Int16(truncatingIfNeeded: entry &>> 16)
            if entry & 0x8000 != 0 {
                value = Int16(truncatingIfNeeded: bits.receiveExtended(Int(value & 15)))
            } else if value == 0 {
                continue
            }
            coefficients[block &+ Int(blockPlaces[(order &+ k &- 1) & 511])] = value
            if k > 64 { return false }
        }
        return true
    }

    /// Passes over a block's AC coefficients from `first` on: over as many at a look-up as that knows of, else over one.
    @inline(__always)
    private static func skipAC(
        _ bits: inout BitBuffer, _ slot: Int, _ skips: Span<UInt16>, _ fast: Span<UInt32>, _ limits: Span<Int32>,
        _ offsets: Span<Int32>, _ symbols: Span<UInt8>, _ window: Span<UInt8>, _ end: Int, from first: Int
    ) -> Bool {
        var k = first
        while k < 64 {
            bits.fill(window, end)
            let skip = skips[(slot &- 4) &<< 12 | Int(truncatingIfNeeded: bits.bits &>> 52)]
            let next = k &+ Int(skip &>> 5 & 63)
            if skip != 0 && next < 64 {
                bits.consume(Int(skip & 31))
                if skip & 0x800 != 0 { return true }
                k = next
                continue
            }
            var entry = fast[slot &<< 10 | Int(truncatingIfNeeded: bits.bits &>> 54)]
            if entry == 0 {
                entry = longCode(bits.bits, slot, limits, offsets, symbols)
                if entry == 0 { return false }
            }
            bits.consume(Int(entry & 63))
            k &+= Int(entry &>> 8 & 127)
            if entry & 0x8000 != 0 { bits.consume(Int(entry &>> 16 & 15)) }
            if k > 64 && entry &>> 16 != 0 { return false }
        }
        return true
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
