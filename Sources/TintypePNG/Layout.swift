internal import TintypeCore
internal import TintypeKernels

/// How the pixels of a picture lie in the file: what IHDR, PLTE and tRNS say, and how rows become lines.
struct Layout {
    let colorType: Header.ColorType
    /// Bits a sample, 1 to 16.
    let depth: Int
    /// PLTE and tRNS.
    private(set) var palette: [UInt8] = []
    private(set) var transparency: [UInt8] = []

    private let format: PixelFormat
    /// Where in a pixel of the row the bytes of a pixel of the file come from.
    private let offsets: [Int]
    private var width: Int
    /// The picture's colours and what number each has in the palette.
    private var table: ColorTable?
    private var order: [UInt8] = []
    /// A line before its samples are packed into bytes.
    private var wide: [UInt8] = []

    /// The samples as they are.
    init(_ format: PixelFormat, width: Int) {
        self.init(format, width: width, colorType: Self.colorType(format), depth: format.bitDepth)
    }

    /// The samples as they are, or all of them but alpha.
    init(_ format: PixelFormat, hasAlpha: Bool, width: Int) {
        let stored = PixelFormat.make(gray: format.isGray, alpha: hasAlpha, bitDepth: format.bitDepth)
        self.init(format, width: width, colorType: Self.colorType(stored), depth: format.bitDepth)
    }

    private init(_ format: PixelFormat, width: Int, colorType: Header.ColorType, depth: Int) {
        self.format = format
        self.width = width
        self.colorType = colorType
        self.depth = depth
        offsets = Self.offsets(format, colorType, depth)
    }

    private static func colorType(_ format: PixelFormat) -> Header.ColorType {
        format.isGray ? (format.hasAlpha ? .grayAlpha : .gray) : (format.hasAlpha ? .rgba : .rgb)
    }

    /// Fewer samples or bits, from which the picture's can be had again.
    ///
    /// - Parameter usesKey: whether the search's key stands for transparency.
    init(_ search: ReductionSearch, width: Int, usesKey: Bool) {
        let format = search.format
        let alpha = format.hasAlpha && !search.isOpaque && !usesKey
        let depth = search.fitsEightBits ? 8 : 16
        let reduced = PixelFormat.make(gray: search.isGray, alpha: alpha, bitDepth: depth)
        let small = reduced == .gray8 ? search.grayBits : depth
        self.init(format, width: width, colorType: Self.colorType(reduced), depth: small)
        if usesKey, let key = search.key { transparency = keySamples(key) }
        if small < 8 { wide = [UInt8](repeating: 0, count: width) }
    }

    /// tRNS for one colour (PNG §11.3.1.1): two bytes a sample, in the file's depth.
    private func keySamples(_ key: [UInt8]) -> [UInt8] {
        let step = format.bitDepth / 8
        let samples = stride(from: 0, to: colorType == .gray ? step : key.count, by: step)
        return samples.flatMap { at -> [UInt8] in
            if depth == 16 { return [key[at + 1], key[at]] }
            return [0, depth < 8 ? key[at] >> (8 - UInt8(depth)) : key[at]]
        }
    }

    /// Numbers of a palette. nil if there are too many colours.
    init?(palette search: ReductionSearch, width: Int) {
        guard search.fitsEightBits, !search.table.isFull else { return nil }
        let colors = search.table.colors
        let depth = colors.count <= 2 ? 1 : colors.count <= 4 ? 2 : colors.count <= 16 ? 4 : 8
        self.init(search.format, width: width, colorType: .palette, depth: depth)
        // What lets light through comes first, so that tRNS is short; then from dark to light, so that neighbours in
        // the picture are neighbours in the palette.
        let sorted = colors.indices.sorted { Self.rank(colors[$0]) < Self.rank(colors[$1]) }
        order = [UInt8](repeating: 0, count: colors.count)
        for (number, index) in sorted.enumerated() {
            let color = colors[index]
            order[index] = UInt8(truncatingIfNeeded: number)
            palette += [UInt8(color >> 24), UInt8(color >> 16 & 255), UInt8(color >> 8 & 255)]
            if color & 255 < 255 { transparency.append(UInt8(color & 255)) }
        }
        table = search.table
        wide = [UInt8](repeating: 0, count: width)
    }

