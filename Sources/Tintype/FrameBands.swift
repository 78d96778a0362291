import TintypeCore
import TintypeResample

/// How the frames of an animation are brought to their size, where of each only the rows that changed need to be.
struct FrameBands: Sendable {
    private let thumbnail: Thumbnail
    private let stored: Size
    /// nil where frames keep their size.
    private let weights: (across: AxisWeights, down: AxisWeights)?

    /// Nil where a row of the result depends on other rows than those around its place in the source, or where it stands elsewhere.
    init?(_ thumbnail: Thumbnail, frames: Size, orientation: Orientation) throws(ImageError) {
        guard orientation == .up, thumbnail.gravity != .attention else { return nil }
        let plan = try thumbnail.plan(frames)
        guard plan.canvas == plan.scaled else { return nil }
        self.thumbnail = thumbnail
        stored = frames
        if plan.scaled == frames, plan.crop == Region(frames) {
            weights = nil
            return
        }
        // A cut without a change of size has no weights.
        if plan.crop.width == Double(plan.scaled.width), plan.crop.height == Double(plan.scaled.height) { return nil }
        weights = (
            AxisWeights(
                filter: thumbnail.filter, source: frames.width, origin: plan.crop.x, extent: plan.crop.width,
                target: plan.scaled.width),
            AxisWeights(
                filter: thumbnail.filter, source: frames.height, origin: plan.crop.y, extent: plan.crop.height,
                target: plan.scaled.height)
        )
    }

    /// Rows of the source, and what is to be made of them.
    struct Band: Sendable {
        var rows: Image
        /// Rows of the result.
        var target: Range<Int>
        fileprivate var down: AxisWeights?
    }

    /// What is to be done where these rows changed; nil if nothing of it is seen.
    func band(of canvas: [UInt8], _ pixelFormat: PixelFormat, changed: Range<Int>) -> Band? {
        let target = weights?.down.targets(of: changed) ?? changed
        if changed.isEmpty || target.isEmpty { return nil }
        let part = weights?.down.part(target)
        let sources = part?.sources ?? changed
        let stride = stored.width * pixelFormat.bytesPerPixel
        let rows = Image(
            size: Size(stored.width, sources.count), pixelFormat: pixelFormat,
            pixels: Array(canvas[sources.lowerBound * stride..<sources.upperBound * stride]))
        return Band(rows: rows, target: target, down: part?.weights)
    }

    /// The band's rows of the result.
    func rows(_ band: Band, colors: ColorPlan) throws(ImageError) -> AnyRowSource {
        var rows = AnyRowSource(band.rows.rows)
        if let across = weights?.across, let down = band.down {
            rows = try thumbnail.weighed(rows, horizontal: across, vertical: down, order: .verticalFirst)
        }
        return try thumbnail.converted(rows, colors)
    }
}
