import TestSupport
import Testing
import TintypeCore
import TintypeGIF

@Suite("GIF limits")
struct LimitTests {
    private static let palette: [UInt8] = [0, 0, 0, 255, 255, 255, 9, 9, 9, 8, 8, 8]

    /// Frames of one pixel.
    private func dots(_ count: Int, on size: Size) -> GIFFile {
        var file = GIFFile(size.width, size.height, palette: Self.palette)
        file.frames = (0..<count).map {
            var frame = GIFFrame(1, 1, [1], codeSize: 2)
            (frame.x, frame.y) = ($0 % size.width, $0 / size.width % size.height)
            frame.disposal = $0 % 4
            return frame
        }
        return file
    }

    private func kind(_ file: GIFFile, _ change: (inout DecodeLimits) -> Void) -> ImageError.Kind? {
        var options = DecodeOptions()
        change(&options.limits)
        do throws(ImageError) {
            var decoder = try GIFDecoder(MemoryByteSource(file.bytes), options: options)
            while try decoder.nextFrame() != nil {}
            return nil
        } catch {
            return error.kind
        }
    }

    @Test func framesAndTheirPixels() {
        let file = dots(50, on: Size(10, 10))
        #expect(kind(file) { $0.frames = 50 } == nil)
        #expect(kind(file) { $0.frames = 49 } == .limitExceeded)
        #expect(kind(file) { $0.framePixels = 5000 } == nil)
        #expect(kind(file) { $0.framePixels = 4999 } == .limitExceeded)
        #expect(kind(file) { $0.pixels = 100 } == nil)
        #expect(kind(file) { $0.pixels = 99 } == .limitExceeded)
        #expect(kind(file) { $0.side = 9 } == .limitExceeded)
    }

    @Test func memoryIsThatOfDrawnRows() {
        // 500 MB of screen, and one dot on it.
        let screen = dots(1, on: Size(12_000, 10_000))
        #expect(kind(screen) { $0.memory = 1 << 20 } == nil)
        #expect(kind(screen) { $0.memory = 100_000 } == .limitExceeded)
        // Dots in every row, cleared, restored and left.
        let full = dots(400, on: Size(100, 4))
        #expect(kind(full) { $0.memory = 4000 } == nil)
        #expect(kind(full) { $0.memory = 1000 } == .limitExceeded)
    }

    @Test func memoryComesBack() {
        // Whole frames that are cleared or restored, over and over, never hold more than two screens.
        var file = GIFFile(64, 64, palette: Self.palette)
        for disposal in [2, 3, 3, 2, 2, 3, 1, 3, 3, 2, 3, 2] {
            var frame = GIFFrame(64, 64, [UInt8](repeating: 1, count: 4096), codeSize: 2)
            frame.disposal = disposal
            file.frames.append(frame)
        }
        #expect(kind(file) { $0.memory = 2 * 4 * 4096 + 2048 } == nil)
        #expect(kind(file) { $0.memory = 3 * 4096 } == .limitExceeded)
    }

    @Test func manyFramesOfOnePixel() throws {
        let file = dots(9_999, on: Size(50, 40))
        let decoded = try GIFDecoder.inspect(MemoryByteSource(file.bytes), options: DecodeOptions(strict: true))
        #expect(decoded.info.frameCount == 9_999)
        #expect(kind(file) { _ in } == nil)
        #expect(kind(dots(10_001, on: Size(3, 3))) { _ in } == .limitExceeded)
    }

    @Test(arguments: [false, true])
    func vastFrameOnASmallScreen(interlaced: Bool) throws {
        // A frame of four thousand million pixels whose data hold a million.
        var file = GIFFile(16, 16, palette: Self.palette)
        var frame = GIFFrame(65_535, 65_535, [], codeSize: 2)
        frame.interlaced = interlaced
        frame.data = GIFCodes.encode([UInt8](repeating: 1, count: 1_000_000), codeSize: 2, clearsWhenFull: false)
        file.frames = [frame]
        let start = ContinuousClock.now
        let decoded = try DecodedFrames(GIFDecoder.self, MemoryByteSource(file.bytes))
        #expect(ContinuousClock.now - start < .seconds(2))
        #expect(decoded.frames[0].prefix(64).elementsEqual([UInt8](repeating: 255, count: 64)))
        file.frames[0].x = 60_000
        let outside = try DecodedFrames(GIFDecoder.self, MemoryByteSource(file.bytes))
        #expect(outside.frames == [[UInt8](repeating: 0, count: 1024)])
    }

    @Test func errorsStickAndRowsEnd() throws {
        var decoder = try GIFDecoder(MemoryByteSource(dots(3, on: Size(2, 2)).bytes))
        var row = [UInt8](repeating: 0, count: 8)
        for _ in 0..<2 { try decoder.readRow(into: &row) }
        do throws(ImageError) {
            try decoder.readRow(into: &row)
            Issue.record("there is no third row")
        } catch {
            #expect(error.kind == .misuse)
        }
        var options = DecodeOptions()
        options.limits.frames = 1
        var limited = try GIFDecoder(MemoryByteSource(dots(3, on: Size(2, 2)).bytes), options: options)
        _ = try limited.nextFrame()
        for call in 0..<4 {
            do throws(ImageError) {
                switch call {
                case 0, 1: _ = try limited.nextFrame()
                case 2: try limited.readRow(into: &row)
                default: try limited.finish()
                }
                Issue.record("call \(call) should have thrown")
            } catch {
                #expect(error.kind == .limitExceeded)
            }
        }
    }
}
