import TintypeCore

/// A frame as it is to be shown, and for how long.
struct CanvasFrame: Sendable {
    /// The whole screen, row by row, red lowest; 0 is transparent.
    var pixels: [UInt32]
    /// Hundredths of a second.
    var delay: Int
}

/// What is to be drawn for a frame.
struct FramePart: Sendable {
    var pixels: ImagePixels
    var disposal: GraphicControl.Disposal
    var delay: Int
}

/// Turns frames into what has to be drawn on the frame before: only the rectangle that changes, and its pixels that do not change left free.
///
/// What becomes of a frame before the next is chosen by what the next is to show: the way that leaves it the least to draw. So each frame waits for the
/// one after.
struct FrameOptimizer {
    private let size: Size
    /// The frame that waits, and what was on the screen before it.
    private var waiting: (frame: CanvasFrame, base: [UInt32])?
    private var isFirst = true

    init(size: Size) {
        self.size = size
    }

    var hasBegun: Bool { waiting != nil }

    /// A part of the screen.
    private struct Box {
        var columns: Range<Int>
        var rows: Range<Int>

        func union(_ other: Box) -> Box {
            Box(
                columns: min(
                    columns.lowerBound, other.columns.lowerBound)..<max(columns.upperBound, other.columns.upperBound),
                rows: min(rows.lowerBound, other.rows.lowerBound)..<max(rows.upperBound, other.rows.upperBound))
        }
    }

    /// Takes the next frame, and returns the one before. A frame that shows the same as the one before only makes that last longer.
    mutating func take(_ frame: CanvasFrame) -> FramePart? {
        guard let (last, base) = waiting else {
            waiting = (frame, [UInt32](repeating: 0, count: frame.pixels.count))
            return nil
        }
        if last.pixels == frame.pixels, let delay = Self.sum(last.delay, frame.delay) {
            waiting?.frame.delay = delay
            return nil
        }
        let way = cheapest(after: last.pixels, on: base, before: frame.pixels)
        defer {
            waiting = (frame, way.base)
            isFirst = false
        }
        return part(last, on: base, way.box, way.disposal)
    }

    /// The last frame.
    mutating func finish() -> FramePart? {
        guard let (last, base) = waiting else { return nil }
        waiting = nil
        return part(last, on: base, box(of: last.pixels, on: base), .leave)
    }

    /// The time of both together as players count it, who show a frame of at most 10 ms for 100 ms; nil if it is too long for one frame.
    private static func sum(_ a: Int, _ b: Int) -> Int? {
        let sum = (a <= 1 ? 10 : a) + (b <= 1 ? 10 : b)
        return sum <= 65_535 ? sum : nil
    }

    private typealias Way = (disposal: GraphicControl.Disposal, box: Box, base: [UInt32])

    /// What had best become of `shown`, drawn on `base`, before `next` is drawn.
    private func cheapest(after shown: [UInt32], on base: [UInt32], before next: [UInt32]) -> Way {
        let box = box(of: shown, on: base)
        let vanishing = changes(from: shown, to: next) { $0 != 0 && $1 == 0 }
        // Nothing is gained over next to nothing.
        if vanishing.count == 0, changes(from: shown, to: next).count <= 8 { return (.leave, box, shown) }
        let cleared = vanishing.box.map(box.union) ?? box
        var ways: [Way] = [(.clear, cleared, clearing(cleared, shown))]
        if vanishing.count == 0 { ways.insert((.leave, box, shown), at: 0) }
        // Before the first frame there is nothing to go back to.
        if !isFirst, changes(from: base, to: next, where: { $0 != 0 && $1 == 0 }).count == 0 {
            ways.append((.restore, box, base))
        }
        // Who changes no fewer pixels than the first way is no better; of the others it takes coding to know.
        let counts = ways.map { changes(from: $0.base, to: next).count }
        let promising = ways.indices.filter { $0 == 0 || counts[$0] < counts[0] }
        if promising.count == 1 { return ways[0] }
        let costs = promising.map { index in
            let way = ways[index]
            guard let bytes = pixels(next, on: way.base).roughByteCount else { return Int.max }
            // To draw on more than needed, so that it is cleared, costs a little too.
            return bytes + (area(way.box) - area(box)) / 64
        }
        let best = promising.indices.min { costs[$0] < costs[$1] } ?? 0
        return ways[promising[best]]
    }

    private func area(_ box: Box) -> Int { box.columns.count * box.rows.count }

    private func clearing(_ box: Box, _ pixels: [UInt32]) -> [UInt32] {
        var pixels = pixels
        for y in box.rows {
            for i in y * size.width + box.columns.lowerBound..<y * size.width + box.columns.upperBound { pixels[i] = 0 }
        }
        return pixels
    }

    private static let onePixel = Box(columns: 0..<1, rows: 0..<1)

    /// The rectangle that a frame draws on: the whole screen for the first, as some players do not begin with an empty one; else what changes, and at
    /// least a pixel.
    private func box(of shown: [UInt32], on base: [UInt32]) -> Box {
        if isFirst { return Box(columns: 0..<size.width, rows: 0..<size.height) }
        return changes(from: base, to: shown).box ?? Self.onePixel
    }

    private static func areEqual(_ a: Span<UInt32>, _ b: Span<UInt32>) -> Bool {
        precondition(a.count == b.count)
        var difference: UInt32 = 0
        for i in a.indices { difference |= a[i] ^ b[i] }
        return difference == 0
    }

    /// The pixels that differ, or differ in a certain way: how many, and the smallest rectangle around them.
    private func changes(
        from old: [UInt32], to new: [UInt32], where counts: (UInt32, UInt32) -> Bool = { $0 != $1 }
    ) -> (count: Int, box: Box?) {
        let (old, new) = (old.span, new.span)
        var (count, left, right, top, bottom) = (0, size.width, -1, -1, -1)
        for y in 0..<size.height {
            let row = y &* size.width
            // Most rows of most animations.
            if Self.areEqual(old.extracting(row..<row + size.width), new.extracting(row..<row + size.width)) {
                continue
            }
            var first = -1
            var last = -1
            for x in 0..<size.width where counts(old[row &+ x], new[row &+ x]) {
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

    private func part(
        _ frame: CanvasFrame, on base: [UInt32], _ box: Box, _ disposal: GraphicControl.Disposal
    ) -> FramePart {
        FramePart(pixels: pixels(frame.pixels, on: base, in: box), disposal: disposal, delay: frame.delay)
    }

    private func pixels(_ shown: [UInt32], on base: [UInt32]) -> ImagePixels {
        pixels(shown, on: base, in: changes(from: base, to: shown).box ?? Self.onePixel)
    }

    private func pixels(_ shown: [UInt32], on base: [UInt32], in box: Box) -> ImagePixels {
        var pixels = ImagePixels(
            x: box.columns.lowerBound, y: box.rows.lowerBound, size: Size(box.columns.count, box.rows.count), colors: []
        )
        pixels.colors.reserveCapacity(area(box))
        pixels.isFree.reserveCapacity(area(box))
        var anyFree = false
        for y in box.rows {
            for i in y * size.width + box.columns.lowerBound..<y * size.width + box.columns.upperBound {
                let isFree = shown[i] == base[i]
                pixels.colors.append(shown[i])
                pixels.isFree.append(isFree)
                anyFree = anyFree || isFree
            }
        }
        if !anyFree { pixels.isFree = [] }
        return pixels
    }
}
