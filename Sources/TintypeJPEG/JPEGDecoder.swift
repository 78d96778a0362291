public import TintypeCore

/// Decodes sequential and progressive JPEG files of 8 bits (ITU-T T.81), Huffman-coded or arithmetic-coded, to the very pixels of
/// libjpeg-turbo's defaults.
///
/// Rows come as `gray8`, `rgb8` (from YCbCr or RGB), or `cmyk8` (from CMYK or YCCK). A sequential picture in one scan is decoded a
/// row of MCUs at a time; one in several scans, or progressive, needs its coefficients in memory, two bytes each, counted against `DecodeLimits.memory`.
///
/// Without `strict`, damaged entropy-coded data give a picture that is grey where the data fail, and warnings.
public struct JPEGDecoder: ImageDecoder, ~Copyable {
    public let info: ImageInfo
    private var reader: ByteReader
    private var segments: Segments
    private let frame: FrameHeader
    private let model: ImageInfo.JPEG.ColorModel
    private let limits: DecodeLimits

    /// The scan to be read next; nil once it has been begun.
    private var firstScan: ScanHeader?
    private var scan: ScanReader?
    /// What each side is divided by: 1, 2, 4 or 8.
    private var reduction = 1
    private var store: CoefficientStore
    /// For each component the table that was in force when its first scan began (T.81 §B.2.4.1); zeros until then.
    private var quantization: [[Int16]]
    private var latched: [Bool]
    /// How often each coefficient of each component was scanned.
    private var scansOfCoefficient: [Int]
    /// How many low bits of each coefficient of each component no scan has told yet.
    private var unknownBits: [Int]
    /// Nil until the first row is asked for.
    private var samples: SampleRows?
    private var nextRow = 0
    private var framesGiven = 0
    private var failure: ImageError?

    public init(_ source: any ByteSource, options: DecodeOptions = DecodeOptions()) throws(ImageError) {
        try self.init(source, options: options, holdingCoefficients: false)
    }

    /// - Parameter holdingCoefficients: whether all coefficients are held whatever the scans, for `readCoefficients()`.
    init(_ source: any ByteSource, options: DecodeOptions, holdingCoefficients: Bool) throws(ImageError) {
        var reader = ByteReader(source, format: .jpeg)
        var segments = try Segments(&reader, options: options)
        let scan = try segments.nextScan(&reader)
        guard let scan, let frame = segments.frame else { throw reader.malformed("the file holds no picture") }
        try frame.checkSupport(at: reader.offset)
        store = CoefficientStore(
            CoefficientLayout(
                frame,
                holdsAll: holdingCoefficients || frame.isProgressive || scan.components.count < frame.components.count))
        quantization = frame.components.map { _ in [Int16](repeating: 0, count: 64) }
        latched = frame.components.map { _ in false }
        scansOfCoefficient = [Int](repeating: 0, count: 64 * frame.components.count)
        unknownBits = [Int](repeating: 16, count: 64 * frame.components.count)
        model = segments.metadata.colorModel(of: frame.components.map(\.id))
        info = Self.info(frame, segments)
        limits = options.limits
        firstScan = scan
        self.frame = frame
        self.segments = segments
        self.reader = reader
    }

    public static func inspect(
        _ source: any ByteSource, options: DecodeOptions = DecodeOptions()
    ) throws(ImageError) -> (info: ImageInfo, metadata: Metadata) {
        var reader = ByteReader(source, format: .jpeg, capacity: 4 << 10)
        var segments = try Segments(&reader, options: options)
        _ = try segments.nextScan(&reader)
        guard let frame = segments.frame else { throw reader.malformed("the file holds no picture") }
        return (info(frame, segments), segments.metadata.metadata)
    }

