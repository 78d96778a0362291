import TintypeCore

/// Finds the quality at which a picture's file comes near a number of bytes.
///
/// The picture is transformed only once. The number of coefficients that a candidate's steps leave tells how its bytes relate to
/// another's; a sample of the MCUs is quantised and its bits are counted to learn how many bytes a coefficient takes. Then all of the
/// picture is quantised and counted, and what comes near enough is written. If that misses, what the sample said wrong corrects the next guess.
struct QualitySearch {
    private let frame: EncodedFrame
    private let metadata: Metadata
    private let bands: [BlockBand]
    private let maximumBytes: Double
    private let finest: FineQuality
    private let sample: [BlockBand]
    private let survivors: SurvivorCounts.Totals
    private let sampleSurvivors: SurvivorCounts.Totals
    /// Bytes before the first scan, and those of the end-of-image marker.
    private let headerBytes: Int

    /// The weight of the picture at each quality that the sample was tried at, and the bytes that it let expect but for the correction.
    private var tried: [(weight: Double, bytes: Double)] = []
    /// The bytes of all of the picture, divided by what the sample let expect.
    private var correction = 1.0

    /// - Parameters:
    ///   - bands: not quantised, without what the finest quality quantises to zero.
    ///   - survivors: of all of them, or of one of `stride(ofBlocks:)`.
    ///   - finest: the quality where there are bytes enough.
    init(
        frame: EncodedFrame, metadata: Metadata, bands: [BlockBand], survivors: SurvivorCounts.Totals,
        maximumBytes: Int,
        finest: FineQuality
    ) throws(ImageError) {
        (self.frame, self.metadata, self.bands) = (frame, metadata, bands)
        (self.maximumBytes, self.finest) = (Double(maximumBytes), finest)
        sample = Self.sample(of: bands, frame.layout)
        self.survivors = survivors
        var counts = SurvivorCounts(frame.layout)
        for band in sample { counts.add(band) }
        sampleSurvivors = counts.totals
        var segments = SegmentWriter(MemoryByteSink())
        try segments.write(headerOf: frame, metadata)
        headerBytes = segments.bytes.offset + 2
    }

    /// The weight of a byte, as it mostly is and at most (over 73 pictures at several qualities).
    private static let (usualWeight, mostWeight) = (9.0, 13.0)
    /// A file that has at least so much of the maximum is good enough; what is aimed at, and how near a guess comes.
    private static let (enough, aim, tolerance) = (0.951, 0.977, 0.01)
    /// How much the weights of two qualities may differ where a try of one tells of the other.
    private static let nearness = 0.02
    /// One of so many MCUs is in the sample, but no fewer than have so many blocks, and not many more than are enough.
    private static let (sampleStride, fewestBlocks, enoughBlocks) = (16, 4_096, 16_384)
    /// Of random bytes one in 256 is FF and stuffed.
    private static let stuffing = 257.0 / 256
    /// By how much of the maximum a file may be smaller than was counted, since stuffing is foretold as in random bytes.
    private static let doubt = 0.004

    /// A quality, and the bytes of its file.
    private typealias Attempt = (quality: FineQuality, bytes: Double)

    /// - Throws: `limitExceeded` where the file is too large at any quality.
    mutating func bestFile() throws(ImageError) -> [UInt8] {
        // The finest quality whose file fits, and the coarsest whose file does not.
        var (below, above): (Attempt?, Attempt?)
        var best: [UInt8]?
        var candidates = FineQuality(1).stages...finest.stages
        var attempts = 0
        while true {
            let (quality, expected) = try choose(candidates, below, above, attempts)
            attempts += 1
            let isLast = quality.stages == candidates.upperBound
            let (bytes, file) = try attempt(quality, atLeast: isLast ? 0 : maximumBytes * Self.enough)
            if let expected { correct(expected, to: bytes) }
            if bytes <= maximumBytes {
                (below, best) = ((quality, bytes), file)
                if bytes >= maximumBytes * Self.enough || isLast { break }
                candidates = quality.stages + 1...candidates.upperBound
            } else {
                above = (quality, bytes)
                if quality.stages == candidates.lowerBound { break }
                candidates = candidates.lowerBound...quality.stages - 1
            }
        }
        if let best { return best }
        if let below, let file = try attempt(below.quality, atLeast: 0).file { return file }
        throw ImageError(
            .limitExceeded, "a JPEG of \(frame.layout.size) does not fit in \(Int(maximumBytes)) bytes at any quality",
            format: .jpeg)
    }

