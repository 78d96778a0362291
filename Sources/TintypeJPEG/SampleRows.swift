import TintypeCore
import TintypeKernels

/// The samples of each component, two MCU rows of them at a time: from coefficients to rows of the full width.
///
/// Row `r` of a component lies at `r` modulo the height of its ring. The last rows of an MCU row wait for the first of the next, because
/// vertical interpolation looks one row ahead.
struct SampleRows {
    private struct Plane {
        let component: FrameHeader.Component
        let layout: CoefficientLayout.Plane
        let upsampling: Upsampling
        let stride: Int
        /// Size in samples at this scale.
        let size: Size
        /// Rows an MCU row adds, and rows held.
        let step: Int
        var ring: Int { 2 * step }
        /// Whether its rows have the full width as they are.
        var isFull: Bool {
            if case .repeating(1, _) = upsampling { true } else { false }
        }
        var samples: [UInt8]
    }

    private enum Upsampling {
        case width2, height2, both2
        case repeating(Int, Int)
    }

    private var planes: [Plane]
    /// MCU rows transformed so far.
    private(set) var mcuRows = 0
    /// The current row of each component at full width, one after another.
    private var upsampled: [UInt8]
    private let width: Int
    private let holdsAll: Bool
    /// A row of blocks with all their places, where not all are held; zero between rows.
    private var spread: [Int16]

    /// - Parameters:
    ///   - reduction: 1, 2, 4 or 8: what each side is divided by.
    ///   - layout: of the coefficients that will be added.
    init(
        _ frame: FrameHeader, reduction: Int, layout: CoefficientLayout, budget: inout MemoryBudget
    ) throws(ImageError) {
        let smallest = 8 / reduction
        holdsAll = layout.holdsAll
        // Interpolation may write a few samples more than the picture is wide, up to whole MCUs.
        width = frame.mcus.width * smallest * frame.maxHorizontal
        planes = []
        var spreadBlocks = 0
        for (component, plane) in zip(frame.components, layout.planes) {
            let blockSize = plane.blockSize
            if plane.order == .for4x4 || plane.order == .for2x2 {
                spreadBlocks = max(spreadBlocks, component.paddedBlocks.width)
            }
            let stride = component.paddedBlocks.width * blockSize
            let step = component.vertical * blockSize
            let size = Size(
                Self.divide(component.size.width * blockSize, 8), Self.divide(component.size.height * blockSize, 8))
            try budget.charge(2 * step, stride: stride, for: "a row of MCUs", format: .jpeg)
            planes.append(
                Plane(
                    component: component, layout: plane,
                    upsampling: Self.upsampling(
                        horizontal: frame.maxHorizontal * smallest / (component.horizontal * blockSize),
                        vertical: frame.maxVertical * smallest / (component.vertical * blockSize),
                        width: size.width,
                        // Libjpeg does not interpolate at 1/8, where it makes chroma of 2×2 samples a block as far as it can.
                        interpolates: smallest > 1 || layout.isCoarse),
                    stride: stride, size: size, step: step,
                    samples: [UInt8](repeating: 0, count: 2 * step * stride)))
        }
        try budget.charge(planes.count, stride: width, for: "a row", format: .jpeg)
        try budget.charge(spreadBlocks, stride: 128, for: "a row", format: .jpeg)
        spread = [Int16](repeating: 0, count: 64 * spreadBlocks)
        upsampled = [UInt8](repeating: 0, count: planes.count * width)
    }

    private static func divide(_ a: Int, _ b: Int) -> Int { (a + b - 1) / b }

    /// Which filter libjpeg-turbo's defaults give a component. Columns are interpolated only where there are at least three.
    private static func upsampling(horizontal: Int, vertical: Int, width: Int, interpolates: Bool) -> Upsampling {
        switch (horizontal, vertical) {
        case (2, 1) where interpolates && width > 2: .width2
        case (1, 2) where interpolates: .height2
        case (2, 2) where interpolates && width > 2: .both2
        default: .repeating(horizontal, vertical)
        }
    }

