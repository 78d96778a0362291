public import TintypeCore
public import TintypeResample

/// One picture of many: cells of one size in rows, from left to right, with a gap around each.
public struct ContactSheet: RowSource, ~Copyable {
    public let size: Size
    public var pixelFormat: PixelFormat { .rgb8 }
    private let cells: [Image]
    private let cell: Size
    private let columns: Int
    private let gap: Int
    private let background: [UInt8]
    private var y = 0

    /// - Parameters:
    ///   - cells: as `cell(of:background:by:)` makes them, at least one, all of the same size.
    ///   - columns: cells a row, at least 1. Nil: as many as make the sheet about square.
    ///   - gap: pixels between the cells and around them, not negative.
    /// - Throws: `misuse` where one of that does not hold or the sheet is wider or higher than 2³¹ − 1.
    public init(
        _ cells: [Image], columns: Int? = nil, gap: Int = 8, background: Color = .white
    ) throws(ImageError) {
        guard let first = cells.first else { throw ImageError(.misuse, "a contact sheet of no pictures") }
        guard cells.allSatisfy({ $0.size == first.size && $0.pixelFormat == .rgb8 }) else {
            throw ImageError(.misuse, "the cells of a contact sheet are of one size, in RGB")
        }
        let columns = min(columns ?? Self.columns(cells.count, of: first.size), cells.count)
        guard columns >= 1, gap >= 0 else {
            throw ImageError(.misuse, "a contact sheet has at least one column, and no gap below 0")
        }
        let lines = (cells.count - 1) / columns + 1
        let width = try Self.length(columns, of: first.size.width, gap: gap)
        let height = try Self.length(lines, of: first.size.height, gap: gap)
        size = Size(width, height)
        self.columns = columns
        self.cells = cells
        self.gap = gap
        cell = first.size
        self.background = [background.red, background.green, background.blue]
    }

    /// A picture as a cell: whole, centred on the background, in RGB.
    ///
    /// - Parameter thumbnail: says how the picture is read and made small; its target is the cell, its fit does not matter.
    /// - Throws: what the decoder finds wrong, `misuse` for a side below 1.
    public static func cell(
        of reader: ImageReader, background: Color = .white, by thumbnail: Thumbnail
    ) throws(ImageError) -> Image {
        var padding = thumbnail
        padding.fit = .pad
        padding.background = background
        var rows = try PixelConversion(padding.rows(of: reader), to: .rgb8, alpha: .flatten(background))
        let image = try Image(collecting: &rows, limit: thumbnail.options.limits.memory)
        try reader.finishStill()
        return image
    }

    private static func columns(_ count: Int, of cell: Size) -> Int {
        let squareSide = (Double(count) * Double(cell.height) / Double(cell.width)).squareRoot()
        return max(1, Int(squareSide.rounded(.up)))
    }

    /// Of `count` cells in a line with gaps between and around them.
    private static func length(_ count: Int, of side: Int, gap: Int) throws(ImageError) -> Int {
        let (cells, first) = count.multipliedReportingOverflow(by: side)
        let (gaps, second) = (count + 1).multipliedReportingOverflow(by: gap)
        let (length, third) = cells.addingReportingOverflow(gaps)
        guard !first, !second, !third, length <= Int32.max else {
            throw ImageError(.misuse, "the contact sheet would be too large")
        }
        return length
    }

    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        guard y < size.height else { throw ImageError(.misuse, "a row was asked for after the last") }
        precondition(row.count == bytesPerRow)
        for i in row.indices { row[i] = background[i % 3] }
        let (line, offset) = y.quotientAndRemainder(dividingBy: cell.height + gap)
        y += 1
        if offset < gap { return }
        let start = (offset - gap) * 3 * cell.width
        for column in 0..<columns where line * columns + column < cells.count {
            let pixels = cells[line * columns + column].pixels
            let target = 3 * (gap + column * (cell.width + gap))
            for i in 0..<3 * cell.width { row[target + i] = pixels[start + i] }
        }
    }
}
