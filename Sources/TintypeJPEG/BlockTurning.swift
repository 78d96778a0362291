import TintypeCore

/// Turns and mirrors quantised blocks. Exchanging a block's axes transposes its coefficients; mirroring an axis negates
/// those whose frequency along it is odd, since their cosines are odd about the middle.
struct BlockTurning {
    private let orientation: Orientation
    /// For each coefficient of a turned block, row by row: its place in the stored one, and whether it is negated (−1).
    private let sources: [UInt8]
    private let signs: [Int16]

    init(_ orientation: Orientation) {
        self.orientation = orientation
        let mirrors = orientation.mirrors
        sources = (0..<64).map { UInt8(orientation.swapsAxes ? $0 % 8 * 8 + $0 / 8 : $0) }
        signs = (0..<64).map {
            let negated = (mirrors.x && $0 % 2 == 1) != (mirrors.y && $0 / 8 % 2 == 1)
            return negated ? -1 : 0
        }
    }

    /// A row of blocks of the turned picture.
    struct Row {
        /// The index of its first block's first coefficient in the stored picture, and the way from each to the next.
        var source: Int
        var sourceStep: Int
        var count: Int
    }

    /// Where a turned row of blocks is stored.
    ///
    /// - Parameters:
    ///   - grid: blocks of the component across and down as turned, in whole MCUs where an axis is mirrored.
    ///   - stored: blocks in a stored row.
    ///   - start: the index of the component's first coefficient.
    func row(_ y: Int, from x: Int, count: Int, grid: Size, stored: Int, start: Int) -> Row {
        let (column, down) = (
            orientation.mirrors.x ? grid.width - 1 - x : x, orientation.mirrors.y ? grid.height - 1 - y : y
        )
        let (u, v) = orientation.swapsAxes ? (down, column) : (column, down)
        let step = orientation.swapsAxes ? 64 * stored : 64
        return Row(
            source: start + 64 * (v * stored + u), sourceStep: orientation.mirrors.x ? -step : step, count: count)
    }

    /// Writes the turned blocks of a row to `output` from block `first` on.
    func turn(_ row: Row, of coefficients: [Int16], into output: inout [Int16], at first: Int) {
        let (coefficients, sources, signs) = (coefficients.span, sources.span, signs.span)
        var all = output.mutableSpan
        for index in 0..<row.count {
            let from = row.source + index * row.sourceStep
            let block = coefficients.extracting(from..<from + 64)
            let to = 64 * (first + index)
            var turned = all._mutatingExtracting(to..<to + 64)
            for i in 0..<64 { turned[i] = (block[Int(sources[i] & 63)] ^ signs[i]) &- signs[i] }
        }
    }

    /// A quantisation table for turned blocks.
    func turn(steps: [Int16]) -> [UInt16] { sources.map { UInt16(bitPattern: steps[Int($0)]) } }
}
