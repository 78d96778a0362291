import TintypeCore
import TintypeQuantize

/// Frames that wait together for their colours: all of an animation, unless it is a long one.
///
/// While every frame can be drawn on the one before with the colours that a table holds, they stay as they are. Otherwise the frames of a window share a
/// palette, so that what stands still does not flicker.
struct FrameWindow {
    private let size: Size
    private let quantizer: Quantizer
    private let dithering: Dithering?
    private let threads: Int
    private var frames: [CanvasFrame] = []
    private var optimizer: FrameOptimizer
    /// Whether colours were given up already.
    private var isLossy = false
    /// The last frame of the window before, as it came and in that window's colours. Empty before the first, and where something was transparent: what
    /// vanishes takes the pixels around it along, and those that are drawn again must be in one palette.
    private var last: (source: [UInt32], mapped: [UInt32]) = ([], [])

    init(size: Size, options: GIFEncoder.Options) {
        self.size = size
        quantizer = Quantizer(colors: options.colors, alpha: .threshold)
        dithering = options.dithering
        threads = options.threads
        optimizer = FrameOptimizer(size: size)
    }

    var count: Int { frames.count }

    /// - Parameter delay: hundredths of a second.
    mutating func append(_ image: Image, delay: Int) {
        var pixels: [UInt32] = []
        pixels.reserveCapacity(size.width * size.height)
        quantizer.append(image.pixels.span, to: &pixels)
        frames.append(CanvasFrame(pixels: pixels, delay: delay))
    }

    /// What is to be drawn for the frames, which are let go.
    ///
    /// - Parameter last: whether no more will come. Otherwise the last frame waits for the next window.
    mutating func takeParts(last: Bool) throws(ImageError) -> [FramePart] {
        if !isLossy, let parts = exactParts(last: last) { return parts }
        isLossy = true
        try quantize(asStill: last && frames.count == 1 && !optimizer.hasBegun)
        return Self.parts(of: &frames, by: &optimizer, last)
    }

    /// The parts in their own colours; nil if some part has too many.
    private mutating func exactParts(last: Bool) -> [FramePart]? {
        // The first frame of all is drawn whole: if that has too many colours there is no need to look at the others.
        if let first = frames.first, !optimizer.hasBegun {
            var colors = ColorIndex()
            guard colors.insert(first.pixels), colors.colors.count <= quantizer.colors else { return nil }
        }
        var (frames, optimizer) = (frames, optimizer)
        let parts = Self.parts(of: &frames, by: &optimizer, last)
        guard parts.allSatisfy({ $0.pixels.colorCount ?? .max <= quantizer.colors }) else { return nil }
        (self.frames, self.optimizer) = (frames, optimizer)
        return parts
    }

    private static func parts(
        of frames: inout [CanvasFrame], by optimizer: inout FrameOptimizer, _ last: Bool
    ) -> [FramePart] {
        var parts: [FramePart] = []
        for index in frames.indices {
            // Let go as soon as it is used.
            var frame = CanvasFrame(pixels: [], delay: 0)
            swap(&frame, &frames[index])
            if let part = optimizer.take(frame) { parts.append(part) }
        }
        frames = []
        if last, let part = optimizer.finish() { parts.append(part) }
        return parts
    }

    /// Gives all frames the colours of one palette, in which transparency has a place if it may be needed.
    private mutating func quantize(asStill: Bool) throws(ImageError) {
        let dithering = dithering ?? (asStill ? .diffusion : .ordered)
        let sources = frames.map(\.pixels)
        let histogram = try ColorHistogram(sources, width: size.width, threads: threads)
        let isOpaque = histogram.transparentCount == 0
        let room = asStill || !isOpaque ? quantizer.colors : max(2, quantizer.colors - 1)
        var mapped = try PaletteMapper(histogram.palette(count: room)).map(
            sources, width: size.width, dithering: dithering, threads: threads)
        if isOpaque, let still = firstChanges(sources, after: last.source) {
            for index in mapped.indices { Self.keep(last.mapped, until: still, index, in: &mapped[index]) }
        }
        for index in frames.indices { frames[index].pixels = mapped[index] }
        last = ([], [])
        if isOpaque, let source = sources.last, let shown = mapped.last { last = (source, shown) }
    }

    /// For each pixel the first frame in which it is not what it was before; nil where there was nothing before.
    private func firstChanges(_ frames: [[UInt32]], after before: [UInt32]) -> [Int32]? {
        if before.isEmpty { return nil }
        var still = [Int32](repeating: .max, count: before.count)
        for (index, frame) in frames.enumerated() {
            Self.note(Int32(truncatingIfNeeded: index), where: frame, differ: before, &still)
        }
        return still
    }

    private static func note(
        _ frame: Int32, where pixels: [UInt32], differ before: [UInt32], _ still: inout [Int32]
    ) {
        let (pixels, before) = (pixels.span, before.span)
        var still = still.mutableSpan
        precondition(pixels.count == before.count && pixels.count == still.count)
        for i in pixels.indices { still[i] = pixels[i] == before[i] ? still[i] : min(still[i], frame) }
    }

    /// Puts back what the window before showed where that still stands: in other colours it would change for no reason that can be seen.
    private static func keep(_ shown: [UInt32], until still: [Int32], _ frame: Int, in pixels: inout [UInt32]) {
        for i in pixels.indices where Int(still[i]) > frame { pixels[i] = shown[i] }
    }
}
