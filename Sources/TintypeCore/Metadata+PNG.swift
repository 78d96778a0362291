extension Metadata {
    /// What PNG's ancillary chunks say that no other format has a place for (PNG, third edition, §11.3).
    public struct PNG: Sendable, Hashable {
        /// gAMA: the exponent that led from light to samples, times 100,000: 45,455 stands for 1/2.2.
        public var gamma: UInt32?
        public var chromaticities: Chromaticities?
        public var codePoints: CodePoints?
        /// sRGB's rendering intent (ICC.1 §7.2.15): 0 perceptual, 1 relative colorimetric, 2 saturation, 3 absolute.
        public var renderingIntent: UInt8?
        public var significantBits: SignificantBits?
        public var background: Background?
        public var modified: Timestamp?
        /// In the order of the file.
        public var texts: [Text] = []
        /// Chunks of unknown kinds that may be copied whatever becomes of the pixels (PNG §5.4).
        public var unknownChunks: [Chunk] = []

        public init() {}
    }
}

extension Metadata.PNG {
    /// cHRM: where white and the primary colours lie in CIE 1931, each coordinate times 100,000.
    public struct Chromaticities: Sendable, Hashable {
        public struct Point: Sendable, Hashable {
            public var x: UInt32
            public var y: UInt32

            public init(x: UInt32, y: UInt32) {
                (self.x, self.y) = (x, y)
            }
        }
        public var white: Point
        public var red: Point
        public var green: Point
        public var blue: Point

        public init(white: Point, red: Point, green: Point, blue: Point) {
            (self.white, self.red, self.green, self.blue) = (white, red, green, blue)
        }
    }

    /// cICP: the colours by the numbers of ITU-T H.273.
    public struct CodePoints: Sendable, Hashable {
        public var primaries: UInt8
        public var transfer: UInt8
        /// 0, as PNG holds no YCbCr.
        public var matrix: UInt8
        public var isFullRange: Bool

        public init(primaries: UInt8, transfer: UInt8, matrix: UInt8, isFullRange: Bool) {
            (self.primaries, self.transfer, self.matrix) = (primaries, transfer, matrix)
            self.isFullRange = isFullRange
        }
    }

    /// sBIT: how many bits of the samples say something, 1 to 16.
    public struct SignificantBits: Sendable, Hashable {
        /// One number for grey, three for red, green and blue.
        public var color: [UInt8]
        public var alpha: UInt8?

        public init(color: [UInt8], alpha: UInt8? = nil) {
            (self.color, self.alpha) = (color, alpha)
        }
    }

    /// bKGD: what the picture is to be shown on where nothing else says so.
    public struct Background: Sendable, Hashable {
        /// Equal for a grey picture.
        public var red: UInt16
        public var green: UInt16
        public var blue: UInt16
        /// Bits of the three, 8 or 16.
        public var bitDepth: Int

        public init(red: UInt16, green: UInt16, blue: UInt16, bitDepth: Int) {
            (self.red, self.green, self.blue, self.bitDepth) = (red, green, blue, bitDepth)
        }
    }

    /// tIME: when the picture was last changed, in UTC.
    public struct Timestamp: Sendable, Hashable, CustomStringConvertible {
        public var year: Int
        /// 1 to 12.
        public var month: Int
        public var day: Int
        public var hour: Int
        public var minute: Int
        /// 0 to 60.
        public var second: Int

        public init(year: Int, month: Int, day: Int, hour: Int, minute: Int, second: Int) {
            (self.year, self.month, self.day) = (year, month, day)
            (self.hour, self.minute, self.second) = (hour, minute, second)
        }

        /// As in ISO 8601: "2026-11-24T08:05:00Z".
        public var description: String {
            func padded(_ value: Int, _ count: Int) -> String {
                let digits = "\(value)"
                return String(repeating: "0", count: max(0, count - digits.count)) + digits
            }
            let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
            return date + "T\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))Z"
        }
    }

    /// tEXt, zTXt or iTXt: something said of the picture.
    public struct Text: Sendable, Hashable {
        /// 1 to 79 characters of Latin-1. Known ones are Title, Author, Description, Copyright, Creation Time, Software,
        /// Disclaimer, Warning, Source and Comment.
        public var keyword: String
        public var text: String
        /// An RFC 5646 tag such as "de"; empty where the file does not say.
        public var language: String
        /// The keyword in that language, or empty.
        public var translatedKeyword: String

        public init(_ keyword: String, _ text: String, language: String = "", translatedKeyword: String = "") {
            (self.keyword, self.text) = (keyword, text)
            (self.language, self.translatedKeyword) = (language, translatedKeyword)
        }
    }

    public struct Chunk: Sendable, Hashable {
        /// Four ASCII letters, the first in the most significant byte.
        public var type: UInt32
        public var data: [UInt8]
        /// Which side of the image data it stands on is kept (PNG §14.2).
        public var isBehindImageData: Bool

        public init(type: UInt32, data: [UInt8], isBehindImageData: Bool) {
            (self.type, self.data, self.isBehindImageData) = (type, data, isBehindImageData)
        }
    }

    /// What says how the colours are meant, and whose the picture is.
    ///
    /// - Parameter hasProfile: whether a colour profile says it, too. cICP is then left out: programs made before it was
    ///   part of PNG take it for damage.
    func safe(hasProfile: Bool) -> Self {
        var kept = self
        if hasProfile { kept.codePoints = nil }
        (kept.significantBits, kept.background, kept.modified) = (nil, nil, nil)
        kept.texts = texts.filter { $0.keyword == "Author" || $0.keyword == "Copyright" }
        kept.unknownChunks = []
        return kept
    }

    /// Forgets how the colours are meant.
    mutating func removeColorDescription() {
        (gamma, chromaticities, codePoints, renderingIntent) = (nil, nil, nil, nil)
    }

    /// Whether the colours are described, and not as sRGB's.
    ///
    /// sRGB's own gAMA and cHRM stand beside many an sRGB chunk (PNG §11.3.2.5).
    public var describesOtherColors: Bool {
        if let codePoints, codePoints.primaries != 1 || codePoints.transfer != 13 { return true }
        if let gamma, !(45_000...46_000).contains(gamma) { return true }
        guard let chromaticities else { return false }
        return !chromaticities.isNear(.sRGB)
    }
}

extension Metadata.PNG.Chromaticities {
    /// PNG table 10.
    static var sRGB: Self {
        Self(
            white: Point(x: 31_270, y: 32_900), red: Point(x: 64_000, y: 33_000), green: Point(x: 30_000, y: 60_000),
            blue: Point(x: 15_000, y: 6_000))
    }

    fileprivate func isNear(_ other: Self) -> Bool {
        let pairs = [(white, other.white), (red, other.red), (green, other.green), (blue, other.blue)]
        return pairs.allSatisfy { a, b in
            abs(Int(a.x) - Int(b.x)) <= 500 && abs(Int(a.y) - Int(b.y)) <= 500
        }
    }
}
