import TintypeCore
import TintypeResample

/// How the frames of an animation are brought to their size, where of each only what changed needs to be.
struct FramePatches: Sendable {
    private let thumbnail: Thumbnail
    private let stored: Size
    /// nil where frames keep their size.
    private let weights: (across: AxisWeights, down: AxisWeights)?

    /// Nil where a pixel of the result depends on others than those around its place in the source, or where it stands elsewhere.
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

    /// A rectangle of a frame.
    struct Box: Sendable {
        var columns: Range<Int>
        var rows: Range<Int>

        var isEmpty: Bool { columns.isEmpty || rows.isEmpty }

        func union(_ other: Box) -> Box {
            if isEmpty { return other }
            if other.isEmpty { return self }
            func union(_ a: Range<Int>, _ b: Range<Int>) -> Range<Int> {
                min(a.lowerBound, b.lowerBound)..<max(a.upperBound, b.upperBound)
            }
            return Box(columns: union(columns, other.columns), rows: union(rows, other.rows))
        }
    }

    /// A part of the source, and what is to be made of it.
    struct Patch: Sendable {
        var source: Image
        /// Where the result stands.
        var target: Box
        fileprivate var weights: (across: AxisWeights, down: AxisWeights)?
    }

    /// What is to be done where a part of the source changed; nil if nothing of it is seen.
    func patch(of canvas: [UInt8], _ pixelFormat: PixelFormat, changed: Box) -> Patch? {
        if changed.isEmpty { return nil }
        guard let weights else {
            return Patch(source: part(of: canvas, pixelFormat, changed), target: changed, weights: nil)
        }
        let target = Box(
            columns: weights.across.targets(of: changed.columns), rows: weights.down.targets(of: changed.rows))
        if target.isEmpty { return nil }
        let (across, down) = (weights.across.part(target.columns), weights.down.part(target.rows))
        return Patch(
            source: part(of: canvas, pixelFormat, Box(columns: across.sources, rows: down.sources)), target: target,
            weights: (across.weights, down.weights))
    }

    private func part(of canvas: [UInt8], _ pixelFormat: PixelFormat, _ box: Box) -> Image {
        let bytes = pixelFormat.bytesPerPixel
        var pixels: [UInt8] = []
        pixels.reserveCapacity(box.rows.count * box.columns.count * bytes)
        for y in box.rows {
            let row = y * stored.width
            pixels += canvas[(row + box.columns.lowerBound) * bytes..<(row + box.columns.upperBound) * bytes]
        }
        return Image(size: Size(box.columns.count, box.rows.count), pixelFormat: pixelFormat, pixels: pixels)
    }

    /// The patch as part of the result.
    func rows(_ patch: Patch, colors: ColorPlan) throws(ImageError) -> AnyRowSource {
        var rows = AnyRowSource(patch.source.rows)
        if let weights = patch.weights {
            rows = try thumbnail.weighed(
                rows, horizontal: weights.across, vertical: weights.down, order: .verticalFirst)
        }
        return try thumbnail.converted(rows, colors)
    }
}
