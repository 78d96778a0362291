/// An EXIF block: the entries that decide how a picture is shown and copied, and the changes that a copy needs.
///
/// Changes are made in place. Makers' notes hold offsets from the block's beginning, so nothing in it may move.
struct EXIF {
    private var tiff: TIFFStructure
    private let main: TIFFStructure.Directory

    /// The tags that are looked for (EXIF 2.32 §4.6.4 to §4.6.7, TIFF 6.0 §8).
    enum Tag {
        static let imageWidth = 0x0100
        static let imageHeight = 0x0101
        static let make = 0x010F
        static let model = 0x0110
        static let stripOffsets = 0x0111
        static let orientation = 0x0112
        static let stripByteCounts = 0x0117
        static let artist = 0x013B
        static let thumbnailOffset = 0x0201
        static let thumbnailByteCount = 0x0202
        static let copyright = 0x8298
        static let exifDirectory = 0x8769
        static let gpsDirectory = 0x8825
        static let colorSpace = 0xA001
        static let pixelWidth = 0xA002
        static let pixelHeight = 0xA003
        static let interoperabilityDirectory = 0xA005
        static let interoperabilityIndex = 0x0001
    }

    /// Nil unless the block begins with a TIFF header whose directory lies within it.
    init?(_ bytes: [UInt8]) {
        guard let tiff = TIFFStructure(bytes), let main = tiff.directory(at: tiff.firstDirectory) else { return nil }
        self.tiff = tiff
        self.main = main
    }

    var bytes: [UInt8] { tiff.bytes }

    /// 1 to 8 as an `Orientation`; nil where the entry is missing or out of range. TIFF wants a SHORT, other integers are read too.
    var orientation: Orientation? { main[Tag.orientation].flatMap { tiff.integer($0) }.flatMap(Orientation.init) }

    /// The whole value of the Artist entry, closing zero byte included.
    var artist: ArraySlice<UInt8>? { textValue(Tag.artist) }
    /// The whole value of the Copyright entry: the photographer's and, after a zero byte, the editor's (EXIF 2.32 §4.6.4 D).
    var copyright: ArraySlice<UInt8>? { textValue(Tag.copyright) }

    private func textValue(_ tag: Int) -> ArraySlice<UInt8>? {
        guard let entry = main[tag], entry.isText else { return nil }
        let value = tiff.bytes[entry.values]
        return value.contains { $0 != 0 && $0 != 0x20 } ? value : nil
    }

    /// The values that people ask for.
    var facts: EXIFFacts {
        let exif = tiff.directory(main[Tag.exifDirectory])
        let gps = tiff.directory(main[Tag.gpsDirectory])
        return EXIFFacts(tiff, main: main, exif: exif, gps: gps)
    }
}

// MARK: - What a copy changes

extension EXIF {
    /// Changes the orientation in the entry that is there.
    mutating func setOrientation(_ orientation: Orientation) {
        guard let entry = main[Tag.orientation], entry.isUnsigned else { return }
        let width = TIFFStructure.Entry.width(ofType: entry.type)
        tiff.set(orientation.rawValue, at: entry.values.lowerBound, count: width)
    }

    /// Changes the picture's width and height in the entries that are there.
    mutating func setSize(_ size: Size) {
        let exif = tiff.directory(main[Tag.exifDirectory])
        let entries = [
            (main[Tag.imageWidth], size.width), (main[Tag.imageHeight], size.height),
            (exif?[Tag.pixelWidth], size.width), (exif?[Tag.pixelHeight], size.height),
        ]
        for (entry, side) in entries {
            if let entry, entry.isUnsigned { tiff.setLong(side, in: entry) }
        }
    }

