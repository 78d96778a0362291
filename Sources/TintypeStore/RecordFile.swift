import FoundationEssentials
import SystemPackage
import Tintype
import TintypeCore

/// The records of one model, and the id that the next will get.
struct Table<Record: Model> {
    private(set) var nextID = 1
    private(set) var records: [Int: Record] = [:]

    /// By id.
    var ordered: [Record] { records.sorted { $0.key < $1.key }.map(\.value) }

    /// Adds a record, under a new id if it has none, or replaces the one with its id. Ids are not given out twice.
    mutating func put(_ record: Record) throws(StoreError) -> (new: Record, old: Record?) {
        var record = record
        let id = record.id ?? nextID
        // Other programs that read JSON know whole numbers up to this one.
        guard (1..<1 << 53).contains(id) else { throw .invalidID(id) }
        record.id = id
        nextID = max(nextID, id + 1)
        return (record, records.updateValue(record, forKey: id))
    }

    mutating func remove(_ id: Int) -> Record? {
        records.removeValue(forKey: id)
    }
}

extension Table: Codable {
    private enum CodingKeys: CodingKey {
        case nextID, records
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func damaged(_ reason: String) -> DecodingError {
            .dataCorrupted(.init(codingPath: container.codingPath, debugDescription: reason))
        }
        nextID = try container.decode(Int.self, forKey: .nextID)
        for record in try container.decode([Record].self, forKey: .records) {
            guard let id = record.id, id > 0, id < nextID else { throw damaged("a record has no id below nextID") }
            guard records.updateValue(record, forKey: id) == nil else { throw damaged("two records have the id \(id)") }
        }
    }

    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(nextID, forKey: .nextID)
        try container.encode(ordered, forKey: .records)
    }
}

/// The file that holds a model's records: `ROOT/models/{model}.json`, replaced as a whole by every save.
struct RecordFile: Sendable {
    let root: FilePath
    let model: String

    private var name: FilePath { FilePath("\(model).json") }
    private var path: String { "models/\(name)" }
    static let version = 1

    /// Tells one state of the file from another, without reading it. Nil: there is no file.
    func state() throws(StoreError) -> FileState? {
        try naming(path) { () throws(ImageError) in
            try Folder(ifThere: root)?.folder("models")?.status(of: name).map { FileState($0) }
        }
    }

    /// Runs `body` while no other process, and no one else in this one, changes any model of the store.
    func locked<Result>(_ body: () throws(StoreError) -> Result) throws(StoreError) -> Result {
        let lock = try naming(".lock") { () throws(ImageError) in try Folder(making: root).lock(".lock") }
        defer { try? lock.close() }
        return try body()
    }

    /// What the file says besides its records.
    private struct Header: Codable {
        var model: String
        var version: Int
    }

    func load<Record: Model>(_: Record.Type) throws(StoreError) -> Table<Record> {
        let bytes = try naming(path) { () throws(ImageError) -> [UInt8]? in
            guard let folder = try Folder(ifThere: root)?.folder("models"), try folder.status(of: name) != nil else {
                return nil
            }
            return try FileByteSource(folder.open(name)).readAll()
        }
        guard let bytes else { return Table() }
        let header: Header
        let table: Table<Record>
        do {
            let data = Data(bytes)
            header = try JSONDecoder().decode(Header.self, from: data)
            if header.version > Self.version { throw StoreError.newerVersion(file: path, version: header.version) }
            table = try JSONDecoder().decode(Table<Record>.self, from: data)
        } catch let error as StoreError {
            guard case .newerVersion = error else { throw .damaged(file: path, reason: error.description) }
            throw error
        } catch {
            throw .damaged(file: path, reason: Self.reason(error))
        }
        guard header.model == model else { throw .damaged(file: path, reason: "it holds records of \(header.model)") }
        return table
    }

    func save<Record: Model>(_ table: Table<Record>) throws(StoreError) {
        let bytes = try encode(table)
        try naming(path) { () throws(ImageError) in
            let folder = try Folder(making: root).makeFolder("models")
            let file = try AtomicFile(
                in: folder, name: name, overwrite: true, durable: true, permissions: FilePermissions(rawValue: 0o644))
            try file.write(bytes.span)
            try file.commit()
        }
    }

    private func encode<Record: Model>(_ table: Table<Record>) throws(StoreError) -> [UInt8] {
        do {
            let header = Header(model: model, version: Self.version)
            return [UInt8](try JSONEncoder.readable.encode(Document(header: header, table: table)))
        } catch {
            throw .unencodable(model: model, reason: Self.reason(error))
        }
    }

    /// Header and table in one object.
    private struct Document<Record: Model>: Encodable {
        var header: Header
        var table: Table<Record>

        func encode(to encoder: any Encoder) throws {
            try header.encode(to: encoder)
            try table.encode(to: encoder)
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
        default: "\(error)"
        }
    }

    private static func place(_ path: [any CodingKey]) -> String {
        path.isEmpty ? "the file" : path.map { $0.intValue.map { "[\($0)]" } ?? $0.stringValue }.joined(separator: ".")
    }
}

extension JSONEncoder {
    /// One property a line, sorted, so that a person and a version control system can read it.
    static var readable: JSONEncoder {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return encoder
    }
}
