/// Up to 256 colours in an order, and where each stands.
public struct ColorIndex: Sendable {
    /// RGBA, red lowest, no two the same.
    public private(set) var colors: [UInt32] = []
    /// For each slot a place in `colors`, or -1.
    private var slots = [Int16](repeating: -1, count: 1 << Self.bits)

    private static let bits = 11

    public init() {}

    /// - Precondition: at most 256 different colours.
    public init(_ colors: [UInt32]) {
        for color in colors { precondition(insert(color)) }
    }

    private static func slot(_ color: UInt32) -> Int {
        Int(truncatingIfNeeded: (color &* 0x9E37_79B1) &>> UInt32(32 - bits))
    }

    /// The place of a colour; nil if it is not among them.
    public subscript(color: UInt32) -> Int? {
        var slot = Self.slot(color)
        while slots[slot] >= 0 {
            let place = Int(slots[slot])
            if colors[place] == color { return place }
            slot = (slot &+ 1) & (1 << Self.bits - 1)
        }
        return nil
    }

    /// Adds a colour, unless it is there. False if there is no room for it.
    public mutating func insert(_ color: UInt32) -> Bool {
        var slot = Self.slot(color)
        while slots[slot] >= 0 {
            if colors[Int(slots[slot])] == color { return true }
            slot = (slot &+ 1) & (1 << Self.bits - 1)
        }
        if colors.count == 256 { return false }
        slots[slot] = Int16(truncatingIfNeeded: colors.count)
        colors.append(color)
        return true
    }

    /// Adds the colours of pixels. False, and those before it added, at one for which there is no room.
    ///
    /// - Parameter skipped: for each pixel whether it does not count; empty if all do.
    public mutating func insert(_ pixels: [UInt32], except skipped: [Bool] = []) -> Bool {
        var last: UInt32?
        for i in pixels.indices where skipped.isEmpty || !skipped[i] {
            if pixels[i] == last { continue }
            last = pixels[i]
            if !insert(pixels[i]) { return false }
        }
        return true
    }
}
