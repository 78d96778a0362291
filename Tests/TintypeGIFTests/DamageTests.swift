import TestSupport
import Testing
import TintypeCore
import TintypeGIF

@Suite("Damaged GIF files")
struct DamageTests {
    private func decode(_ bytes: [UInt8], strict: Bool = false) throws(ImageError) -> DecodedFrames {
        try DecodedFrames(GIFDecoder.self, MemoryByteSource(bytes), options: DecodeOptions(strict: strict))
    }

    /// The warnings of a tolerant decode; and a strict one throws as the first of them says.
    private func warnings(_ bytes: [UInt8]) throws -> [DecodeWarning] {
        let found = try decode(bytes).warnings
        let error = #expect(throws: ImageError.self) { try decode(bytes, strict: true) }
        #expect(error?.kind == (found.first?.kind == .truncated ? .truncated : .malformed))
        #expect(error?.format == .gif && error?.offset != nil)
        return found
    }

    private static let palette: [UInt8] = [10, 10, 10, 20, 20, 20, 30, 30, 30, 40, 40, 40]

    /// A still of 8 × 9 pixels, no two neighbours alike.
    private static func still(interlaced: Bool = false) -> GIFFile {
        let indexes = (0..<72).map { UInt8($0 % 8 ^ $0 / 8) & 3 }
        var file = GIFFile(8, 9, palette: palette, frames: [GIFFrame(8, 9, indexes, codeSize: 2)])
        file.frames[0].interlaced = interlaced
        return file
    }

    private static func animation() -> GIFFile {
        var file = still()
        for disposal in [1, 2, 3, 0] {
            var frame = GIFFrame(4, 5, (0..<20).map { UInt8($0 % 3) }, codeSize: 2)
            (frame.x, frame.y, frame.disposal, frame.interlaced) = (disposal, disposal, disposal, disposal == 2)
            frame.palette = disposal == 3 ? palette.map { $0 + 5 } : nil
            file.frames.append(frame)
        }
        file.loopCount = 3
        return file
    }

    @Test(arguments: [still(), still(interlaced: true), animation()])
    func cutAtEveryByte(_ file: GIFFile) throws {
        let bytes = file.bytes
        let whole = file.composited()
        for count in 0..<bytes.count {
            let cut = Array(bytes.prefix(count))
            #expect(throws: ImageError.self) { try decode(cut, strict: true) }
            let inspected = try? GIFDecoder.inspect(MemoryByteSource(cut)).info.frameCount
            do {
                let decoded = try decode(cut)
                #expect(!decoded.warnings.isEmpty)
                #expect(decoded.frames.count == inspected)
                // All frames before the last are whole, and of the last what is there is right.
                #expect(decoded.frames.dropLast().elementsEqual(whole.prefix(decoded.frames.count - 1)))
                let last = try #require(decoded.frames.last)
                let should = whole[decoded.frames.count - 1]
                #expect(decoded.frames.count > 1 || isPart(last, of: should))
                if let row = decoded.warnings.first?.row, !file.frames[0].interlaced, decoded.frames.count == 1 {
                    #expect(last.prefix(row * 32) == should.prefix(row * 32))
                }
            } catch let error as ImageError {
                #expect(error.kind == .truncated || count < 6)
                #expect(count < 70)
            }
        }
    }

    /// Whether each pixel is as it should be, or transparent.
    private func isPart(_ pixels: [UInt8], of whole: [UInt8]) -> Bool {
        stride(from: 0, to: pixels.count, by: 4).allSatisfy {
            pixels[$0..<$0 + 4] == whole[$0..<$0 + 4] || pixels[$0 + 3] == 0
        }
    }

    @Test func changedBytesNeverTrap() throws {
        var random = SplitMix64(seed: 21)
        let files = [Self.still().bytes, Self.still(interlaced: true).bytes, Self.animation().bytes]
        for round in 0..<6000 {
            var bytes = files[round % 3]
            for _ in 0...Int.random(in: 0...3, using: &random) {
                let at = Int.random(in: 6..<bytes.count, using: &random)
                bytes[at] = Bool.random(using: &random) ? UInt8.random(in: 0...255, using: &random) : bytes[at] ^ 1 << 3
            }
            var options = DecodeOptions(strict: round % 2 == 0)
            options.limits.pixels = 100_000
            options.limits.framePixels = 500_000
            do {
                let decoded = try DecodedFrames(GIFDecoder.self, MemoryByteSource(bytes), options: options)
                #expect(!options.strict || decoded.warnings.isEmpty)
                let inspected = try GIFDecoder.inspect(MemoryByteSource(bytes), options: options)
                #expect(inspected.info.frameCount == decoded.frames.count)
            } catch {
                #expect([.malformed, .truncated, .limitExceeded].contains(error.kind))
            }
        }
    }

    @Test func notAGIF() {
        for text in ["", "G", "GIF", "GIF86a", "PNG89a", "GIF88a............."] {
            let error = #expect(throws: ImageError.self) { try decode(Array(text.utf8)) }
            #expect(error?.kind == (text.utf8.count < 6 ? .truncated : .malformed))
        }
    }

