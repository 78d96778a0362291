import FoundationEssentials

/// A folder of pictures of many makers, used where it is found: `TINTYPE_CORPUS` names it, or it is `../shared/corpus` beside the checkout.
///
/// It holds `manifest.tsv`: one row a file, tab separated, its first line the names of the columns.
public enum Corpus {
    /// The path of the folder, if it is there.
    public static let folder: String? = {
        let named = ProcessInfo.processInfo.environment["TINTYPE_CORPUS"]
        let path = named ?? Checkout.root + "/../shared/corpus"
        return FileManager.default.fileExists(atPath: path + "/manifest.tsv") ? path : nil
    }()

    /// For `.enabled(if: Corpus.isAvailable, "needs the corpus")`.
    public static var isAvailable: Bool { folder != nil }

    public struct Row: Sendable, CustomStringConvertible {
        /// All columns by name.
        public let columns: [String: String]

        /// A column's text, empty where there is none.
        public subscript(_ column: String) -> String { columns[column] ?? "" }
        public var path: String { self["path"] }
        public var kind: String { self["kind"] }
        /// valid, lenient, damaged, disputed, invalid or huge.
        public var verdict: String { self["verdict"] }
        public var tags: Set<String> { Set(self["tags"].split(separator: ",").map(String.init)) }
        public var description: String { path }

        /// The file itself.
        public func bytes() throws -> [UInt8] {
            try Checkout.bytes(ofFile: "\(Corpus.folder ?? "")/\(path)")
        }
    }

    /// The rows of one kind (`jpeg`, `png`, `gif`); none without the corpus.
    public static func rows(kind: String) throws -> [Row] {
        guard let folder else { return [] }
        let text = String(decoding: try Checkout.bytes(ofFile: folder + "/manifest.tsv"), as: UTF8.self)
        let lines = text.utf8.split(separator: UInt8(ascii: "\n"))
        guard let head = lines.first.map(fields) else { return [] }
        return lines.dropFirst().map { line in
            Row(columns: Dictionary(zip(head, fields(line))) { first, _ in first })
        }.filter { $0.kind == kind }
    }

    private static func fields(_ line: Substring.UTF8View) -> [String] {
        line.split(separator: UInt8(ascii: "\t"), omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
    }
}
