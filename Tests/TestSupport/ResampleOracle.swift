public import TintypeCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Resampling as the textbook has it, in double precision, with one rounding that is left to the caller.
public enum ResampleOracle {
    /// The filters by name, from their definitions.
    static func weight(_ filter: String) -> (Double) -> Double {
        func sinc(_ x: Double) -> Double { x == 0 ? 1 : sin(Double.pi * x) / (Double.pi * x) }
        switch filter {
        case "box": return { $0 > -0.5 && $0 <= 0.5 ? 1 : 0 }
        case "bilinear": return { max(0, 1 - abs($0)) }
        case "hamming": return { abs($0) < 1 ? sinc($0) * (0.54 + 0.46 * cos(Double.pi * $0)) : 0 }
        case "bicubic": return { cubic(abs($0), b: 0, c: 0.5) }
        case "mitchell": return { cubic(abs($0), b: 1.0 / 3, c: 1.0 / 3) }
        case "lanczos3": return { abs($0) < 3 ? sinc($0) * sinc($0 / 3) : 0 }
        default: return { _ in .nan }
        }
    }

    /// Mitchell and Netravali's family of cubics, equation 8.
    private static func cubic(_ d: Double, b: Double, c: Double) -> Double {
        if d < 1 {
            return ((12 - 9 * b - 6 * c) * d * d * d + (-18 + 12 * b + 6 * c) * d * d + (6 - 2 * b)) / 6
        }
        if d < 2 {
            return ((-b - 6 * c) * d * d * d + (6 * b + 30 * c) * d * d + (-12 * b - 48 * c) * d + (8 * b + 24 * c)) / 6
        }
        return 0
    }

    static func support(_ filter: String) -> Double {
        switch filter {
        case "box": 0.5
        case "bilinear", "hamming": 1
        case "lanczos3": 3
        default: 2
        }
    }

    /// For every target pixel, the first source pixel that counts and the weights from there on, adding up to 1.
    public static func windows(
        _ filter: String, source: Int, origin: Double, extent: Double, target: Int
    ) -> [(first: Int, weights: [Double])] {
        let scale = extent / Double(target)
        let weight = weight(filter)
        return (0..<target).map { i in
            let centre = origin + (Double(i) + 0.5) * scale
            if filter == "nearest" { return (min(source - 1, Int(floor(centre))), [1]) }
            let stretch = max(1, scale)
            let reach = support(filter) * stretch
            let first = max(0, Int(centre - reach + 0.5))
            let end = min(source, Int(centre + reach + 0.5))
            let weights = (first..<end).map { weight((Double($0) + 0.5 - centre) / stretch) }
            let sum = weights.reduce(0, +)
            return (first, weights.map { $0 / sum })
        }
    }

    /// The exact samples of the result, clamped to their range and not rounded; colour is 0 where alpha rounds to 0.
    public static func resample(
        _ image: Image, filter: String, crop: Region, target: Size
    ) -> [Double] {
        let format = image.pixelFormat
        let channels = format.channels
        let full: Double = format.bitDepth == 8 ? 255 : 65535
        let columns = windows(
            filter, source: image.size.width, origin: crop.x, extent: crop.width, target: target.width)
        let lines = windows(
            filter, source: image.size.height, origin: crop.y, extent: crop.height, target: target.height)
        let samples = premultiplied(image, full)
        // Row by row of the source, then column by column of the result: in real numbers the order does not matter.
        var narrow = [Double](repeating: 0, count: image.size.height * target.width * channels)
        for y in 0..<image.size.height {
            for x in 0..<target.width {
                for (k, weight) in columns[x].weights.enumerated() {
                    let from = (y * image.size.width + columns[x].first + k) * channels
                    for c in 0..<channels {
                        narrow[(y * target.width + x) * channels + c] += weight * samples[from + c]
                    }
                }
            }
        }
        var result = [Double](repeating: 0, count: target.width * target.height * channels)
        let stride = target.width * channels
        for y in 0..<target.height {
            for (k, weight) in lines[y].weights.enumerated() {
                for i in 0..<stride { result[y * stride + i] += weight * narrow[(lines[y].first + k) * stride + i] }
            }
        }
        finish(&result, format, full)
        return result
    }

    private static func premultiplied(_ image: Image, _ full: Double) -> [Double] {
        let channels = image.pixelFormat.channels
        var samples = ResampleOracle.samples(image).map { Double($0) }
        if image.pixelFormat.hasAlpha {
            for i in stride(from: 0, to: samples.count, by: channels) {
                for c in 0..<channels - 1 { samples[i + c] *= samples[i + channels - 1] / full }
            }
        }
        return samples
    }

