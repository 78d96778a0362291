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
        var pixels = [UInt8](repeating: 0, count: size.height * stride)
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
    public let size: Size
    public let pixelFormat: PixelFormat
    private let pixels: [UInt8]
    private var position = 0

    init(_ image: Image) {
        size = image.size
        pixelFormat = image.pixelFormat
        pixels = image.pixels
    }

    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        guard position < pixels.count else { throw ImageError(.misuse, "a row was asked for after the last") }
        precondition(row.count == bytesPerRow)
        let start = position
        position += row.count
        let source = pixels.span
        for i in row.indices { row[i] = source[start &+ i] }
    }
}
