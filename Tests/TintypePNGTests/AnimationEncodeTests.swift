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
        #expect(still.rows.flatMap { $0 } == images[0].pixels)
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
