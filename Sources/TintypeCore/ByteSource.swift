/// Bytes, pulled in order: a file, a pipe, an array.
public protocol ByteSource: AnyObject {
    /// Writes some of the next bytes to the front of `buffer`.
    ///
    /// - Returns: how many, at least 1 unless `buffer` is empty or the bytes have ended.
    func read(into buffer: inout MutableSpan<UInt8>) throws(ImageError) -> Int

    /// Writes bytes from another place to the front of `buffer`. What `read(into:)` gives next stays what it was.
    ///
    /// - Parameter offset: counted from the source's first byte.
    /// - Returns: how many: all that there are, up to the size of `buffer`; nil from a source that cannot, such as a pipe.
    func look(at offset: Int, into buffer: inout MutableSpan<UInt8>) throws(ImageError) -> Int?
}

extension ByteSource {
    public func look(at offset: Int, into buffer: inout MutableSpan<UInt8>) throws(ImageError) -> Int? { nil }
}

/// The bytes of an array.
public final class MemoryByteSource: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    public func read(into buffer: inout MutableSpan<UInt8>) -> Int {
        let count = copy(from: position, into: &buffer)
        position += count
        return count
    }

    public func look(at offset: Int, into buffer: inout MutableSpan<UInt8>) -> Int? {
        copy(from: offset, into: &buffer)
    }

    private func copy(from offset: Int, into buffer: inout MutableSpan<UInt8>) -> Int {
        let count = max(0, min(buffer.count, bytes.count - offset))
        for i in 0..<count { buffer[i] = bytes[offset &+ i] }
        return count
    }
}

/// Bytes already taken from a source, and then the rest of it: what format sniffing gives back.
public final class PrefixedByteSource: ByteSource {
    private let prefix: MemoryByteSource
    private let rest: any ByteSource

    public init(_ prefix: [UInt8], then rest: any ByteSource) {
        self.prefix = MemoryByteSource(prefix)
        self.rest = rest
    }

    public func read(into buffer: inout MutableSpan<UInt8>) throws(ImageError) -> Int {
        let count = prefix.read(into: &buffer)
        return count > 0 ? count : try rest.read(into: &buffer)
    }

    public func look(at offset: Int, into buffer: inout MutableSpan<UInt8>) throws(ImageError) -> Int? {
        try rest.look(at: offset, into: &buffer)
    }
}
