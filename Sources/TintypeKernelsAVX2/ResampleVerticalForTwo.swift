#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Two rows of results at once: what counts in both is read and widened once.
    ///
    /// - Parameters:
    ///   - weights: of the first row, and as many of the second.
    ///   - shared: the pairs of rows that count in both; before it only the first one has weights, behind it the second.
    ///   - row: room for two rows of `samples` numbers of 16 bits.
    ///   - lead: where to go on after the first thirty-two samples.
    ///   - prepare: called with the first of thirty-two samples before they are read.
    @inline(__always)
    private func weighForTwo(
        _ rows: UnsafeRawPointer, _ kind: RowSamples, _ offsets: Span<Int>, _ weights: UnsafeRawPointer,
        shared: Range<Int>, _ shift: Int, samples: Int, _ row: UnsafeMutableRawPointer, lead: Int,
        _ prepare: (_ x: Int) -> Void
    ) {
        let (pairs, size) = (offsets.count / 2, kind.size)
        let half = _mm256_set1_epi32(1 &<< Int32(truncatingIfNeeded: shift &- 1))
        let shift = Int32(truncatingIfNeeded: shift)
        let others = unsafe weights + 4 &* pairs
        let last = samples &- 32
        var x = 0
        while true {
            prepare(x)
            let from = unsafe rows + size &* x
            var (first, second) = (RowSums(half), RowSums(half))
            for j in 0..<shared.lowerBound {
                unsafe first.add(pair(from, kind, offsets, j), weight(weights, j))
            }
            for j in shared {
                let both = unsafe pair(from, kind, offsets, j)
                unsafe first.add(both, weight(weights, j))
                unsafe second.add(both, weight(others, j))
            }
            for j in shared.upperBound..<pairs {
                unsafe second.add(pair(from, kind, offsets, j), weight(others, j))
            }
            let to = unsafe row + 2 &* x
            unsafe first.storeWords(kind, shift, to)
            unsafe second.storeWords(kind, shift, to + 2 &* samples)
            if x == last { return }
            // The last thirty-two may overlap with those before, and the second with the first.
            x = min(x == 0 ? lead : x &+ 32, last)
        }
    }

    @inline(__always)
    private func pair(_ rows: UnsafeRawPointer, _ kind: RowSamples, _ offsets: Span<Int>, _ j: Int) -> RowPairs {
        let size = kind.size
        return unsafe RowPairs(
            kind, rows + size &* offsets[unchecked: 2 &* j], rows + size &* offsets[unchecked: 2 &* j &+ 1])
    }

    @inline(__always)
    private func weight(_ weights: UnsafeRawPointer, _ j: Int) -> __m256i {
        unsafe _mm256_set1_epi32(weights.loadUnaligned(fromByteOffset: 4 &* j, as: Int32.self))
    }

    /// - Returns: whether it was done; so below.
    @inline(__always)
    private func weighForTwo<Sample: BitwiseCopyable>(
        _ rows: Span<Sample>, _ kind: RowSamples, _ offsets: Span<Int>, _ weights: Span<Int16>, shared: Range<Int>,
        _ shift: Int, into row: inout MutableSpan<Int16>
    ) -> Bool {
        let samples = row.count / 2
        precondition(weights.count == 2 * offsets.count && shared.lowerBound >= 0)
        precondition(shared.upperBound <= offsets.count / 2)
        precondition(fits(offsets, samples: samples, room: rows.count))
        guard samples >= 32, shift >= 1, shift < 32 else { return false }
        // Sound: `fits` holds for all samples, and `row` is twice that long.
        return unsafe rows.withUnsafeBytes { rows in
            unsafe weights.withUnsafeBytes { weights in
                unsafe row.withUnsafeMutableBytes { row in
                    guard let rows = rows.baseAddress, let row = row.baseAddress else { return false }
                    // Without weights there is nothing to be read.
                    let weights = unsafe weights.baseAddress ?? rows
                    let lead = unsafe aligned(rows, kind, offsets, after: 32)
                    unsafe weighForTwo(
                        rows, kind, offsets, weights, shared: shared, shift, samples: samples, row, lead: lead
                    ) { _ in }
                    return true
                }
            }
        }
    }

    /// - Parameters:
    ///   - weights: of the first row of results, and as many of the second.
    ///   - shared: the pairs of rows that count in both; before it only the first one has weights, behind it the second.
    ///   - row: both, one after the other.
    public func weighRowsForTwo(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, shared: Range<Int>, shift: Int,
        into row: inout MutableSpan<Int16>
    ) -> Bool {
        weighForTwo(rows, .bytes, offsets, weights, shared: shared, shift, into: &row)
    }

    /// The products of RGBA, see `RowSamples.alphaBytes`.
    public func weighAlphaRowsForTwo(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, shared: Range<Int>, shift: Int,
        into row: inout MutableSpan<Int16>
    ) -> Bool {
        weighForTwo(rows, .alphaBytes, offsets, weights, shared: shared, shift, into: &row)
    }

    public func weighRowsForTwo(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shared: Range<Int>, shift: Int,
        into row: inout MutableSpan<Int16>
    ) -> Bool {
        weighForTwo(rows, .words, offsets, weights, shared: shared, shift, into: &row)
    }

    /// The same in products of RGBA, some of whose rows are made on the way: what they are made of comes from memory while others are weighed.
    ///
    /// - Parameters:
    ///   - bytes: what the rows of `fresh` are made of, one after the other.
    ///   - fresh: which of the rows at `offsets` are made.
    /// - Precondition: every offset is a pixel's.
    public func weighRowsForTwo(
        _ rows: inout MutableSpan<Int16>, multiplying bytes: Span<UInt8>, to fresh: Range<Int>, bias: Int16,
        offsets: Span<Int>, weights: Span<Int16>, shared: Range<Int>, shift: Int, into row: inout MutableSpan<Int16>
    ) -> Bool {
        let samples = row.count / 2
        precondition(weights.count == 2 * offsets.count && shared.lowerBound >= 0)
        precondition(shared.upperBound <= offsets.count / 2)
        precondition(fits(offsets, samples: samples, room: rows.count))
        precondition(fresh.lowerBound >= 0 && fresh.upperBound <= offsets.count)
        precondition(bytes.count == fresh.count * samples && samples % 4 == 0)
        guard samples >= 32, shift >= 1, shift < 32 else { return false }
        let products = AlphaProducts(channels: 4, bias: bias)
        // Sound: `fits` holds for all samples, `row` is twice that long, and `bytes` has as many for each row of `fresh`.
        return unsafe rows.withUnsafeMutableBytes { rows in
            unsafe bytes.withUnsafeBytes { bytes in
                unsafe weights.withUnsafeBytes { weights in
                    unsafe row.withUnsafeMutableBytes { row in
                        guard let rows = rows.baseAddress, let row = row.baseAddress,
                            let bytes = bytes.baseAddress, let weights = weights.baseAddress
                        else { return false }
                        let lead = unsafe aligned(rows, .words, offsets, after: 32) & ~3
                        unsafe weighForTwo(
                            rows, .words, offsets, weights, shared: shared, shift, samples: samples, row, lead: lead
                        ) { x in
                            var from = unsafe bytes + x
                            for j in fresh {
                                let to = unsafe rows + 2 &* (offsets[unchecked: j] &+ x)
                                unsafe products.store(from, to: to)
                                unsafe products.store(from + 16, to: to + 32)
                                unsafe from += samples
                            }
                        }
                        return true
                    }
                }
            }
        }
    }
#endif
