import TintypeCore
import TintypeKernels

/// The component planes of one row of MCUs: pixel rows go in, samples ready for the DCT come out.
///
/// Where blocks reach beyond the picture, its last column is repeated before downsampling and the last row after it.
struct BandPlanes {
    // The inks of a CMYK picture lie in these four in their order.
    private var luma: [UInt8]
    private var blue: [UInt8] = []
    private var red: [UInt8] = []
    private var black: [UInt8] = []
    /// Two rows of Cb and of Cr at full width, where chroma is downsampled.
    private var wideBlue: [UInt8] = []
    private var wideRed: [UInt8] = []
    private let wideStride: Int
    private let layout: EncoderLayout
    private let width: Int
    /// Pixel rows taken so far.
    private var rows = 0
    /// Pixels that a sample of chroma covers.
    private let across: Int
    private let down: Int

    /// - Parameter width: of the picture, in pixels.
    init(layout: EncoderLayout, width: Int) {
        self.layout = layout
        self.width = width
        let components = layout.components
        (across, down) = (components[0].across, components[0].down)
        luma = [UInt8](repeating: 0, count: 8 * down * components[0].stride)
        guard components.count > 1 else {
            wideStride = 0
            return
        }
        blue = [UInt8](repeating: 0, count: 8 * components[1].stride)
        red = blue
        if components.count == 4 { black = blue }
        wideStride = across * components[1].stride
        if across * down > 1 {
            wideBlue = [UInt8](repeating: 0, count: 2 * wideStride)
            wideRed = wideBlue
        }
    }

    /// Whether a whole row of MCUs lies here.
    var isFull: Bool { rows == layout.rowsPerMCU }

    /// The plane of a component: its rows of blocks, `stride` samples a row.
    subscript(component: Int) -> [UInt8] {
        switch component {
        case 0: luma
        case 1: blue
        case 2: red
        default: black
        }
    }

    /// Makes room for the next row of MCUs.
    mutating func removeAll() {
        rows = 0
    }

    /// Takes a row of grey, RGB or CMYK pixels of the picture's width.
    ///
    /// - Precondition: the planes are not full.
    mutating func append(_ row: Span<UInt8>) {
        precondition(!isFull)
        let component = layout.components[0]
        let start = rows * component.stride
        switch layout.components.count {
        case 1:
            Self.copy(row, channel: 0, of: 1, to: &luma, start, component.stride)
        case 4:
            Self.copy(row, channel: 0, of: 4, to: &luma, start, component.stride)
            Self.copy(row, channel: 1, of: 4, to: &blue, start, component.stride)
            Self.copy(row, channel: 2, of: 4, to: &red, start, component.stride)
            Self.copy(row, channel: 3, of: 4, to: &black, start, component.stride)
        default:
            if across * down == 1 {
                Self.convert(row, width, &luma, start, &blue, &red, start, wideStride)
            } else {
                Self.convert(row, width, &luma, start, &wideBlue, &wideRed, rows % down * wideStride, wideStride)
            }
            for i in start + width..<start + component.stride { luma[i] = luma[start + width - 1] }
        }
        rows += 1
        if across * down > 1 && rows % down == 0 { downsample(chromaRow: rows / down - 1) }
    }

    /// Repeats the last row until the planes are full.
    ///
    /// - Precondition: there is a row.
    mutating func complete() {
        precondition(rows > 0)
        if rows % down == 1 {
            for i in 0..<wideStride {
                wideBlue[wideStride &+ i] = wideBlue[i]
                wideRed[wideStride &+ i] = wideRed[i]
            }
            downsample(chromaRow: rows / 2)
        }
        Self.repeatLast(&luma, rows: rows, stride: layout.components[0].stride)
        if layout.components.count > 1 {
            let (chromaRows, stride) = ((rows + down - 1) / down, layout.components[1].stride)
            Self.repeatLast(&blue, rows: chromaRows, stride: stride)
            Self.repeatLast(&red, rows: chromaRows, stride: stride)
            Self.repeatLast(&black, rows: chromaRows, stride: stride)
        }
        rows = layout.rowsPerMCU
    }

    private static func repeatLast(_ plane: inout [UInt8], rows: Int, stride: Int) {
        for i in min(rows * stride, plane.count)..<plane.count { plane[i] = plane[i &- stride] }
    }

    private mutating func downsample(chromaRow: Int) {
        let stride = layout.components[1].stride
        let range = chromaRow * stride..<(chromaRow + 1) * stride
        Self.downsample(wideBlue, wideStride, across, down, &blue, range)
        Self.downsample(wideRed, wideStride, across, down, &red, range)
    }

    private static func downsample(
        _ wide: [UInt8], _ wideStride: Int, _ across: Int, _ down: Int, _ plane: inout [UInt8], _ range: Range<Int>
    ) {
        var all = plane.mutableSpan
        var output = all._mutatingExtracting(range)
        let upper = wide.span.extracting(0..<wideStride)
        let lower = wide.span.extracting(wideStride..<2 * wideStride)
        switch (across, down) {
        case (2, 2): JPEGForward.downsampleRows(upper, lower, into: &output)
        case (2, 1): JPEGForward.downsampleRow(upper, into: &output)
        case (1, 2): JPEGForward.averageRows(upper, lower, into: &output)
        default: JPEGForward.quarterRow(upper, into: &output)
        }
    }

    /// One channel of interleaved pixels; the last is repeated up to the stride.
    private static func copy(
        _ row: Span<UInt8>, channel: Int, of channels: Int, to plane: inout [UInt8], _ start: Int, _ stride: Int
    ) {
        var all = plane.mutableSpan
        var output = all._mutatingExtracting(start..<start + stride)
        let width = row.count / channels
        if channels == 1 {
            for i in row.indices { output[i] = row[i] }
        } else {
            for i in 0..<width { output[i] = row[channels &* i &+ channel] }
        }
        for i in width..<stride { output[i] = output[width &- 1] }
    }

    /// Converts a row of RGB, and repeats the last sample of both chroma rows up to their stride.
    private static func convert(
        _ row: Span<UInt8>, _ width: Int, _ luma: inout [UInt8], _ lumaStart: Int, _ blue: inout [UInt8],
        _ red: inout [UInt8], _ chromaStart: Int, _ chromaStride: Int
    ) {
        var allLuma = luma.mutableSpan
        var allBlue = blue.mutableSpan
        var allRed = red.mutableSpan
        var lumaRow = allLuma._mutatingExtracting(lumaStart..<lumaStart + width)
        var blueRow = allBlue._mutatingExtracting(chromaStart..<chromaStart + chromaStride)
        var redRow = allRed._mutatingExtracting(chromaStart..<chromaStart + chromaStride)
        JPEGForward.convertRow(row, pixels: width, luma: &lumaRow, blue: &blueRow, red: &redRow)
        for i in width..<chromaStride {
            blueRow[i] = blueRow[width &- 1]
            redRow[i] = redRow[width &- 1]
        }
    }
}
