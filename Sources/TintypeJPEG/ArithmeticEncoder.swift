import TintypeCore

/// Arithmetic encoding of sequential (T.81 §F.1.4) and progressive (§G.1.3) scans, with the conditioning that a file has
/// which says nothing of it.
struct ArithmeticEncoder {
    private let scan: EncodedScan
    private let layout: EncoderLayout
    private let places: [EncodedBlockPlace]
    private var decisions = BinaryEncoder()
    /// PRED of T.81 §F.1.4.4.1, and the bins that the next difference begins with: S0 of table F.4. For each component.
    private var predictions = [4 of Int32](repeating: 0)
    private var contexts = [4 of Int](repeating: 0)
    /// MCUs between restart markers, 0 for none, and until the next one.
    private let restartInterval: Int
    private var untilRestart: Int
    private var restartIndex: UInt8 = 0

    init(_ scan: EncodedScan, layout: EncoderLayout, restartInterval: Int) {
        self.scan = scan
        self.layout = layout
        self.restartInterval = restartInterval
        places = layout.blockOrder
        untilRestart = restartInterval
    }

    /// Writes a row of MCUs, or what the scan tells of it.
    mutating func write(
        _ band: borrowing BlockBand, mcuRow: Int, to writer: inout ByteWriter
    ) throws(ImageError) {
        if case .ac(let frequencies, let low, let refining) = scan.kind {
            let component = layout.components[scan.components[0]]
            for row in 0..<min(component.down, component.blocksDown - mcuRow * component.down) {
                try write(row, of: component, band, frequencies, low, refining, to: &writer)
            }
        } else {
            try writeMCUs(band, to: &writer)
        }
        try drain(to: &writer)
    }

    mutating func finish(to writer: inout ByteWriter) throws(ImageError) {
        decisions.finish()
        try drain(to: &writer)
    }

    private mutating func drain(to writer: inout ByteWriter) throws(ImageError) {
        if !decisions.bytes.isEmpty { try writer.write(decisions.bytes) }
        decisions.removeBytes()
    }

    /// Counts an MCU, and ends the interval before it where it is due.
    private mutating func beginMCU(_ writer: inout ByteWriter) throws(ImageError) {
        guard restartInterval > 0 else { return }
        if untilRestart == 0 {
            try finish(to: &writer)
            try writer.write(0xFF as UInt8)
            try writer.write(Marker.rst0.code + restartIndex)
            restartIndex = (restartIndex + 1) & 7
            decisions.restart()
            (predictions, contexts) = ([4 of Int32](repeating: 0), [4 of Int](repeating: 0))
            untilRestart = restartInterval
        }
        untilRestart -= 1
    }

    private mutating func writeMCUs(_ band: borrowing BlockBand, to writer: inout ByteWriter) throws(ImageError) {
        var cursors = [16 of Int](repeating: 0)
        for (row, first) in band.firstValues.enumerated() { cursors[row & 15] = first }
        for mcu in 0..<layout.mcusAcross {
            try beginMCU(&writer)
            for place in places {
                let mask = band.masks[place.first + mcu * place.step]
                let cursor = cursors[place.row & 15]
                cursors[place.row & 15] += mask.nonzeroBitCount
                let values = DenseBlock(mask, band.values, from: cursor)
                switch scan.kind {
                case .dc(let low, true):
                    let dc = mask == 0 ? predictions[place.component & 3] : Int32(values[0])
                    predictions[place.component & 3] = dc
                    decisions.encode(dc >> Int32(low) & 1 == 1, BinaryDecoder.fixedBin)
                case .dc(let low, false):
                    encodeDC(mask == 0 ? nil : Int32(values[0]) >> Int32(low), place)
                default:
                    encodeDC(mask == 0 ? nil : Int32(values[0]), place)
                    encodeAC(values, 1...63, low: 0, place.tables)
                }
            }
        }
    }

    /// Writes a row of blocks of an AC scan, where a block is an MCU.
    private mutating func write(
        _ row: Int, of component: EncoderLayout.Component, _ band: borrowing BlockBand,
        _ frequencies: ClosedRange<Int>, _ low: Int, _ refining: Bool, to writer: inout ByteWriter
    ) throws(ImageError) {
        let first = component.firstBlock + row * layout.mcusAcross * component.across
        var cursor = band.firstValues[component.firstRow + row]
        for index in first..<first + component.blocksAcross {
            try beginMCU(&writer)
            let mask = band.masks[index]
            let values = DenseBlock(mask, band.values, from: cursor)
            cursor += mask.nonzeroBitCount
            if refining {
                refineAC(values, frequencies, low: low, component.sampling.tables)
            } else {
                encodeAC(values, frequencies, low: low, component.sampling.tables)
            }
        }
    }

