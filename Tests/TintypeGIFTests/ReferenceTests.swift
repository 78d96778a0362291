import TestSupport
import Testing
import TintypeCore
import TintypeGIF

@Suite("GIF against references")
struct ReferenceTests {
    @Test(arguments: try Golden.files(".gif"))
    func shippedPictures(_ name: String) throws {
        let source = MemoryByteSource(try TestImages.bytes(name))
        let decoded = try DecodedFrames(GIFDecoder.self, source)
        #expect(decoded.frames.map(Golden.crc32) == (try Golden.frames(name)))
        #expect(decoded.warnings.isEmpty == (name != "beyond-screen.gif"))
    }

    @Test(.enabled(if: Corpus.isAvailable, "needs the corpus"))
    func corpusValid() throws {
        for row in try Corpus.rows(kind: "gif") where row.verdict == "valid" || row.verdict == "lenient" {
            do {
                let bytes = try row.bytes()
                let decoded = try DecodedFrames(GIFDecoder.self, MemoryByteSource(bytes))
                #expect(decoded.digest == row["frames_sha256"], "\(row)")
                #expect(decoded.info.size == Size(Int(row["width"]) ?? 0, Int(row["height"]) ?? 0), "\(row)")
                #expect(decoded.info.loopCount == Int(row["loop"]), "\(row)")
                let (info, _) = try GIFDecoder.inspect(MemoryByteSource(bytes))
                #expect(info.frameCount == decoded.frames.count, "\(row)")
                if row.verdict == "valid" && !row.tags.contains("trailing-data") {
                    #expect(decoded.warnings.isEmpty, "\(row)")
                    let strict = DecodeOptions(strict: true)
                    _ = try DecodedFrames(GIFDecoder.self, MemoryByteSource(bytes), options: strict)
                }
            } catch let error as ImageError {
                #expect(row.verdict == "lenient", "\(row): \(error)")
            }
        }
    }

    @Test(.enabled(if: Corpus.isAvailable, "needs the corpus"), arguments: [false, true])
    func corpusBroken(strict: Bool) throws {
        let broken: Set = ["invalid", "disputed", "huge"]
        for row in try Corpus.rows(kind: "gif") where broken.contains(row.verdict) {
            let source = MemoryByteSource(try row.bytes())
            var options = DecodeOptions(strict: strict)
            options.limits.pixels = 4_000_000
            options.limits.framePixels = 40_000_000
            do {
                _ = try DecodedFrames(GIFDecoder.self, source, options: options)
                #expect(!strict || row.verdict != "invalid", "\(row)")
            } catch {
                #expect([.malformed, .truncated, .limitExceeded].contains(error.kind), "\(row): \(error)")
            }
        }
    }
}
