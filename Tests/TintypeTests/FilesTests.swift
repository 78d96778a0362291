import Glibc
import SystemPackage
import TestSupport
import Testing
import Tintype

@Suite struct FilesTests {
    let folder = TemporaryFolder()

    @Test(arguments: [0, 1, 5, 100_000])
    func readsAllBytes(count: Int) throws {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        try folder.write(bytes, to: "a")
        #expect(try contents(of: FileByteSource(path: folder / "a")) == bytes)
    }

    @Test func readsAPipe() throws {
        folder.makePipe("p")
        // Whoever holds both ends need not wait for another to open one.
        let ends = try FileDescriptor.open(folder / "p", .readWrite)
        try ends.writeAll([1, 2, 3])
        let source = try FileByteSource(path: folder / "p")
        try ends.close()
        #expect(try Self.contents(of: source) == [1, 2, 3])
    }

    @Test(arguments: [
        ("missing", "no such file"), ("sub", "is a folder"), ("a/b", "a part of the path is not a folder"),
    ])
    func saysWhyAFileCannotBeRead(name: String, reason: String) throws {
        folder.makeFolder("sub")
        try folder.write([1], to: "a")
        let error = #expect(throws: ImageError.self) { try FileByteSource(path: folder / name) }
        #expect(error == ImageError(.io, reason, operation: .open))
    }

    @Test func nothingIsSeenBeforeCommit() throws {
        let file = try AtomicFile(path: folder / "out")
        try file.write([1, 2].span)
        let hidden = folder.names()
        #expect(hidden.count == 1 && hidden[0].hasPrefix(".out.tmp-"))
        try file.commit()
        #expect(folder.names() == ["out"])
        #expect(try folder.read("out") == [1, 2])
        #expect(throws: ImageError.self) { try file.commit() }
        #expect(throws: ImageError.self) { try file.write([3].span) }
    }

    @Test func nothingIsLeftWithoutCommit() throws {
        do {
            let file = try AtomicFile(path: folder / "out", durable: true)
            try file.write([1, 2].span)
        }
        #expect(folder.names() == [])
    }

    @Test func replacesAFileThatIsBeingRead() throws {
        try folder.write([7, 8], to: "same")
        folder.permit(0o600, "same")
        let source = try FileByteSource(path: folder / "same")
        try Self.write([9], to: folder / "same")
        #expect(try Self.contents(of: source) == [7, 8])
        #expect(try folder.read("same") == [9])
        #expect(try Stat(folder / "same").permissions == .ownerReadWrite, "permissions are handed on")
    }

    @Test func refusesATakenName() throws {
        let file = try AtomicFile(path: folder / "out", overwrite: false)
        try folder.write([7], to: "out")
        let error = #expect(throws: ImageError.self) { try file.commit() }
        #expect(error == ImageError(.io, "a file of that name exists", operation: .create))
        #expect(try folder.read("out") == [7])
    }

    @Test(arguments: [
        ("sub", "is a folder"), ("none/out", "no such folder"), ("..", "is a folder"), ("toSub", "is a folder"),
    ])
    func saysWhyAFileCannotBeMade(name: String, reason: String) throws {
        folder.makeFolder("sub")
        folder.makeLink("toSub", to: folder / "sub")
        let error = #expect(throws: ImageError.self) { try AtomicFile(path: folder / name) }
        #expect(error == ImageError(.io, reason, operation: .create))
        #expect(folder.names() == ["sub", "toSub"])
    }

    @Test func replacesALinkAndNotWhatItPointsTo() throws {
        try folder.write([7], to: "far")
        folder.makeLink("near", to: folder / "far")
        try Self.write([9], to: folder / "near")
        #expect(try folder.read("far") == [7])
        #expect(try folder.read("near") == [9])
        folder.makeLink("dangling", to: folder / "nothing")
        try Self.write([9], to: folder / "dangling")
        #expect(try folder.read("dangling") == [9])
        folder.makeLink("circle", to: folder / "circle")
        try Self.write([9], to: folder / "circle")
        #expect(try folder.read("circle") == [9])
    }

    @Test func writesADeviceDirectly() throws {
        try Self.write([1, 2, 3], to: "/dev/null")
        #expect(try Stat(FilePath("/dev/null")).type == .characterSpecial)
    }

    @Test func writesAPipeDirectly() throws {
        folder.makePipe("p")
        let ends = try FileDescriptor.open(folder / "p", .readWrite)
        try Self.write([4, 5], to: folder / "p")
        let source = try FileByteSource(path: folder / "p")
        try ends.close()
        #expect(try Self.contents(of: source) == [4, 5])
        #expect(folder.names() == ["p"])
    }

