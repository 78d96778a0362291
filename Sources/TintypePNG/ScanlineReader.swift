internal import TintypeCore
internal import TintypeKernels

/// Inflates one picture's data (PNG §10) and undoes the filters, line by line, pass by pass.
struct ScanlineReader: ~Copyable {
    /// Where a line lies in the picture.
    struct Line {
        let width: Int
        /// The column of its first pixel, and the distance of its pixels.
        let x, dx: Int
        let row: Int
    }

    /// The line last read, unfiltered but packed as in the file. What lies past its own length has no meaning.
    private(set) var line: [UInt8]
    /// The line above; between two calls, a spare one.
    private var prior: [UInt8]
    /// Inflated bytes; `start..<end` are not yet used.
    private var window: [UInt8]
    private var start = 0
    private var end = 0

    private let header: Header
    private let passes: [Pass]
    private let dataType: ChunkType
    private var inflater: Inflater
    private var inflated = Inflater.Step.State.more
    private var pass = 0
    private var lineInPass = 0
    private var linesRead = 0
    /// The first row to which the open chunk may contribute.
    private var chunkRow = 0

    /// Zlib's calls cost something each, so lines are inflated many at a time.
    private static var windowBytes: Int { 128 << 10 }

    /// - Parameters:
    ///   - header: the picture's, with the size of this frame.
    ///   - dataType: IDAT or fdAT.
    init(_ header: Header, dataType: ChunkType, budget: inout MemoryBudget) throws(ImageError) {
        let bytes = header.lineBytes(header.size.width)
        // As many lines as fit, or all that there are; a pass of Adam7 has a filter type byte in each of its lines,
        // too.
        let lines = min(header.size.height, Self.windowBytes / (bytes + 1) + 1)
        let held = max(bytes + 1, min(lines * (bytes + 8), Self.windowBytes))
        try budget.charge(2 * bytes + held, for: "lines of \(header.size.width) pixels", format: .png)
        let inflater = try Inflater()
        self.header = header
        self.dataType = dataType
        self.inflater = inflater
        passes = header.passes
        line = [UInt8](repeating: 0, count: bytes)
        prior = line
        window = [UInt8](repeating: 0, count: held)
    }

    /// What the budget was charged.
    var heldBytes: Int { line.count + prior.count + window.count }

    /// Whether the next line is of one of Adam7's first six passes.
    var isInEarlyPass: Bool { pass < passes.count && passes[pass].isEarly }

    var hasReadLines: Bool { linesRead > 0 }

    /// The topmost row of the picture to which the lines not yet read contribute.
    var firstMissingRow: Int {
        guard pass < passes.count else { return header.size.height }
        let current = passes[pass].y + lineInPass * passes[pass].dy
        return passes[(pass + 1)...].reduce(current) { min($0, $1.y) }
    }

    /// Reads the next line into `line`.
    ///
    /// - Returns: nil after the last.
    /// - Throws: `truncated` where the data end too early, `malformed` where they are damaged.
    mutating func next(from chunks: inout ChunkReader) throws(ImageError) -> Line? {
        guard let (place, count) = try prepare(from: &chunks) else { return nil }
        swap(&line, &prior)
        try Self.reconstruct(window, start, header.filterDistance, prior: prior, into: &line, count, chunks)
        advance(by: count)
        return place
    }

    /// Reads the next line straight into `row`, which has its length. `line` keeps a copy, as the line above the next.
    ///
    /// - Returns: as `next(from:)`; so are errors.
    mutating func next(
        from chunks: inout ChunkReader, into row: inout MutableSpan<UInt8>
    ) throws(ImageError) -> Line? {
        guard let (place, count) = try prepare(from: &chunks) else { return nil }
        precondition(row.count == count)
        try Self.reconstruct(window, start, header.filterDistance, prior: line, into: &row, chunks)
        Self.copy(row.span, into: &line)
        advance(by: count)
        return place
    }

    private static func copy(_ row: Span<UInt8>, into line: inout [UInt8]) {
        var whole = line.mutableSpan
        for i in row.indices { whole[i] = row[i] }
    }

    /// Sees to it that the window holds the next line, and that the line above the first of a pass is zeros.
    ///
    /// - Returns: the line's place and its bytes without the filter type, nil after the last.
    private mutating func prepare(from chunks: inout ChunkReader) throws(ImageError) -> (Line, count: Int)? {
        guard pass < passes.count else { return nil }
        let geometry = passes[pass]
        let width = geometry.size(in: header.size).width
        let count = header.lineBytes(width)
        while end - start < count + 1 { try refill(from: &chunks) }
        if lineInPass == 0 {
            for i in line.indices { line[i] = 0 }
        }
        return (Line(width: width, x: geometry.x, dx: geometry.dx, row: geometry.y + lineInPass * geometry.dy), count)
    }

