/// The colours of a picture as long as they are few, and the number of each.
struct ColorTable {
    /// Red, green, blue and alpha, from the most significant byte on, in the order in which they were met.
    private(set) var colors: [UInt32] = []
    /// Whether there were more than can be held. Nothing is added any more.
    private(set) var isFull = false
    private let limit: Int
    /// One more than the number of a colour, 0 where there is none; a colour is found at or after its hash.
    private var slots = [UInt16](repeating: 0, count: 1024)
    private var keys = [UInt32](repeating: 0, count: 1024)

    /// - Parameter limit: at most 256.
    init(limit: Int) {
        self.limit = limit
    }

    private static func slot(_ color: UInt32) -> Int { Int((color &* 0x9E37_79B1) &>> 22) }

    /// Adds the colours of a row, given as 1 to 4 bytes a pixel: grey, grey and alpha, RGB, or RGBA.
    ///
    /// - Parameters:
    ///   - step: bytes from one sample to the next.
    mutating func add(_ row: Span<UInt8>, channels: Int, step: Int) {
        if isFull { return }
        var last: UInt32?
        var at = 0
        while at < row.count {
            let color = Self.color(row, at, channels, step)
            if color != last {
                last = color
                if index(of: color) == nil { insert(color) }
                if isFull { return }
            }
            at &+= channels &* step
        }
    }

    /// Turns a row into the colours' numbers, through `order`.
    func indices(_ row: Span<UInt8>, channels: Int, step: Int, order: [UInt8], into line: inout [UInt8]) {
        var target = line.mutableSpan
        var (at, x) = (0, 0)
        var last: UInt32 = 0
        var number: UInt8 = 0
        while at < row.count {
            let color = Self.color(row, at, channels, step)
            if color != last || at == 0 {
                last = color
                number = order[index(of: color) ?? 0]
            }
            target[x] = number
            x &+= 1
            at &+= channels &* step
        }
    }

    private static func color(_ row: Span<UInt8>, _ at: Int, _ channels: Int, _ step: Int) -> UInt32 {
        switch channels {
        case 1: return UInt32(row[at]) &* 0x0101_0100 | 0xFF
        case 2: return UInt32(row[at]) &* 0x0101_0100 | UInt32(row[at &+ step])
        default:
            let alpha = channels == 4 ? UInt32(row[at &+ 3 &* step]) : 255
            return UInt32(row[at]) &<< 24 | UInt32(row[at &+ step]) &<< 16 | UInt32(row[at &+ 2 &* step]) &<< 8 | alpha
        }
    }

    private func index(of color: UInt32) -> Int? {
        var slot = Self.slot(color)
        while slots[slot] != 0 {
            if keys[slot] == color { return Int(slots[slot]) &- 1 }
            slot = (slot &+ 1) & 1023
        }
        return nil
    }

    private mutating func insert(_ color: UInt32) {
        guard colors.count < limit else {
            isFull = true
            return
        }
        colors.append(color)
        var slot = Self.slot(color)
        while slots[slot] != 0 { slot = (slot &+ 1) & 1023 }
        slots[slot] = UInt16(colors.count)
        keys[slot] = color
    }
}
