import Tintype

/// A JSON value whose objects keep the order of their keys (RFC 8259).
enum JSON: Sendable {
    case null
    case bool(Bool)
    case int(Int)
    /// A number rounded to so many decimals. Three are enough for most measurements.
    case double(Double, decimals: Int = 3)
    case string(String)
    case array([JSON])
    case object([(String, JSON)])

    static func optional(_ value: Int?) -> JSON { value.map(JSON.int) ?? .null }
    static func optional(_ value: String?) -> JSON { value.map(JSON.string) ?? .null }

    /// The value on one line.
    var text: String {
        switch self {
        case .null: "null"
        case .bool(let value): value ? "true" : "false"
        case .int(let value): "\(value)"
        case .double(let value, let decimals): value.isFinite ? Self.rounded(value, decimals) : "null"
        case .string(let value): Self.quoted(value)
        case .array(let values): "[" + values.map(\.text).joined(separator: ",") + "]"
        case .object(let members):
            "{" + members.map { Self.quoted($0.0) + ":" + $0.1.text }.joined(separator: ",") + "}"
        }
    }

    private static func rounded(_ value: Double, _ decimals: Int) -> String {
        let scale = (0..<decimals).reduce(1.0) { power, _ in power * 10 }
        let rounded = (value * scale).rounded() / scale
        return rounded.isFinite ? "\(rounded)" : "\(value)"
    }

    private static func quoted(_ text: String) -> String {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": quoted += "\\\""
            case "\\": quoted += "\\\\"
            case "\n": quoted += "\\n"
            case "\r": quoted += "\\r"
            case "\t": quoted += "\\t"
            case "\u{0}"..."\u{1F}", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}

extension DecodeWarning {
    var json: JSON {
        .object([
            ("kind", .string(kind.rawValue)), ("reason", .string(reason)), ("row", .optional(row)),
            ("offset", .optional(offset)),
        ])
    }
}

extension ImageError {
    var json: JSON {
        .object([
            ("kind", .string(kind.rawValue)), ("reason", .string(reason)), ("offset", .optional(offset)),
        ])
    }
}
