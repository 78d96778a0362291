import TintypeCore
import TintypeKernels

/// One scan on its way through the entropy decoder: MCU rows, restart intervals, and what to do when the data fail.
///
/// Where the bits of an interval run out, its remaining MCUs are left as they are (zero), as libjpeg leaves them.
struct ScanReader {
    private let isProgressive: Bool
    private var places: [BlockPlace]
    /// What to add to the first coefficient and the first block of each place for the next row of MCUs.
    private let rowSteps: [(coefficients: Int, blocks: Int)]
    private let mcusPerRow: Int
    /// Rows of MCUs, and the height of one in rows of the picture.
    let rows: Int
    private let rowHeight: Int
    private var row = 0

    private var entropy: any EntropyCoding
    private let restartInterval: Int
    private var untilRestart: Int
    private var nextRestart: UInt8 = 0
    /// Whether this restart interval has no more data, and whether the whole scan has none.
    private var intervalIsOver = false
    private var scanIsOver = false
    /// The gravest that was warned of.
    private var warned: DecodeWarning.Kind?

    /// - Parameter layout: where the coefficients lie; a layout of one MCU row makes every row go to the same place.
    init(_ header: ScanHeader, frame: FrameHeader, layout: CoefficientLayout, segments: Segments) throws(ImageError) {
        isProgressive = frame.isProgressive
        if isProgressive { try header.checkProgression(at: nil) }
        let progression = isProgressive ? ProgressiveScan(header) : nil
        restartInterval = segments.restartInterval
        untilRestart = restartInterval
        var places: [BlockPlace] = []
        var steps: [(Int, Int)] = []
        let single = header.components.count == 1
        for (prediction, part) in header.components.enumerated() {
            let component = frame.components[part.index]
            let (h, v) = single ? (1, 1) : (component.horizontal, component.vertical)
            let width = component.paddedBlocks.width
            let plane = layout.planes[part.index]
            for y in 0..<v {
                for x in 0..<h {
                    places.append(
                        BlockPlace(
                            component: prediction, dcTable: part.dcTable, acTable: part.acTable,
                            start: plane.start + (y * width + x) * plane.order.spacing, step: h * plane.order.spacing,
                            block: plane.firstBlock + y * width + x, blockStep: h, order: plane.order.offset,
                            last: plane.order.last))
                    steps.append(layout.holdsAll ? (v * width * plane.order.spacing, v * width) : (0, 0))
                }
            }
        }
        self.places = places
        rowSteps = steps
        if frame.isArithmetic {
            entropy = ArithmeticDecoder(progression)
        } else {
            try Self.checkTables(header, progression, segments.huffman)
            entropy = EntropyDecoder(progression, places, segments.huffman)
        }
        if single {
            let component = frame.components[header.components[0].index]
            (mcusPerRow, rows) = (component.blocks.width, component.blocks.height)
            rowHeight = 8 * frame.maxVertical / component.vertical
        } else {
            (mcusPerRow, rows) = (frame.mcus.width, frame.mcus.height)
            rowHeight = 8 * frame.maxVertical
        }
    }

    /// Whether the tables that this kind of scan needs are there.
    private static func checkTables(
        _ header: ScanHeader, _ progression: ProgressiveScan?, _ tables: HuffmanTables
    ) throws(ImageError) {
        let (usesDC, usesAC) =
            switch progression {
            case nil: (true, true)
            case .firstDC: (true, false)
            case .refiningDC: (false, false)
            case .firstAC, .refiningAC: (false, true)
            }
        for part in header.components {
            guard !usesDC || part.dcTable < 4, !usesAC || part.acTable < HuffmanTables.slots else {
                throw ImageError(.malformed, "a scan names a Huffman table above 3", format: .jpeg)
            }
            guard !usesDC || tables.isDefined[part.dcTable], !usesAC || tables.isDefined[part.acTable] else {
                throw ImageError(.malformed, "a scan uses a Huffman table that is missing or wrong", format: .jpeg)
            }
            guard !usesDC || tables.largestSymbol[part.dcTable] <= 15 else {
                throw ImageError(.malformed, "a DC table has a category above 15", format: .jpeg)
            }
        }
    }

