/// A chunk as a test wants it, right or wrong.
public struct PNGChunk: Sendable, CustomStringConvertible {
    public var type: String
    public var data: [UInt8]
    /// What the CRC is falsified with.
    public var crcError: UInt32 = 0
    /// The length that is stated, if not the true one.
    public var statedLength: UInt32?

    public init(_ type: String, _ data: [UInt8] = []) {
        self.type = type
        self.data = data
    }

    public var bytes: [UInt8] {
        let name = Array(type.utf8)
        return bigEndian32(statedLength ?? UInt32(data.count)) + name + data
            + bigEndian32(PNGChecksums.crc(name + data) ^ crcError)
    }

    public var description: String { "\(type), \(data.count) bytes" }

    public static let signature: [UInt8] = [137, 80, 78, 71, 13, 10, 26, 10]

    /// The signature and these chunks.
    public static func file(_ chunks: [PNGChunk]) -> [UInt8] {
        signature + chunks.flatMap { $0.bytes }
    }

    /// The chunks of a well-formed file.
    public static func split(_ file: [UInt8]) -> [PNGChunk] {
        var chunks: [PNGChunk] = []
        var at = 8
        while at + 12 <= file.count {
            let length = file[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
            let data = Array(file[at + 8..<at + 8 + length])
            chunks.append(PNGChunk(String(decoding: file[at + 4..<at + 8], as: UTF8.self), data))
            at += 12 + length
        }
        return chunks
    }
}

public func bigEndian32(_ value: UInt32) -> [UInt8] {
    [UInt8(value >> 24), UInt8(value >> 16 & 255), UInt8(value >> 8 & 255), UInt8(value & 255)]
}

public func bigEndian16(_ value: Int) -> [UInt8] {
    [UInt8(value >> 8 & 255), UInt8(value & 255)]
}

public enum PNGChecksums {
    /// The CRC of PNG §5.5, bit by bit.
    public static func crc(_ bytes: [UInt8]) -> UInt32 {
        var crc = UInt32.max
        for byte in bytes {
            crc ^= UInt32(byte)
            for _ in 0..<8 { crc = crc & 1 == 1 ? crc >> 1 ^ 0xEDB8_8320 : crc >> 1 }
        }
        return ~crc
    }

    /// The checksum of a zlib stream (RFC 1950 §8).
    public static func adler(_ bytes: [UInt8]) -> UInt32 {
        var (a, b): (UInt32, UInt32) = (1, 0)
        for byte in bytes {
            a = (a + UInt32(byte)) % 65521
            b = (b + a) % 65521
        }
        return b << 16 | a
    }
}

/// Zlib streams made by hand, so that nothing of the code under test is needed to make them.
public enum PNGZlib {
    /// Stored blocks (RFC 1951 §3.2.4).
    public static func stored(_ bytes: [UInt8], block: Int = 65535) -> [UInt8] {
        var stream: [UInt8] = [0x78, 0x01]
        var at = 0
        repeat {
            let count = min(block, bytes.count - at)
            let isLast = at + count == bytes.count
            let low = UInt8(count & 255)
            let high = UInt8(count >> 8)
            stream += [isLast ? 1 : 0, low, high, ~low, ~high] + bytes[at..<at + count]
            at += count
        } while at < bytes.count
        return stream + bigEndian32(PNGChecksums.adler(bytes))
    }

    /// 1 + 258 × `runs` zeros in about 1.6 bits a run: a bomb. One block of fixed Huffman codes (RFC 1951 §3.2.6).
    public static func zeros(runs: Int) -> [UInt8] {
        var bits = BitString()
        bits.append(1, 1)  // the last block
        bits.append(1, 2)  // fixed codes
        bits.appendCode(0x30, 8)  // the literal 0
        for _ in 0..<runs {
            bits.appendCode(0b1100_0101, 8)  // symbol 285: length 258
            bits.appendCode(0, 5)  // distance 1
        }
        bits.appendCode(0, 7)  // end of block
        // Adler-32 of zeros: a stays 1, b counts them.
        let count = UInt32((1 + 258 * runs) % 65521)
        return [0x78, 0x01] + bits.bytes + bigEndian32(count << 16 | 1)
    }

    private struct BitString {
        var bytes: [UInt8] = []
        var used = 8

        mutating func append(_ value: Int, _ count: Int) {
            for bit in 0..<count {
                if used == 8 {
                    bytes.append(0)
                    used = 0
                }
                if value >> bit & 1 == 1 { bytes[bytes.count - 1] |= 1 << UInt8(used) }
                used += 1
            }
        }

        /// Huffman codes go in with the most significant bit first.
        mutating func appendCode(_ code: Int, _ count: Int) {
            for bit in (0..<count).reversed() { append(code >> bit & 1, 1) }
        }
    }
}
