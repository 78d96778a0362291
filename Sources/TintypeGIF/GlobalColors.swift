import TintypeQuantize

/// The colours of the global table, in an order that makes for short codes.
struct GlobalColors {
    let table: ColorIndex

    /// More frames than this have no say in the choice and the order.
    private static let mostFrames = 512
    /// So many frames are tried as the one to begin with.
    private static let beginnings = 4

    /// Takes the colours of one of the first frames, and of others as far as there is room: those with which the most tables of their own are saved.
    ///
    /// Transparency needs no place: each image takes one for it that it has no other need of.
    init(_ parts: [FramePart]) {
        let needs = parts.map { $0.pixels.neededColors }
        let say = needs.prefix(Self.mostFrames)
        let choices = say.indices.prefix(Self.beginnings).map { Gathered(say, from: $0) }
        let best = choices.indices.max {
            choices[$0].saved < choices[$1].saved || choices[$0].saved == choices[$1].saved && $0 > $1
        }
        let gathered = Gathered(needs[...], from: best ?? 0)
        // The first image is drawn whole: what it needs says nothing of the others.
        let served = gathered.served.filter { $0 > 0 }.prefix(Self.mostFrames)
        let places = served.map { index in Places(needs[index]?.compactMap { gathered.colors[$0] } ?? []) }
        var table = ColorIndex()
        let order = Self.order(places).map { gathered.colors.colors[$0] }
        for color in order + gathered.colors.colors { _ = table.insert(color) }
        // Nothing but holes.
        if table.colors.isEmpty { _ = table.insert(0) }
        self.table = table
    }

    /// Colours in one table.
    private struct Gathered {
        private(set) var colors = ColorIndex()
        /// The frames that need no others.
        private(set) var served: [Int] = []
        /// Bytes of the tables that those would have, less those of this one.
        private(set) var saved = 0

        /// Takes in frame after frame, those before the first at the end; those that need too many are left out.
        ///
        /// - Parameter needs: the colours of each; nil for more than a table holds.
        init(_ needs: ArraySlice<[UInt32]?>, from first: Int) {
            for index in Array(first..<needs.endIndex) + Array(needs.startIndex..<first) {
                var longer = colors
                guard let needed = needs[index], needed.allSatisfy({ longer.insert($0) }) else { continue }
                colors = longer
                served.append(index)
                saved += 3 << BlockWriter.tableBits(max(1, needed.count))
            }
            saved -= 3 << BlockWriter.tableBits(max(1, colors.colors.count))
        }
    }

    /// The colours of the frame that needs the fewest first; then those of whichever needs the fewest beyond them, and so on. An image's codes begin with as
    /// many bits as its highest index has.
    private static func order(_ needs: [Places]) -> [Int] {
        var (left, order) = (needs, [Int]())
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