    private static func info(_ frame: FrameHeader, _ segments: Segments) -> ImageInfo {
        let channels = frame.components.count
        let model = segments.metadata.colorModel(of: frame.components.map(\.id))
        var info = ImageInfo(
            format: .jpeg, size: frame.size, pixelFormat: channels == 1 ? .gray8 : channels == 4 ? .cmyk8 : .rgb8,
            bitDepth: frame.precision, channels: channels, hasAlpha: false,
            details: .jpeg(
                ImageInfo.JPEG(
                    process: frame.process, subsampling: frame.subsampling, components: channels, colorModel: model,
                    restartInterval: segments.restartInterval)))
        info.orientation = segments.metadata.metadata.orientation
        return info
    }

    /// As stored, or reduced.
    public var size: Size {
        Size((info.size.width + reduction - 1) / reduction, (info.size.height + reduction - 1) / reduction)
    }
    public var pixelFormat: PixelFormat { info.pixelFormat }
    public var metadata: Metadata { segments.metadata.metadata }
    public var warnings: [DecodeWarning] { segments.warnings }

    /// Rows of a smaller picture, by inverse DCTs of fewer samples: those of libjpeg-turbo's scaled decoding where `later` is below 2.
    ///
    /// Where a block becomes one sample, only its DC coefficient is wanted: a progressive picture's other scans are passed over undecoded, and a
    /// sequential one's other coefficients are skipped. If the picture is made smaller still, to half and less (`later`), so are those of blocks that become 4×4 or 2×2 samples
    /// outside of the corner of that size: what they stand for is finer than the samples can show. From 3.5 on, subsampled components too are made of one sample a
    /// block at 1/8, and are interpolated; otherwise they are made of 2×2.
    ///
    /// - Precondition: `denominator` is 1, 2, 4 or 8, and no row was asked for yet.
    public mutating func reduce(by denominator: Int, thenBy later: Double = 1) -> Int {
        precondition([1, 2, 4, 8].contains(denominator) && firstScan != nil)
        reduction = denominator
        store = CoefficientStore(
            CoefficientLayout(frame, holdsAll: store.layout.holdsAll, reduction: denominator, later: later))
        return denominator
    }

