import TintypeCore
import TintypeKernels

/// The samples of each component, two MCU rows of them at a time: from coefficients to rows of the full width.
///
/// Row `r` of a component lies at `r` modulo the height of its ring. The last rows of an MCU row wait for the first of the next, because
/// vertical interpolation looks one row ahead.
struct SampleRows {
    private struct Plane {
        let component: FrameHeader.Component
        let upsampling: Upsampling
        let stride: Int
        /// Rows an MCU row adds, and rows held.
        let step: Int
        var ring: Int { 2 * step }
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

    init(_ frame: FrameHeader, budget: inout MemoryBudget) throws(ImageError) {
        // Interpolation may write a few samples more than the picture is wide, up to whole MCUs.
        width = frame.mcus.width * 8 * frame.maxHorizontal
        planes = []
        for component in frame.components {
            let stride = component.paddedBlocks.width * 8
            let step = component.vertical * 8
            try budget.charge(2 * step, stride: stride, for: "a row of MCUs", format: .jpeg)
            planes.append(
                Plane(
                    component: component, upsampling: Self.upsampling(component, frame), stride: stride, step: step,
                    samples: [UInt8](repeating: 0, count: 2 * step * stride)))
        }
        try budget.charge(planes.count, stride: width, for: "a row", format: .jpeg)
        upsampled = [UInt8](repeating: 0, count: planes.count * width)
    }

    /// Which filter libjpeg-turbo's defaults give a component. Columns are interpolated only where there are at least three.
    private static func upsampling(_ component: FrameHeader.Component, _ frame: FrameHeader) -> Upsampling {
        let horizontal = frame.maxHorizontal / component.horizontal
        let vertical = frame.maxVertical / component.vertical
        switch (horizontal, vertical) {
        case (2, 1) where component.size.width > 2: return .width2
        case (1, 2): return .height2
        case (2, 2) where component.size.width > 2: return .both2
        default: return .repeating(horizontal, vertical)
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
        let last = plane.component.size.height - 1
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

    /// Transforms a row of MCUs.
    ///
    /// - Parameters:
    ///   - starts: for each component, the index of the row's first coefficient.
    ///   - quantization: for each component, its steps in natural order.
    mutating func add(_ coefficients: [Int16], starts: [Int], quantization: [[Int16]]) {
        for index in planes.indices {
            let (stride, blocks) = (planes[index].stride, planes[index].component.paddedBlocks.width)
            let top = mcuRows % 2 * planes[index].step
            let rows = planes[index].component.vertical
            let steps = quantization[index]
            var samples = planes[index].samples.mutableSpan
            for row in 0..<rows {
                inverseDCT(
                    coefficients.span, from: starts[index] + row * blocks * 64, blocks: blocks,
                    quantization: steps.span, into: &samples, at: (top + 8 * row) * stride, stride: stride)
            }
        }
        mcuRows += 1
    }

    /// Makes row `y` of the picture.
    mutating func makeRow(_ y: Int, model: ImageInfo.JPEG.ColorModel, into row: inout MutableSpan<UInt8>) {
        for index in planes.indices {
            Self.upsample(planes[index], y, into: &upsampled, at: index * width)
        }
        let (all, width) = (upsampled.span, width)
        let first = all.extracting(0..<width)
        switch (planes.count, model) {
        case (3, .ycbcr):
            convertYCbCrToRGB(
                first, all.extracting(width..<2 * width), all.extracting(2 * width..<3 * width), into: &row)
        case (4, .ycck):
            convertYCCKToCMYK(
                first, all.extracting(width..<2 * width), all.extracting(2 * width..<3 * width),
                all.extracting(3 * width..<4 * width), into: &row)
        default:
            for index in planes.indices {
                let plane = all.extracting(index * width..<(index + 1) * width)
                interleave(plane, channel: index, of: planes.count, into: &row)
            }
        }
    }

    private static func upsample(_ plane: borrowing Plane, _ y: Int, into upsampled: inout [UInt8], at start: Int) {
        let rows = rows(plane, y)
        let width = plane.component.size.width
        let nearStart = rows.near % plane.ring * plane.stride
        let farStart = rows.far % plane.ring * plane.stride
        let near = plane.samples.span.extracting(nearStart..<nearStart + width)
        let far = plane.samples.span.extracting(farStart..<farStart + width)
        var out = upsampled.mutableSpan
        switch plane.upsampling {
        case .width2: upsampleWidth2(near, into: &out, at: start)
        case .height2: upsampleHeight2(near, far, below: y & 1 == 1, into: &out, at: start)
        case .both2: upsampleBoth2(near, far, into: &out, at: start)
        case .repeating(let times, _): repeatSamples(near, times: times, into: &out, at: start)
        }
    }
}
