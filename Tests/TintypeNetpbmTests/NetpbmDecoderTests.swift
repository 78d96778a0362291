import TestSupport
import Testing
import TintypeCore
import TintypeNetpbm

private func decode(
    _ header: String, _ samples: [UInt8], strict: Bool = false, step: Int = 7
) throws(ImageError) -> DecodedFrames {
    let source = TricklingByteSource(Array(header.utf8) + samples, step: step)
    return try DecodedFrames(NetpbmDecoder.self, source, options: DecodeOptions(strict: strict))
}

@Suite("Netpbm decoder")
struct NetpbmDecoderTests {
    struct Case: Sendable, CustomStringConvertible {
        var header: String
        var samples: [UInt8]
        var format: PixelFormat
        var pixels: [UInt8]
        var description: String { header.split(whereSeparator: \.isNewline).joined(separator: " ") }
    }

    static func pam(_ type: String, depth: Int, maxval: Int, _ width: Int = 1, _ height: Int = 1) -> String {
        "P7\nWIDTH \(width)\nHEIGHT \(height)\nDEPTH \(depth)\nMAXVAL \(maxval)\nTUPLTYPE \(type)\nENDHDR\n"
    }

    static let cases: [Case] = [
        Case(header: "P5\n2 1\n255\n", samples: [7, 200], format: .gray8, pixels: [7, 200]),
        Case(header: "P5 2 1 1 ", samples: [0, 1], format: .gray8, pixels: [0, 255]),
        Case(header: "P5 3 1 7\n", samples: [0, 3, 7], format: .gray8, pixels: [0, 109, 255]),
        Case(header: "P6\n1 1\n255\n", samples: [1, 2, 3], format: .rgb8, pixels: [1, 2, 3]),
        Case(
            header: "P6 # a\n# b\n1#c\n 1 #d\n255\n", samples: [0x23, 0x20, 3], format: .rgb8, pixels: [0x23, 0x20, 3]),
        Case(header: "P5 1 2 65535\n", samples: [1, 2, 3, 4], format: .gray16, pixels: [2, 1, 4, 3]),
        // 500 of 1000 is 32767.5, rounded up.
        Case(header: "P5 1 1 1000\n", samples: [0x01, 0xF4], format: .gray16, pixels: [0x00, 0x80]),
        Case(header: "P6 1 1 256\n", samples: [1, 0, 0, 0, 0, 128], format: .rgb16, pixels: [255, 255, 0, 0, 0, 128]),
        Case(header: pam("GRAYSCALE", depth: 1, maxval: 255), samples: [9], format: .gray8, pixels: [9]),
        Case(header: pam("BLACKANDWHITE", depth: 1, maxval: 1), samples: [1], format: .gray8, pixels: [255]),
        Case(
            header: pam("BLACKANDWHITE_ALPHA", depth: 2, maxval: 1), samples: [1, 0], format: .grayAlpha8,
            pixels: [255, 0]),
        Case(
            header: pam("GRAYSCALE_ALPHA", depth: 2, maxval: 65_535), samples: [1, 2, 3, 4], format: .grayAlpha16,
            pixels: [2, 1, 4, 3]),
        Case(header: pam("RGB", depth: 3, maxval: 255), samples: [1, 2, 3], format: .rgb8, pixels: [1, 2, 3]),
        Case(
            header: pam("RGB_ALPHA", depth: 4, maxval: 255), samples: [1, 2, 3, 4], format: .rgba8,
            pixels: [1, 2, 3, 4]),
        Case(header: pam("CMYK", depth: 4, maxval: 255), samples: [1, 2, 3, 4], format: .cmyk8, pixels: [1, 2, 3, 4]),
        Case(header: pam("", depth: 2, maxval: 255), samples: [1, 2], format: .grayAlpha8, pixels: [1, 2]),
        Case(
            header: "P7\n# note\n\nMAXVAL 255\nDEPTH 3\nHEIGHT 1\n  WIDTH  1\nENDHDR\n", samples: [1, 2, 3],
            format: .rgb8, pixels: [1, 2, 3]),
    ]

