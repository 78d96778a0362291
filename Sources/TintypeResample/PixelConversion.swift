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

    /// The way from one format to another: colour model and alpha in the depth of the source, then the depth, added alpha last.
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
        if format == .cmyk8 { step(.cmyk, .rgb8) }
        if format.hasAlpha && !target.hasAlpha {
            let opaque = PixelFormat.make(gray: format.isGray, alpha: false, bitDepth: format.bitDepth)
            step(.removeAlpha(alpha), opaque)
        }
        if format.isGray != target.isGray {
            step(
                target.isGray ? .gray : .rgb,
                .make(gray: target.isGray, alpha: format.hasAlpha, bitDepth: format.bitDepth))
        }
        if format.bitDepth != target.bitDepth {
            step(.depth, .make(gray: format.isGray, alpha: format.hasAlpha, bitDepth: target.bitDepth))
        }
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
    /// The colour samples in the depth of a format: grey first, or red, green and blue.
    func samples(_ format: PixelFormat) -> [3 of UInt16] {
        let scale: UInt16 = format.bitDepth > 8 ? 257 : 1
        return format.isGray
            ? [UInt16(luma) * scale, 0, 0] : [UInt16(red) * scale, UInt16(green) * scale, UInt16(blue) * scale]
    }

    /// The bytes of one pixel of this colour.
    func bytes(_ format: PixelFormat) -> [UInt8] {
        var samples = format.isGray ? [luma] : [red, green, blue]
        if format.hasAlpha { samples.append(alpha) }
        // CMYK in amounts of light: the colour is in the first three, black adds nothing.
        if format == .cmyk8 { samples.append(255) }
        // 257 times an 8-bit sample is that byte twice.
        return format.bitDepth > 8 ? samples.flatMap { [$0, $0] } : samples
    }
}
