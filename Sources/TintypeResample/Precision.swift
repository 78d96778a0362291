import TintypeKernels

/// How many bits the weights and the samples between the passes have.
///
/// With g₁ and g₂ the gains of the two axes, m the largest sample that goes in, f the fraction bits between the passes, and s₁, s₂
/// the shifts of the weights:
/// - a sum of the first pass is at most m · g₁ · 2^s₁,
/// - a sample between the passes is at most m · g₁ · 2^f, beyond the range of the samples by the overshoot, which has to survive
///   to the second pass,
/// - a sum of the second pass is at most m · g₁ · g₂ · 2^(f + s₂).
///
/// All have to fit. A tenth is left for the gain of the rounded weights and for the half that is added for rounding.
struct Precision: Hashable {
    let firstShift: Int
    let secondShift: Int
    /// Bits by which the sums of the first pass are shifted.
    let afterFirst: Int
    /// Bits by which the sums of the second pass are shifted.
    let afterSecond: Int
    /// The largest error that the rounding of the weights can make in all, in units of the result.
    let weightError: Double

    /// The precision that `Sample` offers, or nil if the samples do not fit it.
    init?<Sample: ResampleSample>(_: Sample.Type, layout: SampleLayout, first: AxisWeights, second: AxisWeights) {
        let full: Double = layout.isWide ? 65535 : 255
        let largest = layout.hasAlpha ? full * full : full
        let fraction = Self.fractionBits(of: Sample.self)
        let between = largest * first.gain * Double(1 << fraction)
        guard between < Double(Sample.max) else { return nil }
        firstShift = Self.shift(first, for: Sample.self, bound: largest * first.gain)
        secondShift = Self.shift(second, for: Sample.self, bound: between * second.gain)
        guard firstShift > fraction, secondShift >= 1 else { return nil }
        afterFirst = firstShift - fraction
        afterSecond = secondShift + fraction - (layout.hasAlpha ? alphaFractionBits : 0)
        // A weight is off by one unit at most, half of them by a half; the errors add up to 0, so that only the distance of a
        // sample from mid-range counts. Under alpha an error counts most where alpha is a half.
        let scale = layout.hasAlpha ? 2 * largest : largest
        weightError =
            scale / 4 * (Double(first.taps) / Double(1 << firstShift) + Double(second.taps) / Double(1 << secondShift))
    }

    /// Whether the error of the weights is too small to count beside the last rounding.
    var isAmple: Bool { weightError < 0.25 }

    private static func fractionBits<Sample: ResampleSample>(of: Sample.Type) -> Int {
        switch Sample.bitWidth {
        case 16: 4
        case 32: 13
        default: 20
        }
    }

    /// The largest shift with which the weights fit a sample and the sums fit; no more than a `Double` can tell apart.
    private static func shift<Sample: ResampleSample>(_ axis: AxisWeights, for: Sample.Type, bound: Double) -> Int {
        let sums = 0.9 * Double(sign: .plus, exponent: Sample.Sum.bitWidth - 1, significand: 1)
        var shift = 50
        while shift > 0 {
            let one = Double(1 << shift)
            if axis.largest * one < Double(Sample.max) - 1 && bound * one <= sums { break }
            shift -= 1
        }
        return shift
    }
}