    @Test(arguments: cases)
    func reads(_ one: Case) throws {
        for step in [1, 2, 3, 1000] {
            let decoded = try decode(one.header, one.samples, strict: true, step: step)
            #expect(decoded.info.pixelFormat == one.format)
            #expect(decoded.frames == [one.pixels])
            #expect(decoded.info.format == .netpbm && decoded.info.hasAlpha == one.format.hasAlpha)
            #expect(decoded.info.channels == one.format.channels && decoded.info.frameCount == 1)
        }
        let still = try DecodedFrames(still: NetpbmDecoder.self, MemoryByteSource(Array(one.header.utf8) + one.samples))
        #expect(still.frames == [one.pixels])
    }

    @Test(arguments: [(1, 1), (3, 2), (4, 3), (255, 8), (256, 9), (1023, 10), (65_535, 16)])
    func bitDepth(maxval: Int, bits: Int) throws {
        let bytes = Array("P5 1 1 \(maxval)\n".utf8)
        let (info, metadata) = try NetpbmDecoder.inspect(MemoryByteSource(bytes))
        #expect(info.bitDepth == bits)
        #expect(metadata == Metadata())
    }

    @Test(arguments: [
        "", "P", "P4 1 1\n", "P5", "P5 1 1 0\n", "P5 1 1 65536\n", "P5 0 1 255\n", "P5 1 0 255\n", "P5 -1 1 255\n",
        "P5 1 x 255\n", "P5 1.5 1 255\n", "P6 1 1", "P6 #", "P5 11111111111 1 255\n", "P7 \n", "P7\nENDHDR\n", "P7\n",
        "P7\nWIDTH\n", "P7\nWIDTH 1 2\n", "P7\nWIDTH one\n", "P7\nCOLOUR 1\n", pam("RGB", depth: 4, maxval: 255),
        pam("GRAYSCALE", depth: 1, maxval: 0), "P7\nWIDTH " + String(repeating: "1", count: 9000) + "\n",
    ])
    func refuses(_ header: String) throws {
        let error = #expect(throws: ImageError.self) { try decode(header, [0, 0, 0, 0]) }
        #expect(error.map { [.malformed, .truncated].contains($0.kind) } == true)
    }

    @Test(arguments: [
        pam("FANCY", depth: 3, maxval: 255), pam("", depth: 5, maxval: 255), pam("CMYK", depth: 4, maxval: 999),
    ])
    func unsupported(_ header: String) throws {
        let error = #expect(throws: ImageError.self) { try decode(header, [0, 0, 0, 0]) }
        #expect(error?.kind == .unsupported)
    }

    @Test(arguments: ["P5 999999999 999999999 255\n", "P5 65536 1 255\n", "P6 65000 65000 65535\n"])
    func limits(_ header: String) throws {
        let error = #expect(throws: ImageError.self) { try decode(header, [0]) }
        #expect(error?.kind == .limitExceeded)
    }

