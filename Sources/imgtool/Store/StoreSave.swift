import ArgumentParser
import SystemPackage
import Tintype
import TintypeStore

extension StoreCommand {
    struct Save: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "save", abstract: "Save images, each into a record of its own, and print the records' ids.")

        @Argument(help: "JPEG, PNG or GIF files.")
        var files: [String]

        @OptionGroup var common: Common

        @Option(help: "Replace the image of this record.")
        var id: Int?

        @Option(help: "The record's key for the image.")
        var field = "image"

        @Option(help: "The folder for the file below the store's, with parts of the date: 'photos/%Y/%m'.")
        var uploadTo = ""

        @Option(help: "Save a JPEG of at most this size instead, for example 800x600.")
        var thumbnail: TargetSize?

        @Option(name: [.short, .long], help: "Quality of that JPEG, 1 to 100.")
        var quality = 85

        @Option(name: .customLong("set"), help: "A further value of the record, as key=value.")
        var values: [String] = []

        func validate() throws {
            if !(1...100).contains(quality) { throw ArgumentParser.ValidationError("The quality must be 1 to 100.") }
            if id != nil, files.count > 1 { throw ArgumentParser.ValidationError("One record takes one file.") }
            if field.isEmpty || Self.reserved.contains(field) {
                throw ArgumentParser.ValidationError("An image cannot be called '\(field)'.")
            }
            for value in values {
                guard let key = Self.pair(value)?.key, !key.isEmpty, key != field, !Self.reserved.contains(key) else {
                    throw ArgumentParser.ValidationError("'\(value)' is not a key=value that a record can take.")
                }
            }
        }

        /// The keys that `--json` has for itself.
        private static let reserved = ["id", "ok", "input"]

        private static func pair(_ text: String) -> (key: String, value: String)? {
            guard let equals = text.firstIndex(of: "=") else { return nil }
            return (String(text[..<equals]), String(text[text.index(after: equals)...]))
        }

        func run() async throws {
            let store = common.place.store
            let batch = Batch(common.reporting, .payload, count: files.count)
            for (index, file) in files.enumerated() {
                let report = await Report(storing: file) { report in
                    let record = try await save(Input(name: file), in: store)
                    report.line = "\(record.id ?? 0)"
                    report.bare = [("ok", .bool(true)), ("input", .string(file))] + record.facts.dropFirst()
                }
                batch.take(report, index)
            }
            try batch.end()
        }

        private func save(_ input: Input, in store: ModelStore) async throws -> DynamicRecord {
            let collection = try store.collection(named: common.model, uploadTo: .dated(uploadTo), saving: saving)
            let bytes = try input.bytes()
            // The store says what it does not take.
            let name =
                input.isStandardInput
                ? "image.\(ImageFormat(signature: bytes)?.rawValue ?? "")" : input.path.lastComponent?.string ?? ""
            let image = ImageField.pending(ContentFile(named: name, bytes: bytes))
            let (field, pairs) = (field, values.compactMap(Self.pair))
            let change: @Sendable (inout DynamicRecord) -> Void = { record in
                for (key, value) in pairs { record.values[key] = .string(value) }
                record[image: field] = image
            }
            if let id { return try await collection.update(id: id, change) }
            var record = DynamicRecord()
            change(&record)
            return try await collection.create(record)
        }

        private var saving: Thumbnail? {
            guard let thumbnail else { return nil }
            var small = Thumbnail(thumbnail)
            small.reduction = .twice
            small.encoding = .jpeg(quality: quality)
            return small
        }
    }
}
