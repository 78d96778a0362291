extension AxisWeights {
    /// Target pixels in a row, among them all in which any of these source pixels count; empty where there are none. The axis must not be mirrored.
    public func targets(of sources: Range<Int>) -> Range<Int> {
        precondition(!isMirrored, "parts are taken before an axis is mirrored")
        let touched = starts.indices.filter { starts[$0] < sources.upperBound && end(of: $0) > sources.lowerBound }
        guard var first = touched.first, let last = touched.last else { return 0..<0 }
        // Windows have no zeros at their ends, so one may begin before the window that it follows. A part does not begin with such a pair, as rows that
        // its first target does not need are passed over.
        let start = starts[first...last].min() ?? 0
        while first > 0, starts[first] > start { first -= 1 }
        return first..<last + 1
    }

    /// The weights of some of the target pixels, for a source that has only the pixels from the first to the last that they need. They give the same
    /// pixels, to the bit.
    ///
    /// - Parameter targets: of this axis, as `targets(of:)` gives them; at least one. The axis must not be mirrored.
    public func part(_ targets: Range<Int>) -> (weights: AxisWeights, sources: Range<Int>) {
        precondition(!isMirrored && !targets.isEmpty && targets.lowerBound >= 0 && targets.upperBound <= target)
        let first = starts[targets].min() ?? 0
        let end = targets.reduce(0) { max($0, self.end(of: $1)) }
        return (AxisWeights(self, targets, sources: first..<end), first..<end)
    }

    private func end(of index: Int) -> Int { starts[index] + counts[index] }

    /// `taps`, `largest` and `gain` stay those of the whole axis: by them the precision of the arithmetic is chosen.
    private init(_ whole: AxisWeights, _ targets: Range<Int>, sources: Range<Int>) {
        let skipped = whole.counts[..<targets.lowerBound].reduce(0, +)
        let kept = whole.counts[targets].reduce(0, +)
        let scale = whole.extent / Double(whole.target)
        self.init(
            filter: whole.filter, source: sources.count, target: targets.count,
            origin: whole.origin + Double(targets.lowerBound) * scale - Double(sources.lowerBound),
            extent: Double(targets.count) * scale, taps: whole.taps, largest: whole.largest, gain: whole.gain,
            starts: whole.starts[targets].map { $0 - sources.lowerBound }, counts: Array(whole.counts[targets]),
            weights: Array(whole.weights[skipped..<skipped + kept]))
    }
}
