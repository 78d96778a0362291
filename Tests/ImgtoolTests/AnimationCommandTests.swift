import TestSupport
import Testing
import Tintype

@Suite struct AnimationCommandTests {
    private struct Animation {
        var frames: [[UInt8]] = []
        var delays: [Int] = []
        var info: ImageInfo
    }

    /// All frames of a file, as RGBA without the colours that cannot be seen.
    private func animation(_ folder: TemporaryFolder, _ name: String) throws -> Animation {
        let reader = try ImageReader(MemoryByteSource(folder.read(name)), options: DecodeOptions(strict: true))
        var result = Animation(info: reader.info)
        while let frame = try reader.nextFrame() {
            var rows = try PixelConversion(AnyRowSource(reader), to: .rgba8)
            var pixels = try Image(collecting: &rows).pixels
            for at in stride(from: 0, to: pixels.count, by: 4) where pixels[at + 3] == 0 {
                pixels.replaceSubrange(at..<at + 3, with: [0, 0, 0])
            }
            result.frames.append(pixels)
            result.delays.append(frame.delayMilliseconds)
        }
        result.info = reader.info
        return result
    }

    private func run(_ folder: TemporaryFolder, _ arguments: String...) throws {
        let done = try Tool.run(arguments + ["--quiet"], in: folder)
        #expect(done.code == 0 && done.errors.isEmpty, "\(arguments): \(done.errors)")
    }

    @Test func thumbnailsStayAnimations() throws {
        let folder = try TemporaryFolder(["animated.gif", "animated.png"])
        for name in ["animated.gif", "animated.png"] {
            let source = try animation(folder, name)
            try run(folder, "thumbnail", name, "-s", "16x16", "-o", "small.gif")
            let small = try animation(folder, "small.gif")
            #expect(small.frames.count == source.frames.count && small.delays == source.delays)
            #expect(max(small.info.size.width, small.info.size.height) == 16)
            try run(folder, "thumbnail", name, "-s", "16x16", "-o", "again.gif", "--threads", "1")
            #expect(try folder.read("again.gif") == folder.read("small.gif"))
        }
    }

    /// Nothing is lost from GIF to PNG and back.
    @Test func thereAndBack() throws {
        let folder = try TemporaryFolder(["animated.gif"])
        let source = try animation(folder, "animated.gif")
        try run(folder, "convert", "animated.gif", "a.apng")
        try run(folder, "convert", "animated.gif", "b.png", "--format", "png")
        try run(folder, "convert", "a.apng", "c.gif")
        try run(folder, "convert", "animated.gif", "d.gif")
        for name in ["a.apng", "b.png", "c.gif", "d.gif"] {
            let made = try animation(folder, name)
            #expect(made.frames == source.frames, "\(name)")
            #expect(made.delays == source.delays)
        }
        #expect(try animation(folder, "c.gif").info.loopCount == source.info.loopCount)
        try run(folder, "convert", "animated.gif", "still.png")
        #expect(try animation(folder, "still.png").frames == Array(source.frames.prefix(1)))
    }

    @Test func oneFrame() throws {
        let folder = try TemporaryFolder(["animated.gif"])
        let source = try animation(folder, "animated.gif")
        for index in [0, source.frames.count - 1] {
            try run(folder, "convert", "animated.gif", "one.gif", "--frame", "\(index)")
            #expect(try animation(folder, "one.gif").frames == [source.frames[index]])
        }
        try run(folder, "thumbnail", "animated.gif", "-s", "100%", "-o", "best.png", "--frame", "best")
        let best = try animation(folder, "best.png").frames
        #expect(best.count == 1 && source.frames.contains(best[0]))
        try run(folder, "convert", "animated.gif", "{frame}.gif")
        #expect(try animation(folder, "1.gif").frames == [source.frames[1]])
    }

    @Test func picturesBecomeAnAnimation() throws {
        let folder = try TemporaryFolder(["palette-4.png", "photo.jpg", "animated.gif"])
        try run(
            folder, "convert", "photo.jpg", "palette-4.png", "animated.gif", "-o", "all.gif", "--delay", "80", "--loop",
            "3")
        let made = try animation(folder, "all.gif")
        let own = try animation(folder, "animated.gif")
        #expect(made.frames.count == 2 + own.frames.count)
        #expect(made.delays.allSatisfy { $0 == 80 } && made.info.loopCount == 2)
        #expect(made.info.size == Size(640, 480))
        try run(folder, "convert", "palette-4.png", "palette-4.png", "-o", "two.apng", "--delay", "250")
        #expect(try animation(folder, "two.apng").delays == [250, 250])
        try run(folder, "convert", "animated.gif", "palette-4.png", "-o", "own.gif")
        #expect(try animation(folder, "own.gif").delays == own.delays + [100])
        #expect(try Tool.run("convert", "photo.jpg", "missing.png", "-o", "x.gif", in: folder).code == 66)
        #expect(try Tool.run("convert", "photo.jpg", "palette-4.png", "-o", "x.jpg", in: folder).code == 64)
        #expect(try Tool.run("convert", "photo.jpg", "palette-4.png", "x.gif", in: folder).code == 64)
        #expect(!folder.names().contains("x.gif"))
    }

    @Test func fewerFrames() throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        var inputs: [String] = []
        for index in 0..<10 {
            let pixels = [UInt8](repeating: UInt8(index * 20), count: 27)
            try folder.write(
                Image(size: Size(3, 3), pixelFormat: .rgb8, pixels: pixels).encoded(as: .png), to: "\(index).png")
            inputs.append("\(index).png")
        }
        #expect(try Tool.run(["convert"] + inputs + ["-o", "ten.gif", "--delay", "50"], in: folder).code == 0)
        try run(folder, "thumbnail", "ten.gif", "-o", "four.gif", "--max-frames", "4")
        let four = try animation(folder, "four.gif")
        #expect(four.frames.count == 4 && four.delays.reduce(0, +) == 500)
        #expect(four.frames.map { $0[0] } == [0, 60, 100, 160])
        let piped = try Tool.run(
            "thumbnail", "-", "-o", "-", "--format", "gif", "--max-frames", "4", in: folder,
            input: folder.read("ten.gif"))
        #expect(try piped.output == folder.read("four.gif"))
        try run(folder, "thumbnail", "ten.gif", "-o", "slow.gif", "--fps", "10")
        let slow = try animation(folder, "slow.gif")
        #expect(slow.delays == [100, 100, 100, 100, 100] && slow.frames.map { $0[0] } == [0, 40, 80, 120, 160])
        try run(folder, "thumbnail", "ten.gif", "-o", "same.gif", "--fps", "50", "--max-frames", "10")
        #expect(try animation(folder, "same.gif").delays == [Int](repeating: 50, count: 10))
    }

    @Test func fewColours() throws {
        let folder = try TemporaryFolder(["photo.png", "alpha.png"])
        for name in ["photo.png", "alpha.png"] {
            for dither in ["none", "diffusion", "ordered"] {
                try run(folder, "convert", name, "few.png", "--colors", "16", "--dither", dither)
                let pixels = try animation(folder, "few.png").frames[0]
                let colors = Set(stride(from: 0, to: pixels.count, by: 4).map { Array(pixels[$0..<$0 + 4]) })
                #expect(colors.count <= 16 && colors.count > 8)
            }
        }
        try run(folder, "convert", "photo.png", "some.gif", "--colors", "8", "--progressive")
        let pixels = try animation(folder, "some.gif").frames[0]
        #expect(Set(stride(from: 0, to: pixels.count, by: 4).map { Array(pixels[$0..<$0 + 4]) }).count == 8)
    }
}
