import TintypeCore

/// Arithmetic decoding of sequential (T.81 §F.2.4) and progressive (§G.1.3, §G.2) scans: entropy-coded bytes to quantised coefficients in
/// the order that each place names.
///
/// A decision may take bytes of the input at any time and no small bound holds for an MCU, so bytes are taken from the reader one by one.
struct ArithmeticDecoder: EntropyCoding {
    /// Nil for a sequential scan.
    private let progression: ProgressiveScan?
    private var decisions = BinaryDecoder()
    /// PRED of T.81 §F.1.4.4.1, one for each component of the scan.
    private var predictions = [4 of Int32](repeating: 0)
    /// The bins that each component's last difference has the next one begin with: S0 of T.81 table F.4.
    private var contexts = [4 of Int](repeating: 0)
    private(set) var isOver = false
    /// Unknown: the decoder is always ahead of its decisions, and zero bytes at the end may be left out (T.81 §D.1.8).
    var unusedBytes: Int { 0 }
    var metBadCode = false

    var isStarved: Bool { decisions.isStarved }

    init(_ progression: ProgressiveScan?) {
        self.progression = progression
    }

    mutating func restart() {
        self = ArithmeticDecoder(progression)
    }

    mutating func decode(
        _ mcus: Range<Int>, _ places: [BlockPlace], _ segments: borrowing Segments, _ reader: inout ByteReader,
        into store: inout CoefficientStore
    ) throws(ImageError) -> Int {
        try decode(mcus, places, segments.conditioning, &reader, &store.values, &store.masks)
    }

    private mutating func decode(
        _ mcus: Range<Int>, _ places: [BlockPlace], _ conditioning: ArithmeticConditioning,
        _ reader: inout ByteReader, _ values: inout [Int16], _ masks: inout [UInt64]
    ) throws(ImageError) -> Int {
        var values = values.mutableSpan
        var masks = masks.mutableSpan
        try decisions.begin(&reader)
        for mcu in mcus {
            for place in places {
                let block = place.start + mcu * place.step
                let keepsMask = progression != nil && !place.isOnlyDC
                var mask = keepsMask ? masks[place.block + mcu * place.blockStep] : 0
                defer { if keepsMask { masks[place.block + mcu * place.blockStep] = mask } }
                guard try decode(place, block, conditioning, &reader, &values, &mask) else {
                    // Nothing tells where the data are sound again.
                    metBadCode = true
                    isOver = true
                    return mcu
                }
            }
        }
        return mcus.upperBound
    }

    /// Decodes a block, or what this scan has of it. False where the data cannot be.
    ///
    /// - Parameter mask: as in `CoefficientStore`.
    private mutating func decode(
        _ place: BlockPlace, _ block: Int, _ conditioning: ArithmeticConditioning, _ reader: inout ByteReader,
        _ values: inout MutableSpan<Int16>, _ mask: inout UInt64
    ) throws(ImageError) -> Bool {
        switch progression {
        case nil:
            guard try decodeDC(place, block, low: 0, conditioning, &reader, &values) else { return false }
            return try decodeAC(place, block, 1...63, low: 0, conditioning, &reader, &values, &mask)
        case .firstDC(let low):
            return try decodeDC(place, block, low: low, conditioning, &reader, &values)
        case .refiningDC(let low):
            if try decisions.decide(BinaryDecoder.fixedBin, &reader) { values[block] |= 1 &<< Int16(low) }
            return true
        case .firstAC(let band, let low):
            return try decodeAC(place, block, band, low: low, conditioning, &reader, &values, &mask)
        case .refiningAC(let band, let low):
            return try refineAC(place, block, band, low: low, &reader, &values, &mask)
        }
    }

    /// A DC coefficient: its difference from the one before (T.81 figure F.19), shifted up by the bits that later scans refine.
    private mutating func decodeDC(
        _ place: BlockPlace, _ block: Int, low: Int, _ conditioning: ArithmeticConditioning,
        _ reader: inout ByteReader, _ values: inout MutableSpan<Int16>
    ) throws(ImageError) -> Bool {
        let (table, component) = (place.dcTable, place.component)
        let bins = table &* 64
        let start = bins &+ contexts[component]
        contexts[component] = 0
        if try decisions.decide(start, &reader) {
            let isNegative = try decisions.decide(start &+ 1, &reader)
            let first = start &+ (isNegative ? 3 : 2)
            guard let magnitude = try decodeMagnitude(first, bins &+ 20, bins &+ 21, &reader) else { return false }
            let small = conditioning.smallDifferences[table]
            if magnitude.power > small.upperBound {
                contexts[component] = isNegative ? 16 : 12
            } else if magnitude.power >= small.lowerBound {
                contexts[component] = isNegative ? 8 : 4
            }
            predictions[component] &+= isNegative ? 0 &- magnitude.value : magnitude.value
        }
        values[block] = Int16(truncatingIfNeeded: predictions[component] &<< Int32(truncatingIfNeeded: low))
        return true
    }

