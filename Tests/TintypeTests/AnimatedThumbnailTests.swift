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
            var (small, rows) = (try thumbnail.rows(of: old), AnyRowSource(new))
            let (expected, decoded) = (try Image(collecting: &small), try Image(collecting: &rows))
            #expect(decoded.size == expected.size)
            // What cannot be seen is not compared.
            let seen = stride(from: 3, to: expected.pixels.count, by: 4).allSatisfy { at in
                expected.pixels[at] == decoded.pixels[at]
                    && (expected.pixels[at] == 0 || expected.pixels[at - 3..<at] == decoded.pixels[at - 3..<at])
            }
            #expect(seen)
            count += 1
        }
        #expect(count > 1)
        #expect(try new.nextFrame() == nil)
    }
}
