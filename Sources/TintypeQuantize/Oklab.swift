/// A colour in the space in which this module measures: four numbers whose Euclidean distance is about the difference seen.
///
/// They are Oklab's L, a, b (Björn Ottosson, "A perceptual color space for image processing", 2020) of a picture with
/// opacity α laid over grey of lightness m: αL + (1 − α)m, αa, αb. The squared distance of two colours, averaged over
/// black and white (m = 0 and 1), is (ΔαL − Δα/2)² + Δα²/4 + Δαa² + Δαb²: hence these coordinates.
/// a and b are stretched by √2: Oklab's distances tell less of hue and chroma than CIEDE2000 does, and so both are served.
struct ColorPoint {
    /// αL − α/2.
    var lightness: Float
    /// √2 αa, from green to red.
    var a: Float
    /// √2 αb, from blue to yellow.
    var b: Float
    /// α/2.
    var opacity: Float

    static let opaque: Float = 0.5
    /// How much a and b are stretched.
    static let chroma: Float = 1.414_213_6

    func squaredDistance(to other: ColorPoint) -> Float {
        let (l, a, b, o) = (
            lightness - other.lightness, a - other.a, b - other.b, opacity - other.opacity
        )
        return l * l + a * a + b * b + o * o
    }
}

/// From stored sRGB to `ColorPoint` and back.
struct Oklab: Sendable {
    /// The amount of light of each sample value (IEC 61966-2-1).
    let linear: [Float]

    init() {
        linear = (0...255).map { value in
            let encoded = Double(value) / 255
            if encoded <= 0.04045 { return Float(encoded / 12.92) }
            return Float(Self.power12over5((encoded + 0.055) / 1.055))
        }
    }

    /// x^2.4 for 0 < x ≤ 1: x² times the fifth root of x², by Newton's method from above.
    private static func power12over5(_ x: Double) -> Double {
        let square = x * x
        var root = 1.0
        for _ in 0..<60 { root -= (root - square / (root * root * root * root)) / 5 }
        return square * root
    }

    /// - Parameter color: RGBA, red lowest.
    func point(_ color: UInt32) -> ColorPoint {
        let (red, green, blue) = (
            linear[Int(color & 255)], linear[Int(color >> 8 & 255)], linear[Int(color >> 16 & 255)]
        )
        let alpha = Float(color >> 24) / 255
        let lab = Self.lab(red, green, blue)
        return ColorPoint(
            lightness: alpha * (lab.lightness - 0.5), a: alpha * lab.a * ColorPoint.chroma,
            b: alpha * lab.b * ColorPoint.chroma,
            opacity: alpha * ColorPoint.opaque)
    }

    /// L, a and b of amounts of light.
    @inline(__always)
    static func lab(_ red: Float, _ green: Float, _ blue: Float) -> (lightness: Float, a: Float, b: Float) {
        let l = cubeRoot(0.412_221_47 * red + 0.536_332_54 * green + 0.051_445_993 * blue)
        let m = cubeRoot(0.211_903_5 * red + 0.680_699_55 * green + 0.107_396_96 * blue)
        let s = cubeRoot(0.088_302_46 * red + 0.281_718_84 * green + 0.629_978_7 * blue)
        return (
            0.210_454_26 * l + 0.793_617_8 * m - 0.004_072_047 * s,
            1.977_998_5 * l - 2.428_592_2 * m + 0.450_593_7 * s,
            0.025_904_037 * l + 0.782_771_77 * m - 0.808_675_77 * s
        )
    }

    /// The cube root of a number from 0 to 1, to 3e-5 of itself: a guess by a third of the exponent, and one step of Halley's method.
    @inline(__always)
    static func cubeRoot(_ x: Float) -> Float {
        let guess = Float(bitPattern: x.bitPattern / 3 &+ 0x2A51_19F2)
        let cube = guess * guess * guess
        // At x = 0 the guess is so small that its cube is 0 too.
        return guess * (cube + 2 * x) / (2 * cube + x + 1e-30)
    }

    /// The stored colour nearest to a point; 0 where it would be transparent.
    func color(_ point: ColorPoint) -> UInt32 {
        let alpha = min(1, max(0, point.opacity / ColorPoint.opaque))
        let opacity = UInt32((alpha * 255).rounded())
        if opacity == 0 { return 0 }
        let stretch = alpha * ColorPoint.chroma
        let (lightness, a, b) = (point.lightness / alpha + 0.5, point.a / stretch, point.b / stretch)
        let l = lightness + 0.396_337_78 * a + 0.215_803_76 * b
        let m = lightness - 0.105_561_346 * a - 0.063_854_17 * b
        let s = lightness - 0.089_484_18 * a - 1.291_485_5 * b
        let (l3, m3, s3) = (l * l * l, m * m * m, s * s * s)
        return opacity << 24
            | stored(-0.004_196_086 * l3 - 0.703_418_6 * m3 + 1.707_614_7 * s3) << 16
            | stored(-1.268_438 * l3 + 2.609_757_4 * m3 - 0.341_319_4 * s3) << 8
            | stored(4.076_741_7 * l3 - 3.307_711_6 * m3 + 0.230_969_93 * s3)
    }

    /// The sample whose amount of light is nearest.
    private func stored(_ light: Float) -> UInt32 {
        var (low, high) = (0, 255)
        while low < high {
            let middle = (low + high) / 2
            if (linear[middle] + linear[middle + 1]) / 2 < light { low = middle + 1 } else { high = middle }
        }
        return UInt32(low)
    }
}
