public import TintypeCore

/// A source set on a larger background.
public struct Canvas: RowSource, ~Copyable {
    public let size: Size
    public let pixelFormat: PixelFormat
    private var source: AnyRowSource
    /// A row of background; the source's rows are written into the middle of it.
    private var background: [UInt8]
    private var picture: [UInt8]
    private let start: Int
    private let top: Int
    private var y = 0

    /// - Parameters:
    ///   - size: of the canvas.
    ///   - x: columns of background left of the source.
    ///   - y: rows of background above it.
    ///   - color: its alpha counts where the source's format has alpha.
    /// - Throws: `misuse` if the source reaches beyond the canvas.
    public init(
        _ source: consuming AnyRowSource, size: Size, x: Int, y: Int, background color: Color = .white
    ) throws(ImageError) {
        guard x >= 0, y >= 0, source.size.width <= size.width, x <= size.width - source.size.width,
            source.size.height <= size.height, y <= size.height - source.size.height
        else {
            throw ImageError(.misuse, "\(source.size) at (\(x), \(y)) is not within a canvas of \(size)")
        }
        self.size = size
        pixelFormat = source.pixelFormat
        start = x * pixelFormat.bytesPerPixel
        top = y
        let pixel = color.bytes(pixelFormat)
        background = []
        background.reserveCapacity(size.width * pixel.count)
        for _ in 0..<size.width { background += pixel }
        picture = [UInt8](repeating: 0, count: source.bytesPerRow)
        self.source = source
    }

    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        guard y < size.height else { throw ImageError(.misuse, "a row was asked for after the last") }
        precondition(row.count == bytesPerRow)
        let shown = y >= top && y - top < source.size.height
        if shown { try source.readRow(into: &picture) }
        y += 1
        let (empty, start) = (background.span, start)
        for i in row.indices { row[i] = empty[i] }
        guard shown else { return }
        let bytes = picture.span
        for i in bytes.indices { row[start &+ i] = bytes[i] }
    }
}