    /// What to try next, and the bytes that are expected of it by the sample, as long as nothing better is known: later the line through the attempts
    /// around the maximum says what to try. What keeps missing gives way to halving.
    private mutating func choose(
        _ candidates: ClosedRange<Int>, _ below: Attempt?, _ above: Attempt?, _ attempts: Int
    ) throws(ImageError) -> (quality: FineQuality, expected: Double?) {
        if let below, let above, attempts < 6 {
            let share = (maximumBytes * Self.aim - below.bytes) / (above.bytes - below.bytes)
            let stages = below.quality.stages + Int(share * Double(above.quality.stages - below.quality.stages))
            return (FineQuality(stages: min(max(stages, candidates.lowerBound), candidates.upperBound)), nil)
        }
        if attempts >= 4 { return (FineQuality(stages: (candidates.lowerBound + candidates.upperBound + 1) / 2), nil) }
        return try guess(candidates)
    }

    /// The bytes of the file of a quality, and the file itself where it may have from so many to the maximum.
    private func attempt(
        _ quality: FineQuality, atLeast least: Double
    ) throws(ImageError) -> (bytes: Double, file: [UInt8]?) {
        var requantizer = Requantizer(frame.layout, steps: steps(quality))
        let bands = bands.map { requantizer.quantize($0) }
        var plan: EncodedFrame.ScanPlan?
        let sink = MemoryByteSink()
        if !frame.isArithmetic {
            let found = frame.plan(bands)
            let counted = Double(headerBytes + found.headers) + Double(found.data) * Self.stuffing
            if counted > maximumBytes * (1 + Self.doubt) || counted < least * (1 - Self.doubt) { return (counted, nil) }
            plan = found
            sink.reserve(Int(counted * (1 + Self.doubt)))
        }
        var frame = frame
        frame.quantization = steps(quality).map { $0.map(UInt16.init) }
        var segments = SegmentWriter(sink)
        try segments.write(headerOf: frame, metadata)
        try frame.writeScans(bands, plan, to: &segments)
        return (Double(sink.bytes.count), sink.bytes)
    }

    private mutating func correct(_ expected: Double, to bytes: Double) {
        correction *= (bytes - Double(headerBytes)) / (expected - Double(headerBytes))
    }

    /// The finest candidate if it may fit, otherwise one whose file comes near the maximum, by the sample; and the bytes
    /// that are expected of it.
    private mutating func guess(
        _ candidates: ClosedRange<Int>
    ) throws(ImageError) -> (quality: FineQuality, expected: Double) {
        var (low, high) = (candidates.lowerBound, candidates.upperBound)
        var tries = 0
        while true {
            // What keeps missing gives way to halving, here too.
            let quality = tries < 6 ? likeliest(low...high) : FineQuality(stages: (low + high + 1) / 2)
            tries += 1
            let foretold = foretell(quality)
            let expected = if let foretold { foretold } else { try expect(quality) }
            let share = expected / maximumBytes
            let miss = share - Self.aim
            let tolerance = tries < 3 ? Self.tolerance : 2 * Self.tolerance
            if miss.magnitude <= tolerance || quality == finest && share <= 1.01 { return (quality, expected) }
            if miss < 0 { low = quality.stages + 1 } else { high = quality.stages - 1 }
            if low > high { return (quality, expected) }
        }
    }

    /// The finest of these whose coefficients should take no more bytes than is aimed at; the coarsest if none does.
    private func likeliest(_ candidates: ClosedRange<Int>) -> FineQuality {
        let aim = weight(forFileOf: maximumBytes * Self.aim)
        let most = tried.isEmpty ? Self.mostWeight * maximumBytes : weight(forFileOf: maximumBytes)
        if candidates.upperBound == finest.stages && weight(survivors, bands, steps(finest)) <= most { return finest }
        var (low, high) = (candidates.lowerBound, candidates.upperBound)
        while low < high {
            let middle = (low + high + 1) / 2
            if weight(survivors, bands, steps(FineQuality(stages: middle))) <= aim {
                low = middle
            } else {
                high = middle - 1
            }
        }
        return FineQuality(stages: low)
    }

    /// What weight a file of so many bytes should have: by the line through the two tries around it, or nearest to it. From one try on bytes are taken to grow
    /// faster than weights, as they mostly do.
    private func weight(forFileOf file: Double) -> Double {
        let bytes = (file - Double(headerBytes)) / correction
        let byDistance = tried.sorted { ($0.bytes - bytes).magnitude < ($1.bytes - bytes).magnitude }
        guard let near = byDistance.first else { return Self.usualWeight * bytes }
        let other =
            byDistance.dropFirst().first { ($0.bytes < bytes) != (near.bytes < bytes) } ?? byDistance.dropFirst().first
        guard let other, (other.bytes - near.bytes).magnitude > 0.005 * bytes else {
            return near.weight * (near.bytes < bytes ? 0.3 + 0.7 * bytes / near.bytes : bytes / near.bytes)
        }
        return near.weight + (other.weight - near.weight) * (bytes - near.bytes) / (other.bytes - near.bytes)
    }

