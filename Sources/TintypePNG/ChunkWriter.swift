internal import TintypeCore

/// Writes chunks with their CRC (PNG §5.3).
struct ChunkWriter: ~Copyable {
    private var writer: ByteWriter

    init(_ sink: any ByteSink) throws(ImageError) {
        writer = ByteWriter(sink)
        try writer.write(pngSignature)
    }

    mutating func write(_ type: ChunkType, _ data: [UInt8]) throws(ImageError) {
        try write(type, data, count: data.count)
    }

    /// A chunk of the first `count` bytes of `data`.
    mutating func write(_ type: ChunkType, _ data: [UInt8], count: Int) throws(ImageError) {
        guard let length = UInt32(exactly: count), length <= 0x7FFF_FFFF else {
            throw ImageError(.limitExceeded, "\(count) bytes are more than a \(type) chunk can hold", format: .png)
        }
        var crc = CRC32()
        crc.update(type.bytes.span)
        crc.update(data, 0..<count)
        try writer.write(length)
        try writer.write(type.code)
        try writer.write(data[0..<count])
        try writer.write(crc.value)
    }

    mutating func flush() throws(ImageError) {
        try writer.flush()
    }
}
