import TintypeQuantize

/// The colours of the global table, in an order that makes for short codes.
struct GlobalColors {
    let table: ColorIndex

    /// More frames than this have no say in the order.
    private static let mostFrames = 512

    /// Takes the colours of the first frame, of those after it as far as there is room, and transparency if there still is.
    init(_ parts: [FramePart]) {
        var found = ColorIndex()
        var needs: [Set<UInt32>] = []
        for part in parts {
            var own = ColorIndex()
            var longer = found
            guard own.insert(part.pixels.colors, except: part.pixels.isFree),
                own.colors.allSatisfy({ longer.insert($0) })
            else { continue }
            found = longer
            needs.append(Set(own.colors))
        }
        let order = Self.order(needs.dropFirst().prefix(Self.mostFrames))
        var table = ColorIndex()
        if Self.wantsTransparency(parts, found.colors.count), found.insert(0) { _ = table.insert(0) }
        for color in order + found.colors { _ = table.insert(color) }
        self.table = table
    }

    /// Pixels that may be left out for each byte that transparency adds to the table.
    private static let pixelsAByte = 4

    /// Whether transparency is worth its place: in small pictures not if the table is twice as large for it.
    private static func wantsTransparency(_ parts: [FramePart], _ count: Int) -> Bool {
        let cost = (3 << BlockWriter.tableBits(count + 1)) - (3 << BlockWriter.tableBits(count))
        var free = 0
        for part in parts {
            if part.pixels.colors.contains(0) { return true }
            free += part.pixels.isFree.count { $0 }
            if free > cost * pixelsAByte { return true }
        }
        return false
    }

    /// The colours of the frame that needs the fewest first; then those of whichever needs the fewest beyond them, and so on. An image's codes begin with as
    /// many bits as its highest index has.
    private static func order(_ needs: ArraySlice<Set<UInt32>>) -> [UInt32] {
        var (left, order) = (Array(needs), [UInt32]())
        while let next = left.indices.min(by: { left[$0].count < left[$1].count }) {
            // Sorted, as a set's own order changes from run to run.
            let colors = left.remove(at: next).sorted()
            if colors.isEmpty { continue }
            order += colors
            for i in left.indices { left[i].subtract(colors) }
        }
        return order
    }
}
