public import TintypeCore
import TintypeKernels

/// Writes a JPEG file (T.81) from rows of grey, RGB or CMYK pixels, baseline or progressive.
///
/// A baseline file with standard Huffman tables or arithmetic codes is written as rows come, from memory for one row of
/// MCUs. Otherwise the picture's coefficients are held, without zeros (a few times the bytes of the file, and hardly ever more than twice
/// those of its samples), and the file is written at the end. Errors are sticky.
public struct JPEGEncoder: RowSink, ~Copyable {
    private let size: Size
    private let pixelFormat: PixelFormat
    private let options: Options
    private let metadata: Metadata
    private let frame: EncodedFrame
    /// By destination of the quantisation table.
    private var divisors: [JPEGForward.Divisors]
    private var planes: BandPlanes
    private var packer: BandPacker
    private var store: BlockStore
    /// With a maximum of bytes, what every quality leaves of the bands in the store.
    private var survivors: SurvivorCounts
    /// With a maximum of bytes, the best quality that may do.
    private var finest: FineQuality
    private var segments: SegmentWriter
    /// For a file that is written as rows come.
    private var coder: SequentialCoder
    private var bits = BitWriter()
    private let codes: SequentialCodes
    private var arithmetic: ArithmeticEncoder
    private var rowsTaken = 0
    private var mcuRow = 0
    /// What every further call throws.
    private var failure: ImageError?

    /// Writes the file's header up to the frame, unless the quality is still open.
    ///
    /// - Parameters:
    ///   - size: sides of 1 to 65,535 pixels.
    ///   - pixelFormat: `gray8`, `rgb8` (which is stored as YCbCr) or `cmyk8` (with Adobe's marker, as it is).
    ///   - metadata: what the file is to carry beside its pixels. A CMYK file has no place for the density.
    /// - Throws: `misuse` for another pixel format, a side below 1 or options out of range; `limitExceeded` for a
    ///   larger side or metadata that JPEG cannot hold; whatever the sink throws.
    public init(
        _ sink: any ByteSink, size: Size, pixelFormat: PixelFormat, options: Options = Options(),
        metadata: Metadata = Metadata()
    ) throws(ImageError) {
        try options.check()
        try Self.check(size, pixelFormat)
        let layout = EncoderLayout(size: size, pixelFormat: pixelFormat, subsampling: options.subsampling)
        let steps = StandardQuantization.tables(for: layout, options.finest)
        let frame = EncodedFrame(
            layout: layout, quantization: steps.map { $0.map(UInt16.init) },
            signature: pixelFormat == .cmyk8 ? .adobe(0) : .jfif, isProgressive: options.progressive,
            isArithmetic: options.arithmetic, restartInterval: options.restartInterval)
        var segments = SegmentWriter(sink)
        if options.maximumBytes == nil {
            try segments.write(headerOf: frame, metadata)
        } else {
            // Metadata that do not fit are an error now, not at the end.
            var trial = SegmentWriter(MemoryByteSink())
            try trial.write(headerOf: frame, metadata)
        }
        if options.isStreaming {
            let tables = options.arithmetic ? [] : Array(Self.standardTables.prefix(2 * steps.count))
            let interval = options.restartInterval > 0 ? options.restartInterval : nil
            try segments.write(headerOf: frame.scans[0], layout, tables: tables, restartInterval: interval)
        }
        self.init(
            size, pixelFormat, options, metadata, frame, steps.map { JPEGForward.Divisors(steps: $0.span) }, segments)
    }

    private init(
        _ size: Size, _ pixelFormat: PixelFormat, _ options: Options, _ metadata: Metadata, _ frame: EncodedFrame,
        _ divisors: [JPEGForward.Divisors], _ segments: consuming SegmentWriter
    ) {
        self.size = size
        self.pixelFormat = pixelFormat
        self.options = options
        self.metadata = metadata
        self.frame = frame
        self.divisors = divisors
        self.segments = segments
        coder = SequentialCoder(frame.layout, restartInterval: options.restartInterval)
        codes = SequentialCodes(HuffmanCodes(Self.standardTables))
        arithmetic = ArithmeticEncoder(
            frame.scans[0], layout: frame.layout, restartInterval: options.restartInterval)
        planes = BandPlanes(layout: frame.layout, width: size.width)
        packer = BandPacker(frame.layout)
        survivors = SurvivorCounts(frame.layout, stride: QualitySearch.stride(ofBlocks:))
        finest = options.finest
        // While a quality is looked for, there are two sets of coefficients.
        store = BlockStore(limit: DecodeLimits.default.memory / (options.maximumBytes == nil ? 1 : 2))
    }

    private static let standardTables = [
        StandardTables.luminanceDC, StandardTables.luminanceAC, StandardTables.chrominanceDC,
        StandardTables.chrominanceAC,
    ]

    private static func check(_ size: Size, _ pixelFormat: PixelFormat) throws(ImageError) {
        guard [.gray8, .rgb8, .cmyk8].contains(pixelFormat) else {
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
    ///   that are held would take more than 512 MiB, or half of that with a maximum of bytes; whatever the sink throws.
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
    /// - Throws: `misuse` if rows are missing or it was called before; `limitExceeded` if the file has more than the
    ///   maximum of bytes at any quality; whatever the sink throws.
    public mutating func finish() throws(ImageError) {
        if let failure { throw failure }
        guard rowsTaken == size.height else {
            throw ImageError(.misuse, "\(size.height - rowsTaken) rows are missing", format: .jpeg)
        }
        failure = ImageError(.misuse, "the file is already finished", format: .jpeg)
        do {
            if options.isStreaming {
                if options.arithmetic {
                    try arithmetic.finish(to: &segments.bytes)
                } else {
                    try bits.finish(to: &segments.bytes)
                }
                try segments.write(.eoi)
            } else if let maximum = options.maximumBytes {
                var search = try QualitySearch(
                    frame: frame, metadata: metadata, bands: store.bands, survivors: survivors.totals,
                    maximumBytes: maximum, finest: finest)
                try segments.bytes.write(search.bestFile())
            } else {
                try frame.writeScans(store.bands, to: &segments)
            }
            try segments.bytes.flush()
        } catch {
            failure = error
            throw error
        }
    }

    /// Transforms, quantises and encodes or keeps a row of MCUs.
    private mutating func encodePlanes() throws(ImageError) {
        packer.pack(planes, mcuRow: mcuRow, divisors, quantizing: options.maximumBytes == nil)
        planes.removeAll()
        // While the band is at hand, in the processor's cache.
        if options.maximumBytes != nil { survivors.add(packer.band) }
        if options.isStreaming && options.arithmetic {
            try arithmetic.write(packer.band, mcuRow: mcuRow, to: &segments.bytes)
        } else if options.isStreaming {
            try coder.write(packer.band, codes: codes, &bits, to: &segments.bytes)
        } else {
            try store.append(packer.copy)
        }
        mcuRow += 1
        if let maximum = options.maximumBytes, QualitySearch.excludesQualities(after: mcuRow, of: frame.layout) {
            finest = QualitySearch.finest(finest, survivors.totals, maximumBytes: maximum, frame.layout)
            divisors = StandardQuantization.tables(for: frame.layout, finest).map { .init(steps: $0.span) }
        }
    }
}
