import TintypeKernels

/// Rows of MCUs that stand for all of a picture.
///
/// Each is made of pieces of the rows around it, one piece from each place across: so the sample, unlike a few whole rows, has
/// something of everything in the picture, and its layout is still the picture's.
struct BandSample {
    private let layout: EncoderLayout
    /// MCUs in a piece, which is 64 pixels wide or a little more. Narrower ones would spread the sample more evenly, and predict more DC coefficients
    /// from blocks that are not their neighbours.
    private let piece: Int

    init(_ layout: EncoderLayout) {
        self.layout = layout
        piece = 8 / layout.components.reduce(1) { max($0, $1.across) }
    }

    /// - Parameter stride: one of so many rows is made, 1 or more.
    /// - Returns: at least one row, if there are any.
    func rows(of bands: [BlockBand], stride: Int) -> [BlockBand] {
        let count = max(1, bands.count / stride)
        return (0..<count).map { index in
            row(of: bands[index * bands.count / count..<(index + 1) * bands.count / count], index)
        }
    }

    private func row(of bands: ArraySlice<BlockBand>, _ index: Int) -> BlockBand {
        var sample = BlockBand()
        sample.masks = [UInt64](repeating: 0, count: layout.blocksPerRow)
        for component in layout.components {
            for row in 0..<component.down {
                sample.firstValues.append(sample.values.count)
                let start = component.firstBlock + row * layout.mcusAcross * component.across
                let rowBlocks = start..<start + component.blocksAcross
                let piece = piece * component.across
                // In each of the rows, a block and where its values begin.
                var cursors = bands.map { (block: start, value: $0.firstValues[component.firstRow + row]) }
                for (number, first) in Swift.stride(from: start, to: rowBlocks.upperBound, by: piece).enumerated() {
                    let blocks = first..<min(first + piece, rowBlocks.upperBound)
                    let chosen = Self.choice(of: bands.count, number, index)
                    let band = bands[bands.startIndex + chosen]
                    let begin = cursors[chosen].value + Self.valueCount(band, cursors[chosen].block..<first)
                    let end = begin + Self.valueCount(band, blocks)
                    sample.append(blocks, begin..<end, of: band)
                    cursors[chosen] = (blocks.upperBound, end)
                }
            }
        }
        return sample
    }

    /// Which of so many rows a piece is taken from: by multiples of the golden ratio, which spread evenly however many there are, beginning elsewhere
    /// in each row of the sample; in 65,536ths.
    private static func choice(of count: Int, _ piece: Int, _ row: Int) -> Int {
        (((40_503 * piece + 37_345 * row) & 0xFFFF) * count) >> 16
    }

    private static func valueCount(_ band: borrowing BlockBand, _ blocks: Range<Int>) -> Int {
        JPEGForward.valueCount(band.masks.span.extracting(blocks))
    }
}

extension BlockBand {
    fileprivate mutating func append(_ blocks: Range<Int>, _ newValues: Range<Int>, of other: borrowing BlockBand) {
        for block in blocks { masks[block] = other.masks[block] }
        values += other.values[newValues]
    }
}
