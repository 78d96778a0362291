internal import TintypeKernels

/// A whole frame in memory.
public struct Image: Sendable, Hashable {
    public let size: Size
    public let pixelFormat: PixelFormat
    /// Row by row from the top, without padding: `size.height × bytesPerRow` bytes.
    public private(set) var pixels: [UInt8]
    public var metadata = Metadata()

    /// - Precondition: both sides are positive and `pixels` holds exactly `width × height × bytesPerPixel` bytes.
    public init(size: Size, pixelFormat: PixelFormat, pixels: [UInt8], metadata: Metadata = Metadata()) {
        precondition(size.width > 0 && size.height > 0, "an image has at least one pixel")
        precondition(pixels.count == size.width * size.height * pixelFormat.bytesPerPixel, "pixels do not fit the size")
        self.size = size
        self.pixelFormat = pixelFormat
        self.pixels = pixels
        self.metadata = metadata
    }

    /// Collects all rows of `source`, which must stand before its first.
    ///
    /// - Throws: `limitExceeded` if the frame is larger than `limit` bytes, or what the source throws.
    public init<Source: RowSource & ~Copyable>(
        collecting source: inout Source, metadata: Metadata = Metadata(), limit: Int = DecodeLimits.default.memory
    ) throws(ImageError) {
        let size = source.size
        var budget = MemoryBudget(limit: limit)
        let stride = source.bytesPerRow
        try budget.charge(size.height, stride: stride, for: "the picture of \(size)")
        var pixels: [UInt8] = zeros(size.height * stride)
        var all = pixels.mutableSpan
        for y in 0..<size.height {
            var row = all._mutatingExtracting(y * stride..<(y + 1) * stride)
            try source.readRow(into: &row)
        }
        self.init(size: size, pixelFormat: source.pixelFormat, pixels: pixels, metadata: metadata)
    }

    public var bytesPerRow: Int { size.width * pixelFormat.bytesPerPixel }

    /// The rows, as a source for the stages of the pipeline.
    public var rows: ImageRows { ImageRows(self) }
}

/// The rows of an image in memory.
public struct ImageRows: RowSource, ~Copyable {
    private let image: Image
    private var position = 0

    init(_ image: Image) {
        self.image = image
    }

    public var size: Size { image.size }
    public var pixelFormat: PixelFormat { image.pixelFormat }
    public var picture: Image? { position == 0 ? image : nil }

    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        guard position < image.pixels.count else { throw ImageError(.misuse, "a row was asked for after the last") }
        precondition(row.count == bytesPerRow)
        let start = position
        position += row.count
        let source = image.pixels.span
        for i in row.indices { row[i] = source[start &+ i] }
    }
}
