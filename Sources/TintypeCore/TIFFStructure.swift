/// The skeleton of a TIFF structure (TIFF 6.0 §2), as EXIF uses it: a byte-order mark, 42, and directories of 12-byte entries.
///
/// Every offset and count is the file's claim. Nothing is followed but what the caller names, so directories that point at
/// each other cost nothing.
struct TIFFStructure {
    private(set) var bytes: [UInt8]
    let isLittleEndian: Bool
    /// Where the first directory begins.
    let firstDirectory: Int

    /// Nil unless the bytes begin with a TIFF header whose first directory lies within them.
    init?(_ bytes: [UInt8]) {
        guard bytes.count >= 14 else { return nil }
        switch (bytes[0], bytes[1]) {
        case (0x49, 0x49): isLittleEndian = true
        case (0x4D, 0x4D): isLittleEndian = false
        default: return nil
        }
        self.bytes = bytes
        firstDirectory = Self.integer(bytes, at: 4, count: 4, isLittleEndian) ?? 0
        guard integer(at: 2, count: 2) == 42, firstDirectory >= 8, firstDirectory <= bytes.count - 2 else { return nil }
    }

    /// One entry of a directory (TIFF 6.0 §2, "IFD Entry").
    struct Entry {
        let tag: Int
        let type: Int
        /// Values, not bytes.
        let count: Int
        /// Where the entry's 12 bytes begin.
        let place: Int
        /// Where its values lie, all of them within the block.
        let values: Range<Int>

        /// The bytes of one value, by type; 0 for a type that nobody knows.
        static func width(ofType type: Int) -> Int {
            switch type {
            case 1, 2, 6, 7, 129: 1
            case 3, 8: 2
            case 4, 9, 11, 13: 4
            case 5, 10, 12: 8
            default: 0
            }
        }

        /// Whether the values are text: ASCII, or UTF-8 as EXIF 3.0 has it (§4.6.2).
        var isText: Bool { type == 2 || type == 129 }
        /// Whether they are BYTE, SHORT, LONG or IFD.
        var isUnsigned: Bool { [1, 3, 4, 13].contains(type) }
    }

    /// A directory whose table lies within the block, at least in part.
    struct Directory {
        /// The table with its count and the offset of the next directory, as far as they are there.
        let table: Range<Int>
        /// Those whose values lie within the block.
        let entries: [Entry]
        /// Where the offset of the next directory is stored, if that is within the block.
        let nextPlace: Int?

        /// The first entry with this tag.
        subscript(_ tag: Int) -> Entry? { entries.first { $0.tag == tag } }
    }

    /// The directory that begins at `offset`, or nil if there is no room for one.
    func directory(at offset: Int) -> Directory? {
        guard offset >= 8, let claimed = integer(at: offset, count: 2) else { return nil }
        let count = min(claimed, (bytes.count - offset - 2) / 12)
        let entries = (0..<count).compactMap { entry(at: offset + 2 + 12 * $0) }
        let end = offset + 2 + 12 * count
        let hasNext = count == claimed && end + 4 <= bytes.count
        return Directory(
            table: offset..<(hasNext ? end + 4 : end), entries: entries, nextPlace: hasNext ? end : nil)
    }

    /// The directory that the first of the entry's values points at.
    func directory(_ pointer: Entry?) -> Directory? {
        // LONG or IFD; some cameras say SLONG.
        guard let pointer, [4, 9, 13].contains(pointer.type) else { return nil }
        return integer(at: pointer.values.lowerBound, count: 4).flatMap { directory(at: $0) }
    }

    /// The directory that follows another.
    func directory(after directory: Directory) -> Directory? {
        directory.nextPlace.flatMap { integer(at: $0, count: 4) }.flatMap { self.directory(at: $0) }
    }

    private func entry(at place: Int) -> Entry? {
        guard let tag = integer(at: place, count: 2), let type = integer(at: place + 2, count: 2),
            let count = integer(at: place + 4, count: 4)
        else { return nil }
        // At most 2³² × 8.
        let length = count * Entry.width(ofType: type)
        let start = length <= 4 ? place + 8 : integer(at: place + 8, count: 4) ?? bytes.count
        guard length > 0, start <= bytes.count, length <= bytes.count - start else { return nil }
        return Entry(tag: tag, type: type, count: count, place: place, values: start..<start + length)
    }
}

