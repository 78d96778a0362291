import TestSupport
import Testing
import TintypeCore

@testable import TintypeJPEG

struct TransformTests {
    private func apply(
        _ transform: JPEGTransform, to file: [UInt8], strict: Bool = true
    ) throws(ImageError) -> (file: [UInt8], outcome: JPEGTransform.Outcome) {
        let sink = MemoryByteSink()
        let outcome = try transform.apply(
            to: MemoryByteSource(file), writingTo: sink, options: DecodeOptions(strict: strict))
        return (sink.bytes, outcome)
    }

    private func decoded(_ file: [UInt8]) throws -> Image {
        var decoder = try JPEGDecoder(MemoryByteSource(file), options: DecodeOptions(strict: true))
        return try Image(collecting: &decoder)
    }

    private func kind(_ body: () throws -> Void) -> ImageError.Kind? {
        do {
            try body()
            return nil
        } catch {
            return (error as? ImageError)?.kind
        }
    }

    private func inverse(_ orientation: Orientation) throws -> Orientation {
        try #require(Orientation.allCases.first { orientation.followed(by: $0) == .up })
    }

    /// 48 × 80 pixels are whole MCUs under any of the subsamplings but 4:1:1's, which takes 64 × 96.
    private func picture(_ subsampling: JPEGEncoder.Subsampling, channels: Int = 3, progressive: Bool = false)
        -> EncoderCase
    {
        let size = subsampling == .s411 ? Size(64, 96) : Size(48, 80)
        return EncoderCase(
            size.width, size.height, channels: channels,
            .init(quality: 90, subsampling: subsampling, progressive: progressive))
    }

    /// Pixels lie where turning the decoded picture brings them. Without downsampling nothing but rounding differs.
    @Test(arguments: Orientation.allCases, [1, 3, 4])
    func pixelsAreTurned(_ orientation: Orientation, channels: Int) throws {
        let file = try picture(.s444, channels: channels).encode()
        let (turned, outcome) = try apply(JPEGTransform(orientation), to: file)
        let (found, expected) = (try decoded(turned), try decoded(file).oriented(orientation))
        #expect(found.size == expected.size && outcome.size == expected.size)
        #expect(outcome.dropped == Size(0, 0) && outcome.warnings.isEmpty)
        #expect(zip(found.pixels, expected.pixels).allSatisfy { (Int($0) - Int($1)).magnitude <= 3 })
    }

    /// Codes change, coefficients do not.
    @Test(arguments: [false, true], [1, 3])
    func arithmeticCopies(progressive: Bool, channels: Int) throws {
        let file = try picture(.s420, channels: channels, progressive: progressive).encode()
        let copy = try apply(JPEGTransform(arithmetic: true), to: file).file
        #expect(copy.count < file.count)
        #expect(JPEGSegments(copy).segments.contains { $0.marker == (progressive ? 0xCA : 0xC9) })
        #expect(try decoded(copy) == decoded(file))
        let back = try apply(JPEGTransform(), to: copy).file
        #expect(back == (try apply(JPEGTransform(), to: file).file))
    }

    /// Back and forth is where it was, to the bit.
    @Test(arguments: Orientation.allCases, JPEGEncoder.Subsampling.allCases)
    func turningBackLosesNothing(_ orientation: Orientation, _ subsampling: JPEGEncoder.Subsampling) throws {
        let file = try picture(subsampling).encode()
        let turned = try apply(JPEGTransform(orientation), to: file).file
        let back = try apply(JPEGTransform(inverse(orientation)), to: turned).file
        let (found, expected) = (try storedPicture(back), try storedPicture(file))
        #expect(found.coefficients == expected.coefficients)
        #expect(found.quantization == expected.quantization)
        #expect(found.frame.subsampling == expected.frame.subsampling)
    }

    /// The smallest DC coefficient there is, and the largest AC coefficients.
    @Test func extremesStay() throws {
        var test = EncoderCase(32, 8, channels: 1, .init(quality: 100))
        for x in 0..<32 {
            for y in 0..<8 { test.pixels[y * 32 + x] = x < 16 ? 0 : [0, 1, 6, 7].contains((x + 1) / 2 % 8) ? 255 : 0 }
        }
        let file = try test.encode()
        let before = try storedPicture(file).coefficients
        #expect(before.min() == -1_024)
        #expect(try storedPicture(apply(JPEGTransform(), to: file).file).coefficients == before)
    }