    /// Says that the colours are sRGB, in the entries that are there: ColorSpace 1 (EXIF 2.32 §4.6.5 B) and, for Adobe RGB's
    /// "R03" of DCF, "R98".
    mutating func setSRGB() {
        guard let exif = tiff.directory(main[Tag.exifDirectory]) else { return }
        if let entry = exif[Tag.colorSpace], entry.type == 3 {
            tiff.set(1, at: entry.values.lowerBound, count: 2)
        }
        let interoperability = tiff.directory(exif[Tag.interoperabilityDirectory])
        if let entry = interoperability?[Tag.interoperabilityIndex], tiff.text(entry)?.elementsEqual("R03".utf8) == true
        {
            for (i, byte) in "R98".utf8.enumerated() { tiff.set(Int(byte), at: entry.values.lowerBound + i, count: 1) }
        }
    }

    /// Takes out the embedded thumbnail (EXIF 2.32 §4.5.6): the first directory is no longer followed by another, and the bytes
    /// of the one that was there and of its picture are erased where nothing else claims them.
    mutating func removeThumbnail() {
        guard let place = main.nextPlace else { return }
        let thumbnail = tiff.directory(after: main)
        tiff.set(0, at: place, count: 4)
        guard let thumbnail else { return }
        let exif = tiff.directory(main[Tag.exifDirectory])
        let others = [
            tiff.directory(main[Tag.gpsDirectory]), tiff.directory(exif?[Tag.interoperabilityDirectory]), exif, main,
        ]
        let kept = others.compactMap { $0 }.flatMap { [$0.table] + $0.entries.map(\.values) }
        let picture =
            ranges(thumbnail, offsets: Tag.thumbnailOffset, counts: Tag.thumbnailByteCount)
            + ranges(thumbnail, offsets: Tag.stripOffsets, counts: Tag.stripByteCounts)
        tiff.erase([thumbnail.table] + thumbnail.entries.map(\.values) + picture, except: [0..<8] + kept)
    }

    /// What lists of offsets and of lengths name, as far as it lies within the block.
    private func ranges(_ directory: TIFFStructure.Directory, offsets: Int, counts: Int) -> [Range<Int>] {
        guard let offsets = directory[offsets], let counts = directory[counts] else { return [] }
        return (0..<min(offsets.count, counts.count)).compactMap { index in
            guard let start = tiff.integer(offsets, index), let count = tiff.integer(counts, index),
                start < tiff.bytes.count
            else { return nil }
            return start..<min(tiff.bytes.count, start + count)
        }
    }
}

// MARK: - A block of one's own

extension EXIF {
    /// A new block that holds nothing but these entries, or nil where there are none. The texts end in a zero byte.
    static func block(
        orientation: Orientation?, artist: ArraySlice<UInt8>?, copyright: ArraySlice<UInt8>?
    ) -> [UInt8]? {
        let texts = [(Tag.artist, artist), (Tag.copyright, copyright)].compactMap { tag, text in
            text.map { (tag: tag, text: Array($0)) }
        }
        let count = (orientation == nil ? 0 : 1) + texts.count
        if count == 0 { return nil }
        // IFD0 at 8: its entries in the order of their tags, no next directory, then the texts too long for their entries.
        var block: [UInt8] = [0x4D, 0x4D, 0, 42, 0, 0, 0, 8, 0, UInt8(count)]
        var values: [UInt8] = []
        let start = 14 + 12 * count
        func append(_ value: Int, bytes: Int) {
            for i in 0..<bytes { block.append(UInt8(truncatingIfNeeded: value >> (8 * (bytes - 1 - i)))) }
        }
        if let orientation { block += [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, UInt8(orientation.rawValue), 0, 0] }
        for (tag, text) in texts {
            append(tag, bytes: 2)
            append(2, bytes: 2)
            append(text.count, bytes: 4)
            if text.count <= 4 {
                block += text + [UInt8](repeating: 0, count: 4 - text.count)
            } else {
                append(start + values.count, bytes: 4)
                // Values begin on even offsets (TIFF 6.0 §2).
                values += text.count.isMultiple(of: 2) ? text : text + [0]
            }
        }
        append(0, bytes: 4)
        return block + values
    }
}
