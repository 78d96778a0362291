public import TintypeCore

/// Decodes PGM (P5), PPM (P6) and PAM (P7), row by row.
///
/// Samples whose largest value is neither 255 nor 65,535 are scaled to 8 bits (to 16 where it is above 255), rounded. CMYK samples
/// are taken as they are. Of several pictures in one file the first is read.
public struct NetpbmDecoder: ImageDecoder, ~Copyable {
    public let info: ImageInfo
    public var size: Size { info.size }
    public var pixelFormat: PixelFormat { info.pixelFormat }
    public var metadata: Metadata { Metadata() }
    public private(set) var warnings: [DecodeWarning] = []

    private var reader: ByteReader
    private let strict: Bool
    private let scale: SampleScale
    private var nextRow = 0
    private var began = false
    /// Whether the file ended before the last row.
    private var isShort = false
    private var sawLargeSample = false
    private var failure: ImageError?

    /// Reads the header.
    ///
    /// Throws `malformed`, `truncated` or `unsupported` (a tuple type that is not known), `limitExceeded`.
    public init(_ source: any ByteSource, options: DecodeOptions = DecodeOptions()) throws(ImageError) {
        var reader = ByteReader(source, format: .netpbm)
        let header = try Header(reading: &reader)
        try options.limits.check(header.size, format: .netpbm, at: reader.offset)
        info = Self.info(header)
        scale = SampleScale(maxval: header.maxval)
        strict = options.strict
        self.reader = reader
    }

    /// Reads the header. Throws as `init`.
    public static func inspect(
        _ source: any ByteSource, options: DecodeOptions = DecodeOptions()
    ) throws(ImageError) -> (info: ImageInfo, metadata: Metadata) {
        (try NetpbmDecoder(source, options: options).info, Metadata())
    }

    private static func info(_ header: Header) -> ImageInfo {
        ImageInfo(
            format: .netpbm, size: header.size, pixelFormat: header.pixelFormat,
            bitDepth: Int.bitWidth - header.maxval.leadingZeroBitCount, channels: header.pixelFormat.channels,
            hasAlpha: header.pixelFormat.hasAlpha, details: .netpbm)
    }

    public mutating func nextFrame() -> Frame? {
        if began { return nil }
        began = true
        return Frame(index: 0)
    }

    /// Of a file that is cut short, the pixels that are missing are 0; `truncated` is thrown where that is all of them.
    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        if let failure { throw failure }
        guard nextRow < size.height else { throw ImageError(.misuse, "a row was asked for after the last") }
        precondition(row.count == bytesPerRow)
        began = true
        do throws(ImageError) {
            let filled = try Self.read(&reader, scale, into: &row, &sawLargeSample)
            try check(filled, of: row.count)
            for i in filled..<row.count { row[i] = 0 }
            nextRow += 1
        } catch {
            failure = error
            throw error
        }
    }

    /// Notes what is wrong with the row of which `filled` bytes were there, or throws it.
    private mutating func check(_ filled: Int, of count: Int) throws(ImageError) {
        if sawLargeSample && !warnings.contains(where: { $0.kind == .damaged }) {
            let reason = "a sample is above the largest that the header allows"
            if strict { throw reader.malformed(reason) }
            warnings.append(DecodeWarning(.damaged, reason, row: nextRow, at: reader.offset))
        }
        if filled < count && !isShort {
            if strict || nextRow == 0 && filled == 0 { throw reader.truncated() }
            isShort = true
            warnings.append(DecodeWarning(.truncated, "the file ends too early", row: nextRow, at: reader.offset))
        }
    }

    /// Fills the front of `row` with what there is, and returns how many bytes that were.
    private static func read(
        _ reader: inout ByteReader, _ scale: SampleScale, into row: inout MutableSpan<UInt8>, _ sawLarge: inout Bool
    ) throws(ImageError) -> Int {
        var filled = 0
        while filled < row.count {
            let available = try reader.fill(2)
            let count = min(scale.isWide ? available & ~1 : available, row.count - filled)
            if count == 0 { break }
            let start = reader.position
            if scale.convert(reader.buffer, start..<start + count, to: &row, at: filled) { sawLarge = true }
            reader.advance(by: count)
            filled += count
        }
        return filled
    }

    /// Notes bytes after the picture, another one among them.
    public mutating func finish() throws(ImageError) {
        if let failure { throw failure }
        let left = (size.height - nextRow) * bytesPerRow
        let skipped = try reader.skip(left)
        if skipped < left && !isShort {
            if strict { throw reader.truncated() }
            let row = nextRow + skipped / bytesPerRow
            warnings.append(DecodeWarning(.truncated, "the file ends too early", row: row, at: reader.offset))
        }
        nextRow = size.height
        guard try reader.peek() != nil else { return }
        let reason = "bytes follow the picture"
        if strict { throw reader.malformed(reason) }
        warnings.append(DecodeWarning(.trailingBytes, reason, at: reader.offset))
    }
}
