/// The symbols of progressive scans (T.81 §G.1.2).
enum ProgressiveCoding {
    /// Codes the DC coefficients of MCUs of a band: differences of what lies above `low` bits, or one more bit of each
    /// (T.81 §G.1.2.1).
    ///
    /// - Returns: how many symbols there are.
    static func codeDC(
        _ mcus: Range<Int>, of band: borrowing BlockBand, _ places: [EncodedBlockPlace], low: Int, refining: Bool,
        _ state: inout CodingState, into symbols: inout [UInt32]
    ) -> Int {
        let (masks, values, places) = (band.masks.span, band.values.span, places.span)
        var output = symbols.mutableSpan
        var position = 0
        for mcu in mcus {
            if state.restartInterval > 0 && state.isRestartDue() {
                state.predictions = [4 of Int32](repeating: 0)
                output[position] = 1025
                position &+= 1
            }
            for i in places.indices {
                let place = places[i]
                let mask = masks[place.first &+ mcu &* place.step]
                let before = state.predictions[place.component & 3]
                // A block beyond the edge repeats the coefficient that comes before.
                let dc = mask == 0 ? before : Int32(values[state.cursors[place.row & 15]])
                state.predictions[place.component & 3] = dc
                state.cursors[place.row & 15] &+= mask.nonzeroBitCount
                let shift = Int32(truncatingIfNeeded: low)
                if refining {
                    output[position] = uncoded(UInt64(truncatingIfNeeded: dc &>> shift & 1), 1)
                } else {
                    let difference = dc &>> shift &- before &>> shift
                    output[position] = coded(difference, UInt32(truncatingIfNeeded: 512 &* place.tables))
                }
                position &+= 1
            }
        }
        return position
    }

    /// Codes a band of frequencies of blocks that lie beside each other.
    ///
    /// - Parameter row: the number of their row of blocks in the band of MCUs.
    /// - Returns: how many symbols there are.
    static func codeAC(
        _ blocks: Range<Int>, of band: borrowing BlockBand, row: Int, tables: Int, _ frequencies: ClosedRange<Int>,
        low: Int, refining: Bool, _ state: inout CodingState, into symbols: inout [UInt32]
    ) -> Int {
        let (masks, values) = (band.masks.span, band.values.span)
        var output = symbols.mutableSpan
        let table = UInt32(truncatingIfNeeded: 512 &* tables &+ 256)
        let below = (1 as UInt64) &<< UInt64(truncatingIfNeeded: frequencies.lowerBound) &- 1
        let within = UInt64.max &>> UInt64(truncatingIfNeeded: 63 &- frequencies.upperBound) & ~below
        var position = 0
        var cursor = state.cursors[row & 15]
        for index in blocks {
            if state.restartInterval > 0 && state.isRestartDue() {
                appendRun(table, &state, to: &output, at: &position)
                output[position] = 1025
                position &+= 1
            }
            let mask = masks[index]
            let first = cursor &+ (mask & below).nonzeroBitCount
            let shift = UInt16(truncatingIfNeeded: low)
            if refining {
                refine(mask & within, values, first, frequencies, shift, table, &state, to: &output, at: &position)
            } else {
                code(mask & within, values, first, frequencies, shift, table, &state, to: &output, at: &position)
            }
            cursor &+= mask.nonzeroBitCount
        }
        state.cursors[row & 15] = cursor
        return position
    }

    /// What was put off at the end of an AC scan.
    static func finish(tables: Int, _ state: inout CodingState, into symbols: inout [UInt32]) -> Int {
        var output = symbols.mutableSpan
        var position = 0
        appendRun(UInt32(truncatingIfNeeded: 512 &* tables &+ 256), &state, to: &output, at: &position)
        return position
    }

    /// Figures G.3 to G.5: a block's part in the first scan of a band.
    @inline(__always)
    private static func code(
        _ mask: UInt64, _ values: Span<Int16>, _ first: Int, _ band: ClosedRange<Int>, _ shift: UInt16,
        _ table: UInt32, _ state: inout CodingState, to output: inout MutableSpan<UInt32>, at position: inout Int
    ) {
        var (rest, cursor, last) = (mask, first, band.lowerBound &- 1)
        while rest != 0 {
            let k = rest.trailingZeroBitCount
            rest &= rest &- 1
            let value = values[cursor]
            cursor &+= 1
            let magnitude = Int32(value.magnitude &>> shift)
            if magnitude == 0 { continue }
            if state.endOfBandRun > 0 { appendRun(table, &state, to: &output, at: &position) }
            let run = appendZeros(k &- last &- 1, table, to: &output, at: &position)
            output[position] = coded(value < 0 ? 0 &- magnitude : magnitude, table | run &<< 4)
            position &+= 1
            last = k
        }
        if last < band.upperBound {
            state.endOfBandRun &+= 1
            if state.endOfBandRun == 0x7FFF { appendRun(table, &state, to: &output, at: &position) }
        }
    }

