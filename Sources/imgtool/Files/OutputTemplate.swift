import ArgumentParser
import SystemPackage
import Tintype

/// Where outputs go: standard output, or a name made for each input.
struct OutputTemplate: Sendable {
    /// What stands in a name for something that the input decides.
    enum Placeholder: String, CaseIterable {
        case dir, stem, ext, width, height, frame

        /// Whether the input has to be looked into.
        var needsContent: Bool {
            switch self {
            case .dir, .stem: false
            case .ext, .width, .height, .frame: true
            }
        }
    }

    private enum Piece: Equatable {
        case text(String)
        case placeholder(Placeholder)
    }

    /// Empty for standard output.
    private let pieces: [Piece]
    /// As it was given.
    let argument: String

    static let standardOutput = "-"
    static let defaultName = "{dir}/{stem}-thumb.{ext}"

    /// - Parameter argument: a file, a folder (ends in `/` or exists), a name with placeholders, or `-`.
    init(_ argument: String) throws {
        self.argument = argument
        if argument.isEmpty { throw ValidationError("The output has no name.") }
        if argument == Self.standardOutput {
            pieces = []
        } else if argument.hasSuffix("/") || Self.isFolder(argument) {
            let folder = argument.hasSuffix("/") ? argument : argument + "/"
            pieces = [.text(folder), .placeholder(.stem), .text("."), .placeholder(.ext)]
        } else {
            pieces = try Self.parse(argument)
        }
    }

    private static func isFolder(_ name: String) -> Bool {
        (try? Stat(FilePath(name)))?.type == .directory
    }

    private static func parse(_ argument: String) throws -> [Piece] {
        var pieces: [Piece] = []
        var rest = argument[...]
        while let open = rest.firstIndex(of: "{"), let close = rest[open...].firstIndex(of: "}") {
            let name = rest[rest.index(after: open)..<close]
            guard let placeholder = Placeholder(rawValue: String(name)) else {
                let known = Placeholder.allCases.map { "{\($0.rawValue)}" }.joined(separator: " ")
                throw ValidationError("'{\(name)}' in the output is none of \(known).")
            }
            pieces += [.text(String(rest[..<open])), .placeholder(placeholder)]
            rest = rest[rest.index(after: close)...]
        }
        return pieces + [.text(String(rest))]
    }

    var isStandardOutput: Bool { pieces.isEmpty }

    func uses(_ placeholder: Placeholder) -> Bool { pieces.contains(.placeholder(placeholder)) }

    /// Whether the name depends on what the input holds, not on its name alone.
    var needsContent: Bool { Placeholder.allCases.contains { $0.needsContent && uses($0) } }

    /// Whether each input has a name of its own.
    var isPlainName: Bool { !Placeholder.allCases.contains { uses($0) } }

    /// The extension that is part of the template itself, nil if there is none or it is left open.
    var fixedExtension: String? {
        guard !isStandardOutput, case .text(let end)? = pieces.last, end.contains(".") else { return nil }
        return FilePath(argument).extension
    }

    /// The name for one input.
    func path(for input: Input, extension: String, size: Size, frame: Int = 0) -> FilePath {
        FilePath(
            expanded(input) { placeholder in
                switch placeholder {
                case .ext: `extension`
                case .width: "\(size.width)"
                case .height: "\(size.height)"
                case .frame: "\(frame)"
                case .dir, .stem: ""
                }
            })
    }

    /// The name as far as the input's own name decides it: what has the same could become the same file.
    func outline(for input: Input) -> FilePath {
        FilePath(expanded(input) { "{\($0.rawValue)}" }).lexicallyNormalized()
    }

    private func expanded(_ input: Input, _ content: (Placeholder) -> String) -> String {
        let folder = input.path.removingLastComponent()
        let name = pieces.map { piece in
            switch piece {
            case .text(let text): text
            case .placeholder(.dir): input.isStandardInput || folder.isEmpty ? "." : folder.string
            case .placeholder(.stem): input.isStandardInput ? "stdin" : input.path.stem ?? "image"
            case .placeholder(let other): content(other)
            }
        }.joined()
        return argument.hasPrefix("./") || !name.hasPrefix("./") ? name : String(name.dropFirst(2))
    }
}
