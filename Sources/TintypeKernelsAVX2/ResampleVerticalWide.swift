#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // The vertical pass of unsigned 16-bit samples by weights in two parts. Each function does the leading samples in whole groups, and returns how
    // many; the rest is the caller's.

    @inline(__always)
    private func load(_ bytes: UnsafeRawPointer) -> __m256i { unsafe bytes.loadUnaligned(as: __m256i.self) }

    @inline(__always)
    private func store(_ vector: __m256i, _ bytes: UnsafeMutableRawPointer) {
        unsafe bytes.storeBytes(of: vector, as: __m256i.self)
    }

    /// Sums of sixteen samples with either half of the weights: `a` of samples 0–3 and 8–11, `b` of the others.
    private struct SplitSums {
        var highA = _mm256_setzero_si256()
        var highB = _mm256_setzero_si256()
        var lowA = _mm256_setzero_si256()
        var lowB = _mm256_setzero_si256()

        // Inlined: what the compiler specialises instead becomes a weak symbol.
        @inline(__always)
        init() {}

        /// Adds two rows, their samples with the highest bit turned.
        @inline(__always)
        mutating func add(_ even: UnsafeRawPointer, _ odd: UnsafeRawPointer, _ high: __m256i, _ low: __m256i) {
            let turned = _mm256_set1_epi16(.min)
            let first = unsafe _mm256_xor_si256(load(even), turned)
            let second = unsafe _mm256_xor_si256(load(odd), turned)
            let a = _mm256_unpacklo_epi16(first, second)
            let b = _mm256_unpackhi_epi16(first, second)
            highA = _mm256_add_epi32(highA, _mm256_madd_epi16(a, high))
            highB = _mm256_add_epi32(highB, _mm256_madd_epi16(b, high))
            lowA = _mm256_add_epi32(lowA, _mm256_madd_epi16(a, low))
            lowB = _mm256_add_epi32(lowB, _mm256_madd_epi16(b, low))
        }
    }

    /// The sums of thirty-two samples from `rows` on.
    @inline(__always)
    private func sums(
        _ rows: UnsafeRawPointer, _ offsets: Span<Int>, _ high: Span<Int32>, _ low: Span<Int32>
    ) -> (SplitSums, SplitSums) {
        var (first, second) = (SplitSums(), SplitSums())
        for j in 0..<offsets.count / 2 {
            let highWeight = unsafe _mm256_set1_epi32(high[unchecked: j])
            let lowWeight = unsafe _mm256_set1_epi32(low[unchecked: j])
            let even = unsafe rows + 2 &* offsets[unchecked: 2 &* j]
            let odd = unsafe rows + 2 &* offsets[unchecked: 2 &* j &+ 1]
            unsafe first.add(even, odd, highWeight, lowWeight)
            unsafe second.add(even + 32, odd + 32, highWeight, lowWeight)
        }
        return (first, second)
    }

    /// Whether all of it can be read: from each offset on `samples` of `room` elements, and two parts of weights for each pair.
    @inline(__always)
    private func fits(
        _ offsets: Span<Int>, _ high: Span<Int32>, _ low: Span<Int32>, samples: Int, room: Int
    ) -> Bool {
        var fits = samples <= room && offsets.count % 2 == 0
        fits = fits && 2 &* high.count >= offsets.count && 2 &* low.count >= offsets.count
        for j in offsets.indices { fits = fits && offsets[j] >= 0 && offsets[j] <= room &- samples }
        return fits
    }

    /// - Parameters:
    ///   - high, low: the weights as high × 2¹¹ + low, for each pair two numbers of 16 bits.
    ///   - base: what is added to every result.
    public func weighRows(
        _ rows: Span<UInt16>, offsets: Span<Int>, high: Span<Int32>, low: Span<Int32>, shift: Int, base: Int32,
        into row: inout MutableSpan<Int32>
    ) -> Int {
        precondition(fits(offsets, high, low, samples: row.count, room: rows.count))
        let last = row.count &- 32
        guard last >= 0, shift >= 12, shift <= 30 else { return 0 }
        let rounding = Rounding(shift, base)
        // Sound: `fits` holds for all samples, `row` is that long, and x is at most `last`.
        unsafe rows.withUnsafeBytes { rows in
            unsafe row.withUnsafeMutableBytes { row in
                guard let rows = rows.baseAddress, let row = row.baseAddress else { return }
                var x = 0
                while true {
                    let (first, second) = unsafe sums(rows + 2 &* x, offsets, high, low)
                    unsafe rounding.store(first, row + 4 &* x)
                    unsafe rounding.store(second, row + 4 &* x + 64)
                    if x == last { break }
                    // The last thirty-two may overlap with those before.
                    x = x &+ 32 < last ? x &+ 32 : last
                }
            }
        }
        return row.count
    }

    /// ⌊(2¹¹ high + low + half) / 2^(11 + shift)⌋ + base.
    private struct Rounding {
        let half: __m256i
        let shift: Int32
        let base: __m256i

        @inline(__always)
        init(_ shift: Int, _ base: Int32) {
            half = _mm256_set1_epi32(1 &<< Int32(truncatingIfNeeded: shift &- 1))
            self.shift = Int32(truncatingIfNeeded: shift &- 11)
            self.base = _mm256_set1_epi32(base)
        }

        @inline(__always)
        private func joined(_ high: __m256i, _ low: __m256i) -> __m256i {
            let low = _mm256_srai_epi32(_mm256_add_epi32(low, half), 11)
            return _mm256_add_epi32(_mm256_srai_epi32(_mm256_add_epi32(high, low), shift), base)
        }

        /// Stores sixteen results.
        @inline(__always)
        func store(_ sums: SplitSums, _ to: UnsafeMutableRawPointer) {
            let (a, b) = (joined(sums.highA, sums.lowA), joined(sums.highB, sums.lowB))
            unsafe to.storeBytes(of: __m256i(lowHalf: a.lowHalf, highHalf: b.lowHalf), as: __m256i.self)
            unsafe (to + 32).storeBytes(of: __m256i(lowHalf: a.highHalf, highHalf: b.highHalf), as: __m256i.self)
        }
    }

    public func addRows(
        _ rows: Span<UInt16>, offsets: Span<Int>, high: Span<Int32>, low: Span<Int32>, base: Int64, isFirst: Bool,
        to sums: inout MutableSpan<Int64>
    ) -> Int {
        let groups = sums.count / 32
        precondition(fits(offsets, high, low, samples: sums.count, room: rows.count))
        let base = _mm256_set1_epi64x(base)
        let keep = _mm256_set1_epi64x(isFirst ? 0 : -1)
        // Sound: `fits` holds for the samples of all groups, and `sums` is that long.
        unsafe rows.withUnsafeBytes { rows in
            unsafe sums.withUnsafeMutableBytes { total in
                guard let rows = rows.baseAddress, let total = total.baseAddress else { return }
                for group in 0..<groups {
                    let (first, second) = unsafe TintypeKernelsAVX2.sums(rows + 64 &* group, offsets, high, low)
                    unsafe add(first, base, keep, total + 256 &* group)
                    unsafe add(second, base, keep, total + 256 &* group + 128)
                }
            }
        }
        return 32 &* groups
    }

    /// Adds 2¹¹ high + low + base, in 64 bits, to sixteen sums.
    @inline(__always)
    private func add(_ sums: SplitSums, _ base: __m256i, _ keep: __m256i, _ to: UnsafeMutableRawPointer) {
        let (highA, highB, lowA, lowB) = (sums.highA, sums.highB, sums.lowA, sums.lowB)
        unsafe addWide(highA.lowHalf, lowA.lowHalf, base, keep, to)
        unsafe addWide(highB.lowHalf, lowB.lowHalf, base, keep, to + 32)
        unsafe addWide(highA.highHalf, lowA.highHalf, base, keep, to + 64)
        unsafe addWide(highB.highHalf, lowB.highHalf, base, keep, to + 96)
    }

    @inline(__always)
    private func addWide(
        _ high: __m128i, _ low: __m128i, _ base: __m256i, _ keep: __m256i, _ to: UnsafeMutableRawPointer
    ) {
        let shifted = _mm256_slli_epi64(_mm256_cvtepi32_epi64(high), 11)
        let sum = _mm256_add_epi64(_mm256_add_epi64(shifted, _mm256_cvtepi32_epi64(low)), base)
        unsafe store(_mm256_add_epi64(sum, _mm256_and_si256(load(to), keep)), to)
    }
#endif
