/// Where a block's coefficients lie: which of them are held, and in what order.
///
/// A reduced inverse DCT reads only the rows and columns of some frequencies (T.81 figure 5 counts them from 0): where a whole picture's coefficients must be held, the others are not. Of
/// a picture that is made smaller still those that stand for finer detail than the samples can show are not held either. One place behind those that are held takes what is written to the others, so that a decoder need not ask.
struct BlockOrder: Equatable {
    /// Where the order's places begin in `blockPlaces`.
    let offset: Int
    /// From one block's first coefficient to the next's.
    let spacing: Int
    /// The zigzag index of the last coefficient that is held.
    let last: Int

    /// All, row by row.
    static let natural = BlockOrder(offset: 0, spacing: 64, last: 63)
    /// Without frequency 4 in either direction: 7 × 7 for blocks of 4×4 samples.
    static let for4x4 = BlockOrder(offset: 80, spacing: 50, last: 63)
    /// Frequencies 0, 1, 3, 5 and 7: 5 × 5 for blocks of 2×2 samples.
    static let for2x2 = BlockOrder(offset: 160, spacing: 26, last: 63)
    /// Frequencies 0 to 3, row by row.
    static let corner4x4 = BlockOrder(offset: 240, spacing: 17, last: 24)
    /// Frequencies 0 and 1, row by row.
    static let corner2x2 = BlockOrder(offset: 320, spacing: 5, last: 4)
    /// The first (DC) coefficient alone.
    static let onlyDC = BlockOrder(offset: 0, spacing: 1, last: 0)
}

/// The place in the block of the coefficient with each zigzag index, eighty for each order that holds more than the first: as in `naturalOrder`
/// sixteen entries beyond the 64th catch what broken streams lead to. The last entries make any index of nine bits good.
let blockPlaces: [512 of UInt8] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5,
    12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28,
    35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51,
    58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63,
    63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
    0, 1, 7, 14, 8, 2, 3, 9, 15, 21, 49, 22, 16, 10, 49, 4,
    49, 17, 23, 49, 28, 35, 29, 49, 24, 49, 11, 5, 6, 12, 18, 49,
    49, 30, 36, 42, 43, 37, 31, 49, 25, 19, 13, 20, 26, 49, 49, 38,
    44, 45, 49, 32, 49, 27, 49, 33, 39, 49, 46, 40, 34, 41, 47, 48,
    48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48, 48,
    0, 1, 5, 25, 6, 25, 2, 25, 25, 10, 25, 11, 25, 7, 25, 3,
    25, 25, 25, 25, 15, 25, 16, 25, 12, 25, 8, 25, 4, 25, 25, 25,
    25, 25, 25, 20, 21, 25, 17, 25, 13, 25, 9, 25, 25, 25, 25, 25,
    25, 22, 25, 18, 25, 14, 25, 25, 25, 25, 23, 25, 19, 25, 25, 24,
    24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24, 24,
    0, 1, 4, 8, 5, 2, 3, 6, 9, 12, 16, 13, 10, 7, 16, 16,
    16, 11, 14, 16, 16, 16, 16, 16, 15, 16, 16, 16, 16, 16, 16, 16,
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
    16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16, 16,
    0, 1, 2, 4, 3, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4, 4,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0,
]
