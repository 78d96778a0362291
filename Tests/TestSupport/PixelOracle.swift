public import TintypeCore

#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// Pixel arithmetic as the textbook has it, in real numbers.
public enum PixelOracle {
    /// The exact samples of a picture in another format, not rounded; alpha is ignored without a background.
    public static func convert(
        _ image: Image, to format: PixelFormat, background: (red: Double, green: Double, blue: Double)?
    ) -> [Double] {
        let from = image.pixelFormat
        let full: Double = from.bitDepth > 8 ? 65_535 : 255
        let samples = ResampleOracle.samples(image).map { Double($0) / full }
        var result: [Double] = []
        for i in stride(from: 0, to: samples.count, by: from.channels) {
            let pixel = Array(samples[i..<i + from.channels])
            result += convert(pixel, from, format, background)
        }
        let scale: Double = format.bitDepth > 8 ? 65_535 : 255
        return result.map { $0 * scale }
    }

    /// One pixel, samples from 0 to 1.
    private static func convert(
        _ pixel: [Double], _ from: PixelFormat, _ to: PixelFormat,
        _ background: (red: Double, green: Double, blue: Double)?
    ) -> [Double] {
        if from == to { return pixel }
        var rgb: [Double]
        if from == .cmyk8 {
            rgb = pixel[0..<3].map { $0 * pixel[3] }
        } else {
            rgb = from.isGray ? [pixel[0], pixel[0], pixel[0]] : Array(pixel[0..<3])
        }
        let alpha = from.hasAlpha ? pixel[from.channels - 1] : 1
        if from.hasAlpha && !to.hasAlpha, let background {
            var below = [background.red / 255, background.green / 255, background.blue / 255]
            if from.isGray { below = [Double](repeating: luma(below), count: 3) }
            for c in 0..<3 { rgb[c] = rgb[c] * alpha + below[c] * (1 - alpha) }
        }
        let colour = to.isGray ? [luma(rgb)] : rgb
        return to.hasAlpha ? colour + [alpha] : colour
    }

    private static func luma(_ rgb: [Double]) -> Double { 0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2] }

    /// The bytes of one pixel.
    public static func pixel(_ image: Image, _ x: Int, _ y: Int) -> [UInt8] {
        let bytes = image.pixelFormat.bytesPerPixel
        let start = (y * image.size.width + x) * bytes
        return Array(image.pixels[start..<start + bytes])
    }

    /// The bytes of a pixel of the colour red 1, green 2, blue 3, alpha 4.
    public static func pixel(_ format: PixelFormat) -> [UInt8] {
        switch format {
        case .gray8: [2]
        case .grayAlpha8: [2, 4]
        case .rgb8: [1, 2, 3]
        case .rgba8: [1, 2, 3, 4]
        case .cmyk8: [1, 2, 3, 255]
        case .gray16: [0xD2, 0x01]
        case .grayAlpha16: [0xD2, 0x01, 4, 4]
        case .rgb16: [1, 1, 2, 2, 3, 3]
        case .rgba16: [1, 1, 2, 2, 3, 3, 4, 4]
        }
    }

    /// The transfer curve of sRGB, IEC 61966-2-1.
    public static func linear(_ value: Double) -> Double {
        value <= 0.04045 ? value / 12.92 : pow((value + 0.055) / 1.055, 2.4)
    }

    /// The reverse of it.
    public static func encoded(_ light: Double) -> Double {
        light <= 0.0031308 ? light * 12.92 : 1.055 * pow(light, 1 / 2.4) - 0.055
    }
}
