/// What an EXIF block says of how a picture was taken, in the units people use. What is missing or makes no sense is nil.
///
/// Texts come without control characters and are cut at 1,000 bytes.
public struct EXIFFacts: Sendable, Hashable {
    public var orientation: Orientation?
    /// The camera's maker and model.
    public var make: String?
    public var model: String?
    public var lens: String?
    /// When the picture was taken, or else digitised, as ISO 8601 has it: `2026-05-01T12:30:00`, with the offset from UTC where
    /// the camera knew it (`+02:00`).
    public var dateTaken: String?
    /// Seconds, above 0.
    public var exposureTime: Double?
    /// The aperture: 2.8 for f/2.8.
    public var fNumber: Double?
    /// The ISO speed.
    public var iso: Int?
    /// Millimetres.
    public var focalLength: Double?
    /// Millimetres, for the same angle of view on 35 mm film.
    public var focalLengthIn35mmFilm: Int?
    public var flashFired: Bool?
    public var artist: String?
    public var copyright: String?
    public var location: Location?

    /// Where a picture was taken.
    public struct Location: Sendable, Hashable {
        /// Degrees, -90 to 90; north is positive.
        public var latitude: Double
        /// Degrees, -180 to 180; east is positive.
        public var longitude: Double
        /// Metres above the sea, negative below it.
        public var altitude: Double?

        public init(latitude: Double, longitude: Double, altitude: Double? = nil) {
            self.latitude = latitude
            self.longitude = longitude
            self.altitude = altitude
        }
    }

    public init() {}

    /// Whether nothing is known.
    public var isEmpty: Bool { self == EXIFFacts() }
}

extension EXIFFacts {
    private typealias Directory = TIFFStructure.Directory

    /// The tags of the Exif directory (EXIF 2.32 §4.6.5) and of the GPS directory (§4.6.6).
    private enum Tag {
        static let exposureTime = 0x829A
        static let fNumber = 0x829D
        static let photographicSensitivity = 0x8827
        static let dateTimeOriginal = 0x9003
        static let dateTimeDigitized = 0x9004
        static let offsetTimeOriginal = 0x9011
        static let offsetTimeDigitized = 0x9012
        static let flash = 0x9209
        static let focalLength = 0x920A
        static let focalLengthIn35mmFilm = 0xA405
        static let lensModel = 0xA434
        static let latitudeRef = 0x0001
        static let latitude = 0x0002
        static let longitudeRef = 0x0003
        static let longitude = 0x0004
        static let altitudeRef = 0x0005
        static let altitude = 0x0006
    }

    init(
        _ tiff: TIFFStructure, main: TIFFStructure.Directory, exif: TIFFStructure.Directory?,
        gps: TIFFStructure.Directory?
    ) {
        orientation = main[EXIF.Tag.orientation].flatMap { tiff.integer($0) }.flatMap(Orientation.init)
        make = tiff.line(main[EXIF.Tag.make])
        model = tiff.line(main[EXIF.Tag.model])
        artist = tiff.line(main[EXIF.Tag.artist])
        copyright = tiff.line(main[EXIF.Tag.copyright])
        location = gps.flatMap { Location(tiff, $0) }
        guard let exif else { return }
        lens = tiff.line(exif[Tag.lensModel])
        dateTaken =
            tiff.date(exif[Tag.dateTimeOriginal], offset: exif[Tag.offsetTimeOriginal])
            ?? tiff.date(exif[Tag.dateTimeDigitized], offset: exif[Tag.offsetTimeDigitized])
        exposureTime = tiff.positive(exif[Tag.exposureTime])
        fNumber = tiff.positive(exif[Tag.fNumber])
        focalLength = tiff.positive(exif[Tag.focalLength])
        iso = tiff.positiveInteger(exif[Tag.photographicSensitivity])
        focalLengthIn35mmFilm = tiff.positiveInteger(exif[Tag.focalLengthIn35mmFilm])
        // The lowest bit alone says whether it fired.
        flashFired = exif[Tag.flash].flatMap { tiff.integer($0) }.map { $0 & 1 == 1 }
    }
}

