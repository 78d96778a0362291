public import TintypeCore
internal import TintypeKernels

/// Decodes PNG and APNG (PNG, third edition), every colour type, depth and interlacing.
///
/// A picture that is not interlaced streams: a few lines are held. Adam7 holds the whole picture, an animation its
/// canvas; both are charged to `DecodeLimits.memory` before they are allocated. Samples below 8 bits are scaled to 8;
/// palettes become RGB, or RGBA where the file has tRNS; tRNS of grey and RGB becomes an alpha channel. No gamma is
/// applied.
///
/// A tolerant decode fills what is missing with zeros. It throws only if not one line could be read.
public struct PNGDecoder: ImageDecoder, ~Copyable {
    var chunks: ChunkReader
    var preamble: Preamble
    var budget: MemoryBudget
    let limits: DecodeLimits
    var scanlines: ScanlineReader
    var converter: RowConverter
    /// The state of an animation, once `nextFrame()` began it.
    var animation: Animation?
    public let info: ImageInfo

    /// The rows of an interlaced picture, once decoded.
    private var picture: [UInt8] = []
    private var nextRow = 0
    /// Whether the image data broke off, so that the rest is zeros.
    var isBroken = false
    private var hasNotedIndex = false
    private var framesAskedFor = 0
    private var hasFinished = false
    /// Errors are sticky.
    private var failure: ImageError?

    public init(_ source: any ByteSource, options: DecodeOptions) throws(ImageError) {
        var chunks = ChunkReader(source, strict: options.strict)
        var budget = MemoryBudget(limit: options.limits.memory)
        let preamble = try Preamble(&chunks, limits: options.limits)
        try options.limits.check(preamble.header.size, format: .png)
        let converter = try RowConverter(preamble, budget: &budget)
        let scanlines = try ScanlineReader(preamble.header, dataType: .idat, budget: &budget)
        limits = options.limits
        info = preamble.info(converter.format)
        self.chunks = chunks
        self.budget = budget
        self.preamble = preamble
        self.converter = converter
        self.scanlines = scanlines
    }

    public static func inspect(
        _ source: any ByteSource, options: DecodeOptions
    ) throws(ImageError) -> (info: ImageInfo, metadata: Metadata) {
        var chunks = ChunkReader(source, strict: options.strict)
        let preamble = try Preamble(&chunks, limits: options.limits)
        return (preamble.info(preamble.pixelFormat), preamble.metadataReader.metadata)
    }

    public var size: Size { info.size }
    /// That of `info`; but RGBA of 8 bits after `nextFrame()` was called for an animated file.
    public var pixelFormat: PixelFormat { animation == nil ? info.pixelFormat : .rgba8 }
    /// What stands before the image data; after `finish()`, also what stands behind them.
    public var metadata: Metadata { preamble.metadataReader.metadata }
    public var warnings: [DecodeWarning] { chunks.log.warnings }

