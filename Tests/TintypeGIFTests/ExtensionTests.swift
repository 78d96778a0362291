import TestSupport
import Testing
import TintypeCore
import TintypeGIF

@Suite("GIF extensions")
struct ExtensionTests {
    private func file(_ extensions: [UInt8]) -> GIFFile {
        var file = GIFFile(1, 1, palette: [1, 2, 3, 4, 5, 6], frames: [GIFFrame(1, 1, [1], codeSize: 2)])
        file.extensions = extensions
        return file
    }

    private func application(_ name: String, _ data: [UInt8]) -> [UInt8] {
        [0x21, 0xFF, UInt8(name.utf8.count)] + Array(name.utf8) + data
    }

    private func info(_ extensions: [UInt8], strict: Bool = true) throws -> (info: ImageInfo, metadata: Metadata) {
        let bytes = file(extensions).bytes
        let options = DecodeOptions(strict: strict)
        let decoded = try DecodedFrames(GIFDecoder.self, MemoryByteSource(bytes), options: options)
        #expect(decoded.frames == [[4, 5, 6, 255]])
        let inspected = try GIFDecoder.inspect(MemoryByteSource(bytes), options: options)
        #expect(inspected.metadata == decoded.metadata)
        #expect(inspected.info.loopCount == decoded.info.loopCount)
        return inspected
    }

    @Test(arguments: ["NETSCAPE2.0", "ANIMEXTS1.0"], [0, 1, 65_535])
    func loopCount(name: String, count: Int) throws {
        let block = [3, 1, UInt8(count & 255), UInt8(count >> 8), 0]
        #expect(try info(application(name, block)).info.loopCount == count)
    }

    @Test func noLoopCount() throws {
        #expect(try info([]).info.loopCount == nil)
        #expect(try info(application("NETSCAPE2.0", [0])).info.loopCount == nil)
        // The buffering block of the same extension, and another application's block.
        #expect(try info(application("NETSCAPE2.0", [5, 2, 9, 9, 0, 0, 0])).info.loopCount == nil)
        #expect(try info(application("SOMEBODY1.0", [3, 1, 9, 0, 0])).info.loopCount == nil)
        #expect(try info([0x21, 0xFF, 0]).info.loopCount == nil)
    }

    @Test func theFirstLoopCountHolds() throws {
        let twice = application("NETSCAPE2.0", [3, 1, 7, 0, 0]) + application("NETSCAPE2.0", [3, 1, 8, 0, 0])
        #expect(try info(twice).info.loopCount == 7)
    }

    @Test func profile() throws {
        let profile = (0..<700).map { UInt8($0 & 255) }
        #expect(try info(application("ICCRGBG1012", GIFCodes.subBlocks(profile))).metadata.icc == profile)
    }

    @Test(arguments: [0, 1, 300, 5000])
    func xmp(length: Int) throws {
        let packet = (0..<length).map { UInt8(32 + $0 % 90) }
        let trailer: [UInt8] = [1] + (0...255).reversed() + [0]
        let metadata = try info(application("XMP DataXMP", packet + trailer)).metadata
        #expect(metadata.xmp == packet)
        // Without the trailer it is not XMP as anyone reads it.
        #expect(try info(application("XMP DataXMP", GIFCodes.subBlocks([1, 2, 3]))).metadata.xmp == nil)
    }

    @Test(arguments: ["ICCRGBG1012", "XMP DataXMP"])
    func metadataLimits(_ name: String) {
        let bytes = file(application(name, GIFCodes.subBlocks([UInt8](repeating: 7, count: 3000)))).bytes
        for keyPath in [\DecodeLimits.metadata, \DecodeLimits.metadataBlock] {
            var options = DecodeOptions()
            options.limits[keyPath: keyPath] = 2000
            let error = #expect(throws: ImageError.self) {
                try DecodedFrames(GIFDecoder.self, MemoryByteSource(bytes), options: options)
            }
            #expect(error?.kind == .limitExceeded)
        }
    }

    @Test func whatIsNotDrawn() throws {
        let comment: [UInt8] = [0x21, 0xFE] + GIFCodes.subBlocks(Array("hello".utf8))
        let plainText: [UInt8] = [0x21, 0x01] + GIFCodes.subBlocks([UInt8](repeating: 1, count: 12))
        let unknown: [UInt8] = [0x21, 0x77] + GIFCodes.subBlocks([UInt8](repeating: 0x3B, count: 600), size: 1)
        _ = try info(comment + plainText + unknown)
    }

    @Test(arguments: [[0], [3, 0, 0, 0, 0], [5, 0, 0, 0, 0, 0, 0], [4, 0, 0, 0, 0, 1, 9, 0]] as [[UInt8]])
    func graphicControlOfAnotherLength(_ block: [UInt8]) throws {
        let isLonger = block.first == 4
        let decoded = try DecodedFrames(GIFDecoder.self, MemoryByteSource(file([0x21, 0xF9] + block).bytes))
        #expect(decoded.frames == [[4, 5, 6, 255]])
        #expect(decoded.warnings.isEmpty == isLonger)
    }
}
