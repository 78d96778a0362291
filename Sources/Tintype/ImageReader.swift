public import TintypeCore
import TintypeGIF
import TintypeJPEG
import TintypeNetpbm
import TintypePNG

/// A decoder for whatever the input turns out to be: the format is told by the first bytes, never by a name.
///
/// The call sequence is that of `ImageDecoder`: ask `info`, then pull the rows of the still picture, or call
/// `nextFrame()` and pull the rows of each frame.
public final class ImageReader: RowSource {
    private let decoder: any DecoderBox
    private let strict: Bool
    /// Rows of the present frame that nobody has pulled.
    private var rowsLeft: Int
    private var goesByFrames = false

    /// Reads the header, up to where the pixels begin.
    ///
    /// - Throws: `truncated` for an input of no bytes, `malformed` for one of no known format, or what the decoder finds
    ///   wrong.
    public init(_ source: any ByteSource, options: DecodeOptions = DecodeOptions()) throws(ImageError) {
        let (format, source) = try Self.sniff(source)
        switch format {
        case .jpeg: decoder = Box(try JPEGDecoder(source, options: options))
        case .png: decoder = Box(try PNGDecoder(source, options: options))
        case .gif: decoder = Box(try GIFDecoder(source, options: options))
        case .netpbm: decoder = Box(try NetpbmDecoder(source, options: options))
        }
        strict = options.strict
        rowsLeft = decoder.size.height
    }

    /// Reads what `ImageInfo` needs and no more, also of files whose pixels cannot be decoded.
    public static func inspect(
        _ source: any ByteSource, options: DecodeOptions = DecodeOptions()
    ) throws(ImageError) -> (info: ImageInfo, metadata: Metadata) {
        let (format, source) = try sniff(source)
        return switch format {
        case .jpeg: try JPEGDecoder.inspect(source, options: options)
        case .png: try PNGDecoder.inspect(source, options: options)
        case .gif: try GIFDecoder.inspect(source, options: options)
        case .netpbm: try NetpbmDecoder.inspect(source, options: options)
        }
    }

    private static func sniff(
        _ source: any ByteSource
    ) throws(ImageError) -> (format: ImageFormat, source: any ByteSource) {
        var head = [UInt8](repeating: 0, count: ImageFormat.signatureLength)
        var count = 0
        while count < head.count {
            var span = head.mutableSpan
            var free = span._mutatingExtracting(count..<span.count)
            let read = try source.read(into: &free)
            if read <= 0 { break }
            count += read
        }
        if count == 0 { throw ImageError(.truncated, "the input is empty", at: 0) }
        head.removeSubrange(min(count, head.count)...)
        guard let format = ImageFormat(signature: head) else {
            throw ImageError(.malformed, "not a JPEG, PNG, GIF or Netpbm file", at: 0)
        }
        return (format, PrefixedByteSource(head, then: source))
    }

    /// Asks for a smaller picture before the first row, as `ImageDecoder.reduce` does; `size` tells what was granted.
    public func reduce(by denominator: Int, thenBy later: Double = 1) -> Int {
        let granted = decoder.reduce(by: denominator, thenBy: later)
        rowsLeft = decoder.size.height
        return granted
    }

    /// Asks for some of the pixels alone, before the first row, as `ImageDecoder.sample` does.
    public func sample(every step: Int) -> Int {
        let granted = decoder.sample(every: step)
        rowsLeft = decoder.size.height
        return granted
    }

    public var info: ImageInfo { decoder.info }
    public var metadata: Metadata { decoder.metadata }
    /// What a tolerant decode passed over so far.
    public var warnings: [DecodeWarning] { decoder.warnings }
    public var size: Size { decoder.size }
    /// The format of the rows; an animation's frames may come in another one than its still picture.
    public var pixelFormat: PixelFormat { decoder.pixelFormat }

