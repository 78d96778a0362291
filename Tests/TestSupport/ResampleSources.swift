public import TintypeCore

/// How many rows were pulled from a `CountingRows`.
public final class RowCount {
    public var pulled = 0

    public init() {}
}

/// The rows of a picture, counted as they are pulled; after the last one that is allowed, an error.
public struct CountingRows: RowSource, ~Copyable {
    public let size: Size
    public let pixelFormat: PixelFormat
    private var rows: ImageRows
    private let count: RowCount
    private let allowed: Int

    public init(_ image: Image, _ count: RowCount, allowed: Int = .max) {
        size = image.size
        pixelFormat = image.pixelFormat
        rows = image.rows
        self.count = count
        self.allowed = allowed
    }

    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        guard count.pulled < allowed else { throw ImageError(.truncated, "no more rows") }
        try rows.readRow(into: &row)
        count.pulled += 1
    }
}

extension Image {
    /// Rows and columns exchanged.
    public var transposedImage: Image { oriented(.leftMirrored) }
}
