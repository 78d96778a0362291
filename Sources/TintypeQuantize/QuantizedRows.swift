public import TintypeCore

/// The rows of a picture that has few colours: a stage of the pipeline before an encoder that finds the palette itself.
///
/// It holds the whole picture, as the palette depends on all of it.
public struct QuantizedRows: RowSource, ~Copyable {
    public let size: Size
    public var pixelFormat: PixelFormat { .rgba8 }
    private let pixels: [UInt32]
    private var position = 0

    /// - Parameters:
    ///   - source: RGBA rows of 8 bits.
    ///   - limit: bytes that the picture may take here.
    /// - Throws: `misuse` for another pixel format or number of colours, `limitExceeded` for a larger picture, or what the
    ///   source throws.
    public init(
        _ source: consuming AnyRowSource, by quantizer: Quantizer, limit: Int = DecodeLimits.default.memory
    ) throws(ImageError) {
        guard source.pixelFormat == .rgba8 else { throw ImageError(.misuse, "only RGBA of 8 bits is quantised") }
        try quantizer.check()
        let size = source.size
        var budget = MemoryBudget(limit: limit)
        try budget.charge(size.height, stride: size.width * 4, for: "the picture of \(size)")
        var row = [UInt8](repeating: 0, count: source.bytesPerRow)
        var pixels: [UInt32] = []
        pixels.reserveCapacity(size.width * size.height)
        for _ in 0..<size.height {
            try source.readRow(into: &row)
            quantizer.append(row.span, to: &pixels)
        }
        quantizer.quantize(&pixels, width: size.width)
        self.size = size
        self.pixels = pixels
    }

    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        guard position < pixels.count else { throw ImageError(.misuse, "a row was asked for after the last") }
        precondition(row.count == bytesPerRow)
        for x in 0..<size.width {
            let color = pixels[position &+ x]
            row[x &* 4] = UInt8(truncatingIfNeeded: color)
            row[x &* 4 &+ 1] = UInt8(truncatingIfNeeded: color &>> 8)
            row[x &* 4 &+ 2] = UInt8(truncatingIfNeeded: color &>> 16)
            row[x &* 4 &+ 3] = UInt8(truncatingIfNeeded: color &>> 24)
        }
        position += size.width
    }
}
