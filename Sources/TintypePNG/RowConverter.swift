internal import TintypeCore
internal import TintypeKernels

/// Turns unfiltered lines into rows of the pixel format that the decoder yields.
struct RowConverter {
    private enum Conversion {
        /// The line is the row.
        case copy
        /// 16-bit samples, with their bytes exchanged.
        case swapBytes
        /// Grey of less than 8 bits.
        case spread
        case palette
        /// Grey or RGB with one transparent pixel value.
        case key
    }

    let format: PixelFormat
    private let conversion: Conversion
    private let header: Header
    private let palette: Palette
    private let key: [UInt8]
    /// Between two steps of a conversion, a line of samples.
    private var samples: [UInt8] = []

    init(_ preamble: Preamble, budget: inout MemoryBudget) throws(ImageError) {
        header = preamble.header
        palette = preamble.palette ?? Palette([])
        format = preamble.pixelFormat
        let depth = header.depth
        // Keys are compared with rows, whose samples have their bytes exchanged.
        let bytes = preamble.transparent?.bytes ?? []
        key = depth == 16 ? bytes.indices.map { bytes[$0 ^ 1] } : bytes
        conversion =
            if header.colorType == .palette { .palette } else if !key.isEmpty { .key } else if depth == 16 {
                .swapBytes
            } else if depth == 8 { .copy } else { .spread }
        if conversion == .key || (conversion == .palette && depth < 8) {
            let bytes = header.size.width * header.channels * (depth == 16 ? 2 : 1)
            try budget.charge(bytes, for: "a line of \(header.size.width) pixels", format: .png)
            samples = [UInt8](repeating: 0, count: bytes)
        }
    }

    /// Whether lines are rows as they are.
    var changesNothing: Bool { conversion == .copy }

    /// What grey samples below 8 bits are multiplied by, so that the largest is 255.
    private var grayScale: UInt8 {
        switch header.depth {
        case 1: 255
        case 2: 85
        case 4: 17
        default: 1
        }
    }

    /// Converts one line.
    ///
    /// - Parameters:
    ///   - lines: hold the bytes of `width` pixels from `start` on.
    ///   - row: exactly `width` pixels of `format`.
    /// - Returns: false if a palette index is past the palette's end. Such a pixel becomes opaque black.
    mutating func convert(
        _ lines: [UInt8], from start: Int = 0, width: Int, into row: inout MutableSpan<UInt8>
    ) -> Bool {
        precondition(row.count == width * format.bytesPerPixel)
        let line = lines.span.extracting(start..<start + header.lineBytes(width))
        switch conversion {
        case .copy:
            precondition(line.count == row.count)
            for i in line.indices { row[i] = line[i] }
        case .swapBytes:
            PNGUnpack.swapBytes(line, into: &row)
        case .spread:
            PNGUnpack.spread(line, depth: header.depth, scale: grayScale, into: &row)
        case .palette:
            return Self.lookUp(line, width, header.depth, palette, format.channels, &samples, &row)
        case .key:
            Self.addAlpha(line, width, header, key, grayScale, &samples, &row)
        }
        return true
    }

    private static func lookUp(
        _ line: Span<UInt8>, _ width: Int, _ depth: Int, _ palette: Palette, _ channels: Int,
        _ samples: inout [UInt8], _ row: inout MutableSpan<UInt8>
    ) -> Bool {
        if depth == 8 {
            PNGUnpack.lookUp(line, in: palette.table.span, channels: channels, into: &row)
            return palette.count == 256 || PNGUnpack.largest(line) < palette.count
        }
        spread(line, width, depth, 1, &samples)
        let indexes = samples.span.extracting(0..<width)
        PNGUnpack.lookUp(indexes, in: palette.table.span, channels: channels, into: &row)
        return palette.count == 1 << depth || PNGUnpack.largest(indexes) < palette.count
    }

    private static func addAlpha(
        _ line: Span<UInt8>, _ width: Int, _ header: Header, _ key: [UInt8], _ scale: UInt8,
        _ samples: inout [UInt8], _ row: inout MutableSpan<UInt8>
    ) {
        switch header.depth {
        case 8:
            PNGUnpack.addAlpha(line, key: key.span, sampleBytes: 1, into: &row)
        case 16:
            swapBytes(line, &samples)
            let pixels = samples.span.extracting(0..<line.count)
            PNGUnpack.addAlpha(pixels, key: key.span, sampleBytes: 2, into: &row)
        default:
            spread(line, width, header.depth, 1, &samples)
            let pixels = samples.span.extracting(0..<width)
            PNGUnpack.addAlpha(pixels, key: key.span, sampleBytes: 1, scale: scale, into: &row)
        }
    }

    private static func spread(
        _ line: Span<UInt8>, _ width: Int, _ depth: Int, _ scale: UInt8, _ samples: inout [UInt8]
    ) {
        var all = samples.mutableSpan
        var some = all._mutatingExtracting(0..<width)
        PNGUnpack.spread(line, depth: depth, scale: scale, into: &some)
    }

    private static func swapBytes(_ line: Span<UInt8>, _ samples: inout [UInt8]) {
        var all = samples.mutableSpan
        var some = all._mutatingExtracting(0..<line.count)
        PNGUnpack.swapBytes(line, into: &some)
    }
}
