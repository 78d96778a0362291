/// Rows of pixels, pulled from the top down. Every stage of the pipeline is one, on top of another.
public protocol RowSource: ~Copyable {
    /// Width of a row and number of rows.
    var size: Size { get }
    var pixelFormat: PixelFormat { get }

    /// Fills `row` with the next row.
    ///
    /// - Parameter row: exactly `size.width × pixelFormat.bytesPerPixel` bytes, all of which are overwritten.
    /// - Throws: `misuse` after the last row, or whatever the source finds wrong.
    mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError)

    /// The picture of which these are all the rows, if it is in memory and none has been read: a stage may look at it instead. By default nil.
    var picture: Image? { get }
}

extension RowSource where Self: ~Copyable {
    public var picture: Image? { nil }

    public var bytesPerRow: Int { size.width * pixelFormat.bytesPerPixel }

    /// The same into an array of `bytesPerRow` elements, for stages that keep their source and their row side by side.
    public mutating func readRow(into row: inout [UInt8]) throws(ImageError) {
        var span = row.mutableSpan
        try readRow(into: &span)
    }
}

/// A row source of any type, as stages hold what lies below them.
public struct AnyRowSource: RowSource, ~Copyable {
    public let size: Size
    public let pixelFormat: PixelFormat
    private let box: Box

    public init<Source: RowSource & ~Copyable>(_ source: consuming Source) {
        size = source.size
        pixelFormat = source.pixelFormat
        box = Holder(source)
    }

    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        try box.readRow(into: &row)
    }

    public var picture: Image? { box.picture }

    private class Box {
        var picture: Image? { nil }

        func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
            throw ImageError(.misuse, "a row source that holds nothing")
        }
    }

    private final class Holder<Source: RowSource & ~Copyable>: Box {
        private var source: Source

        init(_ source: consuming Source) {
            self.source = source
        }

        override var picture: Image? { source.picture }

        override func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
            try source.readRow(into: &row)
        }
    }
}

/// Something that takes rows from the top down: an encoder.
public protocol RowSink: ~Copyable {
    /// Takes the next row, in the size and format that the sink was made for.
    mutating func writeRow(_ row: Span<UInt8>) throws(ImageError)

    /// Writes what is left after the last row. Throws `misuse` if rows are missing.
    mutating func finish() throws(ImageError)
}

extension RowSink where Self: ~Copyable {
    /// Pulls every row of `source`, and finishes.
    public mutating func drain<Source: RowSource & ~Copyable>(_ source: inout Source) throws(ImageError) {
        var row = [UInt8](repeating: 0, count: source.bytesPerRow)
        for _ in 0..<source.size.height {
            try source.readRow(into: &row)
            try writeRow(row.span)
        }
        try finish()
    }
}
