import TintypeKernels

/// The weights of one axis in fixed point.
struct WeightTable<Weight: FixedWidthInteger & SignedInteger & Sendable> {
    /// Bits after the binary point: the weights of one target pixel add up to exactly `1 << shift`.
    let shift: Int
    /// The first source pixel of each target pixel.
    private(set) var starts: [Int]
    /// How many source pixels each target pixel takes, at least 1.
    private(set) var counts: [Int]
    /// Weights kept for each target pixel, those past its `counts` being zero.
    private let stride: Int
    private var weights: [Weight]

    init(_ axis: AxisWeights, shift: Int) {
        self.shift = shift
        stride = axis.taps
        starts = [Int](repeating: 0, count: axis.target)
        counts = starts
        weights = [Weight](repeating: 0, count: axis.target * stride)
        var from = 0
        for i in 0..<axis.target {
            let window = axis.weights.span.extracting(from..<from + axis.counts[i])
            let row = axis.isMirrored ? axis.target - 1 - i : i
            starts[row] = axis.isMirrored ? axis.source - axis.starts[i] - window.count : axis.starts[i]
            counts[row] = window.count
            fill(row, with: window, backwards: axis.isMirrored)
            from += window.count
        }
    }

    /// Rounds the *running sums* of the weights, and takes their differences: then the weights add up to 1 exactly, however
    /// many they are, and the error of no part of the window exceeds one unit.
    private mutating func fill(_ row: Int, with window: Span<Double>, backwards: Bool) {
        let one = Double(sign: .plus, exponent: shift, significand: 1)
        var sum = 0.0
        var before: Int64 = 0
        for k in window.indices {
            sum += window[k]
            // Away from zero, as `rounded()` does by a call.
            let now = k == window.count - 1 ? 1 << Int64(shift) : Int64(sum * one + (sum < 0 ? -0.5 : 0.5))
            weights[row * stride + (backwards ? window.count - 1 - k : k)] = Weight(truncatingIfNeeded: now - before)
            before = now
        }
    }

    /// The source pixel after the last that target pixel `index` takes.
    func end(_ index: Int) -> Int { starts[index] + counts[index] }

    /// From the first source pixel that any of these target pixels takes to the last, of one or two in a row. The second one's may begin before the first
    /// one's, as windows have no zeros at their ends.
    func rows(_ targets: Range<Int>) -> Range<Int> {
        let (first, last) = (targets.lowerBound, targets.upperBound - 1)
        return min(starts[first], starts[last])..<max(end(first), end(last))
    }

    /// What source pixel `position` counts in target pixel `index`.
    func weight(_ index: Int, at position: Int) -> Weight {
        let k = position - starts[index]
        return k >= 0 && k < counts[index] ? weights[index * stride + k] : 0
    }

    /// The same for the horizontal pass, whose windows begin at even pixels.
    var columns: ColumnWeights<Weight> {
        let taps = (stride + 8) / 8 * 8
        var padded = [Weight](repeating: 0, count: starts.count * taps)
        for i in starts.indices {
            for k in 0..<counts[i] { padded[i * taps + starts[i] % 2 + k] = weights[i * stride + k] }
        }
        return ColumnWeights(
            taps: taps, starts: starts.map { $0 & ~1 }, counts: starts.indices.map { starts[$0] % 2 + counts[$0] },
            weights: padded)
    }
}
