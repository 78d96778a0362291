import TintypePNG

/// A checksum inside a JSON object, as its first member: `{"crc32":"0a1b2c3d",…}`. It is the CRC-32 (ISO 3309) of the bytes after that
/// member's comma, to the end of the object.
enum Seal {
    private static let head = Array(#"{"crc32":""#.utf8)
    private static let digits = 8
    /// Bytes from the brace to the comma.
    static let length = head.count + digits + 2

    /// The object with its checksum.
    static func sealed(_ object: some Sequence<UInt8>) -> [UInt8] {
        let rest = Array(object.dropFirst())
        var hex = String(checksum(rest.span), radix: 16)
        hex = String(repeating: "0", count: digits - hex.count) + hex
        return head + hex.utf8 + #"","#.utf8 + rest
    }

    /// Whether the checksum agrees; nil where there is none.
    static func isIntact(_ bytes: [UInt8], _ range: Range<Int>) -> Bool? {
        guard range.count > length, bytes[range].starts(with: head) else { return nil }
        let hex = bytes[range.lowerBound + head.count..<range.lowerBound + head.count + digits]
        guard let stated = UInt32(String(decoding: hex, as: UTF8.self), radix: 16) else { return false }
        return stated == checksum(bytes.span.extracting(range.lowerBound + length..<range.upperBound))
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
