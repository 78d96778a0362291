import TintypeColor
public import TintypeCore
import TintypeResample

// The pipeline: stored rows → resampled → turned → set on a canvas.
//
// Everything is planned in the picture as shown, and the plan is carried over to the picture as stored: a mirrored axis
// mirrors its weights, and exchanged axes exchange them and the order of the two passes. So the turning is done on the
// small side, and yet the pixels are the very ones that turning first would give.

extension Thumbnail {
    /// The size of the result for such a source.
    ///
    /// - Throws: `misuse` where a side asked for is below 1 or the result is too large to be made.
    public func size(for info: ImageInfo) throws(ImageError) -> Size {
        try plan(orient ? info.displaySize : info.size).canvas
    }

    /// The thumbnail's rows, in the pixel format of the source wherever that can hold it.
    ///
    /// - Parameter reader: stands before its first row; nothing else may pull from it.
    public func rows(of reader: ImageReader) throws(ImageError) -> AnyRowSource {
        try rows(of: reader, colors: colorPlan(reader.metadata, reader.pixelFormat))
    }

    func rows(of reader: ImageReader, colors: ColorPlan) throws(ImageError) -> AnyRowSource {
        let orientation = orient ? reader.info.orientation : .up
        let stored = reader.size
        let plan = try plan(orientation.swapsAxes ? stored.transposed : stored)
        let ratio = min(
            plan.crop.width / Double(plan.scaled.width), plan.crop.height / Double(plan.scaled.height))
        let wanted = denominator(for: ratio)
        var granted = reader.reduce(by: wanted, thenBy: ratio / Double(wanted))
        // Pixels picked rather than averaged: coarser than any filter, but an interlaced PNG need not be read further.
        var pick = 0.0
        if granted == 1, wanted == 8, reduction == .once {
            granted = reader.sample(every: wanted)
            // The pixel picked lies at the corner of those that it stands for; this far off, in its own size.
            pick = Double(granted - 1) / Double(2 * granted)
        }
        let source = Source(stored: stored, reducedBy: granted, pick: pick)
        return try rows(AnyRowSource(reader), source, plan, orientation, colors)
    }

    /// The thumbnail of a picture in memory, which is upright already.
    public func image(of image: Image) throws(ImageError) -> Image {
        let colors = colorPlan(image.metadata, image.pixelFormat)
        var rows = try rows(AnyRowSource(image.rows), orientation: .up, colors: colors)
        let metadata = metadata(image.metadata, after: colors)
        return try Image(collecting: &rows, metadata: metadata, limit: options.limits.memory)
    }

    /// What is to be done to the colours.
    func colorPlan(_ metadata: Metadata, _ pixelFormat: PixelFormat) -> ColorPlan {
        guard colors == .srgb else { return .nothing }
        if metadata.icc == nil, !metadata.isSRGB, metadata.png.describesOtherColors {
            return .impossible("the colours are described by PNG's gAMA, cHRM or cICP")
        }
        return ColorPlan(icc: metadata.icc, pixelFormat: pixelFormat)
    }

    /// What is to be said of the pixels once that is done.
    func metadata(_ metadata: Metadata, after plan: ColorPlan) -> Metadata {
        if colors == .keep { return metadata }
        if case .impossible = plan { return metadata }
        var metadata = metadata
        metadata.markSRGB()
        return metadata
    }

    /// The thumbnail's rows of a picture that no decoder reduced.
    func rows(
        _ source: consuming AnyRowSource, orientation: Orientation, colors: ColorPlan = .nothing
    ) throws(ImageError) -> AnyRowSource {
        let stored = source.size
        let plan = try plan(orientation.swapsAxes ? stored.transposed : stored)
        return try rows(source, Source(stored: stored), plan, orientation, colors)
    }

