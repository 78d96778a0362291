public import TintypeCore

/// Encodes animated PNG (PNG, third edition, §4.7 and §11.3.6), frame by frame.
///
/// Frames are given whole; of each only the rectangle that differs from the one before is written, with transparent
/// pixels where nothing changed if that makes it smaller. Samples and bits that no frame needs are left out, as
/// `PNGEncoder` does. A picture of one frame becomes a still. The frames wait in memory, as the file states their
/// number, and what they have in common, before the first: up to 256 MiB as pixels, beyond that compressed.
public struct PNGAnimationEncoder: ~Copyable {
    private let size: Size
    private let pixelFormat: PixelFormat
    /// The same with alpha: the frames are kept so.
    private let format: PixelFormat
    private let options: PNGEncoder.Options
    private let metadata: Metadata
    private let plays: UInt32
    private var chunks: ChunkWriter
    private var waiting: [AnimationFrame] = []
    private var waitingBytes = 0
    /// Frames compressed as they came, if they are not to wait, or no longer.
    private var compressed: [CompressedAnimation.Part] = []
    private var waits: Bool
    private var previous: [UInt8] = []
    private var hasFinished = false

    private static var mostWaitingBytes: Int { 256 << 20 }

    /// - Parameters:
    ///   - size: each side 1 to 2³¹ − 1 pixels.
    ///   - loopCount: how often the animation plays, 0 for ever.
    /// - Throws: `misuse` for CMYK, options that do not exist or a size without pixels; `limitExceeded` for a size that
    ///   PNG cannot hold; `io` from the sink.
    public init(
        _ sink: any ByteSink, size: Size, pixelFormat: PixelFormat, loopCount: Int = 0,
        options: PNGEncoder.Options = PNGEncoder.Options(), metadata: Metadata = Metadata()
    ) throws(ImageError) {
        try PNGEncoder.check(size, pixelFormat)
        try options.check()
        let chunks = try ChunkWriter(sink)
        self.chunks = chunks
        self.size = size
        self.pixelFormat = pixelFormat
        format = .make(gray: pixelFormat.isGray, alpha: true, bitDepth: pixelFormat.bitDepth)
        self.options = options
        self.metadata = metadata
        waits = options.reduces
        plays = UInt32(min(max(loopCount, 0), 0x7FFF_FFFF))
    }

    /// Adds a frame.
    ///
    /// - Parameter delayMilliseconds: how long it is shown, up to 65,535 s; longer ones are cut to that.
    /// - Throws: `misuse` for a picture of another size or format, or after the end.
    public mutating func writeFrame(_ frame: Image, delayMilliseconds: Int) throws(ImageError) {
        guard frame.size == size, frame.pixelFormat == pixelFormat, !hasFinished else {
            throw ImageError(.misuse, "a frame that does not fit the animation, or comes after its end", format: .png)
        }
        let pixels = Self.withAlpha(frame)
        let next = AnimationFrame(
            pixels, after: previous, width: size.width, format: format, delayMilliseconds: delayMilliseconds)
        previous = pixels
        waiting.append(next)
        waitingBytes += next.bytes
        if waitingBytes > Self.mostWaitingBytes { waits = false }
        if !waits {
            compressed += try reduction.compress(in: plainLayout).parts
            waiting = []
            waitingBytes = 0
        }
    }

    private static func withAlpha(_ frame: Image) -> [UInt8] {
        let format = frame.pixelFormat
        if format.hasAlpha { return frame.pixels }
        let (pixel, sample) = (format.bytesPerPixel, format.bitDepth / 8)
        let count = frame.pixels.count / pixel
        var wide = [UInt8](repeating: 255, count: count * (pixel + sample))
        let source = frame.pixels.span
        var target = wide.mutableSpan
        for i in 0..<count {
            for byte in 0..<pixel { target[i &* (pixel &+ sample) &+ byte] = source[i &* pixel &+ byte] }
        }
        return wide
    }

    private var reduction: AnimationReduction {
        let hasProfile = metadata.icc.map { MetadataRules.isProfile($0, gray: false) } ?? false
        return AnimationReduction(
            frames: waiting, effort: options.effort, threads: options.threads, keepsColor: hasProfile)
    }

    private var plainLayout: Layout { Layout(format, hasAlpha: pixelFormat.hasAlpha, width: size.width) }

    /// Writes the file.
    ///
    /// - Throws: `misuse` without a frame, or when called again; `limitExceeded` for a frame or metadata that PNG cannot
    ///   hold; `io` from the sink.
    public mutating func finish() throws(ImageError) {
        guard !previous.isEmpty, !hasFinished else {
            throw ImageError(.misuse, hasFinished ? "the file is already finished" : "no frame", format: .png)
        }
        hasFinished = true
        let animation =
            waits ? try reduction.compress() : CompressedAnimation(layout: plainLayout, parts: compressed)
        waiting = []
        compressed = []
        try chunks.writeHead(animation.layout, size, metadata, level: options.effort, animation: control(animation))
        try write(animation.parts)
        try chunks.writeTail(metadata)
    }

    /// acTL (PNG §11.3.6.1), nil for a single frame.
    private func control(_ animation: CompressedAnimation) -> [UInt8]? {
        let count = animation.parts.count
        return count > 1 ? bigEndian(UInt32(truncatingIfNeeded: count)) + bigEndian(plays) : nil
    }

    private mutating func write(_ parts: [CompressedAnimation.Part]) throws(ImageError) {
        var sequence: UInt32 = 0
        for (index, part) in parts.enumerated() {
            if parts.count > 1 {
                try chunks.write(.fctl, bigEndian(sequence) + part.control)
                sequence &+= 1
            }
            if index == 0 {
                try chunks.write(.idat, part.data)
            } else {
                try chunks.write(.fdat, bigEndian(sequence) + part.data)
                sequence &+= 1
            }
        }
    }
}
