import TintypeCore

/// Goes through the MCUs of a sequential scan with Huffman codes (T.81 §F.1.2), to count symbols or to write them.
struct SequentialCoder {
    private let mcusAcross: Int
    private let places: [EncodedBlockPlace]
    private var state: CodingState

    /// - Parameter restartInterval: MCUs between restart markers, 0 for none.
    init(_ layout: EncoderLayout, restartInterval: Int) {
        mcusAcross = layout.mcusAcross
        places = layout.blockOrder
        state = CodingState(restartInterval: restartInterval)
    }

    /// Writes the next row of MCUs.
    mutating func write(
        _ band: borrowing BlockBand, codes: SequentialCodes, _ bits: inout BitWriter, to writer: inout ByteWriter
    ) throws(ImageError) {
        begin(band)
        try bits.write(mcusAcross, of: band, places, &state, codes, to: &writer)
    }

    private mutating func begin(_ band: borrowing BlockBand) {
        for (row, first) in band.firstValues.enumerated() { state.cursors[row & 15] = first }
    }

    /// The symbols of a scan of all bands.
    static func frequencies(
        of bands: [BlockBand], _ layout: EncoderLayout, restartInterval: Int
    ) -> SymbolFrequencies {
        var coder = SequentialCoder(layout, restartInterval: restartInterval)
        var symbols = [Int](repeating: 0, count: 4 * 256)
        var values = [Int](repeating: 0, count: 2 * 16 * 64)
        var restarts = 0
        for band in bands {
            coder.begin(band)
            restarts += count(coder.mcusAcross, of: band, coder.places, &coder.state, &symbols, &values)
        }
        var frequencies = SymbolFrequencies()
        frequencies.add(symbols: symbols, values: values, restarts: restarts)
        return frequencies
    }

    /// Counts the symbols of a row of MCUs; those of small coefficients in the order of `SequentialCodes.values`.
    ///
    /// - Returns: how many restart markers there are.
    private static func count(
        _ mcus: Int, of band: borrowing BlockBand, _ places: [EncodedBlockPlace], _ state: inout CodingState,
        _ symbols: inout [Int], _ smallValues: inout [Int]
    ) -> Int {
        let (masks, values, places) = (band.masks.span, band.values.span, places.span)
        var symbols = symbols.mutableSpan
        var smallValues = smallValues.mutableSpan
        var (predictions, cursors) = (state.predictions, state.cursors)
        var restarts = 0
        for mcu in 0..<mcus {
            if state.restartInterval > 0 && state.isRestartDue() {
                predictions = [4 of Int32](repeating: 0)
                restarts &+= 1
            }
            for i in places.indices {
                let place = places[i]
                let table = 512 &* place.tables
                let mask = masks[place.first &+ mcu &* place.step]
                if mask == 0 {
                    // Beyond the edge: no difference, and no coefficients.
                    symbols[table] &+= 1
                    symbols[table &+ 256] &+= 1
                    continue
                }
                let cursor = cursors[place.row & 15]
                let dc = Int32(values[cursor])
                symbols[table &+ category(dc &- predictions[place.component & 3])] &+= 1
                predictions[place.component & 3] = dc
                cursors[place.row & 15] = countAC(mask, values, cursor &+ 1, place.tables, &symbols, &smallValues)
            }
        }
        state.predictions = predictions
        return restarts
    }

    /// - Parameter first: the place of the first AC coefficient.
    /// - Returns: the place behind the last.
    @inline(__always)
    private static func countAC(
        _ mask: UInt64, _ values: Span<Int16>, _ first: Int, _ tables: Int, _ symbols: inout MutableSpan<Int>,
        _ smallValues: inout MutableSpan<Int>
    ) -> Int {
        let table = 512 &* tables &+ 256
        var (rest, cursor, last) = (mask & ~1, first, 0)
        while rest != 0 {
            let k = rest.trailingZeroBitCount
            rest &= rest &- 1
            var run = k &- last &- 1
            last = k
            if run > 15 {
                symbols[table &+ 0xF0] &+= run &>> 4
                run &= 15
            }
            let value = Int32(values[cursor])
            cursor &+= 1
            let index = Int(value) &+ 32
            if index & ~63 == 0 {
                smallValues[tables &<< 10 &+ run &<< 6 &+ index] &+= 1
            } else {
                symbols[table &+ run &<< 4 &+ category(value)] &+= 1
            }
        }
        if last < 63 { symbols[table] &+= 1 }
        return cursor
    }

    /// The number of bits that a value is told in.
    @inline(__always)
    private static func category(_ value: Int32) -> Int {
        32 &- Int(truncatingIfNeeded: value.magnitude.leadingZeroBitCount)
    }
}
