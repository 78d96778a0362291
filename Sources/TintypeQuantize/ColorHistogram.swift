/// Which colours a picture has, and how often.
///
/// It counts exactly while there are few; of many it drops the lowest bits, and keeps the mean of what then falls together.
public struct ColorHistogram: Sendable {
    /// Colours that fell together.
    struct Entry {
        var count: UInt64 = 0
        var red: UInt64 = 0
        var green: UInt64 = 0
        var blue: UInt64 = 0
        var alpha: UInt64 = 0

        /// The mean colour, red lowest.
        var color: UInt32 {
            func mean(_ sum: UInt64) -> UInt32 { UInt32(truncatingIfNeeded: (sum + count / 2) / count) }
            return mean(alpha) << 24 | mean(blue) << 16 | mean(green) << 8 | mean(red)
        }

        mutating func add(_ other: Entry) {
            count &+= other.count
            red &+= other.red
            green &+= other.green
            blue &+= other.blue
            alpha &+= other.alpha
        }
    }

    /// More entries than this are made fewer. Some ten thousand colours are as good as all for finding 256.
    private static let maximumEntries = 1 << 15
    private static let slotBits = 16

    /// For each slot the entry's index, or -1.
    private var slots = [Int32](repeating: -1, count: 1 << Self.slotBits)
    private var keys: [UInt32] = []
    private(set) var entries: [Entry] = []
    /// The bits that still count.
    private var mask: UInt32 = 0xFFFF_FFFF
    /// Pixels of no opacity at all.
    public private(set) var transparentCount = 0

    public init() {}

    /// What several histograms counted.
    public init(sum histograms: [ColorHistogram]) {
        self = histograms.first ?? ColorHistogram()
        for other in histograms.dropFirst() { add(other) }
    }

    /// The colours, of which there are at most `limit`; nil if there are more. Transparent pixels count as the colour 0.
    public func exactColors(limit: Int) -> [UInt32]? {
        let colors = (transparentCount > 0 ? [0] : []) + keys
        return mask == 0xFFFF_FFFF && colors.count <= limit ? colors : nil
    }

    /// The colours that were counted most often, at most so many; those that fell together by their mean.
    public func mostFrequent(_ limit: Int) -> [UInt32] {
        entries.indices.sorted { (entries[$0].count, $1) > (entries[$1].count, $0) }.prefix(limit).map {
            entries[$0].color
        }
    }

    /// Counts pixels.
    ///
    /// - Parameter pixels: RGBA, red lowest; 0 where they are transparent.
    public mutating func add(_ pixels: Span<UInt32>) { add(pixels, times: 1) }

    /// Counts pixels of which each stands for so many.
    mutating func add(_ pixels: Span<UInt32>, times: Int) {
        var at = 0
        while at < pixels.count {
            let color = pixels[at]
            var end = at + 1
            while end < pixels.count, pixels[end] == color { end &+= 1 }
            let run = (end &- at) * times
            at = end
            if color == 0 {
                transparentCount &+= run
            } else {
                add(color, run)
            }
        }
    }

    /// Counts what another histogram counted.
    public mutating func add(_ other: ColorHistogram) {
        transparentCount += other.transparentCount
        while mask & ~other.mask != 0 { coarsen() }
        for index in other.entries.indices { add(other.keys[index], other.entries[index]) }
    }

    private mutating func add(_ color: UInt32, _ run: Int) {
        let count = UInt64(truncatingIfNeeded: run)
        add(
            color,
            Entry(
                count: count, red: count &* UInt64(color & 255), green: count &* UInt64(color >> 8 & 255),
                blue: count &* UInt64(color >> 16 & 255), alpha: count &* UInt64(color >> 24)))
    }

    private mutating func add(_ color: UInt32, _ entry: Entry) {
        let key = color & mask
        var slot = Int(truncatingIfNeeded: (key &* 0x9E37_79B1) &>> UInt32(32 - Self.slotBits))
        while true {
            let index = slots[slot]
            if index < 0 { break }
            if keys[Int(index)] == key {
                entries[Int(index)].add(entry)
                return
            }
            slot = (slot &+ 1) & (1 << Self.slotBits - 1)
        }
        slots[slot] = Int32(truncatingIfNeeded: entries.count)
        keys.append(key)
        entries.append(entry)
        if entries.count > Self.maximumEntries { coarsen() }
    }

    /// Drops the lowest bit of each sample that still counts.
    private mutating func coarsen() {
        let old = (keys, entries)
        (keys, entries) = ([], [])
        mask &= mask << 1 & 0xFEFE_FEFE
        slots = [Int32](repeating: -1, count: 1 << Self.slotBits)
        for index in old.0.indices { add(old.0[index], old.1[index]) }
    }
}
