import TintypeCore

/// How many coefficients a quantisation leaves, and how large they are.
///
/// The bits of a picture are nearly proportional to the number of those that are left (He and Mitra, "A unified rate-distortion analysis
/// framework for transform coding", 2001), and more nearly so to that with the lengths of their values. So it tells how large a part of the bits is
/// those of a sample, and how they change with the steps. Of large pictures not all blocks are looked at.
struct SurvivorCounts {
    private let layout: EncoderLayout
    /// For each destination, each zigzag index and each step the coefficients that this step leaves, and no greater one.
    private var counts: [Int]
    /// One of so many blocks is looked at, and counts for them all; how many are passed over before the next.
    private let stride: Int
    private var untilNext = 0

    /// - Parameter stride: one of so many blocks is looked at.
    init(_ layout: EncoderLayout, stride: Int) {
        self.layout = layout
        self.stride = stride
        let destinations = layout.components.reduce(1) { max($0, $1.sampling.quantization + 1) }
        counts = [Int](repeating: 0, count: 64 * 256 * destinations)
    }

    /// - Parameter band: not quantised.
    mutating func add(_ band: BlockBand) {
        for component in layout.components {
            for row in 0..<component.down {
                let first = component.firstBlock + row * layout.mcusAcross * component.across
                Self.add(
                    band, first..<first + component.blocksAcross, from: band.firstValues[component.firstRow + row],
                    component.sampling.quantization, stride, &untilNext, to: &counts)
            }
        }
    }

    /// What every step leaves.
    var totals: Totals { Totals(counts, stride: stride) }

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

    /// The numbers of coefficients that are left, and how large they are, by destination, zigzag index and step.
    struct Totals {
        private var counts: [Int]
        /// The sums of their base-2 logarithms, in 16ths.
        private var logarithms: [Int]
        private let stride: Int

        fileprivate init(_ counts: [Int], stride: Int) {
            self.counts = counts
            self.stride = stride
            logarithms = counts
            // A coefficient that a step leaves is left by the smaller ones, too.
            for i in counts.indices.reversed() {
                logarithms[i] *= Self.logarithm(i & 255)
                guard i & 255 < 255 else { continue }
                self.counts[i] += self.counts[i + 1]
                logarithms[i] += logarithms[i + 1]
            }
        }

        /// About as many 16ths of bits as the coefficients take that are left: five bits to say where one is and how long, and then those of its
        /// value.
        ///
        /// - Parameter steps: by destination, row by row of the block.
        func bits(_ steps: [[UInt8]]) -> Int {
            var sum = 0
            for (destination, steps) in steps.enumerated() {
                for k in 0..<64 {
                    let step = Int(steps[Int(naturalOrder[k])])
                    let index = (destination * 64 + k) * 256 + step
                    sum += counts[index] * (16 * 5 - Self.logarithm(step)) + logarithms[index]
                }
            }
            return stride * sum
        }

        /// To base 2, in 16ths: by the straight line between powers of two.
        private static func logarithm(_ value: Int) -> Int {
            guard value > 0 else { return 0 }
            let exponent = value.bitWidth - 1 - value.leadingZeroBitCount
            return 16 * exponent + ((value - 1 << exponent) * 16) >> exponent
        }
    }
}
