public import TintypeCore

/// Pictures of one size that follow each other, to have one palette. Of each only the rows are held that differ from those of the one before.
public struct PictureSequence: Sendable {
    /// What a picture changes of the one before.
    public struct Picture: Sendable {
        /// The rows that differ, in rising order.
        public var rows: [Int]
        /// Their pixels, as `Quantizer.append` makes them.
        public var pixels: [UInt32]

        /// Draws the rows on the picture before.
        ///
        /// - Parameter canvas: rows of `width` pixels.
        public func draw(on canvas: inout [UInt32], width: Int) {
            let source = pixels.span
            var target = canvas.mutableSpan
            for (place, y) in rows.enumerated() {
                let (from, to) = (place * width, y * width)
                for x in 0..<width { target[to &+ x] = source[from &+ x] }
            }
        }
    }

    public let size: Size
    public private(set) var pictures: [Picture] = []
    /// The pixels of all of them.
    public private(set) var pixelCount = 0
    /// The picture before the first; empty if there was none.
    public private(set) var before: [UInt32] = []
    private let quantizer: Quantizer
    /// The last picture's bytes.
    private var last: [UInt8] = []

    /// - Parameter quantizer: how pixels are seen.
    public init(size: Size, quantizer: Quantizer) {
        self.size = size
        self.quantizer = quantizer
    }

    /// Adds a picture.
    ///
    /// - Parameter bytes: RGBA, row by row.
    public mutating func append(_ bytes: [UInt8]) {
        let stride = size.width * 4
        precondition(bytes.count == size.height * stride)
        // Only changed rows are copied: who makes the pictures may go on changing one, instead of copying each.
        let isFirst = last.isEmpty
        if isFirst { last = [UInt8](repeating: 0, count: bytes.count) }
        var picture = Picture(rows: [], pixels: [])
        for y in 0..<size.height {
            let range = y * stride..<(y + 1) * stride
            let row = bytes.span.extracting(range)
            if !isFirst, Self.areEqual(row, last.span.extracting(range)) { continue }
            picture.rows.append(y)
            quantizer.append(row, to: &picture.pixels)
            last.replaceSubrange(range, with: bytes[range])
        }
        pixelCount += picture.pixels.count
        pictures.append(picture)
    }

    private static func areEqual(_ a: Span<UInt8>, _ b: Span<UInt8>) -> Bool {
        precondition(a.count == b.count)
        var difference: UInt8 = 0
        for i in a.indices { difference |= a[i] ^ b[i] }
        return difference == 0
    }

    /// Lets the pictures go, but for what the next one is compared with.
    public mutating func removeAll() {
        before = canvas(at: pictures.count)
        (pictures, pixelCount) = ([], 0)
    }

    /// Has the first picture hold all rows.
    public mutating func completeFirst() {
        if pictures.isEmpty || before.isEmpty { return }
        let whole = canvas(at: 1)
        pixelCount += whole.count - pictures[0].pixels.count
        pictures[0] = Picture(rows: Array(0..<size.height), pixels: whole)
    }

    /// What is seen before a picture.
    func canvas(at index: Int) -> [UInt32] {
        var canvas = before.isEmpty ? [UInt32](repeating: 0, count: size.width * size.height) : before
        for picture in pictures[..<index] { picture.draw(on: &canvas, width: size.width) }
        return canvas
    }

    /// Counts the colours of all pictures, as if each were held whole; as many at once as there are threads.
    public func histogram(threads: Int) throws(ImageError) -> ColorHistogram {
        // So many portions, whatever the number of threads: what comes out must not depend on that.
        let portions = pictures.indices.split(into: min(8, 1 + pixelCount >> 20))
        return ColorHistogram(sum: try histograms(of: portions, threads: threads))
    }

    /// Counts the colours of the pictures of each range, as if each were held whole.
    public func histograms(of ranges: [Range<Int>], threads: Int) throws(ImageError) -> [ColorHistogram] {
        try Parallel.map(ranges.count, threads: threads) { index throws(ImageError) in histogram(of: ranges[index]) }
    }

    private func histogram(of range: Range<Int>) -> ColorHistogram {
        var histogram = ColorHistogram()
        // How long each row stays, found from the end.
        var until = [Int](repeating: range.upperBound, count: size.height)
        for (index, picture) in zip(range, pictures[range]).reversed() {
            add(picture, picture.rows.map { until[$0] - index }, to: &histogram)
            for y in picture.rows { until[y] = index }
        }
        if range.lowerBound > 0 || !before.isEmpty {
            let seen = Picture(rows: Array(until.indices), pixels: canvas(at: range.lowerBound))
            add(seen, until.map { $0 - range.lowerBound }, to: &histogram)
        }
        return histogram
    }

    private func add(_ picture: Picture, _ times: [Int], to histogram: inout ColorHistogram) {
        for (place, count) in times.enumerated() where count > 0 {
            let row = place * size.width..<(place + 1) * size.width
            histogram.add(picture.pixels.span.extracting(row), times: count)
        }
    }
}

extension Range<Int> {
    /// At most so many ranges that follow each other, none of them empty.
    public func split(into portions: Int) -> [Range<Int>] {
        let portions = Swift.min(portions, count)
        return (0..<portions).map {
            lowerBound + $0 * count / portions..<lowerBound + ($0 + 1) * count / portions
        }
    }
}

extension PaletteMapper {
    /// The pictures of a range, of all if it is nil, in colours of the palette, several at once. Rows that stay keep their colours.
    public func map(
        _ sequence: PictureSequence, _ range: Range<Int>? = nil, dithering: Dithering, threads: Int
    ) throws(ImageError) -> [PictureSequence.Picture] {
        var prepared = self
        prepared.prepare(for: dithering)
        // A mapper learns: each thread has one for all of its pictures.
        let mapper = prepared
        let portions = (range ?? sequence.pictures.indices).split(into: threads)
        return try Parallel.map(portions.count, threads: threads) { portion throws(ImageError) in
            var mapper = mapper
            if dithering == .diffusion { return mapper.diffuse(sequence, portions[portion]) }
            return sequence.pictures[portions[portion]].map { picture in
                var mapped = picture
                mapper.map(&mapped.pixels, rows: picture.rows, width: sequence.size.width, dithering: dithering)
                return mapped
            }
        }.flatMap { $0 }
    }

    /// Errors go from row to row: each picture is mapped whole.
    private mutating func diffuse(_ sequence: PictureSequence, _ range: Range<Int>) -> [PictureSequence.Picture] {
        let width = sequence.size.width
        var canvas = sequence.canvas(at: range.lowerBound)
        return sequence.pictures[range].map { picture in
            picture.draw(on: &canvas, width: width)
            var mapped = PictureSequence.Picture(rows: picture.rows, pixels: [])
            if picture.rows.isEmpty { return mapped }
            var whole = canvas
            map(&whole, width: width, dithering: .diffusion)
            for y in picture.rows { mapped.pixels += whole[y * width..<(y + 1) * width] }
            return mapped
        }
    }
}

extension Quantizer {
    /// Reduces pictures to colours of one palette. Those that have no more all together stay as they are.
    public func quantize(
        _ sequence: PictureSequence, threads: Int = 1
    ) throws(ImageError) -> [PictureSequence.Picture] {
        let histogram = try sequence.histogram(threads: threads)
        if histogram.exactColors(limit: colors) != nil { return sequence.pictures }
        let mapper = PaletteMapper(histogram.palette(count: colors))
        return try mapper.map(sequence, dithering: dithering ?? .ordered, threads: threads)
    }
}