    /// The bytes that a file should have by a try whose weight was nearly the same, if there was one: another would tell hardly more.
    private func foretell(_ quality: FineQuality) -> Double? {
        let weight = weight(survivors, bands, steps(quality))
        let byDistance = tried.sorted { ($0.weight - weight).magnitude < ($1.weight - weight).magnitude }
        guard let near = byDistance.first, (near.weight - weight).magnitude <= Self.nearness * near.weight else {
            return nil
        }
        // By the line through the next nearest try, or as `weight(forFileOf:)` has it.
        var slope = near.bytes / (0.7 * near.weight)
        if let other = byDistance.dropFirst().first, (other.weight - near.weight).magnitude > Self.nearness * weight {
            slope = (other.bytes - near.bytes) / (other.weight - near.weight)
        }
        return Double(headerBytes) + (near.bytes + slope * (weight - near.weight)) * correction
    }

    /// The bytes that a file should have by the sample.
    private mutating func expect(_ quality: FineQuality) throws(ImageError) -> Double {
        let steps = steps(quality)
        var requantizer = Requantizer(frame.layout, steps: steps)
        let quantized = sample.map { requantizer.quantize($0) }
        let bytes = max(1, try frame.isArithmetic ? arithmeticBytes(quantized, steps) : huffmanBytes(quantized, steps))
        tried.append((weight(survivors, bands, steps), bytes))
        return Double(headerBytes) + bytes * correction
    }

    private func huffmanBytes(_ sample: [BlockBand], _ steps: [[UInt8]]) -> Double {
        let plan = frame.plan(sample)
        return Double(plan.headers) + Double(plan.data) * Self.stuffing * share(steps)
    }

    /// What arithmetic codes take if they save as much of all of the picture as of the sample.
    ///
    /// Such codes learn from what they have coded, and the more of it there is, the less a coefficient takes. What this saves was found to be
    /// nearly proportional to the root of the bytes (a fit to thirteen pictures at four qualities).
    private func arithmeticBytes(_ sample: [BlockBand], _ steps: [[UInt8]]) throws(ImageError) -> Double {
        let coded = try frame.arithmeticBytes(sample)
        let (bytes, share) = (Double(coded.data), share(steps))
        let learning = 5.7 * bytes.squareRoot() * (1 - (1 / share).squareRoot())
        return Double(coded.headers) + max(bytes / 2, bytes - learning) * share
    }

    /// How many times the bytes of the sample all of the picture takes.
    private func share(_ steps: [[UInt8]]) -> Double {
        if sample.count == bands.count { return 1 }
        return weight(survivors, bands, steps) / weight(sampleSurvivors, sample, steps)
    }

    /// What bytes are nearly proportional to: bits of coefficients, and two for each block, which has a DC coefficient and an end.
    private func weight(_ survivors: SurvivorCounts.Totals, _ bands: [BlockBand], _ steps: [[UInt8]]) -> Double {
        Double(survivors.bits(steps) + 2 * bands.count * frame.layout.blocksPerRow)
    }

    private func steps(_ quality: FineQuality) -> [[UInt8]] {
        StandardQuantization.tables(for: frame.layout, quality)
    }

    /// One of so many blocks of a quantisation table tells what is left of all of them.
    static func stride(ofBlocks blocks: Int) -> Int { max(8, blocks / 2_000) }

    /// Whether so many rows of MCUs are a good time to exclude qualities: after each quarter of a large picture, and each eighth of a very large one.
    static func excludesQualities(after rows: Int, of layout: EncoderLayout) -> Bool {
        let parts = layout.mcusDown >= 128 ? 8 : 4
        return layout.mcusDown >= 64 && rows < layout.mcusDown && rows % (layout.mcusDown / parts) == 0
    }

    /// The best quality, up to one, at which a part of the picture alone does not take far more bytes than there are. What all better ones quantise to
    /// something, and this one to zero, need not be kept of the rest.
    ///
    /// - Parameter survivors: of the part.
    static func finest(
        _ finest: FineQuality, _ survivors: SurvivorCounts.Totals, maximumBytes: Int, _ layout: EncoderLayout
    ) -> FineQuality {
        var finest = finest
        let most = Int(mostWeight * 1.1 * Double(maximumBytes))
        while finest.stages > FineQuality(2).stages,
            survivors.bits(StandardQuantization.tables(for: layout, finest)) > most
        {
            finest.stages -= FineQuality(1).stages
        }
        return finest
    }

    private static func sample(of bands: [BlockBand], _ layout: EncoderLayout) -> [BlockBand] {
        let blocks = bands.count * layout.blocksPerRow
        let stride = min(max(sampleStride, blocks / enoughBlocks), blocks / fewestBlocks, bands.count)
        return stride < 2 ? bands : BandSample(layout).rows(of: bands, stride: stride)
    }
}
