import Foundation
import SystemPackage
import TestSupport
import Testing
import Tintype

@Suite struct ExitCodeTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var arguments: [String]
        var code: Int32
        var kind: String
        var testDescription: String { arguments.joined(separator: " ") }
    }

    static let cases = [
        Case(arguments: ["missing.jpg"], code: 66, kind: "io"), Case(arguments: ["folder"], code: 66, kind: "io"),
        Case(arguments: ["empty.jpg"], code: 65, kind: "truncated"),
        Case(arguments: ["text.jpg"], code: 65, kind: "malformed"),
        Case(arguments: ["lossless.jpg"], code: 65, kind: "unsupported"),
        Case(arguments: ["cut.jpg", "--strict"], code: 65, kind: "truncated"),
        Case(arguments: ["photo.jpg", "--max-pixels", "1000"], code: 69, kind: "limitExceeded"),
        Case(arguments: ["photo.jpg", "--max-memory", "1k"], code: 69, kind: "limitExceeded"),
        Case(arguments: ["photo.jpg", "-o", "nowhere/x.jpg"], code: 73, kind: "io"),
        Case(arguments: ["photo.jpg", "-o", "/dev/full", "--format", "png"], code: 74, kind: "io"),
        Case(arguments: ["photo.jpg", "-o", "x.jpg", "--colors", "9"], code: 64, kind: "misuse"),
        Case(arguments: ["photo.jpg", "-o", "x.gif", "--frame", "1"], code: 64, kind: "misuse"),
    ]

    @Test(arguments: cases)
    func thumbnails(_ example: Case) throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        let photo = try folder.read("photo.jpg")
        try folder.write([], to: "empty.jpg")
        try folder.write(Array("text".utf8), to: "text.jpg")
        try folder.write(Array(photo.prefix(photo.count / 2)), to: "cut.jpg")
        var lossless = photo
        let frame = try #require(lossless.indices.dropLast().first { photo[$0] == 0xFF && photo[$0 + 1] == 0xC0 })
        lossless[frame + 1] = 0xC3
        try folder.write(lossless, to: "lossless.jpg")
        folder.makeFolder("folder")
        let names = folder.names()

        let plain = try Tool.run(["thumbnail"] + example.arguments, in: folder)
        #expect(plain.code == example.code)
        #expect(plain.output.isEmpty && plain.errors.hasPrefix("imgtool: \(example.arguments[0]): "))
        let json = try Tool.run(["thumbnail", "--json"] + example.arguments, in: folder)
        #expect(json.code == example.code)
        #expect(json.lines.count == 1 && json.errors.isEmpty)
        #expect(
            json.text.hasPrefix(#"{"ok":false,"input":"\#(example.arguments[0])","error":{"kind":"\#(example.kind)","#))
        #expect(folder.names() == names)
    }

    @Test func damageIsPassedOverWithAWarning() throws {
        let folder = TemporaryFolder()
        let photo = try TestImages.bytes("photo.jpg")
        try folder.write(Array(photo.prefix(photo.count / 2)), to: "cut.jpg")
        let done = try Tool.run("thumbnail", "cut.jpg", "-o", "small.jpg", in: folder)
        #expect(done.code == 0 && done.errors.contains("warning: "))
        let json = try Tool.run("thumbnail", "cut.jpg", "-o", "small.jpg", "--json", in: folder)
        let warnings = try #require(json.objects().first?["warnings"] as? [[String: Any]])
        #expect(warnings.first?["kind"] as? String == "truncated")
        #expect(warnings.first?["row"] as? Int ?? 0 > 0)
    }

    @Test func unreadableFiles() throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        _ = unsafe chmod((folder / "photo.jpg").string, 0)
        // The superuser reads everything.
        let code: Int32 = geteuid() == 0 ? 0 : 66
        #expect(try Tool.run("thumbnail", "photo.jpg", "-o", "x.jpg", in: folder).code == code)
    }

    @Test func theCommandLineItself() throws {
        let folder = TemporaryFolder()
        #expect(try Tool.run("--help", in: folder).code == 0)
        #expect(try Tool.run("--version", in: folder).code == 0)
        for arguments in [
            ["paint"], ["thumbnail"], ["convert", "a.jpg"], ["resize", "a.jpg", "b.jpg"], ["bench", "x"],
        ] {
            #expect(try Tool.run(arguments, in: folder).code == 64)
        }
    }

    @Test(arguments: [SIGINT, SIGTERM])
    func interruptedNothingIsLeft(_ signal: Int32) throws {
        let folder = TemporaryFolder()
        // The tool waits for the rest of a picture that never comes.
        let (input, errors) = (Pipe(), FileHandle.nullDevice)
        let process = try Tool.start(
            ["convert", "-", "out.ppm", "--quiet"], in: folder, input: input, output: errors, errors: errors)
        let head = Array("P6 64 64 255\n".utf8) + [UInt8](repeating: 9, count: 64 * 3 * 8)
        try input.fileHandleForWriting.write(contentsOf: Data(head))
        for _ in 0..<400 where folder.names().isEmpty { usleep(10_000) }
        #expect(folder.names().count == 1)
        kill(process.processIdentifier, signal)
        process.waitUntilExit()
        #expect(process.terminationReason == .exit)
        #expect(process.terminationStatus == 128 + signal)
        #expect(folder.names().isEmpty)
    }
}
