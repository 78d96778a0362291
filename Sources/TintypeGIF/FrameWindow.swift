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
    private var frames: PictureSequence
    /// How long each is shown, in hundredths of a second.
    private var delays: [Int] = []
    private var optimizer: FrameOptimizer
    /// Whether colours were given up already.
    private var isLossy = false
    /// The colours of the window before; empty before the first.
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

    /// The frames, which are let go, in colours of one palette, in which transparency has a place if it may be needed.
    private mutating func quantized(asStill: Bool) throws(ImageError) -> [PictureSequence.Picture] {
        let dithering = dithering ?? (asStill ? .diffusion : .ordered)
        let histogram = try frames.histogram(threads: threads)
        let isOpaque = histogram.transparentCount == 0
        let room = asStill || !isOpaque ? quantizer.colors : max(2, quantizer.colors - 1)
        let staysUnlessChanged = isOpaque && !shown.isEmpty
        if !staysUnlessChanged { frames.completeFirst() }
        choosePalette(for: histogram, count: room)
        var mapped = try PaletteMapper(palette).map(frames, dithering: dithering, threads: threads)
        if staysUnlessChanged {
            keepShown(in: &mapped)
        } else {
            shown = [UInt32](repeating: 0, count: isOpaque ? size.width * size.height : 0)
            if isOpaque { for picture in mapped { picture.draw(on: &shown, width: size.width) } }
        }
        frames.removeAll()
        return mapped
    }

    /// Keeps the palette that there is, which each image need not bring along, unless a new one is a good deal better.
    private mutating func choosePalette(for histogram: ColorHistogram, count: Int) {
        let new = histogram.palette(count: count)
        let serves =
            !palette.isEmpty && palette.count <= count && (histogram.transparentCount == 0 || palette.contains(0))
        if serves, histogram.meanError(of: palette) <= Self.mostWorse * histogram.meanError(of: new) { return }
        palette = new
    }

    /// How much larger the mean error may be with the palette of the window before.
    private static let mostWorse: Float = 1.1

    /// Puts back what is shown where that still stands: in other colours it would change for no reason that can be seen.
    private mutating func keepShown(in mapped: inout [PictureSequence.Picture]) {
        var source = frames.before
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
