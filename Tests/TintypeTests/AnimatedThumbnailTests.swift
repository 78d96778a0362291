import TestSupport
import Testing
import Tintype

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

    /// RGBA, without the colours that cannot be seen.
    private func visible(_ image: Image) -> [UInt8] {
        var pixels = image.pixels
        for at in stride(from: 0, to: pixels.count, by: 4) where pixels[at + 3] == 0 {
            for byte in at..<at + 3 { pixels[byte] = 0 }
        }
        return pixels
    }
}
