import TintypeCore
import TintypeQuantize

/// One image of a file, coded.
struct EncodedImage: Sendable {
    var x = 0
    var y = 0
    var size: Size
    /// The local colour table; empty where the global one serves.
    var palette: [UInt32] = []
    var transparentIndex: Int?
    var isInterlaced = false
    var codeSize: Int
    var data: [UInt8]

    /// Bytes in the file, but for what every image has.
    var byteCount: Int {
        data.count + data.count / 255 + (palette.isEmpty ? 0 : 3 << BlockWriter.tableBits(palette.count))
    }
}

/// The pixels of an image that is to be coded.
struct ImagePixels: Sendable {
    var x = 0
    var y = 0
    var size: Size
    /// Row by row. 0 is transparent.
    var colors: [UInt32]
    /// For each pixel whether the screen shows that colour already; empty if none does.
    var isFree: [Bool] = []

    /// How free pixels are shown.
    private enum FreePixels {
        case asColors, asTransparent
        /// Like the pixel before where that shows their colour, otherwise transparent.
        case inRuns
        /// Whichever makes the longest strings of codes.
        case inStrings
    }

    /// How many colours a table for the image needs, transparency among them; nil if no table has room for them.
    var colorCount: Int? { ownTable?.colors.count }

    /// The colours that must be drawn and, if others are free, transparency to leave them out. Where there is no room for that, the colours of all.
    private var ownTable: ColorIndex? {
        var table = ColorIndex()
        guard table.insert(colors, except: isFree) else { return nil }
        if isFree.isEmpty || table.insert(0) { return table }
        return table.insert(colors) ? table : nil
    }

    /// About how many bytes the image's data will have; nil if no table has room for its colours.
    var roughByteCount: Int? {
        ownTable.map { encoded($0, isLocal: true, $0[0] == nil ? .asColors : .asTransparent).data.count }
    }

    /// `table`, with as many of the colours that are free as there is room for in its bits: those can be shown where that makes for longer strings.
    private func filledUp(_ table: ColorIndex) -> ColorIndex {
        let room = (1 << Self.bits(table)) - table.colors.count
        if isFree.isEmpty || room == 0 { return table }
        var histogram = ColorHistogram()
        let free = colors.indices.filter { isFree[$0] && table[colors[$0]] == nil }.map { colors[$0] }
        histogram.add(free.span)
        var filled = table
        for color in histogram.mostFrequent(room) { _ = filled.insert(color) }
        return filled
    }

    /// The image in the fewest bytes, with the global colour table or one of its own.
    ///
    /// - Throws: `misuse` if its colours are too many for any table.
    func encoded(global: ColorIndex, interlaced: Bool = false) throws(ImageError) -> EncodedImage {
        let pixels = interlaced ? interlacedRows() : self
        var images = pixels.modes(global).map { pixels.encoded(global, isLocal: false, $0) }
        if let needed = ownTable, images.isEmpty || Self.bits(needed) < Self.bits(global) {
            let own = filledUp(needed)
            images += pixels.modes(own).map { pixels.encoded(own, isLocal: true, $0) }
        }
        guard var best = images.min(by: { $0.byteCount < $1.byteCount }) else {
            throw ImageError(.misuse, "an image of more than 256 colours", format: .gif)
        }
        best.isInterlaced = interlaced
        return best
    }

    private static func bits(_ table: ColorIndex) -> Int { BlockWriter.tableBits(table.colors.count) }

    /// How the image can be written with a table; empty if it cannot.
    private func modes(_ table: ColorIndex) -> [FreePixels] {
        var (hasNeeded, hasAll) = (true, true)
        var last: UInt32?
        for i in colors.indices where colors[i] != last {
            if table[colors[i]] != nil {
                last = colors[i]
            } else {
                hasAll = false
                if isFree.isEmpty || !isFree[i] { hasNeeded = false }
            }
        }
        guard hasNeeded else { return [] }
        if isFree.isEmpty { return [.asColors] }
        guard table[0] != nil else { return hasAll ? [.asColors] : [] }
        return [.asTransparent, .inRuns, .inStrings] + (hasAll ? [.asColors] : [])
    }

    private func encoded(_ table: ColorIndex, isLocal: Bool, _ mode: FreePixels) -> EncodedImage {
        let transparent = table[0].map { UInt8(truncatingIfNeeded: $0) }
        let indexes = indexes(table)
        var highest = transparent ?? 0
        for i in indexes.indices where mode == .asColors || isFree.isEmpty || !isFree[i] {
            highest = max(highest, indexes[i])
        }
        let codeSize = max(2, BlockWriter.tableBits(Int(highest) + 1))
        var input = LZWEncoder.Input(indexes: indexes)
        if let transparent, !isFree.isEmpty, mode != .asColors {
            input = hiding(indexes, mode, transparent, below: 1 << codeSize)
        }
        // Who need not expect transparency can do without alpha.
        let isUsed = transparent.map { mode == .inStrings || input.indexes.contains($0) } ?? false
        return EncodedImage(
            x: x, y: y, size: size, palette: isLocal ? table.colors : [],
            transparentIndex: isUsed ? transparent.map { Int($0) } : nil, codeSize: codeSize,
            data: LZWEncoder.encode(input, codeSize: codeSize))
    }

    /// The indexes of all pixels, the one of transparency where a colour is not in the table.
    private func indexes(_ table: ColorIndex) -> [UInt8] {
        let missing = table[0] ?? 0
        var (last, index) = (colors[0], UInt8(truncatingIfNeeded: table[colors[0]] ?? missing))
        return colors.map { color in
            if color != last { (last, index) = (color, UInt8(truncatingIfNeeded: table[color] ?? missing)) }
            return index
        }
    }

    /// The indexes with free pixels transparent or, where the mode says so, as they are. Of those only indexes below a bound remain: they need no longer codes.
    private func hiding(_ indexes: [UInt8], _ mode: FreePixels, _ transparent: UInt8, below bound: Int)
        -> LZWEncoder.Input
    {
        var input = LZWEncoder.Input(indexes: indexes, transparent: transparent)
        if mode == .inStrings { input.isFree = isFree }
        var shown: UInt32 = 0
        for i in indexes.indices {
            if isFree[i] {
                let staysFree = mode == .inStrings && indexes[i] != transparent && Int(indexes[i]) < bound
                if mode == .inStrings { input.isFree[i] = staysFree }
                if !staysFree && (mode != .inRuns || colors[i] != shown) {
                    input.indexes[i] = transparent
                    shown = 0
                }
            } else {
                shown = colors[i]
            }
        }
        return input
    }

    /// The rows in the order of the four passes (GIF89a appendix E).
    private func interlacedRows() -> ImagePixels {
        var passes = self
        passes.colors.removeAll(keepingCapacity: true)
        passes.isFree.removeAll(keepingCapacity: true)
        for (start, step) in [(0, 8), (4, 8), (2, 4), (1, 2)] {
            for y in stride(from: start, to: size.height, by: step) {
                let row = y * size.width..<(y + 1) * size.width
                passes.colors += colors[row]
                if !isFree.isEmpty { passes.isFree += isFree[row] }
            }
        }
        return passes
    }
}