    /// A DC coefficient as its difference from the one before (T.81 figure F.4), none where it is nil.
    private mutating func encodeDC(_ value: Int32?, _ place: EncodedBlockPlace) {
        let component = place.component & 3
        let bins = 64 * place.tables
        let start = bins + contexts[component]
        contexts[component] = 0
        let difference = value.map { $0 - predictions[component] } ?? 0
        decisions.encode(difference != 0, start)
        if difference == 0 { return }
        predictions[component] += difference
        let isNegative = difference < 0
        decisions.encode(isNegative, start + 1)
        encodeMagnitude(Int32(difference.magnitude), start + (isNegative ? 3 : 2), bins + 20, bins + 21)
        // With L = 0 and U = 1 a difference of 1 or 2 is small.
        contexts[component] = (difference.magnitude > 2 ? 12 : 4) + (isNegative ? 4 : 0)
    }

    /// A band of AC coefficients (T.81 figure F.5; bins by table F.5), or in a first scan their magnitudes' bits from `low` up.
    private mutating func encodeAC(_ values: DenseBlock, _ band: ClosedRange<Int>, low: Int, _ table: Int) {
        let bins = 1024 + 256 * table
        let last = values.last(in: band, ofAtLeast: 1 << low)
        var mayEnd = true
        for k in band {
            let start = bins + 3 * k - 3
            // End of band? Not asked after a zero, as another coefficient must follow it.
            if mayEnd { decisions.encode(k > last, start) }
            if k > last { return }
            let magnitude = Int32(values[k].magnitude) >> Int32(low)
            decisions.encode(magnitude != 0, start + 1)
            mayEnd = magnitude != 0
            if !mayEnd { continue }
            decisions.encode(values[k] < 0, BinaryDecoder.fixedBin)
            // With Kx = 5.
            encodeMagnitude(magnitude, start + 2, start + 2, bins + (k <= 5 ? 189 : 217))
        }
    }

    /// One more bit of a band's coefficients that were told of before, and new ones of ±1 between them (T.81 §G.1.3).
    private mutating func refineAC(_ values: DenseBlock, _ band: ClosedRange<Int>, low: Int, _ table: Int) {
        let bins = 1024 + 256 * table
        // Before the last coefficient that is known, no end of band is coded.
        let lastKnown = values.last(in: band, ofAtLeast: 2 << low)
        let last = values.last(in: band, ofAtLeast: 1 << low)
        var mayEnd = true
        for k in band {
            let start = bins + 3 * k - 3
            if mayEnd && k > lastKnown { decisions.encode(k > last, start) }
            if k > last { return }
            let magnitude = values[k].magnitude >> UInt16(low)
            mayEnd = magnitude != 0
            if magnitude > 1 {
                decisions.encode(magnitude & 1 == 1, start + 2)
            } else {
                decisions.encode(magnitude == 1, start + 1)
                if magnitude == 1 { decisions.encode(values[k] < 0, BinaryDecoder.fixedBin) }
            }
        }
    }

    /// A magnitude of at least 1 (T.81 figures F.8 and F.9): the largest power of two in it less 1, then the bits below.
    ///
    /// - Parameters:
    ///   - first: bin of whether it is more than 1.
    ///   - second: bin of whether it is more than 2.
    ///   - ladder: the bin of whether it is more than 4. One for each power of two follows, then those of the bits below.
    private mutating func encodeMagnitude(_ magnitude: Int32, _ first: Int, _ second: Int, _ ladder: Int) {
        decisions.encode(magnitude > 1, first)
        if magnitude == 1 { return }
        decisions.encode(magnitude > 2, second)
        if magnitude == 2 { return }
        var (power, bin) = (Int32(2), ladder)
        while magnitude > 2 * power {
            decisions.encode(true, bin)
            power *= 2
            bin += 1
        }
        decisions.encode(false, bin)
        while power > 1 {
            power /= 2
            decisions.encode((magnitude - 1) & power != 0, bin + 14)
        }
    }
}

/// A packed block with its zeros, in zigzag order.
private struct DenseBlock {
    private var values = [64 of Int16](repeating: 0)

    init(_ mask: UInt64, _ packed: [Int16], from first: Int) {
        var (rest, cursor) = (mask, first)
        while rest != 0 {
            values[rest.trailingZeroBitCount & 63] = packed[cursor]
            cursor += 1
            rest &= rest - 1
        }
    }

    subscript(k: Int) -> Int16 { values[k] }

    /// The index of the last coefficient in a band of at least this magnitude; 0 if there is none.
    func last(in band: ClosedRange<Int>, ofAtLeast least: UInt16) -> Int {
        band.last { values[$0].magnitude >= least } ?? 0
    }
}
