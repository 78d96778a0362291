import Benchmark
import Stages
import Tintype

/// A file's bytes out of the package's test images.
func testImage(_ name: String) throws -> [UInt8] {
    let root = #filePath.split(separator: "/", omittingEmptySubsequences: false).dropLast(4).joined(separator: "/")
    var reader = ByteReader(try FileByteSource(path: FilePath("\(root)/TestImages/\(name)")), format: .netpbm)
    var bytes: [UInt8] = []
    while try reader.fill(1) > 0 { bytes += try reader.readBytes(reader.available) }
    return bytes
}

/// All frames, at 1/`scale` of the size.
func decode(_ bytes: [UInt8], scale: Int) throws {
    let reader = try ImageReader(MemoryByteSource(bytes))
    _ = reader.reduce(by: scale)
    var pixels: [UInt8] = []
    if reader.info.frameCount ?? 1 == 1 { return try reader.readFrame(into: &pixels) }
    while try reader.nextFrame() != nil { try reader.readFrame(into: &pixels) }
}

/// The photo in other files.
let encodings: [(name: String, encoding: Encoding)] = {
    typealias JPEG = JPEGEncoder.Options
    func png(effort: Int) -> Encoding {
        var options = PNGEncoder.Options()
        (options.effort, options.threads) = (effort, 1)
        return .png(options)
    }
    return [
        ("JPEG 4-2-0", .jpeg(JPEG(subsampling: .s420, optimizeHuffman: false))),
        ("JPEG 4-2-2", .jpeg(JPEG(subsampling: .s422))), ("JPEG 4-4-4", .jpeg(JPEG(subsampling: .s444))),
        ("JPEG progressive", .jpeg(JPEG(progressive: true))), ("JPEG arithmetic", .jpeg(JPEG(arithmetic: true))),
        ("PNG fast", png(effort: 1)), ("PNG", png(effort: 5)), ("GIF", .gif(GIFEncoder.Options(threads: 1))),
        ("PAM", .netpbm(.pam)),
    ]
}()

let benchmarks: @Sendable () -> Void = {
    for (name, encoding) in encodings {
        stage("encode \(name)") {
            let image = try Image(decoding: testImage("photo.jpg"))
            return { blackHole(try image.encoded(as: encoding)) }
        }
        for scale in name.hasPrefix("JPEG 4-2-0") || name == "JPEG progressive" ? [1, 2, 4, 8] : [1] {
            stage("decode \(name) at \(scale)") {
                let bytes = try Image(decoding: testImage("photo.jpg")).encoded(as: encoding)
                return { try decode(bytes, scale: scale) }
            }
        }
    }
    for name in ["animated.gif", "animated.png", "rgba-16-interlaced.png", "palette-4.png", "gray.jpg", "cmyk.jpg"] {
        stage("decode \(name)") {
            let bytes = try testImage(name)
            return { try decode(bytes, scale: 1) }
        }
    }
    for reduction in Thumbnail.Reduction.allCases {
        stage("thumbnail in 100x100 reduction \(reduction.rawValue)") {
            let bytes = try testImage("photo.jpg")
            var thumbnail = Thumbnail(fitting: Size(100, 100))
            thumbnail.reduction = reduction
            let made = thumbnail
            return { blackHole(try made.make(from: bytes)) }
        }
    }
}
