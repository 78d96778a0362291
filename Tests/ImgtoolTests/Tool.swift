import Foundation
import SystemPackage
import TestSupport

/// The built `imgtool`, run as a process.
enum Tool {
    struct Result {
        var code: Int32
        var output: [UInt8]
        var errors: String
        var text: String { String(decoding: output, as: UTF8.self) }
        var lines: [Substring] { text.split(separator: "\n") }

        /// The objects of `--json`.
        func objects() throws -> [[String: Any]] {
            try lines.map { try JSONSerialization.jsonObject(with: Data($0.utf8)) as? [String: Any] ?? [:] }
        }
    }

    /// Beside the test bundle, which SwiftPM builds into the same folder.
    static let path: String = {
        let tests = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")) ?? "/"
        return URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent("imgtool").path
    }()

    /// Runs it with the folder as its working folder.
    static func run(_ arguments: [String], in folder: TemporaryFolder, input: [UInt8] = []) throws -> Result {
        let scratch = TemporaryFolder()
        let (input, output, errors) = (try file(scratch, input), try file(scratch, []), try file(scratch, []))
        let process = try start(arguments, in: folder, input: input, output: output, errors: errors)
        process.waitUntilExit()
        let signalled = process.terminationReason == .uncaughtSignal
        return Result(
            code: signalled ? 128 + process.terminationStatus : process.terminationStatus, output: try content(output),
            errors: String(decoding: try content(errors), as: UTF8.self))
    }

    static func run(_ arguments: String..., in folder: TemporaryFolder, input: [UInt8] = []) throws -> Result {
        try run(arguments, in: folder, input: input)
    }

    static func start(
        _ arguments: [String], in folder: TemporaryFolder, input: Any?, output: Any?, errors: Any?
    ) throws -> Process {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: path)
        process.arguments = arguments
        process.currentDirectoryURL = URL(fileURLWithPath: folder.path.string)
        process.standardInput = input
        process.standardOutput = output
        process.standardError = errors
        try process.run()
        return process
    }

    private static func file(_ folder: TemporaryFolder, _ bytes: [UInt8]) throws -> FileHandle {
        let name = "\(UInt64.random(in: 0...UInt64.max))"
        try folder.write(bytes, to: name)
        guard let handle = FileHandle(forUpdatingAtPath: (folder / name).string) else {
            throw CocoaError(.fileNoSuchFile)
        }
        return handle
    }

    private static func content(_ handle: FileHandle) throws -> [UInt8] {
        try handle.seek(toOffset: 0)
        return [UInt8](try handle.readToEnd() ?? Data())
    }
}

extension TemporaryFolder {
    /// A folder with copies of test images.
    convenience init(_ names: [String]) throws {
        self.init()
        for name in names { try write(TestImages.bytes(name), to: name) }
    }
}
