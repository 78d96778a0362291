/// The records of one model in memory, each still in JSON.
struct RecordTable: Sendable {
    /// Other programs that read JSON know whole numbers up to this one.
    static let ids = 1..<1 << 53

    private(set) var nextID = 1
    private var records: [Int: [UInt8]] = [:]
    /// The ids in order; nil where that is to be found out.
    private var order: [Int]? = []

    var count: Int { records.count }

    func record(_ id: Int) -> RawRecord? { records[id].map { RawRecord(id: id, json: $0) } }

    /// In the order of ids.
    var all: [RawRecord] {
        (order ?? records.keys.sorted()).compactMap { record($0) }
    }

    /// Finds the order out where changes left it open, so that the next reader does not have to.
    mutating func sort() {
        if order == nil { order = records.keys.sorted() }
    }

    mutating func apply(_ change: RecordChange) {
        switch change {
        case .put(let record, _): put(record)
        case .delete(let id, _):
            if records.removeValue(forKey: id) != nil { order = nil }
            nextID = max(nextID, id + 1)
        }
    }

    private mutating func put(_ record: RawRecord) {
        if records.updateValue(record.json, forKey: record.id) == nil {
            if order?.last ?? 0 < record.id { order?.append(record.id) } else { order = nil }
        }
        nextID = max(nextID, record.id + 1)
    }
}

// MARK: The snapshot: {"model","version","nextID","records":[…]}, one record a line

extension RecordTable {
    private static let version = 1

    /// Reads `models/{model}.json`. Throws `damaged` or `newerVersion`.
    init(snapshot bytes: [UInt8], of model: String, file: String) throws(StoreError) {
        self.init()
        do throws(JSONScanner.Failure) {
            try read(bytes, of: model)
        } catch {
            if let newer = error.newerVersion { throw .newerVersion(file: file, version: newer) }
            throw .damaged(file: file, bytes, error)
        }
    }

    private mutating func read(_ bytes: [UInt8], of model: String) throws(JSONScanner.Failure) {
        var scanner = JSONScanner(bytes)
        var version: Int?
        var next: Int?
        var hasRecords = false
        /// Where the records lie, if what comes after them has to be known first.
        var unread: JSONScanner?
        try scanner.object { name, scanner throws(JSONScanner.Failure) in
            switch scanner.text(name) {
            case "model":
                let start = scanner.position
                let name = try scanner.string()
                if scanner.text(name) != model {
                    throw scanner.failure("it holds records of \(scanner.text(name))", at: start)
                }
            case "version":
                version = try scanner.integer()
                if let version, version > Self.version {
                    throw JSONScanner.Failure(offset: 0, reason: "", newerVersion: version)
                }
            case "nextID": next = try scanner.integer()
            case "records":
                hasRecords = true
                if version != nil { return try readRecords(&scanner) }
                unread = scanner
                try scanner.skip()
            default: try scanner.skip()
            }
        }
        try scanner.finish()
        guard version != nil, hasRecords else { throw scanner.failure("the version or the records are missing") }
        if var unread { try readRecords(&unread) }
        guard let next, (nextID...Self.ids.upperBound).contains(next) else {
            throw scanner.failure("nextID is missing, or not above all ids")
        }
        nextID = next
        sort()
    }

    private mutating func readRecords(_ scanner: inout JSONScanner) throws(JSONScanner.Failure) {
        _ = scanner.peek()
        let seal = Seal.isIntact(scanner.bytes, 0..<min(scanner.position + 1, scanner.bytes.count))
        if seal == false { throw scanner.failure("the checksum of the first line is wrong", at: 0) }
        try scanner.array { scanner throws(JSONScanner.Failure) in
            let (id, range) = try scanner.record()
            // All have one or none: whoever edits the file by hand takes them away.
            if Seal.isIntact(scanner.bytes, range) != seal {
                throw scanner.failure("the checksum of the record \(id) is missing or wrong", at: range.lowerBound)
            }
            let json = seal == nil ? Array(scanner.bytes[range]) : Seal.opened(scanner.bytes, range)
            if records[id] != nil { throw scanner.failure("two records have the id \(id)", at: range.lowerBound) }
            put(RawRecord(id: id, json: json))
        }
    }

    /// Writes the file, in pieces.
    func write<Failure>(model: String, to sink: (Span<UInt8>) throws(Failure) -> Void) throws(Failure) {
        let head = #"{"model":"\#(model)","version":\#(Self.version),"nextID":\#(nextID),"records":["#
        var piece = Seal.sealed(head.utf8)
        var separator = "\n"
        for record in all {
            piece += separator.utf8
            piece += Seal.sealed(record.json)
            separator = ",\n"
            if piece.count >= 1 << 20 {
                try sink(piece.span)
                piece.removeAll(keepingCapacity: true)
            }
        }
        piece += "\n]}\n".utf8
        try sink(piece.span)
    }
}

// MARK: The journal: {"put":{…}} or {"delete":id} a line

extension RecordTable {
    /// The lines of changes to be made all or none: every line but the last says that more belongs to it.
    static func journal(_ changes: [RecordChange]) -> [UInt8] {
        var lines: [UInt8] = []
        for (index, change) in changes.enumerated() {
            var line = Array((index < changes.count - 1 ? #"{"more":true,"# : "{").utf8)
            switch change {
            case .put(let record, _): line += #""put":"#.utf8 + record.json
            case .delete(let id, _): line += #""delete":\#(id)"#.utf8
            }
            line.append(UInt8(ascii: "}"))
            lines += Seal.sealed(line)
            lines.append(UInt8(ascii: "\n"))
        }
        return lines
    }

    /// Makes the changes of all lines that are there as a whole.
    ///
    /// - Returns: the bytes of those. What is left over was never committed: its writer is at it just now, or was stopped.
    mutating func replay(_ bytes: [UInt8], of model: String) throws(JSONScanner.Failure) -> Int {
        var whole = 0
        var start = 0
        var waiting: [RecordChange] = []
        while start < bytes.count, let end = bytes[start...].firstIndex(of: UInt8(ascii: "\n")) {
            let (change, hasMore) = try Self.change(bytes, start..<end, of: model)
            start = end + 1
            waiting.append(change)
            if hasMore { continue }
            for change in waiting { apply(change) }
            waiting.removeAll()
            whole = start
        }
        sort()
        return whole
    }

    private static func change(
        _ bytes: [UInt8], _ line: Range<Int>, of model: String
    ) throws(JSONScanner.Failure) -> (RecordChange, hasMore: Bool) {
        var scanner = JSONScanner(bytes, in: line)
        guard Seal.isIntact(bytes, line) == true else { throw scanner.failure("the checksum is missing or wrong") }
        var change: RecordChange?
        var hasMore = false
        try scanner.object { name, scanner throws(JSONScanner.Failure) in
            switch scanner.text(name) {
            case "put":
                let (id, range) = try scanner.record()
                change = .put(RawRecord(id: id, json: Array(bytes[range])), model: model)
            case "delete":
                let id = try scanner.integer()
                if !ids.contains(id) { throw scanner.failure("a record has the id \(id)") }
                change = .delete(id: id, model: model)
            case "more":
                hasMore = true
                try scanner.skip()
            default: try scanner.skip()
            }
        }
        try scanner.finish()
        guard let change else { throw scanner.failure("neither put nor delete", at: line.lowerBound) }
        return (change, hasMore)
    }
}
