import TintypeCore

/// Where the next pixel of an image goes: along its rows, which come in four passes where it is interlaced (GIF89a appendix E).
struct RowCursor {
    private let image: Region
    /// Columns, from the image's left edge, and rows, from its upper edge, that lie on the screen.
    private let shown: Size
    private let interlaced: Bool
    private var column = 0
    private var row = 0
    private var pass = 0

    private struct Region {
        var x: Int
        var y: Int
        var size: Size
    }

    init(_ image: ImageDescriptor, on screen: Size) {
        self.image = Region(x: image.x, y: image.y, size: image.size)
        shown = Size(image.columns(on: screen).count, image.lines(on: screen).count)
        interlaced = image.interlaced
        if image.size.width == 0 { row = image.size.height }
    }

    /// Whether all pixels were placed.
    var isDone: Bool { row >= image.size.height }

    /// Whether no pixel that is still to come lies on the screen.
    var isPastScreen: Bool { shown.width == 0 || shown.height == 0 || !interlaced && row >= shown.height }

    /// The first row of the screen, from the top, that lacks pixels; nil if none does.
    var firstMissingRow: Int? {
        if isDone { return nil }
        var first = row
        if interlaced {
            for start in [4, 2, 1].dropFirst(pass) { first = min(first, start) }
        }
        return first < shown.height ? image.y + first : nil
    }

    /// Draws colour indexes from the current place on, and returns how many the image had room for.
    mutating func draw(
        _ indexes: Span<UInt8>, colors: Span<UInt32>, hasHoles: Bool, on canvas: inout Canvas
    ) throws(ImageError) -> Int {
        var at = 0
        while at < indexes.count && !isDone {
            let run = min(indexes.count - at, image.size.width - column)
            let visible = min(run, shown.width - column)
            if visible > 0 && row < shown.height {
                try canvas.draw(
                    indexes, at..<at + visible, colors: colors, hasHoles: hasHoles, x: image.x + column,
                    y: image.y + row)
            }
            at += run
            column += run
            if column == image.size.width {
                column = 0
                moveToNextRow()
            }
        }
        return at
    }

    private mutating func moveToNextRow() {
        guard interlaced else {
            row += 1
            return
        }
        row += pass == 0 ? 8 : 16 >> pass
        while row >= image.size.height && pass < 3 {
            pass += 1
            row = 8 >> pass
        }
    }
}
