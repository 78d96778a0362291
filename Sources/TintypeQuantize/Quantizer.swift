public import TintypeCore

/// Makes pictures of few colours: a palette for what they show, and each pixel one of its colours.
public struct Quantizer: Sendable, Hashable {
    /// The most colours, 2 to 256. Full transparency counts as one of them.
    public var colors: Int
    /// Nil: by diffusion in a still, ordered in an animation.
    public var dithering: Dithering?
    /// What becomes of pixels that are neither opaque nor wholly transparent.
    public var alpha: AlphaRule

    public enum AlphaRule: Sendable, Hashable {
        /// The palette has translucent colours too, as PNG allows.
        case keep
        /// From 50 % on they are opaque, below they are not there, as in GIF.
        case threshold
    }

    public init(colors: Int = 256, dithering: Dithering? = nil, alpha: AlphaRule = .keep) {
        self.colors = colors
        self.dithering = dithering
        self.alpha = alpha
    }

    /// Throws `misuse` for a number of colours that cannot be.
    public func check() throws(ImageError) {
        guard (2...256).contains(colors) else {
            throw ImageError(.misuse, "a palette has 2 to 256 colours, not \(colors)")
        }
    }

    /// The pixels of a row as this rule sees them, red lowest; 0 where they are wholly transparent.
    ///
    /// - Parameter row: RGBA bytes.
    public func append(_ row: Span<UInt8>, to pixels: inout [UInt32]) {
        let opaqueFrom: UInt32 = alpha == .threshold ? 128 : 1
        let forced: UInt32 = alpha == .threshold ? 0xFF00_0000 : 0
        let start = pixels.count
        pixels.append(contentsOf: repeatElement(0, count: row.count / 4))
        for i in 0..<row.count / 4 {
            let at = i &* 4
            let alpha = UInt32(row[at &+ 3])
            let color = UInt32(row[at]) | UInt32(row[at &+ 1]) << 8 | UInt32(row[at &+ 2]) << 16 | alpha << 24 | forced
            pixels[start &+ i] = alpha >= opaqueFrom ? color : 0
        }
    }

    /// Reduces a picture to at most `colors` colours. One that has no more stays as it is.
    ///
    /// - Parameters:
    ///   - pixels: as `append` makes them.
    ///   - width: pixels a row.
    /// - Returns: the colours there may be, red lowest, no two the same.
    @discardableResult
    public func quantize(_ pixels: inout [UInt32], width: Int) -> [UInt32] {
        var histogram = ColorHistogram()
        histogram.add(pixels.span)
        if let exact = histogram.exactColors(limit: colors) { return exact }
        let palette = histogram.palette(count: colors)
        var mapper = PaletteMapper(palette)
        mapper.map(&pixels, width: width, dithering: dithering ?? .diffusion)
        return palette
    }
}
