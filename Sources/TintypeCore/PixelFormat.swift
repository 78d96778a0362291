/// How the samples of one pixel lie in a row.
///
/// Samples are interleaved, in the order of the name, with no padding between pixels or after a row. 8-bit samples are
/// one byte; 16-bit samples are two bytes, least significant first, whatever the machine. Alpha is straight
/// (not premultiplied). CMYK holds amounts of *light*, as Adobe's JPEG files store them: 255 is no ink.
public enum PixelFormat: String, Sendable, Hashable, CaseIterable {
    case gray8, grayAlpha8, rgb8, rgba8, cmyk8
    case gray16, grayAlpha16, rgb16, rgba16

    /// Samples a pixel, 1 to 4.
    public var channels: Int {
        switch self {
        case .gray8, .gray16: 1
        case .grayAlpha8, .grayAlpha16: 2
        case .rgb8, .rgb16: 3
        case .rgba8, .rgba16, .cmyk8: 4
        }
    }

    /// Bits a sample, 8 or 16.
    public var bitDepth: Int {
        switch self {
        case .gray8, .grayAlpha8, .rgb8, .rgba8, .cmyk8: 8
        case .gray16, .grayAlpha16, .rgb16, .rgba16: 16
        }
    }

    /// Bytes a pixel, 1 to 8.
    public var bytesPerPixel: Int { channels * (bitDepth / 8) }

    /// Whether the last channel is alpha.
    public var hasAlpha: Bool {
        switch self {
        case .grayAlpha8, .grayAlpha16, .rgba8, .rgba16: true
        case .gray8, .rgb8, .cmyk8, .gray16, .rgb16: false
        }
    }

    /// Whether the colour is a single grey sample.
    public var isGray: Bool { channels <= 2 }

    /// The grey or RGB format of this depth and alpha. CMYK has neither grey nor alpha: `make` never yields it.
    public static func make(gray: Bool, alpha: Bool, bitDepth: Int) -> PixelFormat {
        switch (gray, alpha, bitDepth > 8) {
        case (true, false, false): .gray8
        case (true, true, false): .grayAlpha8
        case (false, false, false): .rgb8
        case (false, true, false): .rgba8
        case (true, false, true): .gray16
        case (true, true, true): .grayAlpha16
        case (false, false, true): .rgb16
        case (false, true, true): .rgba16
        }
    }
}
