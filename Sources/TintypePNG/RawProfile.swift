internal import TintypeCore

/// A block of metadata in the text that ImageMagick made of it before PNG had a chunk for it, and many a program still
/// does: the keyword names the block, the text is a line that repeats the name, one with the number of bytes, and these
/// in hexadecimal digits.
enum RawProfile {
    static let prefix = "Raw profile type "

    /// Puts the block where it belongs, unless another is there.
    ///
    /// - Returns: whether the text is such a block.
    /// - Throws: `damaged` if it is one, but not in order.
    static func take(_ text: Metadata.PNG.Text, into metadata: inout Metadata) throws(ChunkData.Fault) -> Bool {
        guard text.keyword.hasPrefix(prefix) else { return false }
        let exifHead = Array("Exif\0\0".utf8)
        let xmpHead = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
        switch text.keyword.dropFirst(prefix.count).lowercased() {
        case "exif", "app1":
            let bytes = try decode(text.text)
            if bytes.starts(with: xmpHead) {
                metadata.xmp = metadata.xmp ?? Array(bytes.dropFirst(xmpHead.count))
            } else {
                let exif = Array(bytes.dropFirst(bytes.starts(with: exifHead) ? exifHead.count : 0))
                guard MetadataRules.isEXIF(exif) else { throw .damaged }
                metadata.exif = metadata.exif ?? exif
            }
        case "xmp":
            let packet = try decode(text.text)
            metadata.xmp = metadata.xmp ?? packet
        case "iptc", "8bim":
            let bytes = try decode(text.text)
            // A record begins with 0x1C (IIM §1.6); otherwise they lie among Photoshop's resources.
            let resources = PhotoshopResources.iptc(in: bytes) ?? PhotoshopResources.iptc(resources: bytes[...])
            metadata.iptc = metadata.iptc ?? (bytes.first == 0x1C ? bytes : resources.map(Array.init))
        case "icc", "icm":
            let profile = try decode(text.text)
            guard MetadataRules.isProfile(profile) else { throw .damaged }
            metadata.icc = metadata.icc ?? profile
        default:
            return false
        }
        return true
    }

    /// The text for a block of this name.
    static func text(_ name: String, _ block: [UInt8]) -> Metadata.PNG.Text {
        let digits = Array("0123456789abcdef".utf8)
        var text = Array("\n\(name)\n\(block.count)".utf8)
        for (index, byte) in block.enumerated() {
            if index % 36 == 0 { text.append(0x0A) }
            text += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
        }
        return Metadata.PNG.Text(prefix + name, String(decoding: text + [0x0A], as: UTF8.self))
    }

    private static func decode(_ text: String) throws(ChunkData.Fault) -> [UInt8] {
        let lines = text.utf8.split(maxSplits: 2) { $0 == 0x0A || $0 == 0x0D }
        guard lines.count == 3 else { throw .damaged }
        let digits = lines[1].filter { !isBlank($0) }
        guard let count = Int(String(decoding: digits, as: UTF8.self)) else { throw .damaged }
        var bytes: [UInt8] = []
        var high: UInt8?
        for digit in lines[2] where !isBlank(digit) {
            guard let value = hexadecimal(digit) else { throw .damaged }
            if let first = high {
                bytes.append(first << 4 | value)
                high = nil
            } else {
                high = value
            }
        }
        guard bytes.count == count, high == nil else { throw .damaged }
        return bytes
    }

    private static func isBlank(_ byte: UInt8) -> Bool { byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 }

    private static func hexadecimal(_ digit: UInt8) -> UInt8? {
        switch digit {
        case 0x30...0x39: digit - 0x30
        case 0x41...0x46: digit - 0x41 + 10
        case 0x61...0x66: digit - 0x61 + 10
        default: nil
        }
    }
}
