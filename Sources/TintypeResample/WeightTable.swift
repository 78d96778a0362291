import TintypeKernels

/// The weights of one axis in fixed point.
struct WeightTable<Sample: ResampleSample> {
    /// Bits after the binary point: the weights of one target pixel add up to exactly `1 << shift`.
    let shift: Int
    /// Weights kept for each target pixel, those past its `counts` being zero. A multiple of `Sample.tapStep`.
    let stride: Int
    /// The first source pixel of each target pixel. Never falls from one to the next.
    private(set) var starts: [Int]
    /// How many source pixels each target pixel takes, at least 1.
    private(set) var counts: [Int]
    private(set) var weights: [Sample]

    init(_ axis: AxisWeights, shift: Int) {
        self.shift = shift
        stride = (axis.taps + Sample.tapStep - 1) / Sample.tapStep * Sample.tapStep
        starts = [Int](repeating: 0, count: axis.target)
        counts = starts
        weights = [Sample](repeating: 0, count: axis.target * stride)
        let windows = axis.windows
        var window: [Double] = []
        for i in 0..<axis.target {
            let start = windows.window(at: i, into: &window)
            let row = axis.isMirrored ? axis.target - 1 - i : i
            starts[row] = axis.isMirrored ? axis.source - start - window.count : start
            counts[row] = window.count
            fill(row, with: window, backwards: axis.isMirrored)
        }
    }

    /// Rounds the *running sums* of the weights, and takes their differences: then the weights add up to 1 exactly, however
    /// many they are, and the error of no part of the window exceeds one unit.
    private mutating func fill(_ row: Int, with window: [Double], backwards: Bool) {
        let one = Double(sign: .plus, exponent: shift, significand: 1)
        var sum = 0.0
        var before: Int64 = 0
        for (k, weight) in window.enumerated() {
            sum += weight
            let now = k == window.count - 1 ? 1 << Int64(shift) : Int64((sum * one).rounded())
            weights[row * stride + (backwards ? window.count - 1 - k : k)] = Sample(truncatingIfNeeded: now - before)
            before = now
        }
    }

    /// The source pixel after the last that target pixel `index` takes.
    func end(_ index: Int) -> Int { starts[index] + counts[index] }

    /// What source pixel `position` counts in target pixel `index`.
    func weight(_ index: Int, at position: Int) -> Sample {
        let k = position - starts[index]
        return k >= 0 && k < counts[index] ? weights[index * stride + k] : 0
    }
}
