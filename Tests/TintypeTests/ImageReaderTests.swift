import TestSupport
import Testing
import Tintype

@Suite struct ImageReaderTests {
    /// Yields one byte at a time.
    @Test(arguments: [
        ("photo.jpg", ImageFormat.jpeg), ("photo.png", .png), ("photo.gif", .gif), ("alpha.png", .png),
    ])
    func theFormatIsToldByTheBytes(_ name: String, _ format: ImageFormat) throws {
        let bytes = try TestImages.bytes(name)
        let reader = try ImageReader(TricklingByteSource(bytes))
        #expect(reader.info.format == format)
        #expect(try ImageReader.inspect(TricklingByteSource(bytes)).info.size == reader.info.size)
        let whole = try Image(decoding: bytes)
        #expect(try Image(decoding: TricklingByteSource(bytes)) == whole)
        #expect(whole.size == reader.info.displaySize)
    }

    @Test func netpbm() throws {
        let bytes = Array("P5 2 2 255\n".utf8) + [1, 2, 3, 4]
        let image = try Image(decoding: bytes)
        #expect(image == Image(size: Size(2, 2), pixelFormat: .gray8, pixels: [1, 2, 3, 4]))
        #expect(try ImageReader.inspect(MemoryByteSource(bytes)).info.format == .netpbm)
    }

    @Test(arguments: ["", "x", "\u{7F}ELF and more", "GIF88a..", "\u{89}PNG", "RIFFxxxxWEBP", "P3 1 1 255 0 0 0"])
    func whatIsNoPicture(_ text: String) {
        let expected: ImageError.Kind = text.isEmpty ? .truncated : .malformed
        #expect { try ImageReader(MemoryByteSource(Array(text.utf8))) } throws: {
            ($0 as? ImageError)?.kind == expected
        }
        #expect { try ImageReader.inspect(MemoryByteSource(Array(text.utf8))) } throws: {
            ($0 as? ImageError)?.kind == expected
        }
    }

    @Test func framesComeComposited() throws {
        let reader = try ImageReader(MemoryByteSource(TestImages.bytes("animated.gif")))
        var frames = 0
        while let frame = try reader.nextFrame() {
            #expect(frame.index == frames)
            var rows = reader
            let image = try Image(collecting: &rows)
            #expect(image.size == reader.info.size)
            frames += 1
        }
        #expect(try frames == ImageReader.inspect(MemoryByteSource(TestImages.bytes("animated.gif"))).info.frameCount)
        #expect(frames > 1)
        try reader.finish()
        #expect(reader.warnings.isEmpty)
    }

    @Test(arguments: ["photo.jpg", "photo.png", "photo.gif"])
    func theEndIsLookedAtAlsoWhereRowsWereNotPulled(_ name: String) throws {
        let bytes = try TestImages.bytes(name)
        let whole = try ImageReader(MemoryByteSource(bytes))
        try whole.finish()
        #expect(whole.warnings.isEmpty)
        let longer = try ImageReader(MemoryByteSource(bytes + Array("more".utf8)))
        try longer.finish()
        #expect(longer.warnings.map(\.kind) == [.trailingBytes])
        let half = try ImageReader(MemoryByteSource(Array(bytes.prefix(bytes.count / 2))))
        try? half.finish()
        #expect(half.warnings.contains { $0.kind == .truncated })
    }

    @Test(arguments: ["photo.jpg", "photo.png", "photo.gif"])
    func strictDecodesLookAtTheEnd(_ name: String) throws {
        let bytes = try TestImages.bytes(name)
        let options = DecodeOptions(strict: true)
        #expect(try Image(decoding: bytes, options: options).size.width > 0)
        for count in [bytes.count / 2, bytes.count - 3] {
            let cut = Array(bytes.prefix(count))
            #expect(throws: ImageError.self) { try Image(decoding: cut, options: options) }
            var thumbnail = Thumbnail(fitting: Size(16, 16))
            thumbnail.options = options
            #expect(throws: ImageError.self) { try thumbnail.make(from: cut) }
            thumbnail.options.strict = false
            #expect(try Image(decoding: thumbnail.make(from: cut)).size.width == 16)
        }
    }
}
