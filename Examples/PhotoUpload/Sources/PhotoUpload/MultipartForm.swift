/// What a browser sends of a form with a file in it: `multipart/form-data` (RFC 7578; the framing is RFC 2046 §5.1.1).
struct MultipartForm {
    struct Part: Equatable {
        var name: String
        /// As the person's file is called; nil for a field that is no file.
        var fileName: String?
        var bytes: [UInt8]
    }

    struct Malformed: Error, Equatable {
        let reason: String
    }

    private(set) var parts: [Part] = []

    /// - Parameters:
    ///   - body: the whole body of the request.
    ///   - contentType: of the request.
    init(_ body: [UInt8], contentType: String) throws(Malformed) {
        guard let boundary = Self.boundary(contentType) else {
            throw Malformed(reason: "the form was not sent as multipart/form-data")
        }
        // A delimiter is a line that begins with two hyphens and the boundary; the line end before it belongs to it.
        let delimiter = Array("\r\n--\(boundary)".utf8)
        var position = try Self.afterFirst(delimiter.dropFirst(2), body)
        while !body[position...].starts(with: "--".utf8) {
            guard body[position...].starts(with: "\r\n".utf8) else {
                throw Malformed(reason: "a delimiter's line goes on")
            }
            // An empty part may have the delimiter's line end in common with the one before.
            guard let end = Self.find(delimiter, in: body[...], from: position) else {
                throw Malformed(reason: "the form is cut off")
            }
            parts.append(try Self.part(body[min(position + 2, end)..<end]))
            guard parts.count <= 20 else { throw Malformed(reason: "the form has too many fields") }
            position = end + delimiter.count
        }
    }

    func first(_ name: String) -> Part? { parts.first { $0.name == name } }

    private static func afterFirst(_ delimiter: ArraySlice<UInt8>, _ body: [UInt8]) throws(Malformed) -> Int {
        guard body.starts(with: delimiter) else { throw Malformed(reason: "the form does not begin with its boundary") }
        return delimiter.count
    }

    private static func boundary(_ contentType: String) -> String? {
        let fields = contentType.split(separator: ";").map { $0.drop { $0 == " " } }
        guard fields.first?.lowercased() == "multipart/form-data" else { return nil }
        guard let field = fields.first(where: { $0.lowercased().hasPrefix("boundary=") }) else { return nil }
        let value = field.dropFirst("boundary=".count).filter { $0 != "\"" }
        return (1...70).contains(value.utf8.count) ? value : nil
    }

    /// Header lines, an empty line, content.
    private static func part(_ bytes: ArraySlice<UInt8>) throws(Malformed) -> Part {
        guard let end = find(Array("\r\n\r\n".utf8), in: bytes, from: bytes.startIndex), end - bytes.startIndex <= 4096
        else {
            throw Malformed(reason: "a field has no header")
        }
        let header = String(decoding: bytes[..<end], as: UTF8.self)
        for line in header.split(separator: "\r\n") where line.lowercased().hasPrefix("content-disposition:") {
            guard let name = parameter("name", of: line) else { break }
            return Part(name: name, fileName: parameter("filename", of: line), bytes: Array(bytes[(end + 4)...]))
        }
        throw Malformed(reason: "a field has no name")
    }

    /// A quoted parameter. Browsers write `%22` for a quotation mark in it (WHATWG HTML, multipart/form-data encoding).
    private static func parameter(_ name: String, of line: Substring) -> String? {
        guard let start = line.firstRange(of: "; \(name)=\"")?.upperBound else { return nil }
        let value = line[start...].prefix { $0 != "\"" }
        return String(value.replacing("%22", with: "\"").replacing("%0D", with: "").replacing("%0A", with: ""))
    }

    /// The place of the first `pattern` at or behind `start`.
    private static func find(_ pattern: [UInt8], in bytes: ArraySlice<UInt8>, from start: Int) -> Int? {
        var position = start
        while position <= bytes.endIndex - pattern.count {
            // Photos are large: the next first byte is looked for before anything is compared.
            guard let next = bytes[position...].firstIndex(of: pattern[0]) else { return nil }
            if bytes[next...].starts(with: pattern) { return next }
            position = next + 1
        }
        return nil
    }
}
