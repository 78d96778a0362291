import ArgumentParser
import SystemPackage
import Tintype

/// How a picture is brought to its size.
struct ScalingOptions: ParsableArguments {
    @Option(help: "How the picture is brought into the box.")
    var fit = Fit.inside

    @Option(help: "What 'cover' keeps, and where 'pad' puts the picture.")
    var gravity = Gravity.center

    @Option(help: "The resampling filter.")
    var filter = Filter.lanczos3

    @Flag(help: "Average amounts of light (sRGB is taken for granted).")
    var linear = false

    @Flag(help: "Allow results larger than the source.")
    var enlarge = false

    @Flag(help: "Decode at a smaller scale as long as the pixels asked for are left, rather than twice as many.")
    var fast = false

    @Flag(help: "Put every pixel through the filter, whatever the decoder could spare.")
    var exact = false

    func validate() throws {
        if fast && exact { throw ValidationError("--fast and --exact exclude each other.") }
    }

    func apply(to thumbnail: inout Thumbnail) {
        thumbnail.reduction = exact ? .none : fast ? .once : .twice
        thumbnail.fit = fit
        thumbnail.gravity = gravity
        thumbnail.filter = filter
        thumbnail.linear = linear
        thumbnail.enlarge = enlarge
    }
}

/// How the result is written.
struct WritingOptions: ParsableArguments {
    @Option(help: "The format. By default as the output's extension says, or as suits the picture.")
    var format: OutputFormat?

    @Option(
        name: [.short, .long],
        help:
            "Quality of a JPEG, 1 to 100: 85, or with --max-bytes the best that fits. With both, none better is tried.")
    var quality: Int?

    @Option(help: "How a JPEG's colour is subsampled.")
    var subsampling = JPEGEncoder.Subsampling.s420

    @Option(help: "How hard a PNG is compressed, 0 (fast) to 9 (small).")
    var effort = PNGEncoder.Options().effort

    @Option(help: "Threads inside one image. By default as many as there are cores.")
    var threads = Processors.count

    @Option(help: "Reduce a PNG or GIF to so many colours, 2 to 256.")
    var colors: Int?

    @Option(
        help: "How colours that a palette lacks are shown: 'diffusion' for stills, 'ordered' for animations, or 'none'."
    )
    var dither: Dithering?

    @Flag(help: "Write a JPEG or still GIF that shows the whole picture early, ever finer as it arrives.")
    var progressive = false

    @Flag(help: "Write a JPEG with arithmetic codes: smaller, slower, and not read by every program.")
    var arithmetic = false

    @Option(help: "The most bytes that a JPEG may have, for example 30k: its quality is what comes near that.")
    var maxBytes: ByteCount?

    @Option(help: "The pixels an inch that the file states, for example 300 or 300x600.")
    var density: PixelDensity?

    @Option(help: "What lies behind transparent pixels where the format has none, and around padding.")
    var background = Color.white

    @Option(help: "How much of the metadata is kept; 'safe' leaves out location, serial numbers and previews.")
    var metadata = Metadata.Keep.safe

    @Option(help: "What becomes of colours with a profile: 'srgb' converts those of matrix profiles.")
    var color = Thumbnail.Colors.keep

    func validate() throws {
        if let quality, !(1...100).contains(quality) { throw ValidationError("The quality must be 1 to 100.") }
        if threads < 1 { throw ValidationError("--threads must be at least 1.") }
        if !(0...9).contains(effort) { throw ValidationError("--effort must be 0 to 9.") }
        if let colors, !(2...256).contains(colors) { throw ValidationError("--colors must be 2 to 256.") }
        if maxBytes != nil, let format, format != .jpeg, format != .jpg {
            throw ValidationError("--max-bytes is for JPEG.")
        }
    }

    func apply(to thumbnail: inout Thumbnail) {
        thumbnail.background = background
        thumbnail.metadata = metadata
        thumbnail.colors = color
        thumbnail.maximumBytes = maxBytes?.bytes
        thumbnail.density = density?.density
        thumbnail.threads = threads
        thumbnail.quantizer = colors.map { Quantizer(colors: $0, dithering: dither) }
    }

