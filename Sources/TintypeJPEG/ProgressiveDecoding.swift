import TintypeCore
import TintypeKernels

/// The four kinds of progressive scan (T.81 §G.1.2 and §G.2): first or refining, of the DC coefficients or of a band of AC coefficients.
enum ProgressiveScan {
    case firstDC(low: Int)
    case refiningDC(low: Int)
    case firstAC(band: ClosedRange<Int>, low: Int)
    case refiningAC(band: ClosedRange<Int>, low: Int)

    /// - Precondition: the header passed `checkProgression`.
    init(_ header: ScanHeader) {
        let low = header.approximation.low
        switch (header.spectral.start == 0, header.approximation.high == 0) {
        case (true, true): self = .firstDC(low: low)
        case (true, false): self = .refiningDC(low: low)
        case (false, true): self = .firstAC(band: header.spectral.start...header.spectral.end, low: low)
        case (false, false): self = .refiningAC(band: header.spectral.start...header.spectral.end, low: low)
        }
    }
}

extension EntropyDecoder {
    /// Decodes MCUs of one row of a progressive scan; parameters and result as for the sequential `decode`.
    mutating func decode(
        _ scan: ProgressiveScan, mcus: Range<Int>, places: Span<BlockPlace>, tables: borrowing HuffmanTables,
        window: Span<UInt8>, end: Int, lastStart: Int, into values: inout MutableSpan<Int16>,
        masks: inout MutableSpan<UInt64>
    ) -> Int {
        switch scan {
        case .firstDC(let low):
            firstDC(mcus, places, low, tables, window, end, lastStart, &values)
        case .refiningDC(let low):
            refiningDC(mcus, places, low, window, end, lastStart, &values)
        case .firstAC(let band, let low):
            firstAC(mcus, places[0], band, low, tables, window, end, lastStart, &values, &masks)
        case .refiningAC(let band, let low):
            refiningAC(mcus, places[0], band, low, tables, window, end, lastStart, &values, &masks)
        }
    }

    /// T.81 §G.1.2.1: as in a sequential scan, the difference shifted up by the bits that later scans refine.
    private mutating func firstDC(
        _ mcus: Range<Int>, _ places: Span<BlockPlace>, _ low: Int, _ tables: borrowing HuffmanTables,
        _ window: Span<UInt8>, _ end: Int, _ lastStart: Int, _ values: inout MutableSpan<Int16>
    ) -> Int {
        // Kept in a local while the loop runs, so that it can live in registers; so below.
        var bits = buffer
        var mcu = mcus.lowerBound
        while mcu < mcus.upperBound && bits.position <= lastStart && bits.count >= 0 {
            for i in places.indices {
                let place = places[i]
                let entry = Self.nextEntry(&bits, place.dcTable, tables, window, end)
                metBadCode = metBadCode || entry == 0
                let value =
                    entry & 0x8000 == 0
                    ? Int32(truncatingIfNeeded: Int16(truncatingIfNeeded: entry &>> 16))
                    : bits.receiveExtended(Int(truncatingIfNeeded: entry &>> 16 & 15))
                let slot = place.component & 3
                predictions[slot] = predictions[slot] &+ value
                let dc = predictions[slot] &<< Int32(truncatingIfNeeded: low)
                values[place.start &+ mcu &* place.step] = Int16(truncatingIfNeeded: dc)
            }
            mcu &+= 1
        }
        buffer = bits
        return mcu
    }

    /// T.81 §G.1.2.1: one more bit of each DC coefficient.
    private mutating func refiningDC(
        _ mcus: Range<Int>, _ places: Span<BlockPlace>, _ low: Int, _ window: Span<UInt8>, _ end: Int,
        _ lastStart: Int, _ values: inout MutableSpan<Int16>
    ) -> Int {
        var bits = buffer
        var mcu = mcus.lowerBound
        while mcu < mcus.upperBound && bits.position <= lastStart && bits.count >= 0 {
            for i in places.indices {
                bits.refill(window, end)
                let bit = Int16(truncatingIfNeeded: bits.receiveBit())
                values[places[i].start &+ mcu &* places[i].step] |= bit &<< Int16(truncatingIfNeeded: low)
            }
            mcu &+= 1
        }
        buffer = bits
        return mcu
    }

