import ArgumentParser
import Tintype
import TintypeKernels

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure one stage, from bytes in memory to a result in memory.",
        subcommands: [Decode.self, Encode.self, Resize.self, Thumb.self])

    /// What all measurements take.
    struct Common: ParsableArguments {
        @Option(name: .customLong("repeat"), help: "Measured runs, after one that is not.")
        var repeats = 5

        @Option(help: "Threads inside one image.")
        var threads = 1

        @OptionGroup var reporting: ReportingOptions

        func validate() throws {
            if repeats < 1 { throw ValidationError("--repeat must be at least 1.") }
            if threads < 1 { throw ValidationError("--threads must be at least 1.") }
        }

        /// - Parameter prepare: what is not measured; it yields the work and the pixels that one run of it handles.
        func run(
            _ task: String, _ name: String,
            prepare: @Sendable (_ bytes: [UInt8], _ info: ImageInfo) throws(ImageError) -> Measurement.Work
        ) throws {
            try Batch.run([Input(name: name)], reporting: reporting, channel: .payload) { input in
                Report(input) { report throws(ImageError) in
                    let bytes = try input.bytes()
                    let info = try ImageReader.inspect(MemoryByteSource(bytes)).info
                    let measured = try Measurement(prepare(bytes, info), repeats: repeats)
                    report.line = "\(task) \(name): \(measured.summary)"
                    report.bare =
                        [
                            ("task", .string(task)), ("input", .string(name)), ("bytes", .int(bytes.count)),
                            ("width", .int(info.size.width)), ("height", .int(info.size.height)),
                            ("repeat", .int(repeats)), ("threads", .int(threads)),
                            ("tier", .string(CPUTier.current.rawValue)),
                        ] + measured.facts
                }
            }
        }
    }

    struct Decode: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "decode", abstract: "All rows of a picture; of an animation every frame, composited.")

        @Argument var input: String

        @Option(help: "Decode at 1/N of the size: 1, 2, 4 or 8.")
        var scale = 1

        @OptionGroup var common: Common

        func validate() throws {
            if ![1, 2, 4, 8].contains(scale) { throw ValidationError("--scale must be 1, 2, 4 or 8.") }
        }

        func run() throws {
            try common.run("decode", input) { bytes, info throws(ImageError) in
                guard scale == 1 || info.format == .jpeg else {
                    throw ImageError(.unsupported, "only JPEG is decoded at a smaller scale", format: info.format)
                }
                let frames = info.frameCount ?? 1
                var pixels: [UInt8] = []
                return Measurement.Work(pixels: info.size.width * info.size.height * frames) { () throws(ImageError) in
                    let reader = try ImageReader(MemoryByteSource(bytes))
                    _ = reader.reduce(by: scale)
                    if frames == 1 {
                        try reader.readFrame(into: &pixels)
                    } else {
                        while try reader.nextFrame() != nil { try reader.readFrame(into: &pixels) }
                    }
                }
            }
        }
    }

    struct Encode: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "encode", abstract: "A picture in memory to a file's bytes.")

        @Argument var input: String

        @Option(help: "The format to write.")
        var format: OutputFormat

        @Option(name: [.short, .long], help: "Quality of a JPEG, 1 to 100.")
        var quality: Int?

        @Option(help: "How hard a PNG is compressed, 0 to 9.")
        var effort: Int?

        @Flag(help: "Write a JPEG with the standard Huffman tables.")
        var noOptimize = false

        @Flag(help: "Write a progressive JPEG.")
        var progressive = false

        @Flag(help: "Write a JPEG with arithmetic codes.")
        var arithmetic = false

        @Option(help: "The most bytes that a JPEG may have, for example 30k.")
        var maxBytes: ByteCount?

        @OptionGroup var common: Common

        func validate() throws {
            if let quality, !(1...100).contains(quality) { throw ValidationError("The quality must be 1 to 100.") }
            if let effort, !(0...9).contains(effort) { throw ValidationError("--effort must be 0 to 9.") }
        }

        func run() throws {
            try common.run("encode", input) { bytes, info throws(ImageError) in
                let encoding = try encoding(for: info)
                // The encoder's own pixel format: converting is not what is measured.
                let image = try Image(decoding: bytes).converted(for: encoding)
                return Measurement.Work(pixels: image.size.width * image.size.height) { () throws(ImageError) in
                    try encoding.write(AnyRowSource(image.rows), to: MemoryByteSink())
                }
            }
        }

        private func encoding(for info: ImageInfo) throws(ImageError) -> Encoding {
            switch try Encoding(pathExtension: format.pathExtension, for: info.pixelFormat) {
            case .jpeg:
                return .jpeg(
                    JPEGEncoder.Options(
                        quality: quality, progressive: progressive, optimizeHuffman: !noOptimize,
                        arithmetic: arithmetic, maximumBytes: maxBytes?.bytes))
            case .png(var options):
                if let effort { options.effort = effort }
                options.threads = common.threads
                return .png(options)
            case .gif(var options):
                options.threads = common.threads
                return .gif(options)
            case .netpbm(let variant): return .netpbm(variant)
            }
        }
    }

    struct Resize: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "resize", abstract: "A picture in memory to another size.")

        @Argument var input: String

        @Option(name: [.short, .long], help: "256x256, 800x (width), x600 (height), 256 (a square box) or 50%.")
        var size: TargetSize

        @OptionGroup var scaling: ScalingOptions
        @OptionGroup var common: Common

        func run() throws {
            var thumbnail = Thumbnail(size)
            scaling.apply(to: &thumbnail)
            let resize = thumbnail
            try common.run("resize", input) { bytes, _ throws(ImageError) in
                let image = try Image(decoding: bytes)
                return Measurement.Work(pixels: image.size.width * image.size.height) { () throws(ImageError) in
                    _ = try resize.image(of: image)
                }
            }
        }
    }

    struct Thumb: ParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "thumbnail", abstract: "A file's bytes to a thumbnail's bytes.")

        @Argument var input: String

        @Option(name: [.short, .long], help: "256x256, 800x (width), x600 (height), 256 (a square box) or 50%.")
        var size: TargetSize

        @OptionGroup var common: Common

        func run() throws {
            try common.run("thumbnail", input) { bytes, info throws(ImageError) in
                Measurement.Work(pixels: info.size.width * info.size.height) { () throws(ImageError) in
                    var thumbnail = Thumbnail(size)
                    thumbnail.reduction = .twice
                    _ = try thumbnail.make(from: bytes)
                }
            }
        }
    }
}

extension Image {
    fileprivate func converted(for encoding: Encoding) throws(ImageError) -> Image {
        let target = encoding.pixelFormat(for: pixelFormat)
        if target == pixelFormat { return self }
        var rows = try PixelConversion(AnyRowSource(rows), to: target, alpha: .flatten(.white))
        return try Image(collecting: &rows)
    }
}
