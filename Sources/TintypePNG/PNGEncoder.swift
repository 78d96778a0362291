public import TintypeCore
internal import TintypeKernels

/// Encodes PNG (PNG, third edition), not interlaced, row by row.
///
/// Grey and RGB, with and without alpha, in 8 and 16 bits, are written as they are. The metadata stand before the image
/// data: the colour profile as iCCP (if it is one for grey or RGB, as the picture is), the density as pHYs, EXIF as
/// eXIf, XMP as iTXt.
public struct PNGEncoder: RowSink, ~Copyable {
    public struct Options: Sendable, Hashable {
        /// How hard to compress: 0 (not at all), 1 (fast) to 9 (small). They are zlib's levels; pixels are the same at
        /// each.
        ///
        /// The default is 5, by measurement: on a photo of 12 megapixels 6 takes 1.7 times as long for 2 % fewer bytes,
        /// and 1 takes half as long for 4 % more; on a picture of a user interface the same is 1.3 times for 1 %, and
        /// 0.6 times for 11 %.
        public var level: Int

        public init(level: Int = 5) {
            self.level = level
        }
    }

    private let size: Size
    private let pixelFormat: PixelFormat
    private var chunks: ChunkWriter
    private var deflater: Deflater
    private var filter: LineFilter
    /// A row of 16-bit samples in the order of the file.
    private var swapped: [UInt8] = []
    /// Compressed bytes that wait for their IDAT chunk to be full.
    private var compressed: [UInt8]
    private var compressedCount = 0
    private var rowsWritten = 0
    private var hasFinished = false

    private static var chunkBytes: Int { 64 << 10 }

    /// Writes everything that stands before the image data.
    ///
    /// - Parameter size: each side 1 to 2³¹ − 1 pixels.
    /// - Throws: `misuse` for CMYK, a level that does not exist or a size without pixels; `limitExceeded` for a size or
    ///   metadata that PNG cannot hold; `io` from the sink.
    public init(
        _ sink: any ByteSink, size: Size, pixelFormat: PixelFormat, options: Options = Options(),
        metadata: Metadata = Metadata()
    ) throws(ImageError) {
        guard let colorType = Self.colorType(pixelFormat) else {
            throw ImageError(.misuse, "PNG holds no \(pixelFormat.rawValue)", format: .png)
        }
        guard size.width > 0, size.height > 0 else {
            throw ImageError(.misuse, "the picture has no pixels: \(size)", format: .png)
        }
        guard let width = Int32(exactly: size.width), let height = Int32(exactly: size.height) else {
            throw ImageError(.limitExceeded, "\(size) is larger than PNG allows", format: .png)
        }
        guard (0...9).contains(options.level) else {
            throw ImageError(.misuse, "PNG has no compression level \(options.level)", format: .png)
        }
        var chunks = try ChunkWriter(sink)
        try chunks.write(
            .ihdr,
            bigEndian(UInt32(width)) + bigEndian(UInt32(height))
                + [UInt8(pixelFormat.bitDepth), colorType.rawValue, 0, 0, 0])
        try chunks.write(metadata, isGray: pixelFormat.isGray, level: options.level)
        let deflater = try Deflater(level: options.level)
        self.size = size
        self.pixelFormat = pixelFormat
        self.chunks = chunks
        self.deflater = deflater
        let bytesPerRow = size.width * pixelFormat.bytesPerPixel
        filter = LineFilter(adaptive: options.level > 0, bytes: bytesPerRow, bytesPerPixel: pixelFormat.bytesPerPixel)
        if pixelFormat.bitDepth == 16 { swapped = [UInt8](repeating: 0, count: bytesPerRow) }
        compressed = [UInt8](repeating: 0, count: Self.chunkBytes)
    }

    private static func colorType(_ format: PixelFormat) -> Header.ColorType? {
        switch format {
        case .gray8, .gray16: .gray
        case .grayAlpha8, .grayAlpha16: .grayAlpha
        case .rgb8, .rgb16: .rgb
        case .rgba8, .rgba16: .rgba
        case .cmyk8: nil
        }
    }

    /// - Precondition: `row` holds exactly `size.width` pixels of the format.
    /// - Throws: `misuse` after the last row; `io` from the sink.
    public mutating func writeRow(_ row: Span<UInt8>) throws(ImageError) {
        precondition(row.count == size.width * pixelFormat.bytesPerPixel)
        guard rowsWritten < size.height else {
            throw ImageError(.misuse, "a row was written after the last", format: .png)
        }
        if swapped.isEmpty {
            filter.take(row)
        } else {
            var target = swapped.mutableSpan
            PNGUnpack.swapBytes(row, into: &target)
            filter.take(swapped)
        }
        rowsWritten += 1
        try compress(finish: false)
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
        filter.clear()
        try compress(finish: true)
        if compressedCount > 0 { try chunks.write(.idat, compressed, count: compressedCount) }
        try chunks.write(.iend, [])
        try chunks.flush()
    }

    /// Compresses the filtered line, and writes chunks as they fill.
    private mutating func compress(finish: Bool) throws(ImageError) {
        var consumed = 0
        while true {
            let step = Self.deflate(
                &deflater, filter.filtered, consumed, finish, into: &compressed, at: compressedCount)
            consumed += step.consumed
            compressedCount += step.produced
            let isFull = compressedCount == compressed.count
            if isFull {
                try chunks.write(.idat, compressed, count: compressedCount)
                compressedCount = 0
            }
            if finish ? step.ended : !isFull && consumed == filter.filtered.count { return }
        }
    }

    private static func deflate(
        _ deflater: inout Deflater, _ bytes: [UInt8], _ consumed: Int, _ finish: Bool, into target: inout [UInt8],
        at start: Int
    ) -> (consumed: Int, produced: Int, ended: Bool) {
        var whole = target.mutableSpan
        var free = whole._mutatingExtracting(start..<whole.count)
        return deflater.deflate(bytes.span.extracting(consumed..<bytes.count), finish: finish, into: &free)
    }
}
