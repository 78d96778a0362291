public import TintypeCore

public struct JPEGDecoder: ImageDecoder, ~Copyable {
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

public struct JPEGEncoder: RowSink, ~Copyable {
    public struct Options: Sendable, Hashable { 
        public enum Subsampling: String, Sendable, Hashable, CaseIterable { case s444 = "444", s422 = "422", s420 = "420" }
        public var quality: Int; public var subsampling: Subsampling; public var optimizeHuffman: Bool; public var restartInterval: Int
        public init(quality: Int = 85, subsampling: Subsampling = .s420, optimizeHuffman: Bool = true, restartInterval: Int = 0) { self.quality = quality; self.subsampling = subsampling; self.optimizeHuffman = optimizeHuffman; self.restartInterval = restartInterval } }
    public init(_ sink: any ByteSink, size: Size, pixelFormat: PixelFormat, options: Options = Options(), metadata: Metadata = Metadata()) throws(ImageError) {}
    public mutating func writeRow(_ row: Span<UInt8>) throws(ImageError) {}
    public mutating func finish() throws(ImageError) {}
}
