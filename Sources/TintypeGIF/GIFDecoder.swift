public import TintypeCore

/// Decodes GIF87a and GIF89a, every frame composited on the logical screen, as RGBA in 8 bits.
///
/// The screen starts transparent; the background colour is not drawn, as browsers do not. Every image of the file is a frame, whatever its
/// delay. What lies outside the screen is cut off; colour is 0 where alpha is. Memory: one screen, and a second one while a frame
/// stands that is to be undone ("restore to previous"), each only as far as something was drawn on it.
public struct GIFDecoder: ImageDecoder, ~Copyable {
    public private(set) var info: ImageInfo
    public var size: Size { info.size }
    public var pixelFormat: PixelFormat { .rgba8 }
    public var metadata: Metadata { blocks.metadata }
    public var warnings: [DecodeWarning] { blocks.warnings }

    private let limits: DecodeLimits
    private var blocks: BlockReader
    private var canvas: Canvas
    private var painter = FramePainter()
    /// The descriptor read ahead by `init`.
    private var first: ImageDescriptor?
    /// The frame that the canvas shows.
    private var shown: ImageDescriptor?
    private var frames = 0
    private var nextRow = 0
    /// The rows and columns that the shown frame, or taking away the one before, may have changed.
    public private(set) var changedRows = 0..<0
    public private(set) var changedColumns = 0..<0
    private var failure: ImageError?

    /// Reads up to the data of the first image.
    ///
    /// Throws `malformed` or `truncated` where that cannot be read or there is no image, `limitExceeded` for a screen beyond the limits.
    public init(_ source: any ByteSource, options: DecodeOptions = DecodeOptions()) throws(ImageError) {
        let limits = options.limits
        var blocks = try BlockReader(source, options: options)
        let screen = blocks.screen
        try limits.check(screen.size, format: .gif, at: 6)
        let canvas = try Canvas(size: screen.size, budget: MemoryBudget(limit: limits.memory))
        let image = try blocks.nextImage()
        self.limits = limits
        self.canvas = canvas
        first = image
        info = Self.info(screen, first: image)
        info.loopCount = blocks.loopCount
        self.blocks = blocks
    }

    /// Walks all blocks to count the frames, without decoding them. Damage after the first image ends the walk, unless `strict`.
    ///
    /// Throws as `init`.
    public static func inspect(
        _ source: any ByteSource, options: DecodeOptions = DecodeOptions()
    ) throws(ImageError) -> (info: ImageInfo, metadata: Metadata) {
        var blocks = try BlockReader(source, options: options)
        try options.limits.check(blocks.screen.size, format: .gif, at: 6)
        var info = Self.info(blocks.screen, first: try blocks.nextImage())
        while try blocks.nextImage() != nil {}
        info.frameCount = blocks.images
        info.loopCount = blocks.loopCount
        return (info, blocks.metadata)
    }

    private static func info(_ screen: Screen, first: ImageDescriptor?) -> ImageInfo {
        let entries = (first?.palette ?? screen.palette)?.count ?? 256
        let hasAlpha = first.map { !$0.covers(screen.size) } ?? true
        var info = ImageInfo(
            format: .gif, size: screen.size, pixelFormat: .rgba8, bitDepth: entries.trailingZeroBitCount,
            channels: hasAlpha ? 4 : 3, hasAlpha: hasAlpha, details: .gif)
        info.frameCount = nil
        return info
    }

    /// Moves to the next image of the file and composes it, or returns nil after the last.
    ///
    /// Throws `limitExceeded` where frames, or pixels over all frames, pass the limits.
    public mutating func nextFrame() throws(ImageError) -> Frame? {
        if let failure { throw failure }
        do throws(ImageError) {
            return try composeNext()
        } catch {
            failure = error
            throw error
        }
    }

    private mutating func composeNext() throws(ImageError) -> Frame? {
        nextRow = size.height
        guard let image = try takeImage() else { return nil }
        info.loopCount = blocks.loopCount
        guard frames < limits.frames, (frames + 1) * size.width * size.height <= limits.framePixels else {
            throw ImageError(
                .limitExceeded, "the animation has more frames or pixels than allowed", at: blocks.offset, format: .gif)
        }
        (changedRows, changedColumns) = (image.lines(on: size), image.columns(on: size))
        if frames == 0 { (changedRows, changedColumns) = (0..<size.height, 0..<size.width) }
        dispose()
        if image.control.disposal == .restore { try canvas.keep(image.lines(on: size)) }
        shown = image
        try painter.draw(image, from: &blocks, on: &canvas, required: frames == 0)
        frames += 1
        nextRow = 0
        return Frame(index: frames - 1, delayMilliseconds: image.control.delay * 10)
    }

    private mutating func takeImage() throws(ImageError) -> ImageDescriptor? {
        guard let image = first else { return try blocks.nextImage() }
        first = nil
        return image
    }

    /// Takes the shown frame off the canvas as its disposal method says (GIF89a §23).
    private mutating func dispose() {
        guard let image = shown else { return }
        switch image.control.disposal {
        case .leave: break
        case .clear: canvas.clear(image.columns(on: size), image.lines(on: size))
        case .restore: canvas.restore()
        }
        if image.control.disposal != .leave {
            changedRows = changedRows.union(image.lines(on: size))
            changedColumns = changedColumns.union(image.columns(on: size))
        }
    }

    public mutating func skipUnchangedRows() {
        nextRow = max(nextRow, changedRows.lowerBound)
    }

    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        if frames == 0 { _ = try nextFrame() }
        if let failure { throw failure }
        guard nextRow < size.height else { throw ImageError(.misuse, "a row was asked for after the last") }
        precondition(row.count == bytesPerRow)
        canvas.copyRow(nextRow, to: &row)
        nextRow += 1
    }

    /// Walks the blocks that are left, without decoding them, to the trailer.
    public mutating func finish() throws(ImageError) {
        if let failure { throw failure }
        do throws(ImageError) {
            while try blocks.nextImage() != nil {}
            try blocks.checkEnd()
        } catch {
            failure = error
            throw error
        }
    }
}

extension Range<Int> {
    /// The smallest range that holds both.
    fileprivate func union(_ other: Range<Int>) -> Range<Int> {
        if isEmpty { return other }
        if other.isEmpty { return self }
        return Swift.min(lowerBound, other.lowerBound)..<Swift.max(upperBound, other.upperBound)
    }
}