    /// The same for a picture of another width.
    func with(width: Int) -> Layout {
        var copy = self
        copy.width = width
        if !wide.isEmpty { copy.wide = [UInt8](repeating: 0, count: width) }
        return copy
    }

    /// Whether lines of both look the same in the file.
    func isLike(_ other: Layout) -> Bool {
        colorType == other.colorType && depth == other.depth && palette == other.palette
            && transparency == other.transparency
    }

    private static func rank(_ color: UInt32) -> UInt64 {
        let (red, green, blue) = (color >> 24, color >> 16 & 255, color >> 8 & 255)
        let light = 299 * red + 587 * green + 114 * blue
        return UInt64(color & 255) << 56 | UInt64(light) << 32 | UInt64(color)
    }

    private var channels: Int {
        switch colorType {
        case .gray, .palette: 1
        case .grayAlpha: 2
        case .rgb: 3
        case .rgba: 4
        }
    }

    var bitsPerPixel: Int { channels * depth }
    var lineBytes: Int { (width * bitsPerPixel + 7) / 8 }
    /// How far to the left a filter looks (PNG §9.2).
    var filterDistance: Int { max(1, bitsPerPixel / 8) }
    /// Whether filters seldom do any good.
    var isPacked: Bool { colorType == .palette || depth < 8 }
    /// Whether a line is a row as it is.
    var isPlain: Bool { !isPacked && depth == 8 && channels == format.channels && format.bitDepth == 8 }
    /// Bytes of the chunks that describe palette and transparency.
    var overhead: Int {
        (palette.isEmpty ? 0 : palette.count + 12) + (transparency.isEmpty ? 0 : transparency.count + 12)
    }

    /// Whether the colour is a single grey sample.
    var isGray: Bool { colorType == .gray || colorType == .grayAlpha }

    /// IHDR (PNG §11.2.1).
    func header(_ size: Size) -> [UInt8] {
        bigEndian(UInt32(truncatingIfNeeded: size.width)) + bigEndian(UInt32(truncatingIfNeeded: size.height))
            + [UInt8(depth), colorType.rawValue, 0, 0, 0]
    }

    /// Makes a line of the file of a row of the picture.
    mutating func convert(_ row: Span<UInt8>, into line: inout [UInt8]) {
        let step = format.bitDepth / 8
        if let table {
            table.indices(row, channels: format.channels, step: step, order: order, into: &wide)
            Self.pack(wide, bits: depth, shift: 0, into: &line)
        } else if depth < 8 {
            Self.pick(row, pixelBytes: format.bytesPerPixel, offsets: offsets, into: &wide)
            Self.pack(wide, bits: depth, shift: UInt8(8 - depth), into: &line)
        } else {
            Self.pick(row, pixelBytes: format.bytesPerPixel, offsets: offsets, into: &line)
        }
    }

    private static func offsets(_ format: PixelFormat, _ colorType: Header.ColorType, _ depth: Int) -> [Int] {
        let step = format.bitDepth / 8
        var samples = Array(0..<(colorType == .rgb || colorType == .rgba ? 3 : 1))
        if colorType == .rgba || colorType == .grayAlpha { samples.append(format.channels - 1) }
        // Rows have the less significant byte first, files the more significant (PNG §7.1).
        return samples.flatMap { depth == 16 ? [2 * $0 + 1, 2 * $0] : [$0 * step] }
    }

    private static func pick(_ row: Span<UInt8>, pixelBytes: Int, offsets: [Int], into line: inout [UInt8]) {
        var target = line.mutableSpan
        let picked = offsets.span
        var (at, out) = (0, 0)
        while at < row.count {
            for i in picked.indices { target[out &+ i] = row[at &+ picked[i]] }
            at &+= pixelBytes
            out &+= picked.count
        }
    }

    /// Packs samples into bytes, the leftmost in the high bits (PNG §7.2).
    private static func pack(_ samples: [UInt8], bits: Int, shift: UInt8, into line: inout [UInt8]) {
        let source = samples.span
        var target = line.mutableSpan
        if bits == 8 {
            for i in source.indices { target[i] = source[i] }
            return
        }
        let perByte = 8 / bits
        for byte in target.indices {
            var value: UInt8 = 0
            for i in byte &* perByte..<min(source.count, (byte &+ 1) &* perByte) {
                value |= (source[i] &>> shift) &<< UInt8(8 &- bits &* (i % perByte &+ 1))
            }
            target[byte] = value
        }
    }
}