    /// The encoding for one picture, and the extension for its file's name.
    ///
    /// - Parameter extension: the output's, where it has one.
    func encoding(
        for info: ImageInfo, extension: String?, input: Input, limits: DecodeLimits
    ) throws(ImageError) -> (encoding: Encoding, extension: String) {
        var encoding: Encoding
        if let name = format?.pathExtension ?? `extension` {
            encoding = try Encoding(pathExtension: name, for: info.pixelFormat)
        } else {
            encoding = Encoding(suiting: info)
        }
        if case .jpeg(var options) = encoding {
            options.quality = quality
            options.subsampling = subsampling
            options.progressive = progressive
            options.arithmetic = arithmetic
            encoding = .jpeg(options)
        } else if maxBytes != nil {
            throw ImageError(.misuse, "--max-bytes is for JPEG, and this becomes \(encoding.format.name)")
        }
        if case .png(var options) = encoding {
            options.effort = effort
            options.threads = threads
            encoding = .png(options)
        }
        if case .gif(var options) = encoding {
            options.colors = colors ?? 256
            options.dithering = dither
            options.interlaced = progressive
            options.memory = limits.memory
            encoding = .gif(options)
        } else if colors != nil, encoding.format != .png {
            throw ImageError(.misuse, "--colors is for PNG and GIF, and this becomes \(encoding.format.name)")
        }
        return (encoding, name(for: encoding, input: input))
    }

    /// The input's own extension if it is one of the format written, otherwise the usual one.
    private func name(for encoding: Encoding, input: Input) -> String {
        if let format { return format.pathExtension }
        if let own = input.path.extension, (try? Encoding(pathExtension: own, for: .rgb8))?.format == encoding.format {
            return own
        }
        return encoding.format == .jpeg ? "jpg" : encoding.format.rawValue
    }
}

/// What a decode may spend, and what it forgives.
struct DecodingOptions: ParsableArguments {
    @Flag(help: "Fail on any damage, instead of giving what could be read.")
    var strict = false

    @Option(help: "Refuse pictures of more pixels.")
    var maxPixels: Int?

    @Option(help: "Refuse pictures whose decoding would hold more memory, for example 100MiB.")
    var maxMemory: ByteCount?

    func validate() throws {
        if let maxPixels, maxPixels < 1 { throw ValidationError("--max-pixels must be at least 1.") }
    }

    var decodeOptions: DecodeOptions {
        var options = DecodeOptions(strict: strict)
        if let maxPixels { options.limits.pixels = maxPixels }
        if let maxMemory { options.limits.memory = maxMemory.bytes }
        return options
    }
}

/// What is said, and how.
struct ReportingOptions: ParsableArguments {
    @Flag(help: "Say nothing but errors.")
    var quiet = false

    @Flag(help: "One JSON object a line for each input, errors included.")
    var json = false

    @Flag(name: [.short, .long], help: "Say what became of every input.")
    var verbose = false
}

/// What becomes of an animation.
struct AnimationOptions: ParsableArguments {
    @Option(
        help: "The frame that becomes a still picture: its number, from 0, or 'best' for the one with the most detail.")
    var frame: Thumbnail.FrameChoice?

    @Option(help: "Keep at most so many frames, evenly spread.")
    var maxFrames: Int?

    @Option(help: "Keep at most so many frames a second.")
    var fps: Double?

    func validate() throws {
        if let maxFrames, maxFrames < 1 { throw ValidationError("--max-frames must be at least 1.") }
        if let fps, !(fps > 0 && fps <= 1000) { throw ValidationError("--fps must be more than 0 and at most 1000.") }
    }

    func apply(to thumbnail: inout Thumbnail) {
        thumbnail.frame = frame
        thumbnail.maximumFrames = maxFrames
        thumbnail.maximumFrameRate = fps
    }
}

/// How much is done at once.
struct ParallelOptions: ParsableArguments {
    @Option(help: "Files at once. By default as many as there are cores.")
    var jobs: Int?

    func validate() throws {
        if let jobs, jobs < 1 { throw ValidationError("--jobs must be at least 1.") }
    }

    var jobCount: Int { jobs ?? Processors.count }
}
