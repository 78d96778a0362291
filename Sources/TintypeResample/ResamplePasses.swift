import TintypeCore
import TintypeKernels

/// What both orders need.
struct PassPlan {
    let layout: SampleLayout
    let horizontal: AxisWeights
    let vertical: AxisWeights
    let precision: Precision

    var target: Size { Size(horizontal.target, vertical.target) }
    /// Samples of a row of the source, and of the target.
    var sourceSamples: Int { horizontal.source * layout.channels }
    var targetSamples: Int { horizontal.target * layout.channels }
}

/// Columns first: holds rows of the source's width.
struct VerticalFirst<Row: ResampleSource>
where Row.Result: ResampleRow, Row.Result.Result: ResampleResult {
    private let plan: PassPlan
    private let columns: ColumnWeights<Row.Result.Weight>
    private var rows: VerticalPass<Row>
    private var remaining: Int
    /// Rows of `result` still to be given out, of those made at once.
    private var made = 0
    private var given = 0
    /// All rows of the source, if they are in memory.
    private let pixels: [UInt8]?
    private var bytes: [UInt8]
    private var between: [Row.Result.Sample]
    private var scratch: [Row.Result.Scratch]
    private var result: [Row.Result.Result.Sample]

    /// - Parameters:
    ///   - pixels: all rows of the source, if they are in memory.
    ///   - picture: the same, if it is what the first pass takes.
    init(_ plan: PassPlan, pixels: [UInt8]?, picture: [Row.Sample]?) {
        self.plan = plan
        columns = WeightTable(plan.horizontal, shift: plan.precision.secondShift).columns
        rows = VerticalPass(
            WeightTable(plan.vertical, shift: plan.precision.firstShift), width: plan.sourceSamples,
            mayPair: pixels != nil, picture: picture)
        remaining = plan.target.height
        self.pixels = pixels
        let held = pixels == nil ? plan.horizontal.source * plan.layout.bytesPerPixel : 0
        bytes = [UInt8](repeating: 0, count: held)
        between = [Row.Result.Sample](repeating: 0, count: rows.ready * plan.sourceSamples)
        let room = columns.scratchCount(pixels: plan.horizontal.source, channels: plan.layout.channels)
        scratch = [Row.Result.Scratch](repeating: 0, count: room)
        result = [Row.Result.Result.Sample](repeating: 0, count: rows.ready * plan.targetSamples)
    }

    mutating func readRow(from source: inout AnyRowSource, into row: inout MutableSpan<UInt8>) throws(ImageError) {
        guard remaining > 0 else { throw ImageError(.misuse, "a row was asked for after the last") }
        if given == made { try makeRows(from: &source) }
        let samples = given * plan.targetSamples..<(given + 1) * plan.targetSamples
        Row.Result.Result.pack(
            result.span.extracting(samples), layout: plan.layout, into: &row, tier: .current)
        given += 1
        remaining -= 1
    }

    /// Makes the next rows of the result.
    private mutating func makeRows(from source: inout AnyRowSource) throws(ImageError) {
        while pixels == nil && !rows.isReady {
            if rows.wantsNext {
                try rows.pull(from: &source, plan.layout, by: &bytes)
            } else {
                try source.readRow(into: &bytes)
                rows.skip()
            }
        }
        (made, given) = (rows.ready, 0)
        Self.pop(&rows, made, plan, pixels, into: &between)
        Self.weigh(between, made, plan, columns, &scratch, &result)
    }

    private static func pop(
        _ rows: inout VerticalPass<Row>, _ count: Int, _ plan: PassPlan, _ pixels: [UInt8]?,
        into between: inout [Row.Result.Sample]
    ) {
        var all = between.mutableSpan
        var span = all._mutatingExtracting(0..<count * plan.sourceSamples)
        if let pixels {
            rows.pop(of: pixels.span, plan.layout, shift: plan.precision.afterFirst, into: &span)
        } else {
            rows.pop(shift: plan.precision.afterFirst, into: &span)
        }
    }

    private static func weigh(
        _ rows: [Row.Result.Sample], _ count: Int, _ plan: PassPlan, _ columns: ColumnWeights<Row.Result.Weight>,
        _ scratch: inout [Row.Result.Scratch], _ result: inout [Row.Result.Result.Sample]
    ) {
        var scratch = scratch.mutableSpan
        var all = result.mutableSpan
        var target = all._mutatingExtracting(0..<count * plan.targetSamples)
        let (rows, channels) = (rows.span.extracting(0..<count * plan.sourceSamples), plan.layout.channels)
        if count == 2 {
            Row.Result.weighColumnsOfTwo(
                rows, channels: channels, columns: columns, shift: plan.precision.afterSecond, scratch: &scratch,
                into: &target, tier: .current)
        } else {
            Row.Result.weighColumns(
                rows, channels: channels, columns: columns, shift: plan.precision.afterSecond, scratch: &scratch,
                into: &target, tier: .current)
        }
    }
}

