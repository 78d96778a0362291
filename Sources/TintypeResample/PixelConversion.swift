public import TintypeCore
import TintypeKernels

/// Rows in another pixel format.
///
/// Grey becomes RGB by repeating, RGB becomes grey by the luma of ITU-R BT.601. Depth changes by 257, rounded. Added alpha is
/// opaque. CMYK becomes RGB by R = C·K / 255, without colour management; nothing becomes CMYK.
public struct PixelConversion: RowSource, ~Copyable {
    /// What becomes of alpha where the new format has none.
    public enum AlphaRule: Sendable, Hashable {
        /// The picture is laid over this colour, whose own alpha does not matter.
        case flatten(Color)
        /// Colour is kept as it is stored, also where it was invisible.
        case ignore
    }

    public let size: Size
    public let pixelFormat: PixelFormat
    private var source: AnyRowSource
    private let steps: [Step]
    private var row: [UInt8]
    private var spare: [UInt8]

    /// - Throws: `misuse` for CMYK from another format.
    public init(
        _ source: consuming AnyRowSource, to format: PixelFormat, alpha: AlphaRule = .flatten(.white)
    ) throws(ImageError) {
        size = source.size
        pixelFormat = format
        steps = try Self.steps(from: source.pixelFormat, to: format, alpha)
        let widest = steps.reduce(0) { max($0, $1.from.bytesPerPixel) }
        row = [UInt8](repeating: 0, count: size.width * widest)
        spare = row
        self.source = source
    }

    public mutating func readRow(into target: inout MutableSpan<UInt8>) throws(ImageError) {
        guard let first = steps.first, let last = steps.last else { return try source.readRow(into: &target) }
        try Self.read(&source, into: &row, count: size.width * first.from.bytesPerPixel)
        for step in steps.dropLast() {
            Self.apply(step, to: row, into: &spare, width: size.width)
            swap(&row, &spare)
        }
        last.apply(to: row.span.extracting(first: size.width * last.from.bytesPerPixel), into: &target)
    }

    private static func read(_ source: inout AnyRowSource, into row: inout [UInt8], count: Int) throws(ImageError) {
        var all = row.mutableSpan
        var span = all._mutatingExtracting(0..<count)
        try source.readRow(into: &span)
    }

    private static func apply(_ step: Step, to row: [UInt8], into target: inout [UInt8], width: Int) {
        var all = target.mutableSpan
        var span = all._mutatingExtracting(0..<width * step.to.bytesPerPixel)
        step.apply(to: row.span.extracting(first: width * step.from.bytesPerPixel), into: &span)
    }

    /// The way from one format to another: what has to be rounded is done in the deeper of the two depths.
    private static func steps(
        from source: PixelFormat, to target: PixelFormat, _ alpha: AlphaRule
    ) throws(ImageError) -> [Step] {
        if source == target { return [] }
        guard target != .cmyk8 else { throw ImageError(.misuse, "nothing can be converted to CMYK") }
        var steps: [Step] = []
        var format = source
        func step(_ kind: Step.Kind, _ next: PixelFormat) {
            steps.append(Step(kind: kind, from: format, to: next))
            format = next
        }
        func changeDepth() {
            step(.depth, .make(gray: format.isGray, alpha: format.hasAlpha, bitDepth: target.bitDepth))
        }
        if format == .cmyk8 { step(.cmyk, .rgb8) }
        if format.bitDepth < target.bitDepth { changeDepth() }
        if format.hasAlpha && !target.hasAlpha {
            let opaque = PixelFormat.make(gray: format.isGray, alpha: false, bitDepth: format.bitDepth)
            step(.removeAlpha(alpha), opaque)
        }
        if format.isGray != target.isGray {
            step(
                target.isGray ? .gray : .rgb,
                .make(gray: target.isGray, alpha: format.hasAlpha, bitDepth: format.bitDepth))
        }
        if format.bitDepth > target.bitDepth { changeDepth() }
        if format != target { step(.addAlpha, target) }
        return steps
    }

    /// One kernel on the way.
    private struct Step {
        enum Kind { case cmyk, removeAlpha(AlphaRule), gray, rgb, depth, addAlpha }
        let kind: Kind
        let from: PixelFormat
        let to: PixelFormat

        func apply(to row: Span<UInt8>, into target: inout MutableSpan<UInt8>) {
            let isWide = from.bitDepth > 8
            switch kind {
            case .cmyk: PixelColor.rgb(fromCMYK: row, into: &target)
            case .removeAlpha(.flatten(let color)):
                PixelAlpha.flatten(
                    row, colors: to.channels, isWide: isWide, background: color.samples(to), into: &target)
            case .removeAlpha(.ignore): PixelAlpha.drop(row, colors: to.channels, isWide: isWide, into: &target)
            case .gray: PixelColor.gray(fromRGB: row, isWide: isWide, hasAlpha: from.hasAlpha, into: &target)
            case .rgb: PixelColor.rgb(fromGray: row, isWide: isWide, hasAlpha: from.hasAlpha, into: &target)
            case .depth where isWide: PixelDepth.narrow(row, into: &target)
            case .depth: PixelDepth.widen(row, into: &target)
            case .addAlpha: PixelAlpha.add(row, colors: from.channels, isWide: isWide, into: &target)
            }
        }
    }
}

extension Color {
    /// The samples of one pixel of this colour.
    func samples(_ format: PixelFormat) -> [4 of UInt16] {
        let scale: UInt16 = format.bitDepth > 8 ? 257 : 1
        let (red, green, blue) = (UInt16(red) * scale, UInt16(green) * scale, UInt16(blue) * scale)
        let last = UInt16(alpha) * scale
        if format.isGray { return [Self.luma(red, green, blue), last, 0, 0] }
        // CMYK in amounts of light: the colour is in the first three, black adds nothing.
        return [red, green, blue, format == .cmyk8 ? 255 : last]
    }

    /// The bytes of one pixel of this colour.
    func bytes(_ format: PixelFormat) -> [UInt8] {
        let samples = samples(format)
        var bytes: [UInt8] = []
        for c in 0..<format.channels {
            bytes.append(UInt8(truncatingIfNeeded: samples[c]))
            if format.bitDepth > 8 { bytes.append(UInt8(samples[c] >> 8)) }
        }
        return bytes
    }

    /// The luma of ITU-R BT.601, rounded as the kernel does.
    private static func luma(_ red: UInt16, _ green: UInt16, _ blue: UInt16) -> UInt16 {
        let (red, green, blue) = (UInt32(red), UInt32(green), UInt32(blue))
        let sum: UInt32 = 19_595 * red + 38_470 * green + 7_471 * blue
        return UInt16((sum + 32_768) >> 16)
    }
}