    private static func finish(_ result: inout [Double], _ format: PixelFormat, _ full: Double) {
        for i in stride(from: 0, to: result.count, by: format.channels) {
            let alpha = format.hasAlpha ? result[i + format.channels - 1] : full
            for c in 0..<format.channels {
                if format.hasAlpha && c < format.channels - 1 {
                    result[i + c] = alpha < 0.5 ? 0 : result[i + c] * full / alpha
                }
                result[i + c] = min(full, max(0, result[i + c]))
            }
        }
    }

    /// How much colours under alpha a may be off by, times a: those of 8-bit RGBA are weighed as 16-bit products with alpha, those of 16 bits as products less
    /// their lowest 6 bits.
    private static func faint(_ format: PixelFormat) -> Double {
        format == .rgba8 ? 5 : format.hasAlpha && format.bitDepth == 16 ? 200 : 0
    }

    /// How far samples are from the exact ones before rounding: the worst, beyond what is allowed under alpha, and the mean beyond that of perfect rounding.
    ///
    /// Pixels whose exact alpha lies so near to a half that neither side is wrong are passed over, and the mean leaves out colours that are hardly seen.
    public static func compare(
        _ samples: [Int], _ exact: [Double], _ format: PixelFormat
    ) -> (worst: Double, excess: Double) {
        guard samples.count == exact.count else { return (.infinity, .infinity) }
        let (faint, full) = (faint(format), format.bitDepth == 8 ? 255.0 : 65_535)
        var (worst, sum, count) = (0.0, 0.0, 0)
        for i in stride(from: 0, to: samples.count, by: format.channels) {
            let last = i + format.channels - 1
            if format.hasAlpha && abs(exact[last] - 0.5) < max(1e-3, faint / full) { continue }
            for c in i...last {
                let isColor = format.hasAlpha && c < last
                let error = abs(Double(samples[c]) - exact[c])
                worst = max(worst, isColor ? error - faint / exact[last] : error)
                if isColor && exact[last] < 0.8 * faint { continue }
                sum += error - abs(exact[c].rounded() - exact[c])
                count += 1
            }
        }
        return (worst, count > 0 ? sum / Double(count) : 0)
    }

    /// The samples of a picture as integers.
    public static func samples(_ image: Image) -> [Int] {
        if image.pixelFormat.bitDepth == 8 { return image.pixels.map { Int($0) } }
        return (0..<image.pixels.count / 2).map { Int(image.pixels[2 * $0]) | Int(image.pixels[2 * $0 + 1]) << 8 }
    }
}

/// Pictures to try things on.
public enum TestPattern: String, CaseIterable, Sendable {
    /// Any value anywhere.
    case noise
    /// Nothing but the smallest and the largest value.
    case extremes
    /// Columns and rows of the smallest and the largest value in turn.
    case checkers
    /// Slow waves of colour; alpha rises from 0.
    case smooth
    /// Noise of which alpha is at most 3, or the largest.
    case faint

    public func image(_ size: Size, _ format: PixelFormat, using random: inout SplitMix64) -> Image {
        let full = format.bitDepth == 8 ? 255 : 65535
        var pixels: [UInt8] = []
        pixels.reserveCapacity(size.width * size.height * format.bytesPerPixel)
        for y in 0..<size.height {
            for x in 0..<size.width {
                for c in 0..<format.channels {
                    let isAlpha = format.hasAlpha && c == format.channels - 1
                    let value = sample(x, y, c, isAlpha, full, &random)
                    pixels.append(UInt8(truncatingIfNeeded: value))
                    if full > 255 { pixels.append(UInt8(truncatingIfNeeded: value >> 8)) }
                }
            }
        }
        return Image(size: size, pixelFormat: format, pixels: pixels)
    }

    private func sample(_ x: Int, _ y: Int, _ c: Int, _ isAlpha: Bool, _ full: Int, _ random: inout SplitMix64) -> Int {
        switch self {
        case .noise: Int.random(in: 0...full, using: &random)
        case .extremes: Bool.random(using: &random) ? full : 0
        case .checkers: (x + y) % 2 == 0 ? full : 0
        case .smooth: isAlpha ? min(full, x * 7 + y * 3) : (x * (c + 3) * full / 400 + y * full / 90) % (full + 1)
        case .faint:
            isAlpha && !Int.random(in: 0..<9, using: &random).isMultiple(of: 9)
                ? Int.random(in: 0...3, using: &random) : Int.random(in: 0...full, using: &random)
        }
    }
}
