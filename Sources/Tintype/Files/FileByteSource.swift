public import SystemPackage
public import TintypeCore

/// The bytes of a file, a pipe or a device.
public final class FileByteSource: ByteSource {
    private let descriptor: FileDescriptor
    private let closes: Bool
    /// Where in the file the first byte lies; nil for what has no places.
    private let base: Int64?

    /// Opens a file for reading; it is closed with this object.
    ///
    /// - Throws: `io` with operation `open`, and as the reason "no such file", "is a folder", "permission denied" …
    public init(path: FilePath) throws(ImageError) {
        descriptor = try .reading(path)
        base = try? descriptor.seek(offset: 0, from: .current)
        closes = true
    }

    /// Takes an open file over.
    package init(_ descriptor: FileDescriptor, closes: Bool = true) {
        self.descriptor = descriptor
        base = try? descriptor.seek(offset: 0, from: .current)
        self.closes = closes
    }

    deinit {
        if closes { try? descriptor.close() }
    }

    /// Standard input, which is left open.
    public static var standardInput: FileByteSource { FileByteSource(.standardInput, closes: false) }

    /// - Throws: `io` with operation `read`.
    public func read(into buffer: inout MutableSpan<UInt8>) throws(ImageError) -> Int {
        try descriptor.readBytes(into: &buffer)
    }

    /// - Throws: `io` with operation `read`.
    public func look(at offset: Int, into buffer: inout MutableSpan<UInt8>) throws(ImageError) -> Int? {
        guard let base else { return nil }
        var count = 0
        while count < buffer.count {
            var rest = buffer._mutatingExtracting(count..<buffer.count)
            let read = try descriptor.readBytes(into: &rest, at: base + Int64(offset + count))
            if read <= 0 { break }
            count += read
        }
        return count
    }
}
