import SystemPackage
public import TintypeCore

/// An open file or pipe that takes bytes as they come. For a file that is to appear whole or not at all, see `AtomicFile`.
public final class FileByteSink: ByteSink {
    private let descriptor: FileDescriptor

    private init(_ descriptor: FileDescriptor) {
        self.descriptor = descriptor
    }

    /// Standard output, which is left open.
    ///
    /// A program that does not ignore SIGPIPE is ended by it when the reader has gone.
    public static var standardOutput: FileByteSink { FileByteSink(.standardOutput) }

    /// - Throws: `io` with operation `write`; also where the reader of a pipe has gone.
    public func write(_ bytes: Span<UInt8>) throws(ImageError) {
        try descriptor.writeBytes(bytes)
    }
}
