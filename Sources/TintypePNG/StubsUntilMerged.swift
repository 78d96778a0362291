public import TintypeCore

public struct PNGEncoder: RowSink, ~Copyable {
    public struct Options: Sendable, Hashable { public var level: Int; public init(level: Int = 6) { self.level = level } }
    public init(_ sink: any ByteSink, size: Size, pixelFormat: PixelFormat, options: Options = Options(), metadata: Metadata = Metadata()) throws(ImageError) {}
    public mutating func writeRow(_ row: Span<UInt8>) throws(ImageError) {}
    public mutating func finish() throws(ImageError) {}
}
