/// Goes over JSON (RFC 8259) without making values of it: to find where the records of a large file lie.
struct JSONScanner {
    let bytes: [UInt8]
    private(set) var position: Int
    private let end: Int

    init(_ bytes: [UInt8], in range: Range<Int>? = nil) {
        self.bytes = bytes
        position = range?.lowerBound ?? 0
        end = range?.upperBound ?? bytes.count
    }

    /// What is not as it should be, and at which byte.
    struct Failure: Error {
        var offset: Int
        var reason: String
        /// The version of a file that this package is too old for.
        var newerVersion: Int?
    }

    /// Values nested deeper are refused, as `JSONDecoder` does it.
    private static let maximumDepth = 500

    func failure(_ reason: String, at offset: Int? = nil) -> Failure {
        Failure(offset: offset ?? position, reason: reason)
    }

    /// The next byte that is not white space, or 0 after the last.
    mutating func peek() -> UInt8 {
        while position < end {
            let byte = bytes[position]
            if byte != 0x20 && byte != 0x0A && byte != 0x0D && byte != 0x09 { return byte }
            position += 1
        }
        return 0
    }

    /// Takes a byte, which white space may precede.
    mutating func take(_ byte: UInt8) throws(Failure) {
        guard peek() == byte, position < end else {
            let found = position < end ? "a byte \(bytes[position])" : "the end"
            throw failure("'\(Character(Unicode.Scalar(byte)))' was expected, not \(found)")
        }
        position += 1
    }

    /// Nothing but white space may follow.
    mutating func finish() throws(Failure) {
        _ = peek()
        if position < end { throw failure("something follows the end of the JSON") }
    }

    /// Goes over a string.
    ///
    /// - Returns: where its content lies, between the quotation marks.
    mutating func string() throws(Failure) -> Range<Int> {
        try take(UInt8(ascii: "\""))
        let start = position
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "\""):
                position += 1
                return start..<position - 1
            case UInt8(ascii: "\\"): position += 2
            case 0..<0x20: throw failure("a control character in a string")
            default: position += 1
            }
        }
        throw failure("a string does not end", at: start)
    }

    mutating func integer() throws(Failure) -> Int {
        _ = peek()
        let start = position
        while position < end, bytes[position] == UInt8(ascii: "-") || (0x30...0x39).contains(bytes[position]) {
            position += 1
        }
        guard let value = Int(String(decoding: bytes[start..<position], as: UTF8.self)) else {
            throw failure("a whole number was expected", at: start)
        }
        return value
    }

    /// Calls `member` with each member's name; it has to go over the value.
    mutating func object(
        _ member: (_ name: Range<Int>, _ scanner: inout JSONScanner) throws(Failure) -> Void
    ) throws(Failure) {
        try take(UInt8(ascii: "{"))
        try list(until: UInt8(ascii: "}")) { scanner throws(Failure) in
            let name = try scanner.string()
            try scanner.take(UInt8(ascii: ":"))
            try member(name, &scanner)
        }
    }

    /// Calls `element` for each element, which it has to go over.
    mutating func array(_ element: (inout JSONScanner) throws(Failure) -> Void) throws(Failure) {
        try take(UInt8(ascii: "["))
        try list(until: UInt8(ascii: "]"), element)
    }

    private mutating func list(
        until close: UInt8, _ element: (inout JSONScanner) throws(Failure) -> Void
    ) throws(Failure) {
        if peek() != close {
            try element(&self)
            while peek() == UInt8(ascii: ",") {
                position += 1
                try element(&self)
            }
        }
        try take(close)
    }

    /// Goes over any value.
    mutating func skip(depth: Int = 0) throws(Failure) {
        if depth > Self.maximumDepth { throw failure("values are nested too deeply") }
        switch peek() {
        case UInt8(ascii: "{"): try object { _, scanner throws(Failure) in try scanner.skip(depth: depth + 1) }
        case UInt8(ascii: "["): try array { scanner throws(Failure) in try scanner.skip(depth: depth + 1) }
        case UInt8(ascii: "\""): _ = try string()
        default: try word()
        }
    }

    /// Goes over a number, `true`, `false` or `null`. Whether it is a legal one shows when the record is decoded.
    private mutating func word() throws(Failure) {
        let start = position
        while position < end {
            switch bytes[position] {
            case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "E"),
                UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
                position += 1
            default:
                if position == start { throw failure("a value was expected") }
                return
            }
        }
        if position == start { throw failure("a value was expected") }
    }

    /// What lies in the range, as it is: escapes are not taken apart.
    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    /// Goes over a record, an object with a whole number under `id`.
    mutating func record() throws(Failure) -> (id: Int, range: Range<Int>) {
        _ = peek()
        let start = position
        var id: Int?
        try object { name, scanner throws(Failure) in
            if scanner.text(name) == "id" { id = try scanner.integer() } else { try scanner.skip(depth: 1) }
        }
        guard let id else { throw failure("a record has no id", at: start) }
        guard RecordTable.ids.contains(id) else { throw failure("a record has the id \(id)", at: start) }
        return (id, start..<position)
    }
}
