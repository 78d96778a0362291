internal import TintypeCore
internal import TintypeKernels

/// Makes the zlib stream (RFC 1950) of a picture's lines.
///
/// The lines go in bands of half a mebibyte, each compressed with the 32 KiB before it as its dictionary, so that bands
/// can be compressed side by side; what comes out does not depend on how many are.
struct ImageDataCompressor: ~Copyable {
    /// The stream so far, as far as nobody took it.
    private(set) var compressed: [UInt8]

    private let compressor: BandCompressor
    private let threads: Int
    private let lineBytes: Int
    private let bandBytes: Int
    private var band: Band
    private var waiting: [Band] = []
    private var lineCount = 0
    /// The last filtered bytes, which the next band may refer to.
    private var tail: [UInt8] = []
    private var checksum = Adler32()

    /// - Parameters:
    ///   - lineBytes: of one line, without the filter type byte.
    ///   - distance: how far to the left a filter looks, in bytes.
    ///   - threads: how many bands are compressed at once, at least 1.
    init(lineBytes: Int, distance: Int, effort: Effort, threads: Int) {
        compressor = BandCompressor(lineBytes: lineBytes, distance: distance, effort: effort)
        self.threads = threads
        self.lineBytes = lineBytes
        bandBytes = max(1, (512 << 10) / lineBytes) * lineBytes
        band = Band(prior: [UInt8](repeating: 0, count: lineBytes))
        // RFC 1950 §2.2: deflate with a window of 32 KiB, a hint at the level, and a remainder of 0 by 31.
        let flags = effort.levelHint << 6
        compressed = [0x78, flags | UInt8(31 - (0x7800 + Int(flags)) % 31)]
    }

    mutating func take(_ line: Span<UInt8>) throws(ImageError) {
        if band.lines.count == bandBytes { try close() }
        Self.append(line, to: &band.lines)
    }

    private static func append(_ line: Span<UInt8>, to lines: inout [UInt8]) {
        let start = lines.count
        lines.append(contentsOf: repeatElement(0, count: line.count))
        var whole = lines.mutableSpan
        var target = whole._mutatingExtracting(start..<start + line.count)
        for i in line.indices { target[i] = line[i] }
    }

    /// The first `count` bytes that wait to be taken, or all.
    mutating func takeCompressed(_ count: Int? = nil) -> [UInt8] {
        let count = count ?? compressed.count
        let taken = Array(compressed[0..<count])
        compressed.removeFirst(count)
        return taken
    }

    private mutating func close() throws(ImageError) {
        var next = Band(prior: Array(band.lines.suffix(lineBytes)))
        swap(&next, &band)
        waiting.append(next)
        // More bands than threads, so that none waits long for the slowest.
        if waiting.count == (threads == 1 ? 1 : 4 * threads) { try compressWaiting(finish: false) }
    }

    /// Ends the stream.
    mutating func finish() throws(ImageError) {
        waiting.append(band)
        try compressWaiting(finish: true)
        compressed += bigEndian(checksum.value)
    }

    private mutating func compressWaiting(finish: Bool) throws(ImageError) {
        let (compressor, bands) = (compressor, waiting)
        waiting = []
        let filtered = try Parallel.map(bands.count, threads: threads) { index throws(ImageError) in
            try compressor.filter(bands[index])
        }
        let before = [tail] + filtered.map { Array($0.suffix(Deflater.window)) }
        let deflated = try Parallel.map(bands.count, threads: threads) { index throws(ImageError) in
            let isLast = finish && index == bands.count - 1
            let band = filtered[index]
            let bytes = try compressor.deflate(band, after: before[index], last: isLast)
            return (bytes: bytes, sum: Adler32().appending(band.span))
        }
        for index in deflated.indices {
            compressed += deflated[index].bytes
            checksum = checksum.appending(deflated[index].sum, count: filtered[index].count)
        }
        tail = before[bands.count]
    }
}
