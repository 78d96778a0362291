/// How often each symbol of a scan occurs, of the four tables that `ScanCoder` numbers.
struct SymbolFrequencies {
    /// 256 for each table, and what has no code behind them.
    private var counts = [Int](repeating: 0, count: 1 << 11)
    /// The bits that follow codes or stand alone.
    private var plainBits = 0

    /// Counts the first `count` of a coder's symbols.
    mutating func add(_ symbols: [UInt32], count: Int) {
        let symbols = symbols.span.extracting(first: count)
        var counts = counts.mutableSpan
        var bits = 0
        for i in symbols.indices {
            counts[Int(symbols[i] & 2_047)] &+= 1
            bits &+= Int(symbols[i] &>> 11 & 31)
        }
        plainBits &+= bits
    }

    /// Adds what was counted in a sequential scan.
    ///
    /// - Parameters:
    ///   - symbols: 256 for each table, without the symbols of small coefficients.
    ///   - values: small coefficients, as `SequentialCodes` orders them.
    mutating func add(symbols: [Int], values: [Int], restarts: Int) {
        var sums = symbols
        for (index, count) in values.enumerated() where count > 0 {
            let (table, run, value) = (index >> 10, index >> 6 & 15, index & 63 - 32)
            sums[512 * table + 256 + run << 4 + Int.bitWidth - value.magnitude.leadingZeroBitCount] += count
        }
        for (symbol, count) in sums.enumerated() {
            counts[symbol] += count
            plainBits += count * (symbol & 15)
        }
        counts[1_025] += restarts
    }

    /// The tables with the shortest stream, nil for those that nothing needs.
    var optimalTables: [HuffmanSpecification?] {
        (0..<4).map { index in
            let own = Array(counts[256 * index..<256 * (index + 1)])
            return own.contains { $0 > 0 } ? HuffmanSpecification(optimalFor: own.span) : nil
        }
    }

    /// The bits of a scan with these codes, without stuffing.
    func bits(with codes: HuffmanCodes) -> Int {
        // A restart marker, and on average half a byte before it.
        var sum = plainBits + 20 * counts[1_025]
        for i in 0..<4 * 256 { sum += counts[i] * Int(codes.entries[i] & 0xFF) }
        return sum
    }
}
