import TintypeKernels

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

    /// A band of blocks that are all beyond the edges, with room for all of their values.
    fileprivate init(_ layout: EncoderLayout) {
        masks = [UInt64](repeating: 0, count: layout.blocksPerRow)
        values = [Int16](repeating: 0, count: 64 * layout.blocksPerRow)
        firstValues = [Int](repeating: 0, count: layout.components.reduce(0) { $0 + $1.down })
    }

    /// Bytes that the band holds.
    var bytes: Int { 8 * (masks.count + firstValues.count) + 2 * values.count }
}

/// Makes bands, each in the memory of the one before.
struct BandPacker {
    private let layout: EncoderLayout
    /// The band made last. Its `values` has room behind them.
    private(set) var band: BlockBand
    private var valueCount = 0

    init(_ layout: EncoderLayout) {
        self.layout = layout
        band = BlockBand(layout)
    }

    /// A copy of the band, with no room to spare.
    var copy: BlockBand {
        var copy = band
        copy.values = Array(band.values[..<valueCount])
        return copy
    }

    /// Transforms and packs a row of MCUs.
    ///
    /// - Parameters:
    ///   - planes: full.
    ///   - mcuRow: counted from 0; it tells which rows of blocks lie beyond the lower edge.
    ///   - divisors: by destination of the quantisation table.
    ///   - quantizing: whether coefficients are quantised, or left as the transform makes them but for small ones.
    mutating func pack(
        _ planes: borrowing BandPlanes, mcuRow: Int, _ divisors: [JPEGForward.Divisors], quantizing: Bool
    ) {
        valueCount = 0
        for (index, component) in layout.components.enumerated() {
            for y in 0..<component.down {
                let blocks = begin(y, of: component, mcuRow)
                valueCount += Self.transform(
                    planes[index], y, blocks.count, component.stride, divisors[component.sampling.quantization],
                    quantizing, &band.masks, &band.values, blocks, valueCount)
            }
        }
    }

    /// Packs the blocks of a row of MCUs.
    ///
    /// - Parameters:
    ///   - coefficients: 64 for each block, row by row of the block, as `EncoderLayout` lays blocks out.
    ///   - mcuRow: counted from 0.
    mutating func pack(_ coefficients: [Int16], mcuRow: Int) {
        valueCount = 0
        for component in layout.components {
            for y in 0..<component.down {
                let blocks = begin(y, of: component, mcuRow)
                valueCount += Self.pack(coefficients, &band.masks, &band.values, blocks, valueCount)
            }
        }
    }

    /// Notes where the values of a row of blocks begin.
    ///
    /// - Returns: its blocks, none if it lies beyond the lower edge.
    private mutating func begin(_ y: Int, of component: EncoderLayout.Component, _ mcuRow: Int) -> Range<Int> {
        band.firstValues[component.firstRow + y] = valueCount
        let first = component.firstBlock + y * layout.mcusAcross * component.across
        if mcuRow * component.down + y < component.blocksDown { return first..<first + component.blocksAcross }
        for index in first..<first + component.blocksAcross { band.masks[index] = 0 }
        return first..<first
    }

    private static func transform(
        _ plane: [UInt8], _ row: Int, _ count: Int, _ stride: Int, _ divisors: JPEGForward.Divisors,
        _ quantizing: Bool, _ masks: inout [UInt64], _ values: inout [Int16], _ blocks: Range<Int>, _ firstValue: Int
    ) -> Int {
        var allMasks = masks.mutableSpan
        var masks = allMasks._mutatingExtracting(blocks)
        var allValues = values.mutableSpan
        var values = allValues._mutatingExtracting(firstValue..<allValues.count)
        return JPEGForward.transformBlocks(
            plane.span.extracting(8 * row * stride..<8 * (row + 1) * stride), stride: stride, blocks: count,
            divisors: divisors, quantizing: quantizing, masks: &masks, values: &values)
    }

    private static func pack(
        _ coefficients: [Int16], _ masks: inout [UInt64], _ values: inout [Int16], _ blocks: Range<Int>,
        _ firstValue: Int
    ) -> Int {
        var allMasks = masks.mutableSpan
        var masks = allMasks._mutatingExtracting(blocks)
        var allValues = values.mutableSpan
        var values = allValues._mutatingExtracting(firstValue..<allValues.count)
        return JPEGForward.packBlocks(
            coefficients.span.extracting(64 * blocks.lowerBound..<64 * blocks.upperBound), masks: &masks,
            values: &values)
    }
}
