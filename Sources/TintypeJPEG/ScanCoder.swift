/// Turns the coefficients of a progressive scan into symbols and bits of value (T.81 §G.1.2), a piece at a time.
///
/// A scan is gone through twice, to count its symbols and to write them. Each symbol comes as 32 bits:
/// - bits 0–10: for a Huffman code 256 × its table (luminance DC and AC, chrominance DC and AC) + the symbol; 1024 for
///   bits without a code; 1025 for a restart marker;
/// - bits 11–15: how many bits follow the code, at most 16;
/// - bits 16–31: these bits.
struct ScanCoder {
    let scan: EncodedScan
    private let layout: EncoderLayout
    private let places: [EncodedBlockPlace]
    private var state: CodingState
    /// The piece coded last is the first `count` of them.
    private(set) var symbols = [UInt32](repeating: 0, count: 1 << 14)
    private(set) var count = 0
    /// The MCU of the band to go on with; in AC scans the block, counted over the rows of the band.
    private var next = 0

    /// Blocks in a piece. No kind of scan makes more than 160 symbols of a block, besides 1,100 put off earlier.
    private static let pieceBlocks = 80

    /// - Parameter restartInterval: MCUs between restart markers, 0 for none. In AC scans a block is an MCU.
    init(_ scan: EncodedScan, layout: EncoderLayout, restartInterval: Int) {
        self.scan = scan
        self.layout = layout
        places = layout.blockOrder
        state = CodingState(restartInterval: restartInterval)
    }

    /// Begins a row of MCUs.
    mutating func begin(_ band: borrowing BlockBand) {
        next = 0
        for (row, first) in band.firstValues.enumerated() { state.cursors[row & 15] = first }
    }

    /// Codes the next piece of the band that was begun.
    ///
    /// - Parameter mcuRow: its row of MCUs, from 0.
    /// - Returns: false where the band has ended.
    mutating func codeNext(of band: borrowing BlockBand, mcuRow: Int) -> Bool {
        switch scan.kind {
        case .sequential:
            // `SequentialCoder` goes through these.
            return false
        case .dc(let low, let refining):
            guard let mcus = nextMCUs() else { return false }
            count = ProgressiveCoding.codeDC(
                mcus, of: band, places, low: low, refining: refining, &state, into: &symbols)
        case .ac(let frequencies, let low, let refining):
            let component = layout.components[scan.components[0]]
            let rows = min(component.down, component.blocksDown - mcuRow * component.down)
            guard next < rows * component.blocksAcross else { return false }
            let (row, x) = next.quotientAndRemainder(dividingBy: component.blocksAcross)
            let width = min(component.blocksAcross - x, Self.pieceBlocks)
            let first = component.firstBlock + row * layout.mcusAcross * component.across + x
            count = ProgressiveCoding.codeAC(
                first..<first + width, of: band, row: component.firstRow + row, tables: component.sampling.tables,
                frequencies, low: low, refining: refining, &state, into: &symbols)
            next += width
        }
        return true
    }

    private mutating func nextMCUs() -> Range<Int>? {
        guard next < layout.mcusAcross else { return nil }
        let end = min(layout.mcusAcross, next + Self.pieceBlocks / places.count)
        defer { next = end }
        return next..<end
    }

    /// What is left to be coded after the last band.
    mutating func finish() {
        count = 0
        if case .ac = scan.kind {
            let tables = layout.components[scan.components[0]].sampling.tables
            count = ProgressiveCoding.finish(tables: tables, &state, into: &symbols)
        }
    }
}

/// What a scan's coding carries from block to block.
struct CodingState {
    /// The DC coefficient of each component's last block.
    var predictions = [4 of Int32](repeating: 0)
    /// For each row of blocks of the band, where the values of its next block lie.
    var cursors = [16 of Int](repeating: 0)
    let restartInterval: Int
    /// MCUs until the next restart marker.
    var untilRestart: Int
    /// Blocks whose band ends without a further coefficient and that no symbol has told of yet (T.81 §G.1.2.2).
    var endOfBandRun = 0
    /// The refining bits of these blocks, as symbols without a code, and how many bits they are.
    var putOff: [UInt32] = []
    var bitsPutOff = 0

    init(restartInterval: Int) {
        self.restartInterval = restartInterval
        untilRestart = restartInterval
    }

    /// Whether a marker comes before this MCU, which is counted (T.81 §F.1.1.5).
    mutating func isRestartDue() -> Bool {
        if restartInterval == 0 { return false }
        let isDue = untilRestart == 0
        if isDue { untilRestart = restartInterval }
        untilRestart -= 1
        return isDue
    }
}