    /// The AC coefficients of a band (T.81 figure F.20; bins by table F.5), shifted up by the bits that later scans refine.
    private mutating func decodeAC(
        _ place: BlockPlace, _ block: Int, _ band: ClosedRange<Int>, low: Int, _ conditioning: ArithmeticConditioning,
        _ reader: inout ByteReader, _ values: inout MutableSpan<Int16>, _ mask: inout UInt64
    ) throws(ImageError) -> Bool {
        let table = place.acTable &- 4
        let bins = 1024 &+ table &* 256
        let lastLow = conditioning.lastLowCoefficient[table]
        var k = band.lowerBound
        while k <= band.upperBound {
            // End of band?
            if try decisions.decide(bins &+ 3 &* k &- 3, &reader) { return true }
            while try !decisions.decide(bins &+ 3 &* k &- 2, &reader) {
                k &+= 1
                guard k <= band.upperBound else { return false }
            }
            let isNegative = try decisions.decide(BinaryDecoder.fixedBin, &reader)
            let first = bins &+ 3 &* k &- 1
            let ladder = bins &+ (k <= lastLow ? 189 : 217)
            guard let magnitude = try decodeMagnitude(first, first, ladder, &reader) else { return false }
            let value = Int16(truncatingIfNeeded: magnitude.value &<< Int32(truncatingIfNeeded: low))
            values[block &+ Self.slot(k, place)] = isNegative ? 0 &- value : value
            mask = value == 0 ? mask & ~(1 &<< UInt64(k)) : mask | 1 &<< UInt64(k)
            k &+= 1
        }
        return true
    }

    /// A magnitude of at least 1 (T.81 figures F.23 and F.24), and the largest power of two in it less 1, 0 if there is none.
    ///
    /// - Parameters:
    ///   - first: bin of whether it is more than 1.
    ///   - second: bin of whether it is more than 2.
    ///   - ladder: the bin of whether it is more than 4. One for each power of two follows, then those of the bits below.
    /// - Returns: nil where the magnitude is more than any coefficient has.
    private mutating func decodeMagnitude(
        _ first: Int, _ second: Int, _ ladder: Int, _ reader: inout ByteReader
    ) throws(ImageError) -> (value: Int32, power: Int32)? {
        guard try decisions.decide(first, &reader) else { return (1, 0) }
        guard try decisions.decide(second, &reader) else { return (2, 1) }
        var (power, bin) = (Int32(2), ladder)
        while try decisions.decide(bin, &reader) {
            power &<<= 1
            bin &+= 1
            guard power < 0x8000 else { return nil }
        }
        var value = power
        var bit = power &>> 1
        while bit > 0 {
            if try decisions.decide(bin &+ 14, &reader) { value |= bit }
            bit &>>= 1
        }
        return (value &+ 1, power)
    }

    /// One more bit of a band's coefficients that are not zero yet, and new ones of ±1 between them (T.81 §G.1.3, figure G.10).
    private mutating func refineAC(
        _ place: BlockPlace, _ block: Int, _ band: ClosedRange<Int>, low: Int, _ reader: inout ByteReader,
        _ values: inout MutableSpan<Int16>, _ mask: inout UInt64
    ) throws(ImageError) -> Bool {
        let bins = 1024 &+ (place.acTable &- 4) &* 256
        let unit = Int16(1) &<< Int16(truncatingIfNeeded: low)
        // EOBx of T.81: before the last coefficient that is known, no end of band is coded.
        let lastKnown = 63 - (mask & UInt64.max &>> UInt64(63 - band.upperBound) | 1).leadingZeroBitCount
        var mayEnd = true
        for k in band {
            let start = bins &+ 3 &* k &- 3
            if mayEnd && k > lastKnown, try decisions.decide(start, &reader) { return true }
            let at = block &+ Self.slot(k, place)
            if mask &>> UInt64(k) & 1 == 1 {
                if try decisions.decide(start &+ 2, &reader) {
                    values[at] = values[at] > 0 ? values[at] &+ unit : values[at] &- unit
                }
            } else if try decisions.decide(start &+ 1, &reader) {
                values[at] = try decisions.decide(BinaryDecoder.fixedBin, &reader) ? 0 &- unit : unit
                mask |= 1 &<< UInt64(k)
            } else {
                // A zero is followed by another coefficient.
                mayEnd = false
                continue
            }
            mayEnd = true
        }
        return mayEnd
    }

    /// The place in the block of the coefficient with a zigzag index.
    private static func slot(_ index: Int, _ place: BlockPlace) -> Int {
        Int(blockPlaces[place.order &+ index])
    }
}
