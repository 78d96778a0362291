/// Somewhere for an encoder's bytes to go: a file, a pipe, an array.
public protocol ByteSink: AnyObject {
    /// Takes all of `bytes`, in order.
    func write(_ bytes: Span<UInt8>) throws(ImageError)
}

/// Collects bytes in an array.
public final class MemoryByteSink: ByteSink {
    public private(set) var bytes: [UInt8] = []

    public init() {}

    /// Makes room for so many bytes in all at once.
    public func reserve(_ count: Int) { bytes.reserveCapacity(count) }

    public func write(_ bytes: Span<UInt8>) {
        let needed = self.bytes.count + bytes.count
        // Doubled, so that many writes do not copy the array as often.
        if needed > self.bytes.capacity { self.bytes.reserveCapacity(max(needed, 2 * self.bytes.capacity)) }
        Self.append(bytes, to: &self.bytes)
    }
}

extension MemoryByteSink {
    /// A copy from span to span uses vectors, which appending one by one does not.
    private static func append(_ new: Span<UInt8>, to bytes: inout [UInt8]) {
        let start = bytes.count
        bytes.append(contentsOf: repeatElement(0, count: new.count))
        var all = bytes.mutableSpan
        var room = all._mutatingExtracting(start..<all.count)
        for i in new.indices { room[i] = new[i] }
    }
}

/// An encoder's own buffer before a byte sink.
public struct ByteWriter: ~Copyable {
    private let sink: any ByteSink
    private var buffer: [UInt8] = []
    private let capacity: Int
    /// Bytes written so far, those in the buffer included.
    public private(set) var offset = 0

    public init(_ sink: any ByteSink, capacity: Int = 64 << 10) {
        self.sink = sink
        self.capacity = capacity
        buffer.reserveCapacity(capacity)
    }

    public mutating func write(_ byte: UInt8) throws(ImageError) {
        buffer.append(byte)
        offset += 1
        if buffer.count >= capacity { try flush() }
    }

    /// Most significant byte first.
    public mutating func write(_ value: UInt16) throws(ImageError) {
        try write(UInt8(truncatingIfNeeded: value >> 8))
        try write(UInt8(truncatingIfNeeded: value))
    }

    /// Most significant byte first.
    public mutating func write(_ value: UInt32) throws(ImageError) {
        try write(UInt16(truncatingIfNeeded: value >> 16))
        try write(UInt16(truncatingIfNeeded: value))
    }

    public mutating func write(_ bytes: some Collection<UInt8>) throws(ImageError) {
        buffer.append(contentsOf: bytes)
        offset += bytes.count
        if buffer.count >= capacity { try flush() }
    }

    public mutating func write(_ bytes: Span<UInt8>) throws(ImageError) {
        try flush()
        try sink.write(bytes)
        offset += bytes.count
    }

    /// Hands what is buffered to the sink. The owner calls it last; nothing is written behind its back.
    public mutating func flush() throws(ImageError) {
        if buffer.isEmpty { return }
        try sink.write(buffer.span)
        buffer.removeAll(keepingCapacity: true)
    }
}