/// Rows first: holds rows of the target's width.
struct HorizontalFirst<Row: ResampleSource & ResampleRow>
where Row.Result: ResampleRow, Row.Result.Result: ResampleResult {
    private let plan: PassPlan
    private let columns: ColumnWeights<Row.Weight>
    private var rows: VerticalPass<Row.Result>
    private var remaining: Int
    private var bytes: [UInt8]
    private var unpacked: [Row.Sample]
    private var scratch: [Row.Scratch]
    private var between: [Row.Result.Sample]
    private var result: [Row.Result.Result.Sample]

    init(_ plan: PassPlan) {
        self.plan = plan
        columns = WeightTable(plan.horizontal, shift: plan.precision.firstShift).columns
        rows = VerticalPass(
            WeightTable(plan.vertical, shift: plan.precision.secondShift), width: plan.targetSamples)
        remaining = plan.target.height
        bytes = [UInt8](repeating: 0, count: plan.horizontal.source * plan.layout.bytesPerPixel)
        unpacked = [Row.Sample](repeating: 0, count: plan.sourceSamples)
        let held = columns.scratchCount(pixels: plan.horizontal.source, channels: plan.layout.channels)
        scratch = [Row.Scratch](repeating: 0, count: held)
        between = [Row.Result.Sample](repeating: 0, count: plan.targetSamples)
        result = [Row.Result.Result.Sample](repeating: 0, count: plan.targetSamples)
    }

    mutating func readRow(from source: inout AnyRowSource, into row: inout MutableSpan<UInt8>) throws(ImageError) {
        guard remaining > 0 else { throw ImageError(.misuse, "a row was asked for after the last") }
        while !rows.isReady {
            try source.readRow(into: &bytes)
            if rows.wantsNext { weighNext() } else { rows.skip() }
        }
        Self.pop(&rows, plan, into: &result)
        Row.Result.Result.pack(result.span, layout: plan.layout, into: &row, tier: .current)
        remaining -= 1
    }

    private static func pop(
        _ rows: inout VerticalPass<Row.Result>, _ plan: PassPlan, into result: inout [Row.Result.Result.Sample]
    ) {
        var span = result.mutableSpan
        rows.pop(shift: plan.precision.afterSecond, into: &span)
    }

    /// Takes the source row that was read.
    private mutating func weighNext() {
        Self.unpack(bytes, plan.layout, into: &unpacked)
        Self.weigh(unpacked, plan, columns, &scratch, &between)
        rows.push(between)
    }

    private static func unpack(_ bytes: [UInt8], _ layout: SampleLayout, into samples: inout [Row.Sample]) {
        var row = samples.mutableSpan
        Row.unpack(bytes.span, layout: layout, into: &row, tier: .current)
    }

    private static func weigh(
        _ row: [Row.Sample], _ plan: PassPlan, _ columns: ColumnWeights<Row.Weight>, _ scratch: inout [Row.Scratch],
        _ result: inout [Row.Result.Sample]
    ) {
        var scratch = scratch.mutableSpan
        var target = result.mutableSpan
        Row.weighColumns(
            row.span, channels: plan.layout.channels, columns: columns, shift: plan.precision.afterFirst,
            scratch: &scratch, into: &target, tier: .current)
    }
}
