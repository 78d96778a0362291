internal import TintypeKernels

/// How a stored picture is to be turned and mirrored for showing: the eight values of EXIF's tag 0112 (EXIF 2.32 §4.6.4).
///
/// The names say where the stored first row and first column are shown.
public enum Orientation: Int, Sendable, Hashable, CaseIterable {
    case up = 1
    case upMirrored = 2
    case down = 3
    case downMirrored = 4
    case leftMirrored = 5
    /// To be turned clockwise by 90°.
    case right = 6
    case rightMirrored = 7
    /// To be turned counter-clockwise by 90°.
    case left = 8

    /// Whether rows become columns.
    public var swapsAxes: Bool { rawValue >= 5 }

    /// Whether, after rows and columns were exchanged (if they are), the result is mirrored left to right and top to bottom.
    ///
    /// The shown pixel (x, y) is the stored pixel (u, v) of: if `swapsAxes`, (u, v) = (y', x'), otherwise (x', y'); where x' is x, or counted
    /// from the right if `x` is set, and y' is y, or counted from below if `y` is set.
    public var mirrors: (x: Bool, y: Bool) {
        switch self {
        case .up, .leftMirrored: (false, false)
        case .upMirrored, .right: (true, false)
        case .down, .rightMirrored: (true, true)
        case .downMirrored, .left: (false, true)
        }
    }

    /// What turns and mirrors a picture as this one does and then `next`.
    public func followed(by next: Orientation) -> Orientation {
        let (first, second) = (mirrors, next.mirrors)
        // Where the second exchanges the axes, the first mirrored what is the other one in the end.
        let x = second.x != (next.swapsAxes ? first.y : first.x)
        let y = second.y != (next.swapsAxes ? first.x : first.y)
        return switch (swapsAxes != next.swapsAxes, x, y) {
        case (false, false, false): .up
        case (false, true, false): .upMirrored
        case (false, true, true): .down
        case (false, false, true): .downMirrored
        case (true, false, false): .leftMirrored
        case (true, true, false): .right
        case (true, true, true): .rightMirrored
        case (true, false, true): .left
        }
    }
}

extension Image {
    /// The picture turned and mirrored for showing; its EXIF orientation, if there is one, becomes 1.
    public func oriented(_ orientation: Orientation) -> Image {
        var metadata = metadata
        metadata.resetOrientation()
        if orientation == .up { return Image(size: size, pixelFormat: pixelFormat, pixels: pixels, metadata: metadata) }
        let shown = orientation.swapsAxes ? size.transposed : size
        let mirrors = orientation.mirrors
        let (bytes, stride) = (pixelFormat.bytesPerPixel, bytesPerRow)
        // Steps in the stored bytes for one step to the right and one step down in the shown picture.
        let (acrossSource, downSource) = orientation.swapsAxes ? (stride, bytes) : (bytes, stride)
        let across = mirrors.x ? -acrossSource : acrossSource
        let down = mirrors.y ? -downSource : downSource
        let start =
            (mirrors.x ? (shown.width - 1) * acrossSource : 0) + (mirrors.y ? (shown.height - 1) * downSource : 0)
        var turned: [UInt8] = zeros(pixels.count)
        var target = turned.mutableSpan
        PixelTurning.turn(
            pixels.span, from: start, across: across, down: down, width: shown.width, height: shown.height,
            bytes: bytes, into: &target)
        return Image(size: shown, pixelFormat: pixelFormat, pixels: turned, metadata: metadata)
    }
}
