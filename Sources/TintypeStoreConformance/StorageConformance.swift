import TintypeCore
public import TintypeStore

/// What every `Storage` must do. Each check wants a storage with nothing in it.
public enum StorageConformance {
    public static let checks: [ConformanceCheck<any Storage>] = [
        ConformanceCheck("bytes come back as they were kept") { storage in
            for (name, bytes) in [("a/b/c.png", [1, 2, 3]), ("empty.png", []), ("a/large.png", large)] {
                let path = try RelativePath(name)
                try require(await storage.create(path, bytes: bytes), "a free name is given")
                try require(await storage.read(path) == bytes, "\(bytes.count) bytes are read again")
                try require(
                    await storage.status(of: path)?.bytes == bytes.count, "the status says \(bytes.count) bytes")
                try require(await storage.status(of: path)?.path == path, "the status names the file")
                try require(await storage.exists(path), "the file exists")
            }
        },
        ConformanceCheck("bytes are pulled in order") { storage in
            let path = try RelativePath("large.png")
            _ = try await storage.create(path, bytes: large)
            let source = try await storage.open(path)
            var pulled: [UInt8] = []
            var window = [UInt8](repeating: 0, count: 777)
            while true {
                var span = window.mutableSpan
                let count = try source.read(into: &span)
                if count == 0 { break }
                pulled += window[..<count]
            }
            try require(pulled == large, "all pieces together are the file")
        },
        ConformanceCheck("a name is given once") { storage in
            let path = try RelativePath("a.png")
            try require(await storage.create(path, bytes: [1]), "a free name is given")
            try require(await !storage.create(path, bytes: [2, 3]), "a taken name is refused")
            try require(await storage.read(path) == [1], "the first bytes stay")
        },
        ConformanceCheck("a missing file is a missing file") { storage in
            let path = try RelativePath("none/none.png")
            try require(await storage.status(of: path) == nil, "a missing file has no status")
            try require(await !storage.exists(path), "a missing file does not exist")
            try await storage.delete(path)
            do {
                _ = try await storage.open(path)
                throw ConformanceFailure(description: "a missing file was opened")
            } catch let error as StoreError {
                try require(
                    error == .missingFile("none/none.png"), "opening a missing file throws missingFile: \(error)")
            }
        },
        ConformanceCheck("a deleted file is gone, and its name free") { storage in
            let (path, other) = (try RelativePath("p/a.png"), try RelativePath("p/b.png"))
            _ = try await storage.create(path, bytes: [1])
            _ = try await storage.create(other, bytes: [2])
            try await storage.delete(path)
            try require(await storage.status(of: path) == nil, "a deleted file is gone")
            try require(await storage.read(other) == [2], "its neighbour stays")
            try require(await storage.create(path, bytes: [3]), "the name is free again")
            try require(await storage.read(path) == [3], "the new bytes are read")
        },
        ConformanceCheck("all valid names are told apart") { storage in
            for (index, name) in names.enumerated() {
                let path = try RelativePath(name)
                try require(await storage.create(path, bytes: [UInt8(index)]), "the name \(name) is given")
            }
            for (index, name) in names.enumerated() {
                try require(await storage.read(RelativePath(name)) == [UInt8(index)], "\(name) has its bytes")
            }
        },
        ConformanceCheck("all files are listed") { storage in
            try require(await storage.files().isEmpty, "an empty storage lists nothing")
            for name in names { _ = try await storage.create(RelativePath(name), bytes: [1, 2]) }
            try await storage.delete(RelativePath(names[0]))
            let files = try await storage.files()
            try require(
                files.map(\.path.description).sorted() == names.dropFirst().sorted(), "the files are listed, each once")
            for file in files {
                try require(await storage.status(of: file.path) == file, "the list agrees with the status")
            }
        },
        ConformanceCheck("a taken name gets another beside it") { storage in
            var random = SeededGenerator(state: 5)
            let path = try RelativePath("p/a.tar.gz")
            try require(await storage.save([1], as: path, using: &random) == path, "a free name is given")
            let other = try await storage.save([2], as: path, using: &random)
            try require(
                other.description.hasPrefix("p/a_") && other.description.hasSuffix(".tar.gz"), "\(other) is alike")
            try require(await storage.read(path) == [1], "the first bytes stay")
            try require(await storage.read(other) == [2], "the second bytes are under the other name")
        },
        ConformanceCheck("of many who want a name one gets it") { storage in
            let path = try RelativePath("race/photo.jpg")
            let paths = try await withThrowingTaskGroup(of: (UInt8, RelativePath).self) { group in
                for writer in UInt8(0)..<20 {
                    group.addTask {
                        var random = SeededGenerator(state: UInt64(writer))
                        return (writer, try await storage.save([writer], as: path, using: &random))
                    }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            try require(Set(paths.map(\.1)).count == 20, "every writer gets a name of its own")
            try require(paths.contains { $0.1 == path }, "one of them gets the name itself")
            for (writer, path) in paths { try require(await storage.read(path) == [writer], "no bytes are lost") }
        },
        ConformanceCheck("URLs are percent-encoded and differ") { storage in
            var urls: Set<String> = []
            for name in names {
                let url = try await storage.url(of: RelativePath(name))
                let isPlain = url.unicodeScalars.allSatisfy {
                    $0.isASCII && $0.value > 0x20 && !"\"<>\\^`{|}".unicodeScalars.contains($0)
                }
                try require(isPlain, "the URL \(url) has only characters that a URL may have")
                urls.insert(url)
            }
            try require(urls.count == names.count, "every file has a URL of its own")
        },
    ]

    private static let names = [
        "a.png", "b/a.png", "b/c/a.png", "b/A.png", ".hidden", "two words.png", "100%.png", "what?.png", "#1.png",
        "ü.png", "日本語/写真.png", "-rf.png", "a&b=c+d.png", "a.tar.gz", "%41.png",
    ]

    /// A file longer than what is read at once.
    private static let large: [UInt8] = {
        var random = SeededGenerator(state: 1)
        return (0..<200_000).map { _ in UInt8.random(in: 0...255, using: &random) }
    }()
}
