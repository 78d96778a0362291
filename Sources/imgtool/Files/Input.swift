import SystemPackage
import Tintype

/// A file to read, or `-` for standard input.
struct Input: Sendable {
    /// As it was given.
    let name: String

    var isStandardInput: Bool { name == "-" }
    var path: FilePath { FilePath(name) }

    func source() throws(ImageError) -> any ByteSource {
        isStandardInput ? FileByteSource.standardInput : try FileByteSource(path: path)
    }

    /// The length of the file; nil for standard input and what is not a file.
    var byteCount: Int? {
        guard !isStandardInput, let status = try? Stat(path), status.type == .regular else { return nil }
        return Int(status.size)
    }

    /// All bytes of the input.
    func bytes() throws(ImageError) -> [UInt8] {
        let source = try source()
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 1 << 20)
        while true {
            var span = chunk.mutableSpan
            let count = try source.read(into: &span)
            if count <= 0 { return bytes }
            bytes.append(contentsOf: chunk[..<min(count, chunk.count)])
        }
    }
}
