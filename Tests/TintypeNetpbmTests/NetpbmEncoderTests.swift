import TestSupport
import Testing
import TintypeCore
import TintypeNetpbm

@Suite("Netpbm encoder")
struct NetpbmEncoderTests {
    @Test(arguments: PixelFormat.allCases)
    func roundTrip(_ format: PixelFormat) throws {
        var random = SplitMix64(seed: 5)
        for size in [Size(1, 1), Size(7, 5), Size(1000, 3)] {
            let pixels = (0..<size.width * size.height * format.bytesPerPixel).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            let image = Image(size: size, pixelFormat: format, pixels: pixels)
            for variant in [NetpbmEncoder.Variant.pgm, .ppm, .pam] {
                let fits =
                    switch variant {
                    case .pgm: format == .gray8 || format == .gray16
                    case .ppm: format == .rgb8 || format == .rgb16
                    case .pam: true
                    }
                guard fits else {
                    #expect(throws: ImageError.self) { try encode(image, variant) }
                    continue
                }
                let decoded = try DecodedFrames(
                    NetpbmDecoder.self, MemoryByteSource(try encode(image, variant)),
                    options: DecodeOptions(strict: true))
                #expect(decoded.frames == [pixels])
                #expect(decoded.info.size == size && decoded.info.pixelFormat == format)
            }
        }
    }

    private func encode(_ image: Image, _ variant: NetpbmEncoder.Variant) throws(ImageError) -> [UInt8] {
        let sink = MemoryByteSink()
        var encoder = try NetpbmEncoder(sink, size: image.size, pixelFormat: image.pixelFormat, variant: variant)
        var rows = image.rows
        try encoder.drain(&rows)
        return sink.bytes
    }

    @Test func theVeryBytes() throws {
        let gray = Image(size: Size(2, 1), pixelFormat: .gray16, pixels: [2, 1, 4, 3])
        #expect(try encode(gray, .pgm) == Array("P5\n2 1\n65535\n".utf8) + [1, 2, 3, 4])
        let color = Image(size: Size(1, 1), pixelFormat: .rgb8, pixels: [9, 8, 7])
        #expect(try encode(color, .ppm) == Array("P6\n1 1\n255\n".utf8) + [9, 8, 7])
        let inks = Image(size: Size(1, 1), pixelFormat: .cmyk8, pixels: [9, 8, 7, 6])
        let header = "P7\nWIDTH 1\nHEIGHT 1\nDEPTH 4\nMAXVAL 255\nTUPLTYPE CMYK\nENDHDR\n"
        #expect(try encode(inks, .pam) == Array(header.utf8) + [9, 8, 7, 6])
    }

    @Test(arguments: [Size(0, 1), Size(1, 0), Size(-1, 1)])
    func refusesEmptyPictures(_ size: Size) {
        let error = #expect(throws: ImageError.self) {
            _ = try NetpbmEncoder(MemoryByteSink(), size: size, pixelFormat: .gray8, variant: .pgm)
        }
        #expect(error?.kind == .misuse)
    }

    @Test func countsRows() throws {
        var encoder = try NetpbmEncoder(MemoryByteSink(), size: Size(1, 2), pixelFormat: .gray8, variant: .pgm)
        let row: [UInt8] = [1]
        let long: [UInt8] = [1, 2]
        var refusals = 0
        func refused(_ error: ImageError) { refusals += error.kind == .misuse ? 1 : 0 }
        try encoder.writeRow(row.span)
        do throws(ImageError) { try encoder.finish() } catch { refused(error) }
        do throws(ImageError) { try encoder.writeRow(long.span) } catch { refused(error) }
        try encoder.writeRow(row.span)
        do throws(ImageError) { try encoder.writeRow(row.span) } catch { refused(error) }
        try encoder.finish()
        #expect(refusals == 3)
    }
}
