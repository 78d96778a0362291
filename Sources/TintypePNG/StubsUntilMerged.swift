public import TintypeCore

public struct PNGDecoder: ImageDecoder, ~Copyable {
    public init(_ source: any ByteSource, options: DecodeOptions) throws(ImageError) { throw ImageError(.unsupported, "stub") }
    public static func inspect(
        _ source: any ByteSource, options: DecodeOptions
    ) throws(ImageError) -> (info: ImageInfo, metadata: Metadata) { throw ImageError(.unsupported, "stub") }
    public var info: ImageInfo { ImageInfo(format: .gif, size: Size(1, 1), pixelFormat: .gray8, bitDepth: 8, channels: 1, hasAlpha: false, details: .gif) }
    public var metadata: Metadata { Metadata() }
    public var warnings: [DecodeWarning] { [] }
    public var size: Size { Size(1, 1) }
    public var pixelFormat: PixelFormat { .gray8 }
    public mutating func nextFrame() throws(ImageError) -> Frame? { nil }
    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {}
    public mutating func finish() throws(ImageError) {}
}

public struct PNGEncoder: RowSink, ~Copyable {
    public struct Options: Sendable, Hashable { public var level: Int; public init(level: Int = 6) { self.level = level } }
    public init(_ sink: any ByteSink, size: Size, pixelFormat: PixelFormat, options: Options = Options(), metadata: Metadata = Metadata()) throws(ImageError) {}
    public mutating func writeRow(_ row: Span<UInt8>) throws(ImageError) {}
    public mutating func finish() throws(ImageError) {}
}
