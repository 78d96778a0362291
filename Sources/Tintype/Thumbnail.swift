public import SystemPackage
public import TintypeCore
public import TintypeQuantize
public import TintypeResample

/// How a small picture is made of a large one. The file is streamed: memory does not grow with its height.
public struct Thumbnail: Sendable, Hashable {
    public var target: TargetSize
    public var fit = Fit.inside
    public var gravity = Gravity.center
    /// Around the picture for `Fit.pad`, and what shines through transparent pixels in a format that has none.
    public var background = Color.white
    /// Whether the result may have more pixels than the source on a side.
    public var enlarge = false
    public var filter = Filter.lanczos3
    public var reduction = Reduction.none
    /// Whether samples are averaged as amounts of light rather than as stored (sRGB is taken for granted).
    public var linear = false
    public var colors = Colors.keep
    /// Whether the picture is turned as it is to be shown. Otherwise its metadata still says how.
    public var orient = true
    /// How much of the metadata goes along.
    public var metadata = Metadata.Keep.safe
    /// What is written. Nil: by the extension of the file's name; if it has none, as suits the picture.
    public var encoding: Encoding?
    /// Whether all frames of an animation are written, by an encoding that can hold them. Nil: GIF does, PNG has the still picture.
    public var animates: Bool?
    /// Which frame of an animation is taken for a still. Nil: the still picture, or the first frame.
    public var frame: FrameChoice?
    /// At most so many frames of an animation are written, evenly spread; those kept last as long as those left out.
    public var maximumFrames: Int?
    /// At most so many frames a second are written.
    public var maximumFrameRate: Double?
    /// Colours are reduced to a palette of these where the encoding is PNG. (GIF's options have their own.)
    public var quantizer: Quantizer?
    /// Frames of an animation that are worked on at once, at least 1.
    public var threads = 1
    /// A bound for a JPEG's bytes, in place of that in its options: the quality is lowered until they fit.
    public var maximumBytes: Int?
    /// Stated in the result in place of the source's.
    public var density: Metadata.Density?
    public var options = DecodeOptions()

    public init(_ target: TargetSize) {
        self.target = target
    }

    /// Whole and undistorted in a box of this size, never enlarged.
    public init(fitting box: Size, as encoding: Encoding? = nil) {
        self.init(.box(box))
        self.encoding = encoding
    }

    /// Whether a decoder that can give a smaller picture for less work (JPEG: at 1/2, 1/4 or 1/8; interlaced PNG: at 1/8) may do so before the filter.
    public enum Reduction: String, Sendable, Hashable, CaseIterable {
        /// All pixels go through the filter: the very pixels of decoding, turning and resampling the whole picture.
        case none
        /// As long as twice the pixels asked for are left on both sides: hardly to be told from `none`.
        case twice
        /// As long as the pixels asked for are left: faster, softer. Of an interlaced PNG of eight times the size every
        /// eighth pixel of every eighth row is taken: much faster, and jagged.
        case once
    }

    /// A frame of an animation.
    public enum FrameChoice: Sendable, Hashable {
        /// By its number, from 0.
        case index(Int)
        /// The one with the most detail.
        case mostDetailed
    }

    /// What becomes of the colours of a picture with a profile.
    public enum Colors: String, Sendable, Hashable, CaseIterable {
        /// They stay, and so does the profile if the metadata's rule keeps it.
        case keep
        /// They are converted to sRGB, and the file says so: PNG by its sRGB chunk, JPEG by having no profile. A profile of a
        /// kind that is not converted stays, with a warning.
        case srgb
    }

    /// What was made.
    public struct Outcome: Sendable, Hashable {
        public var size: Size
        public var format: ImageFormat
        /// Bytes of the file written.
        public var bytes: Int
        /// What a tolerant decode passed over, and colours that could not be converted.
        public var warnings: [DecodeWarning]
    }

    /// Makes a file of a file, which may be the same: the new one appears whole or not at all.
    ///
    /// - Throws: `io` for files that cannot be read or created, `misuse` for a size below 1, or what the decoder finds
    ///   wrong.
    @discardableResult
    public func make(from input: FilePath, to output: FilePath) throws(ImageError) -> Outcome {
        let (reader, info) = try open { () throws(ImageError) in try FileByteSource(path: input) }
        let chosen = try encoding(for: info, extension: output.extension)
        let file = try AtomicFile(path: output)
        let outcome = try write(reader, to: file, as: chosen, frameCount: info.frameCount)
        try file.commit()
        return outcome
    }

