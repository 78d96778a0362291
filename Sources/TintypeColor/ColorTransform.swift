import TintypeCore
import TintypeKernels

/// The tables that bring pixels to sRGB by the relative colorimetric intent: white becomes white, and what sRGB cannot
/// show is cut off.
///
/// Made once, it serves any number of pictures of the same profile and depth.
public struct ColorTransform: Sendable {
    let pixelFormat: PixelFormat
    private let tables: Tables

    private enum Tables {
        /// A sample for each sample.
        case gray([UInt16])
        /// As `ColorMatrix.convert` takes them.
        case matrix(light: [Int32], matrix: [9 of Int64], samples: [Int32])
    }

    init(_ model: ColorModel, pixelFormat: PixelFormat) {
        self.pixelFormat = pixelFormat
        let full = pixelFormat.bitDepth > 8 ? 65_535 : 255
        switch model {
        case .gray(let curve):
            let table = (0...full).map { sample in
                ToneCurve.sRGBSample(curve.light(Double(sample) / Double(full))) * Double(full)
            }
            tables = .gray(table.map { UInt16($0.rounded()) })
        case .matrix(let curves, let factors):
            let one = Double(1 << ColorMatrix.lightBits)
            var light: [Int32] = []
            for (i, curve) in curves.enumerated() {
                // Most profiles have the same curve thrice.
                if i > 0, curve == curves[i - 1] {
                    light += light[((i - 1) * (full + 1))...]
                } else {
                    light += (0...full).map { Int32((curve.light(Double($0) / Double(full)) * one).rounded()) }
                }
            }
            var matrix = [9 of Int64](repeating: 0)
            let bound = Double(1 << 16)
            for (i, factor) in ColorModel.toSRGB(factors).enumerated() {
                let scaled = min(bound, max(-bound, factor)) * Double(1 << ColorMatrix.matrixBits)
                matrix[i] = Int64(scaled.rounded())
            }
            tables = .matrix(light: light, matrix: matrix, samples: Self.samples(full: full))
        }
    }

    /// The curve back, at enough places that the straight lines between them stay within a tenth of a step.
    private static func samples(full: Int) -> [Int32] {
        let steps = full > 255 ? 16_384 : 4_096
        let scale = Double(full << ColorMatrix.sampleBits)
        return (0...steps + 1).map { Int32((ToneCurve.sRGBSample(Double($0) / Double(steps)) * scale).rounded()) }
    }

    /// Converts one row in its place.
    func apply(to row: inout MutableSpan<UInt8>) {
        let isWide = pixelFormat.bitDepth > 8
        switch tables {
        case .gray(let table):
            PixelCurve.apply(
                table.span, inPlace: &row, isWide: isWide, channels: pixelFormat.channels,
                hasAlpha: pixelFormat.hasAlpha)
        case .matrix(let light, let matrix, let samples):
            ColorMatrix.convert(
                &row, isWide: isWide, hasAlpha: pixelFormat.hasAlpha, light: light.span, matrix: matrix,
                samples: samples.span)
        }
    }
}
