import TintypeKernels

/// The vertical pass, one source row at a time: rows are pushed in and, as soon as they suffice, popped out.
///
/// It holds either as many rows as the filter is tall, or, where those would be many (a strong shrink), a handful of rows and
/// the running sums of the target rows that are under way; of those there are at most about twice the filter's support,
/// whatever the factor. Rows 2j and 2j + 1 lie interleaved, as the kernels take them.
struct VerticalPass<Row: ResampleRow> {
    /// Windows up to this height are kept whole.
    private static var tallestWindow: Int { 32 }
    /// Pairs of rows that are summed in one go otherwise.
    private static var batch: Int { 4 }

    private let table: WeightTable<Row.Weight>
    private let width: Int
    private let keepsWindow: Bool
    private let slots: Int
    private let openRows: Int
    /// Pairs of rows: pair j in slot j % `slots`.
    private var pairs: [Row]
    /// The last row, while the one that makes a pair of it has not come.
    private var single: [Row]
    /// Running sums: target row y in slot y % `openRows`.
    private var sums: [Row.Sum]
    /// The source row to come.
    private var next = 0
    /// The first source row not yet in the sums.
    private var unsummed = 0
    /// The target row to come.
    private var target = 0

    /// - Parameter width: samples a row.
    init(_ table: WeightTable<Row.Weight>, width: Int) {
        self.table = table
        self.width = width
        let tallest = table.counts.max() ?? 1
        keepsWindow = tallest <= Self.tallestWindow
        // A window may begin at an odd row and end at an even one.
        slots = keepsWindow ? tallest / 2 + 1 : Self.batch
        openRows = keepsWindow ? 0 : Self.mostOpenRows(table)
        pairs = [Row](repeating: 0, count: slots * 2 * width)
        single = [Row](repeating: 0, count: width)
        sums = [Row.Sum](repeating: 0, count: openRows * width)
    }

    /// How many target rows at most have begun and not ended.
    private static func mostOpenRows(_ table: WeightTable<Row.Weight>) -> Int {
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

    /// Takes the next source row, and leaves something else in `row`.
    mutating func push(_ row: inout [Row]) {
        if next % 2 == 0 {
            swap(&row, &single)
        } else {
            pair(single, row, at: next / 2)
        }
        next += 1
        if !keepsWindow && next / 2 - unsummed / 2 == slots { sumUp() }
    }

    /// Interleaves two rows into their slot.
    private mutating func pair(_ even: [Row], _ odd: [Row], at index: Int) {
        let start = index % slots * 2 * width
        let end = start + 2 * width
        var all = pairs.mutableSpan
        var slot = all._mutatingExtracting(start..<end)
        Row.pair(even.span, odd.span, into: &slot, tier: .current)
    }

    /// Yields the next target row.
    ///
    /// - Parameter shift: of the products, at least 1.
    mutating func pop(shift: Int, into row: inout [Row.Result]) {
        // A row whose fellow has not come counts alone: the other one's weight is 0.
        if next % 2 == 1 { pair(single, single, at: next / 2) }
        var result = row.mutableSpan
        if keepsWindow {
            let window = window(of: target, from: table.starts[target], to: table.end(target))
            Row.weighPairs(
                pairs.span, offsets: window.offsets.span.extracting(first: window.count),
                weights: window.weights.span.extracting(first: 2 * window.count), shift: shift, into: &result,
                tier: .current)
        } else {
            sumUp()
            let start = target % openRows * width
            Row.round(sums.span.extracting(start..<start + width), shift: shift, into: &result)
        }
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

    /// Adds source rows to target row y.
    private mutating func add(from first: Int, to end: Int, into y: Int) {
        guard first < end else { return }
        let window = window(of: y, from: first, to: end)
        let start = y % openRows * width
        Self.add(pairs, window, isFirst: first == table.starts[y], to: &sums, start..<start + width)
    }

    private static func add(
        _ pairs: [Row], _ window: Window, isFirst: Bool, to sums: inout [Row.Sum], _ range: Range<Int>
    ) {
        var all = sums.mutableSpan
        var sum = all._mutatingExtracting(range)
        Row.addPairs(
            pairs.span, offsets: window.offsets.span.extracting(first: window.count),
            weights: window.weights.span.extracting(first: 2 * window.count), isFirst: isFirst, to: &sum, tier: .current
        )
    }

    /// Pairs of rows and what they weigh.
    private struct Window {
        var count = 0
        var offsets = [20 of Int](repeating: 0)
        /// Two for each pair, 0 for a row that does not count.
        var weights = [40 of Row.Weight](repeating: 0)
    }

    /// Source rows `first ..< end`, as they count in target row `y`.
    private func window(of y: Int, from first: Int, to end: Int) -> Window {
        var window = Window()
        for pair in first / 2...(end - 1) / 2 {
            window.offsets[window.count] = pair % slots * 2 * width
            for row in max(first, 2 * pair)..<min(end, 2 * pair + 2) {
                window.weights[2 * window.count + row % 2] = table.weight(y, at: row)
            }
            window.count += 1
        }
        return window
    }
}
