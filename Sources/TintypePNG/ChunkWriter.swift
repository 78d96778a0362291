internal import TintypeCore

/// Writes chunks with their CRC (PNG §5.3).
struct ChunkWriter: ~Copyable {
    private var writer: ByteWriter

    init(_ sink: any ByteSink) throws(ImageError) {
        writer = ByteWriter(sink)
        try writer.write(pngSignature)
    }

    mutating func write(_ type: ChunkType, _ data: [UInt8]) throws(ImageError) {
        try write(type, data[...])
    }

    mutating func write(_ type: ChunkType, _ data: ArraySlice<UInt8>) throws(ImageError) {
        guard let length = UInt32(exactly: data.count), length <= 0x7FFF_FFFF else {
            throw ImageError(.limitExceeded, "\(data.count) bytes are more than a \(type) chunk can hold", format: .png)
        }
        var crc = CRC32()
        crc.update(type.bytes.span)
        crc.update(data.span)
        try writer.write(length)
        try writer.write(type.code)
        try writer.write(data)
        try writer.write(crc.value)
    }

    mutating func flush() throws(ImageError) {
        try writer.flush()
    }
}
