import TintypeCore
import TintypeKernels

/// What `Resampler` holds: an engine for one of the three kinds of samples.
class ResampleEngine {
    func readRow(from source: inout AnyRowSource, into row: inout MutableSpan<UInt8>) throws(ImageError) {
        throw ImageError(.misuse, "a resampler without an engine")
    }
}

/// The two passes, in one kind of sample.
final class TypedEngine<Sample: ResampleSample>: ResampleEngine {
    private let layout: SampleLayout
    private let order: Resampler.Order
    private let precision: Precision
    private let columns: WeightTable<Sample>
    private var rows: VerticalPass<Sample>
    /// Samples of a plane of an unpacked source row, with room behind for taps that weigh nothing.
    private let stride: Int
    private let target: Size
    private var remaining: Int
    private var bytes: [UInt8]
    private var unpacked: [Sample]
    private var result: [Sample]

    init(
        layout: SampleLayout, horizontal: AxisWeights, vertical: AxisWeights, order: Resampler.Order,
        precision: Precision
    ) {
        self.layout = layout
        self.order = order
        self.precision = precision
        let isFirst = order == .horizontalFirst
        columns = WeightTable(horizontal, shift: isFirst ? precision.firstShift : precision.secondShift)
        let lines = WeightTable<Sample>(vertical, shift: isFirst ? precision.secondShift : precision.firstShift)
        stride = horizontal.source + columns.stride
        target = Size(horizontal.target, vertical.target)
        remaining = target.height
        bytes = [UInt8](repeating: 0, count: horizontal.source * layout.bytesPerPixel)
        unpacked = [Sample](repeating: 0, count: stride * layout.channels)
        result = [Sample](repeating: 0, count: target.width * layout.channels)
        rows = VerticalPass(lines, width: isFirst ? result.count : unpacked.count)
    }

    override func readRow(from source: inout AnyRowSource, into row: inout MutableSpan<UInt8>) throws(ImageError) {
        guard remaining > 0 else { throw ImageError(.misuse, "a row was asked for after the last") }
        while !rows.isReady {
            try source.readRow(into: &bytes)
            if rows.wantsNext { push() } else { rows.skip() }
        }
        pop()
        pack(result, into: &row)
        remaining -= 1
    }

    /// Hands the row in `bytes` to the vertical pass.
    private func push() {
        switch order {
        case .horizontalFirst:
            unpack(bytes, into: &unpacked, 0..<unpacked.count)
            weigh(unpacked, shift: precision.afterFirst, into: &rows.rows, rows.slot)
        case .verticalFirst:
            unpack(bytes, into: &rows.rows, rows.slot)
        }
        rows.pushed()
    }

    /// Takes a row from the vertical pass, and leaves it in `result`.
    private func pop() {
        switch order {
        case .horizontalFirst:
            rows.pop(shift: precision.afterSecond, into: &result)
        case .verticalFirst:
            rows.pop(shift: precision.afterFirst, into: &unpacked)
            weigh(unpacked, shift: precision.afterSecond, into: &result, 0..<result.count)
        }
    }

    private func unpack(_ bytes: [UInt8], into target: inout [Sample], _ range: Range<Int>) {
        var all = target.mutableSpan
        var planes = all._mutatingExtracting(range)
        Sample.unpack(bytes.span, layout: layout, rowStride: stride, into: &planes)
    }

    /// The horizontal pass.
    private func weigh(_ planes: [Sample], shift: Int, into target: inout [Sample], _ range: Range<Int>) {
        let table = columns
        var all = target.mutableSpan
        var row = all._mutatingExtracting(range)
        Sample.weighColumns(
            planes.span, planes: layout.channels, rowStride: stride, starts: table.starts.span, taps: table.stride,
            weights: table.weights.span, shift: shift, into: &row)
    }

    /// Writes out what is in `result`.
    private func pack(_ result: [Sample], into row: inout MutableSpan<UInt8>) {
        Sample.pack(result.span, layout: layout, into: &row)
    }
}
