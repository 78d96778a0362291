import Benchmark
import Tintype

/// A file's bytes out of the package's test images.
func testImage(_ name: String) throws -> [UInt8] {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
    var reader = ByteReader(try FileByteSource(path: FilePath("\(root)/TestImages/\(name)")), format: .netpbm)
    var bytes: [UInt8] = []
    while try reader.fill(1) > 0 { bytes += try reader.readBytes(reader.available) }
    return bytes
}

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .peakMemoryResident], maxDuration: .seconds(2),
        // Of the machine they were checked in from; noise of its clock is within these.
        thresholds: [
            .wallClock: .init(relative: [.p50: 25]), .peakMemoryResident: .init(relative: [.p50: 25]),
        ])
    for name in ["photo.jpg", "photo.png", "photo.gif", "progressive.jpg", "rgba-16-interlaced.png"] {
        Benchmark("decode \(name)") { benchmark in
            let bytes = try testImage(name)
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations { blackHole(try Image(decoding: bytes)) }
        }
    }
    for (name, encoding) in [
        ("JPEG", Encoding.jpeg(quality: 85)), ("PNG", .png), ("GIF", .gif), ("PAM", .netpbm(.pam)),
    ] {
        Benchmark("encode 640x480 as \(name)") { benchmark in
            let image = try Image(decoding: testImage("photo.jpg"))
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations { blackHole(try image.encoded(as: encoding)) }
        }
    }
    for reduction in Thumbnail.Reduction.allCases {
        Benchmark("thumbnail photo.jpg in 100x100, reduction \(reduction.rawValue)") { benchmark in
            let bytes = try testImage("photo.jpg")
            var thumbnail = Thumbnail(fitting: Size(100, 100))
            thumbnail.reduction = reduction
            benchmark.startMeasurement()
            for _ in benchmark.scaledIterations { blackHole(try thumbnail.make(from: bytes)) }
        }
    }
}
