/// A square of thresholds without visible pattern: wherever it is cut off, what passes lies evenly scattered.
///
/// Made by the void-and-cluster method (Ulichney, "The void-and-cluster method for dither array generation", 1993).
enum BlueNoise {
    static let side = 32

    /// `side`² thresholds, each of 0 to 1 exclusive once, row by row; the square repeats without seams.
    static func thresholds() -> [Float] {
        var pattern = VoidAndCluster(side: side)
        return pattern.ranks().map { (Float($0) + 0.5) / Float(side * side) }
    }
}

/// Dots on a square that wraps around, and how crowded each place is.
private struct VoidAndCluster {
    private let side: Int
    private var dots: [Bool]
    /// For each place the sum over all dots of a bell of their distance.
    private var crowding: [Float]
    /// The bell, by the distance from the dot across and down.
    private let bell: [Float]

    init(side: Int) {
        self.side = side
        dots = [Bool](repeating: false, count: side * side)
        crowding = [Float](repeating: 0, count: side * side)
        bell = Self.bell(side)
    }

    /// exp(−d²/2σ²) with σ = 1.5, by squaring (1 − d²/2σ²/1024) ten times: enough of the function for this.
    private static func bell(_ side: Int) -> [Float] {
        (0..<side * side).map { place in
            let (x, y) = (min(place % side, side - place % side), min(place / side, side - place / side))
            var value = max(0, 1 - Float(x * x + y * y) / 4.5 / 1024)
            for _ in 0..<10 { value *= value }
            return value
        }
    }

    /// In which order the places are filled, so that at each moment the dots are scattered evenly.
    mutating func ranks() -> [Int] {
        scatter()
        var ranks = [Int](repeating: 0, count: dots.count)
        let (first, firstCrowding) = (dots, crowding)
        let count = dots.count { $0 }
        for rank in (0..<count).reversed() {
            let place = tightest()
            set(place, false)
            ranks[place] = rank
        }
        (dots, crowding) = (first, firstCrowding)
        for rank in count..<dots.count {
            let place = emptiest()
            set(place, true)
            ranks[place] = rank
        }
        return ranks
    }

    /// A tenth of the places filled by chance, and then moved from where it is tightest to where it is emptiest until that changes nothing.
    private mutating func scatter() {
        var state: UInt32 = 1
        for _ in 0..<dots.count / 10 {
            state = state &* 1_664_525 &+ 1_013_904_223
            let place = Int(state >> 16) % dots.count
            if !dots[place] { set(place, true) }
        }
        while true {
            let tight = tightest()
            set(tight, false)
            let empty = emptiest()
            set(empty, true)
            if empty == tight { return }
        }
    }

    private func tightest() -> Int {
        var best = -1
        for place in dots.indices where dots[place] && (best < 0 || crowding[place] > crowding[best]) { best = place }
        return max(0, best)
    }

    private func emptiest() -> Int {
        var best = -1
        for place in dots.indices where !dots[place] && (best < 0 || crowding[place] < crowding[best]) { best = place }
        return max(0, best)
    }

    private mutating func set(_ place: Int, _ filled: Bool) {
        dots[place] = filled
        let (x, y) = (place % side, place / side)
        for v in 0..<side {
            let row = (v - y + side) % side * side
            for u in 0..<side {
                let share = bell[row + (u - x + side) % side]
                crowding[v * side + u] += filled ? share : -share
            }
        }
    }
}