    /// Figures G.7 to G.9: a block's part in a later scan of a band. Coefficients that were told of before get one more
    /// bit each, behind the symbol of the next that is new.
    @inline(__always)
    private static func refine(
        _ mask: UInt64, _ values: Span<Int16>, _ first: Int, _ band: ClosedRange<Int>, _ shift: UInt16,
        _ table: UInt32, _ state: inout CodingState, to output: inout MutableSpan<UInt32>, at position: inout Int
    ) {
        let lastNew = lastNew(mask, values, first, shift)
        var (rest, cursor, last) = (mask, first, band.lowerBound &- 1)
        var run = 0
        var (bits, bitCount): (UInt64, Int) = (0, 0)
        while rest != 0 {
            let k = rest.trailingZeroBitCount
            rest &= rest &- 1
            let value = values[cursor]
            cursor &+= 1
            let magnitude = value.magnitude &>> shift
            run &+= k &- last &- 1
            last = k
            if magnitude == 0 {
                run &+= 1
                continue
            }
            while run > 15 && k <= lastNew {
                appendRun(table, &state, to: &output, at: &position)
                output[position] = table | 0xF0
                position &+= 1
                run &-= 16
                append(&bits, &bitCount, to: &output, at: &position)
            }
            if magnitude > 1 {
                bits = bits &<< 1 | UInt64(magnitude & 1)
                bitCount &+= 1
                continue
            }
            appendRun(table, &state, to: &output, at: &position)
            output[position] = coded(value < 0 ? -1 : 1, table | UInt32(truncatingIfNeeded: run &<< 4))
            position &+= 1
            append(&bits, &bitCount, to: &output, at: &position)
            run = 0
        }
        run &+= band.upperBound &- last
        if run == 0 && bitCount == 0 { return }
        state.endOfBandRun &+= 1
        putOff(bits, bitCount, &state)
        // libjpeg puts off no more than 1,000 bits either; a block may add 63.
        if state.endOfBandRun == 0x7FFF || state.bitsPutOff > 937 {
            appendRun(table, &state, to: &output, at: &position)
        }
    }

    /// The index of the last coefficient that this scan is the first to tell of; 0 if there is none.
    @inline(__always)
    private static func lastNew(_ mask: UInt64, _ values: Span<Int16>, _ first: Int, _ shift: UInt16) -> Int {
        var rest = mask
        var cursor = first &+ mask.nonzeroBitCount
        while rest != 0 {
            let k = 63 &- rest.leadingZeroBitCount
            cursor &-= 1
            if values[cursor].magnitude &>> shift == 1 { return k }
            rest ^= (1 as UInt64) &<< UInt64(truncatingIfNeeded: k)
        }
        return 0
    }

    // MARK: - Symbols

    /// A symbol for each sixteen zeros.
    ///
    /// - Returns: the zeros that are left, at most 15.
    @inline(__always)
    private static func appendZeros(
        _ count: Int, _ table: UInt32, to output: inout MutableSpan<UInt32>, at position: inout Int
    ) -> UInt32 {
        var run = count
        while run > 15 {
            output[position] = table | 0xF0
            position &+= 1
            run &-= 16
        }
        return UInt32(truncatingIfNeeded: run)
    }

    /// EOBn for the blocks put off, if there are any, and their refining bits (T.81 §G.1.2.2 and §G.1.2.3).
    private static func appendRun(
        _ table: UInt32, _ state: inout CodingState, to output: inout MutableSpan<UInt32>, at position: inout Int
    ) {
        guard state.endOfBandRun > 0 else { return }
        let run = UInt32(truncatingIfNeeded: state.endOfBandRun)
        let width = UInt32(truncatingIfNeeded: 31 &- run.leadingZeroBitCount)
        output[position] = table | width &<< 4 | width &<< 11 | (run & ((1 &<< width) &- 1)) &<< 16
        position &+= 1
        for symbol in state.putOff {
            output[position] = symbol
            position &+= 1
        }
        state.endOfBandRun = 0
        state.putOff.removeAll(keepingCapacity: true)
        state.bitsPutOff = 0
    }

    private static func putOff(_ bits: UInt64, _ count: Int, _ state: inout CodingState) {
        var left = count
        while left > 0 {
            let step = min(left, 16)
            left &-= step
            state.putOff.append(uncoded(bits &>> UInt64(truncatingIfNeeded: left), step))
        }
        state.bitsPutOff &+= count
    }

    /// Appends bits without a code, of which there are none left then.
    @inline(__always)
    private static func append(
        _ bits: inout UInt64, _ count: inout Int, to output: inout MutableSpan<UInt32>, at position: inout Int
    ) {
        while count > 0 {
            let step = min(count, 16)
            count &-= step
            output[position] = uncoded(bits &>> UInt64(truncatingIfNeeded: count), step)
            position &+= 1
        }
        bits = 0
    }

    /// The lowest `count` bits, 1 to 16, without a code.
    @inline(__always)
    private static func uncoded(_ bits: UInt64, _ count: Int) -> UInt32 {
        let width = UInt32(truncatingIfNeeded: count)
        return 1024 | width &<< 11 | (UInt32(truncatingIfNeeded: bits) & ((1 &<< width) &- 1)) &<< 16
    }

    /// The symbol whose low four bits are the category of `value`, with the value's bits (T.81 §F.1.2.1).
    @inline(__always)
    private static func coded(_ value: Int32, _ symbol: UInt32) -> UInt32 {
        let sign = value &>> 31
        let width = UInt32(truncatingIfNeeded: 32 &- ((value ^ sign) &- sign).leadingZeroBitCount)
        let bits = UInt32(bitPattern: value &+ sign) & ((1 &<< width) &- 1)
        return symbol | width | width &<< 11 | bits &<< 16
    }
}
