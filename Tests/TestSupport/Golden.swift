/// What reference decoders made of the test images: the lines of `TestImages/golden.txt`, whose head says how pixels are laid out.
public enum Golden {
    /// A line's name, as `photo.jpg` or `animated.gif#3`, and its CRC-32.
    public static func checksums() throws -> [String: UInt32] {
        let text = String(decoding: try TestImages.bytes("golden.txt"), as: UTF8.self)
        var checksums: [String: UInt32] = [:]
        for line in text.split(separator: "\n") where !line.hasPrefix("#") {
            let words = line.split(separator: " ")
            if words.count == 2, let checksum = UInt32(words[1], radix: 16) { checksums[String(words[0])] = checksum }
        }
        return checksums
    }

    /// The names of the shipped files that end in `suffix` and have goldens, sorted.
    public static func files(_ suffix: String) throws -> [String] {
        let names = try checksums().keys.map { String($0.prefix { $0 != "#" }) }
        return Set(names.filter { $0.hasSuffix(suffix) }).sorted()
    }

    /// The checksums of all frames of an animation, in order; of a still, the one.
    public static func frames(_ name: String) throws -> [UInt32] {
        let all = try checksums()
        var frames: [UInt32] = []
        while let checksum = all["\(name)#\(frames.count)"] { frames.append(checksum) }
        return frames.isEmpty ? all[name].map { [$0] } ?? [] : frames
    }

    /// CRC-32 as zlib and PNG compute it (PNG annex D).
    public static func crc32(_ bytes: [UInt8]) -> UInt32 {
        let table = (0..<256).map { (byte: UInt32) -> UInt32 in
            var crc = byte
            for _ in 0..<8 { crc = crc & 1 == 1 ? 0xEDB8_8320 ^ (crc >> 1) : crc >> 1 }
            return crc
        }
        var crc = UInt32.max
        for byte in bytes { crc = table[Int(UInt8(truncatingIfNeeded: crc) ^ byte)] ^ (crc >> 8) }
        return ~crc
    }

    /// RGBA in 8 bits, with colour 0 where alpha is 0: how frames of animations are compared.
    public static func clearingHiddenColor(_ rgba: [UInt8]) -> [UInt8] {
        var rgba = rgba
        for i in stride(from: 0, to: rgba.count - 3, by: 4) where rgba[i + 3] == 0 {
            rgba[i] = 0
            rgba[i + 1] = 0
            rgba[i + 2] = 0
        }
        return rgba
    }
}
