internal import TintypeCore

/// Some lines of the picture that are filtered and compressed as one piece of work.
struct Band: Sendable {
    /// The lines, one after the other.
    var lines: [UInt8] = []
    /// The line above the first.
    var prior: [UInt8]
}

/// Chooses how a band is filtered and deflated, and does it.
struct BandCompressor: Sendable {
    let effort: Effort
    private let lineBytes: Int
    private let filter: LineFilter

    /// Places in a band from which samples are taken, and bytes of each; but no fewer lines than repetitions reach over.
    private static var spots: Int { 2 }
    private static var spotBytes: Int { 12 << 10 }
    private static var spotLines: Int { 4 }
    private static var largeSpotBytes: Int { 64 << 10 }

    /// - Parameters:
    ///   - lineBytes: of one line, without the filter type byte.
    ///   - distance: how far to the left a filter looks, in bytes.
    init(lineBytes: Int, distance: Int, effort: Effort) {
        self.effort = effort
        self.lineBytes = lineBytes
        filter = LineFilter(lineBytes: lineBytes, distance: distance)
    }

    /// The band's lines, each behind its filter type byte.
    func filter(_ band: Band) throws(ImageError) -> [UInt8] {
        let choices = effort.filters
        guard choices.count > 1 else { return try filter.apply(choices[0], to: band) }
        if !triesAll(band.lines.count), let choice = try bestOnSamples(band) {
            return try filter.apply(choice, to: band)
        }
        var best: (bytes: [UInt8], count: Int)?
        for choice in choices {
            let bytes = try filter.apply(choice, to: band)
            let count = try measure(bytes, effort.measures)
            if count < best?.count ?? .max { best = (bytes, count) }
        }
        return best?.bytes ?? []
    }

    /// The filter that does best on some of the lines; nil if these are too few for samples.
    private func bestOnSamples(_ band: Band) throws(ImageError) -> Effort.FilterChoice? {
        let small = samples(of: band, Self.spotBytes)
        if small.isEmpty { return nil }
        var counts = try measure(small, effort.measures)
        let bytes = small.reduce(0) { $0 + $1.lines.count }
        if Self.compressesWell(bytes, counts), !Self.repeats(band.lines, each: lineBytes) {
            counts = try measure(samples(of: band, Self.largeSpotBytes), [effort.repetitive])
        }
        return effort.filters[Self.least(counts)]
    }

    /// Such bytes are mostly repetitions and flat areas. Short samples tell little of them, but longer ones are quickly measured.
    private static func compressesWell(_ bytes: Int, _ counts: [Int]) -> Bool {
        counts.contains { $0 < bytes / 4 }
    }

    /// How many bytes the samples take after each of the effort's filters.
    private func measure(_ samples: [Band], _ codings: [Deflater.Coding]) throws(ImageError) -> [Int] {
        var counts: [Int] = []
        for choice in effort.filters {
            var bytes: [UInt8] = []
            for sample in samples { bytes += try filter.apply(choice, to: sample) }
            counts.append(try measure(bytes, codings))
        }
        return counts
    }

    private func measure(_ bytes: [UInt8], _ codings: [Deflater.Coding]) throws(ImageError) -> Int {
        var least = Int.max
        for coding in codings { least = min(least, try Deflater.count(bytes, coding)) }
        return least
    }

    /// The filtered bytes, deflated.
    ///
    /// - Parameters:
    ///   - before: the filtered bytes before these, at most as many as deflate can refer to.
    ///   - last: whether nothing follows.
    func deflate(_ bytes: [UInt8], after before: [UInt8], last: Bool) throws(ImageError) -> [UInt8] {
        let codings = effort.codings
        guard triesAll(bytes.count) || codings.count == 1 else {
            return try Deflater.band(bytes, after: before, last: last, try bestOnSamples(bytes))
        }
        var best: [UInt8]?
        for coding in codings {
            let deflated = try Deflater.band(bytes, after: before, last: last, coding)
            if deflated.count < best?.count ?? .max { best = deflated }
        }
        return best ?? []
    }

    /// Whether so few bytes, or so much effort, let everything be tried on all of them.
    private func triesAll(_ count: Int) -> Bool {
        effort.triesWholeBands || count <= 4 * Self.spots * Self.spotBytes
    }

    /// Some lines from each of several places in the band, at most half of it; none if its lines are too few for that.
    private func samples(of band: Band, _ spotBytes: Int) -> [Band] {
        let rows = band.lines.count / lineBytes
        let take = min(max(Self.spotLines, spotBytes / lineBytes), rows / (2 * Self.spots))
        guard take > 0 else { return [] }
        // Of very long lines fewer will do.
        let spots = min(Self.spots, max(1, Self.spots * spotBytes / (take * lineBytes)))
        return (0..<spots).map { spot in
            let first = min(rows - take, rows * (2 * spot + 1) / (2 * spots))
            let (start, end) = (first * lineBytes, (first + take) * lineBytes)
            let above = first == 0 ? band.prior : Array(band.lines[start - lineBytes..<start])
            return Band(lines: Array(band.lines[start..<end]), prior: above)
        }
    }

    /// The coding that does best on bytes from several places, each with those before it to refer to.
    private func bestOnSamples(_ bytes: [UInt8]) throws(ImageError) -> Deflater.Coding {
        let codings = effort.codings
        let counts = try measureSamples(of: bytes)
        if Self.compressesWell(Self.spots * Self.spotBytes, counts), !Self.repeats(bytes, each: lineBytes + 1) {
            return effort.repetitive
        }
        let fast = codings.indices.filter { codings[$0].level == codings[0].level }
        let slow = codings.indices.filter { codings[$0].level != codings[0].level }
        guard let fastest = fast.min(by: { counts[$0] < counts[$1] }) else { return codings[0] }
        guard let slowest = slow.min(by: { counts[$0] < counts[$1] }) else { return codings[fastest] }
        let saves = Double(counts[slowest]) < Double(counts[fastest]) * (1 - effort.patience)
        return codings[saves ? slowest : fastest]
    }

    /// How many bytes samples take in each of the effort's codings, each sample with what stands before it to refer to.
    private func measureSamples(of bytes: [UInt8]) throws(ImageError) -> [Int] {
        let samples = (0..<Self.spots).map { spot in
            let start = bytes.count * (2 * spot + 1) / (2 * Self.spots) - Self.spotBytes / 2
            let before = Array(bytes[max(0, start - Deflater.window)..<start])
            return (bytes: Array(bytes[start..<start + Self.spotBytes]), before: before)
        }
        var counts: [Int] = []
        for coding in effort.codings {
            var count = 0
            for sample in samples { count += try Deflater.count(sample.bytes, coding, after: sample.before) }
            counts.append(count)
        }
        return counts
    }

    /// Whether all lines but the first are the same: then any sample tells all. Large flat pictures are done sooner by that.
    private static func repeats(_ lines: [UInt8], each lineBytes: Int) -> Bool {
        let bytes = lines.span
        guard bytes.count > 2 * lineBytes else { return true }
        var position = lineBytes
        while position + lineBytes < bytes.count {
            // Without a branch in it, the loop over a piece is made of vectors.
            let end = min(position + 4096, bytes.count - lineBytes)
            var difference: UInt8 = 0
            for i in position..<end { difference |= bytes[i] ^ bytes[i &+ lineBytes] }
            if difference != 0 { return false }
            position = end
        }
        return true
    }

    private static func least(_ counts: [Int]) -> Int {
        var least = 0
        for index in counts.indices where counts[index] < counts[least] { least = index }
        return least
    }
}