    public mutating func nextFrame() throws(ImageError) -> Frame? {
        guard framesGiven == 0 else { return nil }
        framesGiven = 1
        return Frame(index: 0)
    }

    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        if let failure { throw failure }
        guard nextRow < size.height else {
            throw ImageError(.misuse, "a row was asked for after the last", format: .jpeg)
        }
        precondition(row.count == bytesPerRow)
        do throws(ImageError) {
            if let first = firstScan { try begin(first) }
            let needed = samples?.mcuRowsNeeded(for: nextRow) ?? 0
            while samples.map({ $0.mcuRows < needed }) ?? false { try addMCURow() }
        } catch {
            failure = error
            throw error
        }
        samples?.makeRow(nextRow, model: model, into: &row)
        nextRow += 1
    }

    /// Reads all scans, for their coefficients in place of rows.
    ///
    /// - Precondition: the decoder was made to hold them. It gives them away: no row can be read, and this not again.
    mutating func readCoefficients() throws(ImageError) -> CoefficientPicture {
        precondition(store.layout.holdsAll)
        if let first = firstScan { try begin(first) }
        var taken: [Int16] = []
        swap(&taken, &store.values)
        return CoefficientPicture(
            frame: frame, model: model, adobeTransform: segments.metadata.adobeTransform,
            starts: store.layout.planes.map(\.start), coefficients: taken, quantization: quantization)
    }

    /// Reads on to the end-of-image marker, and looks whether anything follows it.
    public mutating func finish() throws(ImageError) {
        if let failure { throw failure }
        if let first = firstScan { try begin(first) }
        while !store.layout.holdsAll, let samples, samples.mcuRows < frame.mcus.height { try addMCURow() }
        while !store.layout.holdsAll, try segments.nextScan(&reader, mayEnd: true) != nil {
            try segments.warn(.damaged, "a further scan is ignored", at: reader.offset)
        }
        if try reader.peek() != nil {
            try segments.warn(.trailingBytes, "bytes follow the end of the picture", at: reader.offset)
        }
    }

    private mutating func begin(_ first: ScanHeader) throws(ImageError) {
        firstScan = nil
        var budget = MemoryBudget(limit: limits.memory)
        samples = try SampleRows(frame, reduction: reduction, layout: store.layout, budget: &budget)
        try store.allocate(isProgressive: frame.isProgressive, &budget)
        try prepare(first)
        var scan = try ScanReader(first, frame: frame, layout: store.layout, segments: segments)
        guard store.layout.holdsAll else {
            self.scan = scan
            return
        }
        // All scans are read before the first row is made: any of them may touch it.
        var count = 1
        var isWanted = isWanted(first)
        repeat {
            if isWanted {
                for _ in 0..<scan.rows { try scan.readRow(&reader, &segments, into: &store) }
            } else {
                try segments.skipEntropyCodedData(&reader)
            }
            isWanted = true
            count += 1
            guard count <= limits.scans else {
                throw ImageError(.limitExceeded, "more than \(limits.scans) scans", at: reader.offset, format: .jpeg)
            }
        } while try beginNext(&scan)
        if latched.contains(false) { try segments.warn(.damaged, "a component has no scan", row: 0, at: reader.offset) }
    }

    /// Whether a scan holds anything that is held; one of AC coefficients where DC coefficients alone are wanted is passed over undecoded.
    private func isWanted(_ scan: ScanHeader) -> Bool {
        let isOfAC = frame.isProgressive && scan.spectral.start > 0
        return !isOfAC || scan.components.contains { store.layout.planes[$0.index].order != .onlyDC }
    }

    /// Goes on to the next scan, if there is one. What is wrong between scans costs the scans behind it, not those that were read.
    private mutating func beginNext(_ scan: inout ScanReader) throws(ImageError) -> Bool {
        // A progressive picture wants its last bits everywhere.
        let row = frame.isProgressive && unknownBits.contains { $0 > 0 } ? 0 : nil
        do throws(ImageError) {
            guard var next = try segments.nextScan(&reader, mayEnd: true, row: row) else { return false }
            while !isWanted(next) {
                try segments.skipEntropyCodedData(&reader)
                guard let after = try segments.nextScan(&reader, mayEnd: true, row: row) else { return false }
                next = after
            }
            try prepare(next)
            scan = try ScanReader(next, frame: frame, layout: store.layout, segments: segments)
            return true
        } catch {
            guard !segments.isStrict, error.kind == .malformed || error.kind == .truncated else { throw error }
            try segments.warn(
                error.kind == .truncated ? .truncated : .damaged, error.reason, row: row, at: error.offset)
            return false
        }
    }

    /// Takes the quantisation tables that are in force, and sees that nobody has us go over the same coefficients for ever: fourteen scans
    /// give a coefficient all of its bits (T.81 §G.1.1.1.2).
    private mutating func prepare(_ scan: ScanHeader) throws(ImageError) {
        let isProgressive = frame.isProgressive
        for part in scan.components {
            for k in isProgressive ? scan.spectral.start...max(scan.spectral.start, scan.spectral.end) : 0...63 {
                unknownBits[64 * part.index + (k & 63)] = isProgressive ? scan.approximation.low : 0
                scansOfCoefficient[64 * part.index + (k & 63)] += 1
                guard scansOfCoefficient[64 * part.index + (k & 63)] <= 14 else {
                    throw reader.malformed("more scans of a coefficient than it has bits")
                }
            }
        }
        for part in scan.components where !latched[part.index] {
            let slot = frame.components[part.index].table
            guard slot < 4, let table = segments.quantization[slot] else {
                throw reader.malformed("a component's quantisation table is missing")
            }
            quantization[part.index] = table
            latched[part.index] = true
        }
    }

    private mutating func addMCURow() throws(ImageError) {
        if !store.layout.holdsAll {
            store.clear()
            try scan?.readRow(&reader, &segments, into: &store)
        }
        samples?.add(store, quantization: quantization)
    }
}
