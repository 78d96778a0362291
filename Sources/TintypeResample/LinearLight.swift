public import TintypeCore
import TintypeKernels

/// sRGB rows in amounts of light: 16-bit samples, alpha as it was. Resampling mixes light as the eye would see it from afar.
public struct LinearLight: RowSource, ~Copyable {
    public let size: Size
    public let pixelFormat: PixelFormat
    private var source: AnyRowSource
    private var row: [UInt8]
    private let table: [UInt16]

    /// - Throws: `misuse` for CMYK.
    public init(_ source: consuming AnyRowSource) throws(ImageError) {
        let from = source.pixelFormat
        guard from != .cmyk8 else { throw ImageError(.misuse, "CMYK has no sRGB curve") }
        size = source.size
        pixelFormat = .make(gray: from.isGray, alpha: from.hasAlpha, bitDepth: 16)
        row = [UInt8](repeating: 0, count: source.bytesPerRow)
        let steps = from.bitDepth > 8 ? 65_535 : 255
        table = (0...steps).map { UInt16((SRGBCurve.linear(Double($0) / Double(steps)) * 65_535).rounded()) }
        self.source = source
    }

    public mutating func readRow(into target: inout MutableSpan<UInt8>) throws(ImageError) {
        try source.readRow(into: &row)
        PixelCurve.apply(
            table.span, to: row.span, isWide: source.pixelFormat.bitDepth > 8, channels: pixelFormat.channels,
            hasAlpha: pixelFormat.hasAlpha, into: &target, isTargetWide: true)
    }
}

/// The way back from `LinearLight`: 16-bit amounts of light to sRGB of 8 or 16 bits.
public struct SRGBLight: RowSource, ~Copyable {
    public let size: Size
    public let pixelFormat: PixelFormat
    private var source: AnyRowSource
    private var row: [UInt8]
    private let table: [UInt16]

    /// - Parameter bitDepth: of the result, 8 or 16. 8-bit samples that went through `LinearLight` come back as they were.
    /// - Throws: `misuse` if the source has not 16 bits.
    public init(_ source: consuming AnyRowSource, bitDepth: Int) throws(ImageError) {
        let from = source.pixelFormat
        guard from.bitDepth == 16 else { throw ImageError(.misuse, "linear light has 16 bits a sample") }
        size = source.size
        pixelFormat = .make(gray: from.isGray, alpha: from.hasAlpha, bitDepth: bitDepth)
        row = [UInt8](repeating: 0, count: source.bytesPerRow)
        let steps: Double = bitDepth > 8 ? 65_535 : 255
        table = (0...65_535).map { UInt16((SRGBCurve.encoded(Double($0) / 65_535) * steps).rounded()) }
        self.source = source
    }

    public mutating func readRow(into target: inout MutableSpan<UInt8>) throws(ImageError) {
        try source.readRow(into: &row)
        PixelCurve.apply(
            table.span, to: row.span, isWide: true, channels: pixelFormat.channels,
            hasAlpha: pixelFormat.hasAlpha, into: &target, isTargetWide: pixelFormat.bitDepth > 8)
    }
}

/// The transfer curve of sRGB (IEC 61966-2-1 §5.2), by roots that need no mathematical library: the same tables everywhere.
enum SRGBCurve {
    /// Light, 0 to 1, of an encoded value from 0 to 1.
    static func linear(_ value: Double) -> Double {
        if value <= 0.04045 { return value / 12.92 }
        let base = (value + 0.055) / 1.055
        // x^2.4 = x² · (x²)^⅕
        return min(1, base * base * root(5, base * base))
    }

    /// The encoded value, 0 to 1, of light from 0 to 1.
    static func encoded(_ light: Double) -> Double {
        if light <= 0.0031308 { return light * 12.92 }
        // x^(1/2.4) = (x^(1/12))⁵
        let twelfth = root(3, light).squareRoot().squareRoot()
        return min(1, 1.055 * power(5, twelfth) - 0.055)
    }

    /// The nth root of a number in 0…1, by Newton's method from above.
    private static func root(_ n: Int, _ value: Double) -> Double {
        var x = 1.0
        while true {
            let next = (Double(n - 1) * x + value / power(n - 1, x)) / Double(n)
            // The sequence falls until rounding stops it.
            if next >= x { return x }
            x = next
        }
    }

    private static func power(_ n: Int, _ x: Double) -> Double {
        var product = x
        for _ in 1..<n { product *= x }
        return product
    }
}
