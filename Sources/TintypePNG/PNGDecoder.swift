public import TintypeCore
internal import TintypeKernels

/// Decodes PNG and APNG (PNG, third edition), every colour type, depth and interlacing.
///
/// A picture that is not interlaced streams: a few lines are held. Of an interlaced one every other row is held, packed
/// as in the file, of an animation the canvas; both are charged to `DecodeLimits.memory` before they are allocated. Samples below 8 bits are scaled to 8;
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

    /// What is held of an interlaced picture, once read.
    private var early: EarlyPasses?
    /// A line of one of its passes, converted.
    private var passRow: [UInt8] = []
    /// Whether only its first pass is wanted.
    private var isSampled = false
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
        return (preamble.info(preamble.pixelFormat), preamble.metadata)
    }

    public var size: Size { isSampled ? Pass.adam7[0].size(in: info.size) : info.size }
    /// That of `info`; but RGBA of 8 bits after `nextFrame()` was called for an animated file.
    public var pixelFormat: PixelFormat { animation == nil ? info.pixelFormat : .rgba8 }
    /// What stands before the image data and behind them; from a source that cannot look ahead the latter not before
    /// `finish()`.
    public var metadata: Metadata { preamble.metadata }
    public var warnings: [DecodeWarning] { chunks.log.warnings }

    /// The first pass of Adam7 is every eighth pixel of every eighth row, and stands first in the file. Granted for no
    /// other step; and not in a strict decode, which would have to look at the rest as well.
    public mutating func sample(every step: Int) -> Int {
        guard step == 8, preamble.header.interlaced, !chunks.log.strict, nextRow == 0, framesAskedFor == 0 else {
            return 1
        }
        isSampled = true
        return step
    }

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
        guard preamble.animation != nil, !isSampled else { return framesAskedFor == 0 ? Frame(index: 0) : nil }
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
            } else if preamble.header.interlaced, !isSampled {
                try interlacedRow(into: &row)
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
        if converter.changesNothing {
            if try nextLine(into: &row) == nil { Self.clear(&row) }
        } else if let line = try nextLine() {
            try convert(line, into: &row)
        } else {
            Self.clear(&row)
        }
    }

    private static func clear(_ row: inout MutableSpan<UInt8>) {
        for i in row.indices { row[i] = 0 }
    }

    /// Adam7 (PNG §8.1): even rows are put together of what was kept, odd ones come from the file.
    private mutating func interlacedRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        if early == nil { try readEarlyPasses() }
        guard nextRow % 2 == 0 else { return try streamRow(into: &row) }
        Self.clear(&row)
        let pixelBytes = info.pixelFormat.bytesPerPixel
        for kept in early?.passes ?? [] {
            guard let start = kept.start(inRow: nextRow) else { continue }
            try note(isInPalette: Self.convert(kept, from: start, by: &converter, into: &passRow), nextRow)
            kept.pass.scatter(passRow, width: kept.width, pixelBytes: pixelBytes, into: &row)
        }
    }

    private mutating func readEarlyPasses() throws(ImageError) {
        let rowBytes = size.width * info.pixelFormat.bytesPerPixel
        try budget.charge(rowBytes, for: "a line of \(size.width) pixels", format: .png)
        passRow = [UInt8](repeating: 0, count: rowBytes)
        var passes = try EarlyPasses(preamble.header, budget: &budget)
        while scanlines.isInEarlyPass, let line = try nextLine() { passes.keep(scanlines.line, line) }
        early = passes
    }

    private static func convert(
        _ kept: EarlyPasses.Kept, from start: Int, by converter: inout RowConverter, into row: inout [UInt8]
    ) -> Bool {
        var whole = row.mutableSpan
        var front = whole._mutatingExtracting(0..<kept.width * converter.format.bytesPerPixel)
        return converter.convert(kept.lines, from: start, width: kept.width, into: &front)
    }

    /// The next line, nil after the last and where the data break off.
    mutating func nextLine() throws(ImageError) -> ScanlineReader.Line? {
        if isBroken { return nil }
        do {
            return try scanlines.next(from: &chunks)
        } catch {
            try passOver(error)
            return nil
        }
    }

    /// The next line, straight into a row that is as the file stores it.
    private mutating func nextLine(into row: inout MutableSpan<UInt8>) throws(ImageError) -> ScanlineReader.Line? {
        if isBroken { return nil }
        do {
            return try scanlines.next(from: &chunks, into: &row)
        } catch {
            try passOver(error)
            return nil
        }
    }

    /// Takes the picture as ending where it breaks off, if there is any of it.
    private mutating func passOver(_ error: ImageError) throws(ImageError) {
        guard scanlines.hasReadLines else { throw error }
        try chunks.log.pass(over: error, row: scanlines.firstMissingRow)
        isBroken = true
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
        try note(isInPalette: converter.convert(scanlines.line, width: line.width, into: &row), line.row)
    }

    private mutating func note(isInPalette: Bool, _ row: Int) throws(ImageError) {
        if isInPalette || hasNotedIndex { return }
        hasNotedIndex = true
        try chunks.log.note(.damaged, "a palette index is past the palette's end", row: row)
    }

    public mutating func finish() throws(ImageError) {
        if let failure { throw failure }
        if hasFinished { return }
        hasFinished = true
        do {
            if animation == nil, !isBroken, !isSampled, nextRow == size.height { try finishImageData() }
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
            try preamble.metadataReader.take(&chunks, palette: nil, afterData: true)
        } else if chunks.log.strict {
            throw chunks.error(.unsupported, "the critical chunk \(type) is not known")
        } else {
            try chunks.log.note(.damaged, "the critical chunk \(type) is not known", at: chunks.start)
            try chunks.close()
        }
    }
}
