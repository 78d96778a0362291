import TintypeCore
import TintypeQuantize

/// What is to be drawn for a frame.
struct FramePart: Sendable {
    var pixels: ImagePixels
    var disposal: GraphicControl.Disposal
    /// Hundredths of a second.
    var delay: Int
}

/// Turns frames into what has to be drawn on the frame before: only the rectangle that changes, and its pixels that do not change left free.
///
/// What becomes of a frame before the next is chosen by what the next is to show: the way that leaves it the least to draw. So each frame waits for the
/// one after. Only where frames differ is looked at: a small change of a large picture takes little time.
struct FrameOptimizer {
    private let size: Size
    /// What is on the screen before the frame that waits is drawn, that frame, and the one after while it is taken. 0 is transparent.
    private var base: [UInt32]
    private var shown: [UInt32]
    private var next: [UInt32]
    /// Where the frame that waits is to be drawn: it is `base` elsewhere.
    private var drawn: Box
    /// How long the frame that waits is shown, in hundredths of a second; nil before there is one.
    private var delay: Int?
    private var isFirst = true

    init(size: Size) {
        self.size = size
        base = [UInt32](repeating: 0, count: size.width * size.height)
        (shown, next) = (base, base)
        // The whole screen for the first frame, as some players do not begin with an empty one.
        drawn = Box(columns: 0..<size.width, rows: 0..<size.height)
    }

    var hasBegun: Bool { delay != nil }

    /// A part of the screen.
    private struct Box {
        var columns: Range<Int>
        var rows: Range<Int>

        static let onePixel = Box(columns: 0..<1, rows: 0..<1)

        var area: Int { columns.count * rows.count }

        func union(_ other: Box?) -> Box {
            guard let other else { return self }
            return Box(
                columns: min(
                    columns.lowerBound, other.columns.lowerBound)..<max(columns.upperBound, other.columns.upperBound),
                rows: min(rows.lowerBound, other.rows.lowerBound)..<max(rows.upperBound, other.rows.upperBound))
        }
    }

    /// Takes the next frame, and returns the one before. A frame that shows the same as the one before only makes that last longer.
    ///
    /// - Parameters:
    ///   - picture: what it changes of the frame before.
    ///   - delay: hundredths of a second.
    mutating func take(_ picture: PictureSequence.Picture, delay: Int) -> FramePart? {
        picture.draw(on: &next, width: size.width)
        guard let waits = self.delay else {
            picture.draw(on: &shown, width: size.width)
            self.delay = delay
            return nil
        }
        let rows = (picture.rows.first ?? 0)..<(picture.rows.last ?? -1) + 1
        let change = changes(in: Box(columns: 0..<size.width, rows: rows)) { shown[$0] != next[$0] }
        if change.count == 0, let sum = Self.sum(waits, delay) {
            self.delay = sum
            return nil
        }
        let way = cheapest(change)
        let part = FramePart(
            pixels: pixels(shown, on: base, in: way.box), disposal: way.disposal, delay: waits)
        dispose(way, change.box)
        picture.draw(on: &shown, width: size.width)
        self.delay = delay
        isFirst = false
        return part
    }

    /// The last frame.
    mutating func finish() -> FramePart? {
        guard let delay else { return nil }
        self.delay = nil
        return FramePart(pixels: pixels(shown, on: base, in: drawn), disposal: .leave, delay: delay)
    }

    /// The time of both together as players count it, who show a frame of at most 10 ms for 100 ms; nil if it is too long for one frame.
    private static func sum(_ a: Int, _ b: Int) -> Int? {
        let sum = (a <= 1 ? 10 : a) + (b <= 1 ? 10 : b)
        return sum <= 65_535 ? sum : nil
    }

    /// Pixels of some kind: how many, and the smallest rectangle around them.
    private typealias Changes = (count: Int, box: Box?)

    /// What may become of the frame that waits.
    private struct Way {
        var disposal: GraphicControl.Disposal
        /// What is drawn of that frame for it.
        var box: Box
        /// What the next frame has to draw then.
        var changes: Changes
    }

