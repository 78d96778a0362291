import TintypeCore

/// Finds the quality at which a picture's file comes near a number of bytes.
///
/// The picture is transformed only once. For most candidates a sample of its rows of MCUs is quantised and its bits are
/// counted; then the file is written, and if it misses, what the sample said wrong corrects the next guess.
struct QualitySearch {
    let frame: EncodedFrame
    let metadata: Metadata
    /// Not quantised, without what the finest quality quantises to zero.
    let bands: [BlockBand]
    let maximumBytes: Int
    let finest: FineQuality

    /// A file that has at least so much of the maximum is good enough; and how much a guess has to promise.
    private static let (enough, promise) = (0.96, 0.978...0.993)
    /// One of so many rows of MCUs is in the sample, if there are enough blocks.
    private static let (sampleStride, blocksForStride) = (16, 1_024)

    /// - Throws: `limitExceeded` where the file is too large at any quality.
    func bestFile() throws(ImageError) -> [UInt8] {
        var best: [UInt8] = []
        var candidates = 16..<finest.sixteenths + 1
        let (sample, header) = (sample, try headerBytes())
        var correction = 1.0
        var attempts = 0
        while !candidates.isEmpty {
            var quality = candidates.lowerBound + candidates.count / 2
            // A guess that keeps missing gives way to halving.
            if attempts < 4 { quality = guess(candidates, sample, header, correction) }
            attempts += 1
            let file = try file(FineQuality(sixteenths: quality))
            if file.count <= maximumBytes {
                best = file
                candidates = quality + 1..<candidates.upperBound
                if Double(file.count) >= Double(maximumBytes) * Self.enough { break }
            } else {
                candidates = candidates.lowerBound..<quality
            }
            if !candidates.isEmpty { correction = Double(file.count) / predict(quality, sample, header) }
        }
        guard !best.isEmpty else {
            throw ImageError(
                .limitExceeded, "a JPEG of \(frame.layout.size) does not fit in \(maximumBytes) bytes at any quality",
                format: .jpeg)
        }
        return best
    }

    /// The finest quality if it may fit, otherwise one that promises to come near the maximum.
    private func guess(_ candidates: Range<Int>, _ sample: [BlockBand], _ header: Int, _ correction: Double) -> Int {
        let target = Double(maximumBytes) / correction
        var quality = candidates.upperBound - 1
        var predicted = predict(quality, sample, header)
        if predicted <= target * 1.01 { return quality }
        var (low, high) = (candidates.lowerBound, quality)
        while high - low > 1 {
            // Bytes fall roughly as the scale of the steps to the power of two thirds.
            let ratio = predicted / (target * 0.987)
            let scale = Double(FineQuality(sixteenths: quality).scale) * ratio * ratio.squareRoot()
            quality = FineQuality(scale: scale).sixteenths
            if quality <= low || quality >= high { quality = (low + high) / 2 }
            predicted = predict(quality, sample, header)
            if Self.promise.contains(predicted / target) { return quality }
            if predicted < target { low = quality } else { high = quality }
        }
        return low
    }

    /// The bytes that a file should have by the sample.
    private func predict(_ sixteenths: Int, _ sample: [BlockBand], _ header: Int) -> Double {
        let steps = StandardQuantization.tables(for: frame.layout, FineQuality(sixteenths: sixteenths))
        let requantizer = Requantizer(frame.layout, steps: steps)
        let (headers, data) = frame.scanBytes(sample.map { requantizer.quantize($0) })
        // Of random bytes one in 256 is FF and stuffed.
        let scale = Double(bands.count) / Double(sample.count) * 257 / 256
        return Double(header + headers) + Double(data) * scale
    }

    private var sample: [BlockBand] {
        let stride = min(Self.sampleStride, bands.count * frame.layout.blocksPerRow / Self.blocksForStride)
        if stride < 2 || bands.count < 2 * stride { return bands }
        return Swift.stride(from: stride / 2, to: bands.count, by: stride).map { bands[$0] }
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

    /// Bytes before the first scan, and those of the end-of-image marker.
    private func headerBytes() throws(ImageError) -> Int {
        var segments = SegmentWriter(MemoryByteSink())
        try segments.write(headerOf: frame, metadata)
        return segments.bytes.offset + 2
    }
}
