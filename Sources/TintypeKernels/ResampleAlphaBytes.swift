#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

// The vertical pass in rows of RGBA that nobody multiplied by their alpha. Where no faster version does, strips of them are made products, and weighed as such.

extension AlphaBytes: ResampleSource {
    /// Whether there is a faster version; the results are the same anyway.
    public static var isFaster: Bool { CPUTier.current != .portable }

    public static func unpack(
        _ bytes: Span<UInt8>, layout: SampleLayout, into row: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        precondition(layout == .rgba8 && bytes.count == row.count)
        for i in bytes.indices { row[i] = bytes[i] }
    }

    public static func weighRows(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, shift: Int,
        into row: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) {
        #if arch(x86_64)
            if tier == .avx2 {
                let done = TintypeKernelsAVX2.weighAlphaRows(
                    rows, offsets: offsets, weights: weights, shift: shift, into: &row)
                if done == row.count { return }
            }
        #endif
        forStrips(of: rows, offsets, samples: 0..<row.count) { products, places, strip in
            var part = row._mutatingExtracting(strip)
            Product.weighRows(products, offsets: places, weights: weights, shift: shift, into: &part, tier: tier)
        }
    }

    public static func weighRowsForTwo(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, shift: Int,
        into row: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) {
        #if arch(x86_64)
            if tier == .avx2 {
                let shared = sharedPart(weights)
                if TintypeKernelsAVX2.weighAlphaRowsForTwo(
                    rows, offsets: offsets, weights: weights, shared: shared, shift: shift, into: &row)
                {
                    return
                }
            }
        #endif
        weighRowsInTurn(rows, offsets, weights, shift, into: &row, tier)
    }

    public static func addRows(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, isFirst: Bool,
        to sums: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.addAlphaRows(
                    rows, offsets: offsets, weights: weights, isFirst: isFirst, to: &sums)
            }
        #endif
        forStrips(of: rows, offsets, samples: done..<sums.count) { products, places, strip in
            var part = sums._mutatingExtracting(strip)
            Product.addRows(products, offsets: places, weights: weights, isFirst: isFirst, to: &part, tier: tier)
        }
    }

    public static func round(_ sums: Span<Int32>, shift: Int, into row: inout MutableSpan<Int16>) {
        Product.round(sums, shift: shift, into: &row)
    }

    /// Makes products of as many samples of each row as have room, calls `weigh` with those, where each row of them begins and what part of the rows they are, and goes on.
    private static func forStrips(
        of rows: Span<UInt8>, _ offsets: Span<Int>, samples: Range<Int>,
        _ weigh: (_ products: Span<Int16>, _ places: Span<Int>, _ strip: Range<Int>) -> Void
    ) {
        precondition(offsets.count <= mostRows && samples.count % 4 == 0)
        if samples.isEmpty { return }
        var room = [5_120 of Int16](repeating: 0)
        var places = [40 of Int](repeating: 0)
        for j in offsets.indices { places[j] = 128 * j }
        for start in stride(from: samples.lowerBound, to: samples.upperBound, by: 128) {
            let count = min(128, samples.upperBound - start)
            var all = room.mutableSpan
            for j in offsets.indices {
                var products = all._mutatingExtracting(128 * j..<128 * j + count)
                let first = offsets[j] + start
                Product.unpack(rows.extracting(first..<first + count), layout: .rgba8, into: &products)
            }
            weigh(room.span, places.span.extracting(first: offsets.count), start..<start + count)
        }
    }
}
