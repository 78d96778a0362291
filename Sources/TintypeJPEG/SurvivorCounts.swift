import TintypeCore

/// How many coefficients a quantisation leaves, and how large they are; of DC coefficients, their differences.
///
/// The bits of a picture are nearly proportional to the number of those that are left (He and Mitra, "A unified rate-distortion analysis
/// framework for transform coding", 2001), and more nearly so to that with the lengths of their values. So it tells how large a part of the bits is
/// those of a sample, and how they change with the steps. Of large pictures not all blocks are looked at.
struct SurvivorCounts {
    private let layout: EncoderLayout
    /// For each destination, each step and each zigzag index the coefficients that this step leaves, and no greater one. Those of small steps,
    /// which most are, lie together.
    private var counts: [UInt32]
    private var blocks: Choice

    /// - Parameter stride: one of so many blocks is looked at.
    init(_ layout: EncoderLayout, stride: Int) {
        self.layout = layout
        blocks = Choice(stride: stride)
        let destinations = layout.components.reduce(1) { max($0, $1.sampling.quantization + 1) }
        counts = [UInt32](repeating: 0, count: 64 * 256 * destinations)
    }

    /// - Parameter band: not quantised.
    mutating func add(_ band: BlockBand) {
        for component in layout.components {
            for row in 0..<component.down {
                let first = component.firstBlock + row * layout.mcusAcross * component.across
                Self.add(
                    band, first..<first + component.blocksAcross, from: band.firstValues[component.firstRow + row],
                    component.sampling.quantization, &blocks, to: &counts)
            }
        }
    }

    /// What every step leaves.
    var totals: Totals { Totals(counts, stride: blocks.stride) }

    private static func add(
        _ band: borrowing BlockBand, _ blocks: Range<Int>, from first: Int, _ destination: Int, _ choice: inout Choice,
        to counts: inout [UInt32]
    ) {
        let (masks, values) = (band.masks.span, band.values.span)
        var counts = counts.mutableSpan
        // The places of the values of the next block and of the one before.
        var (cursor, before) = (first, first)
        var index = blocks.lowerBound
        // A row beyond the edge.
        if masks[index] == 0 { return }
        while true {
            let chosen = index &+ choice.passing
            if chosen >= blocks.upperBound { break }
            while index < chosen {
                before = cursor
                cursor &+= masks[index].nonzeroBitCount
                index &+= 1
            }
            let dc = index == blocks.lowerBound ? values[cursor] : values[cursor] &- values[before]
            before = cursor
            cursor &+= 1
            counts[(destination &* 256 &+ largestStep(dc)) &* 64] &+= 1
            var rest = masks[index] & ~1
            while rest != 0 {
                let k = rest.trailingZeroBitCount & 63
                rest &= rest &- 1
                counts[(destination &* 256 &+ largestStep(values[cursor])) &* 64 &+ k] &+= 1
                cursor &+= 1
            }
            index &+= 1
            choice.takeOne()
        }
        choice.pass(blocks.upperBound &- index)
    }

    /// The transform's results are 8 times too large, and half a step is left: so the largest step that leaves a value.
    @inline(__always)
    private static func largestStep(_ value: Int16) -> Int { min(Int(value.magnitude &>> 2), 255) }

    /// Chooses one of so many blocks, at any place among them, lest it keep step with the picture.
    private struct Choice {
        let stride: Int
        /// How many blocks are passed over before the next one is taken.
        private(set) var passing = 0
        /// Of the blocks among which it is, those behind it.
        private var behind: Int
        private var random: UInt32 = 1

        init(stride: Int) {
            self.stride = stride
            behind = stride - 1
        }

        mutating func pass(_ count: Int) { passing &-= count }

        /// Takes the one that comes after those that are passed over.
        mutating func takeOne() {
            // Numerical Recipes' generator; its upper bits are the better ones.
            random = random &* 1_664_525 &+ 1_013_904_223
            let place = (Int(random &>> 16) &* stride) &>> 16
            passing = behind &+ place
            behind = stride &- 1 &- place
        }
    }

    /// About how many bits the coefficients take that each step leaves.
    struct Totals {
        /// By destination, step and zigzag index, in 16ths.
        private var bits: [Int]
        private let stride: Int

        fileprivate init(_ counts: [UInt32], stride: Int) {
            self.stride = stride
            let logarithms = (0..<256).map(Self.logarithm)
            bits = [Int](repeating: 0, count: counts.count)
            for first in Swift.stride(from: 0, to: counts.count, by: 256 * 64) {
                for k in 0..<64 {
                    // Five bits say where a coefficient is and how long, three do for a DC coefficient; then come those of its value.
                    let length = k == 0 ? 16 * 3 : 16 * 5
                    // A coefficient that a step leaves is left by the smaller ones, too.
                    var (left, sum) = (0, 0)
                    for step in (0..<256).reversed() {
                        let index = first + step * 64 + k
                        left += Int(counts[index])
                        sum += Int(counts[index]) * logarithms[step]
                        bits[index] = left * (length - logarithms[step]) + sum
                    }
                }
            }
        }

        /// - Parameter steps: by destination, row by row of the block.
        func bits(_ steps: [[UInt8]]) -> Int {
            var sum = 0
            for (destination, steps) in steps.enumerated() {
                for k in 0..<64 { sum += bits[(destination * 256 + Int(steps[Int(naturalOrder[k])])) * 64 + k] }
            }
            return stride * sum / 16
        }

        /// To base 2, in 16ths: by the straight line between powers of two.
        private static func logarithm(_ value: Int) -> Int {
            guard value > 0 else { return 0 }
            let exponent = value.bitWidth - 1 - value.leadingZeroBitCount
            return 16 * exponent + ((value - 1 << exponent) * 16) >> exponent
        }
    }
}
