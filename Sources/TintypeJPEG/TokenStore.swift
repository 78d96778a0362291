import TintypeCore

/// Tokens of a whole picture, held until its Huffman tables are known.
///
/// Pieces are filled one after another, so that nothing is copied when the store grows.
struct TokenStore {
    private(set) var pieces: [[Int16]] = []
    private var budget: MemoryBudget
    private static let pieceCapacity = 1 << 18

    /// - Parameter limit: bytes that the tokens may take.
    init(limit: Int) {
        budget = MemoryBudget(limit: limit)
    }

    /// Appends whole MCUs. Throws `limitExceeded` where the tokens would take more than the limit.
    mutating func append(_ tokens: ArraySlice<Int16>) throws(ImageError) {
        if pieces.isEmpty || pieces[pieces.count - 1].count + tokens.count > Self.pieceCapacity {
            let capacity = max(Self.pieceCapacity, tokens.count)
            try budget.charge(
                capacity, stride: 2, for: "the coefficients that wait for optimised Huffman tables", format: .jpeg)
            var piece: [Int16] = []
            piece.reserveCapacity(capacity)
            pieces.append(piece)
        }
        pieces[pieces.count - 1].append(contentsOf: tokens)
    }
}
