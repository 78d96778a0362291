import TintypeCore
import TintypeKernels

/// The vertical pass, one source row at a time: rows are pushed in and, as soon as they suffice, popped out.
///
/// It holds either as many rows as the filter is tall, or, where those would be many (a strong shrink), a handful of rows and
/// the running sums of the target rows that are under way; of those there are at most about twice the filter's support,
/// whatever the factor. Rows of a picture in memory are not pushed but weighed where they lie.
///
/// Where rows may be had ahead of their time, two target rows are made at once: most of their source rows are the same.
struct VerticalPass<Row: WeighedRows> {
    /// Windows up to this height are kept whole.
    private static var tallestWindow: Int { 32 }
    /// Rows that are summed in one go otherwise.
    private static var batch: Int { 16 }

    private let table: WeightTable<Row.Weight>
    private let width: Int
    /// From one row to the next.
    private let stride: Int
    private let keepsWindow: Bool
    /// Target rows that are made at once, 1 or 2, as long as there are so many.
    private let step: Int
    private let isPicture: Bool
    private let slots: Int
    private let openRows: Int
    /// Source row y in slot y % `slots`.
    private var rows: [Row.Sample]
    /// Running sums: target row y in slot y % `openRows`.
    private var sums: [Row.Sum]
    /// The source row to come.
    private var next = 0
    /// The first source row not yet in the sums.
    private var unsummed = 0
    /// The target row to come.
    private var target = 0

    /// - Parameters:
    ///   - width: samples a row.
    ///   - mayPair: whether source rows may be taken for two target rows.
    ///   - picture: all source rows, if they are there already.
    init(_ table: WeightTable<Row.Weight>, width: Int, mayPair: Bool = false, picture: [Row.Sample]? = nil) {
        self.table = table
        self.width = width
        let tallest = table.counts.max() ?? 1
        let tallestPair = table.starts.indices.reduce(1) {
            max($0, table.rows($1..<min($1 + 2, table.starts.count)).count)
        }
        step = mayPair && tallestPair <= Self.tallestWindow ? 2 : 1
        keepsWindow = tallest <= Self.tallestWindow
        let held = step == 2 ? tallestPair : keepsWindow ? tallest : Self.batch
        let spreads = Self.spreads(bytes: width * MemoryLayout<Row.Sample>.stride)
        if let picture, held <= Self.ways || spreads {
            (rows, slots, stride, isPicture) = (picture, picture.count / width, width, true)
        } else {
            let stride = spreads ? width : width + 256 / MemoryLayout<Row.Sample>.stride
            self.stride = stride
            (rows, slots, isPicture) = ([Row.Sample](repeating: 0, count: held * stride), held, false)
        }
        openRows = keepsWindow ? 0 : Self.mostOpenRows(table)
        sums = [Row.Sum](repeating: 0, count: openRows * width)
    }

    /// Lines with the same place in a page that the first-level cache can hold.
    private static var ways: Int { 8 }

    /// Whether the same columns of many rows that are so long can be in the first-level cache at once: it tells lines apart by their place in a page.
    private static func spreads(bytes: Int) -> Bool { (128...896).contains(bytes % 1024) }