    /// 4:2:0 becomes 4:2:0, 4:2:2 becomes 4:4:0, 4:1:1 what has no name but is turned all the same.
    @Test(arguments: [
        (JPEGEncoder.Subsampling.s420, "4:2:0"), (.s422, "4:4:0"), (.s440, "4:2:2"), (.s411, "4:4:1"),
        (.s444, "4:4:4"),
    ])
    func factorsAreExchanged(_ subsampling: JPEGEncoder.Subsampling, _ turned: String) throws {
        let file = try picture(subsampling).encode()
        #expect(try storedPicture(apply(JPEGTransform(.right), to: file).file).frame.subsampling == turned)
    }

    @Test(arguments: [(false, Bool?.none), (false, true), (true, nil), (true, false)])
    func processes(isProgressive: Bool, asked: Bool?) throws {
        let file = try picture(.s420, progressive: isProgressive).encode()
        let turned = try apply(JPEGTransform(.left, progressive: asked), to: file).file
        #expect(try storedPicture(turned).frame.process == (asked ?? isProgressive ? .progressive : .baseline))
    }

    // MARK: - Edges

    /// What does not fill an MCU is dropped where the edge is mirrored, and kept where it is not.
    @Test(arguments: Orientation.allCases, [JPEGEncoder.Subsampling.s420, .s444])
    func mirroredEdgesAreTrimmed(_ orientation: Orientation, _ subsampling: JPEGEncoder.Subsampling) throws {
        let test = EncoderCase(53, 69, .init(quality: 95, subsampling: subsampling))
        let file = try test.encode()
        let mcu = subsampling == .s420 ? 16 : 8
        let full = orientation.swapsAxes ? Size(69, 53) : Size(53, 69)
        let dropped = Size(
            orientation.mirrors.x ? full.width % mcu : 0, orientation.mirrors.y ? full.height % mcu : 0)
        let (turned, outcome) = try apply(JPEGTransform(orientation), to: file)
        #expect(outcome.dropped == dropped)
        #expect(outcome.size == Size(full.width - dropped.width, full.height - dropped.height))
        let (found, whole) = (try decoded(turned), try decoded(file).oriented(orientation))
        var worst = 0
        for y in 0..<outcome.size.height {
            for x in 0..<3 * outcome.size.width {
                let a = found.pixels[y * found.bytesPerRow + x]
                let b = whole.pixels[(y + dropped.height) * whole.bytesPerRow + 3 * dropped.width + x]
                worst = max(worst, abs(Int(a) - Int(b)))
            }
        }
        // Interpolated chroma looks past the edge that is no more.
        #expect(worst <= (subsampling == .s444 ? 3 : 40))
        let whether = kind { _ = try apply(JPEGTransform(orientation, trims: false), to: file) }
        #expect(whether == (dropped == Size(0, 0) ? nil : .misuse))
    }

    @Test func lessThanAnMCUCannotBeMirrored() throws {
        let file = try EncoderCase(9, 40, .init()).encode()
        #expect(kind { _ = try apply(JPEGTransform(.upMirrored), to: file) } == .unsupported)
        #expect(try apply(JPEGTransform(.downMirrored), to: file).outcome.size == Size(9, 32))
    }

    @Test(arguments: [Orientation.up, .right, .downMirrored])
    func cropsBeginAtAnMCU(_ orientation: Orientation) throws {
        let file = try EncoderCase(64, 64, .init(quality: 95, subsampling: .s444)).encode()
        let whole = try decoded(file).oriented(orientation)
        let crop = JPEGTransform.Crop(x: 21, y: 9, width: 30, height: 20)
        let (cut, outcome) = try apply(JPEGTransform(orientation, crop: crop), to: file)
        // From (16, 8) up to the right and lower edge that were asked for.
        #expect(outcome.size == Size(35, 21))
        let found = try decoded(cut)
        for y in 0..<21 {
            let row = found.pixels[y * 105..<(y + 1) * 105]
            let expected = whole.pixels[((y + 8) * 64 + 16) * 3..<((y + 8) * 64 + 16) * 3 + 105]
            #expect(zip(row, expected).allSatisfy { (Int($0) - Int($1)).magnitude <= 3 })
        }
    }

    @Test func cropsMustLieWithin() throws {
        let file = try EncoderCase(50, 40, .init()).encode()
        func crop(_ x: Int, _ y: Int, _ width: Int, _ height: Int) -> ImageError.Kind? {
            let part = JPEGTransform.Crop(x: x, y: y, width: width, height: height)
            return kind { _ = try apply(JPEGTransform(crop: part), to: file) }
        }
        #expect(crop(0, 0, 50, 40) == nil)
        #expect(crop(49, 39, 1, 1) == nil)
        for (x, y, width, height) in [
            (0, 0, 51, 40), (0, 0, 50, 41), (50, 0, 1, 1), (0, 40, 1, 1), (-1, 0, 5, 5), (0, -1, 5, 5), (0, 0, 0, 5),
            (0, 0, 5, 0), (1, 1, Int.max, 1), (Int.max, 0, 1, 1), (0, Int.max, 1, Int.max),
        ] {
            #expect(crop(x, y, width, height) == .misuse)
        }
    }

