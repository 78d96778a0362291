public import TintypeCore

/// Hands out a few bytes at a time, as a slow pipe does: whatever a decoder takes for granted about its window shows.
public final class TricklingByteSource: ByteSource {
    private let bytes: [UInt8]
    private let step: Int
    private var position = 0

    public init(_ bytes: [UInt8], step: Int = 1) {
        self.bytes = bytes
        self.step = step
    }

    public func read(into buffer: inout MutableSpan<UInt8>) -> Int {
        let count = min(buffer.count, bytes.count - position, step)
        for i in 0..<count { buffer[i] = bytes[position + i] }
        position += count
        return count
    }
}

/// Fails with `io` after some bytes.
public final class FailingByteSource: ByteSource {
    private let bytes: [UInt8]
    private var position = 0

    public init(_ bytes: [UInt8]) {
        self.bytes = bytes
    }

    public func read(into buffer: inout MutableSpan<UInt8>) throws(ImageError) -> Int {
        guard position < bytes.count else { throw ImageError(.io, "the device is gone", operation: .read) }
        let count = min(buffer.count, bytes.count - position)
        for i in 0..<count { buffer[i] = bytes[position + i] }
        position += count
        return count
    }
}
