public import TintypeCore
import TintypeResample

/// Makes one animation of several pictures, all of the first one's size.
///
/// A picture of another size is brought into that, undistorted, in the middle of a transparent ground; an animation gives all its frames.
public struct AnimationJoiner: ~Copyable {
    private let options: Thumbnail
    private let encoding: Encoding
    private let loopCount: Int
    private let delayMilliseconds: Int?
    private let sink: any ByteSink
    private var writer: AnimationWriter?
    /// Frames so far.
    public private(set) var frameCount = 0
    /// The size of all; nil before the first.
    public private(set) var size: Size?

    /// - Parameters:
    ///   - thumbnail: how pictures are made ready: orientation, colours, metadata, decoding options, threads. Its size does not matter.
    ///   - encoding: GIF or PNG.
    ///   - delayMilliseconds: of each frame; nil: as the picture says, or 100.
    ///   - loopCount: how often the animation plays, 0 for ever.
    public init(
        _ sink: any ByteSink, as encoding: Encoding, preparing thumbnail: Thumbnail, delayMilliseconds: Int? = nil,
        loopCount: Int = 0
    ) {
        self.sink = sink
        self.encoding = encoding
        self.delayMilliseconds = delayMilliseconds
        self.loopCount = loopCount
        var options = thumbnail
        options.target = .percent(100)
        options.enlarge = false
        options.fit = .inside
        self.options = options
    }

    /// Adds a picture, or all frames of an animation.
    ///
    /// - Throws: what the decoder or the encoder finds wrong.
    public mutating func add(_ reader: ImageReader) throws(ImageError) {
        while let frame = try reader.nextFrame() {
            var rows = try frameRows(reader)
            let image = try Image(collecting: &rows, limit: options.options.limits.memory)
            if writer == nil { try begin(image, reader) }
            // A still picture says nothing of time.
            let own = frame.delayMilliseconds == 0 && reader.info.frameCount == 1 ? 100 : frame.delayMilliseconds
            try writer?.write(image, delayMilliseconds: delayMilliseconds ?? own)
            frameCount += 1
        }
        if options.options.strict { try reader.finish() }
    }

    private func frameRows(_ reader: ImageReader) throws(ImageError) -> AnyRowSource {
        var options = options
        if let size {
            options.target = .box(size)
            options.fit = .pad
            options.background = Color(red: 0, green: 0, blue: 0, alpha: 0)
        }
        // All frames in one pixel format, in which nothing is lost.
        return AnyRowSource(try PixelConversion(options.rows(of: reader), to: .rgba8))
    }

    private mutating func begin(_ image: Image, _ reader: ImageReader) throws(ImageError) {
        size = image.size
        let plan = options.colorPlan(reader.metadata, reader.pixelFormat)
        writer = try AnimationWriter(
            sink, size: image.size, pixelFormat: .rgba8, encoding: encoding, loops: Loops(plays: loopCount),
            options: options,
            metadata: options.keptMetadata(of: reader, after: plan, size: image.size).describing(.rgba8))
    }

    /// Writes what is left of the file. Throws `misuse` without a picture.
    public mutating func finish() throws(ImageError) {
        guard writer != nil else { throw ImageError(.misuse, "no pictures to make an animation of") }
        try writer?.finish()
    }
}
