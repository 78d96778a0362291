import ArgumentParser
import SystemPackage
import Tintype

struct VerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify", abstract: "Decode every frame of pictures and say whether they are whole.",
        discussion: "Bytes after the end, or an extension of another format, are told but are no failure.")

    @Argument(help: "Pictures, or - for standard input.")
    var inputs: [String]

    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var parallel: ParallelOptions
    @OptionGroup var reporting: ReportingOptions

    func run() throws {
        let options = decoding.decodeOptions
        try Batch.run(
            inputs.map(Input.init), jobs: parallel.jobCount, reporting: reporting, channel: .payload
        ) { input in
            Report(input) { report throws(ImageError) in
                let found = try Verification(input.source(), options: options)
                report.describe(found, of: input)
                if let damage = found.damage { throw damage }
            }
        }
    }
}

extension Report {
    fileprivate mutating func describe(_ found: Verification, of input: Input) {
        facts = [
            ("format", .optional(found.info?.format.rawValue)), ("width", .optional(found.info?.size.width)),
            ("height", .optional(found.info?.size.height)), ("frames", .int(found.frames)),
        ]
        var problems = found.warnings.map { ($0.description, $0.json) }
        if let format = found.info?.format, let name = input.path.extension, !format.usesExtension(name) {
            let reason = "the extension '\(name)' is not one of \(format.name)"
            problems.append((reason, .object([("kind", .string("extension")), ("reason", .string(reason))])))
        }
        facts.append(("problems", .array(problems.map(\.1))))
        // The damage itself is told as the input's error.
        if found.damage == nil {
            let notes = problems.isEmpty ? "" : " (" + problems.map(\.0).joined(separator: "; ") + ")"
            line = "\(input.name): intact\(notes)"
        }
    }
}

extension ImageFormat {
    /// Whether files of this format are named so. Extensions that no format here uses are let pass.
    fileprivate func usesExtension(_ name: String) -> Bool {
        let names: [ImageFormat: [String]] = [
            .jpeg: ["jpg", "jpeg", "jpe", "jfif", "mpo"], .png: ["png", "apng"], .gif: ["gif"],
            .netpbm: ["pnm", "pgm", "ppm", "pam"],
        ]
        let name = name.lowercased()
        let owner = names.first { $0.value.contains(name) }?.key
        return owner == nil || owner == self
    }
}
