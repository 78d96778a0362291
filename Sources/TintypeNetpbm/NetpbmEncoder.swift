public import TintypeCore

/// Writes PGM (P5), PPM (P6) or PAM (P7), with a largest sample of 255 or 65,535.
public struct NetpbmEncoder: RowSink, ~Copyable {
    /// Which of the family is written.
    public enum Variant: Sendable, Hashable {
        /// Grey without alpha.
        case pgm
        /// RGB without alpha.
        case ppm
        /// Any pixel format; CMYK as it is in rows.
        case pam
    }

    private var writer: ByteWriter
    private let bytesPerRow: Int
    private let isWide: Bool
    private var rowsLeft: Int
    /// The row in the byte order of the file.
    private var line: [UInt8]

    /// Writes the header.
    ///
    /// Throws `misuse` for a pixel format that the variant cannot hold or a size that is not positive, or what the sink throws.
    public init(
        _ sink: any ByteSink, size: Size, pixelFormat: PixelFormat, variant: Variant
    ) throws(ImageError) {
        guard Self.holds(pixelFormat, variant) else {
            throw ImageError(.misuse, "\(pixelFormat.rawValue) cannot be written as \(variant)", format: .netpbm)
        }
        guard size.width > 0, size.height > 0 else {
            throw ImageError(.misuse, "a picture of \(size) cannot be written", format: .netpbm)
        }
        var writer = ByteWriter(sink)
        try writer.write(Self.header(size, pixelFormat, variant).utf8)
        bytesPerRow = size.width * pixelFormat.bytesPerPixel
        isWide = pixelFormat.bitDepth > 8
        rowsLeft = size.height
        line = [UInt8](repeating: 0, count: bytesPerRow)
        self.writer = writer
    }

    private static func holds(_ format: PixelFormat, _ variant: Variant) -> Bool {
        switch variant {
        case .pgm: format == .gray8 || format == .gray16
        case .ppm: format == .rgb8 || format == .rgb16
        case .pam: true
        }
    }

    private static func header(_ size: Size, _ format: PixelFormat, _ variant: Variant) -> String {
        let maxval = format.bitDepth > 8 ? 65_535 : 255
        switch variant {
        case .pgm: return "P5\n\(size.width) \(size.height)\n\(maxval)\n"
        case .ppm: return "P6\n\(size.width) \(size.height)\n\(maxval)\n"
        case .pam:
            let type =
                switch format {
                case .gray8, .gray16: "GRAYSCALE"
                case .grayAlpha8, .grayAlpha16: "GRAYSCALE_ALPHA"
                case .rgb8, .rgb16: "RGB"
                case .rgba8, .rgba16: "RGB_ALPHA"
                case .cmyk8: "CMYK"
                }
            return "P7\nWIDTH \(size.width)\nHEIGHT \(size.height)\nDEPTH \(format.channels)\nMAXVAL \(maxval)\n"
                + "TUPLTYPE \(type)\nENDHDR\n"
        }
    }

    /// Writes a row. Throws `misuse` after the last one or for a row of the wrong length, or what the sink throws.
    public mutating func writeRow(_ row: Span<UInt8>) throws(ImageError) {
        guard rowsLeft > 0, row.count == bytesPerRow else {
            throw ImageError(.misuse, "one row too many, or of the wrong length", format: .netpbm)
        }
        rowsLeft -= 1
        Self.copy(row, to: &line, swapping: isWide)
        try writer.write(line)
    }

    private static func copy(_ row: Span<UInt8>, to line: inout [UInt8], swapping: Bool) {
        var line = line.mutableSpan
        precondition(line.count == row.count)
        let flip = swapping ? 1 : 0
        for i in row.indices { line[i ^ flip] = row[i] }
    }

    /// Hands the last bytes to the sink.
    public mutating func finish() throws(ImageError) {
        guard rowsLeft == 0 else { throw ImageError(.misuse, "\(rowsLeft) rows are missing", format: .netpbm) }
        try writer.flush()
    }
}
