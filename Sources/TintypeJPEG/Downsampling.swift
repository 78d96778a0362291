import TintypeCore
import TintypeKernels

/// The component planes of one row of MCUs: pixel rows go in, samples ready for the DCT come out.
///
/// Where blocks reach beyond the picture, its last column is repeated before downsampling and the last row after it.
struct BandPlanes {
    private var luma: [UInt8]
    private var blue: [UInt8] = []
    private var red: [UInt8] = []
    /// Two rows of Cb and of Cr at full width, where chroma is downsampled.
    private var wideBlue: [UInt8] = []
    private var wideRed: [UInt8] = []
    private let wideStride: Int
    private let layout: EncoderLayout
    private let width: Int
    /// Pixel rows taken so far.
    private var rows = 0

    /// - Parameter width: of the picture, in pixels.
    init(layout: EncoderLayout, width: Int) {
        self.layout = layout
        self.width = width
        let components = layout.components
        luma = [UInt8](repeating: 0, count: 8 * components[0].down * components[0].stride)
        guard components.count == 3 else {
            wideStride = 0
            return
        }
        blue = [UInt8](repeating: 0, count: 8 * components[1].stride)
        red = blue
        wideStride = components[0].across * components[1].stride
        if components[0].across == 2 {
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
        default: red
        }
    }

    /// Makes room for the next row of MCUs.
    mutating func removeAll() {
        rows = 0
    }

    /// Takes a row of grey or RGB pixels of the picture's width.
    ///
    /// - Precondition: the planes are not full.
    mutating func append(_ row: Span<UInt8>) {
        precondition(!isFull)
        let (component, start) = (layout.components[0], rows * layout.components[0].stride)
        if layout.components.count == 1 {
            Self.copy(row, to: &luma, start)
        } else if component.across == 1 {
            Self.convert(row, width, &luma, start, &blue, &red, start, wideStride)
        } else {
            let wideStart = rows % component.down * wideStride
            Self.convert(row, width, &luma, start, &wideBlue, &wideRed, wideStart, wideStride)
        }
        for i in start + width..<start + component.stride { luma[i] = luma[start + width - 1] }
        rows += 1
        if component.across == 2 && rows % component.down == 0 { downsample(chromaRow: rows / component.down - 1) }
    }

    /// Repeats the last row until the planes are full.
    ///
    /// - Precondition: there is a row.
    mutating func complete() {
        precondition(rows > 0)
        let down = layout.components[0].down
        if rows % down == 1 {
            for i in 0..<wideStride {
                wideBlue[wideStride &+ i] = wideBlue[i]
                wideRed[wideStride &+ i] = wideRed[i]
            }
            downsample(chromaRow: rows / 2)
        }
        Self.repeatLast(&luma, rows: rows, stride: layout.components[0].stride)
        if layout.components.count == 3 {
            let chromaRows = (rows + down - 1) / down
            Self.repeatLast(&blue, rows: chromaRows, stride: layout.components[1].stride)
            Self.repeatLast(&red, rows: chromaRows, stride: layout.components[2].stride)
        }
        rows = layout.rowsPerMCU
    }

    private static func repeatLast(_ plane: inout [UInt8], rows: Int, stride: Int) {
        for i in rows * stride..<plane.count { plane[i] = plane[i &- stride] }
    }

    private mutating func downsample(chromaRow: Int) {
        let stride = layout.components[1].stride
        let range = chromaRow * stride..<(chromaRow + 1) * stride
        let twoRows = layout.components[0].down == 2
        Self.downsample(wideBlue, wideStride, twoRows, &blue, range)
        Self.downsample(wideRed, wideStride, twoRows, &red, range)
    }

    private static func downsample(
        _ wide: [UInt8], _ wideStride: Int, _ twoRows: Bool, _ plane: inout [UInt8], _ range: Range<Int>
    ) {
        var all = plane.mutableSpan
        var output = all._mutatingExtracting(range)
        let upper = wide.span.extracting(0..<wideStride)
        if twoRows {
            JPEGForward.downsampleRows(upper, wide.span.extracting(wideStride..<2 * wideStride), into: &output)
        } else {
            JPEGForward.downsampleRow(upper, into: &output)
        }
    }

    private static func copy(_ row: Span<UInt8>, to plane: inout [UInt8], _ start: Int) {
        var output = plane.mutableSpan
        for i in row.indices { output[start &+ i] = row[i] }
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
