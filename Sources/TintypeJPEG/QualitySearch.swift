import TintypeCore

/// Finds the quality at which a picture's file comes near a number of bytes.
///
/// The picture is transformed only once. For most candidates a sample of its rows of MCUs is quantised and its bits are
/// counted; then all of it, and if that misses, what the sample said wrong corrects the next guess. What comes near enough is
/// written.
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
        let blocks = bands.count * frame.layout.blocksPerRow
        sample = Self.sample(of: bands, blocks: blocks)
        survivors = SurvivorCounts(bands, frame.layout, stride: min(4, max(1, blocks / 20_000)))
        sampleSurvivors = SurvivorCounts(sample, frame.layout, stride: 1)
        var segments = SegmentWriter(MemoryByteSink())
        try segments.write(headerOf: frame, metadata)
        headerBytes = segments.bytes.offset + 2
    }

    /// A file that has at least so much of the maximum is good enough; what is aimed at, and how near a guess comes.
    private static let (enough, aim, tolerance) = (0.951, 0.978, 0.01)
    /// One of so many rows of MCUs is in the sample, if there are enough blocks.
    private static let (sampleStride, blocksForStride) = (12, 1_024)
    /// Stuffing, which is not counted, may make a file larger by this much than a random one.
    private static let doubt = 0.004

    /// - Throws: `limitExceeded` where the file is too large at any quality.
    func bestFile() throws(ImageError) -> [UInt8] {
        var best: (quality: Int, file: [UInt8]?)?
        var candidates = 16..<finest.sixteenths + 1
        var correction = 1.0
        var attempts = 0
        while !candidates.isEmpty {
            // A guess that keeps missing gives way to halving.
            let middle = candidates.lowerBound + candidates.count / 2
            let (quality, predicted) =
                attempts < 4
                ? try guess(candidates, correction) : (middle, try predict(FineQuality(sixteenths: middle)))
            attempts += 1
            let (bytes, file) = try attempt(quality, isLast: candidates.count == 1 && best == nil)
            if bytes <= Double(maximumBytes) {
                best = (quality, file)
                candidates = quality + 1..<candidates.upperBound
                if bytes >= Double(maximumBytes) * Self.enough { break }
            } else {
                candidates = candidates.lowerBound..<quality
            }
            correction = bytes / predicted
        }
        guard let best else {
            throw ImageError(
                .limitExceeded, "a JPEG of \(frame.layout.size) does not fit in \(maximumBytes) bytes at any quality",
                format: .jpeg)
        }
        if let file = best.file { return file }
        let (frame, bands) = quantized(FineQuality(sixteenths: best.quality))
        return try write(frame, bands)
    }

    /// The bytes of the file of a quality, and the file itself where it promises to be the one, or where counting leaves in
    /// doubt whether it fits.
    private func attempt(_ quality: Int, isLast: Bool) throws(ImageError) -> (bytes: Double, file: [UInt8]?) {
        let (frame, bands) = quantized(FineQuality(sixteenths: quality))
        let (headers, data) = try frame.scanBytes(bands)
        let bytes = Double(headerBytes + headers) + Double(data) * stuffing
        let share = bytes / Double(maximumBytes)
        let isFinest = quality == finest.sixteenths
        let isPromising = isFinest ? share <= 1.02 : (Self.enough...1 + Self.doubt).contains(share)
        guard isLast || isPromising else { return (bytes, nil) }
        let file = try write(frame, bands)
        return (Double(file.count), file)
    }

    /// The finest quality if it may fit, otherwise one that promises to come near the maximum.
    ///
    /// - Returns: it, and the bytes predicted without the correction.
    private func guess(
        _ candidates: Range<Int>, _ correction: Double
    ) throws(ImageError) -> (quality: Int, predicted: Double) {
        let limit = Double(maximumBytes) / correction
        var quality = candidates.upperBound - 1
        var predicted = try predict(FineQuality(sixteenths: quality))
        if predicted <= limit * (quality == finest.sixteenths ? 1.01 : Self.aim) { return (quality, predicted) }
        var (low, high) = (candidates.lowerBound, quality)
        while high - low > 1 {
            // Bytes fall roughly as the scale of the steps to the power of two thirds.
            let ratio = predicted / (limit * Self.aim)
            let scale = Double(FineQuality(sixteenths: quality).scale) * ratio * ratio.squareRoot()
            quality = FineQuality(scale: scale).sixteenths
            if quality <= low || quality >= high { quality = (low + high) / 2 }
            predicted = try predict(FineQuality(sixteenths: quality))
            let miss = predicted / limit - Self.aim
            if miss.magnitude <= Self.tolerance { return (quality, predicted) }
            if miss < 0 { low = quality } else { high = quality }
        }
        return (low, try predict(FineQuality(sixteenths: low)))
    }

    /// Of random bytes one in 256 is FF and stuffed, which arithmetic coding has counted.
    private var stuffing: Double { frame.isArithmetic ? 1 : 257 / 256 }

    /// The bytes that a file should have by the sample.
    private func predict(_ quality: FineQuality) throws(ImageError) -> Double {
        let steps = StandardQuantization.tables(for: frame.layout, quality)
        let requantizer = Requantizer(frame.layout, steps: steps)
        let (headers, data) = try frame.scanBytes(sample.map { requantizer.quantize($0) })
        // Blocks count too: they have DC coefficients, and ends.
        let all = survivors.count(at: quality.scale) + bands.count * frame.layout.blocksPerRow
        let part = sampleSurvivors.count(at: quality.scale) + sample.count * frame.layout.blocksPerRow
        return Double(headerBytes + headers) + Double(data) * Double(all) / Double(part) * stuffing
    }

    private static func sample(of bands: [BlockBand], blocks: Int) -> [BlockBand] {
        let stride = min(sampleStride, blocks / blocksForStride)
        if stride < 2 || bands.count < 2 * stride { return bands }
        // By turns higher and lower, lest the picture have a rhythm of its own.
        return (0..<bands.count / stride).map { bands[stride * $0 + 5 * $0 % stride] }
    }

    /// The frame and the coefficients of a quality.
    private func quantized(_ quality: FineQuality) -> (EncodedFrame, [BlockBand]) {
        let steps = StandardQuantization.tables(for: frame.layout, quality)
        let requantizer = Requantizer(frame.layout, steps: steps)
        var frame = frame
        frame.quantization = steps.map { $0.map(UInt16.init) }
        return (frame, bands.map { requantizer.quantize($0) })
    }

    private func write(_ frame: EncodedFrame, _ bands: [BlockBand]) throws(ImageError) -> [UInt8] {
        let sink = MemoryByteSink()
        var segments = SegmentWriter(sink)
        try segments.write(headerOf: frame, metadata)
        try frame.writeScans(bands, to: &segments)
        return sink.bytes
    }
}