    /// Makes one file's bytes of another's.
    public func make(from bytes: [UInt8]) throws(ImageError) -> [UInt8] {
        let (reader, info) = try open { MemoryByteSource(bytes) }
        let sink = MemoryByteSink()
        _ = try write(reader, to: sink, as: encoding ?? Encoding(suiting: info), frameCount: info.frameCount)
        return sink.bytes
    }

    /// A reader of a source that can be opened twice, and the header with the number of frames, for which a GIF is walked first.
    private func open(
        _ source: () throws(ImageError) -> any ByteSource
    ) throws(ImageError) -> (reader: ImageReader, info: ImageInfo) {
        let reader = try ImageReader(source(), options: options)
        var info = reader.info
        if info.frameCount == nil {
            info.frameCount = try ImageReader.inspect(source(), options: options).info.frameCount
        }
        return (reader, info)
    }

    private func encoding(for info: ImageInfo, extension: String?) throws(ImageError) -> Encoding {
        if let encoding { return encoding }
        guard let name = `extension` else { return Encoding(suiting: info) }
        return try Encoding(pathExtension: name, for: info.pixelFormat)
    }

    /// Makes the thumbnail of what the reader stands before, its still picture or a frame, and encodes it; or of all frames, if those are wanted.
    ///
    /// After a frame, a strict decode is not done before the caller has called `reader.finish()`.
    ///
    /// - Parameter frameCount: how many frames the file has, where the caller knows what `reader.info` does not.
    /// - Throws: `misuse` for a frame that there is not, and for `maximumFrames` where nobody knows how many there are.
    public func write(
        _ reader: ImageReader, to sink: any ByteSink, as encoding: Encoding, frameCount: Int? = nil
    ) throws(ImageError) -> Outcome {
        let counter = CountingByteSink(sink)
        let frameCount = frameCount ?? reader.info.frameCount
        if frame == nil, frameCount != 1, writesAllFrames(as: encoding) {
            let size = try writeAnimation(reader, to: counter, as: encoding, frameCount)
            return Outcome(size: size, format: encoding.format, bytes: counter.count, warnings: reader.warnings)
        }
        let plan = colorPlan(reader.metadata, reader.pixelFormat)
        let rows = try reduced(stillRows(of: reader, colors: plan), for: encoding)
        let size = rows.size
        let kept = keptMetadata(of: reader, after: plan, size: size)
        try bounded(encoding).write(rows, to: counter, metadata: kept, background: background)
        try reader.finishStill()
        var warnings = reader.warnings
        if case .impossible(let reason) = plan {
            warnings.append(DecodeWarning(.unconvertedProfile, reason + ": the colours are not converted"))
        }
        return Outcome(size: size, format: encoding.format, bytes: counter.count, warnings: warnings)
    }
}

extension Thumbnail {
    private func bounded(_ encoding: Encoding) -> Encoding {
        guard let maximumBytes, case .jpeg(var options) = encoding else { return encoding }
        options.maximumBytes = maximumBytes
        return .jpeg(options)
    }

    /// The rows in few colours, if those were asked for and the encoder does not see to it itself.
    private func reduced(_ rows: consuming AnyRowSource, for encoding: Encoding) throws(ImageError) -> AnyRowSource {
        guard let quantizer, case .png = encoding else { return rows }
        let converted = AnyRowSource(try PixelConversion(rows, to: .rgba8))
        return AnyRowSource(try QuantizedRows(converted, by: quantizer, limit: options.limits.memory))
    }

    /// What goes along with pixels of this size.
    func keptMetadata(of reader: ImageReader, after plan: ColorPlan, size: Size) -> Metadata {
        var kept = self.metadata(reader.metadata, after: plan)
        // New samples are made of many: what was said of the old ones' bits is no longer so.
        if size != reader.info.size, size != reader.info.displaySize { kept.png.significantBits = nil }
        if orient { kept.resetOrientation() }
        kept = kept.keeping(metadata, size: size)
        if let density { kept.density = density }
        return kept
    }
}
