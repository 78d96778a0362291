import TintypePNG

/// A checksum inside a JSON object, as its first member: `{"crc32":"0a1b2c3d",…}`. It is the CRC-32 (ISO 3309) of the bytes after that
/// member's comma, to the end of the object.
enum Seal {
    private static let head = Array(#"{"crc32":""#.utf8)
    private static let tail = Array(#"","#.utf8)
    /// Bytes from the brace to the comma.
    static let length = head.count + 8 + tail.count

    /// The object with its checksum.
    static func sealed(_ object: some Sequence<UInt8>) -> [UInt8] {
        let rest = Array(object.dropFirst())
        return seal(of: rest.span) + rest
    }

    /// Whether the checksum agrees; nil where there is none.
    static func isIntact(_ bytes: [UInt8], _ range: Range<Int>) -> Bool? {
        guard range.count > length, bytes[range].starts(with: head) else { return nil }
        let rest = bytes.span.extracting(range.lowerBound + length..<range.upperBound)
        return bytes[range].starts(with: seal(of: rest))
    }

    private static func seal(of rest: Span<UInt8>) -> [UInt8] {
        let hex = String(checksum(rest), radix: 16)
        return head + String(repeating: "0", count: 8 - hex.count).utf8 + hex.utf8 + tail
    }

    /// The object without its checksum.
    static func opened(_ bytes: [UInt8], _ range: Range<Int>) -> [UInt8] {
        [UInt8(ascii: "{")] + bytes[range.lowerBound + length..<range.upperBound]
    }

    static func checksum(_ bytes: Span<UInt8>) -> UInt32 {
        var crc = CRC32()
        crc.update(bytes)
        return crc.value
    }
}
