import TestSupport
import Testing
import TintypeCore
import TintypeGIF

@Suite("GIF composition")
struct CompositionTests {
    /// A random animation: rectangles that reach into and out of the screen, all disposals, local palettes, interlace.
    private func animation(_ random: inout SplitMix64, beyondScreen: Bool) -> GIFFile {
        func palette() -> [UInt8] { (0..<24).map { _ in UInt8.random(in: 0...255, using: &random) } }
        var file = GIFFile(
            Int.random(in: 1...20, using: &random), Int.random(in: 1...20, using: &random), palette: palette())
        for _ in 0..<Int.random(in: 1...8, using: &random) {
            let x = Int.random(in: 0..<file.width, using: &random)
            let y = Int.random(in: 0..<file.height, using: &random)
            let width = Int.random(in: 1...(beyondScreen ? 30 : file.width - x), using: &random)
            let height = Int.random(in: 1...(beyondScreen ? 30 : file.height - y), using: &random)
            let indexes = (0..<width * height).map { _ in UInt8.random(in: 0...7, using: &random) }
            var frame = GIFFrame(width, height, indexes, codeSize: 3)
            (frame.x, frame.y) = (x, y)
            frame.disposal = Int.random(in: 0...7, using: &random)
            frame.delay = Int.random(in: 0...65_535, using: &random)
            frame.interlaced = Bool.random(using: &random)
            if Bool.random(using: &random) { frame.transparentIndex = Int.random(in: 0...7, using: &random) }
            if Bool.random(using: &random) { frame.palette = palette() }
            file.frames.append(frame)
        }
        return file
    }

    @Test(arguments: [false, true])
    func likeTheOracle(beyondScreen: Bool) throws {
        var random = SplitMix64(seed: beyondScreen ? 1 : 2)
        for round in 0..<200 {
            let file = animation(&random, beyondScreen: beyondScreen)
            let source = TricklingByteSource(file.bytes, step: 1 + round % 50)
            let decoded = try DecodedFrames(
                GIFDecoder.self, source, options: DecodeOptions(strict: !beyondScreen))
            #expect(decoded.frames == file.composited())
            #expect(decoded.delays == file.frames.map { $0.delay * 10 })
            let still = try DecodedFrames(still: GIFDecoder.self, MemoryByteSource(file.bytes))
            #expect(still.frames.first == decoded.frames.first)
            let (info, _) = try GIFDecoder.inspect(MemoryByteSource(file.bytes))
            #expect(info.frameCount == file.frames.count)
        }
    }

    /// Who keeps the frame before needs only what changed.
    @Test func whatChanged() throws {
        var random = SplitMix64(seed: 9)
        var (spared, sparedColumns) = (0, 0)
        for _ in 0..<200 {
            let file = animation(&random, beyondScreen: true)
            var decoder = try GIFDecoder(MemoryByteSource(file.bytes))
            var kept = [[UInt8]](repeating: [UInt8](repeating: 7, count: file.width * 4), count: file.height)
            for wanted in file.composited() {
                #expect(try decoder.nextFrame() != nil)
                decoder.skipUnchangedRows()
                let columns = decoder.changedColumns.lowerBound * 4..<decoder.changedColumns.upperBound * 4
                for y in decoder.changedRows {
                    var row = [UInt8](repeating: 3, count: file.width * 4)
                    try decoder.readRow(into: &row)
                    kept[y].replaceSubrange(columns, with: row[columns])
                }
                spared += file.height - decoder.changedRows.count
                sparedColumns += file.width - decoder.changedColumns.count
                #expect(Array(kept.joined()) == wanted)
            }
        }
        #expect(spared > 0 && sparedColumns > 0)
    }

    @Test func framesWhoseRowsAreNotPulled() throws {
        var random = SplitMix64(seed: 4)
        let file = animation(&random, beyondScreen: false)
        var decoder = try GIFDecoder(MemoryByteSource(file.bytes))
        for _ in file.frames { #expect(try decoder.nextFrame() != nil) }
        var row = [UInt8](repeating: 1, count: file.width * 4)
        try decoder.readRow(into: &row)
        #expect(file.composited().last.map { Array($0.prefix(row.count)) } == row)
        #expect(try decoder.nextFrame() == nil)
        #expect(try decoder.nextFrame() == nil)
        try decoder.finish()
        #expect(decoder.warnings.isEmpty)
    }

    @Test(arguments: [(true, false, false), (false, false, true), (true, true, true)])
    func alphaOfTheFirstFrame(covers: Bool, transparent: Bool, alpha: Bool) throws {
        var file = GIFFile(3, 2, palette: [UInt8](repeating: 9, count: 12))
        var frame = GIFFrame(3, covers ? 2 : 1, [UInt8](repeating: 1, count: covers ? 6 : 3), codeSize: 2)
        frame.transparentIndex = transparent ? 3 : nil
        file.frames = [frame]
        let decoder = try GIFDecoder(MemoryByteSource(file.bytes))
        #expect(decoder.info.hasAlpha == alpha)
        #expect(decoder.info.channels == (alpha ? 4 : 3))
        #expect(decoder.info.bitDepth == 2)
        #expect(decoder.info.frameCount == nil)
        #expect(decoder.pixelFormat == .rgba8 && decoder.size == Size(3, 2))
    }

    @Test func paletteOrNone() throws {
        // An index past the colour table is black; so is everything without a table. The transparent index may lie past it.
        var file = GIFFile(3, 1, palette: [1, 2, 3, 4, 5, 6])
        file.frames = [GIFFrame(3, 1, [1, 2, 3], codeSize: 2)]
        file.frames[0].transparentIndex = 3
        var decoded = try DecodedFrames(GIFDecoder.self, MemoryByteSource(file.bytes))
        #expect(decoded.frames == [[4, 5, 6, 255, 0, 0, 0, 255, 0, 0, 0, 0]])
        #expect(decoded.warnings.map(\.kind) == [.damaged])
        file.palette = nil
        decoded = try DecodedFrames(GIFDecoder.self, MemoryByteSource(file.bytes))
        #expect(decoded.frames == [[0, 0, 0, 255, 0, 0, 0, 255, 0, 0, 0, 0]])
        #expect(decoded.warnings.map(\.kind) == [.damaged])
        file.palette = [1, 2, 3, 4, 5, 6]
        file.frames[0].indexes = [1, 0, 3]
        decoded = try DecodedFrames(GIFDecoder.self, MemoryByteSource(file.bytes), options: DecodeOptions(strict: true))
        #expect(decoded.frames == [[4, 5, 6, 255, 1, 2, 3, 255, 0, 0, 0, 0]])
    }
}
