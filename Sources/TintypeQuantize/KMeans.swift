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

    /// - Parameter groups: those to begin with.
    init(_ points: [ColorPoint], weights: [Float], groups: (means: [ColorPoint], group: [Int32])) {
        self.points = points
        self.weights = weights
        (means, group) = groups
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
        // Half the distance from the nearest other: whoever is nearer to a mean than that belongs to it.
        let apart = means.map { places.nearest(to: $0).next / 2 }
        for i in points.indices {
            let own = Int(group[i])
            let bound = max(apart[own], lower[i])
            if upper[i] <= bound { continue }
            let distance = points[i].squaredDistance(to: means[own]).squareRoot()
            upper[i] = distance
            if distance <= bound { continue }
            // No further than where the nearest lies, and so far again, as that is a bound which will last.
            let found = places.nearest(to: points[i], within: 2 * distance)
            (group[i], upper[i], lower[i]) = (found.index, found.distance, found.next)
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

/// Points, coordinate by coordinate and four at a time, from dark to light: so only a few must be looked at, and many at once.
struct Places {
    private typealias Four = SIMD4<Float>

    private var l: [Four] = []
    private var a: [Four] = []
    private var b: [Four] = []
    private var o: [Four] = []
    /// Where each stood.
    private var indexes: [SIMD4<Int32>] = []

    init(_ points: [ColorPoint]) {
        let order = points.indices.sorted { (points[$0].lightness, $0) < (points[$1].lightness, $1) }
        for start in stride(from: 0, to: points.count, by: 4) {
            let four = order[start..<min(start + 4, points.count)]
            func coordinates(_ coordinate: (ColorPoint) -> Float) -> Four {
                // Behind the last come some that are near to nothing.
                Four(four.map { coordinate(points[$0]) } + [Float](repeating: 1e9, count: 4 - four.count))
            }
            l.append(coordinates(\.lightness))
            a.append(coordinates(\.a))
            b.append(coordinates(\.b))
            o.append(coordinates(\.opacity))
            let filled = four + [Int](repeating: 0, count: 4 - four.count)
            indexes.append(SIMD4(filled.map { Int32(truncatingIfNeeded: $0) }))
        }
    }

    /// The place nearest to a point, its distance, and that of the next or a bound below it.
    ///
    /// - Parameter reach: how far the nearest is at most. Who is further than that is seen as just that far.
    func nearest(to point: ColorPoint, within reach: Float = .infinity) -> (index: Int32, distance: Float, next: Float)
    {
        let (l, a, b, o) = (self.l.span, self.a.span, self.b.span, self.o.span)
        let indexes = self.indexes.span
        precondition(a.count == l.count && b.count == l.count && o.count == l.count && indexes.count == l.count)
        var (first, second) = (Four(repeating: .infinity), Four(repeating: .infinity))
        var found = SIMD4<Int32>(repeating: 0)
        var j = Self.start(l, from: point.lightness - reach)
        let end = point.lightness + reach
        while j < l.count, l[j][0] <= end {
            let (dl, da) = (point.lightness - l[j], point.a - a[j])
            let (db, dOpacity) = (point.b - b[j], point.opacity - o[j])
            let distance = dl * dl + da * da + db * db + dOpacity * dOpacity
            let isNearer = distance .< first
            second.replace(with: distance, where: distance .< second)
            second.replace(with: first, where: isNearer)
            first.replace(with: distance, where: isNearer)
            found.replace(with: indexes[j], where: isNearer)
            j &+= 1
        }
        var best = 0
        for lane in 1..<4 where (first[lane], found[lane]) < (first[best], found[best]) { best = lane }
        var next = second[best]
        for lane in 0..<4 where lane != best { next = min(next, first[lane]) }
        return (found[best], first[best].squareRoot(), min(next.squareRoot(), reach))
    }

    /// The first four of which one may be at least so light.
    @inline(__always)
    private static func start(_ l: borrowing Span<Four>, from lightness: Float) -> Int {
        var (low, high) = (0, l.count)
        while low < high {
            let middle = (low + high) / 2
            if l[middle][3] < lightness { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
