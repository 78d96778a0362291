/// How the pixels of one axis are weighed: for every target pixel, which source pixels count and how much.
public struct AxisWeights: Sendable, Hashable {
    public let filter: Filter
    /// Pixels of the source along this axis.
    public let source: Int
    /// Pixels of the target along this axis.
    public let target: Int
    /// Where the part that is used begins, and how long it is, in source pixels.
    public let origin: Double
    public let extent: Double
    /// Whether the axis runs backwards in the source.
    public private(set) var isMirrored = false
    /// The most source pixels that one target pixel takes.
    let taps: Int
    /// The largest weight, without its sign.
    let largest: Double
    /// The largest sum of the weights of one target pixel, without their signs: how far the result can reach beyond the
    /// range of the source. At least 1; 1.54 for `lanczos3`.
    let gain: Double
    /// For each target pixel the first source pixel and how many; the weights of all of them follow each other in `weights`.
    let starts: [Int]
    let counts: [Int]
    let weights: [Double]

    /// - Parameters:
    ///   - source: pixels of the source along this axis, at least 1.
    ///   - origin: where the part that is used begins, in source pixels, at least 0. Pixels beside that part count as far as the
    ///     filter reaches, and only those beyond the edges of the source do not.
    ///   - extent: length of that part, more than 0; `origin + extent` is at most `source`. Where the source's pixels were
    ///     picked from a larger picture, both ends may be out by half a pixel.
    ///   - target: pixels of the result along this axis, at least 1.
    ///   - edges: how much of the first and of the last source pixel is of the picture, more than 0 to 1.
    /// - Precondition: the bounds above.
    public init(
        filter: Filter, source: Int, origin: Double = 0, extent: Double? = nil, target: Int,
        edges: (first: Double, last: Double) = (1, 1)
    ) {
        let extent = extent ?? Double(source)
        precondition(source >= 1 && target >= 1, "both sides have at least one pixel")
        precondition(
            origin >= -0.5 && extent > 0 && origin + extent <= Double(source) + 0.5 + 1e-6, "crop beyond the source")
        self.filter = filter
        self.source = source
        self.target = target
        self.origin = origin
        self.extent = extent
        let windows = Windows(
            filter: filter, source: source, origin: origin, extent: extent, target: target, edges: edges)
        var (starts, counts, weights, window): ([Int], [Int], [Double], [Double]) = ([], [], [], [])
        var (taps, largest, gain) = (1, 0.0, 1.0)
        for i in 0..<target {
            starts.append(windows.window(at: i, into: &window))
            counts.append(window.count)
            weights += window
            taps = max(taps, window.count)
            var sum = 0.0
            for weight in window {
                sum += abs(weight)
                largest = max(largest, abs(weight))
            }
            gain = max(gain, sum)
        }
        self.starts = starts
        self.counts = counts
        self.weights = weights
        self.taps = taps
        self.largest = largest
        self.gain = gain
    }

    /// In how many windows a source pixel is, from the first that is in one to the last.
    var overlap: Double {
        let first = starts.min() ?? 0
        let end = starts.indices.reduce(first + 1) { max($0, starts[$1] + counts[$1]) }
        return Double(weights.count) / Double(end - first)
    }

    /// Weights that are known already.
    init(
        filter: Filter, source: Int, target: Int, origin: Double, extent: Double, taps: Int, largest: Double,
        gain: Double, starts: [Int], counts: [Int], weights: [Double]
    ) {
        (self.filter, self.source, self.target, self.origin, self.extent) = (filter, source, target, origin, extent)
        (self.taps, self.largest, self.gain) = (taps, largest, gain)
        (self.starts, self.counts, self.weights) = (starts, counts, weights)
    }

    /// The weights for a source that holds the axis the other way round.
    ///
    /// The result has its pixels the other way round too, and they are the same to the bit.
    public func mirrored() -> AxisWeights {
        var copy = self
        copy.isMirrored.toggle()
        return copy
    }
}

/// The arithmetic behind `AxisWeights`, before any rounding.
struct Windows {
    let filter: Filter
    let source: Int
    let origin: Double
    let extent: Double
    let target: Int
    var edges = (first: 1.0, last: 1.0)

    /// The weights of the source pixels that make up target pixel `index`, adding up to 1. There is at least one.
    ///
    /// As Pillow's `precompute_coeffs`: the filter is widened by the shrink factor, laid on the centre of the target
    /// pixel, cut at the edges of the source and normalised. Pixels at the ends that count nothing are left out.
    ///
    /// - Returns: the first of those pixels.
    func window(at index: Int, into weights: inout [Double]) -> Int {
        weights.removeAll(keepingCapacity: true)
        let scale = extent / Double(target)
        let centre = origin + (Double(index) + 0.5) * scale
        let nearest = min(source - 1, max(0, Int(centre)))
        if filter == .nearest {
            weights.append(1)
            return nearest
        }
        let width = max(scale, 1)
        let reach = filter.support * width
        var first = max(0, Int(centre - reach + 0.5))
        let end = min(source, Int(centre + reach + 0.5))
        var sum = 0.0
        var lobes =
            filter == .lanczos3 ? Filter.Lobes(from: (Double(first) + 0.5 - centre) / width, step: 1 / width) : nil
        for i in first..<max(first, end) {
            let distance = (Double(i) + 0.5 - centre) / width
            var weight = lobes?.next(at: distance) ?? filter.weight(at: distance)
            // A pixel that is half beyond the edge stands for half as much, and half of what it holds is not of the picture.
            if i == 0 { weight *= edges.first * edges.first }
            if i == source - 1 { weight *= edges.last * edges.last }
            if weights.isEmpty && weight == 0 {
                first = i + 1
                continue
            }
            weights.append(weight)
            sum += weight
        }
        while let last = weights.last, last == 0 { weights.removeLast() }
        guard !weights.isEmpty, sum > 0 else {
            weights = [1]
            return nearest
        }
        for i in weights.indices { weights[i] /= sum }
        return first
    }
}
