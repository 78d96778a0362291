import TintypeCore
import TintypeGIF
import TintypePNG

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

    /// - Throws: `misuse` for a format that holds no animations, or as the encoders do.
    init(
        _ sink: any ByteSink, size: Size, pixelFormat: PixelFormat, encoding: Encoding, loops: Loops, threads: Int,
        metadata: Metadata
    ) throws(ImageError) {
        gif = nil
        png = nil
        switch encoding {
        case .gif(var options):
            options.threads = threads
            gif = try GIFAnimationEncoder(
                sink, size: size, loopCount: loops.repetitions, options: options, metadata: metadata)
        case .png(let options):
            png = try PNGAnimationEncoder(
                sink, size: size, pixelFormat: pixelFormat, loopCount: loops.plays, options: options,
                metadata: metadata)
        case .jpeg, .netpbm: throw ImageError(.misuse, "\(encoding.format.name) holds no animation")
        }
    }

    mutating func write(_ frame: Image, delayMilliseconds: Int) throws(ImageError) {
        try gif?.writeFrame(frame, delayMilliseconds: delayMilliseconds)
        try png?.writeFrame(frame, delayMilliseconds: delayMilliseconds)
    }

    mutating func finish() throws(ImageError) {
        try gif?.finish()
        try png?.finish()
    }
}
