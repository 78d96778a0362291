import TestSupport
import Testing
import Tintype
import TintypePNG

@Suite struct AnimatedThumbnailTests {
    /// Every frame is the thumbnail of that frame, whatever animation it comes from.
    @Test(arguments: ["animated.png", "animated.gif"])
    func framesAreKept(_ name: String) throws {
        let source = try TestImages.bytes(name)
        var thumbnail = Thumbnail(fitting: Size(20, 20))
        thumbnail.encoding = .png
        let still = try thumbnail.make(from: source)
        thumbnail.animates = true
        let animation = try thumbnail.make(from: source)
        #expect(try ImageReader.inspect(MemoryByteSource(still)).info.frameCount == 1)

        let (old, new) = (
            try ImageReader(MemoryByteSource(source)),
            try ImageReader(MemoryByteSource(animation), options: DecodeOptions(strict: true))
        )
        var count = 0
        while let wanted = try old.nextFrame() {
            #expect(try new.nextFrame() == wanted)
            var small = try thumbnail.rows(of: old)
            var rows = AnyRowSource(new)
            let expected = try Image(collecting: &small)
            let decoded = try Image(collecting: &rows)
            #expect(decoded.size == expected.size)
            #expect(visible(decoded) == visible(expected))
            count += 1
        }
        #expect(count > 1)
        #expect(try new.nextFrame() == nil)
    }

    /// Frames of which only parts change come out as they do alone: with any filter, cut or padded, and with frames left out between them.
    @Test(arguments: [Fit.inside, .cover, .pad, .fill], [nil, 7.0] as [Double?])
    func partsThatChange(_ fit: Fit, _ rate: Double?) throws {
        var random = SplitMix64(seed: 31)
        var file = GIFFile(60, 44, palette: (0..<48).map { UInt8($0 * 5) })
        file.frames = (0..<14).map { index in
            let size = index == 0 ? Size(60, 44) : Size(Int.random(in: 1...20, using: &random), index % 5 + 1)
            let indexes = (0..<size.width * size.height).map { _ in UInt8.random(in: 0..<16, using: &random) }
            var frame = GIFFrame(size.width, size.height, indexes)
            frame.x = index == 0 ? 0 : Int.random(in: 0..<60 - size.width, using: &random)
            frame.y = index == 0 ? 0 : Int.random(in: 0..<44 - size.height, using: &random)
            frame.delay = 5
            frame.disposal = index % 4
            return frame
        }
        for filter in [Filter.lanczos3, .box, .nearest] {
            for target in [Size(25, 19), Size(60, 44)] {
                var thumbnail = Thumbnail(fitting: target, as: .png)
                thumbnail.fit = fit
                thumbnail.filter = filter
                thumbnail.animates = true
                thumbnail.maximumFrameRate = rate
                thumbnail.threads = 2
                let made = try ImageReader(MemoryByteSource(thumbnail.make(from: file.bytes)))
                let source = try ImageReader(MemoryByteSource(file.bytes))
                var time = 0
                while let frame = try source.nextFrame() {
                    var small = try thumbnail.rows(of: source)
                    let expected = try Image(collecting: &small)
                    defer { time += frame.playedMilliseconds }
                    let isKept = rate.map {
                        time == 0 || Int(Double(time) * $0 / 1000) > Int(Double(time - 50) * $0 / 1000)
                    }
                    guard isKept ?? true else { continue }
                    _ = try #require(try made.nextFrame())
                    var rows = AnyRowSource(made)
                    #expect(
                        try visible(Image(collecting: &rows)) == visible(expected), "\(filter) \(target) \(frame.index)"
                    )
                }
                #expect(try made.nextFrame() == nil)
            }
        }
    }

    /// An animated PNG of few colours: one palette for all frames, alpha among it.
    @Test(arguments: [3, 16, 256])
    func fewColours(_ count: Int) throws {
        var random = SplitMix64(seed: 4)
        let size = Size(24, 20)
        let sink = MemoryByteSink()
        var encoder = try PNGAnimationEncoder(sink, size: size, pixelFormat: .rgba8, loopCount: 3)
        for index in 0..<5 {
            let pixels = (0..<480).flatMap { (i: Int) -> [UInt8] in
                let red = UInt8.random(in: 0...255, using: &random)
                return [red, UInt8(i % 24 * 10), UInt8(index * 50), i < 60 ? 0 : i < 120 ? 128 : 255]
            }
            try encoder.writeFrame(Image(size: size, pixelFormat: .rgba8, pixels: pixels), delayMilliseconds: 70)
        }
        try encoder.finish()
        var thumbnail = Thumbnail(fitting: size, as: .png)
        thumbnail.animates = true
        thumbnail.quantizer = Quantizer(colors: count)
        let made = try thumbnail.make(from: sink.bytes)
        thumbnail.threads = 3
        #expect(try thumbnail.make(from: sink.bytes) == made)
        let reader = try ImageReader(MemoryByteSource(made), options: DecodeOptions(strict: true))
        var colors = Set<[UInt8]>()
        var frames = 0
        while let frame = try reader.nextFrame() {
            #expect(frame.delayMilliseconds == 70)
            var rows = AnyRowSource(try PixelConversion(AnyRowSource(reader), to: .rgba8))
            let pixels = visible(try Image(collecting: &rows))
            for at in stride(from: 0, to: pixels.count, by: 4) { colors.insert(Array(pixels[at..<at + 4])) }
            frames += 1
        }
        #expect(frames == 5 && reader.info.loopCount == 3)
        #expect(colors.count <= count && colors.count > count / 2)
        #expect(colors.contains { $0[3] == 0 })
        thumbnail.options.limits.memory = 24 * 20 * 40
        #expect(throws: ImageError.self) { try thumbnail.make(from: sink.bytes) }
    }

    /// RGBA, without the colours that cannot be seen.
    private func visible(_ image: Image) -> [UInt8] {
        var pixels = image.pixels
        for at in stride(from: 0, to: pixels.count, by: 4) where pixels[at + 3] == 0 {
            for byte in at..<at + 3 { pixels[byte] = 0 }
        }
        return pixels
    }
}