    @Test func aFullDiskIsAnError() throws {
        let error = #expect(throws: ImageError.self) { try Self.write([1], to: "/dev/full") }
        #expect(error == ImageError(.io, "the disk is full", operation: .write))
    }

    /// A file that cannot grow to its full size leaves nothing, and what had its name stays.
    @Test func anErrorHalfwayLeavesNothing() async throws {
        try folder.write([7], to: "out")
        await #expect(processExitsWith: .success) { [path = folder.path.string as String] in
            limitFileSize(to: 1000)
            #expect(throws: ImageError(.io, "the file is too large", operation: .write)) {
                try FilesTests.write([UInt8](repeating: 1, count: 5000), to: FilePath(path).appending("out"))
            }
            // A coverage profile written at the end would be cut too, and spoil those of all the others.
            limitFileSize(to: 1 << 30)
        }
        #expect(folder.names() == ["out"])
        #expect(try folder.read("out") == [7])
    }

    @Test func whatIsNotPermittedIsSaid() async throws {
        try folder.write([7], to: "closed")
        folder.makeFolder("sub")
        folder.permit(0o000, "closed")
        folder.permit(0o555, "sub")
        folder.permit(0o755, "")
        await #expect(processExitsWith: .success) { [path = folder.path.string as String] in
            becomeNobody()
            #expect(throws: ImageError(.io, "permission denied", operation: .open)) {
                try FileByteSource(path: FilePath(path).appending("closed"))
            }
            #expect(throws: ImageError(.io, "permission denied", operation: .create)) {
                try AtomicFile(path: FilePath(path).appending("sub/out"))
            }
        }
        #expect(folder.names(in: "sub") == [])
    }

    @Test func longAndForeignNamesHaveRoom() throws {
        for name in [String(repeating: "n", count: 255), String(repeating: "é", count: 127), "a b", "-rf"] {
            try Self.write([1], to: folder / name)
            #expect(folder.names().contains(name))
        }
    }

    @Test func removesWhatIsUnfinished() async throws {
        // In a process of its own: it would take the files of the other tests away.
        await #expect(processExitsWith: .exitCode(7)) { [path = folder.path.string as String] in
            let path = FilePath(path)
            let finished = try AtomicFile(path: path.appending("a"))
            try finished.commit()
            let file = try AtomicFile(path: path.appending("b"))
            try file.write([1].span)
            guard TemporaryFolder.names(in: path).count == 2 else { exit(1) }
            AtomicFile.removeUnfinished()
            guard TemporaryFolder.names(in: path) == ["a"] else { exit(2) }
            guard (try? file.commit()) == nil else { exit(3) }
            AtomicFile.removeUnfinished { exit(7) }
        }
    }

    @Test func aClosedPipeIsAnError() async {
        await #expect(processExitsWith: .success) {
            ignoreBrokenPipes()
            let pipe = try FileDescriptor.pipe()
            try pipe.readEnd.close()
            _ = try pipe.writeEnd.duplicate(as: .standardOutput)
            let error = #expect(throws: ImageError.self) {
                try FileByteSink.standardOutput.write([UInt8](repeating: 0, count: 10).span)
            }
            #expect(error == ImageError(.io, "the reader of the pipe has gone", operation: .write))
        }
    }

    @Test func standardInputIsRead() async {
        await #expect(processExitsWith: .success) {
            let pipe = try FileDescriptor.pipe()
            try pipe.writeEnd.writeAll([5, 6])
            try pipe.writeEnd.close()
            _ = try pipe.readEnd.duplicate(as: .standardInput)
            let bytes = try FilesTests.contents(of: FileByteSource.standardInput)
            #expect(bytes == [5, 6])
        }
    }

    private func contents(of source: FileByteSource) throws -> [UInt8] {
        try Self.contents(of: source)
    }

    static func contents(of source: FileByteSource) throws -> [UInt8] {
        var all: [UInt8] = []
        var window = [UInt8](repeating: 0, count: 1000)
        while true {
            var span = window.mutableSpan
            let count = try source.read(into: &span)
            if count == 0 { return all }
            all += window[..<count]
        }
    }

    static func write(_ bytes: [UInt8], to path: FilePath) throws {
        let file = try AtomicFile(path: path)
        try file.write(bytes.span)
        try file.commit()
    }
}