    /// Decodes the next row of MCUs into `store`, which in the first scan is zero where its blocks go.
    mutating func readRow(
        _ reader: inout ByteReader, _ segments: inout Segments, into store: inout CoefficientStore
    ) throws(ImageError) {
        var mcu = 0
        while mcu < mcusPerRow && !scanIsOver {
            if restartInterval > 0 && untilRestart == 0 { try restart(&reader, &segments) }
            let stop = restartInterval > 0 ? min(mcusPerRow, mcu + untilRestart) : mcusPerRow
            let from = mcu
            if intervalIsOver {
                if restartInterval == 0 { scanIsOver = true }
                mcu = stop
            } else {
                mcu = try entropy.decode(mcu..<stop, places, segments, &reader, into: &store)
                try notice(reader, &segments)
            }
            untilRestart -= mcu - from
        }
        for i in places.indices {
            places[i].start += rowSteps[i].coefficients
            places[i].block += rowSteps[i].blocks
        }
        row += 1
        if row == rows { segments.unusedBytes = entropy.unusedBytes }
    }

    /// Turns what the entropy decoder ran into into warnings.
    private mutating func notice(_ reader: borrowing ByteReader, _ segments: inout Segments) throws(ImageError) {
        if entropy.metBadCode {
            entropy.metBadCode = false
            try warn(&segments, .damaged, "entropy-coded data are damaged", reader.offset)
        }
        intervalIsOver = entropy.isOver
        guard entropy.isStarved else { return }
        if reader.available == 0 {
            scanIsOver = entropy.isOver
            try warn(&segments, .truncated, "the file ends within the picture", reader.offset)
        } else if entropy.isOver {
            try warn(&segments, .damaged, "entropy-coded data end too early", reader.offset)
        }
    }

    private mutating func warn(
        _ segments: inout Segments, _ kind: DecodeWarning.Kind, _ reason: String, _ offset: Int
    ) throws(ImageError) {
        if warned == .truncated || warned == kind { return }
        warned = kind
        // Where a progressive file ends, the scans that would have refined the rows above are missing too.
        let first = isProgressive && kind == .truncated ? 0 : row * rowHeight
        try segments.warn(kind, reason, row: first, at: offset)
    }

    /// Takes the restart marker that is due (T.81 §E.2.4). A wrong one is weighed as T.81 §K.1 and libjpeg do: one of the next two due means
    /// that this interval was lost, one of the last two that its marker came late; others are passed over.
    private mutating func restart(_ reader: inout ByteReader, _ segments: inout Segments) throws(ImageError) {
        let due = nextRestart
        nextRestart = (nextRestart + 1) & 7
        untilRestart = restartInterval
        segments.unusedBytes = entropy.unusedBytes
        entropy.restart()
        while true {
            guard let marker = try segments.nextMarker(&reader) else {
                scanIsOver = true
                try warn(&segments, .truncated, "the file ends within the picture", reader.offset)
                return
            }
            let ahead = marker.isRestart ? (marker.code &- Marker.rst0.code &- due) & 7 : 0
            if marker.isRestart && ahead == 0 {
                intervalIsOver = false
                return
            }
            try warn(&segments, .damaged, "a restart marker is missing or out of turn", reader.offset)
            switch (marker.isRestart, ahead) {
            case (true, 1), (true, 2):
                intervalIsOver = true
                segments.putBack(marker)
                return
            case (true, 6), (true, 7):
                continue
            case (true, _):
                intervalIsOver = false
                return
            case (false, _):
                if marker.code < Marker.sof0.code { continue }
                // Any other marker ends the scan.
                scanIsOver = true
                segments.putBack(marker)
                return
            }
        }
    }
}
