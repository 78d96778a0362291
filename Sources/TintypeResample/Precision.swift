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
    /// What a kind of rows can hold.
    struct Room: Hashable {
        /// Fraction bits between the passes.
        let fraction: Int
        /// The largest sample between the passes, and the largest weights and sums of either pass.
        let between: Double
        let firstWeight: Double
        let firstSum: Double
        let secondWeight: Double
        let secondSum: Double

        /// `UInt8`, then `Int16`.
        static let narrow = Room(
            fraction: 4, between: 0x1p15, firstWeight: 0x1p15, firstSum: 0x1p31, secondWeight: 0x1p15,
            secondSum: 0x1p31)
        /// `Product`, then `HalfProduct`: the range of the samples reaches as far below 0 as above, and they are halved between the passes.
        static let product = Room(
            fraction: -1, between: 0x1p15 - 1, firstWeight: 0x1p15, firstSum: 0x1p31, secondWeight: 0x1p15,
            secondSum: 0x1p31)
        /// `UInt16`, then `Int32`. Weights of the first pass are taken in two parts, of which the higher one has to fit 16 bits
        /// and the sums with it 32, of samples that are made signed. Sums of the second pass may be had in double precision.
        static let wide = Room(
            fraction: 8, between: 0x1p31, firstWeight: 0x1p26 - 0x1p12, firstSum: 0x1p43, secondWeight: 0x1p31,
            secondSum: 0x1p52)
        /// `Int32` in both passes: products of 16-bit samples with alpha, less `faintBits`. Sums may be had in double precision.
        static let faint = Room(
            fraction: 0, between: 0x1p30, firstWeight: 0x1p31, firstSum: 0x1p52, secondWeight: 0x1p31,
            secondSum: 0x1p52)
        /// `Int64`. Weights have as many bits as a `Double` can tell apart.
        static let widest = Room(
            fraction: 20, between: 0x1p63, firstWeight: 0x1p50, firstSum: 0x1p127, secondWeight: 0x1p50,
            secondSum: 0x1p127)
    }

    let firstShift: Int
    let secondShift: Int
    /// Bits by which the sums of the first pass are shifted.
    let afterFirst: Int
    /// Bits by which the sums of the second pass are shifted.
    let afterSecond: Int
    /// The largest error that the rounding of the weights can make in all, in units of the result.
    let weightError: Double

    /// The precision that there is room for, or nil if the samples do not fit.
    init?(_ room: Room, layout: SampleLayout, first: AxisWeights, second: AxisWeights) {
        let full: Double = layout.isWide ? 65535 : 255
        let (isProduct, isFaint) = (room == .product, room == .faint)
        let product = isFaint ? full * full / Double(1 << faintBits) : full * full
        let largest = isProduct ? 0x1p15 : layout.hasAlpha ? product : full
        let between = largest * first.gain * Double(sign: .plus, exponent: room.fraction, significand: 1)
        guard between < room.between else { return nil }
        firstShift = Self.shift(first, weight: room.firstWeight, sum: room.firstSum, bound: largest * first.gain)
        secondShift = Self.shift(second, weight: room.secondWeight, sum: room.secondSum, bound: between * second.gain)
        afterFirst = firstShift - room.fraction
        let alphaBits = isFaint ? wideAlphaFractionBits : layout.hasAlpha ? alphaFractionBits : 0
        afterSecond = secondShift + room.fraction - alphaBits
        guard afterFirst >= 1, afterSecond >= 1 else { return nil }
        // A weight is off by one unit at most, half of them by a half; the errors add up to 0, so that only the distance of a
        // sample from mid-range counts. Under alpha an error counts most where alpha is a half; of products it is
        // told for opaque pixels.
        let scale = isProduct || isFaint ? full : layout.hasAlpha ? 2 * largest : largest
        weightError =
            scale / 4 * (Double(first.taps) / Double(1 << firstShift) + Double(second.taps) / Double(1 << secondShift))
    }

    /// Whether the error of the weights is too small to count beside the last rounding.
    var isAmple: Bool { weightError < 0.25 }

    /// The largest shift with which the weights and the sums fit.
    private static func shift(_ axis: AxisWeights, weight: Double, sum: Double, bound: Double) -> Int {
        var shift = 50
        while shift > 0 {
            let one = Double(1 << shift)
            if axis.largest * one < weight - 2 && bound * one <= 0.9 * sum { break }
            shift -= 1
        }
        return shift
    }
}
