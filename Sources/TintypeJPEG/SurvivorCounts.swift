import TintypeKernels

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
    /// By destination.
    private var choices: [Choice]
    /// By destination, how many values there are, and how many of them were looked at.
    private var values: [(all: Int, counted: Int)]

    /// - Parameter stride: of a destination's blocks, so many in all, one of how many is looked at.
    init(_ layout: EncoderLayout, stride: (_ blocks: Int) -> Int = { _ in 1 }) {
        self.layout = layout
        let destinations = 0..<layout.components.reduce(1) { max($0, $1.sampling.quantization + 1) }
        choices = destinations.map { destination in
            let components = layout.components.filter { $0.sampling.quantization == destination }
            return Choice(stride: stride(components.reduce(0) { $0 + $1.blocksAcross * $1.blocksDown }))
        }
        counts = [UInt32](repeating: 0, count: 64 * 256 * destinations.count)
        values = destinations.map { _ in (0, 0) }
    }

    /// - Parameter band: not quantised.
    mutating func add(_ band: BlockBand) {
        for component in layout.components {
            for row in 0..<component.down {
                let first = component.firstBlock + row * layout.mcusAcross * component.across
                let destination = component.sampling.quantization
                let (all, counted) = Self.add(
                    band, first..<first + component.blocksAcross, from: band.firstValues[component.firstRow + row],
                    destination, &choices[destination], to: &counts)
                values[destination].all += all
                values[destination].counted += counted
            }
        }
    }

    /// What every step leaves.
    ///
    /// What is left of the blocks that were looked at is to that of all of them as their values are.
    var totals: Totals {
        Totals(counts, shares: values.map { $0.counted > 0 ? Double($0.all) / Double($0.counted) : 0 })
    }

    private static func add(
        _ band: borrowing BlockBand, _ blocks: Range<Int>, from first: Int, _ destination: Int, _ choice: inout Choice,
        to counts: inout [UInt32]
    ) -> (all: Int, counted: Int) {
        let (masks, values) = (band.masks.span, band.values.span)
        var allCounts = counts.mutableSpan
        var counts = allCounts._mutatingExtracting(destination &* 16_384..<(destination &+ 1) &* 16_384)
        // So that the loop below needs no check of its indices.
        precondition(counts.count == 16_384)
        // The place of the next block's values.
        var cursor = first
        var index = blocks.lowerBound
        var counted = 0
        // A row beyond the edge.
        if masks[index] == 0 { return (0, 0) }
        while true {
            let chosen = min(index &+ choice.passing, blocks.upperBound)
            cursor &+= JPEGForward.valueCount(masks.extracting(index..<chosen))
            choice.pass(chosen &- index)
            index = chosen
            if index == blocks.upperBound { break }
            let before =
                index == blocks.lowerBound ? 0 : values[cursor &- masks[index &- 1].nonzeroBitCount]
            counts[largestStep(values[cursor] &- before) &* 64] &+= 1
            counted &+= masks[index].nonzeroBitCount
            cursor &+= 1
            var rest = masks[index] & ~1
            while rest != 0 {
                let k = rest.trailingZeroBitCount & 63
                rest &= rest &- 1
                counts[largestStep(values[cursor]) &* 64 &+ k] &+= 1
                cursor &+= 1
            }
            index &+= 1
            choice.takeOne()
        }
        return (cursor &- first, counted)
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
        private var bits: [Int32]
        /// By destination, what they are to be multiplied by.
        private let shares: [Double]

        fileprivate init(_ counts: [UInt32], shares: [Double]) {
            self.shares = shares
            bits = [Int32](repeating: 0, count: counts.count)
            for first in Swift.stride(from: 0, to: counts.count, by: 256 * 64) {
                // A coefficient that a step leaves is left by the smaller ones, too.
                var left = [64 of Int32](repeating: 0)
                var values = [64 of Int32](repeating: 0)
                for step in (0..<256).reversed() {
                    let place = first + step * 64
                    Self.add(counts, at: place, Self.logarithm(step), &left, &values, &bits)
                }
            }
        }

        private static func add(
            _ counts: [UInt32], at first: Int, _ logarithm: Int32, _ left: inout [64 of Int32],
            _ values: inout [64 of Int32], _ bits: inout [Int32]
        ) {
            let counts = counts.span.extracting(first..<first + 64)
            var allBits = bits.mutableSpan
            var bits = allBits._mutatingExtracting(first..<first + 64)
            // So that the loop needs no checks, and becomes one of vectors.
            precondition(counts.count == 64 && bits.count == 64)
            for k in 0..<64 {
                let count = Int32(truncatingIfNeeded: counts[k])
                left[k] &+= count
                values[k] &+= count &* logarithm
                // Five bits say where a coefficient is and how long; then come those of its value.
                bits[k] = left[k] &* (16 &* 5 &- logarithm) &+ values[k]
            }
            // Three do for a DC coefficient.
            bits[0] &-= left[0] &* (16 &* 2)
        }

        /// - Parameter steps: by destination, row by row of the block.
        func bits(_ steps: [[UInt8]]) -> Int {
            var sum = 0.0
            for (destination, steps) in steps.enumerated() {
                var counted = 0
                for k in 0..<64 {
                    counted += Int(bits[(destination * 256 + Int(steps[Int(naturalOrder[k])])) * 64 + k])
                }
                sum += Double(counted) * shares[destination]
            }
            return Int(sum / 16)
        }

        /// To base 2, in 16ths: by the straight line between powers of two.
        private static func logarithm(_ value: Int) -> Int32 {
            guard value > 0 else { return 0 }
            let exponent = value.bitWidth - 1 - value.leadingZeroBitCount
            return Int32(16 * exponent + ((value - 1 << exponent) * 16) >> exponent)
        }
    }
}
