import TestSupport
import Testing
import TintypeCore

@testable import TintypeJPEG

/// Decodes all rows and reads to the end of the file.
func decode(
    _ bytes: [UInt8], strict: Bool = false, limits: DecodeLimits = .default
) throws(ImageError) -> (image: Image, warnings: [DecodeWarning]) {
    var decoder = try JPEGDecoder(MemoryByteSource(bytes), options: DecodeOptions(limits: limits, strict: strict))
    let image = try Image(collecting: &decoder)
    try decoder.finish()
    return (image, decoder.warnings)
}

/// The kind of error that `body` throws, nil if it throws none.
func errorKind(_ body: () throws -> Void) -> ImageError.Kind? {
    do {
        try body()
        return nil
    } catch {
        return (error as? ImageError)?.kind
    }
}

@Suite struct DecoderTests {
    static let samples = (try? Golden.files(".jpg")) ?? []

    @Test func samplesAreThere() {
        #expect(Self.samples.count > 30)
    }

    /// Pixels identical to libjpeg-turbo's, through whole windows and byte by byte.
    @Test(arguments: samples)
    func pixelsAreLibjpegTurbos(_ name: String) throws {
        let bytes = try TestImages.bytes(name)
        let goldens = try Golden.checksums()
        let (image, warnings) = try decode(bytes, strict: true)
        #expect(warnings.isEmpty)
        let golden = goldens["\(name)#cmyk"] ?? goldens[name]
        #expect(Golden.crc32(image.pixels) == golden)
        var dribbling = try JPEGDecoder(TricklingByteSource(bytes, step: 1))
        #expect(try Image(collecting: &dribbling).pixels == image.pixels)
    }

    @Test(.enabled(if: Corpus.isAvailable, "needs the corpus"))
    func everyValidCorpusFileDecodes() throws {
        let refused: Set = ["lossless", "12-bit", "bad-precision", "hierarchical"]
        let rows = try Corpus.rows(kind: "jpeg").filter { $0.verdict == "valid" }
        #expect(rows.count > 500)
        for row in rows {
            let bytes = try row.bytes()
            if row.tags.isDisjoint(with: refused) {
                let image = try decode(bytes).image
                #expect(image.size == Size(Int(row["width"]) ?? 0, Int(row["height"]) ?? 0), "\(row)")
            } else {
                #expect(errorKind { _ = try decode(bytes) } == .unsupported, "\(row)")
            }
        }
    }

    @Test func metadataAreCarried() throws {
        let decoder = try JPEGDecoder(MemoryByteSource(TestImages.bytes("metadata.jpg")))
        #expect(decoder.metadata.icc.map { $0.count > 128 } == true)
        #expect(decoder.metadata.iccName?.contains("sRGB") == true)
        #expect(decoder.metadata.exif != nil)
        #expect(decoder.metadata.density?.unit == .inch)
    }

    @Test(arguments: 1...8)
    func orientationIsReported(_ value: Int) throws {
        let facts = try JPEGDecoder.inspect(MemoryByteSource(TestImages.bytes("orientation-\(value).jpg")))
        #expect(facts.info.orientation.rawValue == value)
        #expect(facts.info.displaySize == (value >= 5 ? facts.info.size.transposed : facts.info.size))
    }

    @Test(arguments: [
        ("baseline-420.jpg", "4:2:0", ImageInfo.JPEG.ColorModel.ycbcr, ImageInfo.JPEG.Process.baseline),
        ("baseline-422.jpg", "4:2:2", .ycbcr, .baseline), ("baseline-440.jpg", "4:4:0", .ycbcr, .baseline),
        ("baseline-411.jpg", "4:1:1", .ycbcr, .baseline), ("baseline-444.jpg", "4:4:4", .ycbcr, .baseline),
        ("gray.jpg", "none", .gray, .baseline), ("progressive.jpg", "4:2:0", .ycbcr, .progressive),
        ("rgb.jpg", "4:4:4", .rgb, .baseline), ("ycck-420.jpg", "4:2:0", .ycck, .baseline),
        ("arithmetic.jpg", "4:2:0", .ycbcr, .arithmetic),
        ("arithmetic-progressive.jpg", "4:2:0", .ycbcr, .progressiveArithmetic),
    ])
    func factsAreReported(
        _ name: String, _ subsampling: String, _ model: ImageInfo.JPEG.ColorModel, _ process: ImageInfo.JPEG.Process
    ) throws {
        let info = try JPEGDecoder.inspect(MemoryByteSource(TestImages.bytes(name))).info
        guard case .jpeg(let details) = info.details else {
            Issue.record("no JPEG details")
            return
        }
        #expect(details.subsampling == subsampling)
        #expect(details.colorModel == model)
        #expect(details.process == process)
        #expect(info.channels == details.components)
        #expect(info.frameCount == 1)
    }

    @Test func unsupportedProcessesAreNamedAndInspected() throws {
        let processes: [(UInt8, String)] = [
            (0xC3, "lossless"), (0xC5, "hierarchical"), (0xCB, "lossless arithmetic"), (0xCD, "hierarchical"),
        ]
        for (marker, name) in processes {
            var file = JPEGSegments(try TestImages.bytes("baseline-420.jpg"))
            file[0xC0].marker = marker
            do {
                _ = try decode(file.bytes)
                Issue.record("decoded \(name)")
            } catch {
                #expect(error.kind == .unsupported && error.reason.contains(name))
            }
        }
        var deep = JPEGSegments(try TestImages.bytes("baseline-420.jpg"))
        deep[0xC0].parameters[0] = 12
        #expect(errorKind { _ = try decode(deep.bytes) } == .unsupported)
    }

    @Test func framesAndRowsEnd() throws {
        var decoder = try JPEGDecoder(MemoryByteSource(TestImages.bytes("odd-7x9-420.jpg")))
        #expect(try decoder.nextFrame() == Frame(index: 0))
        _ = try Image(collecting: &decoder)
        #expect(try decoder.nextFrame() == nil)
        var row = [UInt8](repeating: 0, count: decoder.bytesPerRow)
        do {
            try decoder.readRow(into: &row)
            Issue.record("a row after the last")
        } catch {
            #expect(error.kind == .misuse)
        }
    }
}
