import ArgumentParser
import Glibc
import SystemPackage
import Tintype
import TintypeStore

extension StoreCommand {
    struct Export: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "export", abstract: "Write a record's image to a file.")

        @OptionGroup var common: Common
        @Argument var id: Int

        @Option(help: "The record's key for the image.")
        var field = "image"

        @Option(name: [.short, .long], help: "Where to, or - for standard output.")
        var output: String

        func run() async throws {
            let isStandardOutput = output == OutputTemplate.standardOutput
            if isStandardOutput, isatty(STDOUT_FILENO) == 1 {
                throw ArgumentParser.ValidationError("A picture is not written to a terminal.")
            }
            let batch = Batch(common.reporting, .message, outputIsTaken: isStandardOutput, count: 1)
            let report = await Report(storing: "\(id)") { report in
                let collection = try common.collection()
                let record = try await collection.get(id: id)
                let bytes = try await collection.read(\.[image: field], of: record)
                if isStandardOutput {
                    try FileByteSink.standardOutput.write(bytes.span)
                } else {
                    let file = try AtomicFile(path: FilePath(output))
                    try file.write(bytes.span)
                    try file.commit()
                }
                report.line = "\(output): \(readable(bytes: bytes.count))"
                report.facts = [("id", .int(id)), ("output", .string(output)), ("bytes", .int(bytes.count))]
            }
            batch.take(report, 0)
            try batch.end()
        }
    }
}
