/// Moves the means of groups until each lies in the middle of the points that are nearest to it (Lloyd's algorithm).
///
/// Most points stay where they are; bounds on the distance to the nearest and the second nearest mean tell which (Hamerly, "Making k-means
/// even faster", 2010).
struct KMeans {
    private let points: [ColorPoint]
    private let weights: [Float]
    private(set) var means: [ColorPoint]
    /// For each point the mean it belongs to, a bound above its distance, and one below the distance of any other.
    private(set) var group: [Int32]
    private var upper: [Float]
    private var lower: [Float]

    private static let mostRounds = 24
    /// Rounds end when the means move less than this on the average: a tenth of what can be seen.
    private static let still: Float = 0.000_3

    init(_ points: [ColorPoint], weights: [Float], means: [ColorPoint]) {
        self.points = points
        self.weights = weights
        self.means = means
        group = [Int32](repeating: 0, count: points.count)
        upper = [Float](repeating: .infinity, count: points.count)
        lower = [Float](repeating: 0, count: points.count)
    }

    mutating func run() {
        for _ in 0..<Self.mostRounds {
            assign()
            if update() < Self.still { break }
        }
        assign()
    }

    /// Gives each point to its nearest mean.
    private mutating func assign() {
        let apart = halfDistances()
        for i in points.indices {
            let own = Int(group[i])
            let bound = max(apart[own], lower[i])
            if upper[i] <= bound { continue }
            upper[i] = points[i].squaredDistance(to: means[own]).squareRoot()
            if upper[i] <= bound { continue }
            var (first, second): (Float, Float) = (.infinity, .infinity)
            var nearest = 0
            for j in means.indices {
                let distance = points[i].squaredDistance(to: means[j])
                if distance < first {
                    (second, first, nearest) = (first, distance, j)
                } else if distance < second {
                    second = distance
                }
            }
            group[i] = Int32(truncatingIfNeeded: nearest)
            upper[i] = first.squareRoot()
            lower[i] = second.squareRoot()
        }
    }

    /// For each mean half its distance from the nearest other: whoever is nearer to it than that belongs to it.
    private func halfDistances() -> [Float] {
        means.indices.map { i in
            var least = Float.infinity
            for j in means.indices where j != i { least = min(least, means[i].squaredDistance(to: means[j])) }
            return least.squareRoot() / 2
        }
    }

    /// Moves the means to the middle of their points, and returns how far they moved on the average.
    private mutating func update() -> Float {
        var sums = [WeightedSum](repeating: WeightedSum(), count: means.count)
        for i in points.indices { sums[Int(group[i])].add(points[i], weights[i]) }
        var moved = [Float](repeating: 0, count: means.count)
        for j in means.indices where sums[j].weight > 0 {
            let mean = sums[j].mean
            moved[j] = mean.squaredDistance(to: means[j]).squareRoot()
            means[j] = mean
        }
        let furthest = moved.max() ?? 0
        for i in points.indices {
            upper[i] += moved[Int(group[i])]
            lower[i] -= furthest
        }
        return moved.reduce(0, +) / Float(means.count)
    }
}
