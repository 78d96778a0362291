/// How a picture is brought into a box.
public enum Fit: String, Sendable, Hashable, CaseIterable {
    /// Whole and undistorted within the box; the result may be smaller than the box on one side.
    case inside
    /// Undistorted over all of the box; what reaches beyond it is cut off.
    case cover
    /// As `inside`, then set on a background of exactly the box.
    case pad
    /// Stretched to exactly the box.
    case fill
}

/// Where the picture lies in its box: what `cover` keeps, and where `pad` puts it.
public enum Gravity: String, Sendable, Hashable, CaseIterable {
    case center, north, south, east, west, northeast, northwest, southeast, southwest
    /// The part with most detail; the others place by geometry alone, for this one somebody has to look.
    case attention

    /// The share of the free space that goes to the left and to the top, 0, ½ or 1. `attention` counts as the centre.
    public var shares: (x: Double, y: Double) {
        switch self {
        case .center, .attention: (0.5, 0.5)
        case .north: (0.5, 0)
        case .south: (0.5, 1)
        case .east: (1, 0.5)
        case .west: (0, 0.5)
        case .northeast: (1, 0)
        case .northwest: (0, 0)
        case .southeast: (1, 1)
        case .southwest: (0, 1)
        }
    }
}

/// The size that was asked for.
public enum TargetSize: Sendable, Hashable {
    case box(Size)
    /// The height follows from the aspect ratio.
    case width(Int)
    /// The width follows from the aspect ratio.
    case height(Int)
    /// Of either side.
    case percent(Double)
}

/// The arithmetic of a resize: which part of the source becomes a picture of which size, on which canvas.
public struct FitPlan: Sendable, Hashable {
    /// The part of the source that is used.
    public var crop: Region
    /// What that part is resampled to.
    public var scaled: Size
    /// The size of the result: `scaled`, or larger for `pad`.
    public var canvas: Size
    /// Where the top left corner of the resampled picture lies on the canvas.
    public var offset: (x: Int, y: Int) { (offsetX, offsetY) }
    private var offsetX = 0
    private var offsetY = 0

    /// Plans for a source of the size as shown.
    ///
    /// - Parameters:
    ///   - source: at least 1×1.
    ///   - enlarge: whether the result may have more pixels than the source on a side.
    /// - Throws: `misuse` where a side asked for is below 1, or the result would be larger than 65,535 × 16,383.
    public init(
        source: Size, target: TargetSize, fit: Fit = .inside, gravity: Gravity = .center, enlarge: Bool = false
    ) throws(ImageError) {
        try Self.check(target)
        crop = Region(source)
        let box: Size
        switch target {
        case .box(let asked):
            box = asked
        case .width, .height, .percent:
            scaled = Self.inside(source, target, enlarge: enlarge)
            canvas = scaled
            try Self.check(canvas)
            return
        }
        switch fit {
        case .inside:
            scaled = Self.inside(source, target, enlarge: enlarge)
            canvas = scaled
        case .pad:
            scaled = Self.inside(source, target, enlarge: enlarge)
            canvas = box
            offsetX = Int(Double(box.width - scaled.width) * gravity.shares.x)
            offsetY = Int(Double(box.height - scaled.height) * gravity.shares.y)
        case .fill:
            scaled = enlarge ? box : Size(min(box.width, source.width), min(box.height, source.height))
            canvas = scaled
        case .cover:
            (crop, scaled) = Self.cover(source, box, gravity, enlarge: enlarge)
            canvas = scaled
        }
        try Self.check(canvas)
    }

    private static func check(_ target: TargetSize) throws(ImageError) {
        let possible =
            switch target {
            case .box(let box): box.width >= 1 && box.height >= 1
            case .width(let side), .height(let side): side >= 1
            case .percent(let share): share > 0 && share.isFinite
            }
        if !possible { throw ImageError(.misuse, "a size of less than one pixel was asked for") }
    }

    private static func check(_ canvas: Size) throws(ImageError) {
        if max(canvas.width, canvas.height) > 1_000_000
            || canvas.width.multipliedReportingOverflow(by: canvas.height).partialValue > 1 << 30
        {
            throw ImageError(.misuse, "a result of \(canvas) is beyond what can be made")
        }
    }

    /// The largest undistorted size within the target. Rounds as Pillow's `Image.thumbnail` does: of floor and ceiling the one
    /// that comes nearer to the true aspect ratio (the floor if both are as near), at least 1.
    static func inside(_ source: Size, _ target: TargetSize, enlarge: Bool) -> Size {
        let (w, h) = (Double(source.width), Double(source.height))
        let aspect = w / h
        func side(_ value: Double, _ error: (Double) -> Double) -> Int {
            let (low, high) = (value.rounded(.down), value.rounded(.up))
            return Int(clamping: Int64(min(max(error(low) <= error(high) ? low : high, 1), 1e9)))
        }
        func byHeight(_ y: Int) -> Size { Size(side(Double(y) * aspect) { abs(aspect - $0 / Double(y)) }, y) }
        func byWidth(_ x: Int) -> Size {
            Size(x, side(Double(x) / aspect) { $0 == 0 ? 0 : abs(aspect - Double(x) / $0) })
        }
        switch target {
        case .box(let box):
            if !enlarge && box.width >= source.width && box.height >= source.height { return source }
            return Double(box.width) / Double(box.height) >= aspect ? byHeight(box.height) : byWidth(box.width)
        case .width(let x):
            return !enlarge && x >= source.width ? source : byWidth(x)
        case .height(let y):
            return !enlarge && y >= source.height ? source : byHeight(y)
        case .percent(let percent):
            let share = enlarge ? percent / 100 : min(percent / 100, 1)
            func scaled(_ side: Double) -> Int { Int(min(max((side * share).rounded(), 1), 1e9)) }
            return Size(scaled(w), scaled(h))
        }
    }

    /// Scales so that the box is covered, and cuts. Without enlarging the scale is at most 1, and the result then has no
    /// more than the source's pixels on a side.
    private static func cover(_ source: Size, _ box: Size, _ gravity: Gravity, enlarge: Bool) -> (Region, Size) {
        let (w, h) = (Double(source.width), Double(source.height))
        var scale = max(Double(box.width) / w, Double(box.height) / h)
        var size = box
        if !enlarge && scale > 1 {
            scale = 1
            size = Size(min(box.width, source.width), min(box.height, source.height))
        }
        let (cropWidth, cropHeight) = (min(w, Double(size.width) / scale), min(h, Double(size.height) / scale))
        let shares = gravity.shares
        let crop = Region(
            x: (w - cropWidth) * shares.x, y: (h - cropHeight) * shares.y, width: cropWidth, height: cropHeight)
        return (crop, size)
    }
}