    /// The largest reduction that leaves enough for the filter on both sides.
    ///
    /// - Parameter ratio: pixels of the stored picture for each of the result, along the side where they are fewer.
    private func denominator(for ratio: Double) -> Int {
        let spare: Double
        switch reduction {
        case .none: return 1
        case .twice: spare = 2
        case .once: spare = 1
        }
        return [8, 4, 2].first { ratio >= spare * Double($0) } ?? 1
    }

    /// What the rows to be resampled are of the stored picture.
    private struct Source {
        let stored: Size
        /// What its sides were divided by, and rounded up.
        var reducedBy = 1
        /// How far left and above of the middle of what it stands for each pixel was picked, in pixels of the rows; 0
        /// for pixels that are averages.
        var pick = 0.0

        /// A part of the picture as shown, in pixels of the rows.
        func reduced(_ crop: Region, _ orientation: Orientation) -> Region {
            let share = 1 / Double(reducedBy)
            let shown = orientation.swapsAxes ? stored.transposed : stored
            return Region(
                x: crop.x * share + shift(shown.width, isMirrored: orientation.mirrors.x),
                y: crop.y * share + shift(shown.height, isMirrored: orientation.mirrors.y),
                width: crop.width * share, height: crop.height * share)
        }

        /// How much of the first and of the last pixel across is of the picture as shown, and of those down.
        func edges(_ orientation: Orientation) -> (x: (Double, Double), y: (Double, Double)) {
            let shown = orientation.swapsAxes ? stored.transposed : stored
            func edges(_ length: Int, _ isMirrored: Bool) -> (Double, Double) {
                // A pixel that was picked is a whole one.
                let share = pick > 0 ? 1 : 1 - missing(length)
                return isMirrored ? (share, 1) : (1, share)
            }
            return (edges(shown.width, orientation.mirrors.x), edges(shown.height, orientation.mirrors.y))
        }

        /// Seen from the other end, the last pixel stands for more than is there.
        private func shift(_ length: Int, isMirrored: Bool) -> Double {
            isMirrored ? missing(length) - pick : pick
        }

        /// How much of the last pixel lies beyond the edge.
        private func missing(_ length: Int) -> Double {
            let exact = Double(length) / Double(reducedBy)
            return exact.rounded(.up) - exact
        }
    }

    private func rows(
        _ source: consuming AnyRowSource, _ origin: Source, _ plan: FitPlan, _ orientation: Orientation,
        _ colors: ColorPlan
    ) throws(ImageError) -> AnyRowSource {
        let shown = orientation.swapsAxes ? origin.stored.transposed : origin.stored
        if fit == .cover, gravity == .attention, case .box = target {
            let covering = Self.covering(shown, plan.scaled)
            let whole = try upright(source, origin, orientation, crop: Region(shown), scaled: covering)
            let best = try AttentionCrop.rows(whole, size: plan.scaled, limit: options.limits.memory)
            return try converted(best, colors)
        }
        var small = try upright(source, origin, orientation, crop: plan.crop, scaled: plan.scaled)
        small = try converted(small, colors)
        return plan.canvas == plan.scaled ? small : try padded(small, plan)
    }

    func converted(_ rows: consuming AnyRowSource, _ colors: ColorPlan) throws(ImageError) -> AnyRowSource {
        guard case .transform(let transform) = colors else { return rows }
        return AnyRowSource(try ColorConversion(rows, by: transform))
    }

    func plan(_ shown: Size) throws(ImageError) -> FitPlan {
        try FitPlan(source: shown, target: target, fit: fit, gravity: gravity, enlarge: enlarge)
    }

    /// The size at which all of the source covers the box, undistorted but for the rounding.
    private static func covering(_ source: Size, _ box: Size) -> Size {
        let (w, h) = (Double(source.width), Double(source.height))
        let scale = max(Double(box.width) / w, Double(box.height) / h)
        return Size(max(box.width, Int((w * scale).rounded())), max(box.height, Int((h * scale).rounded())))
    }

