import TintypeCore

/// The bands of a whole picture, held until its Huffman tables, or its quality, are known.
struct BlockStore {
    private(set) var bands: [BlockBand] = []
    private var budget: MemoryBudget

    /// - Parameter limit: bytes that the coefficients may take.
    init(limit: Int) {
        budget = MemoryBudget(limit: limit)
    }

    /// Throws `limitExceeded` where the bands would take more than the limit.
    mutating func append(_ band: BlockBand) throws(ImageError) {
        try budget.charge(band.bytes, for: "the coefficients that wait for the end of the picture", format: .jpeg)
        bands.append(band)
    }
}
