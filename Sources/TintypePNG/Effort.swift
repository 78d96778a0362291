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

    /// Of these the one that deflates shortest is taken, for each band of lines.
    let filters: [FilterChoice]
    /// With the best of these the filters are compared.
    let measures: [Deflater.Coding]
    /// Of these the one that gives the fewest bytes is taken, for each band.
    let codings: [Deflater.Coding]
    /// For what is mostly repetitions, where it is the best and fast.
    let repetitive: Deflater.Coding
    /// A slower coding is taken if it saves more than this share of the bytes.
    let patience: Double
    /// Whether all of a band is deflated to find out what is best, rather than a sample.
    let triesWholeBands: Bool

    /// - Parameters:
    ///   - value: 0 to 9.
    ///   - packed: whether the lines are of palette indices or of samples of fewer than eight bits, which filters
    ///     seldom do any good (PNG §12.7).
    init(_ value: Int, packed: Bool) {
        switch value {
        case ...0: filters = [.fixed(packed ? 0 : 1)]
        case 1, 2: filters = packed ? [.fixed(0)] : [.leastSum]
        // Noise compresses best after one and the same filter, and Average is the one that adds the least to it.
        case 3...6: filters = packed ? [.fixed(0), .leastSum] : [.fixed(0), .fixed(3), .leastSum]
        case 7: filters = [.fixed(0), .fixed(3), .fixed(4), .leastSum, .leastEntropy]
        case 8: filters = (0...4).map { .fixed($0) } + [.leastSum, .leastEntropy]
        default: filters = (0...4).map { .fixed($0) } + [.leastSum, .leastEntropy, .trial]
        }
        // Level 3 takes zlib's greedy search: for photos hardly larger than level 6, in two fifths of the time. What holds
        // no repetitions at all is smallest, and fastest done, without looking for any.
        let noise: [Deflater.Coding] = [.init(3, .runLength), .init(3, .huffman)]
        switch value {
        case ...1: codings = [.init(1)]
        case 2: codings = [.init(2)]
        case 3: codings = [.init(3)]
        case 4: codings = [.init(3)] + noise
        case 5: codings = [.init(3)] + noise + [.init(5, .filtered), .init(5)]
        case 6: codings = [.init(3)] + noise + [.init(6, .filtered), .init(6)]
        case 7: codings = [.init(6), .init(6, .filtered)] + noise
        default: codings = [.init(6), .init(9), .init(9, .filtered)] + noise
        }
        switch value {
        case ...3: measures = [codings[0]]
        case 4...6: measures = [.init(3), .init(3, .runLength)]
        case 7: measures = [.init(6), .init(3, .runLength)]
        default: measures = [.init(6), .init(6, .filtered), .init(3, .runLength)]
        }
        repetitive = .init(value < 5 ? codings[0].level : min(value, 6))
        patience = value < 7 ? 0.03 : 0
        triesWholeBands = value >= 7
    }

    /// What the zlib stream's head says of the level (RFC 1950 §2.2): fastest, fast, default or maximum.
    var levelHint: UInt8 {
        switch codings.map(\.level).max() ?? 0 {
        case ...1: 0
        case 2...5: 1
        case 6: 2
        default: 3
        }
    }
}
