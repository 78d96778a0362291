extension HuffmanSpecification {
    /// The code with the shortest stream for symbols that occur as often as `frequencies` says (T.81 §K.2).
    ///
    /// No code is longer than 16 bits and none is all ones (T.81 §C), for which one more symbol is reserved while the
    /// tree grows.
    ///
    /// - Parameter frequencies: how often each of the 256 symbols occurs.
    init(optimalFor frequencies: Span<Int>) {
        precondition(frequencies.count == 256)
        let lengths = Self.codeLengths(frequencies)
        counts = Self.limitedCounts(lengths)
        symbols = []
        for length in 1...max(1, lengths.max() ?? 1) {
            // The reserved symbol is the last of the longest codes; limiting lengths keeps this order.
            for symbol in 0..<256 where lengths[symbol] == length { symbols.append(UInt8(symbol)) }
        }
    }

    /// Figure K.1: the depth of each symbol in the tree, 0 for one that does not occur. The 257th is the reserved one.
    private static func codeLengths(_ frequencies: Span<Int>) -> [Int] {
        var weights = [Int](repeating: 1, count: 257)
        for i in frequencies.indices { weights[i] = frequencies[i] }
        var lengths = [Int](repeating: 0, count: 257)
        // The chain of the symbols in the tree whose weight the head carries.
        var next = [Int](repeating: -1, count: 257)
        var heads = (0..<257).filter { weights[$0] > 0 }
        while heads.count > 1 {
            let first = removeLightest(&heads, weights)
            let second = removeLightest(&heads, weights)
            weights[first] += weights[second]
            heads.append(first)
            var last = first
            lengths[last] += 1
            while next[last] >= 0 {
                last = next[last]
                lengths[last] += 1
            }
            next[last] = second
            var member = second
            while member >= 0 {
                lengths[member] += 1
                member = next[member]
            }
        }
        return lengths
    }

    /// Of equal weights the largest symbol goes first, which gives the reserved one a longest code.
    private static func removeLightest(_ heads: inout [Int], _ weights: [Int]) -> Int {
        var lightest = 0
        for i in heads.indices.dropFirst() {
            let (weight, least) = (weights[heads[i]], weights[heads[lightest]])
            if weight < least || weight == least && heads[i] > heads[lightest] { lightest = i }
        }
        let head = heads[lightest]
        heads[lightest] = heads[heads.count - 1]
        heads.removeLast()
        return head
    }

    /// Figures K.2 and K.3: how many codes there are of each length, none above 16, without the reserved one.
    private static func limitedCounts(_ lengths: [Int]) -> [UInt8] {
        var counts = [Int](repeating: 0, count: max(17, (lengths.max() ?? 0) + 1))
        for length in lengths where length > 0 { counts[length] += 1 }
        for length in stride(from: counts.count - 1, to: 16, by: -1) {
            while counts[length] > 0 {
                // Two of the longest go: one takes the place of their common prefix, the other stands beside a shorter
                // code made longer.
                var shorter = length - 2
                while counts[shorter] == 0 { shorter -= 1 }
                counts[length] -= 2
                counts[length - 1] += 1
                counts[shorter + 1] += 2
                counts[shorter] -= 1
            }
        }
        if let longest = counts.lastIndex(where: { $0 > 0 }) { counts[longest] -= 1 }
        return counts[1...16].map { UInt8($0) }
    }
}

/// The codes of a scan's tables, ready for coding. The order of tables is luminance DC and AC, chrominance DC and AC.
struct HuffmanCodes {
    /// For each of four tables 256 entries, by symbol: code << 8 | length, 0 where a symbol has no code; then as many
    /// that are 0 for what comes without one.
    private(set) var entries = [UInt32](repeating: 0, count: 1 << 11)

    /// - Parameter specifications: up to four tables in the order above, nil for one that is not used.
    init(_ specifications: [HuffmanSpecification?]) {
        precondition(specifications.count <= 4)
        for (table, specification) in specifications.enumerated() {
            if let specification { assign(specification, table: table) }
        }
    }

    /// T.81 §C.2: codes of one length count up; from one length to the next a bit is appended.
    private mutating func assign(_ specification: HuffmanSpecification, table: Int) {
        var (code, next): (UInt32, Int) = (0, 0)
        for (index, count) in specification.counts.enumerated() {
            for _ in 0..<count {
                entries[256 * table + Int(specification.symbols[next])] = code << 8 | UInt32(index + 1)
                code += 1
                next += 1
            }
            code <<= 1
        }
    }
}

/// What a sequential scan is written with. For a small coefficient the code, which tells the run of zeros before it and its
/// size, and the bits of its value are one piece (T.81 §F.1.2.2).
struct SequentialCodes {
    /// Those of `HuffmanCodes`.
    let symbols: [UInt32]
    /// For each AC table (luminance, chrominance), run of 0 to 15 zeros and value of −32 to 31, plus 32: the code and the
    /// value's bits behind it << 8 | how many bits that is.
    private(set) var values = [UInt32](repeating: 0, count: 2 * 16 * 64)

    init(_ codes: HuffmanCodes) {
        symbols = codes.entries
        for row in 0..<2 * 16 {
            for value in -32..<32 where value != 0 {
                let width = UInt32(Int.bitWidth - value.magnitude.leadingZeroBitCount)
                let code = symbols[512 * (row / 16) + 256 + 16 * (row % 16) + Int(width)]
                // For a negative value the bits of the value less 1 (T.81 §F.1.2.1).
                let bits = UInt32(value > 0 ? value : value - 1 + 1 << width)
                values[64 * row + value + 32] = ((code >> 8) << width | bits) << 8 | (code & 0xFF + width)
            }
        }
    }
}
