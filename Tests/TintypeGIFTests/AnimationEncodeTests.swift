import TestSupport
import Testing
import TintypeCore

@testable import TintypeGIF

@Suite("GIF animations, encoded")
struct AnimationEncodeTests {
    private typealias Frames = [(pixels: [UInt8], delay: Int)]

    private func encoded(
        _ size: Size, _ frames: Frames, loopCount: Int? = 0, _ options: GIFEncoder.Options = GIFEncoder.Options()
    ) throws -> [UInt8] {
        let sink = MemoryByteSink()
        var encoder = try GIFAnimationEncoder(sink, size: size, loopCount: loopCount, options: options)
        for (pixels, delay) in frames {
            try encoder.writeFrame(Image(size: size, pixelFormat: .rgba8, pixels: pixels), delayMilliseconds: delay)
        }
        try encoder.finish()
        return sink.bytes
    }

    private func decode(_ bytes: [UInt8]) throws -> DecodedFrames {
        try DecodedFrames(GIFDecoder.self, MemoryByteSource(bytes), options: DecodeOptions(strict: true))
    }

    /// Pictures of `colors` that change here and there, with holes if so asked; no two neighbours are the same.
    private func frames(
        _ count: Int, _ size: Size, colors: Int, holes: Bool, _ random: inout SplitMix64
    ) -> Frames {
        let palette: [[UInt8]] = (0..<colors).map { (i: Int) -> [UInt8] in
            [UInt8(i & 15) * 16, UInt8(i >> 4) * 16, 77, 255]
        }
        var pixels = [[UInt8]](repeating: palette[0], count: size.width * size.height)
        return (0..<count).map { (index: Int) -> (pixels: [UInt8], delay: Int) in
            let before = pixels
            repeat {
                let (x, y) = (
                    Int.random(in: 0..<size.width, using: &random), Int.random(in: 0..<size.height, using: &random)
                )
                let clear: [UInt8] = [0, 0, 0, 0]
                let color =
                    holes && Bool.random(using: &random) ? clear : palette.randomElement(using: &random) ?? clear
                for v in y..<min(size.height, y + 5) {
                    for u in x..<min(size.width, x + 7) {
                        pixels[v * size.width + u] =
                            Int.random(in: 0..<9, using: &random) > 0 ? color : palette[(u + v) % colors]
                    }
                }
            } while pixels == before
            return (Array(pixels.joined()), 20 + index % 5 * 10)
        }
    }

    /// Whatever was optimised, every frame looks as it was given, and lasts as long.
    @Test(arguments: [1, 4, 250], [false, true])
    func everyFrameIsExact(_ colors: Int, holes: Bool) throws {
        var random = SplitMix64(seed: UInt64(colors * 2 + (holes ? 1 : 0)))
        for size in [Size(1, 1), Size(24, 17), Size(40, 3)] where colors > 1 || holes {
            let frames = frames(25, size, colors: colors, holes: holes, &random)
            let decoded = try decode(encoded(size, frames))
            #expect(decoded.frames == frames.map(\.pixels))
            #expect(decoded.delays == frames.map(\.delay))
        }
    }

    /// More than 256 colours in all, but few new ones a frame: each part has its own table.
    @Test func manyColoursOneByOne() throws {
        let size = Size(20, 20)
        var pixels = [UInt8](repeating: 255, count: 1600)
        let frames: Frames = (0..<30).map { (index: Int) -> (pixels: [UInt8], delay: Int) in
            for i in 0..<40 {
                let at = (index * 13 + i) % 400 * 4
                pixels.replaceSubrange(at..<at + 3, with: [UInt8(index * 8), UInt8(i * 6), UInt8((index + i) % 256)])
            }
            return (pixels, 50)
        }
        var colors = Set<[UInt8]>()
        for frame in frames {
            for at in stride(from: 0, to: 1600, by: 4) { colors.insert(Array(frame.pixels[at..<at + 3])) }
        }
        #expect(colors.count > 256)
        #expect(try decode(encoded(size, frames)).frames == frames.map(\.pixels))
    }

