public import TintypeCore

// Several pictures with one palette.

extension ColorHistogram {
    /// Counts the pixels of several pictures, as many at once as there are threads. Rows that stay are counted in one go.
    ///
    /// - Parameters:
    ///   - pictures: pixels as `Quantizer.append` makes them.
    ///   - width: pixels a row.
    public init(_ pictures: [[UInt32]], width: Int, threads: Int) throws(ImageError) {
        self.init()
        // So many portions, whatever the number of threads: what comes out must not depend on that.
        let portions = pictures.indices.split(into: 8)
        let counted = try Parallel.map(portions.count, threads: threads) { portion throws(ImageError) in
            Self.count(pictures[portions[portion]], width)
        }
        for histogram in counted { add(histogram) }
    }

    private static func count(_ pictures: ArraySlice<[UInt32]>, _ width: Int) -> ColorHistogram {
        var histogram = ColorHistogram()
        guard var last = pictures.first else { return histogram }
        /// For each row the picture since which it has been what it is.
        var since = [Int](repeating: pictures.startIndex, count: last.count / width)
        for index in pictures.indices.dropFirst() {
            let next = pictures[index]
            for y in since.indices {
                let row = y * width..<(y + 1) * width
                if PaletteMapper.areEqual(last, next, row) { continue }
                histogram.add(last.span.extracting(row), times: index - since[y])
                since[y] = index
            }
            last = next
        }
        for y in since.indices {
            histogram.add(last.span.extracting(y * width..<(y + 1) * width), times: pictures.endIndex - since[y])
        }
        return histogram
    }
}

extension Range<Int> {
    /// At most so many ranges that follow each other, none of them empty.
    fileprivate func split(into portions: Int) -> [Range<Int>] {
        let portions = Swift.min(portions, count)
        return (0..<portions).map {
            lowerBound + $0 * count / portions..<lowerBound + ($0 + 1) * count / portions
        }
    }
}

extension PaletteMapper {
    /// The pictures in colours of the palette, each as `map` makes it, several at once.
    public func map(
        _ pictures: [[UInt32]], width: Int, dithering: Dithering, threads: Int
    ) throws(ImageError) -> [[UInt32]] {
        var prepared = self
        prepared.prepare(for: dithering)
        // A mapper learns: each thread has one for all of its pictures.
        let mapper = prepared
        let portions = pictures.indices.split(into: threads)
        return try Parallel.map(portions.count, threads: threads) { portion throws(ImageError) in
            var (mapper, previous, mapped) = (mapper, Mapped?.none, [[UInt32]]())
            for source in pictures[portions[portion]] {
                var pixels = source
                mapper.map(&pixels, width: width, dithering: dithering, after: previous)
                previous = Mapped(source: source, result: pixels)
                mapped.append(pixels)
            }
            return mapped
        }.flatMap { $0 }
    }
}

extension Quantizer {
    /// Reduces pictures of one size to colours of one palette. Those that have no more all together stay as they are.
    ///
    /// - Parameters:
    ///   - pictures: pixels as `append` makes them.
    ///   - width: pixels a row.
    public func quantize(_ pictures: [[UInt32]], width: Int, threads: Int = 1) throws(ImageError) -> [[UInt32]] {
        let histogram = try ColorHistogram(pictures, width: width, threads: threads)
        if histogram.exactColors(limit: colors) != nil { return pictures }
        let mapper = PaletteMapper(histogram.palette(count: colors))
        return try mapper.map(pictures, width: width, dithering: dithering ?? .ordered, threads: threads)
    }
}