    /// T.81 §G.1.2.2: a band's coefficients, and runs of blocks that have none left.
    private mutating func firstAC(
        _ mcus: Range<Int>, _ place: BlockPlace, _ band: ClosedRange<Int>, _ low: Int,
        _ tables: borrowing HuffmanTables, _ window: Span<UInt8>, _ end: Int, _ lastStart: Int,
        _ values: inout MutableSpan<Int16>, _ masks: inout MutableSpan<UInt64>
    ) -> Int {
        var bits = buffer
        var (run, bad) = (endOfBandRun, false)
        var mcu = mcus.lowerBound
        while mcu < mcus.upperBound && bits.position <= lastStart && bits.count >= 0 {
            // Blocks of an end-of-band run hold nothing: all that lie in this row at once.
            if run > 0 {
                let empty = min(run, mcus.upperBound &- mcu)
                run &-= empty
                mcu &+= empty
                continue
            }
            let block = place.start &+ mcu &* place.step
            var mask = masks[place.block &+ mcu &* place.blockStep]
            var k = band.lowerBound
            while k <= band.upperBound {
                let entry = Self.nextEntry(&bits, place.acTable, tables, window, end)
                let advance = Int(truncatingIfNeeded: entry &>> 8 & 127)
                if advance >= 64 {
                    // EOBn: this block and 2ⁿ − 1 + the next n bits after it.
                    let size = advance & 63
                    run = (1 &<< size) &- 1
                    if size > 0 { run &+= bits.receive(size) }
                    break
                }
                k &+= advance
                var value = Int16(truncatingIfNeeded: entry &>> 16)
                if entry & 0x8000 != 0 {
                    value = Int16(truncatingIfNeeded: bits.receiveExtended(Int(value & 15)))
                } else if value == 0 {
                    if advance > 0 { continue }
                    bad = true
                    break
                }
                bad = bad || k &- 1 > band.upperBound
                value &<<= Int16(truncatingIfNeeded: low)
                values[block &+ Self.slot(k &- 1, place)] = value
                let bit = UInt64(1) &<< UInt64(truncatingIfNeeded: min(k &- 1, 63))
                mask = value == 0 ? mask & ~bit : mask | bit
            }
            masks[place.block &+ mcu &* place.blockStep] = mask
            mcu &+= 1
        }
        buffer = bits
        endOfBandRun = run
        metBadCode = metBadCode || bad
        return mcu
    }