    // MARK: - What goes along

    @Test func orientationBecomesUp() throws {
        var exif: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, 1, 0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0]
        exif += [0, 0, 0, 0]
        let test = picture(.s420)
        let file = try test.encode(metadata: Metadata(exif: exif, xmp: [1, 2, 3]))
        func inspect(_ transform: JPEGTransform) throws -> (Size, Orientation, [UInt8]?) {
            let copy = try apply(transform, to: file).file
            let (info, metadata) = try JPEGDecoder.inspect(MemoryByteSource(copy))
            return (info.size, metadata.orientation, metadata.xmp)
        }
        #expect(try inspect(JPEGTransform(.right)) == (Size(80, 48), .up, [1, 2, 3]))
        #expect(try inspect(JPEGTransform(orients: true)) == (Size(80, 48), .up, [1, 2, 3]))
        #expect(try inspect(JPEGTransform(.left, orients: true)) == (Size(48, 80), .up, [1, 2, 3]))
        #expect(try inspect(JPEGTransform(metadata: .safe)) == (Size(48, 80), .right, nil))
        #expect(try inspect(JPEGTransform(metadata: .none)) == (Size(48, 80), .up, nil))
    }

    /// RGB, CMYK and YCCK files are still that.
    @Test(arguments: [
        "cmyk.jpg", "ycck.jpg", "ycck-420.jpg", "rgb.jpg", "gray.jpg", "separate-scans.jpg", "progressive.jpg",
        "quality-1-dqt16.jpg", "odd-17x33-411.jpg", "restart-rows.jpg",
    ])
    func meaningsOfComponentsStay(_ name: String) throws {
        let file = try TestImages.bytes(name)
        let copy = try apply(JPEGTransform(), to: file).file
        let (before, after) = (
            try JPEGDecoder.inspect(MemoryByteSource(file)).info, try JPEGDecoder.inspect(MemoryByteSource(copy)).info
        )
        #expect(after.pixelFormat == before.pixelFormat)
        #expect(try decoded(copy).pixels == decoded(file).pixels)
    }

    /// Steps above 255 make the file extended (T.81 table B.4); the table of a turned picture is turned too.
    @Test func wideSteps() throws {
        var segments = JPEGSegments(try picture(.s444, channels: 1).encode())
        let narrow = segments[0xDB].parameters
        segments[0xDB].parameters = [0x10] + narrow.dropFirst().flatMap { [1, $0] }
        segments[0xC0].marker = 0xC1
        let turned = try storedPicture(apply(JPEGTransform(.right), to: segments.bytes).file)
        #expect(turned.frame.process == .extended)
        let steps = try storedPicture(segments.bytes).quantization[0]
        #expect(steps.allSatisfy { $0 >= 256 })
        for i in 0..<64 { #expect(turned.quantization[0][i] == steps[i % 8 * 8 + i / 8]) }
    }

    // MARK: - Damage

    /// A file cut anywhere is copied as far as it goes or refused; strictly it is refused.
    @Test func truncation() throws {
        let file = try EncoderCase(40, 40, .init(quality: 60)).encode()
        for count in 0..<file.count - 2 {
            let cut = Array(file[..<count])
            #expect(kind { _ = try apply(JPEGTransform(.right), to: cut) } != nil)
            if let copy = try? apply(JPEGTransform(.right), to: cut, strict: false) {
                #expect(!copy.outcome.warnings.isEmpty)
                #expect(try decoded(copy.file).size == Size(32, 40))
            }
        }
    }

    /// Whatever is broken, what is written is a file without faults.
    @Test(arguments: [false, true])
    func bitFlips(progressive: Bool) throws {
        let file = try EncoderCase(
            40, 40, noise: true, .init(quality: 80, progressive: progressive, restartInterval: 2)
        ).encode()
        var random = SplitMix64(seed: 77)
        var copies = 0
        for _ in 0..<1_500 {
            var broken = file
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                broken[Int.random(in: 2..<file.count, using: &random)] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            }
            var options = DecodeOptions()
            options.limits.memory = 8 << 20
            options.limits.pixels = 1 << 20
            let sink = MemoryByteSink()
            guard
                (try? JPEGTransform(.rightMirrored, metadata: .none).apply(
                    to: MemoryByteSource(broken), writingTo: sink, options: options)) != nil
            else { continue }
            copies += 1
            _ = try decoded(sink.bytes)
        }
        #expect(copies > 300)
    }
}
