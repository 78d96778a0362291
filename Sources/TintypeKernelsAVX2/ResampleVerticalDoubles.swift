#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // The vertical pass of samples of 32 bits in double precision: no sum has more than 52 bits, so they are exact. Each function does the leading
    // samples in whole groups, and returns how many; the rest is the caller's.

    /// The sums of sixteen samples.
    private struct SixteenSums {
        var a = _mm256_setzero_pd()
        var b = _mm256_setzero_pd()
        var c = _mm256_setzero_pd()
        var d = _mm256_setzero_pd()

        // Inlined: what the compiler specialises instead becomes a weak symbol.
        @inline(__always)
        init() {}

        /// - Precondition: from each offset on, `rows` holds sixteen samples, and there is a weight for each.
        @inline(__always)
        mutating func add(_ rows: UnsafeRawPointer, _ offsets: Span<Int>, _ weights: Span<Double>) {
            for j in offsets.indices {
                let from = unsafe rows + 4 &* offsets[unchecked: j]
                let weight = unsafe _mm256_set1_pd(weights[unchecked: j])
                a = unsafe _mm256_fmadd_pd(four(from), weight, a)
                b = unsafe _mm256_fmadd_pd(four(from + 16), weight, b)
                c = unsafe _mm256_fmadd_pd(four(from + 32), weight, c)
                d = unsafe _mm256_fmadd_pd(four(from + 48), weight, d)
            }
        }

        @inline(__always)
        private func four(_ samples: UnsafeRawPointer) -> __m256d {
            unsafe _mm256_cvtepi32_pd(samples.loadUnaligned(as: __m128i.self))
        }
    }

    /// Whether all of it can be read: from each offset on `samples` of `room` elements, and a weight for each.
    @inline(__always)
    private func fits(_ offsets: Span<Int>, _ weights: Span<Double>, samples: Int, room: Int) -> Bool {
        var fits = samples <= room && weights.count == offsets.count
        for j in offsets.indices { fits = fits && offsets[j] >= 0 && offsets[j] <= room &- samples }
        return fits
    }

    /// - Precondition: the results are below 2³⁰ and the sums below 2⁵².
    public func weighRows(
        _ rows: Span<Int32>, offsets: Span<Int>, weights: Span<Double>, shift: Int, into row: inout MutableSpan<Int32>
    ) -> Int {
        precondition(fits(offsets, weights, samples: row.count, room: rows.count) && shift >= 1 && shift <= 52)
        let last = row.count &- 16
        guard last >= 0 else { return 0 }
        let rounding = DoubleRounding(shift)
        // Sound: `fits` holds for all samples, `row` is that long, and x is at most `last`.
        unsafe rows.withUnsafeBytes { rows in
            unsafe row.withUnsafeMutableBytes { row in
                guard let rows = rows.baseAddress, let row = row.baseAddress else { return }
                var x = 0
                while true {
                    var sums = SixteenSums()
                    unsafe sums.add(rows + 4 &* x, offsets, weights)
                    unsafe rounding.store(sums.a, row + 4 &* x)
                    unsafe rounding.store(sums.b, row + 4 &* x + 16)
                    unsafe rounding.store(sums.c, row + 4 &* x + 32)
                    unsafe rounding.store(sums.d, row + 4 &* x + 48)
                    if x == last { break }
                    // The last sixteen may overlap with those before.
                    x = x &+ 16 < last ? x &+ 16 : last
                }
            }
        }
        return row.count
    }

    /// - Precondition: the sums are below 2⁵².
    public func addRows(
        _ rows: Span<Int32>, offsets: Span<Int>, weights: Span<Double>, isFirst: Bool,
        to sums: inout MutableSpan<Double>
    ) -> Int {
        precondition(fits(offsets, weights, samples: sums.count, room: rows.count))
        let groups = sums.count / 16
        // Sound: `fits` holds for the samples of all groups, and `sums` is that long.
        unsafe rows.withUnsafeBytes { rows in
            unsafe sums.withUnsafeMutableBytes { total in
                guard let rows = rows.baseAddress, let total = total.baseAddress else { return }
                for group in 0..<groups {
                    let to = unsafe total + 128 &* group
                    var sums = SixteenSums()
                    if !isFirst {
                        sums.a = unsafe to.loadUnaligned(as: __m256d.self)
                        sums.b = unsafe (to + 32).loadUnaligned(as: __m256d.self)
                        sums.c = unsafe (to + 64).loadUnaligned(as: __m256d.self)
                        sums.d = unsafe (to + 96).loadUnaligned(as: __m256d.self)
                    }
                    unsafe sums.add(rows + 64 &* group, offsets, weights)
                    unsafe to.storeBytes(of: sums.a, as: __m256d.self)
                    unsafe (to + 32).storeBytes(of: sums.b, as: __m256d.self)
                    unsafe (to + 64).storeBytes(of: sums.c, as: __m256d.self)
                    unsafe (to + 96).storeBytes(of: sums.d, as: __m256d.self)
                }
            }
        }
        return 16 &* groups
    }
#endif
