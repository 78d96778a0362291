import Glibc
import SystemPackage

/// The process's two outputs, for text.
enum Console {
    static var errorIsTerminal: Bool { isatty(STDERR_FILENO) == 1 }

    /// Writes to standard output. False where nobody takes it any more.
    @discardableResult
    static func print(_ line: String) -> Bool { write(line + "\n", to: .standardOutput) }

    /// Writes to standard error.
    static func say(_ line: String) { write(line + "\n", to: .standardError) }

    /// Writes to standard error what stays on its line.
    static func show(_ text: String) { write(text, to: .standardError) }

    @discardableResult
    private static func write(_ text: String, to file: FileDescriptor) -> Bool {
        (try? file.writeAll(text.utf8)) != nil
    }
}
