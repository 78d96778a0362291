internal import TintypeCore

/// Reads a PNG datastream as chunks (PNG §5.3), and checks each one's CRC.
///
/// One chunk is open at a time: `advance()` opens the next and closes what is left of the one before.
struct ChunkReader: ~Copyable {
    /// Where the bytes come from, to look ahead in.
    let source: any ByteSource
    private var reader: ByteReader
    private var crc = CRC32()
    /// Where damage that can be passed over is noted.
    var log: DamageLog
    /// The chunk now open, nil before the first, after the last, and where the file breaks off.
    private(set) var type: ChunkType?
    /// Bytes of the open chunk's data not yet read.
    private(set) var remaining = 0
    /// The offset in the file of the open chunk.
    private(set) var start = 0
    /// The sequence number that the animation's next chunk must have.
    private var sequence: UInt32 = 0

    init(_ source: any ByteSource, strict: Bool) {
        self.source = source
        reader = ByteReader(source, format: .png)
        log = DamageLog(strict: strict)
    }

    var offset: Int { reader.offset }

    /// The signature (PNG §5.2).
    mutating func readSignature() throws(ImageError) {
        let head = try reader.readBytes(pngSignature.count)
        guard head == pngSignature else { throw error(.malformed, "the file does not begin as PNG does") }
    }

    /// Closes the open chunk and opens the next.
    ///
    /// - Returns: its type, nil where the file ends between two chunks.
    /// - Throws: `truncated` in the middle of a chunk, `malformed` where no chunk can begin.
    @discardableResult
    mutating func advance() throws(ImageError) -> ChunkType? {
        try close()
        start = reader.offset
        if try reader.fill(1) == 0 { return nil }
        let length = try reader.readUInt32()
        let code = try reader.readBytes(4)
        let next = ChunkType(code: code.reduce(0) { $0 << 8 | UInt32($1) })
        guard length <= 0x7FFF_FFFF else {
            throw error(.malformed, "a chunk of \(length) bytes is longer than PNG allows")
        }
        guard next.isLegal else { throw error(.malformed, "bytes that are not a chunk") }
        crc = CRC32()
        crc.update(code.span)
        remaining = Int(length)
        type = next
        return next
    }

    /// The whole data of the open chunk, which is closed.
    ///
    /// - Returns: nil if the chunk is ancillary and its CRC wrong, which is noted.
    /// - Throws: `malformed` if a critical chunk's CRC is wrong, `truncated`.
    mutating func readData() throws(ImageError) -> [UInt8]? {
        let bytes = try readData(upTo: remaining)
        return try close() ? bytes : nil
    }

    /// The next `count` bytes of the open chunk, or all that are left of it.
    mutating func readData(upTo count: Int) throws(ImageError) -> [UInt8] {
        let bytes = try reader.readBytes(min(count, remaining))
        crc.update(bytes.span)
        remaining -= bytes.count
        return bytes
    }

    /// Takes the sequence number at the front of an fdAT chunk's data (PNG §11.3.6.3), which must be the next one.
    mutating func takeSequenceNumber() throws(ImageError) {
        let number = try readData(upTo: 4)
        guard number.count == 4 else { throw error(.malformed, "an fdAT chunk without a sequence number") }
        try checkSequence(number.reduce(0) { $0 << 8 | UInt32($1) })
    }

    /// Compares the number of an animation's chunk with the one that is due (PNG §11.3.6).
    mutating func checkSequence(_ number: UInt32) throws(ImageError) {
        guard number == sequence else {
            throw error(.malformed, "the animation has sequence number \(number) where \(sequence) is due")
        }
        sequence &+= 1
    }

    /// Reads the open chunk to its end and compares its CRC (PNG §5.5).
    ///
    /// - Parameter row: the first row that is not to be trusted if the CRC of image data is wrong.
    /// - Returns: false if the CRC is wrong and the chunk's data not to be used.
    /// - Throws: `malformed` if a critical chunk's CRC is wrong, unless it holds image data: that has a checksum of its
    ///   own and is already used, so it is noted like that of an ancillary chunk.
    @discardableResult
    mutating func close(row: Int? = nil) throws(ImageError) -> Bool {
        guard let type else { return true }
        self.type = nil
        while remaining > 0 {
            guard try reader.fill(1) > 0 else { throw reader.truncated("the file ends inside a \(type) chunk") }
            skip(min(remaining, reader.available))
        }
        guard try reader.fill(4) >= 4 else { throw reader.truncated("the file ends inside a \(type) chunk") }
        if try reader.readUInt32() == crc.value { return true }
        let reason = "the CRC of a \(type) chunk is wrong"
        guard type.isAncillary || type == .idat else { throw error(.malformed, reason) }
        try log.note(.damaged, reason, row: row, at: start)
        return false
    }

    /// Passes over bytes of the open chunk that lie in the reader's window.
    private mutating func skip(_ count: Int) {
        crc.update(reader.buffer, reader.position..<reader.position + count)
        reader.advance(by: count)
        remaining -= count
    }

    /// Inflates what the window holds of the open chunk's data, after filling the window if it is empty.
    ///
    /// - Throws: `truncated` if the file ends first.
    mutating func inflate(
        with inflater: inout Inflater, into output: inout MutableSpan<UInt8>
    ) throws(ImageError) -> Inflater.Step {
        if remaining > 0, try reader.fill(1) == 0 {
            throw reader.truncated("the file ends inside the image data")
        }
        let here = min(remaining, reader.available)
        let step = inflater.inflate(
            reader.buffer.span.extracting(reader.position..<reader.position + here), into: &output)
        skip(step.consumed)
        return step
    }

    /// Whether bytes follow the last chunk that was closed.
    mutating func hasMore() throws(ImageError) -> Bool { try reader.fill(1) > 0 }

    /// An error at the open chunk.
    func error(_ kind: ImageError.Kind, _ reason: String) -> ImageError {
        ImageError(kind, reason, at: start, format: .png)
    }
}
