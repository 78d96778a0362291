/// What a JPEG encoder's coefficients must be, worked out sample by sample: colour in double precision, then means,
/// then the textbook DCT.
public struct JPEGEncoderOracle {
    private let width: Int
    private let height: Int
    private let channels: Int
    private let pixels: [UInt8]

    /// - Parameter pixels: grey, RGB or CMYK, interleaved, without padding.
    public init(width: Int, height: Int, channels: Int, pixels: [UInt8]) {
        (self.width, self.height, self.channels, self.pixels) = (width, height, channels, pixels)
    }

    /// The frequencies of a block before quantisation.
    ///
    /// - Parameters:
    ///   - component: 0 for Y, 1 for Cb, 2 for Cr; or one of CMYK.
    ///   - across: pixels that a sample of the component covers, to the right and down.
    public func frequencies(component: Int, blockX: Int, blockY: Int, across: Int, down: Int) -> [Double] {
        var block: [Double] = []
        for y in 8 * blockY..<8 * blockY + 8 {
            for x in 8 * blockX..<8 * blockX + 8 { block.append(sample(component, x, y, across, down) - 128) }
        }
        return TextbookDCT.forward(block)
    }

    /// By how much more than half a step the quantised coefficients miss the exact frequencies, at the worst.
    public static func worstRounding(_ block: ArraySlice<Int>, _ steps: [Int], of exact: [Double]) -> Double {
        var worst = 0.0
        for ((value, step), exact) in zip(zip(block, steps), exact) {
            worst = max(worst, (Double(value * step) - exact).magnitude - Double(step) / 2)
        }
        return worst
    }

    /// Below the last row of samples that is drawn from the picture, that row again.
    private func sample(_ component: Int, _ x: Int, _ y: Int, _ across: Int, _ down: Int) -> Double {
        let row = min(y, (height - 1) / down)
        var sum = 0
        for dy in 0..<down {
            for dx in 0..<across { sum += converted(component, x * across + dx, row * down + dy) }
        }
        // Where columns are halved, 0 or 1, or with rows 1 or 2 is added by turns from left to right.
        let bias = across == 2 ? down - 1 + x % 2 : across * down / 2
        return Double((sum + bias) / (across * down))
    }

    /// Y, Cb or Cr of a pixel, the nearest one within the picture. Chroma's halves are rounded down.
    private func converted(_ component: Int, _ x: Int, _ y: Int) -> Int {
        let start = (min(y, height - 1) * width + min(x, width - 1)) * channels
        if channels != 3 { return Int(pixels[start + component]) }
        let (r, g, b) = (Double(pixels[start]), Double(pixels[start + 1]), Double(pixels[start + 2]))
        switch component {
        case 0: return Int(0.299 * r + 0.587 * g + 0.114 * b + 0.5)
        case 1: return Int(-0.16874 * r - 0.33126 * g + 0.5 * b + 128.5 - 1e-5)
        default: return Int(0.5 * r - 0.41869 * g - 0.08131 * b + 128.5 - 1e-5)
        }
    }
}

/// Pictures for tests.
public enum TestPictures {
    /// Soft gradients with a little noise and a few hard edges, as photographs have them.
    public static func photo(width: Int, height: Int, channels: Int, seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        var pixels: [UInt8] = []
        pixels.reserveCapacity(width * height * channels)
        for y in 0..<height {
            for x in 0..<width {
                let edge = (x / 13 + y / 17) % 5 == 0 ? 60 : 0
                for channel in 0..<channels {
                    let soft = 100 + (x * (3 + channel) + y * (5 - channel)) / 4 % 90
                    pixels.append(UInt8(clamping: soft + edge + Int(random.next() % 7)))
                }
            }
        }
        return pixels
    }

    public static func noise(width: Int, height: Int, channels: Int, seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        return (0..<width * height * channels).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
}
