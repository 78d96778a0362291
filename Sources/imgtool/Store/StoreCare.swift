import ArgumentParser
import Tintype
import TintypeStore

extension StoreCommand {
    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check",
            abstract: "Look at every record and every image: what is missing, damaged or of no use.",
            discussion:
                "The exit code is 65 if an image or record is missing or damaged. Orphans, files that no record names, do no harm."
        )

        @OptionGroup var place: Place

        func run() async throws {
            var result: StoreReport?
            let failure = await Report(storing: place.root) { _ in result = try await place.store.check() }
            guard let found = result else { return try await place.report(on: place.root) { $0 = failure } }
            let batch = Batch(place.reporting, .payload, count: found.findings.count + 1)
            for (index, finding) in found.findings.enumerated() { batch.take(Report(finding), index) }
            let kinds = StoreReport.Finding.Kind.allCases
            let counts = kinds.map { kind in (kind, found.findings.count { $0.kind == kind }) }
            var summary = Report(place.root)
            summary.bare = [
                ("ok", .bool(found.isSound)), ("records", .int(found.records)), ("images", .int(found.images)),
            ]
            for (kind, count) in counts { summary.bare?.append((kind.rawValue, .int(count))) }
            let troubles = counts.filter { $0.1 > 0 }.map { "\($0.1) \($0.0.rawValue)" }
            summary.line =
                "\(found.records) records, \(found.images) images: "
                + (troubles.isEmpty ? "all is well" : troubles.joined(separator: ", "))
            batch.take(summary, found.findings.count)
            try batch.end()
            if !found.isSound { throw ExitCode(65) }
        }
    }

    struct GC: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "gc", abstract: "Remove files that no record names.")

        @OptionGroup var place: Place

        @Option(help: "Leave files alone that are younger than this: 90s, 15m, 1h, 2d.")
        var grace = Age(seconds: 3600)

        @Flag(help: "Tell what would be removed, and remove nothing.")
        var dryRun = false

        func run() async throws {
            var files: [StorageFile] = []
            let failure = await Report(storing: place.root) { _ in
                files = try await place.store.gc(grace: .seconds(grace.seconds), dryRun: dryRun)
            }
            if failure.error != nil { return try await place.report(on: place.root) { $0 = failure } }
            let batch = Batch(place.reporting, .payload, count: files.count)
            for (index, file) in files.enumerated() {
                var report = Report(file.path.description)
                report.bare = [
                    ("ok", .bool(true)), ("file", .string(file.path.description)), ("bytes", .int(file.bytes)),
                    ("removed", .bool(!dryRun)),
                ]
                report.line = "\(dryRun ? "would remove" : "removed") \(file.path) (\(readable(bytes: file.bytes)))"
                batch.take(report, index)
            }
            try batch.end()
        }
    }

    struct Compact: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "compact", abstract: "Rewrite the files of records without what is outdated.")

        @OptionGroup var place: Place

        func run() async throws {
            try await place.report(on: place.root) { report in
                try await place.store.compact()
                report.bare = [("ok", .bool(true))]
            }
        }
    }
}

extension Report {
    fileprivate init(_ finding: StoreReport.Finding) {
        self.init(finding.file)
        bare = [
            ("ok", .bool(finding.kind == .orphan)), ("finding", .string(finding.kind.rawValue)),
            ("file", .string(finding.file)), ("model", .optional(finding.model)), ("id", .optional(finding.id)),
            ("reason", .string(finding.reason)),
        ]
        let owner = finding.id.map { "\(finding.model ?? "") \($0): " } ?? ""
        line = "\(finding.kind.rawValue): \(owner)\(finding.file): \(finding.reason)"
    }
}

/// A length of time: `90s`, `15m`, `1h`, `2d`, or seconds alone.
struct Age: ExpressibleByArgument {
    var seconds: Int

    init(seconds: Int) {
        self.seconds = seconds
    }

    init?(argument: String) {
        let digits = argument.prefix { $0.isASCII && $0.isNumber }
        guard let count = Int(digits),
            let unit = ["": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400][argument.dropFirst(digits.count)]
        else { return nil }
        let (seconds, overflow) = count.multipliedReportingOverflow(by: unit)
        guard !overflow, seconds <= 1 << 40 else { return nil }
        self.seconds = seconds
    }

    var defaultValueDescription: String { "\(seconds / 3600)h" }
}
