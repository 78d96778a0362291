/// The checksum of ISO 3309 and ITU-T V.42 §8.1.1.6.2, as zip, gzip and PNG use it: polynomial 0x04C11DB7, bits reversed.
enum CRC32 {
    static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        var table = [256 of UInt32](repeating: 0)
        for index in 0..<256 {
            var value = UInt32(truncatingIfNeeded: index)
            for _ in 0..<8 { value = value & 1 == 1 ? (value >> 1) ^ 0xEDB8_8320 : value >> 1 }
            table[index] = value
        }
        var crc: UInt32 = 0xFFFF_FFFF
        for i in bytes.indices { crc = table[Int((crc ^ UInt32(bytes[i])) & 0xFF)] ^ (crc >> 8) }
        return ~crc
    }
}
