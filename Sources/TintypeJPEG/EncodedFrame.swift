import TintypeCore

/// What an encoder's file says of its picture, apart from the coefficients.
struct EncodedFrame {
    let layout: EncoderLayout
    /// By destination, steps row by row of the block.
    var quantization: [[UInt16]]
    let signature: Signature
    let isProgressive: Bool
    /// Whether codes are arithmetic ones instead of Huffman's.
    var isArithmetic = false
    /// MCUs between restart markers, 0 for none.
    let restartInterval: Int

    /// What tells a reader the meaning of the components.
    enum Signature: Equatable {
        /// Grey or YCbCr.
        case jfif
        /// Adobe's marker with a transform byte: 0 RGB or CMYK, 2 YCCK.
        case adobe(UInt8)
        case none
    }

    var scans: [EncodedScan] {
        let isYCbCr = layout.components.count == 3 && layout.components[1].sampling.tables == 1
        return EncodedScan.script(
            components: layout.components.count, isYCbCr: isYCbCr, progressive: isProgressive)
    }

    /// What is known of scans with Huffman codes before they are written.
    struct ScanPlan {
        /// For each scan the tables with the shortest stream.
        fileprivate(set) var tables: [[HuffmanSpecification?]] = []
        /// The bytes of the scans' headers, tables and all.
        fileprivate(set) var headers = 0
        /// The bytes of their data, but for stuffing.
        fileprivate(set) var data = 0
    }

    /// Goes through each scan for its Huffman tables.
    func plan(_ bands: [BlockBand]) -> ScanPlan {
        var plan = ScanPlan()
        for scan in scans {
            let frequencies = frequencies(of: scan, in: bands)
            let tables = frequencies.optimalTables
            plan.headers += 8 + 2 * scan.components.count
            for table in tables { plan.headers += table.map { 21 + $0.symbols.count } ?? 0 }
            plan.data += (frequencies.bits(with: HuffmanCodes(tables)) + 7) / 8
            plan.tables.append(tables)
        }
        return plan
    }

    /// The bytes of the scans' headers and of their data, with arithmetic codes: nothing but the coding itself tells.
    func arithmeticBytes(_ bands: [BlockBand]) throws(ImageError) -> (headers: Int, data: Int) {
        var writer = ByteWriter(MemoryByteSink())
        for scan in scans { try writeArithmetic(scan, bands, to: &writer) }
        return (scans.reduce(0) { $0 + 8 + 2 * $1.components.count }, writer.offset)
    }

    /// Writes all scans of coefficients that are all there, and the end of the image.
    ///
    /// - Parameter plan: what was found before, if it was.
    func writeScans(
        _ bands: [BlockBand], _ plan: ScanPlan? = nil, to segments: inout SegmentWriter
    ) throws(ImageError) {
        var bits = BitWriter()
        for (index, scan) in scans.enumerated() {
            let interval = index == 0 && restartInterval > 0 ? restartInterval : nil
            if isArithmetic {
                try segments.write(headerOf: scan, layout, tables: [], restartInterval: interval)
                try writeArithmetic(scan, bands, to: &segments.bytes)
                continue
            }
            let tables = plan?.tables[index] ?? frequencies(of: scan, in: bands).optimalTables
            try segments.write(headerOf: scan, layout, tables: tables, restartInterval: interval)
            let codes = HuffmanCodes(tables)
            if scan.kind == .sequential {
                try write(bands, codes, &bits, to: &segments)
                continue
            }
            var coder = ScanCoder(scan, layout: layout, restartInterval: restartInterval)
            for (mcuRow, band) in bands.enumerated() {
                coder.begin(band)
                while coder.codeNext(of: band, mcuRow: mcuRow) {
                    try bits.write(coder.symbols, count: coder.count, codes: codes, to: &segments.bytes)
                }
            }
            coder.finish()
            try bits.write(coder.symbols, count: coder.count, codes: codes, to: &segments.bytes)
            try bits.finish(to: &segments.bytes)
        }
        try segments.write(.eoi)
        try segments.bytes.flush()
    }

    private func write(
        _ bands: [BlockBand], _ codes: HuffmanCodes, _ bits: inout BitWriter, to segments: inout SegmentWriter
    ) throws(ImageError) {
        let codes = SequentialCodes(codes)
        var coder = SequentialCoder(layout, restartInterval: restartInterval)
        for band in bands { try coder.write(band, codes: codes, &bits, to: &segments.bytes) }
        try bits.finish(to: &segments.bytes)
    }

    private func writeArithmetic(
        _ scan: EncodedScan, _ bands: [BlockBand], to writer: inout ByteWriter
    ) throws(ImageError) {
        var encoder = ArithmeticEncoder(scan, layout: layout, restartInterval: restartInterval)
        for (mcuRow, band) in bands.enumerated() { try encoder.write(band, mcuRow: mcuRow, to: &writer) }
        try encoder.finish(to: &writer)
    }

    private func frequencies(of scan: EncodedScan, in bands: [BlockBand]) -> SymbolFrequencies {
        if scan.kind == .sequential {
            return SequentialCoder.frequencies(of: bands, layout, restartInterval: restartInterval)
        }
        var frequencies = SymbolFrequencies()
        var coder = ScanCoder(scan, layout: layout, restartInterval: restartInterval)
        for (mcuRow, band) in bands.enumerated() {
            coder.begin(band)
            while coder.codeNext(of: band, mcuRow: mcuRow) {
                frequencies.add(coder.symbols, count: coder.count)
            }
        }
        coder.finish()
        frequencies.add(coder.symbols, count: coder.count)
        return frequencies
    }
}