    /// MCU rows that must have been added before row `y` of the picture can be made.
    func mcuRowsNeeded(for y: Int) -> Int {
        var needed = 0
        for plane in planes {
            let (near, far) = Self.rows(plane, y)
            needed = max(needed, max(near, far) / plane.step + 1)
        }
        return needed
    }

    /// The two rows of a component that make row `y` of the picture: the one it lies in, and the nearer of those above and below. Beyond the
    /// edges the last row counts again.
    private static func rows(_ plane: Plane, _ y: Int) -> (near: Int, far: Int) {
        let last = plane.size.height - 1
        switch plane.upsampling {
        case .height2, .both2:
            let near = min(y / 2, last)
            return (near, min(max(y & 1 == 0 ? near - 1 : near + 1, 0), last))
        case .width2:
            return (min(y, last), min(y, last))
        case .repeating(_, let vertical):
            return (min(y / vertical, last), min(y / vertical, last))
        }
    }

    /// Transforms the next row of MCUs.
    ///
    /// - Parameter quantization: for each component, its steps in natural order.
    mutating func add(_ store: borrowing CoefficientStore, quantization: [[Int16]]) {
        for index in planes.indices {
            let (layout, blocks) = (planes[index].layout, planes[index].component.paddedBlocks.width)
            let down = planes[index].component.vertical
            for row in 0..<down {
                let above = (holdsAll ? mcuRows * down + row : row) * blocks
                let start = layout.start + above * layout.order.spacing
                let target = (mcuRows % 2 * down + row) * layout.blockSize * planes[index].stride
                switch layout.order {
                case .for4x4, .for2x2:
                    Self.spread(store, start, layout.firstBlock + above, blocks, layout.order, into: &spread)
                    Self.transform(spread, from: 0, quantization[index], into: &planes[index], at: target)
                    for i in 0..<64 * blocks { spread[i] = 0 }
                default:
                    Self.transform(
                        store.values, from: start, quantization[index], into: &planes[index], at: target)
                }
            }
        }
        mcuRows += 1
    }

    /// Sets the coefficients of a row of blocks, of which not all are held, where the transforms look for them.
    private static func spread(
        _ store: borrowing CoefficientStore, _ start: Int, _ firstBlock: Int, _ blocks: Int, _ order: BlockOrder,
        into spread: inout [Int16]
    ) {
        let (values, masks) = (store.values.span, store.masks.span)
        var spread = spread.mutableSpan
        for block in 0..<blocks {
            let from = start &+ block &* order.spacing
            var left = masks[firstBlock &+ block] | 1
            while left != 0 {
                let k = left.trailingZeroBitCount
                left &= left &- 1
                // Of those not held, the transforms read nothing, so that it does not matter what stands there.
                spread[64 &* block &+ Int(naturalOrder[k])] =
                    values[from &+ Int(blockPlaces[(order.offset &+ k) & 511])]
            }
        }
    }

    /// Transforms a row of blocks of a component.
    private static func transform(
        _ coefficients: [Int16], from start: Int, _ steps: [Int16], into plane: inout Plane, at target: Int
    ) {
        let (stride, blocks) = (plane.stride, plane.component.paddedBlocks.width)
        let layout = plane.layout
        var samples = plane.samples.mutableSpan
        switch (layout.blockSize, layout.order) {
        case (_, .corner4x4):
            inverseCornerDCT4x4(
                coefficients.span, from: start, spacing: layout.order.spacing, blocks: blocks,
                quantization: steps.span, into: &samples, at: target, stride: stride)
        case (_, .corner2x2):
            inverseCornerDCT2x2(
                coefficients.span, from: start, spacing: layout.order.spacing, blocks: blocks,
                quantization: steps.span, into: &samples, at: target, stride: stride)
        case (8, _):
            inverseDCT(
                coefficients.span, from: start, blocks: blocks, quantization: steps.span, into: &samples, at: target,
                stride: stride)
        case (4, _):
            inverseDCT4x4(
                coefficients.span, from: start, blocks: blocks, quantization: steps.span, into: &samples, at: target,
                stride: stride)
        case (2, _):
            inverseDCT2x2(
                coefficients.span, from: start, blocks: blocks, quantization: steps.span, into: &samples, at: target,
                stride: stride)
        default:
            inverseDCT1x1(
                coefficients.span, from: start, blocks: blocks, spacing: layout.order.spacing, step: steps[0],
                into: &samples, at: target)
        }
    }