    /// What had best become of the frame that waits, before the next is drawn.
    ///
    /// - Parameter change: where the next differs from it.
    private func cheapest(_ change: Changes) -> Way {
        let leave = Way(disposal: .leave, box: drawn, changes: change)
        guard let changed = change.box else { return leave }
        let vanishing = changes(in: changed) { shown[$0] != 0 && next[$0] == 0 }
        // Nothing is gained over next to nothing.
        if vanishing.count == 0, change.count <= 8 { return leave }
        let cleared = drawn.union(vanishing.box)
        let clear = Way(disposal: .clear, box: cleared, changes: changesAfterClearing(cleared, changed))
        var ways = vanishing.count == 0 ? [leave, clear] : [clear]
        // Before the first frame there is nothing to go back to.
        let touched = drawn.union(changed)
        if !isFirst, changes(in: touched, where: { base[$0] != 0 && next[$0] == 0 }).count == 0 {
            let changes = changes(in: touched) { base[$0] != next[$0] }
            ways.append(Way(disposal: .restore, box: drawn, changes: changes))
        }
        // Who changes no fewer pixels than the first way is no better; of the others it takes coding to know.
        let promising = [ways[0]] + ways.dropFirst().filter { $0.changes.count < ways[0].changes.count }
        if promising.count == 1 { return ways[0] }
        let costs = promising.map(cost)
        let best = costs.indices.min { costs[$0] < costs[$1] } ?? 0
        return promising[best]
    }

    /// About how many bytes the next frame takes.
    private func cost(_ way: Way) -> Int {
        var base = way.disposal == .restore ? base : shown
        if way.disposal == .clear { clear(way.box, of: &base) }
        guard let bytes = pixels(next, on: base, in: way.changes.box ?? .onePixel).roughByteCount else { return .max }
        // To draw on more than needed, so that it is cleared, costs a little too.
        return bytes + (way.box.area - drawn.area) / 64
    }

    /// Where the next frame differs from this one with a rectangle cleared.
    private func changesAfterClearing(_ cleared: Box, _ changed: Box) -> Changes {
        changes(in: cleared.union(changed)) { place, x, y in
            let below = cleared.columns.contains(x) && cleared.rows.contains(y) ? 0 : shown[place]
            return below != next[place]
        }
    }

    private func clear(_ box: Box, of pixels: inout [UInt32]) {
        for y in box.rows {
            for i in y * size.width + box.columns.lowerBound..<y * size.width + box.columns.upperBound { pixels[i] = 0 }
        }
    }

    /// Takes the frame that waits off the screen, or leaves it there.
    private mutating func dispose(_ way: Way, _ changed: Box?) {
        switch way.disposal {
        case .restore: break
        case .leave: copyShown(drawn)
        case .clear:
            copyShown(drawn)
            clear(way.box, of: &base)
        }
        drawn = way.changes.box ?? .onePixel
    }

    /// Draws a part of the frame that waits on what is below.
    private mutating func copyShown(_ box: Box) {
        for y in box.rows {
            for i in y * size.width + box.columns.lowerBound..<y * size.width + box.columns.upperBound {
                base[i] = shown[i]
            }
        }
    }

    /// The pixels of a part of the screen for which something holds.
    ///
    /// - Parameter counts: told a pixel's place in the frames.
    @inline(__always)
    private func changes(in box: Box, where counts: (Int) -> Bool) -> Changes {
        changes(in: box) { place, _, _ in counts(place) }
    }

    /// - Parameter counts: told a pixel's place in the frames, its column and its row.
    @inline(__always)
    private func changes(in box: Box, where counts: (Int, Int, Int) -> Bool) -> Changes {
        var (count, left, right, top, bottom) = (0, size.width, -1, -1, -1)
        for y in box.rows {
            let row = y &* size.width
            var (first, last) = (-1, -1)
            for x in box.columns where counts(row &+ x, x, y) {
                if first < 0 { first = x }
                last = x
                count &+= 1
            }
            if first < 0 { continue }
            (left, right) = (min(left, first), max(right, last))
            if top < 0 { top = y }
            bottom = y
        }
        return (count, top < 0 ? nil : Box(columns: left..<right + 1, rows: top..<bottom + 1))
    }

    /// What is to be drawn in a rectangle to show a frame.
    private func pixels(_ shown: [UInt32], on base: [UInt32], in box: Box) -> ImagePixels {
        var colors: [UInt32] = []
        var isFree = [Bool](repeating: false, count: box.area)
        colors.reserveCapacity(box.area)
        var anyFree = false
        var place = 0
        for y in box.rows {
            let start = y * size.width + box.columns.lowerBound
            colors += shown[start..<start + box.columns.count]
            for i in start..<start + box.columns.count {
                isFree[place] = shown[i] == base[i]
                anyFree = anyFree || isFree[place]
                place &+= 1
            }
        }
        return ImagePixels(
            x: box.columns.lowerBound, y: box.rows.lowerBound, size: Size(box.columns.count, box.rows.count),
            colors: colors, isFree: anyFree ? isFree : [])
    }
}
