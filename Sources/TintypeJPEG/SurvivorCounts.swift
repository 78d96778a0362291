import TintypeCore

/// How many coefficients a quantisation leaves.
///
/// The bits of a picture are nearly proportional to that number (He and Mitra, "A unified rate-distortion analysis
/// framework for transform coding", 2001), so it tells how large a part of the bits is those of a sample, and how they change with
/// the steps. Of large pictures not all blocks are looked at.
struct SurvivorCounts {
    /// For each destination, each zigzag index and each step the coefficients that the step leaves.
    private var counts: [Int]
    /// One of so many blocks was looked at, and counts for them all.
    private let stride: Int

    /// - Parameters:
    ///   - bands: not quantised.
    ///   - stride: one of so many blocks is looked at.
    init(_ bands: [BlockBand], _ layout: EncoderLayout, stride: Int) {
        self.stride = stride
        let destinations = layout.components.reduce(1) { max($0, $1.sampling.quantization + 1) }
        counts = [Int](repeating: 0, count: 64 * 256 * destinations)
        var untilNext = 0
        for band in bands {
            for component in layout.components {
                for row in 0..<component.down {
                    let first = component.firstBlock + row * layout.mcusAcross * component.across
                    Self.add(
                        band, first..<first + component.blocksAcross,
                        from: band.firstValues[component.firstRow + row], component.sampling.quantization, stride,
                        &untilNext, to: &counts)
                }
            }
        }
        // A coefficient that a step leaves is left by the smaller ones, too.
        for i in counts.indices.reversed() where i & 255 < 255 { counts[i] += counts[i + 1] }
    }

    /// The coefficients that are left.
    ///
    /// - Parameter steps: by destination, row by row of the block.
    func count(_ steps: [[UInt8]]) -> Int {
        var sum = 0
        for (destination, steps) in steps.enumerated() {
            for k in 0..<64 { sum += counts[(destination * 64 + k) * 256 + Int(steps[Int(naturalOrder[k])])] }
        }
        return sum * stride
    }

    private static func add(
        _ band: borrowing BlockBand, _ blocks: Range<Int>, from first: Int, _ destination: Int, _ stride: Int,
        _ untilNext: inout Int, to counts: inout [Int]
    ) {
        let (masks, values) = (band.masks.span, band.values.span)
        var counts = counts.mutableSpan
        var cursor = first
        for index in blocks {
            var rest = masks[index]
            if untilNext > 0 {
                untilNext &-= 1
                cursor &+= rest.nonzeroBitCount
                continue
            }
            untilNext = stride &- 1
            while rest != 0 {
                let k = rest.trailingZeroBitCount & 63
                rest &= rest &- 1
                // The transform's results are 8 times too large, and half a step is left: so the largest step that leaves it.
                let step = min(Int(values[cursor].magnitude &>> 2), 255)
                counts[(destination &* 64 &+ k) &* 256 &+ step] &+= 1
                cursor &+= 1
            }
        }
    }
}
