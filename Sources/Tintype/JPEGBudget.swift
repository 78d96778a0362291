import TintypeCore
import TintypeJPEG

/// Encodes a picture so that its file keeps within a number of bytes.
struct JPEGBudget {
    let bytes: Int
    /// The quality here is the best that is tried.
    let options: JPEGEncoder.Options

    /// The file of the highest quality that fits, found by halving.
    ///
    /// - Parameter rows: of a format that the JPEG encoder takes. They are held in memory.
    /// - Throws: `limitExceeded` where not even quality 1 fits.
    func encode(_ rows: consuming AnyRowSource, metadata: Metadata) throws(ImageError) -> [UInt8] {
        let image = try Image(collecting: &rows)
        let best = try file(of: image, metadata, quality: options.quality)
        if best.count <= bytes { return best }
        var fitting: [UInt8]?
        var (low, high) = (1, options.quality - 1)
        while low <= high {
            let quality = (low + high) / 2
            let file = try file(of: image, metadata, quality: quality)
            if file.count <= bytes {
                fitting = file
                low = quality + 1
            } else {
                high = quality - 1
            }
        }
        guard let fitting else {
            throw ImageError(
                .limitExceeded, "a JPEG of \(image.size) does not fit in \(bytes) bytes at any quality", format: .jpeg)
        }
        return fitting
    }

    private func file(of image: Image, _ metadata: Metadata, quality: Int) throws(ImageError) -> [UInt8] {
        var options = options
        options.quality = quality
        let sink = MemoryByteSink()
        try Encoding.jpeg(options).write(AnyRowSource(image.rows), to: sink, metadata: metadata)
        return sink.bytes
    }
}
