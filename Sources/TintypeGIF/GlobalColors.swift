import TintypeQuantize

/// The colours of the global table, in an order that makes for short codes.
struct GlobalColors {
    let table: ColorIndex

    /// More frames than this have no say in the order.
    private static let mostFrames = 512

    /// Takes the colours of the first frame, and of those after it as far as there is room.
    ///
    /// Transparency needs no place of its own: each image takes one for it that it has no other need of. Only where too many need all get it one.
    init(_ parts: [FramePart]) {
        var found = ColorIndex()
        var needs: [Places] = []
        var wishes: [(needed: Int, part: FramePart)] = []
        for part in parts {
            var own = ColorIndex()
            var longer = found
            guard own.insert(part.pixels.colors, except: part.pixels.isFree),
                own.colors.allSatisfy({ $0 == 0 || longer.insert($0) })
            else { continue }
            found = longer
            let places = own.colors.filter { $0 != 0 }.compactMap { longer[$0] }
            if needs.count <= Self.mostFrames { needs.append(Places(places)) }
            wishes.append((places.count, part))
        }
        let order = Self.order(needs.dropFirst()).map { found.colors[$0] }
        var table = ColorIndex()
        let full = wishes.filter { $0.needed == 1 << BlockWriter.tableBits(found.colors.count) }.map(\.part)
        if Self.wantTransparency(full, found.colors.count) { _ = table.insert(0) }
        for color in order + found.colors { _ = table.insert(color) }
        // Nothing but holes.
        if table.colors.isEmpty { _ = table.insert(0) }
        self.table = table
    }

    /// Pixels that may be left out for each byte that transparency adds to the table.
    private static let pixelsAByte = 4

    /// Whether transparency is worth making the table twice as large, for images that need all of it.
    private static func wantTransparency(_ parts: [FramePart], _ count: Int) -> Bool {
        if count == 256 { return false }
        var free = 0
        for part in parts {
            if part.pixels.colors.contains(0) { return true }
            free += part.pixels.isFree.count { $0 }
            if free > (3 << BlockWriter.tableBits(count)) * pixelsAByte { return true }
        }
        return false
    }

    /// The colours of the frame that needs the fewest first; then those of whichever needs the fewest beyond them, and so on. An image's codes begin with as
    /// many bits as its highest index has.
    private static func order(_ needs: ArraySlice<Places>) -> [Int] {
        var (left, order) = (Array(needs), [Int]())
        while let next = left.indices.min(by: { left[$0].count < left[$1].count }) {
            let places = left.remove(at: next)
            if places.count == 0 { continue }
            order += (0..<256).filter { places.contains($0) }
            for i in left.indices { left[i].subtract(places) }
        }
        return order
    }

    /// Some of 256 places.
    private struct Places {
        private var bits = SIMD4<UInt64>()
        private(set) var count = 0

        init(_ places: [Int]) {
            for place in places { bits[place >> 6] |= 1 << UInt64(place & 63) }
            count = places.count
        }

        func contains(_ place: Int) -> Bool { bits[place >> 6] >> UInt64(place & 63) & 1 == 1 }

        mutating func subtract(_ other: Places) {
            bits &= ~other.bits
            count = (0..<4).reduce(0) { $0 + bits[$1].nonzeroBitCount }
        }
    }
}