    /// Makes row `y` of the picture.
    mutating func makeRow(_ y: Int, model: ImageInfo.JPEG.ColorModel, into row: inout MutableSpan<UInt8>) {
        if model == .ycbcr, let isHalfHeight = halvesHeightToo {
            convertHalfWidth(y, isHalfHeight, into: &row)
            return
        }
        for index in planes.indices where !planes[index].isFull {
            Self.upsample(planes[index], y, into: &upsampled, at: index * width)
        }
        switch (planes.count, model) {
        case (3, .ycbcr):
            let (y, cb, cr) = (fullRow(0, y), fullRow(1, y), fullRow(2, y))
            convertYCbCrToRGB(y.span, cb.span, cr.span, into: &row)
        case (4, .ycck):
            let (y, cb, cr, k) = (fullRow(0, y), fullRow(1, y), fullRow(2, y), fullRow(3, y))
            convertYCCKToCMYK(y.span, cb.span, cr.span, k.span, into: &row)
        default:
            for index in planes.indices {
                interleave(fullRow(index, y).span, channel: index, of: planes.count, into: &row)
            }
        }
    }

    /// Where chroma has half the width of luma and is interpolated: whether it has half the height too.
    private var halvesHeightToo: Bool? {
        guard planes.count == 3, planes[0].isFull else { return nil }
        return switch (planes[1].upsampling, planes[2].upsampling) {
        case (.width2, .width2): false
        case (.both2, .both2): true
        default: nil
        }
    }

    private mutating func convertHalfWidth(_ y: Int, _ isHalfHeight: Bool, into row: inout MutableSpan<UInt8>) {
        let rows = Self.rows(planes[1], y)
        let (luma, cb, cr) = (fullRow(0, y), Self.row(rows.near, of: planes[1]), Self.row(rows.near, of: planes[2]))
        let (farCb, farCr) = (Self.row(rows.far, of: planes[1]), Self.row(rows.far, of: planes[2]))
        var scratch = upsampled.mutableSpan
        convertHalfWidthYCbCrToRGB(
            luma.span, cb: cb.span, farCb: farCb.span, cr: cr.span, farCr: farCr.span, isHalfHeight: isHalfHeight,
            scratch: &scratch, into: &row)
    }

    /// Row `y` of a component at full width: its own, or the one that was made of it.
    private func fullRow(_ index: Int, _ y: Int) -> ArraySlice<UInt8> {
        guard planes[index].isFull else { return upsampled[index * width..<(index + 1) * width] }
        return Self.row(Self.rows(planes[index], y).near, of: planes[index])
    }

    /// Row `row` of a component, as wide as it is itself.
    private static func row(_ row: Int, of plane: borrowing Plane) -> ArraySlice<UInt8> {
        let start = row % plane.ring * plane.stride
        return plane.samples[start..<start + plane.size.width]
    }

    private static func upsample(_ plane: borrowing Plane, _ y: Int, into upsampled: inout [UInt8], at start: Int) {
        let rows = rows(plane, y)
        let (near, far) = (row(rows.near, of: plane), row(rows.far, of: plane))
        var out = upsampled.mutableSpan
        switch plane.upsampling {
        case .width2: upsampleWidth2(near.span, into: &out, at: start)
        case .height2: upsampleHeight2(near.span, far.span, below: y & 1 == 1, into: &out, at: start)
        case .both2: upsampleBoth2(near.span, far.span, into: &out, at: start)
        case .repeating(let times, _): repeatSamples(near.span, times: times, into: &out, at: start)
        }
    }
}
