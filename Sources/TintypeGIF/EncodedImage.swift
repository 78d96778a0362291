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
    /// Whether transparency is told of, if an index is left for it, also where nothing is transparent.
    var tellsTransparency = false

    /// How free pixels are shown.
    private enum FreePixels {
        case asColors, asTransparent
        /// As colours or transparent, so that there are as few runs of one index as can be.
        case inRuns
        /// So, or otherwise where that makes longer strings of codes.
        case inStrings
    }

    /// How many colours a table for the image needs, transparency among them; nil if no table has room for them.
    var colorCount: Int? { ownTable?.colors.count }

    /// The colours that must be drawn, but for transparency; nil if there are too many for a table.
    var neededColors: [UInt32]? {
        var table = ColorIndex()
        return table.insert(colors, except: isFree) ? table.colors.filter { $0 != 0 } : nil
    }

    /// The colours that must be drawn and, if others are free, transparency to leave them out. Where there is no room for that, the colours of all.
    private var ownTable: ColorIndex? {
        var table = ColorIndex()
        guard table.insert(colors, except: isFree) else { return nil }
        if isFree.isEmpty || table.insert(0) { return table }
        return table.insert(colors) ? table : nil
    }

    /// About how many bytes the image's data will have; nil if no table has room for its colours.
    var roughByteCount: Int? {
        guard let table = ownTable, let places = places(in: table) else { return nil }
        let mode: FreePixels = isFree.isEmpty || places.transparent == nil ? .asColors : .inRuns
        return encoded(places, mode)?.data.count
    }

    /// `table` without transparency, which takes any index that no pixel needs, and with as many of the colours that are free as there is room for in its
    /// bits: those can be shown where that makes for longer strings.
    private func filledUp(_ table: ColorIndex) -> ColorIndex {
        let needed = table.colors.filter { $0 != 0 }
        // Nothing but holes.
        if needed.isEmpty { return table }
        var filled = ColorIndex(needed)
        let room = (1 << BlockWriter.tableBits(needed.count)) - table.colors.count
        if isFree.isEmpty || room <= 0 { return filled }
        var histogram = ColorHistogram()
        let free = colors.indices.filter { isFree[$0] && table[colors[$0]] == nil }.map { colors[$0] }
        histogram.add(free.span)
        for color in histogram.mostFrequent(room) { _ = filled.insert(color) }
        return filled
    }

    /// The image in the fewest bytes, with the global colour table or one of its own.
    ///
    /// - Throws: `misuse` if its colours are too many for any table.
    func encoded(global: ColorIndex, interlaced: Bool = false) throws(ImageError) -> EncodedImage {
        let pixels = interlaced ? interlacedRows() : self
        let places = pixels.places(in: global)
        var best = places.flatMap { pixels.encoded($0, palette: [], below: nil) }
        if Self.mayGain(places, over: best), let needed = ownTable {
            let own = filledUp(needed)
            best = pixels.places(in: own).flatMap { pixels.encoded($0, palette: own.colors, below: best) } ?? best
        }
        guard var best else {
            throw ImageError(.misuse, "an image of more than 256 colours", format: .gif)
        }
        best.isInterlaced = interlaced
        return best
    }

    /// Whether a table of its own may make an image shorter: by no more than its codes get shorter, if there are as many, and its colours take room.
    private static func mayGain(_ places: Places?, over best: EncodedImage?) -> Bool {
        guard let best, let places else { return true }
        let codeSize = max(2, places.neededBits.code)
        let codes = best.data.count * 8 / (codeSize + 1)
        let gained = LZWEncoder.bits(codes, codeSize: best.codeSize) - LZWEncoder.bits(codes, codeSize: codeSize)
        return gained / 8 >= 3 << places.neededBits.table
    }

    /// The image in the fewest bytes with one table; nil if it cannot be written with that, or not in fewer than another.
    private func encoded(_ places: Places, palette: [UInt32], below other: EncodedImage?) -> EncodedImage? {
        var best: EncodedImage?
        for mode in places.modes {
            let limit = (best ?? other)?.byteCount ?? .max
            guard var image = encoded(places, mode, below: limit) else { continue }
            image.palette = palette
            if image.byteCount < limit { best = image }
        }
        return best
    }

    /// Images of as many pixels are not tried in every way.
    private static let large = 1 << 13

    /// The pixels as places in a colour table.
    private struct Places {
        /// Transparency's place, or 0, for colours that the table does not have.
        var indexes: [UInt8]
        /// The colour 0's place or, where it has none, the first that nothing needs, be it beyond the table; nil if all 256 are needed.
        var transparent: UInt8?
        /// The highest of all, and of what must be drawn and transparency.
        var highest: (all: UInt8, needed: UInt8)
        /// Bits for a table of what must be drawn, and for the indexes of that and, if there are free pixels, of transparency.
        var neededBits: (table: Int, code: Int)
        /// How the image can be written with the table, what is likely the shortest first; empty if it cannot.
        var modes: [FreePixels]
    }

    /// Nil where the table misses a colour that must be drawn.
    private func places(in table: ColorIndex) -> Places? {
        var found = [Int16](repeating: -1, count: colors.count)
        var isNeeded = [Bool](repeating: false, count: 256)
        var (needed, hasMissing, hasHoles) = (0, false, !isFree.isEmpty)
        var (last, place) = (~(colors.first ?? 0), Int16(-1))
        for i in colors.indices {
            let color = colors[i]
            if color != last {
                (last, place) = (color, table[color].map { Int16(truncatingIfNeeded: $0) } ?? -1)
                if color == 0 { hasHoles = true } else if place < 0 { hasMissing = true }
            }
            found[i] = place
            if !isFree.isEmpty, isFree[i] { continue }
            needed &+= 1
            if place >= 0 { isNeeded[Int(place)] = true } else if color != 0 { return nil }
        }
        let transparent = table[0] ?? isNeeded.firstIndex(of: false)
        let tableBits = BlockWriter.tableBits(max(1, isNeeded.count { $0 }))
        if let transparent, hasHoles { isNeeded[transparent] = true }
        let hole = UInt8(truncatingIfNeeded: transparent ?? 0)
        let indexes = found.map { $0 < 0 ? hole : UInt8(truncatingIfNeeded: $0) }
        let canHide = transparent != nil
        var modes: [FreePixels] = []
        let hasAll = !hasMissing && (canHide || !colors.contains(0))
        if !isFree.isEmpty, canHide { modes = freeModes(needed, hasAll: hasAll) }
        if hasAll { modes.insert(.asColors, at: needed >= colors.count / 4 * 3 ? 0 : modes.count) }
        return Places(
            indexes: indexes, transparent: canHide ? hole : nil,
            highest: (indexes.max() ?? 0, UInt8(truncatingIfNeeded: isNeeded.lastIndex(of: true) ?? 0)),
            neededBits: (tableBits, BlockWriter.tableBits(max(1, isNeeded.count { $0 }))), modes: modes)
    }

    /// The ways to show free pixels that are tried. Where little is free to choose in a large image, choosing well gains next to nothing.
    ///
    /// - Parameters:
    ///   - needed: pixels that are not free.
    ///   - hasAll: whether all can be shown as colours.
    private func freeModes(_ needed: Int, hasAll: Bool) -> [FreePixels] {
        if colors.count < Self.large { return [.inRuns, .inStrings, .asTransparent] }
        if needed < colors.count / 4 * 3 { return [.inRuns, .inStrings] }
        return hasAll && needed >= colors.count / 16 * 15 ? [] : [.inRuns]
    }

    /// Nil if the data have more bytes than `limit`.
    private func encoded(_ places: Places, _ mode: FreePixels, below limit: Int = .max) -> EncodedImage? {
        let hides = mode != .asColors && !isFree.isEmpty
        let highest = hides ? places.highest.needed : places.highest.all
        let codeSize = max(2, BlockWriter.tableBits(Int(highest) + 1))
        var (indexes, others) = (places.indexes, [UInt8]())
        if let transparent = places.transparent, hides {
            let bound = mode == .asTransparent ? 0 : 1 << codeSize
            let hidden = hiding(indexes, transparent, below: bound)
            indexes = hidden.indexes
            if mode == .inStrings { others = hidden.others }
        }
        // Who need not expect transparency can do without alpha.
        let isTold =
            tellsTransparency || places.transparent.map { indexes.contains($0) || others.contains($0) } ?? false
        guard let data = LZWEncoder.encode(indexes, or: others, codeSize: codeSize, limit: limit) else { return nil }
        return EncodedImage(
            x: x, y: y, size: size, transparentIndex: isTold ? places.transparent.map { Int($0) } : nil,
            codeSize: codeSize, data: data)
    }

    /// The indexes with free pixels transparent, or as they are if that index lies below a bound: it needs no longer codes.
    private func hiding(_ indexes: [UInt8], _ transparent: UInt8, below bound: Int) -> FewestRuns {
        var (shown, hidden) = (indexes, indexes)
        for i in indexes.indices where isFree[i] {
            hidden[i] = transparent
            if Int(indexes[i]) >= bound { shown[i] = transparent }
        }
        return FewestRuns(shown, or: hidden)
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
