/// What is read of an ICC profile: its name. The profile itself is carried as bytes.
enum ICCProfile {
    /// The profile description (ICC.1:2022 §9.2.41): type `mluc` (§10.15) in version 4, `desc` (ICC.1:2001 §6.5.17) in version 2.
    static func name(_ profile: [UInt8]) -> String? {
        func integer(_ offset: Int) -> Int? {
            guard offset >= 0, offset <= profile.count - 4 else { return nil }
            return profile[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) }
        }
        func text(_ start: Int, _ count: Int) -> ArraySlice<UInt8>? {
            guard start >= 0, count > 0, start <= profile.count, count <= profile.count - start else { return nil }
            return profile[start..<start + count]
        }
        let description = 0x6465_7363  // 'desc', the tag and the version 2 type
        guard let count = integer(128) else { return nil }
        for index in 0..<min(count, 200) {
            guard let tag = integer(132 + 12 * index) else { return nil }
            guard tag == description, let offset = integer(136 + 12 * index), let type = integer(offset) else {
                continue
            }
            if type == description {
                guard let length = integer(offset + 8), let ascii = text(offset + 12, length) else { return nil }
                return PlainText.line(ascii.prefix { $0 != 0 })
            }
            // 'mluc': the first record's length and offset, UTF-16, most significant byte first.
            guard type == 0x6D6C_7563, let length = integer(offset + 20), let start = integer(offset + 24),
                let utf16 = text(offset + start, length)
            else { return nil }
            let pairs = stride(from: utf16.startIndex, to: utf16.endIndex - 1, by: 2)
            let units = pairs.map { UInt16(utf16[$0]) << 8 | UInt16(utf16[$0 + 1]) }
            return PlainText.line(String(decoding: units.prefix { $0 != 0 }, as: UTF16.self))
        }
        return nil
    }

}
