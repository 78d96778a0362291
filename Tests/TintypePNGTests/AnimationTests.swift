import TestSupport
import Testing
import TintypeCore
import TintypePNG

@Suite struct AnimationTests {
    /// 8 × 6 pixels with frames at random places, disposals and blendings; alpha mostly at its ends, as in real files.
    static func sample(
        frames count: Int = 6, colorType: Int = 6, depth: Int = 8, interlaced: Bool = false, hidden: Bool = false,
        seed: UInt64 = 1
    ) -> PNGAnimation {
        var random = SplitMix64(seed: seed)
        func picture(_ width: Int, _ height: Int) -> PNGSample {
            var sample = PNGSample(
                random: width, height, colorType: colorType, depth: depth,
                seed: UInt64.random(in: 0...99, using: &random))
            sample.interlaced = interlaced
            if colorType == 3 {
                sample.palette = PNGSample(random: 1, 1, colorType: 3, depth: depth, seed: 7).palette
                sample.transparency = [0, 100, 255]
            }
            if colorType == 6 {
                for at in stride(from: 3, to: sample.samples.count, by: 4) where Bool.random(using: &random) {
                    sample.samples[at] = Bool.random(using: &random) ? 0 : 1 << depth - 1
                }
            }
            return sample
        }
        let frames = (0..<count).map { index in
            let isWhole = index == 0 && !hidden
            let width = isWhole ? 8 : Int.random(in: 1...8, using: &random)
            let height = isWhole ? 6 : Int.random(in: 1...6, using: &random)
            var frame = PNGAnimationFrame(picture(width, height))
            frame.x = Int.random(in: 0...8 - width, using: &random)
            frame.y = Int.random(in: 0...6 - height, using: &random)
            frame.disposal = Int.random(in: 0...2, using: &random)
            frame.blend = Int.random(in: 0...1, using: &random)
            return frame
        }
        return PNGAnimation(frames, hiding: hidden ? picture(8, 6) : nil)
    }

    @Test(arguments: [(6, 8), (6, 16), (4, 8), (3, 2), (2, 8), (2, 16), (0, 1), (0, 16)], [false, true])
    func composited(_ kind: (colorType: Int, depth: Int), hidden: Bool) throws {
        for seed in 0..<12 {
            var animation = Self.sample(
                colorType: kind.colorType, depth: kind.depth, interlaced: seed % 3 == 0, hidden: hidden,
                seed: UInt64(seed))
            animation.fdatBytes = seed % 2 == 0 ? .max : 9
            let all = try frames(animation.file)
            #expect(all.warnings.isEmpty)
            #expect(all.frames.map(\.frame.index) == Array(0..<6))
            for (shown, expected) in zip(all.frames, animation.composited) {
                #expect(Decoded.rgba(shown.rows, .rgba8) == expected, "seed \(seed), frame \(shown.frame.index)")
            }
        }
    }

    @Test func stillPicture() throws {
        for hidden in [false, true] {
            let animation = Self.sample(hidden: hidden)
            let decoded = try Decoded(animation.file)
            #expect(decoded.rgba == animation.picture.rgba)
            #expect(decoded.info.frameCount == 6 && decoded.info.loopCount == 0)
        }
    }

    @Test func formatAndTiming() throws {
        var animation = Self.sample(frames: 4, colorType: 2, depth: 16)
        animation.plays = 3
        animation.frames[0].delay = (1, 0)
        animation.frames[1].delay = (0, 50)
        animation.frames[2].delay = (1, 3)
        animation.frames[3].delay = (65535, 1)
        var decoder = try PNGDecoder(MemoryByteSource(animation.file), options: DecodeOptions(strict: true))
        #expect(decoder.pixelFormat == .rgb16 && decoder.info.loopCount == 3)
        var delays: [Int] = []
        // Rows need not be read.
        while let frame = try decoder.nextFrame() {
            #expect(decoder.pixelFormat == .rgba8 && decoder.info.pixelFormat == .rgb16)
            delays.append(frame.delayMilliseconds)
        }
        #expect(delays == [10, 0, 333, 65_535_000])
        #expect(try decoder.nextFrame() == nil)
        try decoder.finish()
    }

    @Test func framesAfterRowsAreMisuse() throws {
        var decoder = try PNGDecoder(MemoryByteSource(Self.sample().file), options: DecodeOptions())
        var row = [UInt8](repeating: 0, count: decoder.bytesPerRow)
        try decoder.readRow(into: &row)
        do throws(ImageError) {
            _ = try decoder.nextFrame()
            Issue.record("frames after rows")
        } catch {
            #expect(error.kind == .misuse)
        }
    }

    @Test func otherChunksBetweenFramesAreLegal() throws {
        let animation = Self.sample()
        let chunks = animation.chunks.flatMap {
            $0.type == "fdAT" || $0.type == "fcTL" ? [PNGChunk("teXt", [1]), $0, PNGChunk("teXt", [2])] : [$0]
        }
        // A chunk between fcTL and IDAT, or the first fcTL, stands before the image data like any other.
        let all = try frames(PNGChunk.file(chunks))
        #expect(all.frames.map { Decoded.rgba($0.rows, .rgba8) } == animation.composited)
    }

