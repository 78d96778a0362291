/// Builds TIFF structures for tests: directories of entries, with pointers from one to another.
public struct EXIFWriting: Sendable {
    public struct Entry: Sendable {
        public var tag: Int
        public var type: Int
        public var count: Int
        /// In the byte order of the structure.
        public var value: [UInt8]

        public init(tag: Int, type: Int, count: Int, value: [UInt8]) {
            self.tag = tag
            self.type = type
            self.count = count
            self.value = value
        }
    }

    public var littleEndian: Bool

    public init(littleEndian: Bool) {
        self.littleEndian = littleEndian
    }

    public func integer(_ value: Int, _ count: Int) -> [UInt8] {
        let bytes = (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * $0)) }
        return littleEndian ? bytes : bytes.reversed()
    }

    public func text(_ tag: Int, _ text: String) -> Entry {
        let bytes = Array(text.utf8) + [0]
        return Entry(tag: tag, type: 2, count: bytes.count, value: bytes)
    }

    public func byte(_ tag: Int, _ value: Int) -> Entry { Entry(tag: tag, type: 1, count: 1, value: integer(value, 1)) }
    public func short(_ tag: Int, _ value: Int) -> Entry {
        Entry(tag: tag, type: 3, count: 1, value: integer(value, 2))
    }
    public func long(_ tag: Int, _ value: Int) -> Entry { Entry(tag: tag, type: 4, count: 1, value: integer(value, 4)) }

    public func rational(_ tag: Int, _ values: (Int, Int)..., signed: Bool = false) -> Entry {
        let bytes = values.flatMap { integer($0.0, 4) + integer($0.1, 4) }
        return Entry(tag: tag, type: signed ? 10 : 5, count: values.count, value: bytes)
    }

    /// A directory that is to lie at `start`: its table, then the values that do not fit into it.
    public func directory(_ entries: [Entry], at start: Int, next: Int = 0) -> [UInt8] {
        let entries = entries.sorted { $0.tag < $1.tag }
        var table = integer(entries.count, 2)
        var values: [UInt8] = []
        for entry in entries {
            table += integer(entry.tag, 2) + integer(entry.type, 2) + integer(entry.count, 4)
            if entry.value.count <= 4 {
                table += entry.value + [UInt8](repeating: 0, count: 4 - entry.value.count)
            } else {
                table += integer(start + 6 + 12 * entries.count + values.count, 4)
                values += entry.value + (entry.value.count.isMultiple(of: 2) ? [] : [0])
            }
        }
        return table + integer(next, 4) + values
    }

    /// A block with an IFD0, an Exif directory, a GPS directory, and a thumbnail behind them, where they are given.
    public func block(
        main: [Entry], exif: [Entry] = [], gps: [Entry] = [], interoperability: [Entry] = [], thumbnail: [UInt8] = []
    ) -> [UInt8] {
        var exif = exif
        var main = main
        // Lengths do not depend on what pointers say, so a first pass finds the places.
        if !interoperability.isEmpty { exif.append(long(0xA005, 0)) }
        if !exif.isEmpty { main.append(long(0x8769, 0)) }
        if !gps.isEmpty { main.append(long(0x8825, 0)) }
        func count(_ entries: [Entry]) -> Int { entries.isEmpty ? 0 : directory(entries, at: 0).count }
        let exifPlace = 8 + count(main)
        let gpsPlace = exifPlace + count(exif)
        let interoperabilityPlace = gpsPlace + count(gps)
        let thumbnailPlace = interoperabilityPlace + count(interoperability)
        func pointing(_ entries: [Entry]) -> [Entry] {
            entries.map {
                switch $0.tag {
                case 0x8769: long(0x8769, exifPlace)
                case 0x8825: long(0x8825, gpsPlace)
                case 0xA005: long(0xA005, interoperabilityPlace)
                default: $0
                }
            }
        }
        var block = Array((littleEndian ? "II" : "MM").utf8) + integer(42, 2) + integer(8, 4)
        block += directory(pointing(main), at: 8, next: thumbnail.isEmpty ? 0 : thumbnailPlace)
        if !exif.isEmpty { block += directory(pointing(exif), at: exifPlace) }
        if !gps.isEmpty { block += directory(gps, at: gpsPlace) }
        if !interoperability.isEmpty { block += directory(interoperability, at: interoperabilityPlace) }
        if !thumbnail.isEmpty {
            let bytes = thumbnailPlace + 2 + 3 * 12 + 4
            let entries = [short(0x0103, 6), long(0x0201, bytes), long(0x0202, thumbnail.count)]
            block += directory(entries, at: thumbnailPlace) + thumbnail
        }
        return block
    }

    /// A block as a camera writes it, with all that `EXIFFacts` reads.
    public func camera(orientation: Int = 6, thumbnail: [UInt8] = []) -> [UInt8] {
        block(
            main: [
                text(0x010F, "Canon"), text(0x0110, "Canon EOS R5"), short(0x0112, orientation),
                text(0x013B, "Anna"), text(0x8298, "(c) Anna"),
            ],
            exif: [
                rational(0x829A, (1, 250)), rational(0x829D, (28, 10)), short(0x8827, 400),
                text(0x9003, "2026:05:01 12:30:07"), text(0x9011, "+02:00"), short(0x9209, 0x19),
                rational(0x920A, (35, 1)),
                Entry(tag: 0x927C, type: 7, count: 40, value: [UInt8](repeating: 0xA5, count: 40)),
                short(0xA001, 0xFFFF), short(0xA002, 4000), long(0xA003, 3000), short(0xA405, 56),
                text(0xA431, "SERIAL-77"), text(0xA434, "RF 24-70mm F2.8"),
            ],
            gps: [
                text(1, "N"), rational(2, (48, 1), (51, 1), (3012, 100)), text(3, "W"),
                rational(4, (2, 1), (17, 1), (40, 1)), byte(5, 1), rational(6, (355, 10)),
            ],
            interoperability: [text(1, "R03")], thumbnail: thumbnail)
    }
}
