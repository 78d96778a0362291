public import TintypeCore
import TintypeKernels

/// Writes a baseline JPEG file (T.81, JFIF 1.01) from rows of grey or RGB pixels.
///
/// With standard Huffman tables it holds one row of MCUs and writes as it goes. With optimised ones it holds the
/// picture's coefficients, compactly (a few times the bytes of the file, never more than twice those of its samples),
/// and writes at the end. Errors are sticky.
public struct JPEGEncoder: RowSink, ~Copyable {
    private let size: Size
    private let pixelFormat: PixelFormat
    private let options: Options
    private let layout: EncoderLayout
    private let divisors: [JPEGForward.Divisors]
    private var planes: BandPlanes
    /// The blocks of a row of MCUs, 64 coefficients each.
    private var coefficients: [Int16]
    private var tokens: [Int16]
    private var tokenCoder: TokenCoder
    private var frequencies: SymbolFrequencies
    private var store: TokenStore
    private var segments: SegmentWriter
    private var bits: BitWriter
    private var codes: HuffmanCodes
    private var rowsTaken = 0
    private var mcuRow = 0
    /// What every further call throws.
    private var failure: ImageError?

    /// Writes the file's header up to the frame.
    ///
    /// - Parameters:
    ///   - size: sides of 1 to 65,535 pixels.
    ///   - pixelFormat: `gray8` or `rgb8`.
    ///   - metadata: what the file is to carry beside its pixels.
    /// - Throws: `misuse` for another pixel format, a side below 1 or options out of range; `limitExceeded` for a
    ///   larger side or metadata that JPEG cannot hold; whatever the sink throws.
    public init(
        _ sink: any ByteSink, size: Size, pixelFormat: PixelFormat, options: Options = Options(),
        metadata: Metadata = Metadata()
    ) throws(ImageError) {
        try options.check()
        try Self.check(size, pixelFormat)
        let layout = EncoderLayout(size: size, subsampling: pixelFormat == .gray8 ? nil : options.subsampling)
        let steps = [StandardQuantization.luminance, StandardQuantization.chrominance]
            .prefix(layout.components.count == 1 ? 1 : 2)
            .map { StandardQuantization.scaled($0, quality: options.quality) }
        var segments = SegmentWriter(sink)
        try segments.write(.soi)
        try segments.write(metadata)
        for (index, table) in steps.enumerated() { try segments.write(quantization: table, destination: index) }
        try segments.write(frameOf: size, layout)
        let tables = options.optimizeHuffman ? [] : Array(Self.standardTables.prefix(2 * steps.count))
        if !tables.isEmpty {
            try segments.write(scanOf: layout, tables: tables, restartInterval: options.restartInterval)
        }
        self.init(
            size, pixelFormat, options, layout, steps.map { JPEGForward.Divisors(steps: $0.span) },
            HuffmanCodes(tables), segments)
    }

    private init(
        _ size: Size, _ pixelFormat: PixelFormat, _ options: Options, _ layout: EncoderLayout,
        _ divisors: [JPEGForward.Divisors], _ codes: HuffmanCodes, _ segments: consuming SegmentWriter
    ) {
        self.size = size
        self.pixelFormat = pixelFormat
        self.options = options
        self.layout = layout
        self.divisors = divisors
        self.codes = codes
        self.segments = segments
        planes = BandPlanes(layout: layout, width: size.width)
        coefficients = [Int16](repeating: 0, count: 64 * layout.blocksPerRow)
        tokens = coefficients
        let order = layout.blockOrder
        tokenCoder = TokenCoder(order: order, restartInterval: options.restartInterval)
        frequencies = SymbolFrequencies(order: order)
        store = TokenStore(limit: DecodeLimits.default.memory)
        bits = BitWriter(order: order, restartInterval: options.restartInterval)
    }

    private static let standardTables = [
        StandardTables.luminanceDC, StandardTables.luminanceAC, StandardTables.chrominanceDC,
        StandardTables.chrominanceAC,
    ]

    private static func check(_ size: Size, _ pixelFormat: PixelFormat) throws(ImageError) {
        guard pixelFormat == .gray8 || pixelFormat == .rgb8 else {
            throw ImageError(.misuse, "pixels of format \(pixelFormat.rawValue) must be converted", format: .jpeg)
        }
        guard size.width >= 1, size.height >= 1 else {
            throw ImageError(.misuse, "a picture of \(size) has no pixels", format: .jpeg)
        }
        guard size.width <= 65_535, size.height <= 65_535 else {
            throw ImageError(.limitExceeded, "\(size) has a side beyond the format's limit of 65535", format: .jpeg)
        }
    }