    /// Whether rows of a picture are surely weighed where they lie, not copied before.
    static func weighsInPlace(_ axis: AxisWeights, width: Int) -> Bool {
        2 * axis.taps <= ways || spreads(bytes: width * MemoryLayout<Row.Sample>.stride)
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

    /// How many target rows `pop` yields, 1 or 2.
    var ready: Int { min(step, table.starts.count - target) }
    /// Whether they have all of their source rows.
    var isReady: Bool { isPicture || next >= sources.upperBound }
    /// Whether the source row to come counts in any target row.
    var wantsNext: Bool { next >= sources.lowerBound }
    /// The source rows that they take.
    private var sources: Range<Int> { table.rows(target..<target + ready) }

    /// Passes over a source row that is not wanted.
    mutating func skip() {
        next += 1
        unsummed = next
    }

    /// Takes the next source row.
    mutating func push(_ row: [Row.Sample]) {
        let start = next % slots * stride
        for i in 0..<width { rows[start + i] = row[i] }
        advance()
    }

    /// Takes the next source row from the bytes of a picture.
    mutating func push(_ bytes: Span<UInt8>, _ layout: SampleLayout) where Row: ResampleSource {
        let start = next % slots * stride
        let end = start + width
        var all = rows.mutableSpan
        var slot = all._mutatingExtracting(start..<end)
        Row.unpack(bytes, layout: layout, into: &slot, tier: .current)
        advance()
    }

    /// Takes the next source row as the source gives it.
    ///
    /// - Parameter bytes: room for a row's bytes.
    mutating func pull(
        from source: inout AnyRowSource, _ layout: SampleLayout, by bytes: inout [UInt8]
    ) throws(ImageError) where Row: ResampleSource {
        let start = next % slots * stride
        let end = start + width
        var all = rows.mutableSpan
        var slot = all._mutatingExtracting(start..<end)
        try Row.read(into: &slot, layout: layout, by: &bytes) { (row) throws(ImageError) in
            try source.readRow(into: &row)
        }
        advance()
    }

    private mutating func advance() {
        next += 1
        if !keepsWindow && next - unsummed == Self.batch { sumUp() }
    }

    /// Yields the next target row, or the next two, one after the other.
    ///
    /// - Parameters:
    ///   - shift: of the products, at least 1.
    ///   - row: `ready` rows.
    mutating func pop(shift: Int, into row: inout MutableSpan<Row.Result.Sample>) {
        let count = ready
        if keepsWindow {
            let window = Window(table, target..<target + count, sources, slots, stride)
            let offsets = window.offsets.span.extracting(first: window.count)
            let weights = window.weights.span.extracting(first: count * window.count)
            if count == 2 {
                Row.weighRowsForTwo(
                    rows.span, offsets: offsets, weights: weights, shift: shift, into: &row,
                    tier: .current)
            } else {
                Row.weighRows(
                    rows.span, offsets: offsets, weights: weights, shift: shift, into: &row,
                    tier: .current)
            }
        } else {
            if isPicture { passRows() }
            sumUp()
            let start = target % openRows * width
            Row.round(sums.span.extracting(start..<start + width), shift: shift, into: &row)
        }
        target += count
    }

    /// Yields the same of a picture in memory, and takes the rows of it that are missing.
    ///
    /// - Parameter pixels: all of it.
    mutating func pop(
        of pixels: Span<UInt8>, _ layout: SampleLayout, shift: Int, into row: inout MutableSpan<Row.Result.Sample>
    ) where Row: ResampleSource {
        if isPicture { return pop(shift: shift, into: &row) }
        while !wantsNext { skip() }
        let size = width / layout.channels * layout.bytesPerPixel
        let (sources, fresh) = (sources, next..<max(next, sources.upperBound))
        guard ready == 2, Self.mayUnpackWeighing(sources.count, fresh.count, size) else {
            for y in fresh { push(pixels.extracting(y * size..<(y + 1) * size), layout) }
            return pop(shift: shift, into: &row)
        }
        let window = Window(table, target..<target + 2, sources, slots, stride)
        (next, target) = (fresh.upperBound, target + 2)
        var all = rows.mutableSpan
        Row.weighRowsForTwo(
            &all, unpacking: pixels.extracting(fresh.lowerBound * size..<fresh.upperBound * size), layout: layout,
            to: fresh.lowerBound - sources.lowerBound..<fresh.upperBound - sources.lowerBound,
            offsets: window.offsets.span.extracting(first: window.count),
            weights: window.weights.span.extracting(first: 2 * window.count), shift: shift, into: &row, tier: .current)
    }

    /// Whether `fresh` rows of `size` bytes are better unpacked while `all` are weighed than before: processors read ahead in so many rows at once, and the first-level
    /// cache holds so many whose lines have the same place.
    private static func mayUnpackWeighing(_ all: Int, _ fresh: Int, _ size: Int) -> Bool {
        all <= 16 && (fresh <= 6 || spreads(bytes: size))
    }

    /// Goes on through the picture to the end of the next target row.
    private mutating func passRows() {
        while !wantsNext { skip() }
        while next < table.end(target) { advance() }
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
        let window = Window(table, y..<y + 1, first..<end, slots, stride)
        let start = y % openRows * width
        Self.add(rows, window, isFirst: first == table.starts[y], to: &sums, start..<start + width)
    }

    private static func add(
        _ rows: [Row.Sample], _ window: Window, isFirst: Bool, to sums: inout [Row.Sum], _ range: Range<Int>
    ) {
        var all = sums.mutableSpan
        var sum = all._mutatingExtracting(range)
        Row.addRows(
            rows.span, offsets: window.offsets.span.extracting(first: window.count),
            weights: window.weights.span.extracting(first: window.count), isFirst: isFirst, to: &sum, tier: .current)
    }

    /// Rows and what they weigh in one target row or in each of two: an even number of them, as the kernels take them.
    private struct Window {
        private(set) var count = 0
        private(set) var offsets = [40 of Int](repeating: 0)
        /// `count` for each target row.
        private(set) var weights = [80 of Row.Weight](repeating: 0)

        init(
            _ table: WeightTable<Row.Weight>, _ targets: Range<Int>, _ sources: Range<Int>, _ slots: Int, _ stride: Int
        ) {
            for row in sources {
                offsets[count] = row % slots * stride
                count += 1
            }
            if count % 2 == 1 {
                // Any row will do: it counts nothing.
                offsets[count] = offsets[count - 1]
                count += 1
            }
            for (k, y) in targets.enumerated() {
                for (i, row) in sources.enumerated() { weights[k * count + i] = table.weight(y, at: row) }
            }
        }
    }
}
