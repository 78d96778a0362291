import TintypeKernels

/// The vertical pass, one source row at a time: rows are pushed in and, as soon as they suffice, popped out.
///
/// It holds either as many rows as the filter is tall, or, where those would be many (a strong shrink), a handful of rows and
/// the running sums of the target rows that are under way; of those there are at most about twice the filter's support,
/// whatever the factor.
struct VerticalPass<Sample: ResampleSample> {
    /// Windows up to this height are kept whole.
    private static var tallestWindow: Int { 32 }
    /// Rows that are summed in one go otherwise.
    private static var batch: Int { 8 }

    private let table: WeightTable<Sample>
    private let width: Int
    private let keepsWindow: Bool
    private let slots: Int
    private let openRows: Int
    /// The rows held: source row y in slot y % `slots`.
    var rows: [Sample]
    /// Running sums: target row y in slot y % `openRows`.
    private var sums: [Sample.Sum]
    /// The source row to come.
    private var next = 0
    /// The first source row not yet in the sums.
    private var unsummed = 0
    /// The target row to come.
    private var target = 0

    /// - Parameter width: samples a row.
    init(_ table: WeightTable<Sample>, width: Int) {
        self.table = table
        self.width = width
        let tallest = table.counts.max() ?? 1
        keepsWindow = tallest <= Self.tallestWindow
        slots = keepsWindow ? tallest : Self.batch
        openRows = keepsWindow ? 1 : Self.mostOpenRows(table)
        rows = [Sample](repeating: 0, count: slots * width)
        sums = [Sample.Sum](repeating: 0, count: openRows * width)
    }

    /// How many target rows at most have begun and not ended.
    private static func mostOpenRows(_ table: WeightTable<Sample>) -> Int {
        var (most, y) = (1, 0)
        for first in table.starts.indices {
            while y < table.starts.count && table.starts[y] < table.end(first) { y += 1 }
            most = max(most, y - first)
        }
        return most
    }

    /// Whether the next target row has all of its source rows.
    var isReady: Bool { next >= table.end(target) }
    /// Whether the source row to come counts in any target row.
    var wantsNext: Bool { next >= table.starts[target] }

    /// Passes over a source row that is not wanted.
    mutating func skip() {
        next += 1
        unsummed = next
    }

    /// Where in `rows` the caller writes the next source row, before it says `pushed()`.
    var slot: Range<Int> {
        let start = next % slots * width
        return start..<start + width
    }

    /// Takes the source row that was written to `slot`.
    mutating func pushed() {
        next += 1
        if !keepsWindow && next - unsummed == slots { sumUp() }
    }

    /// Yields the next target row.
    ///
    /// - Parameter shift: of the products, at least 1.
    mutating func pop(shift: Int, into row: inout [Sample]) {
        if keepsWindow {
            add(from: table.starts[target], to: table.end(target), into: target)
        } else {
            sumUp()
        }
        let start = target % openRows * width
        var result = row.mutableSpan
        Sample.round(sums.span.extracting(start..<start + width), shift: shift, into: &result)
        target += 1
    }

    /// Adds the rows that wait to all target rows that are under way.
    private mutating func sumUp() {
        var y = target
        while y < table.starts.count && table.starts[y] < next {
            add(from: max(unsummed, table.starts[y]), to: min(next, table.end(y)), into: y)
            y += 1
        }
        unsummed = next
    }

    /// Adds source rows to target row y, four at a time; the last four are made up with rows of no weight.
    private mutating func add(from first: Int, to end: Int, into y: Int) {
        let start = y % openRows * width
        var position = first
        while position < end {
            var offsets: [4 of Int] = [0, 0, 0, 0]
            var weights: [4 of Sample] = [0, 0, 0, 0]
            for j in 0..<min(4, end - position) {
                offsets[j] = (position + j) % slots * width
                weights[j] = table.weight(y, at: position + j)
            }
            Self.weigh(
                rows, offsets, weights, isFirst: position == table.starts[y], into: &sums, start..<start + width)
            position += 4
        }
    }

    private static func weigh(
        _ rows: [Sample], _ offsets: [4 of Int], _ weights: [4 of Sample], isFirst: Bool,
        into sums: inout [Sample.Sum], _ range: Range<Int>
    ) {
        var all = sums.mutableSpan
        var sum = all._mutatingExtracting(range)
        Sample.weighRows(rows.span, offsets: offsets, weights: weights, isFirst: isFirst, into: &sum)
    }
}