    private func upright(
        _ source: consuming AnyRowSource, _ origin: Source, _ orientation: Orientation, crop: Region, scaled: Size
    ) throws(ImageError) -> AnyRowSource {
        var small = try resampled(source, origin, orientation, crop: crop, scaled: scaled)
        if orientation == .up { return small }
        // Turning needs the small picture twice.
        let stored = try Image(collecting: &small, limit: options.limits.memory / 2)
        return AnyRowSource(stored.oriented(orientation).rows)
    }

    /// The crop (of the picture as shown) at its new size (as shown), in rows as stored.
    private func resampled(
        _ source: consuming AnyRowSource, _ picture: Source, _ orientation: Orientation, crop: Region, scaled: Size
    ) throws(ImageError) -> AnyRowSource {
        let crop = picture.reduced(crop, orientation)
        let edges = picture.edges(orientation)
        let shown = orientation.swapsAxes ? source.size.transposed : source.size
        if Double(scaled.width) == crop.width, Double(scaled.height) == crop.height {
            if scaled == shown { return source }
            return try cut(source, orientation, x: Int(crop.x), y: Int(crop.y), size: scaled)
        }
        let across = AxisWeights(
            filter: filter, source: shown.width, origin: crop.x, extent: crop.width, target: scaled.width,
            edges: edges.x)
        let down = AxisWeights(
            filter: filter, source: shown.height, origin: crop.y, extent: crop.height, target: scaled.height,
            edges: edges.y)
        let x = orientation.mirrors.x ? across.mirrored() : across
        let y = orientation.mirrors.y ? down.mirrored() : down
        return orientation.swapsAxes
            ? try weighed(source, horizontal: y, vertical: x, order: .horizontalFirst)
            : try weighed(source, horizontal: x, vertical: y, order: .verticalFirst)
    }

    /// The rows resampled, in linear light if that is asked for.
    func weighed(
        _ source: consuming AnyRowSource, horizontal: AxisWeights, vertical: AxisWeights, order: Resampler.Order
    ) throws(ImageError) -> AnyRowSource {
        let bitDepth = source.pixelFormat.bitDepth
        if linear {
            // Amounts of ink have no curve.
            if source.pixelFormat == .cmyk8 { source = AnyRowSource(try PixelConversion(source, to: .rgb8)) }
            source = AnyRowSource(try LinearLight(source))
        }
        let small = AnyRowSource(Resampler(source, horizontal: horizontal, vertical: vertical, order: order))
        return linear ? AnyRowSource(try SRGBLight(small, bitDepth: bitDepth)) : small
    }

    /// A part of the picture, its pixels untouched. `x`, `y` and `size` are of the picture as shown.
    private func cut(
        _ source: consuming AnyRowSource, _ orientation: Orientation, x: Int, y: Int, size: Size
    ) throws(ImageError) -> AnyRowSource {
        let shown = orientation.swapsAxes ? source.size.transposed : source.size
        let left = orientation.mirrors.x ? shown.width - size.width - x : x
        let top = orientation.mirrors.y ? shown.height - size.height - y : y
        return AnyRowSource(
            orientation.swapsAxes
                ? try Crop(source, x: top, y: left, size: size.transposed)
                : try Crop(source, x: left, y: top, size: size))
    }

    /// The picture on the background, in a pixel format that can hold both.
    private func padded(_ small: consuming AnyRowSource, _ plan: FitPlan) throws(ImageError) -> AnyRowSource {
        let format = small.pixelFormat
        let grayBackground = background.red == background.green && background.green == background.blue
        let needed = PixelFormat.make(
            gray: format.isGray && grayBackground, alpha: format.hasAlpha || background.alpha < 255,
            bitDepth: format.bitDepth)
        if format != needed { small = AnyRowSource(try PixelConversion(small, to: needed, alpha: .ignore)) }
        return AnyRowSource(
            try Canvas(small, size: plan.canvas, x: plan.offset.x, y: plan.offset.y, background: background))
    }
}