    /// Moves to the next frame (the first, when called first), or returns nil after the last.
    public func nextFrame() throws(ImageError) -> Frame? {
        guard let frame = try decoder.nextFrame() else { return nil }
        rowsLeft = decoder.size.height
        goesByFrames = true
        return frame
    }

    /// The rows in which the present frame may differ from the one before.
    var changedRows: Range<Int> { decoder.changedRows }
    /// The columns in which it may.
    var changedColumns: Range<Int> { decoder.changedColumns }

    public func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        try decoder.readRow(into: &row)
        rowsLeft -= 1
    }

    /// Reads the present frame into the pixels of the frame before: of an animation only what changed is written.
    ///
    /// - Parameters:
    ///   - pixels: row by row, as `Image` has them; made to fit where there are none yet, or of another size.
    ///   - limit: bytes that they may take.
    /// - Throws: `limitExceeded` where they would take more, or what the decoder finds wrong.
    public func readFrame(
        into pixels: inout [UInt8], limit: Int = DecodeLimits.default.memory
    ) throws(ImageError) {
        let stride = bytesPerRow
        var rows = decoder.changedRows
        if pixels.count != size.height * stride {
            var budget = MemoryBudget(limit: limit)
            try budget.charge(size.height, stride: stride, for: "the picture of \(size)")
            pixels = [UInt8](repeating: 0, count: size.height * stride)
            rows = 0..<size.height
        } else {
            decoder.skipUnchangedRows()
            rowsLeft -= rows.lowerBound
        }
        var all = pixels.mutableSpan
        for y in rows {
            var row = all._mutatingExtracting(y * stride..<(y + 1) * stride)
            try readRow(into: &row)
        }
    }

    /// Reads on to the end of the file, rows that nobody pulled included: finds what is still wrong, and bytes after
    /// the end.
    public func finish() throws(ImageError) {
        if rowsLeft > 0 {
            var row = [UInt8](repeating: 0, count: decoder.size.width * decoder.pixelFormat.bytesPerPixel)
            while rowsLeft > 0 {
                var span = row.mutableSpan
                try readRow(into: &span)
            }
        }
        try decoder.finish()
    }

    /// After the still picture a strict decode looks at the rest of the file too. Who goes by frames may want the next.
    func finishStill() throws(ImageError) {
        if strict, !goesByFrames { try finish() }
    }
}

/// A decoder of any format. Decoders cannot be copied, so a class holds the one there is.
private protocol DecoderBox: AnyObject {
    var info: ImageInfo { get }
    var metadata: Metadata { get }
    var warnings: [DecodeWarning] { get }
    var size: Size { get }
    var pixelFormat: PixelFormat { get }
    func reduce(by denominator: Int, thenBy later: Double) -> Int
    func sample(every step: Int) -> Int
    func nextFrame() throws(ImageError) -> Frame?
    var changedRows: Range<Int> { get }
    var changedColumns: Range<Int> { get }
    func skipUnchangedRows()
    func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError)
    func finish() throws(ImageError)
}

private final class Box<Decoder: ImageDecoder & ~Copyable>: DecoderBox {
    private var decoder: Decoder

    init(_ decoder: consuming Decoder) {
        self.decoder = decoder
    }

    var info: ImageInfo { decoder.info }
    var metadata: Metadata { decoder.metadata }
    var warnings: [DecodeWarning] { decoder.warnings }
    var size: Size { decoder.size }
    var pixelFormat: PixelFormat { decoder.pixelFormat }
    func reduce(by denominator: Int, thenBy later: Double) -> Int { decoder.reduce(by: denominator, thenBy: later) }
    func sample(every step: Int) -> Int { decoder.sample(every: step) }
    func nextFrame() throws(ImageError) -> Frame? { try decoder.nextFrame() }
    var changedRows: Range<Int> { decoder.changedRows }
    var changedColumns: Range<Int> { decoder.changedColumns }
    func skipUnchangedRows() { decoder.skipUnchangedRows() }
    func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) { try decoder.readRow(into: &row) }
    func finish() throws(ImageError) { try decoder.finish() }
}
