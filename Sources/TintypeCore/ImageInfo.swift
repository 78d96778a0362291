/// A file format that the toolkit knows.
public enum ImageFormat: String, Sendable, Hashable, CaseIterable, Codable {
    case jpeg, png, gif, netpbm

    /// The name that people use.
    public var name: String {
        switch self {
        case .jpeg: "JPEG"
        case .png: "PNG"
        case .gif: "GIF"
        case .netpbm: "Netpbm"
        }
    }

    /// The number of bytes that `init(signature:)` wants to see.
    public static let signatureLength = 8

    /// The format whose signature these first bytes are, if any.
    ///
    /// JPEG: SOI (ITU-T T.81 §B.1.1.3), whatever follows: decoders look for the next marker. PNG: its eight bytes (PNG §5.2). GIF: `GIF87a` or
    /// `GIF89a` (GIF89a §17). Netpbm: `P5`, `P6` or `P7` and white space.
    public init?(signature bytes: some Sequence<UInt8>) {
        let head = Array(bytes.prefix(Self.signatureLength))
        if head.starts(with: [0xFF, 0xD8]) {
            self = .jpeg
        } else if head == [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A] {
            self = .png
        } else if head.starts(with: "GIF87a".utf8) || head.starts(with: "GIF89a".utf8) {
            self = .gif
        } else if head.count >= 3, head[0] == 0x50, (0x35...0x37).contains(head[1]),
            [0x20, 0x09, 0x0A, 0x0D, 0x23].contains(head[2])
        {
            self = .netpbm
        } else {
            return nil
        }
    }
}

/// What a file's header says, before any pixel is decoded.
public struct ImageInfo: Sendable, Hashable {
    public var format: ImageFormat
    /// Width and height as stored, before orientation. For GIF: of the logical screen.
    public var size: Size
    /// The format of the rows that the decoder yields.
    public var pixelFormat: PixelFormat
    /// Bits a sample as stored (1 to 16), or of a palette's index.
    public var bitDepth: Int
    /// Channels as stored: a palette counts as 3, or as 4 with transparency.
    public var channels: Int
    public var hasAlpha: Bool
    /// How the stored picture is to be turned for showing.
    public var orientation: Orientation = .up
    /// Frames of an animation, 1 for a still; nil where only reading to the end of the file would tell.
    public var frameCount: Int? = 1
    /// How often an animation plays, 0 for ever; nil if the file does not say.
    public var loopCount: Int?
    public var details: Details

    /// Facts that one format alone has.
    public enum Details: Sendable, Hashable {
        case jpeg(JPEG)
        case png(PNG)
        case gif
        case netpbm
    }

    public struct JPEG: Sendable, Hashable {
        /// The coding process that the SOF marker names (T.81 table B.1).
        public enum Process: String, Sendable, Hashable {
            case baseline, extended, progressive, lossless, hierarchical
            case arithmetic
            case progressiveArithmetic = "progressive arithmetic"
            case losslessArithmetic = "lossless arithmetic"
        }
        public enum ColorModel: String, Sendable, Hashable {
            case gray, ycbcr, rgb, cmyk, ycck, unknown
        }
        public var process: Process
        /// In the J:a:b notation where it can say it ("4:2:0"), otherwise the factors ("2x2,1x2,1x1").
        public var subsampling: String
        public var components: Int
        public var colorModel: ColorModel
        /// MCUs between restart markers, 0 for none.
        public var restartInterval: Int

        public init(
            process: Process, subsampling: String, components: Int, colorModel: ColorModel, restartInterval: Int
        ) {
            self.process = process
            self.subsampling = subsampling
            self.components = components
            self.colorModel = colorModel
            self.restartInterval = restartInterval
        }
    }

    public struct PNG: Sendable, Hashable {
        /// As IHDR stores it: 0, 2, 3, 4 or 6 (PNG §11.2.1).
        public var colorType: Int
        public var interlaced: Bool
        /// Entries of the palette, 0 without one.
        public var palette: Int
        public var animated: Bool

        public init(colorType: Int, interlaced: Bool, palette: Int, animated: Bool) {
            self.colorType = colorType
            self.interlaced = interlaced
            self.palette = palette
            self.animated = animated
        }
    }

    public init(
        format: ImageFormat, size: Size, pixelFormat: PixelFormat, bitDepth: Int, channels: Int, hasAlpha: Bool,
        details: Details
    ) {
        self.format = format
        self.size = size
        self.pixelFormat = pixelFormat
        self.bitDepth = bitDepth
        self.channels = channels
        self.hasAlpha = hasAlpha
        self.details = details
    }

    /// Width and height as shown: exchanged where the orientation turns by a quarter.
    public var displaySize: Size { orientation.swapsAxes ? Size(size.height, size.width) : size }
}
