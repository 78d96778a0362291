import ArgumentParser
import SystemPackage
import Tintype

/// How a JPEG is changed without loss.
struct LosslessOptions: ParsableArguments {
    enum Flip: String, ExpressibleByArgument, CaseIterable {
        case horizontal, vertical
    }

    @Flag(help: "Copy a JPEG without decoding its pixels.")
    var lossless = false

    @Option(help: "With --lossless: turn clockwise by 90, 180 or 270 degrees.")
    var rotate: Int?

    @Option(help: "With --lossless: mirror, after turning.")
    var flip: Flip?

    @Option(help: "With --lossless: the part to keep of the picture as turned, WxH+X+Y.")
    var crop: JPEGTransform.Crop?

    func validate() throws {
        if let rotate, ![0, 90, 180, 270].contains(rotate) {
            throw ValidationError("--rotate must be 90, 180 or 270.")
        }
        if !lossless, rotate != nil || flip != nil || crop != nil {
            throw ValidationError("--rotate, --flip and --crop need --lossless.")
        }
    }

    var orientation: Orientation {
        let turns: [Int: Orientation] = [90: .right, 180: .down, 270: .left]
        let mirror: Orientation =
            switch flip {
            case nil: .up
            case .horizontal: .upMirrored
            case .vertical: .downMirrored
            }
        return (rotate.flatMap { turns[$0] } ?? .up).followed(by: mirror)
    }
}

/// One JPEG into another, block by block.
struct LosslessJob: Sendable {
    private let transform: JPEGTransform
    private let decoding: DecodingOptions
    private let reporting: ReportingOptions
    private let input: Input
    private let outputs: Outputs

    init(
        lossless: LosslessOptions, orient: Bool, writing: WritingOptions, decoding: DecodingOptions,
        reporting: ReportingOptions, input: Input, output: String
    ) throws {
        transform = JPEGTransform(
            lossless.orientation, orients: orient, crop: lossless.crop, trims: !decoding.strict,
            progressive: writing.progressive ? true : nil, arithmetic: writing.arithmetic, metadata: writing.metadata)
        self.decoding = decoding
        self.reporting = reporting
        self.input = input
        let template = try OutputTemplate(output)
        if writing.maxBytes != nil {
            throw ValidationError("--max-bytes needs the pixels, which --lossless leaves alone.")
        }
        if let format = writing.format, format != .jpeg, format != .jpg {
            throw ValidationError("--lossless is from JPEG to JPEG.")
        }
        if let name = template.fixedExtension, writing.format == nil,
            try Encoding(pathExtension: name, for: .rgb8).format != .jpeg
        {
            throw ValidationError("--lossless is from JPEG to JPEG.")
        }
        outputs = try Outputs(template, for: [input])
    }

    func run() throws {
        try Batch.run(
            [input], jobs: 1, reporting: reporting, channel: .message,
            outputIsTaken: outputs.template.isStandardOutput
        ) { input in
            Report(input) { report throws(ImageError) in try make(&report) }
        }
    }

    private func make(_ report: inout Report) throws(ImageError) {
        let bytes = try input.bytes()
        let info = try ImageReader.inspect(MemoryByteSource(bytes), options: decoding.decodeOptions).info
        guard info.format == .jpeg else {
            throw ImageError(.misuse, "--lossless is for JPEG, and this is \(info.format.name)")
        }
        // The name may tell the size, which is known when the copy is.
        let copy = MemoryByteSink()
        let made = try transform.apply(
            to: MemoryByteSource(bytes), writingTo: copy, options: decoding.decodeOptions)
        let path = outputs.template.path(for: input, extension: "jpg", size: made.size)
        let output = try outputs.open(path)
        try output.sink.write(copy.bytes.span)
        try output.finish()
        let name = outputs.template.isStandardOutput ? OutputTemplate.standardOutput : path.string
        report.warnings = made.warnings
        report.line = "\(name): \(made.size), \(readable(bytes: copy.bytes.count))"
        if made.dropped != Size(0, 0) {
            report.line? += ", without \(made.dropped.width) columns and \(made.dropped.height) rows that fill no MCU"
        }
        report.facts = [
            ("output", .string(name)), ("width", .int(made.size.width)), ("height", .int(made.size.height)),
            ("bytes", .int(copy.bytes.count)), ("format", .string(ImageFormat.jpeg.rawValue)),
            ("droppedColumns", .int(made.dropped.width)), ("droppedRows", .int(made.dropped.height)),
            ("warnings", .array(made.warnings.map(\.json))),
        ]
    }
}
