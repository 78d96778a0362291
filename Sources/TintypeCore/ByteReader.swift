/// A decoder's own buffer over a byte source: where it erases the source, keeps its place and reads integers.
///
/// A hot loop reads `buffer[position..<end]` itself and then says `advance(by:)`; `fill(_:)` sees to it that enough lies there.
public struct ByteReader: ~Copyable {
    /// The window of the input held now; only `position..<end` is of interest.
    public private(set) var buffer: [UInt8]
    public private(set) var position = 0
    public private(set) var end = 0
    /// The format that errors name.
    public let format: ImageFormat
    private let source: any ByteSource
    private var base: Int
    private var sourceEnded = false

    /// - Parameters:
    ///   - offset: what `offset` is to say at the source's first byte.
    ///   - capacity: the size of the window in bytes, at least 16.
    public init(_ source: any ByteSource, format: ImageFormat, startingAt offset: Int = 0, capacity: Int = 64 << 10) {
        base = offset
        self.source = source
        self.format = format
        buffer = [UInt8](repeating: 0, count: max(16, capacity))
    }

    /// The offset in the input of the next byte.
    public var offset: Int { base + position }
    /// Bytes that lie in the window, ready to be read.
    public var available: Int { end - position }

    /// Sees to it that `count` bytes lie in the window, or all that the source still has, whichever is fewer.
    ///
    /// - Parameter count: at most the capacity of the window (more is cut to it).
    /// - Returns: how many bytes are available now.
    @discardableResult
    public mutating func fill(_ count: Int) throws(ImageError) -> Int {
        if available >= count || sourceEnded { return available }
        try refill(min(count, buffer.count))
        return available
    }

    private mutating func refill(_ count: Int) throws(ImageError) {
        if position > 0 {
            for i in 0..<(end - position) { buffer[i] = buffer[position &+ i] }
            base += position
            end -= position
            position = 0
        }
        while end < count && !sourceEnded {
            let read = try Self.read(from: source, into: &buffer, at: end)
            if read <= 0 { sourceEnded = true } else { end = min(buffer.count, end + read) }
        }
    }

    private static func read(
        from source: any ByteSource, into buffer: inout [UInt8], at start: Int
    ) throws(ImageError) -> Int {
        var span = buffer.mutableSpan
        var free = span._mutatingExtracting(start..<span.count)
        return try source.read(into: &free)
    }

    /// Passes over `count` bytes of the window.
    ///
    /// - Precondition: `0 <= count && count <= available`.
    public mutating func advance(by count: Int) {
        precondition(count >= 0 && count <= available)
        position += count
    }

    /// The next byte, not passed over, or nil at the end.
    public mutating func peek() throws(ImageError) -> UInt8? {
        try fill(1) > 0 ? buffer[position] : nil
    }

    /// The next byte, or nil at the end.
    public mutating func nextByte() throws(ImageError) -> UInt8? {
        if position >= end, try fill(1) == 0 { return nil }
        defer { position += 1 }
        return buffer[position]
    }

    /// The next byte. Throws `truncated` at the end.
    public mutating func readByte() throws(ImageError) -> UInt8 {
        guard let byte = try nextByte() else { throw truncated() }
        return byte
    }

    /// A 16-bit integer, most significant byte first. Throws `truncated` at the end.
    public mutating func readUInt16() throws(ImageError) -> UInt16 {
        let high = try readByte()
        return UInt16(high) << 8 | UInt16(try readByte())
    }

    /// A 16-bit integer, least significant byte first. Throws `truncated` at the end.
    public mutating func readUInt16LittleEndian() throws(ImageError) -> UInt16 {
        try readUInt16().byteSwapped
    }

    /// A 32-bit integer, most significant byte first. Throws `truncated` at the end.
    public mutating func readUInt32() throws(ImageError) -> UInt32 {
        let high = try readUInt16()
        return UInt32(high) << 16 | UInt32(try readUInt16())
    }

    /// The next `count` bytes. Memory grows with what is really there, so a false count costs nothing.
    ///
    /// Throws `truncated` where fewer are left.
    public mutating func readBytes(_ count: Int) throws(ImageError) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(min(count, buffer.count))
        while bytes.count < count {
            guard try fill(1) > 0 else { throw truncated() }
            let step = min(available, count - bytes.count)
            bytes.append(contentsOf: buffer[position..<position + step])
            position += step
        }
        return bytes
    }

    /// Passes over up to `count` bytes and returns how many there were.
    @discardableResult
    public mutating func skip(_ count: Int) throws(ImageError) -> Int {
        var left = count
        while left > 0, try fill(1) > 0 {
            let step = min(available, left)
            position += step
            left -= step
        }
        return count - left
    }

    /// An error of kind `truncated` at this place.
    public func truncated(_ reason: String = "the file ends too early") -> ImageError {
        ImageError(.truncated, reason, at: offset, format: format)
    }

    /// An error of kind `malformed` at this place.
    public func malformed(_ reason: String) -> ImageError {
        ImageError(.malformed, reason, at: offset, format: format)
    }
}
