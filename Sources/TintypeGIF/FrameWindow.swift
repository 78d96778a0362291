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
        let (frames, width) = (frames, size.width)
        // So many, whatever the number of threads: what comes out must not depend on that.
        let portions = min(8, frames.count)
        let histograms = try Parallel.map(portions, threads: threads) { portion throws(ImageError) in
            var histogram = ColorHistogram()
            for index in stride(from: portion, to: frames.count, by: portions) {
                let pixels = frames[index].pixels
                histogram.add(pixels.span)
            }
            return histogram
        }
        var histogram = ColorHistogram()
        for portion in histograms { histogram.add(portion) }
        let room = asStill || histogram.transparentCount > 0 ? quantizer.colors : max(2, quantizer.colors - 1)
        var prepared = PaletteMapper(histogram.palette(count: room))
        prepared.prepare(for: dithering)
        let mapper = prepared
        let mapped = try Parallel.map(frames.count, threads: threads) { index throws(ImageError) in
            var mapper = mapper
            var frame = frames[index]
            mapper.map(&frame.pixels, width: width, dithering: dithering)
            return frame
        }
        self.frames = mapped
    }
}
