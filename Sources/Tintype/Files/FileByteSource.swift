public import SystemPackage
public import TintypeCore

/// The bytes of a file, a pipe or a device.
public final class FileByteSource: ByteSource {
    private let descriptor: FileDescriptor
    private let closes: Bool

    /// Opens a file for reading; it is closed with this object.
    ///
    /// - Throws: `io` with operation `open`, and as the reason "no such file", "is a folder", "permission denied" …
    public init(path: FilePath) throws(ImageError) {
        descriptor = try .reading(path)
        closes = true
    }

    /// Takes an open file over.
    package init(_ descriptor: FileDescriptor, closes: Bool = true) {
        self.descriptor = descriptor
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
}
