public import TintypeCore
public import TintypeQuantize

/// Encodes still GIF pictures (GIF89a), row by row.
///
/// A picture of more than 256 colours is quantised, for which all of it is held. Pixels of less than half opacity become transparent, others opaque.
/// Of the metadata the colour profile, the XMP packet and comments are written.
public struct GIFEncoder: RowSink, ~Copyable {
    /// How a GIF is written.
    public struct Options: Sendable, Hashable {
        /// The most colours, 2 to 256. Transparency counts as one of them.
        public var colors: Int
        /// How what has more colours is shown; nil: by diffusion in a still, ordered in an animation.
        public var dithering: Dithering?
        /// Whether a still picture's rows come in four passes, so that all of it is seen early.
        public var interlaced: Bool
        /// How many frames of an animation are worked on at once, at least 1. The bytes are the same for any number.
        public var threads: Int
        /// Bytes that pixels may take while they wait for a palette.
        public var memory: Int

        public init(
            colors: Int = 256, dithering: Dithering? = nil, interlaced: Bool = false, threads: Int = 1,
            memory: Int = DecodeLimits.default.memory
        ) {
            self.colors = colors
            self.dithering = dithering
            self.interlaced = interlaced
            self.threads = threads
            self.memory = memory
        }
    }

    private let size: Size
    private let options: Options
    private let metadata: Metadata
    private let quantizer: Quantizer
    private var writer: BlockWriter
    private var pixels: [UInt32] = []
    private var rowsWritten = 0
    private var hasFinished = false

    /// - Parameters:
    ///   - size: each side 1 to 65,535 pixels.
    ///   - pixelFormat: `rgba8`.
    /// - Throws: `misuse` for another pixel format, options that do not exist or a size without pixels; `limitExceeded` for a size that GIF or the memory
    ///   allowed cannot hold.
    public init(
        _ sink: any ByteSink, size: Size, pixelFormat: PixelFormat = .rgba8, options: Options = Options(),
        metadata: Metadata = Metadata()
    ) throws(ImageError) {
        try Self.check(size, pixelFormat, options)
        var budget = MemoryBudget(limit: options.memory)
        try budget.charge(size.height, stride: size.width * 6, for: "the picture of \(size)", format: .gif)
        self.size = size
        self.options = options
        self.metadata = metadata
        quantizer = Quantizer(colors: options.colors, dithering: options.dithering, alpha: .threshold)
        writer = BlockWriter(sink)
        pixels.reserveCapacity(size.width * size.height)
    }

    static func check(_ size: Size, _ pixelFormat: PixelFormat, _ options: Options) throws(ImageError) {
        guard pixelFormat == .rgba8 else {
            throw ImageError(.misuse, "the GIF encoder takes no \(pixelFormat.rawValue)", format: .gif)
        }
        guard size.width > 0, size.height > 0 else {
            throw ImageError(.misuse, "the picture has no pixels: \(size)", format: .gif)
        }
        guard size.width <= 65_535, size.height <= 65_535 else {
            throw ImageError(.limitExceeded, "\(size) is larger than GIF allows", format: .gif)
        }
        guard options.threads >= 1 else { throw ImageError(.misuse, "at least one thread is needed", format: .gif) }
        try Quantizer(colors: options.colors).check()
    }

    /// - Precondition: `row` holds exactly `size.width` RGBA pixels.
    /// - Throws: `misuse` after the last row.
    public mutating func writeRow(_ row: Span<UInt8>) throws(ImageError) {
        precondition(row.count == size.width * 4)
        guard rowsWritten < size.height else {
            throw ImageError(.misuse, "a row was written after the last", format: .gif)
        }
        rowsWritten += 1
        quantizer.append(row, to: &pixels)
    }

    /// Quantises the picture and writes the file.
    ///
    /// - Throws: `misuse` if rows are missing, or when called again; `io` from the sink.
    public mutating func finish() throws(ImageError) {
        guard rowsWritten == size.height, !hasFinished else {
            let reason = hasFinished ? "the file is already finished" : "\(size.height - rowsWritten) rows are missing"
            throw ImageError(.misuse, reason, format: .gif)
        }
        hasFinished = true
        let palette = quantizer.quantize(&pixels, width: size.width)
        let image = try ImagePixels(size: size, colors: pixels).encoded(
            global: ColorIndex(palette), interlaced: options.interlaced)
        pixels = []
        try writer.writeScreen(size, palette: palette)
        try writer.write(metadata)
        try writer.write(image, delay: 0, disposal: .leave)
        try writer.finish()
    }
}
