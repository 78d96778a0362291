public import TintypeCore

/// Rows in sRGB, of the source's pixel format; alpha is as it was.
public struct ColorConversion: RowSource, ~Copyable {
    public let size: Size
    public let pixelFormat: PixelFormat
    private var source: AnyRowSource
    private let transform: ColorTransform

    /// - Throws: `misuse` where the transform was made for another pixel format.
    public init(_ source: consuming AnyRowSource, by transform: ColorTransform) throws(ImageError) {
        guard source.pixelFormat == transform.pixelFormat else {
            let (from, to) = (source.pixelFormat.rawValue, transform.pixelFormat.rawValue)
            throw ImageError(.misuse, "a colour transform for \(to) cannot take \(from)")
        }
        size = source.size
        pixelFormat = source.pixelFormat
        self.source = source
        self.transform = transform
    }

    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        try source.readRow(into: &row)
        transform.apply(to: &row)
    }
}