    /// Takes the next row, of `size.width` pixels.
    ///
    /// - Throws: `misuse` after the last row or for a row of another length; `limitExceeded` where the coefficients
    ///   that wait for optimised Huffman tables would take more than 512 MiB; whatever the sink throws.
    public mutating func writeRow(_ row: Span<UInt8>) throws(ImageError) {
        if let failure { throw failure }
        guard rowsTaken < size.height else {
            throw ImageError(.misuse, "a row was written after the last", format: .jpeg)
        }
        guard row.count == size.width * pixelFormat.bytesPerPixel else {
            throw ImageError(.misuse, "a row of \(row.count) bytes does not fit \(size)", format: .jpeg)
        }
        planes.append(row)
        rowsTaken += 1
        if rowsTaken == size.height { planes.complete() }
        if !planes.isFull { return }
        do {
            try encodePlanes()
        } catch {
            failure = error
            throw error
        }
    }

    /// Writes what is left of the file.
    ///
    /// - Throws: `misuse` if rows are missing or it was called before; whatever the sink throws.
    public mutating func finish() throws(ImageError) {
        if let failure { throw failure }
        guard rowsTaken == size.height else {
            throw ImageError(.misuse, "\(size.height - rowsTaken) rows are missing", format: .jpeg)
        }
        failure = ImageError(.misuse, "the file is already finished", format: .jpeg)
        do {
            if options.optimizeHuffman { try writeStoredTokens() }
            try bits.finish(to: &segments.bytes)
            try segments.write(.eoi)
            try segments.bytes.flush()
        } catch {
            failure = error
            throw error
        }
    }

    /// Transforms, quantises and encodes a row of MCUs.
    private mutating func encodePlanes() throws(ImageError) {
        for (index, component) in layout.components.enumerated() {
            let divisors = divisors[component.tables]
            for row in 0..<component.down {
                let first = component.firstBlock + row * layout.mcusAcross * component.across
                if mcuRow * component.down + row < component.blocksDown {
                    Self.transform(planes[index], row, component, divisors, first, &coefficients)
                    Self.padRow(first, component, layout, &coefficients)
                } else {
                    Self.fillRow(first, component, layout, &coefficients)
                }
            }
        }
        planes.removeAll()
        mcuRow += 1
        let count = tokenCoder.encodeRow(coefficients, mcus: layout.mcusAcross, into: &tokens)
        if options.optimizeHuffman {
            frequencies.add(tokens, count: count)
            try store.append(tokens[0..<count])
        } else {
            try bits.write(tokens, count: count, codes: codes, to: &segments.bytes)
        }
    }

    private mutating func writeStoredTokens() throws(ImageError) {
        let tables = frequencies.optimalTables
        try segments.write(scanOf: layout, tables: tables, restartInterval: options.restartInterval)
        codes = HuffmanCodes(tables)
        for piece in store.pieces {
            try bits.write(piece, count: piece.count, codes: codes, to: &segments.bytes)
        }
    }
}

// MARK: - Rows of blocks

extension JPEGEncoder {
    /// The blocks of a component's row that hold pixels.
    private static func transform(
        _ plane: [UInt8], _ row: Int, _ component: EncoderLayout.Component, _ divisors: JPEGForward.Divisors,
        _ firstBlock: Int, _ coefficients: inout [Int16]
    ) {
        let start = 8 * row * component.stride
        let samples = plane.span.extracting(start..<start + 8 * component.stride)
        var all = coefficients.mutableSpan
        var blocks = all._mutatingExtracting(64 * firstBlock..<64 * (firstBlock + component.blocksAcross))
        JPEGForward.transformBlocks(
            samples, stride: component.stride, blocks: component.blocksAcross, divisors: divisors, into: &blocks)
    }

    /// The blocks beyond the right edge: no difference from the block before, which costs the fewest bits. Their other
    /// coefficients are never anything but 0.
    private static func padRow(
        _ firstBlock: Int, _ component: EncoderLayout.Component, _ layout: EncoderLayout,
        _ coefficients: inout [Int16]
    ) {
        for x in component.blocksAcross..<layout.mcusAcross * component.across {
            coefficients[64 * (firstBlock + x)] = coefficients[64 * (firstBlock + x - 1)]
        }
    }

    /// A row of blocks below the lower edge: no difference from the block that comes before in the stream, the last of
    /// the row above in the MCU.
    private static func fillRow(
        _ firstBlock: Int, _ component: EncoderLayout.Component, _ layout: EncoderLayout,
        _ coefficients: inout [Int16]
    ) {
        let count = layout.mcusAcross * component.across
        for i in 64 * firstBlock..<64 * (firstBlock + count) { coefficients[i] = 0 }
        for x in 0..<count {
            let above = firstBlock - count + x / component.across * component.across + component.across - 1
            coefficients[64 * (firstBlock + x)] = coefficients[64 * above]
        }
    }
}
