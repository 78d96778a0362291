import TintypeCore

/// Finds the quality at which a picture's file comes near a number of bytes.
///
/// The picture is transformed only once. For most candidates a sample of its rows of MCUs is quantised and its bits are
/// counted; then the file is written, and if it misses, what the sample said wrong corrects the next guess.
struct QualitySearch {
    private let frame: EncodedFrame
    private let metadata: Metadata
    private let bands: [BlockBand]
    private let maximumBytes: Int
    private let finest: FineQuality
    private let sample: [BlockBand]
    private let survivors: SurvivorCounts
    private let sampleSurvivors: SurvivorCounts
    /// Bytes before the first scan, and those of the end-of-image marker.
    private let headerBytes: Int

    /// - Parameters:
    ///   - bands: not quantised, without what the finest quality quantises to zero.
    ///   - finest: the quality where there are bytes enough.
    init(
        frame: EncodedFrame, metadata: Metadata, bands: [BlockBand], maximumBytes: Int, finest: FineQuality
    ) throws(ImageError) {
        (self.frame, self.metadata, self.bands) = (frame, metadata, bands)
        (self.maximumBytes, self.finest) = (maximumBytes, finest)
        sample = Self.sample(of: bands, blocks: bands.count * frame.layout.blocksPerRow)
        survivors = SurvivorCounts(bands, frame.layout)
        sampleSurvivors = SurvivorCounts(sample, frame.layout)
        var segments = SegmentWriter(MemoryByteSink())
        try segments.write(headerOf: frame, metadata)
        headerBytes = segments.bytes.offset + 2
    }

    /// A file that has at least so much of the maximum is good enough; what is aimed at, and how near a guess comes.
    private static let (enough, aim, tolerance) = (0.951, 0.978, 0.01)
    /// One of so many rows of MCUs is in the sample, if there are enough blocks.
    private static let (sampleStride, blocksForStride) = (8, 1_024)

    /// - Throws: `limitExceeded` where the file is too large at any quality.
    func bestFile() throws(ImageError) -> [UInt8] {
        var best: [UInt8] = []
        var candidates = 16..<finest.sixteenths + 1
        var correction = 1.0
        var attempts = 0
        while !candidates.isEmpty {
            var quality = candidates.lowerBound + candidates.count / 2
            // A guess that keeps missing gives way to halving.
            if attempts < 4 { quality = guess(candidates, correction) }
            attempts += 1
            let file = try file(FineQuality(sixteenths: quality))
            if file.count <= maximumBytes {
                best = file
                candidates = quality + 1..<candidates.upperBound
                if Double(file.count) >= Double(maximumBytes) * Self.enough { break }
            } else {
                candidates = candidates.lowerBound..<quality
            }
            if !candidates.isEmpty { correction = Double(file.count) / predict(FineQuality(sixteenths: quality)) }
        }
        guard !best.isEmpty else {
            throw ImageError(
                .limitExceeded, "a JPEG of \(frame.layout.size) does not fit in \(maximumBytes) bytes at any quality",
                format: .jpeg)
        }
        return best
    }

    /// The finest quality if it may fit, otherwise one that promises to come near the maximum.
    private func guess(_ candidates: Range<Int>, _ correction: Double) -> Int {
        let limit = Double(maximumBytes) / correction
        var quality = candidates.upperBound - 1
        var predicted = predict(FineQuality(sixteenths: quality))
        if predicted <= limit * (quality == finest.sixteenths ? 1.01 : Self.aim) { return quality }
        var (low, high) = (candidates.lowerBound, quality)
        while high - low > 1 {
            // Bytes fall roughly as the scale of the steps to the power of two thirds.
            let ratio = predicted / (limit * Self.aim)
            let scale = Double(FineQuality(sixteenths: quality).scale) * ratio * ratio.squareRoot()
            quality = FineQuality(scale: scale).sixteenths
            if quality <= low || quality >= high { quality = (low + high) / 2 }
            predicted = predict(FineQuality(sixteenths: quality))
            let miss = predicted / limit - Self.aim
            if miss.magnitude <= Self.tolerance { return quality }
            if miss < 0 { low = quality } else { high = quality }
        }
        return low
    }

    /// The bytes that a file should have by the sample.
    private func predict(_ quality: FineQuality) -> Double {
        let steps = StandardQuantization.tables(for: frame.layout, quality)
        let requantizer = Requantizer(frame.layout, steps: steps)
        let (headers, data) = frame.scanBytes(sample.map { requantizer.quantize($0) })
        // Blocks count too: they have DC coefficients, and ends.
        let all = survivors.count(at: quality.scale) + bands.count * frame.layout.blocksPerRow
        let part = sampleSurvivors.count(at: quality.scale) + sample.count * frame.layout.blocksPerRow
        // Of random bytes one in 256 is FF and stuffed.
        return Double(headerBytes + headers) + Double(data) * Double(all) / Double(part) * 257 / 256
    }

    private static func sample(of bands: [BlockBand], blocks: Int) -> [BlockBand] {
        let stride = min(sampleStride, blocks / blocksForStride)
        if stride < 2 || bands.count < 2 * stride { return bands }
        // By turns higher and lower, lest the picture have a rhythm of its own.
        return (0..<bands.count / stride).map { bands[stride * $0 + 5 * $0 % stride] }
    }

    private func file(_ quality: FineQuality) throws(ImageError) -> [UInt8] {
        let steps = StandardQuantization.tables(for: frame.layout, quality)
        let requantizer = Requantizer(frame.layout, steps: steps)
        var frame = frame
        frame.quantization = steps.map { $0.map(UInt16.init) }
        let sink = MemoryByteSink()
        var segments = SegmentWriter(sink)
        try segments.write(headerOf: frame, metadata)
        try frame.writeScans(bands.map { requantizer.quantize($0) }, to: &segments)
        return sink.bytes
    }
}
