import TintypeCore

/// Which part of a turned picture a transformed copy shows.
struct TransformGeometry {
    private let orientation: Orientation
    /// Whole MCUs across and down of the turned picture.
    let wholeMCUs: Size
    /// Where the copy begins in it, in MCUs.
    let firstMCU: Size
    /// The copy's size in pixels.
    let size: Size
    /// Columns and rows that were dropped at mirrored edges.
    let dropped: Size

    init(
        _ orientation: Orientation, crop: JPEGTransform.Crop?, trims: Bool, _ frame: FrameHeader
    ) throws(ImageError) {
        self.orientation = orientation
        let swaps = orientation.swapsAxes
        let full = swaps ? frame.size.transposed : frame.size
        let factors =
            swaps ? Size(frame.maxVertical, frame.maxHorizontal) : Size(frame.maxHorizontal, frame.maxVertical)
        let mcu = Size(8 * factors.width, 8 * factors.height)
        wholeMCUs = Size(full.width / mcu.width, full.height / mcu.height)
        dropped = Size(
            orientation.mirrors.x ? full.width % mcu.width : 0, orientation.mirrors.y ? full.height % mcu.height : 0)
        guard trims || dropped == Size(0, 0) else {
            throw ImageError(
                .misuse, "turned without loss, \(full) would lose \(dropped.width) columns and \(dropped.height) rows",
                format: .jpeg)
        }
        let trimmed = Size(full.width - dropped.width, full.height - dropped.height)
        guard trimmed.width > 0, trimmed.height > 0 else {
            throw ImageError(.unsupported, "\(full) is less than an MCU of \(mcu)", format: .jpeg)
        }
        guard let crop else {
            (firstMCU, size) = (Size(0, 0), trimmed)
            return
        }
        guard crop.x >= 0, crop.y >= 0, crop.width > 0, crop.height > 0, crop.x < trimmed.width,
            crop.y < trimmed.height, crop.width <= full.width - crop.x, crop.height <= full.height - crop.y
        else { throw ImageError(.misuse, "the crop does not lie within \(trimmed)", format: .jpeg) }
        firstMCU = Size(crop.x / mcu.width, crop.y / mcu.height)
        let (left, top) = (firstMCU.width * mcu.width, firstMCU.height * mcu.height)
        size = Size(
            min(crop.x + crop.width, trimmed.width) - left, min(crop.y + crop.height, trimmed.height) - top)
    }

    /// A component's sampling factors as turned.
    func factors(of component: FrameHeader.Component) -> Size {
        let factors = Size(component.horizontal, component.vertical)
        return orientation.swapsAxes ? factors.transposed : factors
    }
}
