import ArgumentParser
import Tintype

/// Several pictures in, one animation out.
struct JoiningJob: Sendable {
    let thumbnail: Thumbnail
    let writing: WritingOptions
    let reporting: ReportingOptions
    let inputs: [Input]
    let outputs: Outputs
    let delay: Int?
    let loop: Int

    init(
        thumbnail: Thumbnail, writing: WritingOptions, reporting: ReportingOptions, inputs: [Input], output: String,
        delay: Int?, loop: Int
    ) throws {
        self.thumbnail = thumbnail
        self.writing = writing
        self.reporting = reporting
        self.inputs = inputs
        self.delay = delay
        self.loop = loop
        let template = try OutputTemplate(output)
        if template.isStandardOutput, writing.format == nil {
            throw ValidationError("Standard output has no extension: say which --format.")
        }
        // To the rules of names this is one job, that of its first input.
        outputs = try Outputs(template, for: Array(inputs.prefix(1)))
    }

    func run() throws {
        try Batch.run(
            Array(inputs.prefix(1)), reporting: reporting, channel: .message,
            outputIsTaken: outputs.template.isStandardOutput
        ) { input in
            Report(input) { report throws(ImageError) in try make(input, &report) }
        }
    }

    private func make(_ first: Input, _ report: inout Report) throws(ImageError) {
        var readers = [try ImageReader(first.source(), options: thumbnail.options)]
        var info = readers[0].info
        // Asked for nothing else, an animation is a GIF.
        info.frameCount = 2
        let template = outputs.template
        let (encoding, name) = try writing.encoding(
            for: info, extension: template.fixedExtension, input: first, limits: thumbnail.options.limits)
        let path = template.path(for: first, extension: name, size: try thumbnail.size(for: info))
        let output = try outputs.open(path)
        let counter = CountingByteSink(output.sink)
        var joiner = AnimationJoiner(
            counter, as: encoding, preparing: thumbnail, delayMilliseconds: delay, loopCount: loop)
        for (index, input) in inputs.enumerated() {
            do throws(ImageError) {
                let reader =
                    try index == 0 ? readers.removeFirst() : ImageReader(input.source(), options: thumbnail.options)
                try joiner.add(reader)
                report.warnings += reader.warnings
            } catch {
                // The report is the first one's.
                var named = error
                if index > 0 { named.reason = "\(input.name): \(error.reason)" }
                throw named
            }
        }
        try joiner.finish()
        try output.finish()
        let size = joiner.size ?? Size(0, 0)
        report.line = "\(path): \(joiner.frameCount) frames of \(size), \(readable(bytes: counter.count))"
        report.facts = [
            ("output", .string(path.string)), ("width", .int(size.width)), ("height", .int(size.height)),
            ("bytes", .int(counter.count)), ("format", .string(encoding.format.rawValue)),
            ("frames", .int(joiner.frameCount)), ("warnings", .array(report.warnings.map(\.json))),
        ]
    }
}
