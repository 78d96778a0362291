import TestSupport
import Testing

@testable import Tintype

@Suite struct EncodingTests {
    @Test func extensions() throws {
        let expected: [(String, Encoding)] = [
            ("jpg", .jpeg(.init())), ("JPEG", .jpeg(.init())), ("png", .png), ("pgm", .netpbm(.pgm)),
            ("ppm", .netpbm(.ppm)), ("pam", .netpbm(.pam)), ("gif", .gif), ("apng", .png),
        ]
        for (name, encoding) in expected { #expect(try Encoding(pathExtension: name, for: .rgb8) == encoding) }
        #expect(try Encoding(pathExtension: "pnm", for: .grayAlpha8) == .netpbm(.pgm))
        #expect(try Encoding(pathExtension: "pnm", for: .cmyk8) == .netpbm(.ppm))
        #expect { try Encoding(pathExtension: "txt", for: .rgb8) } throws: { ($0 as? ImageError)?.kind == .misuse }
    }

    @Test(arguments: PixelFormat.allCases)
    func everyPixelFormatCanBeWritten(_ format: PixelFormat) throws {
        let image = ThumbnailPixelsTests.noise(Size(9, 5), format, seed: 3)
        let encodings: [Encoding] = [.jpeg(quality: 90), .png, .gif, .netpbm(.pgm), .netpbm(.ppm), .netpbm(.pam)]
        for encoding in encodings {
            let again = try Image(decoding: image.encoded(as: encoding), options: DecodeOptions(strict: true))
            #expect(again.size == image.size)
            #expect(again.pixelFormat == encoding.pixelFormat(for: format))
            if encoding.format == .gif { continue }
            if again.pixelFormat == format, encoding.format != .jpeg { #expect(again.pixels == image.pixels) }
        }
    }

    @Test func transparencyIsFlattenedOnTheBackground() throws {
        let clear = Image(size: Size(8, 8), pixelFormat: .rgba8, pixels: [UInt8](repeating: 0, count: 256))
        let white = try Image(decoding: clear.encoded(as: .jpeg(quality: 100)))
        #expect(white.pixels.allSatisfy { $0 == 255 })
        let black = try Image(
            decoding: clear.encoded(as: .jpeg(quality: 100), background: Color(red: 0, green: 0, blue: 0)))
        #expect(black.pixels.allSatisfy { $0 == 0 })
    }

    @Test func aProfileOfOtherPixelsIsLeftOut() {
        func profile(_ space: String) -> [UInt8] {
            [UInt8](repeating: 0, count: 16) + Array(space.utf8) + [UInt8](repeating: 0, count: 112)
        }
        let spaces: [(String, PixelFormat)] = [("RGB ", .rgba16), ("GRAY", .grayAlpha8), ("CMYK", .cmyk8)]
        for (space, _) in spaces {
            for (own, format) in spaces {
                let kept = Metadata(icc: profile(space)).describing(format)
                #expect((kept.icc != nil) == (space == own))
            }
        }
        #expect(Metadata(icc: [1, 2, 3]).describing(.rgb8).icc == nil)
        #expect(Metadata(exif: [1]).describing(.rgb8) == Metadata(exif: [1]))
    }

    @Test(arguments: [700, 1000, 2000, 1_000_000])
    func aJPEGWithinItsBytes(_ bytes: Int) throws {
        var thumbnail = Thumbnail(fitting: Size(64, 64))
        thumbnail.maximumBytes = bytes
        thumbnail.metadata = .none
        thumbnail.encoding = .jpeg(quality: 95)
        let fitted = try thumbnail.make(from: TestImages.bytes("photo.png"))
        #expect(fitted.count <= bytes)
        thumbnail.maximumBytes = nil
        let free = try thumbnail.make(from: TestImages.bytes("photo.png"))
        #expect((fitted == free) == (free.count <= bytes))
    }

    @Test func aJPEGThatCannotBeSoSmall() throws {
        var thumbnail = Thumbnail(fitting: Size(64, 64))
        thumbnail.maximumBytes = 100
        thumbnail.encoding = .jpeg(quality: 85)
        let bytes = try TestImages.bytes("photo.png")
        #expect { try thumbnail.make(from: bytes) } throws: { ($0 as? ImageError)?.kind == .limitExceeded }
    }
}
