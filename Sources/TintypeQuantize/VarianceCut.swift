/// Divides points into groups of little spread: the group of most spread is cut in two, over and over.
///
/// After Wu, "Color quantization by dynamic programming and principal analysis" (1992), but that a cut goes across the one axis along which the
/// group is widest. It falls where the squared distances of both parts from their means are the least in sum.
struct VarianceCut {
    /// A group: a range of `order`.
    private struct Box {
        var range: Range<Int>
        /// The sum of all points' squared distances from the mean, by weight.
        var spread: Float
        /// The coordinate that varies most.
        var axis: Int
        var sum: WeightedSum
    }

    private let points: [ColorPoint]
    private let weights: [Float]
    private var order: [Int32]
    private var boxes: [Box] = []

    private init(_ points: [ColorPoint], _ weights: [Float]) {
        self.points = points
        self.weights = weights
        order = points.indices.map { Int32(truncatingIfNeeded: $0) }
    }

    /// At most `count` groups: their means, and which of them each point belongs to.
    static func groups(
        of points: [ColorPoint], weights: [Float], count: Int
    ) -> (means: [ColorPoint], group: [Int32]) {
        var cut = VarianceCut(points, weights)
        cut.boxes = [cut.box(0..<points.count)]
        while cut.boxes.count < count {
            guard let widest = cut.boxes.indices.max(by: { cut.boxes[$0].spread < cut.boxes[$1].spread }),
                cut.boxes[widest].spread > 0, cut.split(widest)
            else { break }
        }
        var group = [Int32](repeating: 0, count: points.count)
        for (index, box) in cut.boxes.enumerated() {
            for place in cut.order[box.range] { group[Int(place)] = Int32(truncatingIfNeeded: index) }
        }
        return (cut.boxes.map(\.sum.mean), group)
    }

    private func box(_ range: Range<Int>) -> Box {
        var sum = WeightedSum()
        for i in range { sum.add(points[Int(order[i])], weights[Int(order[i])]) }
        let mean = sum.mean
        var squares: (Float, Float, Float, Float) = (0, 0, 0, 0)
        for i in range {
            let (point, weight) = (points[Int(order[i])], weights[Int(order[i])])
            let (l, a, b, o) = (
                point.lightness - mean.lightness, point.a - mean.a, point.b - mean.b, point.opacity - mean.opacity
            )
            squares.0 += l * l * weight
            squares.1 += a * a * weight
            squares.2 += b * b * weight
            squares.3 += o * o * weight
        }
        let axes = [squares.0, squares.1, squares.2, squares.3]
        let axis = axes.indices.max { axes[$0] < axes[$1] } ?? 0
        let spread = range.count > 1 ? squares.0 + squares.1 + squares.2 + squares.3 : 0
        return Box(range: range, spread: spread, axis: axis, sum: sum)
    }

    /// Cuts a group in two. False if its points all lie in one place.
    private mutating func split(_ index: Int) -> Bool {
        let box = boxes[index]
        sort(box.range, along: box.axis)
        var left = WeightedSum()
        var best: (at: Int, gain: Float) = (0, -1)
        for i in box.range.dropLast() {
            left.add(points[Int(order[i])], weights[Int(order[i])])
            // The spread of both parts is a constant less this.
            let gain =
                left.squaredLength / left.weight + box.sum.subtracting(left).squaredLength
                / max(box.sum.weight - left.weight, 1e-20)
            if gain > best.gain { best = (i + 1, gain) }
        }
        guard box.range.contains(best.at), best.at > box.range.lowerBound else { return false }
        boxes[index] = self.box(box.range.lowerBound..<best.at)
        boxes.append(self.box(best.at..<box.range.upperBound))
        return true
    }

    private mutating func sort(_ range: Range<Int>, along axis: Int) {
        let points = points
        switch axis {
        case 0: order[range].sort { points[Int($0)].lightness < points[Int($1)].lightness }
        case 1: order[range].sort { points[Int($0)].a < points[Int($1)].a }
        case 2: order[range].sort { points[Int($0)].b < points[Int($1)].b }
        default: order[range].sort { points[Int($0)].opacity < points[Int($1)].opacity }
        }
    }
}

/// The sum of points by weight, and so their mean.
struct WeightedSum {
    var weight: Float = 0
    private var l: Float = 0
    private var a: Float = 0
    private var b: Float = 0
    private var o: Float = 0

    mutating func add(_ point: ColorPoint, _ weight: Float) {
        l += point.lightness * weight
        a += point.a * weight
        b += point.b * weight
        o += point.opacity * weight
        self.weight += weight
    }

    func subtracting(_ other: WeightedSum) -> WeightedSum {
        var rest = self
        rest.l -= other.l
        rest.a -= other.a
        rest.b -= other.b
        rest.o -= other.o
        rest.weight -= other.weight
        return rest
    }

    var squaredLength: Float { l * l + a * a + b * b + o * o }

    var mean: ColorPoint {
        let share = weight > 0 ? 1 / weight : 0
        return ColorPoint(lightness: l * share, a: a * share, b: b * share, opacity: o * share)
    }
}
