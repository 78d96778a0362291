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
        let places = Places(means)
        var distances = [Float](repeating: 0, count: means.count)
        let apart = means.map { mean in
            // Half the distance from the nearest other: whoever is nearer to a mean than that belongs to it.
            places.measure(from: mean, &distances)
            var (least, second): (Float, Float) = (.infinity, .infinity)
            for distance in distances { (least, second) = (min(least, distance), min(second, max(least, distance))) }
            return second.squareRoot() / 2
        }
        for i in points.indices {
            let own = Int(group[i])
            let bound = max(apart[own], lower[i])
            if upper[i] <= bound { continue }
            upper[i] = points[i].squaredDistance(to: means[own]).squareRoot()
            if upper[i] <= bound { continue }
            places.measure(from: points[i], &distances)
            var (first, second): (Float, Float) = (.infinity, .infinity)
            var nearest = 0
            for j in distances.indices where distances[j] < second {
                if distances[j] < first {
                    (second, first, nearest) = (first, distances[j], j)
                } else {
                    second = distances[j]
                }
            }
            group[i] = Int32(truncatingIfNeeded: nearest)
            upper[i] = first.squareRoot()
            lower[i] = second.squareRoot()
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

/// Points, coordinate by coordinate: so many distances are measured at once.
struct Places {
    private var l: [Float]
    private var a: [Float]
    private var b: [Float]
    private var o: [Float]

    init(_ points: [ColorPoint]) {
        l = points.map(\.lightness)
        a = points.map(\.a)
        b = points.map(\.b)
        o = points.map(\.opacity)
    }

    /// The squared distances of a point from all of them.
    func measure(from point: ColorPoint, _ distances: inout [Float]) {
        let (l, a, b, o) = (self.l.span, self.a.span, self.b.span, self.o.span)
        var distances = distances.mutableSpan
        precondition(l.count == distances.count && a.count == l.count && b.count == l.count && o.count == l.count)
        for j in l.indices {
            let (dl, da) = (point.lightness - l[j], point.a - a[j])
            let (db, dOpacity) = (point.b - b[j], point.opacity - o[j])
            distances[j] = dl * dl + da * da + db * db + dOpacity * dOpacity
        }
    }
}
