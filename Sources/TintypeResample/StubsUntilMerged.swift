public import TintypeCore

public struct Color: Sendable, Hashable {
    public var red, green, blue, alpha: UInt8
    public init(red: UInt8, green: UInt8, blue: UInt8, alpha: UInt8 = 255) { self.red = red; self.green = green; self.blue = blue; self.alpha = alpha }
    public static let white = Color(red: 255, green: 255, blue: 255)
    public init?(hex: String) { return nil }
}
public enum AlphaRule: Sendable, Hashable { case flatten(Color), ignore }
public struct PixelConversion: RowSource, ~Copyable {
    public var size: Size { Size(1, 1) }
    public var pixelFormat: PixelFormat { .gray8 }
    public init(_ source: consuming AnyRowSource, to: PixelFormat, alpha: AlphaRule) throws(ImageError) {}
    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {}
}
public struct ToLinearLight: RowSource, ~Copyable {
    public var size: Size { Size(1, 1) }
    public var pixelFormat: PixelFormat { .gray8 }
    public init(_ source: consuming AnyRowSource) throws(ImageError) {}
    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {}
}
public struct FromLinearLight: RowSource, ~Copyable {
    public var size: Size { Size(1, 1) }
    public var pixelFormat: PixelFormat { .gray8 }
    public init(_ source: consuming AnyRowSource, to: PixelFormat) throws(ImageError) {}
    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {}
}
public struct Crop: RowSource, ~Copyable {
    public var size: Size { Size(1, 1) }
    public var pixelFormat: PixelFormat { .gray8 }
    public init(_ source: consuming AnyRowSource, x: Int, y: Int, size: Size) throws(ImageError) {}
    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {}
}
public struct Pad: RowSource, ~Copyable {
    public var size: Size { Size(1, 1) }
    public var pixelFormat: PixelFormat { .gray8 }
    public init(_ source: consuming AnyRowSource, size: Size, x: Int, y: Int, background: Color) throws(ImageError) {}
    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {}
}
