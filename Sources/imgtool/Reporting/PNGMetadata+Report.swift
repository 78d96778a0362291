import Tintype

extension Metadata.PNG {
    /// A line for how the colours are meant, and one for each text; none where the file says nothing of it.
    var summary: [String] {
        var parts: [String] = []
        if let codePoints { parts.append("colours \(codePoints.primaries)/\(codePoints.transfer) of H.273") }
        if let gamma { parts.append("gamma \(Self.readable(gamma))") }
        if let chromaticities { parts.append("white at \(chromaticities.white.summary)") }
        if let significantBits { parts.append("significant bits \(significantBits.summary)") }
        if let background { parts.append("background \(background.summary)") }
        if let modified { parts.append("changed \(modified)") }
        let lines = parts.isEmpty ? [] : [parts.joined(separator: ", ")]
        return lines + texts.map { "\($0.keyword): \(Self.shortened($0.text))" }
    }

    /// What `--json` adds to the facts under `png`: only what is known.
    var json: [(String, JSON)] {
        var members: [(String, JSON)] = []
        func add(_ name: String, _ value: JSON?) {
            if let value { members.append((name, value)) }
        }
        add("renderingIntent", renderingIntent.map { .int(Int($0)) })
        add("gamma", gamma.map(JSON.hundredThousandths))
        add("chromaticities", chromaticities?.json)
        add("codePoints", codePoints?.json)
        add("significantBits", significantBits?.json)
        add("background", background.map { .string($0.summary) })
        add("modified", modified.map { .string($0.description) })
        if !texts.isEmpty { add("texts", .array(texts.map(\.json))) }
        return members
    }

    fileprivate static func readable(_ value: UInt32) -> String { JSON.hundredThousandths(value).text }

    /// The first line, up to so many characters, without what a terminal would obey.
    private static func shortened(_ text: String) -> String {
        let most = 100
        let line = text.split(whereSeparator: \.isNewline).first ?? ""
        let printable = line.unicodeScalars.map { $0.properties.generalCategory == .control ? " " : Character($0) }
        let isWhole = printable.count <= most && line.count == text.count
        return String(printable.prefix(most)) + (isWhole ? "" : " …")
    }
}

extension JSON {
    /// What PNG stores times 100,000.
    fileprivate static func hundredThousandths(_ value: UInt32) -> JSON {
        .double(Double(value) / 100_000, decimals: 5)
    }
}

extension Metadata.PNG.Chromaticities.Point {
    fileprivate var summary: String { "(\(Metadata.PNG.readable(x)), \(Metadata.PNG.readable(y)))" }
    fileprivate var json: JSON { .array([.hundredThousandths(x), .hundredThousandths(y)]) }
}

extension Metadata.PNG.Chromaticities {
    fileprivate var json: JSON {
        .object([("white", white.json), ("red", red.json), ("green", green.json), ("blue", blue.json)])
    }
}

extension Metadata.PNG.CodePoints {
    fileprivate var json: JSON {
        .object([
            ("primaries", .int(Int(primaries))), ("transfer", .int(Int(transfer))), ("matrix", .int(Int(matrix))),
            ("fullRange", .bool(isFullRange)),
        ])
    }
}

extension Metadata.PNG.SignificantBits {
    private var all: [UInt8] { color + (alpha.map { [$0] } ?? []) }
    fileprivate var summary: String { all.map { "\($0)" }.joined(separator: " ") }
    fileprivate var json: JSON { .array(all.map { .int(Int($0)) }) }
}

extension Metadata.PNG.Background {
    /// "#ffffff", or twelve digits for 16 bits.
    fileprivate var summary: String {
        let digits = bitDepth / 4
        return "#"
            + [red, green, blue].map { sample in
                let text = String(sample, radix: 16)
                return String(repeating: "0", count: max(0, digits - text.count)) + text
            }.joined()
    }
}

extension Metadata.PNG.Text {
    fileprivate var json: JSON {
        var members: [(String, JSON)] = [("keyword", .string(keyword)), ("text", .string(text))]
        if !language.isEmpty { members.append(("language", .string(language))) }
        if !translatedKeyword.isEmpty { members.append(("translatedKeyword", .string(translatedKeyword))) }
        return .object(members)
    }
}
