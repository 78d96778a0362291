import TintypeCore
import TintypeGIF
import TintypePNG
import TintypeQuantize
import TintypeResample

/// How often an animation plays.
struct Loops: Sendable {
    /// How often in all, 0 for ever.
    let plays: Int

    init(plays: Int) {
        self.plays = plays
    }

    /// What the file says. PNG counts plays, GIF repetitions; who does not say has it played once.
    init(_ info: ImageInfo) {
        guard let count = info.loopCount else {
            plays = 1
            return
        }
        plays = info.format == .gif && count > 0 ? count + 1 : count
    }

    /// GIF's count of repetitions; nil for none.
    var repetitions: Int? { plays == 0 ? 0 : plays == 1 ? nil : plays - 1 }
}

/// The encoder of an animation in whichever format holds it.
struct AnimationWriter: ~Copyable {
    private var gif: GIFAnimationEncoder?
    private var png: PNGAnimationEncoder?
    /// Where a PNG is to have few colours, its frames until they have a palette.
    private var waiting: WaitingFrames?

    /// - Parameter options: its threads, limits and, for PNG, quantizer.
    /// - Throws: `misuse` for a format that holds no animations, or as the encoders do.
    init(
        _ sink: any ByteSink, size: Size, pixelFormat: PixelFormat, encoding: Encoding, loops: Loops,
        options: Thumbnail, metadata: Metadata
    ) throws(ImageError) {
        gif = nil
        png = nil
        waiting = nil
        switch encoding {
        case .gif(var gifOptions):
            gifOptions.threads = options.threads
            gif = try GIFAnimationEncoder(
                sink, size: size, loopCount: loops.repetitions, options: gifOptions, metadata: metadata)
        case .png(let pngOptions):
            if let quantizer = options.quantizer { waiting = try WaitingFrames(size, quantizer, options) }
            png = try PNGAnimationEncoder(
                sink, size: size, pixelFormat: waiting == nil ? pixelFormat : .rgba8, loopCount: loops.plays,
                options: pngOptions, metadata: metadata)
        case .jpeg, .netpbm: throw ImageError(.misuse, "\(encoding.format.name) holds no animation")
        }
    }

    mutating func write(_ frame: Image, delayMilliseconds: Int) throws(ImageError) {
        if waiting != nil {
            try waiting?.append(frame, delayMilliseconds: delayMilliseconds)
            return
        }
        try gif?.writeFrame(frame, delayMilliseconds: delayMilliseconds)
        try png?.writeFrame(frame, delayMilliseconds: delayMilliseconds)
    }

    mutating func finish() throws(ImageError) {
        if let waiting, var encoder = png.take() {
            try waiting.writeQuantized(to: &encoder)
            png = consume encoder
        }
        try gif?.finish()
        try png?.finish()
    }
}

/// Frames that wait for a palette in common, which depends on all of them.
private struct WaitingFrames {
    private let quantizer: Quantizer
    private let threads: Int
    private var budget: MemoryBudget
    private var sequence: PictureSequence
    private var delays: [Int] = []

    /// What a pixel of a frame takes in all: as it came, in the palette's colours, and as the encoder holds it.
    private static let bytesPerPixel = 16

    init(_ size: Size, _ quantizer: Quantizer, _ options: Thumbnail) throws(ImageError) {
        try quantizer.check()
        self.quantizer = quantizer
        threads = options.threads
        sequence = PictureSequence(size: size, quantizer: quantizer)
        budget = MemoryBudget(limit: options.options.limits.memory)
    }

    mutating func append(_ frame: Image, delayMilliseconds: Int) throws(ImageError) {
        let size = sequence.size
        try budget.charge(
            size.height, stride: size.width * Self.bytesPerPixel, for: "frames that wait for a palette", format: .png)
        var rows = AnyRowSource(try PixelConversion(AnyRowSource(frame.rows), to: .rgba8))
        let held = sequence.pixelCount
        sequence.append(try Image(collecting: &rows).pixels)
        // Rows that stay take nothing.
        budget.release(size.width * size.height - (sequence.pixelCount - held), stride: Self.bytesPerPixel)
        delays.append(delayMilliseconds)
    }

    /// Gives away each frame in the colours of their palette.
    func writeQuantized(to encoder: inout PNGAnimationEncoder) throws(ImageError) {
        let size = sequence.size
        var canvas = [UInt32](repeating: 0, count: size.width * size.height)
        let pictures = try quantizer.quantize(sequence, threads: threads)
        for (picture, delay) in zip(pictures, delays) {
            picture.draw(on: &canvas, width: size.width)
            try encoder.writeFrame(Self.image(canvas, size), delayMilliseconds: delay)
        }
    }

    private static func image(_ pixels: [UInt32], _ size: Size) -> Image {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(pixels.count * 4)
        for color in pixels {
            for shift: UInt32 in [0, 8, 16, 24] { bytes.append(UInt8(truncatingIfNeeded: color >> shift)) }
        }
        return Image(size: size, pixelFormat: .rgba8, pixels: bytes)
    }
}
