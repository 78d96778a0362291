import Benchmark
import Tintype

/// A 12-megapixel picture of noise: the work of the resampler does not depend on what it sees.
func noise(_ format: PixelFormat) -> Image {
    let size = Size(4000, 3000)
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
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .peakMemoryResident], maxDuration: .seconds(2),
        // Of the machine they were checked in from; noise of its clock is within these.
        thresholds: [
            .wallClock: .init(relative: [.p50: 25]), .peakMemoryResident: .init(relative: [.p50: 25]),
        ])
    for format in [PixelFormat.rgb8, .rgba8, .gray8, .rgb16, .rgba16] {
        for (target, order) in [
            (Size(1024, 768), Resampler.Order.horizontalFirst), (Size(1024, 768), .verticalFirst),
            (Size(256, 192), .horizontalFirst),
        ] {
            Benchmark("4000x3000 \(format.rawValue) to \(target), lanczos3, \(order)") { benchmark in
                let image = noise(format)
                benchmark.startMeasurement()
                for _ in benchmark.scaledIterations { try resample(image, .lanczos3, to: target, order) }
                benchmark.stopMeasurement()
            }
        }
    }
}
