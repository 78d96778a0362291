import TintypeCore
import TintypeKernels

/// The logical screen on which frames are composed (GIF89a §18, §23), as rows of RGBA bytes.
///
/// A row takes memory only once something was drawn on it, so that a vast screen with little on it costs little; and the screen before
/// a frame is kept by sharing its rows, so that "restore to previous" costs only the rows that the frame draws on.
struct Canvas {
    let size: Size
    /// The rows; an empty one is transparent from end to end.
    private var rows: [[UInt8]]
    /// What was there before the frame, while a frame that is to be undone is shown.
    private var previous: [[UInt8]] = []
    private var budget: MemoryBudget
    private var chargedForPrevious = 0

    init(size: Size, budget: MemoryBudget) throws(ImageError) {
        self.size = size
        self.budget = budget
        let rowCosts = MemoryLayout<[UInt8]>.stride
        try self.budget.charge(size.height, stride: 2 * rowCosts, for: "a screen of \(size)", format: .gif)
        rows = [[UInt8]](repeating: [], count: size.height)
    }

    /// Keeps what is on the screen for `restore`, before a frame is drawn on `lines`.
    mutating func keep(_ lines: Range<Int>) throws(ImageError) {
        let drawn = rows[lines].count { !$0.isEmpty }
        try budget.charge(drawn, stride: size.width * 4, for: "the screen before a frame", format: .gif)
        chargedForPrevious = drawn
        previous = rows
    }

    /// Puts back what `keep` kept: disposal method 3.
    mutating func restore() {
        let emptied = zip(rows, previous).count { !$0.isEmpty && $1.isEmpty }
        budget.release(emptied + chargedForPrevious, stride: size.width * 4)
        chargedForPrevious = 0
        rows = previous
        previous = []
    }

    /// Makes a rectangle transparent: disposal method 2.
    mutating func clear(_ columns: Range<Int>, _ lines: Range<Int>) {
        if columns.isEmpty { return }
        for y in lines where !rows[y].isEmpty {
            if columns.count == size.width {
                rows[y] = []
                budget.release(size.width, stride: 4)
                continue
            }
            for i in columns.lowerBound * 4..<columns.upperBound * 4 { rows[y][i] = 0 }
        }
    }

    /// Draws colour indexes on the pixels from (`x`, `y`) to the right.
    ///
    /// - Parameters:
    ///   - indexes: those at `range` are drawn; they end within the row.
    ///   - colors: 256 pixels.
    ///   - hasHoles: whether colours that are 0 leave what is there.
    mutating func draw(
        _ indexes: Span<UInt8>, _ range: Range<Int>, colors: Span<UInt32>, hasHoles: Bool, x: Int, y: Int
    ) throws(ImageError) {
        if rows[y].isEmpty {
            try budget.charge(size.width, stride: 4, for: "a screen of \(size)", format: .gif)
            rows[y] = [UInt8](repeating: 0, count: size.width * 4)
        }
        var row = rows[y].mutableSpan
        IndexedPixels.draw(indexes, range, colors: colors, hasHoles: hasHoles, on: &row, from: x)
    }

    /// Writes row `y` as bytes, RGBA.
    func copyRow(_ y: Int, to bytes: inout MutableSpan<UInt8>) {
        let line = rows[y]
        let row = line.span
        precondition(bytes.count == size.width * 4)
        if row.isEmpty {
            for i in bytes.indices { bytes[i] = 0 }
            return
        }
        precondition(bytes.count == row.count)
        for i in bytes.indices { bytes[i] = row[i] }
    }
}
