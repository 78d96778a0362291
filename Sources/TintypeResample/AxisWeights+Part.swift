extension AxisWeights {
    /// The target pixels in which any of these source pixels count. The axis must not be mirrored.
    public func targets(of sources: Range<Int>) -> Range<Int> {
        precondition(!isMirrored, "parts are taken before an axis is mirrored")
        // The windows' ends never fall from one to the next, nor do their starts.
        let first = starts.indices.first { starts[$0] + counts[$0] > sources.lowerBound } ?? target
        let end = starts.indices.first { starts[$0] >= sources.upperBound } ?? target
        return first..<max(first, end)
    }

    /// The weights of some of the target pixels, for a source that has only those pixels that they need. They give the same pixels, to the bit.
    ///
    /// - Precondition: at least one target, all of them on the axis, which is not mirrored.
    public func part(_ targets: Range<Int>) -> (weights: AxisWeights, sources: Range<Int>) {
        precondition(!isMirrored && !targets.isEmpty && targets.lowerBound >= 0 && targets.upperBound <= target)
        return (AxisWeights(self, targets), starts[targets.lowerBound]..<end(of: targets.upperBound - 1))
    }

    private func end(of index: Int) -> Int { starts[index] + counts[index] }

    /// `taps`, `largest` and `gain` stay those of the whole axis: by them the precision of the arithmetic is chosen.
    private init(_ whole: AxisWeights, _ targets: Range<Int>) {
        let first = whole.starts[targets.lowerBound]
        let skipped = whole.counts[..<targets.lowerBound].reduce(0, +)
        let kept = whole.counts[targets].reduce(0, +)
        let scale = whole.extent / Double(whole.target)
        self.init(
            filter: whole.filter, source: whole.end(of: targets.upperBound - 1) - first, target: targets.count,
            origin: whole.origin + Double(targets.lowerBound) * scale - Double(first),
            extent: Double(targets.count) * scale, taps: whole.taps, largest: whole.largest, gain: whole.gain,
            starts: whole.starts[targets].map { $0 - first }, counts: Array(whole.counts[targets]),
            weights: Array(whole.weights[skipped..<skipped + kept]))
    }
}