    /// All 256 colours are in use, so none is left for transparency.
    @Test func aFullTable() throws {
        let size = Size(16, 16)
        let all: [UInt8] = (UInt8.min...UInt8.max).flatMap { (i: UInt8) -> [UInt8] in [i, i, 255 - i, 255] }
        var changed = all
        changed.replaceSubrange(40..<44, with: all[80..<84])
        changed.replaceSubrange(800..<804, with: all[4..<8])
        let frames: Frames = [(all, 50), (changed, 50), (all, 50), (changed, 70)]
        #expect(try decode(encoded(size, frames)).frames == frames.map(\.pixels))
        // And all of them change at once, but for one pixel.
        let shifted: [UInt8] = Array(all[4...]) + Array(all[..<4])
        var moved = shifted
        moved.replaceSubrange(16..<20, with: all[16..<20])
        #expect(try decode(encoded(size, [(all, 50), (moved, 50)])).frames == [all, moved])
    }

    @Test func photographsArePaletted() throws {
        let size = Size(60, 40)
        func picture(_ shift: Int) -> [UInt8] {
            (0..<2400).flatMap { (i: Int) -> [UInt8] in
                let (x, y) = (i % 60, i / 60)
                // The left third stands still.
                let moved = x < 20 ? x : x + shift
                return [UInt8(moved * 3 % 256), UInt8(y * 6), UInt8((moved + y) * 2 % 256), 255]
            }
        }
        let frames: Frames = (0..<6).map { (picture($0 * 5), 100) }
        let one = try encoded(size, frames)
        let decoded = try decode(one)
        #expect(decoded.frames.count == 6)
        for (frame, (wanted, _)) in zip(decoded.frames, frames) {
            let error = zip(frame, wanted).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
            #expect(error < wanted.count * 4)
        }
        for y in 0..<40 {
            for frame in decoded.frames {
                #expect(frame[y * 240..<y * 240 + 80] == decoded.frames[0][y * 240..<y * 240 + 80])
            }
        }
        #expect(try encoded(size, frames, GIFEncoder.Options(threads: 3)) == one)
        // Windows of one frame, as memory allows no more.
        let narrow = try decode(encoded(size, frames, GIFEncoder.Options(memory: 60 * 40 * 30)))
        #expect(narrow.frames.count == 6)
        // Each with a palette of its own, and yet what stands still does not change.
        #expect(Set(narrow.frames[0].indices.filter { $0 % 240 >= 80 }.map { narrow.frames[0][$0] }).count > 16)
        for y in 0..<40 {
            for frame in narrow.frames {
                #expect(frame[y * 240..<y * 240 + 80] == narrow.frames[0][y * 240..<y * 240 + 80])
            }
        }
    }