    /// T.81 §G.1.2.3: one more bit of a band's coefficients that are not zero yet, and new ones of ±1 between them.
    private mutating func refiningAC(
        _ mcus: Range<Int>, _ place: BlockPlace, _ band: ClosedRange<Int>, _ low: Int,
        _ tables: borrowing HuffmanTables, _ window: Span<UInt8>, _ end: Int, _ lastStart: Int,
        _ values: inout MutableSpan<Int16>, _ masks: inout MutableSpan<UInt64>
    ) -> Int {
        let unit = Int16(1) &<< Int16(truncatingIfNeeded: low)
        var bits = buffer
        var (run, bad) = (endOfBandRun, false)
        var mcu = mcus.lowerBound
        while mcu < mcus.upperBound && bits.position <= lastStart && bits.count >= 0 {
            let block = place.start &+ mcu &* place.step
            let known = masks[place.block &+ mcu &* place.blockStep]
            var mask = known
            var k = band.lowerBound
            while run == 0 && k <= band.upperBound {
                let entry = Self.nextEntry(&bits, place.acTable, tables, window, end)
                let advance = Int(truncatingIfNeeded: entry &>> 8 & 127)
                if advance >= 64 {
                    let size = advance & 63
                    run = 1 &<< size
                    if size > 0 { run &+= bits.receive(size) }
                    break
                }
                if advance == 0 {
                    bad = true
                    break
                }
                // A value's one bit says its sign; the symbol may have no value: then sixteen zeros are passed over.
                var value = Int16(truncatingIfNeeded: entry &>> 16)
                if entry & 0x8000 != 0 { value = Int16(truncatingIfNeeded: bits.receiveExtended(Int(value & 15))) }
                // The zero coefficient after those that the run passes over, or the place behind the band.
                var zeros = ~known & (UInt64.max &<< UInt64(truncatingIfNeeded: k))
                // A bit for each that is passed over. Short runs go without a branch, which would often be mistaken.
                var passed = (1 &<< UInt64(truncatingIfNeeded: advance &- 1)) &- 1 as UInt64
                for _ in 0..<6 {
                    zeros &= zeros &- (passed & 1)
                    passed &>>= 1
                }
                while passed != 0 {
                    zeros &= zeros &- 1
                    passed &>>= 1
                }
                let target = min(zeros.trailingZeroBitCount, band.upperBound &+ 1)
                Self.refine(
                    known & Self.mask(from: k, below: target), block, place, unit, &bits, window, end, &values)
                if value != 0 {
                    values[block &+ Self.slot(target, place)] = value > 0 ? unit : 0 &- unit
                    mask |= 1 &<< UInt64(truncatingIfNeeded: min(target, 63))
                }
                k = target &+ 1
            }
            if run > 0 {
                if k <= band.upperBound {
                    Self.refine(
                        known & Self.mask(from: k, below: band.upperBound &+ 1), block, place, unit, &bits, window,
                        end, &values)
                }
                run &-= 1
            }
            if mask != known { masks[place.block &+ mcu &* place.blockStep] = mask }
            mcu &+= 1
        }
        buffer = bits
        endOfBandRun = run
        metBadCode = metBadCode || bad
        return mcu
    }

    /// Bits `first` to `end` − 1, of which the latter is 1 to 64.
    @inline(__always)
    private static func mask(from first: Int, below end: Int) -> UInt64 {
        (UInt64.max &<< UInt64(truncatingIfNeeded: first)) & (UInt64.max &>> UInt64(truncatingIfNeeded: 64 &- end))
    }

    /// Reads a correction bit for each of these coefficients.
    @inline(__always)
    private static func refine(
        _ coefficients: UInt64, _ block: Int, _ place: BlockPlace, _ unit: Int16, _ bits: inout BitBuffer,
        _ window: Span<UInt8>, _ end: Int, _ values: inout MutableSpan<Int16>
    ) {
        var left = coefficients
        while left != 0 {
            let at = block &+ slot(left.trailingZeroBitCount, place)
            left &= left &- 1
            bits.refill(window, end)
            let bit = Int16(truncatingIfNeeded: bits.receiveBit())
            let value = values[at]
            // Without a branch on the bit, which nothing foretells: ±unit with the sign of the value, or 0.
            let sign = value &>> 15
            let change = ((unit ^ sign) &- sign) & (0 &- bit)
            if value & unit == 0 { values[at] = value &+ change }
        }
    }

    /// The place in the block of the coefficient with a zigzag index, up to 79.
    @inline(__always)
    private static func slot(_ index: Int, _ place: BlockPlace) -> Int {
        Int(blockPlaces[(place.order &+ index) & 511])
    }

    /// The look-up entry for the next code, which is consumed; 0 where there is no such code.
    @inline(__always)
    private static func nextEntry(
        _ bits: inout BitBuffer, _ table: Int, _ tables: borrowing HuffmanTables, _ window: Span<UInt8>, _ end: Int
    ) -> UInt32 {
        bits.refill(window, end)
        var entry = tables.fast.span[table &<< 10 | Int(truncatingIfNeeded: bits.bits &>> 54)]
        if entry == 0 {
            entry = longCode(bits.bits, table, tables.limits.span, tables.offsets.span, tables.symbols.span)
        }
        bits.consume(Int(entry & 63))
        return entry
    }
}