    /// A change to the chunks, the frames that are still shown, and whether the file still counts as animated.
    struct Change: Sendable, CustomTestStringConvertible {
        let testDescription: String
        let shown: Int
        var isStill = false
        let make: @Sendable (inout [PNGChunk]) -> Void

        /// Changes bytes of the nth chunk of a type.
        static func bytes(
            _ name: String, shown: Int, still: Bool = false, _ type: String, _ number: Int, at: Int, _ bytes: [UInt8]
        ) -> Change {
            Change(testDescription: name, shown: shown, isStill: still) { chunks in
                let index = chunks.indices.filter { chunks[$0].type == type }[number]
                chunks[index].data.replaceSubrange(at..<at + bytes.count, with: bytes)
            }
        }

        /// The sample's chunks: IHDR acTL fcTL IDAT fcTL fdAT fcTL fdAT fcTL fdAT IEND.
        static let all: [Change] = [
            bytes("sequence number of a control", shown: 2, "fcTL", 2, at: 3, [9]),
            bytes("sequence number of data", shown: 2, "fdAT", 1, at: 3, [9]),
            bytes("frame too wide", shown: 1, "fcTL", 1, at: 7, [9]),
            bytes("frame far outside", shown: 1, "fcTL", 1, at: 12, [0x7F, 255, 255, 255]),
            bytes("frame of no width", shown: 1, "fcTL", 1, at: 7, [0]),
            bytes("disposal 3", shown: 1, "fcTL", 1, at: 24, [3]),
            bytes("blending 2", shown: 1, "fcTL", 1, at: 25, [2]),
            bytes("more frames stated", shown: 4, "acTL", 0, at: 3, [5]),
            bytes("no frames stated", shown: 1, still: true, "acTL", 0, at: 3, [0]),
            bytes("the first frame outside", shown: 1, still: true, "fcTL", 0, at: 15, [1]),
            bytes("the first frame smaller", shown: 1, still: true, "fcTL", 0, at: 7, [7]),
            bytes("the first sequence number", shown: 1, still: true, "fcTL", 0, at: 3, [1]),
            Change(testDescription: "frame without data", shown: 1) { $0.remove(at: 5) },
            Change(testDescription: "data that cannot be inflated", shown: 1) { $0[5].data[4] = 0 },
            Change(testDescription: "short control", shown: 1) { $0[4].data.removeLast() },
            Change(testDescription: "data without control", shown: 1) { $0.remove(at: 4) },
            Change(testDescription: "no acTL", shown: 1, isStill: true) { $0.remove(at: 1) },
            Change(testDescription: "acTL too short", shown: 1, isStill: true) { $0[1].data.removeLast() },
            Change(testDescription: "two controls before the picture", shown: 1, isStill: true) {
                $0.insert($0[2], at: 2)
            },
            Change(testDescription: "cut in the third frame's data", shown: 2) {
                $0.removeSubrange(8...)
                $0[7].statedLength = 1000
                $0[7].data.removeSubrange(8...)
            },
        ]
    }

    @Test(arguments: Change.all)
    func damaged(_ change: Change) throws {
        let animation = Self.sample(frames: 4, seed: 3)
        var chunks = animation.chunks
        change.make(&chunks)
        let file = PNGChunk.file(chunks)
        let all = try frames(file, strict: false)
        #expect(all.frames.count == change.shown)
        #expect(!all.warnings.isEmpty)
        let info = try PNGDecoder.inspect(MemoryByteSource(file), options: DecodeOptions()).info
        #expect((info.frameCount == 1) == change.isStill)
        if !change.isStill {
            for (shown, expected) in zip(all.frames, animation.composited) {
                #expect(Decoded.rgba(shown.rows, .rgba8) == expected)
            }
        }
        #expect(throws: ImageError.self) { try frames(file, strict: true) }
    }

    /// What came of a frame before its data broke off is shown.
    @Test func partOfAFrame() throws {
        var animation = Self.sample(frames: 1)
        var second = PNGAnimationFrame(PNGSample(random: 8, 6, colorType: 6, depth: 8, seed: 5))
        second.blend = 0
        animation.frames.append(second)
        let whole = try frames(animation.file).frames
        var chunks = animation.chunks
        let data = chunks[chunks.count - 2].data
        // The sequence number, the zlib header, the block header, two lines of 33 bytes and a half.
        chunks[chunks.count - 2] = PNGChunk("fdAT", Array(data.prefix(4 + 2 + 5 + 2 * 33 + 16)))
        let all = try frames(PNGChunk.file(chunks), strict: false)
        #expect(all.frames.count == 2)
        #expect(all.frames[1].rows.prefix(2) == whole[1].rows.prefix(2))
        #expect(all.warnings.first?.row == 2)
    }

    @Test func hiddenPictureWithoutFrames() {
        let hidden = Self.sample(frames: 1, hidden: true)
        let file = PNGChunk.file(hidden.chunks.filter { $0.type != "fcTL" })
        #expect(throws: ImageError.self) { try frames(file, strict: false) }
        #expect((try? Decoded(file, strict: false))?.rgba == hidden.picture.rgba)
        let cut = PNGChunk.file(hidden.chunks.prefix { $0.type != "fcTL" })
        #expect(throws: ImageError.self) { try frames(cut, strict: false) }
    }
}
