/// A view of the first directory of an EXIF block: the few entries that decide how a picture is shown and copied.
///
/// The block is a TIFF structure (TIFF 6.0 §2): a byte-order mark, 42, and the offset of IFD0, whose entries are 12 bytes each.
struct EXIF {
    private let bytes: [UInt8]
    private let littleEndian: Bool
    private let directory: Int

    private enum Tag {
        static let orientation = 0x0112
        static let copyright = 0x8298
    }

    /// Nil unless the block begins with a TIFF header whose directory lies within it.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 14 else { return nil }
        switch (bytes[0], bytes[1]) {
        case (0x49, 0x49): littleEndian = true
        case (0x4D, 0x4D): littleEndian = false
        default: return nil
        }
        self.bytes = bytes
        directory = Self.integer(bytes, at: 4, count: 4, littleEndian) ?? 0
        guard integer(at: 2, count: 2) == 42, directory >= 8, directory <= bytes.count - 2 else { return nil }
    }

    /// 1 to 8 as an `Orientation`; nil where the entry is missing or out of range.
    var orientation: Orientation? {
        guard let value = orientationField.flatMap({ integer(at: $0, count: 2) }) else { return nil }
        return Orientation(rawValue: value)
    }

    /// The text of the Copyright entry, without its closing zero byte.
    var copyright: String? {
        guard let entry = entry(Tag.copyright), integer(at: entry + 2, count: 2) == 2,
            let count = integer(at: entry + 4, count: 4), count > 0
        else { return nil }
        let start = count <= 4 ? entry + 8 : integer(at: entry + 8, count: 4) ?? bytes.count
        guard start <= bytes.count, count <= bytes.count - start else { return nil }
        let text = String(decoding: bytes[start..<start + count].prefix { $0 != 0 }, as: UTF8.self)
        return text.isEmpty ? nil : text
    }

    /// The block with another orientation in the entry that is there.
    func settingOrientation(_ orientation: Orientation) -> [UInt8] {
        var changed = bytes
        guard let field = orientationField, field + 1 < bytes.count else { return changed }
        changed[littleEndian ? field : field + 1] = UInt8(orientation.rawValue)
        changed[littleEndian ? field + 1 : field] = 0
        return changed
    }

    /// A new block that holds nothing but these entries, or nil where there are none.
    static func block(orientation: Orientation?, copyright: String?) -> [UInt8]? {
        let text = copyright.map { Array($0.utf8) + [0] }
        let count = (orientation == nil ? 0 : 1) + (text == nil ? 0 : 1)
        if count == 0 { return nil }
        // "MM", 42, IFD0 at 8: its entries in the order of their tags, no next directory, then the text if it is too long for its entry.
        var block: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, UInt8(count)]
        func append(_ value: Int) {
            for shift in [24, 16, 8, 0] { block.append(UInt8(truncatingIfNeeded: value >> shift)) }
        }
        if let orientation { block += [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation.rawValue), 0, 0] }
        guard let text else { return block + [0, 0, 0, 0] }
        block += [0x82, 0x98, 0, 2]
        append(text.count)
        if text.count <= 4 { return block + text + [UInt8](repeating: 0, count: 8 - text.count) }
        append(14 + 12 * count)
        append(0)
        return block + text
    }

    /// Where the orientation's 16-bit value lies. TIFF wants a SHORT; writers that say LONG are common enough to be read too.
    private var orientationField: Int? {
        guard let entry = entry(Tag.orientation), let type = integer(at: entry + 2, count: 2) else { return nil }
        switch type {
        case 3: return entry + 8
        case 4: return littleEndian ? entry + 8 : entry + 10
        default: return nil
        }
    }

    private func entry(_ tag: Int) -> Int? {
        let count = integer(at: directory, count: 2) ?? 0
        for index in 0..<count {
            let entry = directory + 2 + 12 * index
            guard entry + 12 <= bytes.count else { return nil }
            if integer(at: entry, count: 2) == tag { return entry }
        }
        return nil
    }

    private func integer(at offset: Int, count: Int) -> Int? {
        Self.integer(bytes, at: offset, count: count, littleEndian)
    }

    private static func integer(_ bytes: [UInt8], at offset: Int, count: Int, _ littleEndian: Bool) -> Int? {
        guard offset >= 0, offset <= bytes.count - count else { return nil }
        let field = bytes[offset..<offset + count]
        return littleEndian ? field.reversed().reduce(0) { $0 << 8 | Int($1) } : field.reduce(0) { $0 << 8 | Int($1) }
    }
}