extension EXIFFacts.Location {
    fileprivate init?(_ tiff: TIFFStructure, _ gps: TIFFStructure.Directory) {
        typealias Tag = EXIFFacts.Tag
        guard
            let latitude = tiff.degrees(gps[Tag.latitude], gps[Tag.latitudeRef], "N", "S", limit: 90),
            let longitude = tiff.degrees(gps[Tag.longitude], gps[Tag.longitudeRef], "E", "W", limit: 180)
        else { return nil }
        let height = gps[Tag.altitude].flatMap { tiff.number($0) }
        // 1 is below sea level.
        let isBelow = gps[Tag.altitudeRef].flatMap { tiff.integer($0) } == 1
        self.init(latitude: latitude, longitude: longitude, altitude: height.map { isBelow ? -$0 : $0 })
    }
}

// MARK: - Values that make sense

extension TIFFStructure {
    /// A text as one line: without control characters and the blanks around it; nil where nothing is left.
    fileprivate func line(_ entry: Entry?) -> String? {
        entry.flatMap { text($0) }.flatMap { PlainText.line($0.prefix(1_000)) }
    }

    fileprivate func positive(_ entry: Entry?) -> Double? {
        guard let value = entry.flatMap({ number($0) }), value > 0 else { return nil }
        return value
    }

    fileprivate func positiveInteger(_ entry: Entry?) -> Int? {
        guard let value = entry.flatMap({ integer($0) }), value > 0 else { return nil }
        return value
    }

    /// Degrees, minutes and seconds (EXIF 2.32 §4.6.6 C): three numbers, of which the later may be missing.
    fileprivate func degrees(
        _ entry: Entry?, _ reference: Entry?, _ positive: String, _ negative: String, limit: Double
    ) -> Double? {
        guard let entry, let degrees = number(entry), let reference = line(reference)?.uppercased(),
            reference == positive || reference == negative
        else { return nil }
        let value = degrees + (number(entry, 1) ?? 0) / 60 + (number(entry, 2) ?? 0) / 3600
        guard value.magnitude <= limit else { return nil }
        return reference == negative ? -value : value
    }

    /// A date as EXIF writes it (EXIF 2.32 §4.6.5 F): `2026:05:01 12:30:00`, and its offset `+02:00`. Cameras are not of one
    /// mind about what separates the numbers.
    fileprivate func date(_ entry: Entry?, offset: Entry?) -> String? {
        guard let text = line(entry), let fields = Self.numbers(Array(text.utf8), shape: "dddd:dd:dd dd:dd:dd"),
            fields[0] > 0, (1...12).contains(fields[1]), (1...31).contains(fields[2]), fields[3] < 24, fields[4] < 60,
            fields[5] <= 60
        else { return nil }
        var date = Array(text.utf8)
        (date[4], date[7], date[10], date[13], date[16]) = (0x2D, 0x2D, 0x54, 0x3A, 0x3A)
        let zone = line(offset).flatMap { zone in
            let isOffset = Self.numbers(Array(zone.utf8.dropFirst()), shape: "dd:dd") != nil
            return isOffset && (zone.hasPrefix("+") || zone.hasPrefix("-")) ? zone : nil
        }
        return String(decoding: date, as: UTF8.self) + (zone ?? "")
    }

    /// The numbers in a text of exactly this shape, where `d` is a digit and all else any separator.
    private static func numbers(_ text: [UInt8], shape: String) -> [Int]? {
        guard text.count == shape.utf8.count else { return nil }
        var numbers = [0]
        for (byte, form) in zip(text, shape.utf8) {
            if form != UInt8(ascii: "d") {
                guard ":-/.T ".utf8.contains(byte) else { return nil }
                numbers.append(0)
            } else {
                guard (0x30...0x39).contains(byte) else { return nil }
                numbers[numbers.count - 1] = 10 * numbers[numbers.count - 1] + Int(byte - 0x30)
            }
        }
        return numbers
    }
}

/// Text out of a file, fit to be shown.
enum PlainText {
    /// The text without control characters and the blanks around it; nil where nothing is left.
    static func line(_ utf8: some Collection<UInt8>) -> String? {
        line(String(decoding: utf8, as: UTF8.self))
    }

    static func line(_ text: String) -> String? {
        let shown = text.unicodeScalars.filter { !(0..<0x20).contains($0.value) && !(0x7F..<0xA0).contains($0.value) }
        guard let first = shown.firstIndex(where: { $0 != " " }), let last = shown.lastIndex(where: { $0 != " " })
        else { return nil }
        return String(String.UnicodeScalarView(shown[first...last]))
    }
}