    /// After a cut the frames have a palette of their own; what stands still over it does not change, and frames of like colours share one.
    @Test(arguments: [1, 2])
    func aPaletteForEachScene(_ threads: Int) throws {
        let size = Size(160, 120)
        /// The left quarter stands still; the rest moves, in other colours after the cut.
        func picture(_ index: Int, cut: Int) -> [UInt8] {
            (0..<160 * 120).flatMap { (i: Int) -> [UInt8] in
                let (x, y) = (i % 160, i / 160)
                if x < 40 { return [UInt8(x * 6), UInt8(y * 2), 128, 255] }
                let (a, b) = (UInt8((x + index * 9) % 160 / 2), UInt8(y * 3 / 2))
                return index < cut ? [a, b, 200, 255] : [b, 60, 80 + a, 255]
            }
        }
        func error(_ decoded: [[UInt8]], _ frames: Frames) -> Int {
            zip(decoded, frames).reduce(0) { $0 + zip($1.0, $1.1.0).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) } }
        }
        let options = GIFEncoder.Options(threads: threads)
        let frames: Frames = (0..<16).map { (picture($0, cut: 8), 100) }
        let decoded = try decode(encoded(size, frames, options)).frames
        func colors(_ frames: ArraySlice<[UInt8]>) -> Int {
            var colors = Set<[UInt8]>()
            for frame in frames {
                for at in stride(from: 0, to: frame.count, by: 4) { colors.insert(Array(frame[at..<at + 4])) }
            }
            return colors.count
        }
        #expect(colors(decoded[...]) > 256)
        #expect(colors(decoded[..<8]) <= 256)
        for frame in decoded {
            for y in 0..<120 { #expect(frame[y * 640..<y * 640 + 160] == decoded[0][y * 640..<y * 640 + 160]) }
        }
        let alike: Frames = (0..<16).map { (picture($0, cut: 99), 100) }
        let same = try decode(encoded(size, alike, options)).frames
        #expect(colors(same[...]) <= 256)
        // Twice the colours at a time: no more than a little worse than half the frames.
        #expect(error(decoded, frames) < error(same, alike) * 5 / 4)
    }

    /// Windows of like colours share a palette, and their images need no tables; others have one of their own.
    @Test func windowsWithOnePalette() throws {
        let size = Size(60, 40)
        func picture(_ shift: Int, _ channel: Int) -> [UInt8] {
            (0..<2400).flatMap { (i: Int) -> [UInt8] in
                var pixel: [UInt8] = [UInt8((i % 60 + shift) % 60 * 4), UInt8(i / 60 * 6), 40, 255]
                pixel.swapAt(0, channel)
                return pixel
            }
        }
        let memory = GIFEncoder.Options(memory: 60 * 40 * 30)
        let alike: Frames = (0..<5).map { (picture($0 * 7, 0), 100) }
        let unlike: Frames = [(picture(0, 0), 100), (picture(0, 2).map { $0 / 2 + 128 }, 100)]
        for (frames, isShared) in [(alike, true), (unlike, false)] {
            let decoded = try decode(encoded(size, frames, memory)).frames
            var colors = Set<[UInt8]>()
            for frame in decoded {
                for at in stride(from: 0, to: 9600, by: 4) { colors.insert(Array(frame[at..<at + 4])) }
            }
            #expect((colors.count <= 256) == isShared, "\(colors.count)")
            for (frame, (wanted, _)) in zip(decoded, frames) {
                let error = zip(frame, wanted).reduce(0) { $0 + abs(Int($1.0) - Int($1.1)) }
                #expect(error < wanted.count * 8, "\(error)")
            }
        }
    }

    /// Something of more colours than a table holds, in part taken away, in part drawn over by as many others.
    @Test func manyColoursThatVanish() throws {
        var random = SplitMix64(seed: 6)
        let size = Size(50, 40)
        let frames: Frames = (0..<8).map { index in
            let pixels = (0..<2000).flatMap { (i: Int) -> [UInt8] in
                if i % 50 < index * 3 { return [0, 0, 0, 0] }
                return (0..<3).map { _ in UInt8.random(in: 0...255, using: &random) } + [255]
            }
            return (pixels, 50)
        }
        for memory in [DecodeLimits.default.memory, 50 * 40 * 30] {
            let decoded = try decode(encoded(size, frames, GIFEncoder.Options(memory: memory)))
            #expect(decoded.frames.count == 8)
            for (frame, (wanted, _)) in zip(decoded.frames, frames) {
                for at in stride(from: 3, to: wanted.count, by: 4) where frame[at] != wanted[at] {
                    Issue.record("alpha differs at \(at)")
                    break
                }
            }
        }
        // 250 new colours a frame: they are exact, but to draw all of them anew takes more than a table holds.
        let (base, steps) = (Size(100, 10), 6)
        var pixels = [UInt8](repeating: 9, count: 4000)
        for at in stride(from: 3, to: 4000, by: 4) { pixels[at] = 255 }
        var exact: Frames = [(pixels, 50)]
        for step in 0..<steps {
            for i in step * 150..<step * 150 + 250 {
                for channel in 0..<3 {
                    pixels[i % 1000 * 4 + channel] = UInt8(truncatingIfNeeded: i * (channel * 2 + 3) + step)
                }
            }
            exact.append((pixels, 50))
        }
        #expect(try decode(encoded(base, exact)).frames == exact.map(\.pixels))
    }

    @Test func windowsOfFewColoursAreExact() throws {
        var random = SplitMix64(seed: 5)
        let size = Size(30, 20)
        let frames = frames(40, size, colors: 20, holes: true, &random)
        let decoded = try decode(encoded(size, frames, GIFEncoder.Options(memory: 30 * 20 * 100)))
        #expect(decoded.frames == frames.map(\.pixels))
    }

    /// An opaque first image tells of what vanishes later: some players would show black there.
    @Test func theFirstImageTellsOfTransparency() throws {
        let pixel: [UInt8] = [9, 8, 7, 255]
        let opaque = Array([[UInt8]](repeating: pixel, count: 12).joined())
        let hole = [0, 0, 0, 0] + opaque.dropFirst(4)
        for (second, told) in [(hole, true), (Array(opaque.dropLast(4)) + [1, 2, 3, 255], false)] {
            let bytes = try encoded(Size(4, 3), [(opaque, 50), (second, 50)])
            #expect(try GIFDecoder.inspect(MemoryByteSource(bytes)).info.hasAlpha == told)
            #expect(try decode(bytes).frames == [opaque, second])
        }
    }

    /// An image that is cleared after it was shown tells of transparency, too.
    @Test func whatIsClearedTellsOfTransparency() throws {
        let pixel: [UInt8] = [9, 8, 7, 255]
        let hole: [UInt8] = [0, 0, 0, 0]
        func picture(_ place: Int) -> [UInt8] {
            (0..<64).flatMap { $0 / 16 == place ? pixel : hole }
        }
        let frames: Frames = (0..<4).map { (picture($0), 50) }
        let bytes = try encoded(Size(8, 8), frames)
        #expect(try decode(bytes).frames == frames.map(\.pixels))
        let controls = self.controls(bytes)
        #expect(controls.count { $0 >> 2 & 7 == 2 } > 0)
        #expect(controls.allSatisfy { $0 >> 2 & 7 != 2 || $0 & 1 == 1 })
    }

    /// After an image with a disposal every one says its own: Pillow and ImageMagick go by the one before for those that say nothing.
    @Test func disposalIsTakenBack() throws {
        // A square blinks on an opaque ground; nothing says how long anything is shown.
        let size = Size(40, 40)
        var random = SplitMix64(seed: 2)
        var ground: [UInt8] = []
        for _ in 0..<1600 { ground += [UInt8.random(in: 0..<9, using: &random), 1, 1, 255] }
        var covered = ground
        for place in 0..<1600 where place % 40 > 5 && place / 40 > 5 { covered[place * 4 + 1] = 99 }
        let dot: [UInt8] = [5, 5, 5, 255] + ground.dropFirst(4)
        let frames: Frames = [(ground, 0), (covered, 0), (dot, 0), (ground, 0)]
        let bytes = try encoded(size, frames)
        #expect(try decode(bytes).frames == frames.map(\.pixels))
        let controls = self.controls(bytes)
        let first = try #require(controls.firstIndex { $0 >> 2 & 7 == 3 })
        #expect(controls.count > first + 1)
    }

    /// The flags of the graphic control extensions.
    private func controls(_ bytes: [UInt8]) -> [UInt8] {
        bytes.indices.dropLast(7).filter {
            bytes[$0..<$0 + 3] == [0x21, 0xF9, 4] && bytes[$0 + 7] == 0
        }.map { bytes[$0 + 3] }
    }

    /// Transparency takes the place of a colour that the image does not need, or one beyond the table: one of 2, 4, 8 … colours does not grow for it.
    @Test(arguments: [2, 4, 8, 64, 256])
    func transparencyWithoutAPlace(_ count: Int) throws {
        let size = Size(64, 32)
        let colors = (0..<count).map { (i: Int) -> [UInt8] in [UInt8(i), UInt8(255 - i), 9, 255] }
        let places = (0..<2048).map { $0 * 7 % count }
        // Every other pixel of a part changes, to one colour; then back to all of them.
        let changed = places.indices.map { $0 % 64 < 40 && $0 % 2 == 0 ? 1 : places[$0] }
        func pixels(_ places: [Int]) -> [UInt8] { places.flatMap { colors[$0] } }
        let frames: Frames = [(pixels(places), 50), (pixels(changed), 50), (pixels(places), 50)]
        let bytes = try encoded(size, frames)
        #expect(try decode(bytes).frames == frames.map(\.pixels))
        #expect(2 << Int(bytes[10] & 7) == count, "entries of the global table")
        let tellsTransparency = controls(bytes).contains { $0 & 1 == 1 }
        // Of two colours the one that changes can as well be drawn over itself.
        #expect(tellsTransparency || count == 2)
        let hole = [0, 0, 0, 0] + pixels(changed).dropFirst(4)
        let holed: Frames = [(pixels(places), 50), (hole, 50)]
        // With 256 colours there is no room for holes.
        if count < 256 { #expect(try decode(encoded(size, holed)).frames == holed.map(\.pixels)) }
    }

    @Test func framesAlikeAreOne() throws {
        let (a, b): ([UInt8], [UInt8]) = ([1, 2, 3, 255], [9, 9, 9, 255])
        let frames: Frames = [(a, 30), (a, 50), (b, 0), (b, 0), (b, 40), (a, 70)]
        let decoded = try decode(encoded(Size(1, 1), frames))
        #expect(decoded.frames == [a, b, a])
        // What is stored as nothing is played for 100 ms.
        #expect(decoded.delays == [80, 240, 70])
        // More than a frame can last.
        let long = try decode(encoded(Size(1, 1), [(a, 655_350), (a, 100)]))
        #expect(long.frames == [a, a] && long.delays == [655_350, 100])
    }

    @Test func delaysKeepTheTime() throws {
        let times = [0, 10, 16, 17, 33, 99]
        let frames: Frames = (0..<30).map { ([UInt8($0), 0, 0, 255], times[$0 % 6]) }
        let delays = try decode(encoded(Size(1, 1), frames)).delays
        #expect(delays.count == 30)
        let given = frames.reduce(0) { $0 + ($1.delay > 10 ? $1.delay : 0) }
        let told = delays.reduce(0) { $0 + ($1 > 10 ? $1 : 0) }
        #expect(abs(given - told) <= 20)
        for (i, delay) in delays.enumerated() { #expect((delay <= 10) == (frames[i].delay <= 10)) }
    }

    @Test(arguments: [nil, 0, 1, 7, 65_535, 99_999])
    func loops(_ count: Int?) throws {
        let bytes = try encoded(Size(1, 1), [([1, 1, 1, 255], 20), ([2, 2, 2, 255], 20)], loopCount: count)
        #expect(try decode(bytes).info.loopCount == count.map { min($0, 65_535) })
    }

    /// A small change must not cost a whole picture.
    @Test func littleIsWrittenForLittle() throws {
        var random = SplitMix64(seed: 8)
        let noise: [UInt8] = (0..<100 * 100).flatMap { (_: Int) -> [UInt8] in
            [UInt8.random(in: 0...200, using: &random), 0, 0, 255]
        }
        var frames: Frames = [(noise, 50)]
        let first = try encoded(Size(100, 100), frames).count
        var pixels = noise
        for i in 0..<20 {
            pixels[(i * 100 + 50) * 4] = 255
            frames.append((pixels, 50))
            // And away again.
            frames.append((noise, 50))
            pixels = noise
        }
        #expect(try encoded(Size(100, 100), frames).count < first + 40 * 40)
    }

    @Test func misuse() throws {
        let sink = MemoryByteSink()
        var encoder = try GIFAnimationEncoder(sink, size: Size(2, 1))
        #expect(throws: ImageError.self) { try encoder.finish() }
        let wrong = Image(size: Size(1, 1), pixelFormat: .rgba8, pixels: [1, 2, 3, 4])
        #expect(throws: ImageError.self) { try encoder.writeFrame(wrong, delayMilliseconds: 0) }
        #expect { _ = try GIFAnimationEncoder(sink, size: Size(9000, 9000)) } throws: {
            ($0 as? ImageError)?.kind == .limitExceeded
        }
    }
}
