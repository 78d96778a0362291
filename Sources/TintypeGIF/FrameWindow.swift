import TintypeCore
import TintypeQuantize

/// Frames that wait together for their colours: all of an animation, unless it is a long one.
///
/// While every frame can be drawn on the one before with the colours that a table holds, they stay as they are. Otherwise the frames of a window share a
/// palette, or those of a scene do; and what stands still keeps its colours, so that it does not flicker.
struct FrameWindow {
    private let size: Size
    private let quantizer: Quantizer
    private let dithering: Dithering?
    private let threads: Int
    private var frames: PictureSequence
    /// How long each is shown, in hundredths of a second.
    private var delays: [Int] = []
    private var optimizer: FrameOptimizer
    /// Whether colours were given up already.
    private var isLossy = false
    /// The colours that most of the window before had; empty before the first.
    private var palette: [UInt32] = []
    /// The last frame of the window before, in that window's colours. Empty before the first, and where something was transparent: what vanishes takes the
    /// pixels around it along, and those that are drawn again must be in one palette.
    private var shown: [UInt32] = []

    init(size: Size, options: GIFEncoder.Options) {
        self.size = size
        quantizer = Quantizer(colors: options.colors, alpha: .threshold)
        dithering = options.dithering
        threads = options.threads
        frames = PictureSequence(size: size, quantizer: quantizer)
        optimizer = FrameOptimizer(size: size)
    }

    /// Pixels held: those of rows that changed.
    var pixelCount: Int { frames.pixelCount }

    /// - Parameter delay: hundredths of a second.
    mutating func append(_ image: Image, delay: Int) {
        frames.append(image.pixels)
        delays.append(delay)
    }

    /// What is to be drawn for the frames, which are let go.
    ///
    /// - Parameter last: whether no more will come. Otherwise the last frame waits for the next window.
    mutating func takeParts(last: Bool) throws(ImageError) -> [FramePart] {
        defer { delays = [] }
        if !isLossy, let parts = exactParts(last: last) { return parts }
        isLossy = true
        let mapped = try quantized(asStill: last && delays.count == 1 && !optimizer.hasBegun)
        var parts: [FramePart] = []
        _ = Self.draw(mapped, delays, by: &optimizer, last) { part in
            parts.append(part)
            return true
        }
        return parts
    }

    /// The parts in their own colours; nil if some part has too many.
    private mutating func exactParts(last: Bool) -> [FramePart]? {
        // The first frame of all is drawn whole: if that has too many colours there is no need to look at the others.
        if let first = frames.pictures.first, !optimizer.hasBegun {
            var colors = ColorIndex()
            guard colors.insert(first.pixels), colors.colors.count <= quantizer.colors else { return nil }
        }
        var (optimizer, parts) = (optimizer, [FramePart]())
        let areExact = Self.draw(frames.pictures, delays, by: &optimizer, last) { part in
            parts.append(part)
            return part.pixels.colorCount ?? .max <= quantizer.colors
        }
        guard areExact else { return nil }
        self.optimizer = optimizer
        frames.removeAll()
        return parts
    }

    /// Gives each part of the frames away, until one is refused: then false.
    private static func draw(
        _ pictures: [PictureSequence.Picture], _ delays: [Int], by optimizer: inout FrameOptimizer, _ last: Bool,
        to use: (FramePart) -> Bool
    ) -> Bool {
        for (picture, delay) in zip(pictures, delays) {
            if let part = optimizer.take(picture, delay: delay), !use(part) { return false }
        }
        if last, let part = optimizer.finish() { return use(part) }
        return true
    }

    /// The frames, which are let go, in colours of a palette, in which transparency has a place if it may be needed.
    private mutating func quantized(asStill: Bool) throws(ImageError) -> [PictureSequence.Picture] {
        let dithering = dithering ?? (asStill ? .diffusion : .ordered)
        let candidates = Scene.candidates(frames)
        let histograms = try frames.histograms(of: candidates, threads: threads)
        let histogram = ColorHistogram(sum: histograms)
        let isOpaque = histogram.transparentCount == 0
        let room = asStill || !isOpaque ? quantizer.colors : max(2, quantizer.colors - 1)
        choosePalette(for: histogram, count: room)
        var scenes = [Scene(frames: frames.pictures.indices, palette: palette)]
        if isOpaque, candidates.count > 1 {
            scenes = try Scene.split(Array(zip(candidates, histograms)), shared: palette, count: room, threads: threads)
        }
        if !isOpaque || shown.isEmpty { frames.completeFirst() }
        var mapped = try map(scenes, dithering)
        if isOpaque {
            keepShown(in: &mapped)
        } else {
            shown = []
        }
        frames.removeAll()
        return mapped
    }

    private func map(_ scenes: [Scene], _ dithering: Dithering) throws(ImageError) -> [PictureSequence.Picture] {
        let (frames, threads) = (frames, threads)
        return try Parallel.map(scenes.count, threads: threads) { index throws(ImageError) in
            try PaletteMapper(scenes[index].palette).map(
                frames, scenes[index].frames, dithering: dithering, threads: scenes.count > 1 ? 1 : threads)
        }.flatMap { $0 }
    }

    /// Keeps the palette that there is, which each image need not bring along, unless a new one is a good deal better.
    private mutating func choosePalette(for histogram: ColorHistogram, count: Int) {
        let new = histogram.palette(count: count)
        let serves =
            !palette.isEmpty && palette.count <= count && (histogram.transparentCount == 0 || palette.contains(0))
        if serves, histogram.meanError(of: palette) <= Scene.mostWorse * histogram.meanError(of: new) { return }
        palette = new
    }

    /// Puts back what is shown where that still stands: in other colours it would change for no reason that can be seen.
    private mutating func keepShown(in mapped: inout [PictureSequence.Picture]) {
        // Nothing opaque is like it.
        let none = [UInt32](repeating: 0, count: shown.isEmpty ? size.width * size.height : 0)
        var source = shown.isEmpty ? none : frames.before
        if shown.isEmpty { shown = none }
        for (index, picture) in frames.pictures.enumerated() {
            for (place, y) in picture.rows.enumerated() {
                for x in 0..<size.width {
                    let (from, to) = (place * size.width + x, y * size.width + x)
                    if picture.pixels[from] == source[to] {
                        mapped[index].pixels[from] = shown[to]
                    } else {
                        source[to] = picture.pixels[from]
                        shown[to] = mapped[index].pixels[from]
                    }
                }
            }
        }
    }
}
