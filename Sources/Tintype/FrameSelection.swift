import TintypeCore

/// Which frames of an animation are kept, so that it has fewer of them but runs as long.
struct FrameSelection {
    private let maximumRate: Double?
    /// At most so many of how many; nil where that sets no bound.
    private let share: (maximum: Int, count: Int)?
    private var index = 0
    private var milliseconds = 0
    private var lastSlot = -1

    /// - Parameters:
    ///   - maximum: frames kept at most.
    ///   - count: all frames.
    init(maximum: Int?, of count: Int?, maximumRate: Double?) throws(ImageError) {
        self.maximumRate = maximumRate
        guard let maximum else {
            share = nil
            return
        }
        guard let count else { throw ImageError(.misuse, "how many frames there are must be known to keep some") }
        share = count > maximum ? (maximum, count) : nil
    }

    /// Whether all are kept, with their delays as they are.
    var keepsAll: Bool { maximumRate == nil && share == nil }

    /// Whether the next frame, shown for so long, is kept. The first always is.
    mutating func keeps(_ frame: Frame) -> Bool {
        defer {
            index += 1
            milliseconds += frame.playedMilliseconds
        }
        if let share, index > 0, index * share.maximum / share.count == (index - 1) * share.maximum / share.count {
            return false
        }
        guard let maximumRate else { return true }
        // A frame for each period, the first that begins in it.
        let slot = Int(Double(milliseconds) * maximumRate / 1000 + 1e-6)
        if slot == lastSlot { return false }
        lastSlot = slot
        return true
    }
}
