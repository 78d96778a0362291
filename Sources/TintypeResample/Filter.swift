/// A resampling filter: how much a source pixel counts, by its distance from the place that is sampled.
///
/// When a picture shrinks, the filter is widened by the same factor, so that every source pixel has its share.
public enum Filter: String, Sendable, Hashable, CaseIterable {
    /// The one pixel in whose area the place lies. Hard edges, aliasing; never mixes colours.
    case nearest
    /// The mean over the area that a target pixel covers.
    case box
    /// A triangle: linear interpolation.
    case bilinear
    /// A sinc of one lobe under a Hamming window: as wide as `bilinear` and sharper.
    case hamming
    /// Cubic convolution with a = -½ (Keys, "Cubic Convolution Interpolation for Digital Image Processing", 1981).
    case bicubic
    /// The cubic of Mitchell and Netravali with B = C = ⅓ ("Reconstruction Filters in Computer Graphics", 1988).
    /// It blurs a little, even where the size stays the same.
    case mitchell
    /// A sinc under the middle lobe of a sinc three times as wide (Duchon, "Lanczos Filtering in One and Two Dimensions", 1979).
    case lanczos3

    /// The distance from which on the filter is zero, in source pixels when enlarging, in target pixels when shrinking.
    public var support: Double {
        switch self {
        case .nearest, .box: 0.5
        case .bilinear, .hamming: 1
        case .bicubic, .mitchell: 2
        case .lanczos3: 3
        }
    }

    /// The weight at distance `x`, not normalised.
    public func weight(at x: Double) -> Double {
        let d = abs(x)
        switch self {
        case .nearest, .box:
            // Half open, so that of two pixels at the very edge exactly one counts.
            return x > -0.5 && x <= 0.5 ? 1 : 0
        case .bilinear:
            return max(0, 1 - d)
        case .hamming:
            return d < 1 ? sinc(d) * (0.54 + 0.46 * sinPi(0.5 - d)) : 0
        case .bicubic:
            if d < 1 { return (1.5 * d - 2.5) * d * d + 1 }
            return d < 2 ? ((-0.5 * d + 2.5) * d - 4) * d + 2 : 0
        case .mitchell:
            if d < 1 { return ((21 * d - 36) * d * d + 16) / 18 }
            return d < 2 ? (((-7 * d + 36) * d - 60) * d + 32) / 18 : 0
        case .lanczos3:
            return d < 3 ? windowedSinc(d) : 0
        }
    }
}

/// sin(πx) / πx
private func sinc(_ x: Double) -> Double {
    x == 0 ? 1 : sinPi(x) / (Double.pi * x)
}

/// sinc(x) · sinc(x / 3) with one sine.
private func windowedSinc(_ x: Double) -> Double {
    if x == x.rounded() { return x == 0 ? 1 : 0 }
    let sine = sinPi(x / 3)
    return lobe(squaredSine: sine * sine, x)
}

extension Filter {
    /// The weights of `lanczos3` at distances of equal steps, without a power series for each: sin πx / 3 and its cosine are turned from one
    /// to the next.
    struct Lobes {
        private var sine: Double
        private var cosine: Double
        private let stepSine: Double
        private let stepCosine: Double

        /// - Parameters:
        ///   - x: the first distance, at least −3.
        ///   - step: from each to the next, at most 1.
        init(from x: Double, step: Double) {
            (sine, cosine) = (sinPi(x / 3), sinPi(x / 3 + 0.5))
            (stepSine, stepCosine) = (sinPi(step / 3), sinPi(step / 3 + 0.5))
        }

        /// The weight at distance `x`, which is where the steps have come to.
        mutating func next(at x: Double) -> Double {
            let square = sine * sine
            (sine, cosine) = (sine * stepCosine + cosine * stepSine, cosine * stepCosine - sine * stepSine)
            let d = abs(x)
            if d >= 3 { return 0 }
            // Near zero the error of the turned sine would count beside it, and at a whole number the weight is exactly zero.
            if d < 1.0 / 64 || d == Double(Int(d)) { return windowedSinc(d) }
            return lobe(squaredSine: square, d)
        }
    }
}

/// sinc(x) · sinc(x / 3) where s² = sin²(πx / 3) is known: sin 3t = 3 sin t − 4 sin³ t.
private func lobe(squaredSine s: Double, _ x: Double) -> Double {
    3 * s * (3 - 4 * s) / (Double.pi * Double.pi * x * x)
}

/// sin(πx) of |x| ≤ 3 by its power series, exactly 0 where x is whole.
///
/// The C library's sine differs in the last bit from one system to the next; this one gives all of them the same weights.
private func sinPi(_ x: Double) -> Double {
    let whole = x.rounded()
    let t = (x - whole) * Double.pi
    // Horner's scheme from t²¹/21! down. |t| ≤ π/2: the first term left out, t²³/23!, is below 2⁻⁵⁹.
    let u = t * t
    var sum = 1.0
    for i in divisors.indices {
        sum = 1 - sum * u * divisors[i]
    }
    return Int(whole).isMultiple(of: 2) ? t * sum : -t * sum
}

/// 1 / (n · (n + 1)) for n = 20, 18 … 2
private let divisors: [10 of Double] = [
    1 / 420, 1 / 342, 1 / 272, 1 / 210, 1 / 156, 1 / 110, 1 / 72, 1 / 42, 1 / 20, 1 / 6,
]
