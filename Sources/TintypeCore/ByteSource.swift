/// Bytes, pulled in order: a file, a pipe, an array.
public protocol ByteSource: AnyObject {
    /// Writes some of the next bytes to the front of `buffer`.
    ///
    /// - Returns: how many, at least 1 unless `buffer` is empty or the bytes have ended.
    func read(into buffer: inout MutableSpan<UInt8>) throws(ImageError) -> Int
}

/// The bytes of an array.
public final class MemoryByteSource: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    public func read(into buffer: inout MutableSpan<UInt8>) -> Int {
        let count = min(buffer.count, bytes.count - position)
        for i in 0..<count { buffer[i] = bytes[position &+ i] }
        position += count
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
}
