import TestSupport
import Testing
import TintypeCore
import TintypePNG

@Suite struct AnimationEncodeTests {
    static func encode(_ images: [Image], delays: [Int], loopCount: Int = 0) throws(ImageError) -> [UInt8] {
        let sink = MemoryByteSink()
        var encoder = try PNGAnimationEncoder(
            sink, size: images[0].size, pixelFormat: images[0].pixelFormat, loopCount: loopCount)
        for (image, delay) in zip(images, delays) { try encoder.writeFrame(image, delayMilliseconds: delay) }
        try encoder.finish()
        return sink.bytes
    }

    /// A rectangle of noise somewhere on what was there before; the third frame is the second again. No alpha is 0: the
    /// decoder's canvas forgets colours that cannot be seen.
    static func images(_ format: PixelFormat, count: Int, seed: UInt64) -> [Image] {
        var random = SplitMix64(seed: seed)
        let size = Size(23, 17)
        var pixels = (0..<size.width * size.height * format.bytesPerPixel).map { _ in
            UInt8.random(in: 1...255, using: &random)
        }
        return (0..<count).map { index in
            if index != 0, index != 2 {
                let (left, top) = (Int.random(in: 0..<23, using: &random), Int.random(in: 0..<17, using: &random))
                let right = Int.random(in: left..<23, using: &random)
                let bottom = Int.random(in: top..<17, using: &random)
                for y in top...bottom {
                    for x in left...right {
                        for byte in 0..<format.bytesPerPixel {
                            pixels[(y * 23 + x) * format.bytesPerPixel + byte] = .random(in: 1...255, using: &random)
                        }
                    }
                }
            }
            return Image(size: size, pixelFormat: format, pixels: pixels)
        }
    }

    @Test(arguments: [PixelFormat.rgba8, .rgb8, .gray8, .grayAlpha8], [1, 2, 3] as [UInt64])
    func framesComeBack(_ format: PixelFormat, seed: UInt64) throws {
        let images = Self.images(format, count: 8, seed: seed)
        let delays = [10, 0, 40, 65_535, 70_000, 100, 7, 999_999_999]
        let file = try Self.encode(images, delays: delays, loopCount: 3)
        let decoded = try frames(file)
        #expect(decoded.frames.map(\.frame.delayMilliseconds) == [10, 0, 40, 65_535, 70_000, 100, 7, 65_535_000])
        for (image, frame) in zip(images, decoded.frames) {
            let rows = (0..<17).map { Array(image.pixels[$0 * image.bytesPerRow..<($0 + 1) * image.bytesPerRow]) }
            #expect(frame.rows.flatMap { $0.map { Int($0) } } == Decoded.rgba(rows, format))
        }
        let still = try Decoded(file)
        #expect(still.rgba == Decoded.rgba([images[0].pixels], format))
        #expect(still.info.frameCount == 8 && still.info.loopCount == 3)
    }

    /// The third frame, which is the second again, is a single pixel; others are no larger than what changed.
    @Test func onlyChangesAreWritten() throws {
        var images = Self.images(.rgba8, count: 3, seed: 4)
        var pixels = images[0].pixels
        pixels[(5 * 23 + 7) * 4 + 3] ^= 1
        pixels[(9 * 23 + 2) * 4] ^= 1
        images[1] = Image(size: images[0].size, pixelFormat: .rgba8, pixels: pixels)
        images[2] = images[1]
        let controls = PNGChunk.split(try Self.encode(images, delays: [1, 1, 1])).filter { $0.type == "fcTL" }
        let places = controls.map { control in
            stride(from: 4, to: 20, by: 4).map { control.data[$0..<$0 + 4].reduce(0) { $0 << 8 | Int($1) } }
        }
        #expect(places == [[23, 17, 0, 0], [6, 5, 2, 5], [1, 1, 0, 0]])
    }

