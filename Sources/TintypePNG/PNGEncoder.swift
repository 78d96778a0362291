public import TintypeCore

/// Encodes PNG (PNG, third edition), not interlaced, row by row.
///
/// Grey and RGB, with and without alpha, in 8 and 16 bits, are written as they are or, where that says the same of every
/// pixel, in fewer samples and bits. The metadata stand before the image data: the colour profile as iCCP (if it is one
/// for grey or RGB, as the picture is), the density as pHYs, EXIF as eXIf, XMP as iTXt, IPTC and comments as texts.
public struct PNGEncoder: RowSink, ~Copyable {
    private let size: Size
    private let pixelFormat: PixelFormat
    private let options: Options
    private let metadata: Metadata
    private var chunks: ChunkWriter
    /// What might be left out of the file. nil once that is decided.
    private var search: ReductionSearch?
    /// The rows that wait for that.
    private var rows: [[UInt8]] = []
    private var layout: Layout
    private var line: [UInt8] = []
    private var data: ImageDataCompressor?
    private var rowsWritten = 0
    private var hasFinished = false

    private static var chunkBytes: Int { 64 << 10 }
    /// Rows beyond this do not wait.
    private static var waitingBytes: Int { 256 << 20 }
    /// Up to this size the ways to store a picture are tried rather than guessed at.
    private static var smallBytes: Int { 128 << 10 }

    /// - Parameter size: each side 1 to 2³¹ − 1 pixels.
    /// - Throws: `misuse` for CMYK, an effort or a number of threads that does not exist or a size without pixels;
    ///   `limitExceeded` for a size or metadata that PNG cannot hold; `io` from the sink.
    public init(
        _ sink: any ByteSink, size: Size, pixelFormat: PixelFormat, options: Options = Options(),
        metadata: Metadata = Metadata()
    ) throws(ImageError) {
        try Self.check(size, pixelFormat)
        try options.check()
        let chunks = try ChunkWriter(sink)
        self.chunks = chunks
        self.size = size
        self.pixelFormat = pixelFormat
        self.options = options
        self.metadata = metadata
        layout = Layout(pixelFormat, width: size.width)
        if options.reduces {
            let hasProfile = metadata.icc.map { MetadataRules.isProfile($0, gray: false) } ?? false
            search = ReductionSearch(pixelFormat, keepsColor: hasProfile)
        }
    }

    static func check(_ size: Size, _ pixelFormat: PixelFormat) throws(ImageError) {
        guard pixelFormat != .cmyk8 else {
            throw ImageError(.misuse, "PNG holds no \(pixelFormat.rawValue)", format: .png)
        }
        guard size.width > 0, size.height > 0 else {
            throw ImageError(.misuse, "the picture has no pixels: \(size)", format: .png)
        }
        guard Int32(exactly: size.width) != nil, Int32(exactly: size.height) != nil else {
            throw ImageError(.limitExceeded, "\(size) is larger than PNG allows", format: .png)
        }
    }

    /// - Precondition: `row` holds exactly `size.width` pixels of the format.
    /// - Throws: `misuse` after the last row; `io` from the sink.
    public mutating func writeRow(_ row: Span<UInt8>) throws(ImageError) {
        precondition(row.count == size.width * pixelFormat.bytesPerPixel)
        guard rowsWritten < size.height else {
            throw ImageError(.misuse, "a row was written after the last", format: .png)
        }
        rowsWritten += 1
        guard search != nil else {
            if rowsWritten == 1 { try begin(layout) }
            return try write(row)
        }
        search?.look(at: row)
        if search?.isOpen == true, (rows.count + 1) * row.count <= Self.waitingBytes {
            rows.append(row.indices.map { row[$0] })
        } else {
            search = nil
            try begin(layout)
            try writeWaiting()
            try write(row)
        }
    }

    /// Ends the image data and the file.
    ///
    /// - Throws: `misuse` if rows are missing, or when called again; `io` from the sink.
    public mutating func finish() throws(ImageError) {
        guard rowsWritten == size.height, !hasFinished else {
            let reason = hasFinished ? "the file is already finished" : "\(size.height - rowsWritten) rows are missing"
            throw ImageError(.misuse, reason, format: .png)
        }
        hasFinished = true
        if let search {
            try begin(try best(of: layouts(search)))
            try writeWaiting()
        }
        try data?.finish()
        try flush(all: true)
        try chunks.writeTail(metadata)
    }

    /// The ways to store the picture, the most promising first.
    private func layouts(_ search: ReductionSearch) -> [Layout] {
        let key = search.isOpaque || !search.hasKey ? nil : search.key
        let usesKey = key.map { key in !rows.contains { ReductionSearch.uses(key, $0, pixelFormat) } } ?? false
        let samples = Layout(search, width: size.width, usesKey: usesKey)
        guard let palette = Layout(palette: search, width: size.width), palette.bitsPerPixel < samples.bitsPerPixel
        else { return [samples] }
        // A quarter is about what deflate leaves of the bytes saved.
        let saved = (samples.lineBytes - palette.lineBytes) * size.height / 4
        return saved > palette.overhead - samples.overhead ? [palette, samples] : [samples, palette]
    }

    private mutating func best(of layouts: [Layout]) throws(ImageError) -> Layout {
        let isSmall = layouts[0].lineBytes * size.height <= Self.smallBytes && options.effort > 0
        guard layouts.count > 1, isSmall || options.effort >= 8 else { return layouts[0] }
        var best: (layout: Layout, count: Int)?
        for layout in layouts {
            try begin(layout, writingHeader: false)
            var count = layout.overhead
            for row in rows {
                try take(row.span)
                count += data?.takeCompressed().count ?? 0
            }
            try data?.finish()
            count += data?.takeCompressed().count ?? 0
            if best.map({ count < $0.count }) ?? true { best = (layout, count) }
        }
        return best?.layout ?? layouts[0]
    }

    private mutating func begin(_ layout: Layout, writingHeader: Bool = true) throws(ImageError) {
        self.layout = layout
        line = [UInt8](repeating: 0, count: layout.isPlain ? 0 : layout.lineBytes)
        data = ImageDataCompressor(
            lineBytes: layout.lineBytes, distance: layout.filterDistance,
            effort: Effort(options.effort, packed: layout.isPacked), threads: options.threads)
        guard writingHeader else { return }
        try chunks.writeHead(layout, size, metadata, level: options.effort)
    }

    /// Each row is let go as soon as it is compressed.
    private mutating func writeWaiting() throws(ImageError) {
        for index in rows.indices {
            var row: [UInt8] = []
            swap(&row, &rows[index])
            try write(row.span)
        }
        rows = []
    }

    private mutating func write(_ row: Span<UInt8>) throws(ImageError) {
        try take(row)
        try flush(all: false)
    }

    private mutating func take(_ row: Span<UInt8>) throws(ImageError) {
        if layout.isPlain {
            try data?.take(row)
        } else {
            layout.convert(row, into: &line)
            let line = line
            try data?.take(line.span)
        }
    }

    /// Writes what is compressed, in chunks of one size but for the last.
    private mutating func flush(all: Bool) throws(ImageError) {
        guard let waiting = data?.compressed.count, all || waiting >= Self.chunkBytes else { return }
        let bytes = data?.takeCompressed(waiting - (all ? 0 : waiting % Self.chunkBytes)) ?? []
        for start in stride(from: 0, to: bytes.count, by: Self.chunkBytes) {
            try chunks.write(.idat, bytes[start..<min(bytes.count, start + Self.chunkBytes)])
        }
    }
}
