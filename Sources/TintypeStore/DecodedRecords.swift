import FoundationEssentials
import Synchronization

/// From a storage's JSON to values of the model's type and back. What was decoded is kept, so that reading it again costs next to nothing.
final class DecodedRecords<Record: Model>: Sendable {
    private let model: String
    private let known = Mutex<[Int: (json: [UInt8], record: Record)]>([:])

    init(model: String) {
        self.model = model
    }

    /// Throws `undecodable`.
    func record(_ raw: RawRecord) throws(StoreError) -> Record {
        if let (json, record) = known.withLock({ $0[raw.id] }), json == raw.json { return record }
        do {
            let record = try JSONDecoder().decode(Record.self, from: Data(raw.json))
            guard record.id == raw.id else {
                throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "the id is another"))
            }
            known.withLock { $0[raw.id] = (raw.json, record) }
            return record
        } catch {
            throw .undecodable(model: model, id: raw.id, reason: Self.reason(error))
        }
    }

    func records(_ raw: [RawRecord]) throws(StoreError) -> [Record] {
        // Many were deleted.
        known.withLock { if $0.count > raw.count { $0.removeAll() } }
        var records: [Record] = []
        records.reserveCapacity(raw.count)
        for record in raw { records.append(try self.record(record)) }
        return records
    }

    /// Throws `unencodable`.
    func json(_ record: Record, id: Int) throws(StoreError) -> [UInt8] {
        do {
            let encoder = JSONEncoder()
            // Sorted, so that a record that did not change is written as it was.
            encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
            let json = [UInt8](try encoder.encode(record))
            var scanner = JSONScanner(json)
            guard try scanner.record().id == id else { throw scanner.failure("the id is another") }
            return json
        } catch {
            throw .unencodable(model: model, reason: Self.reason(error))
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case DecodingError.keyNotFound(let key, let context): "\(place(context.codingPath)) lacks \(key.stringValue)"
        case DecodingError.typeMismatch(_, let context), DecodingError.valueNotFound(_, let context),
            DecodingError.dataCorrupted(let context):
            "\(place(context.codingPath)): \(context.debugDescription)"
        case EncodingError.invalidValue(_, let context):
            "\(place(context.codingPath)): \(context.debugDescription)"
        case let failure as JSONScanner.Failure: failure.reason
        default: "\(error)"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty
            ? "the record" : path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}
