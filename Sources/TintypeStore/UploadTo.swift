import FoundationEssentials

/// Which folder of the storage an image field's files go to.
public enum UploadTo<Record>: Sendable {
    /// A relative folder in which `%Y`, `%y`, `%m`, `%d`, `%j`, `%H`, `%M` and `%S` stand for parts of the date and time (UTC), and `%%`
    /// for a percent sign: `photos/%Y/%m`. The empty string is the root.
    case dated(String)
    /// A path that is made from the record and the cleaned file name.
    case custom(@Sendable (Record, FileName) throws(StoreError) -> RelativePath)

    /// Throws `invalidName` if a file can never be put there.
    func check() throws(StoreError) {
        if case .dated(let pattern) = self { _ = try Self.folders(pattern, at: Date(timeIntervalSince1970: 0)) }
    }

    func path(of name: FileName, for record: Record, at date: Date) throws(StoreError) -> RelativePath {
        switch self {
        case .dated(let pattern):
            return RelativePath(folders: try Self.folders(pattern, at: date), name: name)
        case .custom(let place):
            let path = try place(record, name)
            return RelativePath(folders: path.folders, name: try FileName(cleaning: path.name.string))
        }
    }

    private static func folders(_ pattern: String, at date: Date) throws(StoreError) -> [FileName] {
        if pattern.isEmpty { return [] }
        var text = try expand(pattern, at: date)
        if text.hasSuffix("/") { text.removeLast() }
        let path = try RelativePath(text)
        return path.folders + [path.name]
    }

    private static func expand(_ pattern: String, at date: Date) throws(StoreError) -> String {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day, .dayOfYear, .hour, .minute, .second], from: date)
        func digits(_ number: Int?, _ count: Int) -> String {
            let text = String(number ?? 0)
            return String(repeating: "0", count: max(0, count - text.count)) + text
        }
        var text = ""
        var isCode = false
        for character in pattern {
            if !isCode {
                if character == "%" { isCode = true } else { text.append(character) }
                continue
            }
            isCode = false
            switch character {
            case "Y": text += digits(parts.year, 4)
            case "y": text += digits((parts.year ?? 0) % 100, 2)
            case "m": text += digits(parts.month, 2)
            case "d": text += digits(parts.day, 2)
            case "j": text += digits(parts.dayOfYear, 3)
            case "H": text += digits(parts.hour, 2)
            case "M": text += digits(parts.minute, 2)
            case "S": text += digits(parts.second, 2)
            case "%": text += "%"
            default: throw .invalidName(pattern, reason: "%\(character) is not a part of a date")
            }
        }
        if isCode { throw .invalidName(pattern, reason: "it ends in %") }
        return text
    }
}
