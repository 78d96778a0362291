extension JPEGForward {
    /// Packs blocks of coefficients in zigzag order (T.81 figure 5) without those that are zero.
    ///
    /// - Parameters:
    ///   - coefficients: 64 for each block, row by row of the block.
    ///   - masks: for each block a bit for each coefficient that is kept, by zigzag index. The lowest, the DC coefficient,
    ///     is always kept.
    ///   - values: the coefficients that are kept, one block after another; room for as many as there may be.
    /// - Returns: how many values there are.
    public static func packBlocks(
        _ coefficients: Span<Int16>, masks: inout MutableSpan<UInt64>, values: inout MutableSpan<Int16>
    ) -> Int {
        let zigzag = ZigzagPacking.shared
        var count = 0
        for index in 0..<coefficients.count / 64 {
            masks[index] = zigzag.pack(coefficients.extracting(64 * index..<64 * index + 64), into: &values, &count)
        }
        return count
    }
}

/// The tables with which coefficients are brought into zigzag order.
struct ZigzagPacking: Sendable {
    static let shared = ZigzagPacking()

    /// The place in the block, row by row, of the coefficient with each zigzag index, and the reverse.
    private let places: [UInt8]
    private let indices: [UInt8]
    /// What the vector kernels want of the same, in bytes to be moved.
    ///
    /// For part g of eight coefficients of the zigzag order and row y of a block, 32 bytes at 32 × (8g + y): twice the byte
    /// of the row that goes to each byte of the part, or 128 where it comes from another row. Then for each byte of a mask,
    /// 16 bytes at 2,048 + 16 × mask that bring the coefficients of a part whose bits are set together at its front, and
    /// 16 bytes at 6,144 + 16 × mask that take them back.
    let vectorTables: [UInt8]

    private init() {
        // Diagonals, upwards and downwards by turns.
        let order = (0..<64).sorted { Self.rank($0) < Self.rank($1) }
        places = order.map { UInt8($0) }
        var indices = places
        for (index, place) in order.enumerated() { indices[place] = UInt8(index) }
        self.indices = indices
        var tables: [UInt8] = []
        for part in 0..<8 {
            for row in 0..<8 {
                var moves: [UInt8] = []
                for place in order[8 * part..<8 * part + 8] {
                    let byte = UInt8(place % 8 * 2)
                    moves += place / 8 == row ? [byte, byte + 1] : [128, 128]
                }
                tables += moves + moves
            }
        }
        for mask in 0..<256 {
            var moves: [UInt8] = []
            for k in 0..<8 as Range<UInt8> where mask >> k & 1 == 1 { moves += [2 * k, 2 * k + 1] }
            tables += moves + [UInt8](repeating: 128, count: 16 - moves.count)
        }
        for mask in 0..<256 {
            var next: UInt8 = 0
            for k in 0..<8 {
                let isSet = mask >> k & 1 == 1
                tables += isSet ? [next, next + 1] : [128, 128]
                if isSet { next += 2 }
            }
        }
        vectorTables = tables
    }

    /// Orders places as the zigzag sequence does.
    private static func rank(_ place: Int) -> Int {
        let (row, column) = (place / 8, place % 8)
        let diagonal = row + column
        return 8 * diagonal + (diagonal % 2 == 0 ? column : row)
    }

    /// Appends the values of a block at `position`.
    ///
    /// - Returns: the block's mask.
    func pack(_ block: Span<Int16>, into values: inout MutableSpan<Int16>, _ position: inout Int) -> UInt64 {
        let (places, mask) = (places.span, occupied(block) | 1)
        var rest = mask
        while rest != 0 {
            values[position] = block[Int(places[rest.trailingZeroBitCount & 63] & 63)]
            position &+= 1
            rest &= rest &- 1
        }
        return mask
    }

    /// A bit for each coefficient that is not zero, by its zigzag index.
    ///
    /// Most blocks are empty but for a corner, so four coefficients are looked at together before each is.
    @inline(__always)
    private func occupied(_ block: Span<Int16>) -> UInt64 {
        let indices = indices.span
        var occupied: UInt64 = 0
        for i in stride(from: 0, to: 64, by: 4)
        where block[i] | block[i &+ 1] | block[i &+ 2] | block[i &+ 3] != 0 {
            for j in i..<i &+ 4 {
                let bit: UInt64 = block[j] == 0 ? 0 : 1
                occupied |= bit &<< UInt64(truncatingIfNeeded: indices[j])
            }
        }
        return occupied
    }
}