// MARK: - Values

extension TIFFStructure {
    /// The value at `index` of an entry of BYTE, SHORT, LONG or IFD; nil for other types and beyond its count.
    func integer(_ entry: Entry, _ index: Int = 0) -> Int? {
        guard entry.isUnsigned, index < entry.count else { return nil }
        let width = Entry.width(ofType: entry.type)
        return integer(at: entry.values.lowerBound + index * width, count: width)
    }

    /// The value at `index` of an entry of RATIONAL or SRATIONAL, or of an integer type; nil where it is no number, like 0/0.
    func number(_ entry: Entry, _ index: Int = 0) -> Double? {
        guard entry.type == 5 || entry.type == 10 else { return integer(entry, index).map(Double.init) }
        let place = entry.values.lowerBound + index * 8
        guard index < entry.count, let above = integer(at: place, count: 4),
            let below = integer(at: place + 4, count: 4),
            below != 0
        else { return nil }
        if entry.type == 5 { return Double(above) / Double(below) }
        return Double(Int32(truncatingIfNeeded: above)) / Double(Int32(truncatingIfNeeded: below))
    }

    /// The bytes of an entry's text, without what follows the first zero; nil for other types.
    func text(_ entry: Entry) -> ArraySlice<UInt8>? {
        entry.isText ? bytes[entry.values].prefix { $0 != 0 } : nil
    }

    func integer(at offset: Int, count: Int) -> Int? {
        Self.integer(bytes, at: offset, count: count, isLittleEndian)
    }

    private static func integer(_ bytes: [UInt8], at offset: Int, count: Int, _ isLittleEndian: Bool) -> Int? {
        guard offset >= 0, offset <= bytes.count - count else { return nil }
        let field = bytes[offset..<offset + count]
        return isLittleEndian ? field.reversed().reduce(0) { $0 << 8 | Int($1) } : field.reduce(0) { $0 << 8 | Int($1) }
    }
}

// MARK: - Changes in place

extension TIFFStructure {
    /// Overwrites `count` bytes with an integer, if they lie within the block.
    mutating func set(_ value: Int, at offset: Int, count: Int) {
        guard offset >= 0, offset <= bytes.count - count else { return }
        for i in 0..<count {
            let shift = 8 * (isLittleEndian ? i : count - 1 - i)
            bytes[offset + i] = UInt8(truncatingIfNeeded: value >> shift)
        }
    }

    /// Makes the entry hold this one number, below 2³², as a LONG.
    mutating func setLong(_ value: Int, in entry: Entry) {
        set(4, at: entry.place + 2, count: 2)
        set(1, at: entry.place + 4, count: 4)
        set(value, at: entry.place + 8, count: 4)
    }

    /// Overwrites with zeros what lies in `dropped` and not in `kept`; what of that is the block's end is cut off.
    mutating func erase(_ dropped: [Range<Int>], except kept: [Range<Int>]) {
        let kept = Self.merged(kept)
        var next = 0
        var end = bytes.count
        for range in Self.merged(dropped) {
            var start = range.lowerBound
            while start < range.upperBound {
                // Both lists are in order, so each kept range is passed once.
                while next < kept.count, kept[next].upperBound <= start { next += 1 }
                let free = next < kept.count ? kept[next].lowerBound : bytes.count
                if free <= start, next < kept.count {
                    start = kept[next].upperBound
                    continue
                }
                let stop = min(range.upperBound, free)
                for i in start..<stop { bytes[i] = 0 }
                if stop == bytes.count { end = start }
                start = stop
            }
        }
        bytes.removeSubrange(end...)
    }

    /// The same bytes in ranges that lie apart, in order.
    private static func merged(_ ranges: [Range<Int>]) -> [Range<Int>] {
        var merged: [Range<Int>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = merged.last, range.lowerBound <= last.upperBound {
                merged[merged.count - 1] = last.lowerBound..<max(last.upperBound, range.upperBound)
            } else {
                merged.append(range)
            }
        }
        return merged
    }
}
