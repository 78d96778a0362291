public import TintypeCore

/// A rectangle of whole pixels of a source. Rows above it are pulled and dropped, those below it never pulled.
public struct Crop: RowSource, ~Copyable {
    public let size: Size
    public let pixelFormat: PixelFormat
    private var source: AnyRowSource
    private var row: [UInt8]
    private let start: Int
    private var above: Int
    private var remaining: Int

    /// - Parameters:
    ///   - x: columns of the source left of the rectangle.
    ///   - y: rows of the source above it.
    /// - Throws: `misuse` if it is empty or reaches beyond the source.
    public init(_ source: consuming AnyRowSource, x: Int, y: Int, size: Size) throws(ImageError) {
        guard x >= 0, y >= 0, size.width >= 1, size.height >= 1,
            size.width <= source.size.width, x <= source.size.width - size.width,
            size.height <= source.size.height, y <= source.size.height - size.height
        else {
            throw ImageError(.misuse, "\(size) at (\(x), \(y)) is not within \(source.size)")
        }
        self.size = size
        pixelFormat = source.pixelFormat
        start = x * pixelFormat.bytesPerPixel
        above = y
        remaining = size.height
        row = [UInt8](repeating: 0, count: source.bytesPerRow)
        self.source = source
    }

    public mutating func readRow(into target: inout MutableSpan<UInt8>) throws(ImageError) {
        guard remaining > 0 else { throw ImageError(.misuse, "a row was asked for after the last") }
        while above > 0 {
            try source.readRow(into: &row)
            above -= 1
        }
        try source.readRow(into: &row)
        remaining -= 1
        precondition(target.count == bytesPerRow)
        let (bytes, start) = (row.span, start)
        for i in target.indices { target[i] = bytes[start &+ i] }
    }
}
