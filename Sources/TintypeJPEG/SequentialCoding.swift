/// The symbols of sequential scans (T.81 §F.1.2).
enum SequentialCoding {
    /// Codes MCUs of a band.
    ///
    /// - Returns: how many symbols there are.
    static func code(
        _ mcus: Range<Int>, of band: borrowing BlockBand, _ places: [EncodedBlockPlace], _ state: inout CodingState,
        into symbols: inout [UInt32]
    ) -> Int {
        let (masks, values, places) = (band.masks.span, band.values.span, places.span)
        var output = symbols.mutableSpan
        var (predictions, cursors) = (state.predictions, state.cursors)
        var position = 0
        for mcu in mcus {
            if state.restartInterval > 0 && isRestartDue(&state) {
                predictions = [4 of Int32](repeating: 0)
                output[position] = 1025
                position &+= 1
            }
            for i in places.indices {
                let place = places[i]
                let table = UInt32(truncatingIfNeeded: 512 &* place.tables)
                let mask = masks[place.first &+ mcu &* place.step]
                if mask == 0 {
                    // Beyond the edge: no difference, and no coefficients.
                    output[position] = table
                    output[position &+ 1] = table &+ 256
                    position &+= 2
                    continue
                }
                let cursor = cursors[place.row & 15]
                let dc = Int32(values[cursor])
                output[position] = coded(dc &- predictions[place.component & 3], table)
                predictions[place.component & 3] = dc
                cursors[place.row & 15] = cursor &+ mask.nonzeroBitCount
                position = appendAC(mask, values, cursor &+ 1, table &+ 256, to: &output, at: position &+ 1)
            }
        }
        (state.predictions, state.cursors) = (predictions, cursors)
        return position
    }

    /// Runs of zeros and values (T.81 §F.1.2.2).
    @inline(__always)
    private static func appendAC(
        _ mask: UInt64, _ values: Span<Int16>, _ cursor: Int, _ table: UInt32, to output: inout MutableSpan<UInt32>,
        at start: Int
    ) -> Int {
        var (position, cursor, last) = (start, cursor, 0)
        var rest = mask & ~1
        while rest != 0 {
            let k = rest.trailingZeroBitCount
            rest &= rest &- 1
            var run = k &- last &- 1
            while run > 15 {
                output[position] = table | 0xF0
                position &+= 1
                run &-= 16
            }
            output[position] = coded(Int32(values[cursor]), table | UInt32(truncatingIfNeeded: run &<< 4))
            position &+= 1
            cursor &+= 1
            last = k
        }
        if last < 63 {
            output[position] = table
            position &+= 1
        }
        return position
    }

    /// The symbol whose low four bits are the category of `value`, with the value's bits: for a negative one those of
    /// the value less 1 (T.81 §F.1.2.1).
    @inline(__always)
    private static func coded(_ value: Int32, _ symbol: UInt32) -> UInt32 {
        let sign = value &>> 31
        let width = UInt32(truncatingIfNeeded: 32 &- ((value ^ sign) &- sign).leadingZeroBitCount)
        let bits = UInt32(bitPattern: value &+ sign) & ((1 &<< width) &- 1)
        return symbol | width | width &<< 11 | bits &<< 16
    }

    /// Whether a marker comes before this MCU, which is counted (T.81 §F.1.1.5).
    private static func isRestartDue(_ state: inout CodingState) -> Bool {
        let isDue = state.untilRestart == 0
        if isDue { state.untilRestart = state.restartInterval }
        state.untilRestart -= 1
        return isDue
    }
}
