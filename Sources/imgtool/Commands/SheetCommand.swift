import ArgumentParser
import Synchronization
import SystemPackage
import Tintype

struct SheetCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "sheet", abstract: "Make a contact sheet: one picture of many.",
        discussion: """
            Each picture lies whole in a cell of the size told, in the order of the inputs. One that cannot be read is \
            left out.
            """)

    @Argument(help: "Pictures, or - for standard input.")
    var inputs: [String]

    @Option(name: [.short, .long], help: "The sheet: a file, or - for standard output.")
    var output: String

    @Option(name: [.short, .long], help: "Of a cell: 160x120, or 160 for a square.")
    var size = TargetSize.box(Size(160, 160))

    @Option(help: "Cells a row. By default as many as make the sheet about square.")
    var columns: Int?

    @Option(help: "Pixels between the cells and around them.")
    var gap = 8

    @Flag(help: "Leave the pictures as they are stored.")
    var noOrient = false

    @OptionGroup var writing: WritingOptions
    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var parallel: ParallelOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if let columns, columns < 1 { throw ValidationError("--columns must be at least 1.") }
        if !(0...10_000).contains(gap) { throw ValidationError("--gap must be 0 to 10000.") }
        guard case .box(let cell) = size, cell.width > 0, cell.height > 0 else {
            throw ValidationError("The size of a cell is told as 160x120 or 160.")
        }
    }

    func run() throws {
        let inputs = inputs.map(Input.init)
        let outputs = try outputs()
        let cells = Mutex([Image?](repeating: nil, count: inputs.count))
        var failure: (any Error)?
        do {
            try Batch.run(
                inputs, jobs: parallel.jobCount, reporting: reporting, channel: .message,
                outputIsTaken: outputs.template.isStandardOutput
            ) { index, input in
                Report(input) { report throws(ImageError) in
                    let (cell, warnings) = try cell(of: input)
                    report.warnings = warnings
                    cells.withLock { $0[index] = cell }
                }
            }
        } catch {
            failure = error
        }
        let made = cells.withLock { $0 }.compactMap { $0 }
        if !made.isEmpty { try write(made, outputs) }
        if let failure { throw failure }
    }

    private func outputs() throws -> Outputs {
        let template = try OutputTemplate(output)
        if !template.isPlainName { throw ValidationError("The output of 'sheet' is one file.") }
        if template.isStandardOutput, writing.format == nil {
            throw ValidationError("Standard output has no extension: say which --format.")
        }
        return try Outputs(template, for: [])
    }

    private func cell(of input: Input) throws(ImageError) -> (Image, [DecodeWarning]) {
        var thumbnail = Thumbnail(size)
        thumbnail.orient = !noOrient
        thumbnail.reduction = .twice
        thumbnail.options = decoding.decodeOptions
        writing.apply(to: &thumbnail)
        let reader = try ImageReader(input.source(), options: thumbnail.options)
        let cell = try ContactSheet.cell(of: reader, background: writing.background, by: thumbnail)
        return (cell, reader.warnings)
    }

    private func write(_ cells: [Image], _ outputs: Outputs) throws {
        do throws(ImageError) {
            let sheet = try ContactSheet(cells, columns: columns, gap: gap, background: writing.background)
            let (size, template) = (sheet.size, outputs.template)
            let info = ImageInfo(
                format: .netpbm, size: size, pixelFormat: .rgb8, bitDepth: 8, channels: 3, hasAlpha: false,
                details: .netpbm)
            let (encoding, _) = try writing.encoding(
                for: info, extension: template.fixedExtension, input: Input(name: output),
                limits: decoding.decodeOptions.limits)
            let file = try outputs.open(FilePath(output))
            try encoding.write(AnyRowSource(sheet), to: file.sink)
            try file.finish()
            if !reporting.quiet, !reporting.json, !template.isStandardOutput {
                Console.say("\(output): \(size), \(cells.count) \(cells.count == 1 ? "picture" : "pictures")")
            }
        } catch {
            Console.say("imgtool: \(output): \(error)")
            throw ExitCode(error.exitCode)
        }
    }
}