    /// Moves to the next frame.
    ///
    /// A file that is not animated has one frame, its picture. The frames of an animated one are composited on the
    /// canvas: from the first call on, `pixelFormat` is `.rgba8` whatever the file stores (16-bit samples give their
    /// high byte), and a pixel with alpha 0 has colour 0. A stage that remembers the pixel format, such as
    /// `AnyRowSource`, is to be made after that.
    ///
    /// - Throws: `limitExceeded` if the frames are beyond the limits; `misuse` if rows of the still picture were
    ///   already read.
    public mutating func nextFrame() throws(ImageError) -> Frame? {
        if let failure { throw failure }
        defer { framesAskedFor += 1 }
        guard preamble.animation != nil else { return framesAskedFor == 0 ? Frame(index: 0) : nil }
        do throws(ImageError) {
            guard animation != nil || nextRow == 0 else {
                throw ImageError(.misuse, "frames were asked for after rows of the still picture", format: .png)
            }
            let frame = try nextAnimationFrame()
            nextRow = frame == nil ? size.height : 0
            return frame
        } catch {
            failure = error
            throw error
        }
    }

    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        if let failure { throw failure }
        guard nextRow < size.height else { throw ImageError(.misuse, "a row was asked for after the last") }
        precondition(row.count == bytesPerRow)
        do {
            if animation != nil {
                Self.copy(animation?.canvas.pixels ?? [], nextRow, into: &row)
            } else if preamble.header.interlaced {
                if picture.isEmpty { try decodeInterlaced() }
                Self.copy(picture, nextRow, into: &row)
            } else {
                try streamRow(into: &row)
            }
            nextRow += 1
        } catch {
            failure = error
            throw error
        }
    }

    private static func copy(_ picture: [UInt8], _ index: Int, into row: inout MutableSpan<UInt8>) {
        let source = picture.span.extracting(index * row.count..<(index + 1) * row.count)
        precondition(source.count == row.count)
        for i in row.indices { row[i] = source[i] }
    }

    private mutating func streamRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        guard let line = try nextLine() else {
            for i in row.indices { row[i] = 0 }
            return
        }
        try convert(line, into: &row)
    }

    /// Adam7 (PNG §8.1): all passes, put together.
    private mutating func decodeInterlaced() throws(ImageError) {
        let bytes = info.pixelFormat.bytesPerPixel
        let stride = size.width * bytes
        try budget.charge(size.height + 1, stride: stride, for: "an interlaced picture of \(size)", format: .png)
        picture = [UInt8](repeating: 0, count: size.height * stride)
        var row = [UInt8](repeating: 0, count: stride)
        while let line = try nextLine() {
            try convert(line, into: &row)
            Pass.scatter(
                row, width: line.width, x: line.x, dx: line.dx, pixelBytes: bytes, into: &picture,
                at: line.row * stride)
        }
    }

    /// The next line, nil after the last and where the data break off.
    mutating func nextLine() throws(ImageError) -> ScanlineReader.Line? {
        if isBroken { return nil }
        do {
            return try scanlines.next(from: &chunks)
        } catch {
            guard scanlines.hasReadLines else { throw error }
            try chunks.log.pass(over: error, row: scanlines.firstMissingRow)
            isBroken = true
            return nil
        }
    }

    func convertedBytes(_ line: ScanlineReader.Line) -> Int { line.width * converter.format.bytesPerPixel }

    /// The line just read, converted into the front of `row`.
    mutating func convert(_ line: ScanlineReader.Line, into row: inout [UInt8]) throws(ImageError) {
        let count = convertedBytes(line)
        var whole = row.mutableSpan
        var front = whole._mutatingExtracting(0..<count)
        try convert(line, into: &front)
    }

    private mutating func convert(
        _ line: ScanlineReader.Line, into row: inout MutableSpan<UInt8>
    ) throws(ImageError) {
        if converter.convert(scanlines.line, width: line.width, into: &row) || hasNotedIndex { return }
        hasNotedIndex = true
        try chunks.log.note(.damaged, "a palette index is past the palette's end", row: line.row)
    }

    public mutating func finish() throws(ImageError) {
        if let failure { throw failure }
        if hasFinished { return }
        hasFinished = true
        do {
            if animation == nil, !isBroken, nextRow == size.height { try finishImageData() }
            try readTrailer()
        } catch {
            failure = error
            throw error
        }
    }

    /// Compares what the image data end with, once all lines are read.
    mutating func finishImageData() throws(ImageError) {
        do {
            try scanlines.finish(&chunks)
        } catch {
            try chunks.log.pass(over: error)
        }
    }

    /// Reads the chunks behind the image data, up to IEND and the end of the file.
    private mutating func readTrailer() throws(ImageError) {
        do throws(ImageError) {
            var dataHaveEnded = false
            while true {
                if let type = chunks.type {
                    if type == .idat && dataHaveEnded {
                        try chunks.log.note(.damaged, "image data in several places", at: chunks.start)
                    }
                    dataHaveEnded = type != .idat
                    if try takeLate(type) { break }
                }
                if try chunks.advance() == nil { throw chunks.error(.truncated, "the file ends without IEND") }
            }
            if try chunks.hasMore() {
                try chunks.log.note(.trailingBytes, "bytes follow the end of the picture", at: chunks.offset)
            }
        } catch {
            try chunks.log.pass(over: error)
        }
    }

    /// Takes a chunk that stands behind the first IDAT, and closes it.
    ///
    /// - Returns: whether it was IEND.
    private mutating func takeLate(_ type: ChunkType) throws(ImageError) -> Bool {
        switch type {
        case .iend:
            guard chunks.remaining == 0 else { throw chunks.error(.malformed, "IEND is not empty") }
            try chunks.close()
            return true
        case .ihdr, .plte:
            throw chunks.error(.malformed, "\(type) after the image data")
        default:
            try takeOther(type)
            return false
        }
    }

    /// Takes an ancillary chunk behind the first IDAT, or passes over image data that are not wanted.
    mutating func takeOther(_ type: ChunkType) throws(ImageError) {
        if type == .idat {
            try chunks.close()
        } else if type.isAncillary {
            try preamble.metadataReader.take(&chunks, afterData: true)
        } else if chunks.log.strict {
            throw chunks.error(.unsupported, "the critical chunk \(type) is not known")
        } else {
            try chunks.log.note(.damaged, "the critical chunk \(type) is not known", at: chunks.start)
            try chunks.close()
        }
    }
}
