import TestSupport
import Testing
import TintypeCore
import TintypePNG

@Suite struct EncodeTests {
    static let formats = PixelFormat.allCases.filter { $0 != .cmyk8 }

    static func encode(
        _ image: Image, effort: Int = 6, reduces: Bool = false, threads: Int = 1, metadata: Metadata = Metadata()
    ) throws(ImageError) -> [UInt8] {
        var options = PNGEncoder.Options(effort: effort)
        options.reduces = reduces
        options.threads = threads
        let sink = MemoryByteSink()
        var encoder = try PNGEncoder(
            sink, size: image.size, pixelFormat: image.pixelFormat, options: options, metadata: metadata)
        var rows = image.rows
        try encoder.drain(&rows)
        return sink.bytes
    }

    /// Smooth with some noise, so that each filter has lines that suit it.
    static func image(_ width: Int, _ height: Int, _ format: PixelFormat, noise: Int, seed: UInt64 = 1) -> Image {
        var random = SplitMix64(seed: seed)
        let stride = width * format.bytesPerPixel
        let pixels = (0..<stride * height).map { i in
            let (x, y) = (i % stride / format.bytesPerPixel, i / stride)
            return UInt8(truncatingIfNeeded: x * 3 + y * (x % 5) + Int.random(in: 0...noise, using: &random))
        }
        return Image(size: Size(width, height), pixelFormat: format, pixels: pixels)
    }

    @Test(arguments: formats, [0, 1, 5, 9])
    func roundTrip(_ format: PixelFormat, effort: Int) throws {
        for (width, height, noise) in [(1, 1, 0), (1, 9, 3), (64, 40, 0), (33, 21, 5), (50, 20, 255)] {
            let image = Self.image(width, height, format, noise: noise)
            let decoded = try Decoded(Self.encode(image, effort: effort))
            #expect(decoded.format == format)
            #expect(decoded.rows.flatMap { $0 } == image.pixels)
            #expect(decoded.info.size == image.size && decoded.warnings.isEmpty)
        }
    }

    @Test func chunksAreWellFormed() throws {
        let image = Self.image(300, 300, .rgb8, noise: 255)
        let file = try Self.encode(image)
        let chunks = PNGChunk.split(file)
        #expect(PNGChunk.file(chunks) == file)
        #expect(chunks.first?.type == "IHDR" && chunks.last?.type == "IEND")
        let data = chunks.filter { $0.type == "IDAT" }
        #expect(data.count > 3)
        #expect(data.dropLast().allSatisfy { $0.data.count == 64 << 10 })
    }

    /// More effort must not make a picture larger, and filters must help on a smooth one.
    @Test func efforts() throws {
        let image = Self.image(300, 200, .rgb8, noise: 1)
        let sizes = try (0...9).map { try Self.encode(image, effort: $0).count }
        #expect(sizes[1] < image.pixels.count / 2)
        #expect(sizes[6] <= sizes[1] && sizes[9] <= sizes[6] && sizes[9] < sizes[0])
        #expect(try Self.encode(image) == (try Self.encode(image, effort: PNGEncoder.Options().effort)))
    }

    func kind(_ body: () throws(ImageError) -> Void) -> ImageError.Kind? {
        do throws(ImageError) {
            try body()
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func misuse() {
        func make(_ size: Size, _ format: PixelFormat, effort: Int = 6, threads: Int = 1) -> ImageError.Kind? {
            kind { () throws(ImageError) in
                var options = PNGEncoder.Options(effort: effort)
                options.threads = threads
                _ = try PNGEncoder(MemoryByteSink(), size: size, pixelFormat: format, options: options)
            }
        }
        #expect(make(Size(1, 1), .cmyk8) == .misuse)
        #expect(make(Size(0, 1), .rgb8) == .misuse)
        #expect(make(Size(1, -1), .rgb8) == .misuse)
        #expect(make(Size(1 << 31, 1), .rgb8) == .limitExceeded)
        #expect(make(Size(1, 1), .rgb8, effort: 10) == .misuse)
        #expect(make(Size(1, 1), .rgb8, effort: -1) == .misuse)
        #expect(make(Size(1, 1), .rgb8, threads: 0) == .misuse)
        #expect(make(Size(1, 1), .rgb8, effort: 9, threads: 3) == nil)
    }

    @Test func rowsMustBeAsManyAsStated() throws {
        var encoder = try PNGEncoder(MemoryByteSink(), size: Size(2, 2), pixelFormat: .gray8)
        let row: [UInt8] = [1, 2]
        var seen: [ImageError.Kind] = []
        try encoder.writeRow(row.span)
        do throws(ImageError) { try encoder.finish() } catch { seen.append(error.kind) }
        try encoder.writeRow(row.span)
        do throws(ImageError) { try encoder.writeRow(row.span) } catch { seen.append(error.kind) }
        try encoder.finish()
        do throws(ImageError) { try encoder.finish() } catch { seen.append(error.kind) }
        #expect(seen == [.misuse, .misuse, .misuse])
    }

    @Test func theSinksErrorsComeThrough() throws {
        final class Full: ByteSink {
            func write(_ bytes: Span<UInt8>) throws(ImageError) { throw ImageError(.io, "full") }
        }
        let image = Self.image(400, 400, .rgb8, noise: 255)
        #expect(
            kind { () throws(ImageError) in
                var encoder = try PNGEncoder(Full(), size: image.size, pixelFormat: .rgb8)
                var rows = image.rows
                try encoder.drain(&rows)
            } == .io)
    }
}
