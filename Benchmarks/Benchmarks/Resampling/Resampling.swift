import Benchmark
import Stages
import Tintype

/// A picture of noise: the work of the resampler does not depend on what it sees.
func noise(_ format: PixelFormat) -> Image {
    let size = Size(1000, 750)
    var state: UInt64 = 1
    let pixels = (0..<size.width * size.height * format.bytesPerPixel).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return UInt8(truncatingIfNeeded: state >> 56)
    }
    return Image(size: size, pixelFormat: format, pixels: pixels)
}

func resample(_ image: Image, _ filter: Filter, to target: Size, _ order: Resampler.Order) throws {
    var resampler = Resampler(
        AnyRowSource(image.rows),
        horizontal: AxisWeights(filter: filter, source: image.size.width, target: target.width),
        vertical: AxisWeights(filter: filter, source: image.size.height, target: target.height), order: order)
    blackHole(try Image(collecting: &resampler))
}

let benchmarks: @Sendable () -> Void = {
    for format in [PixelFormat.gray8, .grayAlpha8, .rgb8, .rgba8, .gray16, .grayAlpha16, .rgb16, .rgba16] {
        for (target, order) in [
            (Size(400, 300), Resampler.Order.verticalFirst), (Size(400, 300), .horizontalFirst),
            (Size(50, 38), .verticalFirst),
        ] {
            stage("\(format.rawValue) to \(target) \(order)") {
                let image = noise(format)
                return { try resample(image, .lanczos3, to: target, order) }
            }
        }
    }
}
