/// One frame of a test's animation.
public struct PNGAnimationFrame: Sendable {
    public var sample: PNGSample
    public var x = 0
    public var y = 0
    public var delay: (Int, Int) = (1, 10)
    public var disposal = 0
    public var blend = 0

    public init(_ sample: PNGSample) {
        self.sample = sample
    }
}

/// Writes APNG files, and composites them slowly by the letter of PNG §11.3.6.
public struct PNGAnimation: Sendable {
    public var picture: PNGSample
    /// Whether the picture in IDAT is the first frame. It is then `frames[0].sample`.
    public var hidesPicture: Bool
    public var frames: [PNGAnimationFrame]
    public var plays: UInt32 = 0
    /// Bytes of each fdAT chunk.
    public var fdatBytes = Int.max

    public init(_ frames: [PNGAnimationFrame], hiding picture: PNGSample? = nil) {
        self.frames = frames
        hidesPicture = picture != nil
        self.picture = picture ?? frames[0].sample
    }

    public var chunks: [PNGChunk] {
        var sequence: UInt32 = 0
        func next() -> [UInt8] {
            defer { sequence += 1 }
            return bigEndian32(sequence)
        }
        let still = picture.chunks
        let data = still.filter { $0.type == "IDAT" }
        var chunks = still.filter { $0.type != "IDAT" && $0.type != "IEND" }
        chunks.insert(PNGChunk("acTL", bigEndian32(UInt32(frames.count)) + bigEndian32(plays)), at: 1)
        if hidesPicture { chunks += data }
        for (index, frame) in frames.enumerated() {
            let place = [frame.sample.width, frame.sample.height, frame.x, frame.y].flatMap { bigEndian32(UInt32($0)) }
            let timing = bigEndian16(frame.delay.0) + bigEndian16(frame.delay.1)
            chunks.append(
                PNGChunk("fcTL", next() + place + timing + [UInt8(frame.disposal), UInt8(frame.blend)]))
            if index == 0 && !hidesPicture {
                chunks += data
            } else {
                let stream = PNGZlib.stored(frame.sample.rawData)
                let count = min(fdatBytes, stream.count)
                for at in stride(from: 0, to: stream.count, by: count) {
                    chunks.append(PNGChunk("fdAT", next() + stream[at..<min(stream.count, at + count)]))
                }
            }
        }
        return chunks + [PNGChunk("IEND")]
    }

    public var file: [UInt8] { PNGChunk.file(chunks) }

    /// Each frame as shown, RGBA of 8 bits, with colour 0 where alpha is 0.
    public var composited: [[Int]] {
        let (width, height) = (picture.width, picture.height)
        var canvas = [[Int]](repeating: [0, 0, 0, 0], count: width * height)
        var shown: [[Int]] = []
        for (index, frame) in frames.enumerated() {
            let before = canvas
            let rgba = frame.sample.rgba.map { frame.sample.depth == 16 ? $0 >> 8 : $0 }
            for y in 0..<frame.sample.height {
                for x in 0..<frame.sample.width {
                    let at = 4 * (y * frame.sample.width + x)
                    let place = (frame.y + y) * width + frame.x + x
                    canvas[place] = Self.blend(Array(rgba[at..<at + 4]), over: canvas[place], frame.blend)
                }
            }
            shown.append(canvas.flatMap { $0[3] == 0 ? [0, 0, 0, 0] : $0 })
            if frame.disposal == 1 || (frame.disposal == 2 && index == 0) {
                for y in 0..<frame.sample.height {
                    for x in 0..<frame.sample.width { canvas[(frame.y + y) * width + frame.x + x] = [0, 0, 0, 0] }
                }
            } else if frame.disposal == 2 {
                canvas = before
            }
        }
        return shown.map { Array($0) }
    }

    private static func blend(_ source: [Int], over target: [Int], _ operation: Int) -> [Int] {
        if operation == 0 || source[3] == 255 { return source }
        if source[3] == 0 { return target }
        let u = source[3] * 255
        let v = (255 - source[3]) * target[3]
        return (0..<3).map { (source[$0] * u + target[$0] * v) / (u + v) } + [(u + v) / 255]
    }
}
