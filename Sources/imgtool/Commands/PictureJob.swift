import ArgumentParser
import SystemPackage
import Tintype

/// Pictures in, pictures out: what `thumbnail`, `resize` and `convert` have in common.
struct PictureJob: Sendable {
    private(set) var thumbnail: Thumbnail
    let writing: WritingOptions
    let reporting: ReportingOptions
    let inputs: [Input]
    let outputs: Outputs
    /// Whether every frame becomes a picture of its own.
    var separatesFrames = false {
        didSet { if separatesFrames { thumbnail.animates = false } }
    }

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
        // Who asks for PNG by name, or for animated PNG, gets all frames of an animation.
        let isNamed = writing.format == .png || writing.format == .apng
        if isNamed || template.fixedExtension?.lowercased() == "apng" { self.thumbnail.animates = true }
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
        let (encoding, name) = try writing.encoding(
            for: info, extension: template.fixedExtension, input: input, limits: thumbnail.options.limits)
        let size = try thumbnail.size(for: info)
        return (template.path(for: input, extension: name, size: size, frame: frame), encoding)
    }

    private func make(_ input: Input, _ report: inout Report) throws(ImageError) {
        let (reader, info) = try open(input)
        guard separatesFrames else {
            var number = 0
            if case .index(let index) = thumbnail.frame { number = index }
            try make(reader, info, input, &report, frame: number)
            if thumbnail.options.strict, thumbnail.frame != nil { try reader.finish() }
            return
        }
        var count = 0
        while let frame = try reader.nextFrame() {
            try make(reader, info, input, &report, frame: frame.index)
            count += 1
        }
        if thumbnail.options.strict { try reader.finish() }
        report.facts.append(("frames", .int(count)))
        report.line = "\(outputs.template.argument): \(count) \(count == 1 ? "frame" : "frames")"
    }

    /// The reader, and what the header says, with the number of frames where that matters: then a GIF is walked first.
    private func open(_ input: Input) throws(ImageError) -> (reader: ImageReader, info: ImageInfo) {
        let formatIsOpen = writing.format == nil && outputs.template.fixedExtension == nil && thumbnail.frame == nil
        let countMatters = !separatesFrames && (formatIsOpen || thumbnail.maximumFrames != nil)
        // Standard input cannot be read twice.
        let bytes = countMatters && input.isStandardInput ? try input.bytes() : nil
        func source() throws(ImageError) -> any ByteSource {
            if let bytes { return MemoryByteSource(bytes) }
            return try input.source()
        }
        let reader = try ImageReader(source(), options: thumbnail.options)
        var info = reader.info
        if countMatters, info.frameCount == nil {
            info.frameCount = try ImageReader.inspect(source(), options: thumbnail.options).info.frameCount
        }
        return (reader, info)
    }

    private func make(
        _ reader: ImageReader, _ info: ImageInfo, _ input: Input, _ report: inout Report, frame: Int
    ) throws(ImageError) {
        let (path, encoding) = try plan(input, info, frame: frame)
        let output = try outputs.open(path)
        let made = try thumbnail.write(reader, to: output.sink, as: encoding, frameCount: info.frameCount)
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
