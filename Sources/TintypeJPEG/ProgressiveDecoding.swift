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
        window: Span<UInt8>, end: Int, lastStart: Int, into coefficients: inout MutableSpan<Int16>
    ) -> Int {
        // Kept in a local while the loop runs, so that it can live in registers.
        var state = self
        var mcu = mcus.lowerBound
        while mcu < mcus.upperBound && state.buffer.position <= lastStart && state.buffer.count >= 0 {
            switch scan {
            case .firstDC(let low):
                state.firstDC(mcu, places, low, tables, window, end, &coefficients)
                mcu += 1
            case .refiningDC(let low):
                state.refiningDC(mcu, places, low, window, end, &coefficients)
                mcu += 1
            case .firstAC(let band, let low):
                // Blocks of an end-of-band run hold nothing: all that lie in this row at once.
                let empty = min(state.endOfBandRun, mcus.upperBound - mcu)
                state.endOfBandRun -= empty
                mcu += empty
                guard empty == 0 else { continue }
                state.firstAC(mcu, places[0], band, low, tables, window, end, &coefficients)
                mcu += 1
            case .refiningAC(let band, let low):
                state.refiningAC(mcu, places[0], band, low, tables, window, end, &coefficients)
                mcu += 1
            }
        }
        self = state
        return mcu
    }

    /// T.81 §G.1.2.1: as in a sequential scan, the difference shifted up by the bits that later scans refine.
    @inline(__always)
    private mutating func firstDC(
        _ mcu: Int, _ places: Span<BlockPlace>, _ low: Int, _ tables: borrowing HuffmanTables, _ window: Span<UInt8>,
        _ end: Int, _ coefficients: inout MutableSpan<Int16>
    ) {
        for i in places.indices {
            let place = places[i]
            let entry = nextEntry(place.dcTable, tables, window, end)
            let value =
                entry & 0x8000 == 0
                ? Int32(truncatingIfNeeded: Int16(truncatingIfNeeded: entry &>> 16))
                : buffer.receiveExtended(Int(truncatingIfNeeded: entry &>> 16 & 15))
            let slot = place.component & 3
            predictions[slot] = predictions[slot] &+ value
            let dc = predictions[slot] &<< Int32(truncatingIfNeeded: low)
            coefficients[place.start &+ mcu &* place.step] = Int16(truncatingIfNeeded: dc)
        }
    }

    /// T.81 §G.1.2.1: one more bit of each DC coefficient.
    @inline(__always)
    private mutating func refiningDC(
        _ mcu: Int, _ places: Span<BlockPlace>, _ low: Int, _ window: Span<UInt8>, _ end: Int,
        _ coefficients: inout MutableSpan<Int16>
    ) {
        for i in places.indices {
            buffer.refill(window, end)
            let bit = Int16(truncatingIfNeeded: buffer.receiveBit())
            coefficients[places[i].start &+ mcu &* places[i].step] |= bit &<< Int16(truncatingIfNeeded: low)
        }
    }

    /// T.81 §G.1.2.2: a band's coefficients, and runs of blocks that have none left.
    @inline(__always)
    private mutating func firstAC(
        _ mcu: Int, _ place: BlockPlace, _ band: ClosedRange<Int>, _ low: Int, _ tables: borrowing HuffmanTables,
        _ window: Span<UInt8>, _ end: Int, _ coefficients: inout MutableSpan<Int16>
    ) {
        let block = place.start &+ mcu &* place.step
        var k = band.lowerBound
        while k <= band.upperBound {
            let entry = nextEntry(place.acTable, tables, window, end)
            let advance = Int(truncatingIfNeeded: entry &>> 8 & 127)
            if advance >= 64 {
                // EOBn: this block and 2ⁿ − 1 + the next n bits after it.
                let size = advance & 63
                endOfBandRun = (1 &<< size) &- 1
                if size > 0 { endOfBandRun &+= buffer.receive(size) }
                return
            }
            k &+= advance
            var value = Int16(truncatingIfNeeded: entry &>> 16)
            if entry & 0x8000 != 0 {
                value = Int16(truncatingIfNeeded: buffer.receiveExtended(Int(value & 15)))
            } else if value == 0 {
                if advance == 0 { return }
                continue
            }
            metBadCode = metBadCode || k &- 1 > band.upperBound
            coefficients[block &+ Int(naturalOrder[k &- 1])] = value &<< Int16(truncatingIfNeeded: low)
        }
    }

    /// T.81 §G.1.2.3: one more bit of a band's coefficients that are not zero yet, and new ones of ±1 between them.
    @inline(__always)
    private mutating func refiningAC(
        _ mcu: Int, _ place: BlockPlace, _ band: ClosedRange<Int>, _ low: Int, _ tables: borrowing HuffmanTables,
        _ window: Span<UInt8>, _ end: Int, _ coefficients: inout MutableSpan<Int16>
    ) {
        let block = place.start &+ mcu &* place.step
        let unit = Int16(1) &<< Int16(truncatingIfNeeded: low)
        var k = band.lowerBound
        while endOfBandRun == 0 && k <= band.upperBound {
            let entry = nextEntry(place.acTable, tables, window, end)
            let advance = Int(truncatingIfNeeded: entry &>> 8 & 127)
            if advance == 0 { return }
            if advance >= 64 {
                let size = advance & 63
                endOfBandRun = 1 &<< size
                if size > 0 { endOfBandRun &+= buffer.receive(size) }
                break
            }
            // A value's one bit says its sign; the symbol may have no value: then sixteen zeros are passed over.
            var value = Int16(truncatingIfNeeded: entry &>> 16)
            if entry & 0x8000 != 0 { value = Int16(truncatingIfNeeded: buffer.receiveExtended(Int(value & 15))) }
            k = refine(block, k, band.upperBound, zeros: advance &- 1, unit, window, end, &coefficients)
            if value != 0 && k <= 64 {
                coefficients[block &+ Int(naturalOrder[k])] = value > 0 ? unit : 0 &- unit
            }
            k &+= 1
        }
        if endOfBandRun > 0 {
            _ = refine(block, k, band.upperBound, zeros: 64, unit, window, end, &coefficients)
            endOfBandRun &-= 1
        }
    }

    /// Reads correction bits for the nonzero coefficients from `start` on, and passes over `zeros` zero ones.
    ///
    /// - Returns: the index of the zero coefficient after those, or the one behind the band.
    @inline(__always)
    private mutating func refine(
        _ block: Int, _ start: Int, _ last: Int, zeros: Int, _ unit: Int16, _ window: Span<UInt8>, _ end: Int,
        _ coefficients: inout MutableSpan<Int16>
    ) -> Int {
        var left = zeros
        var k = start
        while k <= last {
            let at = block &+ Int(naturalOrder[k])
            let value = coefficients[at]
            if value == 0 {
                if left == 0 { return k }
                left &-= 1
            } else {
                buffer.refill(window, end)
                if buffer.receiveBit() == 1 && value & unit == 0 {
                    coefficients[at] = value > 0 ? value &+ unit : value &- unit
                }
            }
            k &+= 1
        }
        return k
    }

    /// The look-up entry for the next code, which is consumed; 0 where there is no such code.
    @inline(__always)
    private mutating func nextEntry(
        _ table: Int, _ tables: borrowing HuffmanTables, _ window: Span<UInt8>, _ end: Int
    ) -> UInt32 {
        buffer.refill(window, end)
        var entry = tables.fast.span[table &<< 10 | Int(truncatingIfNeeded: buffer.bits &>> 54)]
        if entry == 0 {
            entry = Self.longCode(buffer.bits, table, tables.limits.span, tables.offsets.span, tables.symbols.span)
            metBadCode = metBadCode || entry == 0
        }
        buffer.consume(Int(entry & 63))
        return entry
    }
}
