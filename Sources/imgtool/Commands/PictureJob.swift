import ArgumentParser
import SystemPackage
import Tintype

/// Pictures in, pictures out: what `thumbnail`, `resize` and `convert` have in common.
struct PictureJob: Sendable {
    /// Which pictures of a file are made.
    enum Frames: Sendable {
        case still, all
        case one(Int)
    }

    let thumbnail: Thumbnail
    let writing: WritingOptions
    let reporting: ReportingOptions
    let inputs: [Input]
    let outputs: Outputs
    var frames = Frames.still

    init(
        thumbnail: Thumbnail, writing: WritingOptions, reporting: ReportingOptions, inputs: [Input], output: String
    ) throws {
        self.thumbnail = thumbnail
        self.writing = writing
        self.reporting = reporting
        self.inputs = inputs
        let template = try OutputTemplate(output)
        if template.isStandardOutput, writing.format == nil {
            throw ValidationError("Standard output has no extension: say which --format.")
        }
        outputs = try Outputs(template, for: inputs)
    }

    func run(jobs: Int) throws {
        try outputs.refuseCollisions(inputs) { input in
            guard let source = try? input.source(),
                let (info, _) = try? ImageReader.inspect(source, options: thumbnail.options)
            else { return nil }
            return try? plan(input, info).path
        }
        try Batch.run(
            inputs, jobs: jobs, reporting: reporting, channel: .message,
            outputIsTaken: outputs.template.isStandardOutput
        ) { input in
            Report(input) { report throws(ImageError) in try make(input, &report) }
        }
    }

    private func plan(
        _ input: Input, _ info: ImageInfo, frame: Int = 0
    ) throws(ImageError) -> (path: FilePath, encoding: Encoding) {
        let template = outputs.template
        let (encoding, name) = try writing.encoding(for: info, extension: template.fixedExtension, input: input)
        let size = try thumbnail.size(for: info)
        return (template.path(for: input, extension: name, size: size, frame: frame), encoding)
    }

    private func make(_ input: Input, _ report: inout Report) throws(ImageError) {
        let reader = try ImageReader(input.source(), options: thumbnail.options)
        switch frames {
        case .still:
            try make(reader, input, &report, frame: 0)
        case .one(let index):
            for frame in 0...index where try reader.nextFrame() == nil {
                throw ImageError(.misuse, "there is no frame \(index), the file has \(frame)")
            }
            try make(reader, input, &report, frame: index)
            if thumbnail.options.strict { try reader.finish() }
        case .all:
            var count = 0
            while let frame = try reader.nextFrame() {
                try make(reader, input, &report, frame: frame.index)
                count += 1
            }
            if thumbnail.options.strict { try reader.finish() }
            report.facts.append(("frames", .int(count)))
            report.line = "\(outputs.template.argument): \(count) \(count == 1 ? "frame" : "frames")"
        }
    }

    private func make(_ reader: ImageReader, _ input: Input, _ report: inout Report, frame: Int) throws(ImageError) {
        let (path, encoding) = try plan(input, reader.info, frame: frame)
        let output = try outputs.open(path)
        let made = try thumbnail.write(reader, to: output.sink, as: encoding)
        try output.finish()
        let name = outputs.template.isStandardOutput ? OutputTemplate.standardOutput : path.string
        report.warnings = made.warnings
        report.line = "\(name): \(made.size), \(readable(bytes: made.bytes))"
        report.facts = [
            ("output", .string(name)), ("width", .int(made.size.width)), ("height", .int(made.size.height)),
            ("bytes", .int(made.bytes)), ("format", .string(made.format.rawValue)),
            ("warnings", .array(made.warnings.map(\.json))),
        ]
    }
}
