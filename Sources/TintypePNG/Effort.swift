/// What an effort of 0 to 9 stands for.
struct Effort {
    enum FilterChoice {
        /// The same filter for all lines.
        case fixed(UInt8)
        /// For each line the filter of PNG §12.7's rule.
        case leastSum
        /// For each line the filter whose bytes are the least surprising by their frequencies.
        case leastEntropy
        /// For each line the filter that a trial deflate makes shortest.
        case trial
    }

    /// zlib's compression level.
    let level: Int
    /// Of these the one that deflates shortest is taken, for each band of lines.
    let filters: [FilterChoice]
    /// Whether all of a band is deflated to find that out, rather than a sample.
    let triesWholeBands: Bool
    /// Of these the one that gives the fewest bytes is taken, for each band.
    let strategies: [Deflater.Strategy]

    /// - Parameters:
    ///   - value: 0 to 9.
    ///   - packed: whether the lines are of palette indices or of samples of fewer than eight bits, which filters
    ///     seldom do any good (PNG §12.7).
    init(_ value: Int, packed: Bool) {
        let levels = [1, 1, 2, 3, 4, 5, 6, 6, 9, 9]
        level = levels[min(max(value, 0), 9)]
        switch value {
        case ...0: filters = [.fixed(packed ? 0 : 1)]
        case 1...3: filters = packed ? [.fixed(0)] : [.leastSum]
        case 4...6: filters = [.fixed(0), .leastSum]
        case 7: filters = [.fixed(0), .leastSum, .leastEntropy]
        case 8: filters = (0...4).map { .fixed($0) } + [.leastSum, .leastEntropy]
        default: filters = (0...4).map { .fixed($0) } + [.leastSum, .leastEntropy, .trial]
        }
        triesWholeBands = value >= 7
        switch value {
        case ...6: strategies = packed ? [.default] : [.filtered]
        case 7: strategies = [.default, .filtered]
        default: strategies = [.default, .filtered, .runLength, .huffman]
        }
    }
}
