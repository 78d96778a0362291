#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // The vertical pass: samples of two rows are interleaved in registers, then multiplied and added by one instruction. Each function does the
    // leading samples in whole groups, and returns how many; the rest is the caller's.

    /// The sums of sixty-four samples from `rows` on over all rows, on top of `start`.
    @inline(__always)
    private func sums(
        _ rows: UnsafeRawPointer, _ kind: RowSamples, _ offsets: Span<Int>, _ weights: UnsafeRawPointer,
        _ start: __m256i
    ) -> (RowSums, RowSums) {
        var (low, high) = (RowSums(start), RowSums(start))
        let size = kind.size
        for j in 0..<offsets.count / 2 {
            let weight = unsafe _mm256_set1_epi32(weights.loadUnaligned(fromByteOffset: 4 &* j, as: Int32.self))
            let even = unsafe rows + size &* offsets[unchecked: 2 &* j]
            let odd = unsafe rows + size &* offsets[unchecked: 2 &* j &+ 1]
            unsafe low.add(RowPairs(kind, even, odd), weight)
            unsafe high.add(RowPairs(kind, even + 32 &* size, odd + 32 &* size), weight)
        }
        return (low, high)
    }

    /// What the sums become.
    private enum Output { case bytes, words, longs }

    /// - Parameter base: what is added to results of four bytes.
    /// - Precondition: from each offset on, `rows` holds `samples` numbers, of a byte each or two, and `row` as many of the output's size.
    @inline(__always)
    private func weigh(
        _ rows: UnsafeRawPointer, _ kind: RowSamples, _ offsets: Span<Int>, _ weights: UnsafeRawPointer, _ shift: Int,
        base: Int32 = 0, samples: Int, _ output: Output, _ row: UnsafeMutableRawPointer
    ) {
        let half = _mm256_set1_epi32(1 &<< Int32(truncatingIfNeeded: shift &- 1))
        let shift = Int32(truncatingIfNeeded: shift)
        let base = _mm256_set1_epi32(base)
        let (lead, last) = unsafe (aligned(rows, kind, offsets, after: 64), samples &- 64)
        var x = 0
        while true {
            let (low, high) = unsafe sums(rows + kind.size &* x, kind, offsets, weights, half)
            switch output {
            case .bytes:
                unsafe low.storeBytes(shift, row + x)
                unsafe high.storeBytes(shift, row + x + 32)
            case .words:
                unsafe low.storeWords(kind, shift, row + 2 &* x)
                unsafe high.storeWords(kind, shift, row + 2 &* x + 64)
            case .longs:
                unsafe low.storeLongs(shift, base, row + 4 &* x)
                unsafe high.storeLongs(shift, base, row + 4 &* x + 128)
            }
            if x == last { return }
            // The last sixty-four may overlap with those before, and the second with the first.
            x = min(x == 0 ? lead : x &+ 64, last)
        }
    }

    /// - Returns: how many samples were done, all or none; so below.
    @inline(__always)
    private func weigh<Sample: BitwiseCopyable, Result: BitwiseCopyable>(
        _ rows: Span<Sample>, _ kind: RowSamples, _ offsets: Span<Int>, _ weights: Span<Int16>, _ shift: Int,
        base: Int32 = 0, _ output: Output, into row: inout MutableSpan<Result>
    ) -> Int {
        let samples = row.count
        precondition(weights.count == offsets.count && fits(offsets, samples: samples, room: rows.count))
        guard samples >= 64, shift >= 1, shift < 32 else { return 0 }
        // Sound: `fits` holds for all samples, and `row` is that long.
        return unsafe rows.withUnsafeBytes { rows in
            unsafe weights.withUnsafeBytes { weights in
                unsafe row.withUnsafeMutableBytes { row in
                    guard let rows = rows.baseAddress, let row = row.baseAddress else { return 0 }
                    // Without weights there is nothing to be read.
                    let weights = unsafe weights.baseAddress ?? rows
                    unsafe weigh(rows, kind, offsets, weights, shift, base: base, samples: samples, output, row)
                    return samples
                }
            }
        }
    }

    public func weighRows(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, into row: inout MutableSpan<Int16>
    ) -> Int {
        weigh(rows, .bytes, offsets, weights, shift, .words, into: &row)
    }

    /// The products of RGBA, see `RowSamples.alphaBytes`.
    ///
    /// - Precondition: every offset is a pixel's.
    public func weighAlphaRows(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, into row: inout MutableSpan<Int16>
    ) -> Int {
        weigh(rows, .alphaBytes, offsets, weights, shift, .words, into: &row)
    }

    public func weighRows(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, into row: inout MutableSpan<UInt8>
    ) -> Int {
        weigh(rows, .words, offsets, weights, shift, .bytes, into: &row)
    }

    public func weighRows(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, into row: inout MutableSpan<Int16>
    ) -> Int {
        weigh(rows, .words, offsets, weights, shift, .words, into: &row)
    }

    /// - Parameter base: what is added to every result.
    public func weighRows(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, base: Int32,
        into row: inout MutableSpan<Int32>
    ) -> Int {
        weigh(rows, .words, offsets, weights, shift, base: base, .longs, into: &row)
    }

    /// - Precondition: from each offset on, `rows` holds `64 × groups` numbers, of a byte each or two, and `total` as many of four.
    @inline(__always)
    private func add(
        _ rows: UnsafeRawPointer, _ kind: RowSamples, groups: Int, _ offsets: Span<Int>, _ weights: UnsafeRawPointer,
        isFirst: Bool, _ total: UnsafeMutableRawPointer
    ) {
        let zero = _mm256_setzero_si256()
        let keep = _mm256_set1_epi32(isFirst ? 0 : -1)
        for group in 0..<groups {
            let from = unsafe rows + 64 &* kind.size &* group
            let (low, high) = unsafe sums(from, kind, offsets, weights, zero)
            let to = unsafe total + 256 &* group
            unsafe add(low.inOrder(kind), keep, to)
            unsafe add(high.inOrder(kind), keep, to + 128)
        }
    }

    @inline(__always)
    private func add(
        _ sums: (__m256i, __m256i, __m256i, __m256i), _ keep: __m256i, _ to: UnsafeMutableRawPointer
    ) {
        @inline(__always)
        func add(_ sums: __m256i, _ to: UnsafeMutableRawPointer) {
            let kept = unsafe _mm256_and_si256(to.loadUnaligned(as: __m256i.self), keep)
            unsafe to.storeBytes(of: _mm256_add_epi32(sums, kept), as: __m256i.self)
        }
        unsafe add(sums.0, to)
        unsafe add(sums.1, to + 32)
        unsafe add(sums.2, to + 64)
        unsafe add(sums.3, to + 96)
    }

    /// - Returns: how many samples were done, whole groups of 64; so below.
    @inline(__always)
    private func add<Sample: BitwiseCopyable>(
        _ rows: Span<Sample>, _ kind: RowSamples, _ offsets: Span<Int>, _ weights: Span<Int16>, isFirst: Bool,
        to sums: inout MutableSpan<Int32>
    ) -> Int {
        let groups = sums.count / 64
        precondition(weights.count == offsets.count && fits(offsets, samples: sums.count, room: rows.count))
        // Sound: `fits` holds for the samples of all groups, and `sums` is that long.
        unsafe rows.withUnsafeBytes { rows in
            unsafe weights.withUnsafeBytes { weights in
                unsafe sums.withUnsafeMutableBytes { sums in
                    guard let rows = rows.baseAddress, let sums = sums.baseAddress else { return }
                    let weights = unsafe weights.baseAddress ?? rows
                    unsafe add(rows, kind, groups: groups, offsets, weights, isFirst: isFirst, sums)
                }
            }
        }
        return 64 &* groups
    }

    public func addRows(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, isFirst: Bool,
        to sums: inout MutableSpan<Int32>
    ) -> Int {
        add(rows, .bytes, offsets, weights, isFirst: isFirst, to: &sums)
    }

    /// The products of RGBA, see `RowSamples.alphaBytes`.
    public func addAlphaRows(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, isFirst: Bool,
        to sums: inout MutableSpan<Int32>
    ) -> Int {
        add(rows, .alphaBytes, offsets, weights, isFirst: isFirst, to: &sums)
    }

    public func addRows(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, isFirst: Bool,
        to sums: inout MutableSpan<Int32>
    ) -> Int {
        add(rows, .words, offsets, weights, isFirst: isFirst, to: &sums)
    }
#endif
