public import TintypeCore
public import TintypeGIF
public import TintypeJPEG
public import TintypeNetpbm
public import TintypePNG
public import TintypeResample

/// A format to write, and how.
public enum Encoding: Sendable, Hashable {
    case jpeg(JPEGEncoder.Options)
    case png(PNGEncoder.Options)
    case gif(GIFEncoder.Options)
    case netpbm(NetpbmEncoder.Variant)

    /// A JPEG of this quality, 1 to 100.
    public static func jpeg(quality: Int) -> Encoding { .jpeg(JPEGEncoder.Options(quality: quality)) }
    public static var png: Encoding { .png(PNGEncoder.Options()) }
    public static var gif: Encoding { .gif(GIFEncoder.Options()) }

    public var format: ImageFormat {
        switch self {
        case .jpeg: .jpeg
        case .png: .png
        case .gif: .gif
        case .netpbm: .netpbm
        }
    }

    /// What a file of this extension holds, written with the usual options.
    ///
    /// - Parameters:
    ///   - pathExtension: without the dot, in letters of either case.
    ///   - content: the rows to be written; `pnm` is grey or RGB by them.
    /// - Throws: `misuse` for one that is not known.
    public init(pathExtension: String, for content: PixelFormat) throws(ImageError) {
        switch pathExtension.lowercased() {
        case "jpg", "jpeg", "jpe", "jfif": self = .jpeg(JPEGEncoder.Options())
        case "png", "apng": self = .png
        case "gif": self = .gif
        case "pgm": self = .netpbm(.pgm)
        case "ppm": self = .netpbm(.ppm)
        case "pnm": self = .netpbm(content.isGray ? .pgm : .ppm)
        case "pam": self = .netpbm(.pam)
        default: throw ImageError(.misuse, "no format is known by the extension '\(pathExtension)'")
        }
    }

    /// The format for a picture where nobody asked for one: GIF for an animation, PNG for a picture with alpha, otherwise JPEG.
    ///
    /// - Parameter info: its `frameCount` tells an animation.
    public init(suiting info: ImageInfo) {
        let isAnimated = info.frameCount.map { $0 > 1 } ?? false
        self = isAnimated ? .gif : info.hasAlpha ? .png : .jpeg(JPEGEncoder.Options())
    }

    /// The pixel format that a picture of this one is written in.
    public func pixelFormat(for content: PixelFormat) -> PixelFormat {
        switch self {
        case .jpeg: content.isGray ? .gray8 : .rgb8
        case .png: content == .cmyk8 ? .rgb8 : content
        case .gif: .rgba8
        case .netpbm(.pgm): .make(gray: true, alpha: false, bitDepth: content.bitDepth)
        case .netpbm(.ppm): .make(gray: false, alpha: false, bitDepth: content.bitDepth)
        case .netpbm(.pam): content
        }
    }

    /// Netpbm carries the samples as they are; where JPEG cannot hold alpha, somebody has to look at the result.
    private func alphaRule(_ background: Color) -> PixelConversion.AlphaRule {
        switch self {
        case .jpeg, .png, .gif: .flatten(background)
        case .netpbm: .ignore
        }
    }

    /// The rows in the pixel format that this encoding takes.
    func converted(_ rows: consuming AnyRowSource, background: Color) throws(ImageError) -> AnyRowSource {
        let target = pixelFormat(for: rows.pixelFormat)
        if target == rows.pixelFormat { return rows }
        return AnyRowSource(try PixelConversion(rows, to: target, alpha: alphaRule(background)))
    }

    /// Pulls all rows and writes them as one file.
    ///
    /// - Parameters:
    ///   - metadata: written as far as the format can hold it, but for a colour profile of another kind of pixels.
    ///   - background: what shines through transparent pixels in a format that has none.
    public func write(
        _ rows: consuming AnyRowSource, to sink: any ByteSink, metadata: Metadata = Metadata(),
        background: Color = .white
    ) throws(ImageError) {
        var rows = try converted(rows, background: background)
        let (size, pixelFormat) = (rows.size, rows.pixelFormat)
        let metadata = metadata.describing(pixelFormat)
        switch self {
        case .jpeg(let options):
            var encoder = try JPEGEncoder(
                sink, size: size, pixelFormat: pixelFormat, options: options, metadata: metadata)
            try encoder.drain(&rows)
        case .png(let options):
            var encoder = try PNGEncoder(
                sink, size: size, pixelFormat: pixelFormat, options: options, metadata: metadata)
            try encoder.drain(&rows)
        case .gif(let options):
            var encoder = try GIFEncoder(
                sink, size: size, pixelFormat: pixelFormat, options: options, metadata: metadata)
            try encoder.drain(&rows)
        case .netpbm(let variant):
            var encoder = try NetpbmEncoder(sink, size: size, pixelFormat: pixelFormat, variant: variant)
            try encoder.drain(&rows)
        }
    }
}

extension Metadata {
    /// Without a colour profile for other pixels than these: what CMYK's profile says of RGB is nonsense.
    ///
    /// The profile's header names its data colour space at byte 16 (ICC.1:2022 §7.2.6).
    func describing(_ pixelFormat: PixelFormat) -> Metadata {
        let space = pixelFormat == .cmyk8 ? "CMYK" : pixelFormat.isGray ? "GRAY" : "RGB "
        guard let icc, icc.count < 20 || !icc[16..<20].elementsEqual(space.utf8) else { return self }
        var metadata = self
        metadata.icc = nil
        return metadata
    }
}
