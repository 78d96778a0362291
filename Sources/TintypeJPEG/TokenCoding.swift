/// Turns quantised blocks into the symbols of T.81 §F.1.2, kept as 16-bit tokens until the Huffman tables are known.
///
/// A block's first token is its DC difference. Then comes for each coefficient that is not zero its value × 16 + the
/// number of zeros before it (0 to 15). A run of 16 zeros is the token 15, the end of a block before its 64th
/// coefficient the token 0: both have the value 0, which no coefficient here has. A block takes at most 64 tokens, so
/// they never need more memory than coefficients.
struct TokenCoder {
    private let order: [EncodedBlockPlace]
    private let restartInterval: Int
    private var predictions: [3 of Int16] = [0, 0, 0]
    /// MCUs until the predictions begin anew.
    private var untilRestart: Int
    /// The place in the block of each zigzag index, and the reverse.
    private let natural: [UInt8]
    private let zigzagIndex: [UInt8]

    init(order: [EncodedBlockPlace], restartInterval: Int) {
        self.order = order
        self.restartInterval = restartInterval
        untilRestart = restartInterval
        natural = (0..<64).map { naturalOrder[$0] }
        var zigzagIndex = natural
        for (index, place) in natural.enumerated() { zigzagIndex[Int(place)] = UInt8(index) }
        self.zigzagIndex = zigzagIndex
    }

    /// Writes the tokens of a row of MCUs to the front of `tokens`.
    ///
    /// - Parameters:
    ///   - coefficients: the blocks of the row, as `EncoderLayout` lays them out, each row by row.
    ///   - tokens: with room for 64 for each block.
    /// - Returns: how many tokens there are.
    mutating func encodeRow(_ coefficients: [Int16], mcus: Int, into tokens: inout [Int16]) -> Int {
        let (order, natural, zigzagIndex) = (order, natural, zigzagIndex)
        let (blocks, places) = (coefficients.span, order.span)
        var output = tokens.mutableSpan
        var position = 0
        for mcu in 0..<mcus {
            startInterval()
            for i in places.indices {
                let place = places[i]
                let start = 64 &* (place.first &+ mcu &* place.step)
                let block = blocks.extracting(start..<start &+ 64)
                output[position] = block[0] &- predictions[place.component]
                predictions[place.component] = block[0]
                position = Self.appendAC(block, natural.span, zigzagIndex.span, to: &output, at: position &+ 1)
            }
        }
        return position
    }

    /// T.81 §F.1.1.5.1: predictions are 0 at the start of each restart interval.
    @inline(__always)
    private mutating func startInterval() {
        if restartInterval == 0 { return }
        if untilRestart == 0 {
            predictions = [0, 0, 0]
            untilRestart = restartInterval
        }
        untilRestart &-= 1
    }

    /// A bit for each coefficient that is not zero, by its zigzag index.
    ///
    /// Most blocks are empty but for a corner, so four coefficients are looked at together before each is.
    @inline(__always)
    private static func occupied(_ block: Span<Int16>, _ zigzagIndex: Span<UInt8>) -> UInt64 {
        var occupied: UInt64 = 0
        for i in stride(from: 0, to: 64, by: 4)
        where block[i] | block[i &+ 1] | block[i &+ 2] | block[i &+ 3] != 0 {
            for j in i..<i &+ 4 {
                let bit: UInt64 = block[j] == 0 ? 0 : 1
                occupied |= bit &<< UInt64(truncatingIfNeeded: zigzagIndex[j])
            }
        }
        return occupied
    }

    @inline(__always)
    private static func appendAC(
        _ block: Span<Int16>, _ natural: Span<UInt8>, _ zigzagIndex: Span<UInt8>,
        to tokens: inout MutableSpan<Int16>, at start: Int
    ) -> Int {
        var occupied = occupied(block, zigzagIndex) & ~1
        var position = start
        var last = 0
        while occupied != 0 {
            let k = occupied.trailingZeroBitCount
            occupied &= occupied &- 1
            var run = k &- last &- 1
            while run > 15 {
                tokens[position] = 15
                position &+= 1
                run &-= 16
            }
            tokens[position] = block[Int(natural[k & 63] & 63)] &<< 4 | Int16(truncatingIfNeeded: run)
            position &+= 1
            last = k
        }
        if last < 63 {
            tokens[position] = 0
            position &+= 1
        }
        return position
    }
}

/// How often each symbol of the four tables occurs: luminance DC and AC, chrominance DC and AC, 256 entries each.
struct SymbolFrequencies {
    private(set) var counts = [Int](repeating: 0, count: 4 * 256)
    private let order: [EncodedBlockPlace]

    init(order: [EncodedBlockPlace]) {
        self.order = order
    }

    /// Counts the symbols of the first `count` tokens, which are whole MCUs.
    mutating func add(_ tokens: [Int16], count: Int) {
        let order = order
        let (tokens, places) = (tokens.span, order.span)
        var counts = counts.mutableSpan
        var position = 0
        while position < count {
            for i in places.indices {
                let table = 512 &* places[i].tables
                counts[table &+ Self.bitWidth(tokens[position])] &+= 1
                position &+= 1
                var k = 0
                while k < 63 {
                    let token = tokens[position]
                    position &+= 1
                    let symbol = Int(token & 15) &<< 4 | Self.bitWidth(token &>> 4)
                    counts[table &+ 256 &+ symbol] &+= 1
                    k &+= symbol == 0 ? 63 : Int(token & 15) &+ 1
                }
            }
        }
    }

    /// The tables with the shortest stream, as many as occur, in the order of the counts.
    var optimalTables: [HuffmanSpecification] {
        let tables = 1 + (order.map(\.tables).max() ?? 0)
        return (0..<2 * tables).map {
            HuffmanSpecification(optimalFor: counts.span.extracting(256 * $0..<256 * ($0 + 1)))
        }
    }

    /// The category of T.81 tables F.1 and F.2: the bits that the size of a value takes.
    @inline(__always)
    private static func bitWidth(_ value: Int16) -> Int { 16 &- Int(value.magnitude.leadingZeroBitCount) }
}