    /// Few colours: a palette. What does not change is transparent where that is smaller, so the palette has one more
    /// entry; pixels that let something through cannot be laid over others.
    @Test(arguments: [false, true])
    func reduced(letsThrough: Bool) throws {
        let size = Size(64, 64)
        let colors: [[UInt8]] = (0..<6).map { [UInt8($0 * 40), 99, UInt8(255 - $0), 255] }
        // The ground is busy; of it, lines here and there take another colour from frame to frame.
        var random = SplitMix64(seed: 7)
        var numbers = (0..<64 * 64).map { _ in Int.random(in: 0..<5, using: &random) }
        let images = (0..<5).map { frame in
            if frame > 0 {
                for y in stride(from: frame, to: 64, by: 13) { for x in 0..<64 { numbers[y * 64 + x] = 5 } }
            }
            var pixels = numbers.flatMap { colors[$0] }
            if letsThrough { for i in stride(from: 3, to: 64 * 4 * 20, by: 4) { pixels[i] = UInt8(100 + frame) } }
            return Image(size: size, pixelFormat: .rgba8, pixels: pixels)
        }
        let file = try Self.encode(images, delays: [1, 2, 3, 4, 5])
        let decoded = try frames(file)
        for (image, frame) in zip(images, decoded.frames) { #expect(frame.rows.flatMap { $0 } == image.pixels) }
        #expect(decoded.warnings.isEmpty)
        let chunks = PNGChunk.split(file)
        #expect(chunks[0].data[9] == 3)
        let blending = chunks.filter { $0.type == "fcTL" }.map { $0.data[25] }
        #expect(blending == (letsThrough ? [0, 0, 0, 0, 0] : [0, 1, 1, 1, 1]))
        if !letsThrough { #expect(chunks.first { $0.type == "PLTE" }?.data.count == 7 * 3) }
        // Without any of it: samples as they are.
        let sink = MemoryByteSink()
        var options = PNGEncoder.Options()
        options.reduces = false
        var encoder = try PNGAnimationEncoder(sink, size: size, pixelFormat: .rgba8, options: options)
        for image in images { try encoder.writeFrame(image, delayMilliseconds: 1) }
        try encoder.finish()
        #expect(PNGChunk.split(sink.bytes)[0].data[9] == 6)
        #expect(file.count < sink.bytes.count)
        let plain = try frames(sink.bytes)
        for (image, frame) in zip(images, plain.frames) { #expect(frame.rows.flatMap { $0 } == image.pixels) }
    }

    /// Photos have too many colours for a palette: one that none has stands for what did not change, in tRNS.
    @Test(arguments: [PixelFormat.rgb8, .gray8, .rgb16])
    func noise(_ format: PixelFormat) throws {
        var random = SplitMix64(seed: 3)
        let size = Size(80, 60)
        var pixels = (0..<80 * 60 * format.bytesPerPixel).map { _ in UInt8.random(in: 0...200, using: &random) }
        let images = (0..<4).map { _ in
            for _ in 0..<30 { pixels[Int.random(in: 0..<pixels.count, using: &random)] ^= 3 }
            return Image(size: size, pixelFormat: format, pixels: pixels)
        }
        let file = try Self.encode(images, delays: [1, 1, 1, 1])
        let shown = try frames(file)
        for (image, frame) in zip(images, shown.frames) {
            var rgba = Decoded.rgba([image.pixels], format)
            if format.bitDepth == 16 { rgba = rgba.map { $0 >> 8 } }
            #expect(frame.rows.flatMap { $0.map { Int($0) } } == rgba)
        }
        let chunks = PNGChunk.split(file)
        #expect(chunks.contains { $0.type == "tRNS" } == (format.bitDepth == 8))
        let first = chunks.first { $0.type == "IDAT" }?.data.count ?? 0
        if format.bitDepth == 8 { #expect(file.count < first * 3 / 2) }
    }

    @Test func threadsDoNotShow() throws {
        let images = Self.images(.rgba8, count: 9, seed: 2)
        let files = try [1, 2, 5].map { threads in
            let sink = MemoryByteSink()
            var options = PNGEncoder.Options()
            options.threads = threads
            var encoder = try PNGAnimationEncoder(sink, size: Size(23, 17), pixelFormat: .rgba8, options: options)
            for image in images { try encoder.writeFrame(image, delayMilliseconds: 1) }
            try encoder.finish()
            return sink.bytes
        }
        #expect(Set(files).count == 1)
    }

    @Test func oneFrameIsAStill() throws {
        let file = try Self.encode(Self.images(.rgb8, count: 1, seed: 1), delays: [5])
        #expect(PNGChunk.split(file).map(\.type) == ["IHDR", "IDAT", "IEND"])
    }

    @Test func misuse() throws {
        let image = Self.images(.rgb8, count: 1, seed: 1)[0]
        var encoder = try PNGAnimationEncoder(MemoryByteSink(), size: Size(23, 17), pixelFormat: .rgb8)
        var seen: [ImageError.Kind] = []
        do throws(ImageError) { try encoder.finish() } catch { seen.append(error.kind) }
        let other = Self.images(.rgba8, count: 1, seed: 1)[0]
        do throws(ImageError) { try encoder.writeFrame(other, delayMilliseconds: 0) } catch { seen.append(error.kind) }
        try encoder.writeFrame(image, delayMilliseconds: -5)
        try encoder.finish()
        do throws(ImageError) { try encoder.writeFrame(image, delayMilliseconds: 0) } catch { seen.append(error.kind) }
        do throws(ImageError) { try encoder.finish() } catch { seen.append(error.kind) }
        #expect(seen == [.misuse, .misuse, .misuse, .misuse])
    }
}
