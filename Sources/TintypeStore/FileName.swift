@_spi(_Unicode) import Swift

/// The name of a file, without a folder. There is no invalid one: what a person or a program called a file comes in through a check.
///
/// It is never empty, `.` or `..`, holds no separator (`/`, `\`), no control or formatting character, and fits a file system's 255 bytes.
public struct FileName: Sendable, Hashable, CustomStringConvertible {
    public let string: String

    /// Takes the name as it is. Throws `invalidName`.
    public init(_ string: String) throws(StoreError) {
        if let reason = Self.fault(of: string) { throw .invalidName(string, reason: reason) }
        self.string = string
    }

    /// Why this cannot be a file's name, or nil if it can.
    static func fault(of string: some StringProtocol) -> String? {
        if string.isEmpty { return "it is empty" }
        if string == "." || string == ".." { return "it names a folder" }
        if string.utf8.count > maximumBytes { return "it is longer than \(maximumBytes) bytes" }
        for scalar in string.unicodeScalars {
            if scalar == "/" || scalar == "\\" { return "it includes path elements" }
            if (0x20..<0x7F).contains(scalar.value) { continue }
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator:
                return "it holds the character U+\(String(scalar.value, radix: 16, uppercase: true))"
            default: break
            }
        }
        return nil
    }

    /// What is left of a person's file name that is safe anywhere: spaces become `_`; only letters, digits, `_`, `-` and `.` stay.
    ///
    /// The name is composed first (Unicode's form NFC), so that an accent stays on its letter.
    ///
    /// Throws `invalidName` for a name with path elements or control characters, and where nothing is left.
    public init(cleaning name: String) throws(StoreError) {
        for scalar in name.unicodeScalars {
            if scalar == "/" || scalar == "\\" { throw .invalidName(name, reason: "it includes path elements") }
            if scalar.properties.generalCategory == .control {
                throw .invalidName(name, reason: "it holds a control character")
            }
        }
        // The standard library composes, but has no public name for it; no other library here does without all of ICU.
        let composed = Array(name._nfc)
        let start = composed.prefix { $0.properties.isWhitespace }.count
        let end = composed.count - composed.reversed().prefix { $0.properties.isWhitespace }.count
        var kept = String.UnicodeScalarView()
        for scalar in composed[start..<max(start, end)] {
            if scalar == " " { kept.append("_") } else if Self.isKept(scalar) { kept.append(scalar) }
        }
        let string = String(kept)
        if string.isEmpty || string == "." || string == ".." {
            throw .invalidName(name, reason: "nothing is left of it without unsafe characters")
        }
        let (root, suffixes) = Self.split(string)
        guard let fitting = Self.join(root, suffixes, characters: Self.maximumBytes) else {
            throw .invalidName(name, reason: "its suffixes are too long")
        }
        self.string = fitting
    }

    /// For what is known to be valid.
    init(unchecked string: String) {
        self.string = string
    }

    /// Letters, digits and other numbers, `_`, `-` and `.`: scalars, since a `Character` would bring its combining marks along.
    private static func isKept(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .letterNumber, .otherNumber:
            true
        default: scalar == "_" || scalar == "-" || scalar == "."
        }
    }

    private static let maximumBytes = 255

    public var description: String { string }

    /// The last suffix without its dot, in lower case; empty if there is none. `.hidden` is all root.
    public var pathExtension: String {
        Self.split(string).suffixes.split(separator: ".").last.map { $0.lowercased() } ?? ""
    }

    /// The same name with seven random letters or digits before *all* its suffixes (`a.tar.gz` becomes `a_d58o4a8.tar.gz`), its
    /// root cut so that it has at most `characters` Unicode scalars.
    ///
    /// - Returns: nil if nothing of the root would be left.
    public func alternative(characters: Int, using random: inout some RandomNumberGenerator) -> FileName? {
        let letters = Array("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789")
        var mark = "_"
        for _ in 0..<7 { mark.append(letters[Int.random(in: letters.indices, using: &random)]) }
        let (root, suffixes) = Self.split(string)
        return Self.join(root, mark + suffixes, characters: characters).map { FileName(unchecked: $0) }
    }

    /// The name with something at the end of its root and another extension, its root cut so that it has at most `characters` Unicode
    /// scalars. Throws `invalidName` if there is no room for that.
    func with(suffix: String, pathExtension: String, characters: Int) throws(StoreError) -> FileName {
        let old = self.pathExtension.isEmpty ? 0 : self.pathExtension.unicodeScalars.count + 1
        let root = String(string.unicodeScalars.dropLast(old))
        guard let name = Self.join(root, suffix + "." + pathExtension, characters: characters) else {
            throw .invalidName(string, reason: "there is no room for \(suffix).\(pathExtension) at its end")
        }
        return FileName(unchecked: name)
    }

    /// Dots in front belong to the root; it is followed by the suffixes, each with its dot.
    private static func split(_ name: String) -> (root: String, suffixes: String) {
        let scalars = name.unicodeScalars
        let front = scalars.prefix { $0 == "." }
        guard !name.hasSuffix("."), let dot = scalars[front.endIndex...].firstIndex(of: ".") else { return (name, "") }
        return (String(scalars[..<dot]), String(scalars[dot...]))
    }

    /// Cuts the root's end until all fits into the characters and into the file system's bytes.
    private static func join(_ root: String, _ rest: String, characters: Int) -> String? {
        var kept = Substring(root).unicodeScalars
        var count = kept.count + rest.unicodeScalars.count
        var bytes = root.utf8.count + rest.utf8.count
        while count > characters || bytes > maximumBytes {
            guard let last = kept.popLast() else { return nil }
            count -= 1
            bytes -= UTF8.width(last)
        }
        return kept.isEmpty ? nil : String(kept) + rest
    }
}