    @Test(arguments: [(0, 5), (5, 0), (0, 0)])
    func screenWithoutPixels(width: Int, height: Int) {
        var file = Self.still()
        (file.width, file.height) = (width, height)
        for call in [decodeAll, inspectOnly] {
            let error = #expect(throws: ImageError.self) { try call(file.bytes) }
            #expect(error?.kind == .malformed)
        }
    }

    private func decodeAll(_ bytes: [UInt8]) throws { _ = try decode(bytes) }
    private func inspectOnly(_ bytes: [UInt8]) throws { _ = try GIFDecoder.inspect(MemoryByteSource(bytes)) }

    @Test func noImage() {
        var file = Self.still()
        file.frames = []
        #expect(throws: ImageError.self) { try decode(file.bytes) }
        file.hasTrailer = false
        let error = #expect(throws: ImageError.self) { try decode(file.bytes) }
        #expect(error?.kind == .truncated)
    }

    @Test func missingTrailer() throws {
        var file = Self.still()
        file.hasTrailer = false
        #expect(try warnings(file.bytes).map(\.kind) == [.truncated])
        #expect(try decode(file.bytes).frames == file.composited())
    }

    @Test func bytesAfterTheTrailer() throws {
        let bytes = Self.still().bytes + Array("<?php".utf8)
        let found = try decode(bytes).warnings
        #expect(found.map(\.kind) == [.trailingBytes])
        #expect(throws: ImageError.self) { try decode(bytes, strict: true) }
    }

    @Test func strayBytesBetweenBlocks() throws {
        var file = Self.still()
        file.extensions = [UInt8](repeating: 0, count: 1000)
        #expect(try warnings(file.bytes).count == 1)
        #expect(try decode(file.bytes).frames == file.composited())
        var bytes = Self.animation().bytes
        bytes[bytes.count - 1] = 0x55
        #expect(try warnings(bytes).map(\.kind) == [.damaged])
        file.extensions = [0x55]
        #expect(throws: ImageError.self) { try decode(file.bytes) }
    }

    @Test(arguments: [0, 12, 13, 255])
    func codeSizesThatDoNotExist(_ codeSize: Int) throws {
        var file = Self.animation()
        file.frames[1].codeSize = codeSize
        file.frames[1].data = [1, 2, 3]
        #expect(try warnings(file.bytes).map(\.kind) == [.damaged])
        let decoded = try decode(file.bytes)
        #expect(decoded.frames.count == 5 && decoded.frames[1] == decoded.frames[0])
        // Where the first frame has nothing else to show, that is an error.
        file.frames[0].codeSize = codeSize
        file.frames[0].data = [1, 2, 3]
        #expect(throws: ImageError.self) { try decode(file.bytes) }
    }

    /// Three pixels, clear code first, of 3-bit codes: what follows is up to the caller.
    private func coded(_ more: [(Int, width: Int)]) -> [UInt8] {
        var file = GIFFile(3, 2, palette: Self.palette, frames: [GIFFrame(3, 2, [0, 0, 0, 0, 0, 0], codeSize: 2)])
        file.frames[0].data = GIFCodes.pack([(4, 3), (1, 3), (2, 3), (3, 3)] + more)
        return file.bytes
    }

    @Test func badCode() throws {
        let bytes = coded([(15, 4)])
        #expect(try warnings(bytes).map(\.row) == [1])
        let row = try decode(bytes).frames[0]
        #expect(row == [20, 20, 20, 255, 30, 30, 30, 255, 40, 40, 40, 255] + [UInt8](repeating: 0, count: 12))
    }

    @Test func dataTooShort() throws {
        #expect(try warnings(coded([(5, 4)])).map(\.row) == [1])
        #expect(try warnings(coded([])).map(\.row) == [1])
    }

    @Test func missingEndCode() throws {
        let found = try warnings(coded([(1, 4), (2, 4), (3, 4)]))
        #expect(found.map(\.row) == [nil] && found.map(\.kind) == [.damaged])
    }

    @Test func tooManyPixels() throws {
        let found = try warnings(coded([(1, 4), (2, 4), (3, 4), (1, 4), (5, 4)]))
        #expect(found.map(\.row) == [nil] && found.map(\.kind) == [.damaged])
    }

    @Test func dataAfterTheEndCodeIsPassedOver() throws {
        var file = Self.still()
        file.frames[0].data = GIFCodes.encode(file.frames[0].indexes, codeSize: 2) + [UInt8](repeating: 9, count: 700)
        #expect(try decode(file.bytes, strict: true).frames == file.composited())
    }

    @Test func dataInSubBlocksOfOneByte() throws {
        let file = Self.still()
        let data = GIFCodes.encode(file.frames[0].indexes, codeSize: 2)
        let (whole, pieces) = (GIFCodes.subBlocks(data), GIFCodes.subBlocks(data, size: 1))
        let bytes = file.bytes.dropLast(1 + whole.count) + pieces + [0x3B]
        #expect(try decode(Array(bytes), strict: true).frames == file.composited())
    }

    @Test(arguments: [(0, 3), (3, 0), (0, 0)])
    func framesWithoutPixels(width: Int, height: Int) throws {
        var file = Self.still()
        file.frames.append(GIFFrame(width, height, [], codeSize: 2))
        #expect(try !warnings(file.bytes).isEmpty)
        let decoded = try decode(file.bytes)
        #expect(decoded.frames.count == 2 && decoded.frames[1] == decoded.frames[0])
    }
}
