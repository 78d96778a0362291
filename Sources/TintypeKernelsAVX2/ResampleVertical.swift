#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // The vertical pass: samples of two rows are interleaved in registers, then multiplied and added by one instruction. Each function does the
    // leading samples in whole groups, and returns how many; the rest is the caller's.

    @inline(__always)
    private func load(_ bytes: UnsafeRawPointer) -> __m256i { unsafe bytes.loadUnaligned(as: __m256i.self) }

    @inline(__always)
    private func store(_ vector: __m256i, _ bytes: UnsafeMutableRawPointer) {
        unsafe bytes.storeBytes(of: vector, as: __m256i.self)
    }

    @inline(__always)
    private func lowHalves(_ a: __m256i, _ b: __m256i) -> __m256i {
        __m256i(lowHalf: a.lowHalf, highHalf: b.lowHalf)
    }

    @inline(__always)
    private func highHalves(_ a: __m256i, _ b: __m256i) -> __m256i {
        __m256i(lowHalf: a.highHalf, highHalf: b.highHalf)
    }

    /// Thirty-two samples of two rows in turn, in 16 bits.
    private struct Pairs {
        let a: __m256i
        let b: __m256i
        let c: __m256i
        let d: __m256i

        @inline(__always)
        init(_ isByte: Bool, _ even: UnsafeRawPointer, _ odd: UnsafeRawPointer) {
            let (first, second) = unsafe (load(even), load(odd))
            if isByte {
                let zero = _mm256_setzero_si256()
                let low = _mm256_unpacklo_epi8(first, second)
                let high = _mm256_unpackhi_epi8(first, second)
                (a, b) = (_mm256_unpacklo_epi8(low, zero), _mm256_unpackhi_epi8(low, zero))
                (c, d) = (_mm256_unpacklo_epi8(high, zero), _mm256_unpackhi_epi8(high, zero))
            } else {
                let (third, fourth) = unsafe (load(even + 32), load(odd + 32))
                (a, b) = (_mm256_unpacklo_epi16(first, second), _mm256_unpackhi_epi16(first, second))
                (c, d) = (_mm256_unpacklo_epi16(third, fourth), _mm256_unpackhi_epi16(third, fourth))
            }
        }
    }

    /// The sums of thirty-two samples, in an order that interleaving leaves them in.
    ///
    /// Of bytes `a` holds samples 0–3 and 16–19, `b` those behind, and so on; of 16-bit numbers `a` and `b` hold samples 0–3, 8–11 and 4–7, 12–15, and `c`
    /// and `d` the same of the sixteen that follow.
    private struct Sums {
        var a: __m256i
        var b: __m256i
        var c: __m256i
        var d: __m256i

        @inline(__always)
        init(_ start: __m256i) { (a, b, c, d) = (start, start, start, start) }

        @inline(__always)
        mutating func add(_ pairs: Pairs, _ weight: __m256i) {
            a = _mm256_add_epi32(a, _mm256_madd_epi16(pairs.a, weight))
            b = _mm256_add_epi32(b, _mm256_madd_epi16(pairs.b, weight))
            c = _mm256_add_epi32(c, _mm256_madd_epi16(pairs.c, weight))
            d = _mm256_add_epi32(d, _mm256_madd_epi16(pairs.d, weight))
        }

        /// The sums as thirty-two 16-bit numbers.
        @inline(__always)
        func storeWords(_ isByte: Bool, _ shift: Int32, _ to: UnsafeMutableRawPointer) {
            let first = _mm256_packs_epi32(_mm256_srai_epi32(a, shift), _mm256_srai_epi32(b, shift))
            let second = _mm256_packs_epi32(_mm256_srai_epi32(c, shift), _mm256_srai_epi32(d, shift))
            unsafe store(isByte ? lowHalves(first, second) : first, to)
            unsafe store(isByte ? highHalves(first, second) : second, to + 32)
        }

        /// Sums of 16-bit numbers as thirty-two 32-bit numbers, `base` added.
        @inline(__always)
        func storeLongs(_ shift: Int32, _ base: __m256i, _ to: UnsafeMutableRawPointer) {
            let (first, second, third, fourth) = inOrder(false)
            unsafe store(_mm256_add_epi32(_mm256_srai_epi32(first, shift), base), to)
            unsafe store(_mm256_add_epi32(_mm256_srai_epi32(second, shift), base), to + 32)
            unsafe store(_mm256_add_epi32(_mm256_srai_epi32(third, shift), base), to + 64)
            unsafe store(_mm256_add_epi32(_mm256_srai_epi32(fourth, shift), base), to + 96)
        }

        /// Sums of 16-bit numbers as thirty-two bytes.
        @inline(__always)
        func storeBytes(_ shift: Int32, _ to: UnsafeMutableRawPointer) {
            let first = _mm256_packs_epi32(_mm256_srai_epi32(a, shift), _mm256_srai_epi32(b, shift))
            let second = _mm256_packs_epi32(_mm256_srai_epi32(c, shift), _mm256_srai_epi32(d, shift))
            let packed = _mm256_packus_epi16(first, second)
            unsafe store(_mm256_permutevar8x32_epi32(packed, _mm256_set_epi32(7, 6, 3, 2, 5, 4, 1, 0)), to)
        }

        /// The sums in the order of the samples.
        @inline(__always)
        func inOrder(_ isByte: Bool) -> (__m256i, __m256i, __m256i, __m256i) {
            let (first, third) = (lowHalves(a, b), highHalves(c, d))
            let (upper, lower) = (highHalves(a, b), lowHalves(c, d))
            return isByte ? (first, lower, upper, third) : (first, upper, lower, third)
        }
    }

    /// Whether from each offset on, `room` elements hold `samples`.
    @inline(__always)
    private func fits(_ offsets: Span<Int>, samples: Int, room: Int) -> Bool {
        var fits = samples <= room && offsets.count % 2 == 0
        for j in offsets.indices { fits = fits && offsets[j] >= 0 && offsets[j] <= room &- samples }
        return fits
    }

    /// Where to go on after the first `count` samples, so that from there on the first row is read in whole 32 bytes of memory, and no vector of it lies in two lines of the
    /// cache. So do rows a multiple of 32 bytes away.
    ///
    /// - Returns: a number above 0 and at most `count`.
    @inline(__always)
    private func aligned(_ rows: UnsafeRawPointer, _ isByte: Bool, _ offsets: Span<Int>, after count: Int) -> Int {
        guard offsets.count > 0 else { return count }
        let size = isByte ? 1 : 2
        let beyond = unsafe Int(bitPattern: rows + size &* offsets[unchecked: 0]) & 31
        return count &- beyond / size
    }

    /// The sums of sixty-four samples from `rows` on over all rows, on top of `start`.
    @inline(__always)
    private func sums(
        _ rows: UnsafeRawPointer, _ isByte: Bool, _ offsets: Span<Int>, _ weights: UnsafeRawPointer, _ start: __m256i
    ) -> (Sums, Sums) {
        var (low, high) = (Sums(start), Sums(start))
        let size = isByte ? 1 : 2
        for j in 0..<offsets.count / 2 {
            let weight = unsafe _mm256_set1_epi32(weights.loadUnaligned(fromByteOffset: 4 &* j, as: Int32.self))
            let even = unsafe rows + size &* offsets[unchecked: 2 &* j]
            let odd = unsafe rows + size &* offsets[unchecked: 2 &* j &+ 1]
            unsafe low.add(Pairs(isByte, even, odd), weight)
            unsafe high.add(Pairs(isByte, even + 32 &* size, odd + 32 &* size), weight)
        }
        return (low, high)
    }

    /// What the sums become.
    private enum Output { case bytes, words, longs }

    /// - Parameter base: what is added to results of four bytes.
    /// - Precondition: from each offset on, `rows` holds `samples` numbers, of a byte each or two, and `row` as many of the output's size.
    @inline(__always)
    private func weigh(
        _ rows: UnsafeRawPointer, _ isByte: Bool, _ offsets: Span<Int>, _ weights: UnsafeRawPointer, _ shift: Int,
        base: Int32 = 0, samples: Int, _ output: Output, _ row: UnsafeMutableRawPointer
    ) {
        let half = _mm256_set1_epi32(1 &<< Int32(truncatingIfNeeded: shift &- 1))
        let shift = Int32(truncatingIfNeeded: shift)
        let base = _mm256_set1_epi32(base)
        let (lead, last) = unsafe (aligned(rows, isByte, offsets, after: 64), samples &- 64)
        var x = 0
        while true {
            let (low, high) = unsafe sums(rows + (isByte ? x : 2 &* x), isByte, offsets, weights, half)
            switch output {
            case .bytes:
                unsafe low.storeBytes(shift, row + x)
                unsafe high.storeBytes(shift, row + x + 32)
            case .words:
                unsafe low.storeWords(isByte, shift, row + 2 &* x)
                unsafe high.storeWords(isByte, shift, row + 2 &* x + 64)
            case .longs:
                unsafe low.storeLongs(shift, base, row + 4 &* x)
                unsafe high.storeLongs(shift, base, row + 4 &* x + 128)
            }
            if x == last { return }
            // The last sixty-four may overlap with those before, and the second with the first.
            x = min(x == 0 ? lead : x &+ 64, last)
        }
    }

    /// - Parameters:
    ///   - rows: `room` numbers, of a byte each or two.
    ///   - row: `samples` numbers of the output's size.
    @inline(__always)
    private func weigh(
        _ rows: UnsafeRawPointer?, _ isByte: Bool, room: Int, _ offsets: Span<Int>, _ weights: Span<Int16>,
        _ shift: Int, base: Int32 = 0, samples: Int, _ output: Output, _ row: UnsafeMutableRawPointer?
    ) -> Int {
        precondition(weights.count == offsets.count && fits(offsets, samples: samples, room: room))
        guard let rows = unsafe rows, let row = unsafe row, samples >= 64, shift >= 1, shift < 32 else { return 0 }
        // Sound: `fits` holds for all samples, and `row` is that long.
        unsafe weights.withUnsafeBytes { weights in
            // Without weights there is nothing to be read.
            unsafe weigh(
                rows, isByte, offsets, weights.baseAddress ?? rows, shift, base: base, samples: samples, output, row)
        }
        return samples
    }

    public func weighRows(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, into row: inout MutableSpan<Int16>
    ) -> Int {
        let samples = row.count
        return unsafe rows.withUnsafeBytes { bytes in
            unsafe row.withUnsafeMutableBytes {
                unsafe weigh(
                    bytes.baseAddress, true, room: rows.count, offsets, weights, shift, samples: samples, .words,
                    $0.baseAddress)
            }
        }
    }

    public func weighRows(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, into row: inout MutableSpan<UInt8>
    ) -> Int {
        let samples = row.count
        return unsafe rows.withUnsafeBytes { bytes in
            unsafe row.withUnsafeMutableBytes {
                unsafe weigh(
                    bytes.baseAddress, false, room: rows.count, offsets, weights, shift, samples: samples, .bytes,
                    $0.baseAddress)
            }
        }
    }

    public func weighRows(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, into row: inout MutableSpan<Int16>
    ) -> Int {
        let samples = row.count
        return unsafe rows.withUnsafeBytes { bytes in
            unsafe row.withUnsafeMutableBytes {
                unsafe weigh(
                    bytes.baseAddress, false, room: rows.count, offsets, weights, shift, samples: samples, .words,
                    $0.baseAddress)
            }
        }
    }

    /// - Parameter base: what is added to every result.
    public func weighRows(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, base: Int32,
        into row: inout MutableSpan<Int32>
    ) -> Int {
        let samples = row.count
        return unsafe rows.withUnsafeBytes { bytes in
            unsafe row.withUnsafeMutableBytes {
                unsafe weigh(
                    bytes.baseAddress, false, room: rows.count, offsets, weights, shift, base: base, samples: samples,
                    .longs,
                    $0.baseAddress)
            }
        }
    }

    /// Two rows of results at once: what counts in both is read and widened once.
    ///
    /// - Parameters:
    ///   - weights: of the first row, and as many of the second.
    ///   - shared: the pairs of rows that count in both; before it only the first one has weights, behind it the second.
    ///   - row: room for two rows of `samples` numbers of 16 bits.
    @inline(__always)
    private func weighForTwo(
        _ rows: UnsafeRawPointer, _ isByte: Bool, _ offsets: Span<Int>, _ weights: UnsafeRawPointer,
        shared: Range<Int>, _ shift: Int, samples: Int, _ row: UnsafeMutableRawPointer
    ) {
        let (pairs, size) = (offsets.count / 2, isByte ? 1 : 2)
        let half = _mm256_set1_epi32(1 &<< Int32(truncatingIfNeeded: shift &- 1))
        let shift = Int32(truncatingIfNeeded: shift)
        let others = unsafe weights + 4 &* pairs
        let (lead, last) = unsafe (aligned(rows, isByte, offsets, after: 32), samples &- 32)
        var x = 0
        while true {
            let from = unsafe rows + size &* x
            var (first, second) = (Sums(half), Sums(half))
            for j in 0..<shared.lowerBound {
                unsafe first.add(pair(from, isByte, offsets, j), weight(weights, j))
            }
            for j in shared {
                let both = unsafe pair(from, isByte, offsets, j)
                unsafe first.add(both, weight(weights, j))
                unsafe second.add(both, weight(others, j))
            }
            for j in shared.upperBound..<pairs {
                unsafe second.add(pair(from, isByte, offsets, j), weight(others, j))
            }
            let to = unsafe row + 2 &* x
            unsafe first.storeWords(isByte, shift, to)
            unsafe second.storeWords(isByte, shift, to + 2 &* samples)
            if x == last { return }
            // The last thirty-two may overlap with those before, and the second with the first.
            x = min(x == 0 ? lead : x &+ 32, last)
        }
    }

    @inline(__always)
    private func pair(_ rows: UnsafeRawPointer, _ isByte: Bool, _ offsets: Span<Int>, _ j: Int) -> Pairs {
        let size = isByte ? 1 : 2
        return unsafe Pairs(
            isByte, rows + size &* offsets[unchecked: 2 &* j], rows + size &* offsets[unchecked: 2 &* j &+ 1])
    }

    @inline(__always)
    private func weight(_ weights: UnsafeRawPointer, _ j: Int) -> __m256i {
        unsafe _mm256_set1_epi32(weights.loadUnaligned(fromByteOffset: 4 &* j, as: Int32.self))
    }

    /// - Returns: whether it was done.
    @inline(__always)
    private func weighForTwo(
        _ rows: UnsafeRawBufferPointer, _ isByte: Bool, _ offsets: Span<Int>, _ weights: Span<Int16>,
        shared: Range<Int>, _ shift: Int, samples: Int, _ row: UnsafeMutableRawPointer?
    ) -> Bool {
        precondition(weights.count == 2 * offsets.count && shared.lowerBound >= 0)
        precondition(shared.upperBound <= offsets.count / 2)
        precondition(fits(offsets, samples: samples, room: rows.count / (isByte ? 1 : 2)))
        guard let from = rows.baseAddress, let row = unsafe row, samples >= 32, shift >= 1, shift < 32 else {
            return false
        }
        // Sound: `fits` holds for all samples, and `row` is twice that long.
        unsafe weights.withUnsafeBytes { weights in
            // Without weights there is nothing to be read.
            unsafe weighForTwo(
                from, isByte, offsets, weights.baseAddress ?? from, shared: shared, shift, samples: samples, row)
        }
        return true
    }

    /// - Parameters:
    ///   - weights: of the first row of results, and as many of the second.
    ///   - shared: the pairs of rows that count in both; before it only the first one has weights, behind it the second.
    ///   - row: both, one after the other.
    /// - Returns: whether it was done.
    public func weighRowsForTwo(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, shared: Range<Int>, shift: Int,
        into row: inout MutableSpan<Int16>
    ) -> Bool {
        let samples = row.count / 2
        return unsafe rows.withUnsafeBytes { rows in
            unsafe row.withUnsafeMutableBytes { row in
                unsafe weighForTwo(
                    rows, true, offsets, weights, shared: shared, shift, samples: samples, row.baseAddress)
            }
        }
    }

    public func weighRowsForTwo(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shared: Range<Int>, shift: Int,
        into row: inout MutableSpan<Int16>
    ) -> Bool {
        let samples = row.count / 2
        return unsafe rows.withUnsafeBytes { rows in
            unsafe row.withUnsafeMutableBytes { row in
                unsafe weighForTwo(
                    rows, false, offsets, weights, shared: shared, shift, samples: samples, row.baseAddress)
            }
        }
    }

    /// - Precondition: from each offset on, `rows` holds `64 × groups` numbers, of a byte each or two, and `total` as many of four.
    @inline(__always)
    private func add(
        _ rows: UnsafeRawPointer, _ isByte: Bool, groups: Int, _ offsets: Span<Int>, _ weights: UnsafeRawPointer,
        isFirst: Bool, _ total: UnsafeMutableRawPointer
    ) {
        let zero = _mm256_setzero_si256()
        let keep = _mm256_set1_epi32(isFirst ? 0 : -1)
        for group in 0..<groups {
            let from = unsafe rows + (isByte ? 64 : 128) &* group
            let (low, high) = unsafe sums(from, isByte, offsets, weights, zero)
            let to = unsafe total + 256 &* group
            unsafe add(low.inOrder(isByte), keep, to)
            unsafe add(high.inOrder(isByte), keep, to + 128)
        }
    }

    @inline(__always)
    private func add(
        _ sums: (__m256i, __m256i, __m256i, __m256i), _ keep: __m256i, _ to: UnsafeMutableRawPointer
    ) {
        unsafe store(_mm256_add_epi32(sums.0, _mm256_and_si256(load(to), keep)), to)
        unsafe store(_mm256_add_epi32(sums.1, _mm256_and_si256(load(to + 32), keep)), to + 32)
        unsafe store(_mm256_add_epi32(sums.2, _mm256_and_si256(load(to + 64), keep)), to + 64)
        unsafe store(_mm256_add_epi32(sums.3, _mm256_and_si256(load(to + 96), keep)), to + 96)
    }

    public func addRows(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, isFirst: Bool,
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
                    unsafe add(rows, true, groups: groups, offsets, weights, isFirst: isFirst, sums)
                }
            }
        }
        return 64 &* groups
    }

    public func addRows(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, isFirst: Bool,
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
                    unsafe add(rows, false, groups: groups, offsets, weights, isFirst: isFirst, sums)
                }
            }
        }
        return 64 &* groups
    }
#endif
