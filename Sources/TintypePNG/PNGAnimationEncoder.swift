public import TintypeCore
internal import TintypeKernels

/// Encodes animated PNG (PNG, third edition, §4.7 and §11.3.6), frame by frame.
///
/// Frames are given whole; of each only the rectangle that differs from the one before is written. A picture of one
/// frame becomes a still. The compressed frames wait in memory, as the file states their number before the first.
public struct PNGAnimationEncoder: ~Copyable {
    private struct Part {
        var control: [UInt8]
        var data: [UInt8]
    }

    private let size: Size
    private let pixelFormat: PixelFormat
    private let options: PNGEncoder.Options
    private let metadata: Metadata
    private let plays: UInt32
    private var chunks: ChunkWriter
    private var parts: [Part] = []
    private var previous: [UInt8] = []
    private var hasFinished = false

    /// - Parameters:
    ///   - size: each side 1 to 2³¹ − 1 pixels.
    ///   - loopCount: how often the animation plays, 0 for ever.
    ///   - options: frames are written in the pixel format given, whatever `reduces` says.
    /// - Throws: `misuse` for CMYK, options that do not exist or a size without pixels; `limitExceeded` for a size that
    ///   PNG cannot hold; `io` from the sink.
    public init(
        _ sink: any ByteSink, size: Size, pixelFormat: PixelFormat, loopCount: Int = 0,
        options: PNGEncoder.Options = PNGEncoder.Options(), metadata: Metadata = Metadata()
    ) throws(ImageError) {
        try PNGEncoder.check(size, pixelFormat)
        try options.check()
        let chunks = try ChunkWriter(sink)
        self.chunks = chunks
        self.size = size
        self.pixelFormat = pixelFormat
        self.options = options
        self.metadata = metadata
        plays = UInt32(min(max(loopCount, 0), 0x7FFF_FFFF))
    }

    /// Adds a frame.
    ///
    /// - Parameter delayMilliseconds: how long it is shown, up to 65,535 s; longer ones are cut to that.
    /// - Throws: `misuse` for a picture of another size or format, or after the end.
    public mutating func writeFrame(_ frame: Image, delayMilliseconds: Int) throws(ImageError) {
        guard frame.size == size, frame.pixelFormat == pixelFormat, !hasFinished else {
            throw ImageError(.misuse, "a frame that does not fit the animation, or comes after its end", format: .png)
        }
        let stride = frame.bytesPerRow
        let region =
            previous.isEmpty
            ? Region(x: 0, y: 0, size: size)
            : Self.difference(frame.pixels.span, previous.span, stride, pixelFormat.bytesPerPixel)
        parts.append(
            Part(
                control: Self.control(region, delayMilliseconds),
                data: try compress(frame.pixels, stride, region)))
        previous = frame.pixels
    }

    private struct Region {
        var x, y: Int
        var size: Size
    }

    /// The smallest rectangle outside which the two agree; one pixel where they agree everywhere.
    private static func difference(_ a: Span<UInt8>, _ b: Span<UInt8>, _ stride: Int, _ pixelBytes: Int) -> Region {
        var (left, right, top, bottom) = (stride, -1, -1, -1)
        for start in Swift.stride(from: 0, to: a.count, by: stride) {
            var first = 0
            while first < stride, a[start &+ first] == b[start &+ first] { first &+= 1 }
            if first == stride { continue }
            var last = stride - 1
            while a[start &+ last] == b[start &+ last] { last &-= 1 }
            (left, right) = (min(left, first), max(right, last))
            if top < 0 { top = start / stride }
            bottom = start / stride
        }
        if top < 0 { return Region(x: 0, y: 0, size: Size(1, 1)) }
        (left, right) = (left / pixelBytes, right / pixelBytes)
        return Region(x: left, y: top, size: Size(right - left + 1, bottom - top + 1))
    }

    /// fcTL (PNG §11.3.6.2) without its sequence number: nothing is disposed of, and pixels replace what was there.
    private static func control(_ region: Region, _ delayMilliseconds: Int) -> [UInt8] {
        let delay = max(0, delayMilliseconds)
        let (numerator, denominator) = delay <= 65_535 ? (delay, 1000) : (min(delay / 1000, 65_535), 1)
        let place = [region.size.width, region.size.height, region.x, region.y]
        return place.flatMap { bigEndian(UInt32(truncatingIfNeeded: $0)) }
            + bigEndian(UInt32(numerator) << 16 | UInt32(denominator)) + [0, 0]
    }

    private func compress(_ pixels: [UInt8], _ stride: Int, _ region: Region) throws(ImageError) -> [UInt8] {
        var layout = Layout(pixelFormat, width: region.size.width)
        var line = [UInt8](repeating: 0, count: layout.lineBytes)
        var data = ImageDataCompressor(
            lineBytes: layout.lineBytes, distance: layout.filterDistance,
            effort: Effort(options.effort, packed: false), threads: options.threads)
        let bytes = region.size.width * pixelFormat.bytesPerPixel
        for y in region.y..<region.y + region.size.height {
            let start = y * stride + region.x * pixelFormat.bytesPerPixel
            layout.convert(pixels.span.extracting(start..<start + bytes), into: &line)
            try data.take(line.span)
        }
        try data.finish()
        return data.takeCompressed()
    }

    /// Writes the file.
    ///
    /// - Throws: `misuse` without a frame, or when called again; `limitExceeded` for a frame or metadata that PNG cannot
    ///   hold; `io` from the sink.
    public mutating func finish() throws(ImageError) {
        guard !parts.isEmpty, !hasFinished else {
            throw ImageError(.misuse, hasFinished ? "the file is already finished" : "no frame", format: .png)
        }
        hasFinished = true
        let layout = Layout(pixelFormat, width: size.width)
        try chunks.write(.ihdr, layout.header(size))
        try chunks.write(metadata, isGray: layout.isGray, level: options.effort)
        let isAnimated = parts.count > 1
        if isAnimated {
            try chunks.write(.actl, bigEndian(UInt32(truncatingIfNeeded: parts.count)) + bigEndian(plays))
        }
        var sequence: UInt32 = 0
        for (index, part) in parts.enumerated() {
            if isAnimated {
                try chunks.write(.fctl, bigEndian(sequence) + part.control)
                sequence &+= 1
            }
            if index == 0 {
                try chunks.write(.idat, part.data)
            } else {
                try chunks.write(.fdat, bigEndian(sequence) + part.data)
                sequence &+= 1
            }
        }
        parts = []
        try chunks.write(.iend, [])
        try chunks.flush()
    }
}