    private mutating func advance(by count: Int) {
        start += count + 1
        linesRead += 1
        lineInPass += 1
        if lineInPass == passes[pass].size(in: header.size).height {
            pass += 1
            lineInPass = 0
        }
    }

    private static func reconstruct(
        _ window: [UInt8], _ start: Int, _ distance: Int, prior: [UInt8], into line: inout [UInt8], _ count: Int,
        _ chunks: borrowing ChunkReader
    ) throws(ImageError) {
        var whole = line.mutableSpan
        var target = whole._mutatingExtracting(0..<count)
        try reconstruct(window, start, distance, prior: prior, into: &target, chunks)
    }

    /// Undoes the filter of the line whose filter type is at `start`.
    private static func reconstruct(
        _ window: [UInt8], _ start: Int, _ distance: Int, prior: [UInt8], into target: inout MutableSpan<UInt8>,
        _ chunks: borrowing ChunkReader
    ) throws(ImageError) {
        let (filter, count) = (window[start], target.count)
        let isKnown = PNGUnfilter.reconstruct(
            filter: filter, window.span.extracting(start + 1..<start + 1 + count),
            prior: prior.span.extracting(0..<count), bytesPerPixel: distance, into: &target)
        guard isKnown else { throw chunks.error(.malformed, "filter type \(filter) does not exist") }
    }

    /// Inflates more bytes into the window.
    private mutating func refill(from chunks: inout ChunkReader) throws(ImageError) {
        switch inflated {
        case .more: break
        case .ended: throw chunks.error(.truncated, "the image data end before the picture")
        case .broken(let why): throw chunks.error(.malformed, "the image data cannot be inflated: \(why)")
        }
        if start > 0 {
            for i in 0..<(end - start) { window[i] = window[start &+ i] }
            end -= start
            start = 0
        }
        guard try openData(in: &chunks, needed: true) else {
            throw chunks.error(.truncated, "the image data end before the picture")
        }
        let step = try Self.inflate(&inflater, from: &chunks, into: &window, at: end)
        end += step.produced
        inflated = step.state
    }

    private static func inflate(
        _ inflater: inout Inflater, from chunks: inout ChunkReader, into window: inout [UInt8], at end: Int
    ) throws(ImageError) -> Inflater.Step {
        var whole = window.mutableSpan
        var free = whole._mutatingExtracting(end..<whole.count)
        return try chunks.inflate(with: &inflater, into: &free)
    }

    /// Sees to it that a chunk of image data with bytes left is open.
    ///
    /// - Parameter needed: whether to look behind ancillary chunks, which may stand between fdAT chunks but not between
    ///   IDAT chunks (PNG §5.6).
    /// - Returns: false if another chunk follows, which is then the open one.
    private mutating func openData(in chunks: inout ChunkReader, needed: Bool) throws(ImageError) -> Bool {
        while true {
            if let type = chunks.type {
                if type != dataType {
                    guard needed, type.isAncillary, type != .fctl else { return false }
                    if dataType == .idat {
                        try chunks.log.note(.damaged, "a \(type) chunk among the image data", at: chunks.start)
                    }
                } else if chunks.remaining > 0 {
                    return true
                }
            }
            try chunks.close(row: chunkRow)
            chunkRow = firstMissingRow
            guard let next = try chunks.advance() else { throw chunks.error(.truncated, "the file ends without IEND") }
            if next == .fdat, dataType == .fdat { try chunks.takeSequenceNumber() }
        }
    }

    /// After the last line: reads the stream to its end, so that its checksum is compared, and the data to theirs.
    ///
    /// - Throws: `malformed` or `truncated` where they do not end as they should.
    mutating func finish(_ chunks: inout ChunkReader) throws(ImageError) {
        while inflated == .more && end == start {
            (start, end) = (0, 0)
            try refill(from: &chunks)
        }
        if end > start { throw chunks.error(.malformed, "there are more image data than the picture has") }
        if case .broken(let why) = inflated {
            throw chunks.error(.malformed, "the image data end wrongly: \(why)")
        }
        if try openData(in: &chunks, needed: false) {
            throw chunks.error(.malformed, "bytes follow the compressed image data")
        }
    }
}