    @Test func longCommentsAreRead() throws {
        let comment = "# " + String(repeating: "x", count: 5000) + "\n"
        #expect(try decode("P5\n\(comment)1 1 255\n", [5]).frames == [[5]])
        #expect(
            try decode("P7\n\(comment)" + Self.pam("RGB", depth: 3, maxval: 255).dropFirst(3), [1, 2, 3]).frames == [
                [1, 2, 3]
            ])
    }

    @Test func cutAtEveryByte() throws {
        let header = "P6 3 4 255\n"
        let samples = (0..<36).map { UInt8($0 + 1) }
        for count in 0..<(header.utf8.count + 36) {
            let bytes = Array((Array(header.utf8) + samples).prefix(count))
            let strict = DecodeOptions(strict: true)
            #expect(throws: ImageError.self) {
                try DecodedFrames(NetpbmDecoder.self, MemoryByteSource(bytes), options: strict)
            }
            let present = count - header.utf8.count
            guard present > 0 else {
                let error = #expect(throws: ImageError.self) {
                    try DecodedFrames(NetpbmDecoder.self, MemoryByteSource(bytes))
                }
                #expect(count < 2 || error?.kind == .truncated)
                continue
            }
            let decoded = try DecodedFrames(NetpbmDecoder.self, MemoryByteSource(bytes))
            #expect(decoded.frames == [samples.prefix(present) + [UInt8](repeating: 0, count: 36 - present)])
            #expect(decoded.warnings.map(\.row) == [present / 9])
            #expect(decoded.warnings.map(\.kind) == [.truncated])
        }
    }

    @Test func wideSamplesCutInTheMiddle() throws {
        let decoded = try decode("P5 2 1 65535\n", [1, 2, 3])
        #expect(decoded.frames == [[2, 1, 0, 0]])
        #expect(decoded.warnings.first?.kind == .truncated)
    }

    @Test func samplesAboveTheLargest() throws {
        for (header, samples, pixels) in [
            ("P5 2 2 3\n", [3, 4, 200, 0], [255, 255, 255, 0]), ("P5 1 1 300\n", [255, 255], [255, 255]),
        ] as [(String, [UInt8], [UInt8])] {
            let decoded = try decode(header, samples)
            #expect(decoded.frames == [pixels])
            #expect(decoded.warnings.map(\.kind) == [.damaged])
            #expect(throws: ImageError.self) { try decode(header, samples, strict: true) }
        }
    }

    @Test func bytesAfterThePicture() throws {
        let decoded = try decode("P5 1 1 255\n", Array("!P5 1 1 255\n?".utf8))
        #expect(decoded.frames == [[33]])
        #expect(decoded.warnings.map(\.kind) == [.trailingBytes])
        #expect(throws: ImageError.self) { try decode("P5 1 1 255\n", [1, 2], strict: true) }
    }

    @Test func finishBeforeTheLastRow() throws {
        var decoder = try NetpbmDecoder(MemoryByteSource(Array("P5 1 3 255\n".utf8) + [1, 2]))
        var row: [UInt8] = [0]
        try decoder.readRow(into: &row)
        #expect(row == [1])
        try decoder.finish()
        #expect(decoder.warnings.map(\.row) == [2])
        var strict = try NetpbmDecoder(
            MemoryByteSource(Array("P5 1 3 255\n".utf8) + [1, 2]), options: DecodeOptions(strict: true))
        let error: ImageError?
        do throws(ImageError) {
            try strict.finish()
            error = nil
        } catch let thrown {
            error = thrown
        }
        #expect(error?.kind == .truncated)
    }

    @Test func errorsStick() throws {
        var decoder = try NetpbmDecoder(MemoryByteSource(Array("P5 1 1 255\n".utf8)))
        var row: [UInt8] = [0]
        for _ in 0..<2 {
            do throws(ImageError) {
                try decoder.readRow(into: &row)
                Issue.record("nothing to read")
            } catch {
                #expect(error.kind == .truncated)
            }
        }
    }

    @Test func rowsAfterTheLast() throws {
        var decoder = try NetpbmDecoder(MemoryByteSource(Array("P5 1 1 255\n".utf8) + [1]))
        var row: [UInt8] = [0]
        try decoder.readRow(into: &row)
        do throws(ImageError) {
            try decoder.readRow(into: &row)
            Issue.record("there is no second row")
        } catch {
            #expect(error.kind == .misuse)
        }
    }

    @Test func changedBytesNeverTrap() throws {
        var random = SplitMix64(seed: 11)
        let files = Self.cases.map { Array($0.header.utf8) + $0.samples }
        for round in 0..<4000 {
            var bytes = files[round % files.count]
            for _ in 0...Int.random(in: 0...2, using: &random) {
                bytes[Int.random(in: 2..<bytes.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            }
            var options = DecodeOptions(strict: round % 2 == 0)
            options.limits.pixels = 10_000
            do {
                let decoded = try DecodedFrames(NetpbmDecoder.self, MemoryByteSource(bytes), options: options)
                #expect(!options.strict || decoded.warnings.isEmpty)
            } catch {
                #expect(error.kind != .misuse)
            }
        }
    }
}
