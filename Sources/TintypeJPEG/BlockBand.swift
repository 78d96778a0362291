/// The coefficients of a row of MCUs without their zeros.
///
/// A block is a mask with a bit for each coefficient that is kept, by zigzag index, and the values of those in the same
/// order. Of a block that holds pixels the lowest bit, the DC coefficient, is always set; blocks beyond the edges have
/// no bit, and coding repeats the DC coefficient that comes before in the stream for them, which costs the fewest bits.
struct BlockBand {
    /// By the number of the block in the buffer of a row of MCUs.
    var masks: [UInt64]
    /// The values of all blocks, one row of blocks after another.
    var values: [Int16]
    /// Where those of each row of blocks begin.
    var firstValues: [Int]

    init() {
        (masks, values, firstValues) = ([], [], [])
    }

    /// Bytes that the band holds.
    var bytes: Int { 8 * (masks.count + firstValues.count) + 2 * values.count }
}

/// Makes bands of dense blocks.
struct BandPacker {
    private let layout: EncoderLayout
    /// The place in the block of each zigzag index, and the reverse.
    private let natural: [UInt8]
    private let zigzagIndex: [UInt8]
    /// Room for the values of a band.
    private var scratch: [Int16]

    init(_ layout: EncoderLayout) {
        self.layout = layout
        natural = (0..<64).map { naturalOrder[$0] }
        var zigzagIndex = natural
        for (index, place) in natural.enumerated() { zigzagIndex[Int(place)] = UInt8(index) }
        self.zigzagIndex = zigzagIndex
        scratch = [Int16](repeating: 0, count: 64 * layout.blocksPerRow)
    }

    /// Packs the blocks of a row of MCUs.
    ///
    /// - Parameters:
    ///   - coefficients: 64 for each block, row by row of the block, as `EncoderLayout` lays blocks out.
    ///   - mcuRow: counted from 0; it tells which rows of blocks lie beyond the lower edge.
    mutating func pack(_ coefficients: [Int16], mcuRow: Int) -> BlockBand {
        var band = BlockBand()
        band.masks = [UInt64](repeating: 0, count: layout.blocksPerRow)
        var count = 0
        for component in layout.components {
            for y in 0..<component.down {
                band.firstValues.append(count)
                guard mcuRow * component.down + y < component.blocksDown else { continue }
                let first = component.firstBlock + y * layout.mcusAcross * component.across
                count = Self.pack(
                    coefficients, first..<first + component.blocksAcross, natural, zigzagIndex, &band.masks, &scratch,
                    at: count)
            }
        }
        band.values = Array(scratch[..<count])
        return band
    }

    private static func pack(
        _ coefficients: [Int16], _ blocks: Range<Int>, _ natural: [UInt8], _ zigzagIndex: [UInt8],
        _ masks: inout [UInt64], _ values: inout [Int16], at start: Int
    ) -> Int {
        let (coefficients, natural, zigzagIndex) = (coefficients.span, natural.span, zigzagIndex.span)
        var masks = masks.mutableSpan
        var values = values.mutableSpan
        var position = start
        for index in blocks {
            let block = coefficients.extracting(64 &* index..<64 &* index &+ 64)
            let mask = occupied(block, zigzagIndex) | 1
            masks[index] = mask
            var rest = mask
            while rest != 0 {
                values[position] = block[Int(natural[rest.trailingZeroBitCount & 63] & 63)]
                position &+= 1
                rest &= rest &- 1
            }
        }
        return position
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
}
