import ArgumentParser
import SystemPackage
import Tintype
import TintypeStore

struct StoreCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "store", abstract: "Keep images that belong to records.",
        subcommands: [Save.self, Get.self, List.self, Export.self, Delete.self, Check.self, GC.self, Compact.self])

    /// Which store, and how to speak of it.
    struct Place: ParsableArguments {
        @Option(name: .customLong("store"), help: "The folder of the store.")
        var root = "./imgstore"

        @Option(help: "Seconds to wait for others who change the store.")
        var wait = 10.0

        @OptionGroup var reporting: ReportingOptions

        func validate() throws {
            if !(0...86_400).contains(wait) { throw ArgumentParser.ValidationError("--wait takes 0 to 86400 seconds.") }
        }

        var store: ModelStore {
            let quiet = reporting.quiet
            let records = FileRecords(root: FilePath(root), patience: .seconds(wait)) { torn in
                if quiet { return }
                Console.say(
                    "imgtool: \(torn.file): warning: an unfinished change at byte \(torn.offset) (\(torn.bytes) bytes) is dropped"
                )
            }
            return ModelStore(root: FilePath(root), records: records)
        }

        /// Does something that is not about a file, and reports on it.
        func report(on subject: String, _ work: (inout Report) async throws -> Void) async throws {
            let batch = Batch(reporting, .payload, count: 1)
            batch.take(await Report(storing: subject, work), 0)
            try batch.end()
        }
    }

    /// What commands on records take.
    struct Common: ParsableArguments {
        @OptionGroup var place: Place

        @Option(help: "The kind of record, for example Photo.")
        var model: String

        var reporting: ReportingOptions { place.reporting }

        func collection() throws(StoreError) -> ModelCollection<DynamicRecord> {
            try place.store.collection(named: model)
        }
    }

    struct Get: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "get", abstract: "Show a record.")

        @OptionGroup var common: Common
        @Argument var id: Int

        func run() async throws {
            try await common.place.report(on: "\(id)") { report in
                let record = try await common.collection().get(id: id)
                report.bare = record.facts
                let lines = record.values.sorted { $0.key < $1.key }.map { "\($0.key): \($0.value.text)" }
                report.line = (["id: \(id)"] + lines).joined(separator: "\n")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "Show all records, one a line.")

        @OptionGroup var common: Common

        func run() async throws {
            var records: [DynamicRecord] = []
            let failure = await Report(storing: common.model) { _ in records = try await common.collection().all() }
            let batch = Batch(common.reporting, .payload, count: failure.error == nil ? records.count : 1)
            if failure.error != nil { batch.take(failure, 0) }
            for (index, record) in records.enumerated() {
                var report = Report(common.model)
                report.bare = record.facts
                report.line = record.summary
                batch.take(report, index)
            }
            try batch.end()
        }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Remove a record and the files of its images.")

        @OptionGroup var common: Common
        @Argument var id: Int

        func run() async throws {
            try await common.place.report(on: "\(id)") { report in
                try await common.collection().delete(id: id)
                report.bare = [("ok", .bool(true)), ("id", .int(id))]
            }
        }
    }
}

extension DynamicRecord {
    /// The record for `--json`: its id, and then its values by their keys.
    var facts: [(String, JSON)] {
        [("ok", .bool(true)), ("id", .optional(id))] + values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) }
    }

    /// The record on one line for a person.
    fileprivate var summary: String {
        let parts = values.sorted { $0.key < $1.key }.map { key, value in
            self[image: key]?.stored.map { "\($0.name) \($0.size) \(readable(bytes: $0.bytes))" }
                ?? "\(key)=\(value.text)"
        }
        return (["\(id ?? 0)"] + parts).joined(separator: "  ")
    }
}

extension JSONValue {
    fileprivate var json: JSON {
        switch self {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .int(value)
        case .number(let value): .double(value)
        case .string(let value): .string(value)
        case .array(let values): .array(values.map(\.json))
        case .object(let values): .object(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.json) })
        }
    }

    /// For a person.
    fileprivate var text: String {
        if case .string(let text) = self { text } else { json.text }
    }
}
