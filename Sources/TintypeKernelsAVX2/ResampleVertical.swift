#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // The vertical pass: two rows that lie interleaved are multiplied and added by one instruction. Each function does the leading samples in
    // whole groups, and returns how many; the rest is the caller's.

    @inline(__always)
    private func load(_ bytes: UnsafeRawPointer) -> __m256i { unsafe bytes.loadUnaligned(as: __m256i.self) }

    @inline(__always)
    private func store(_ vector: __m256i, _ bytes: UnsafeMutableRawPointer) {
        unsafe bytes.storeBytes(of: vector, as: __m256i.self)
    }

    /// Eight samples of either row, as 16-bit numbers in pairs.
    ///
    /// - Parameter isByte: whether the samples lie there as bytes.
    @inline(__always)
    private func pairs(_ bytes: UnsafeRawPointer, _ isByte: Bool) -> __m256i {
        isByte ? unsafe _mm256_cvtepu8_epi16(bytes.loadUnaligned(as: __m128i.self)) : unsafe load(bytes)
    }

    /// Interleaves two rows in elements of one or two bytes.
    ///
    /// - Precondition (for all of these): `even` and `odd` point to `32 × groups` bytes, `out` to twice that.
    @inline(__always)
    private func interleave(
        _ even: UnsafeRawPointer, _ odd: UnsafeRawPointer, _ isByte: Bool, turned: __m256i, groups: Int,
        _ out: UnsafeMutableRawPointer
    ) {
        for group in 0..<groups {
            let a = unsafe _mm256_xor_si256(load(even + 32 &* group), turned)
            let b = unsafe _mm256_xor_si256(load(odd + 32 &* group), turned)
            let low = isByte ? _mm256_unpacklo_epi8(a, b) : _mm256_unpacklo_epi16(a, b)
            let high = isByte ? _mm256_unpackhi_epi8(a, b) : _mm256_unpackhi_epi16(a, b)
            let to = unsafe out + 64 &* group
            unsafe to.storeBytes(of: low.lowHalf, as: SIMD2<Int64>.self)
            unsafe (to + 16).storeBytes(of: high.lowHalf, as: SIMD2<Int64>.self)
            unsafe (to + 32).storeBytes(of: low.highHalf, as: SIMD2<Int64>.self)
            unsafe (to + 48).storeBytes(of: high.highHalf, as: SIMD2<Int64>.self)
        }
    }

    public func pairRows(_ even: Span<UInt8>, _ odd: Span<UInt8>, into pairs: inout MutableSpan<UInt8>) -> Int {
        precondition(even.count == odd.count && pairs.count == 2 * even.count)
        let groups = even.count / 32
        guard groups > 0 else { return 0 }
        // Sound: the precondition gives what `interleave` asks for.
        unsafe even.withUnsafeBytes { even in
            unsafe odd.withUnsafeBytes { odd in
                unsafe pairs.withUnsafeMutableBytes { out in
                    guard let even = even.baseAddress, let odd = odd.baseAddress, let out = out.baseAddress else {
                        return
                    }
                    unsafe interleave(even, odd, true, turned: _mm256_setzero_si256(), groups: groups, out)
                }
            }
        }
        return 32 &* groups
    }

    public func pairRows(_ even: Span<Int16>, _ odd: Span<Int16>, into pairs: inout MutableSpan<Int16>) -> Int {
        precondition(even.count == odd.count && pairs.count == 2 * even.count)
        let groups = even.count / 16
        guard groups > 0 else { return 0 }
        // Sound: the precondition gives what `interleave` asks for.
        unsafe even.withUnsafeBytes { even in
            unsafe odd.withUnsafeBytes { odd in
                unsafe pairs.withUnsafeMutableBytes { out in
                    guard let even = even.baseAddress, let odd = odd.baseAddress, let out = out.baseAddress else {
                        return
                    }
                    unsafe interleave(even, odd, false, turned: _mm256_setzero_si256(), groups: groups, out)
                }
            }
        }
        return 16 &* groups
    }

    /// Turns the highest bit of every sample, too.
    public func pairRows(_ even: Span<UInt16>, _ odd: Span<UInt16>, into pairs: inout MutableSpan<UInt16>) -> Int {
        precondition(even.count == odd.count && pairs.count == 2 * even.count)
        let groups = even.count / 16
        guard groups > 0 else { return 0 }
        // Sound: the precondition gives what `interleave` asks for.
        unsafe even.withUnsafeBytes { even in
            unsafe odd.withUnsafeBytes { odd in
                unsafe pairs.withUnsafeMutableBytes { out in
                    guard let even = even.baseAddress, let odd = odd.baseAddress, let out = out.baseAddress else {
                        return
                    }
                    unsafe interleave(even, odd, false, turned: _mm256_set1_epi16(.min), groups: groups, out)
                }
            }
        }
        return 16 &* groups
    }

    /// Whether from each offset on, `room` elements hold `2 × samples`.
    @inline(__always)
    private func fits(_ offsets: Span<Int>, samples: Int, room: Int) -> Bool {
        var fits = 2 &* samples <= room
        for j in offsets.indices { fits = fits && offsets[j] >= 0 && offsets[j] <= room &- 2 &* samples }
        return fits
    }

    private typealias Four = (__m256i, __m256i, __m256i, __m256i)

    /// The sums of sixty-four samples from x on over all pairs, on top of `start`.
    ///
    /// - Parameter weights: for each pair two numbers of 16 bits.
    @inline(__always)
    private func sums(
        _ rows: UnsafeRawPointer, _ isByte: Bool, at x: Int, _ offsets: Span<Int>, _ weights: UnsafeRawPointer,
        _ start: __m256i
    ) -> (Four, Four) {
        var (a, b, c, d, e, f, g, h) = (start, start, start, start, start, start, start, start)
        let step = isByte ? 16 : 32
        let rows = unsafe rows + (isByte ? 2 &* x : 4 &* x)
        for j in offsets.indices {
            let weight = unsafe _mm256_set1_epi32(weights.loadUnaligned(fromByteOffset: 4 &* j, as: Int32.self))
            let at = unsafe rows + (isByte ? offsets[unchecked: j] : 2 &* offsets[unchecked: j])
            a = unsafe _mm256_add_epi32(a, _mm256_madd_epi16(pairs(at, isByte), weight))
            b = unsafe _mm256_add_epi32(b, _mm256_madd_epi16(pairs(at + step, isByte), weight))
            c = unsafe _mm256_add_epi32(c, _mm256_madd_epi16(pairs(at + 2 &* step, isByte), weight))
            d = unsafe _mm256_add_epi32(d, _mm256_madd_epi16(pairs(at + 3 &* step, isByte), weight))
            e = unsafe _mm256_add_epi32(e, _mm256_madd_epi16(pairs(at + 4 &* step, isByte), weight))
            f = unsafe _mm256_add_epi32(f, _mm256_madd_epi16(pairs(at + 5 &* step, isByte), weight))
            g = unsafe _mm256_add_epi32(g, _mm256_madd_epi16(pairs(at + 6 &* step, isByte), weight))
            h = unsafe _mm256_add_epi32(h, _mm256_madd_epi16(pairs(at + 7 &* step, isByte), weight))
        }
        return ((a, b, c, d), (e, f, g, h))
    }

    /// Sixteen sums as 16-bit numbers; packing two vectors by halves leaves them in the order 0, 2, 1, 3.
    @inline(__always)
    private func words(_ a: __m256i, _ b: __m256i, _ shift: Int32) -> __m256i {
        let packed = _mm256_packs_epi32(_mm256_srai_epi32(a, shift), _mm256_srai_epi32(b, shift))
        return _mm256_permutevar8x32_epi32(packed, _mm256_set_epi32(7, 6, 3, 2, 5, 4, 1, 0))
    }

    /// Thirty-two sums as bytes, packed twice by halves.
    @inline(__always)
    private func bytes(_ sums: Four, _ shift: Int32) -> __m256i {
        let low = _mm256_packs_epi32(_mm256_srai_epi32(sums.0, shift), _mm256_srai_epi32(sums.1, shift))
        let high = _mm256_packs_epi32(_mm256_srai_epi32(sums.2, shift), _mm256_srai_epi32(sums.3, shift))
        let packed = _mm256_packus_epi16(low, high)
        return _mm256_permutevar8x32_epi32(packed, _mm256_set_epi32(7, 3, 6, 2, 5, 1, 4, 0))
    }

    public func weighPairs(
        _ pairs: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, into row: inout MutableSpan<Int16>
    ) -> Int {
        precondition(weights.count == 2 * offsets.count && fits(offsets, samples: row.count, room: pairs.count))
        let last = row.count &- 64
        guard last >= 0, shift >= 1, shift < 32 else { return 0 }
        let half = _mm256_set1_epi32(1 &<< Int32(truncatingIfNeeded: shift &- 1))
        let shift = Int32(truncatingIfNeeded: shift)
        // Sound: `fits` holds for all samples, `row` is that long, and x is at most `last`.
        unsafe pairs.withUnsafeBytes { pairs in
            unsafe weights.withUnsafeBytes { weights in
                unsafe row.withUnsafeMutableBytes { row in
                    guard let pairs = pairs.baseAddress, let weights = weights.baseAddress, let row = row.baseAddress
                    else { return }
                    var x = 0
                    while true {
                        let (low, high) = unsafe sums(pairs, true, at: x, offsets, weights, half)
                        let to = unsafe row + 2 &* x
                        unsafe store(words(low.0, low.1, shift), to)
                        unsafe store(words(low.2, low.3, shift), to + 32)
                        unsafe store(words(high.0, high.1, shift), to + 64)
                        unsafe store(words(high.2, high.3, shift), to + 96)
                        if x == last { break }
                        // The last sixty-four may overlap with those before.
                        x = x &+ 64 < last ? x &+ 64 : last
                    }
                }
            }
        }
        return row.count
    }

    public func weighPairs(
        _ pairs: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, into row: inout MutableSpan<UInt8>
    ) -> Int {
        precondition(weights.count == 2 * offsets.count && fits(offsets, samples: row.count, room: pairs.count))
        let last = row.count &- 64
        guard last >= 0, shift >= 1, shift < 32 else { return 0 }
        let half = _mm256_set1_epi32(1 &<< Int32(truncatingIfNeeded: shift &- 1))
        let shift = Int32(truncatingIfNeeded: shift)
        // Sound: `fits` holds for all samples, `row` is that long, and x is at most `last`.
        unsafe pairs.withUnsafeBytes { pairs in
            unsafe weights.withUnsafeBytes { weights in
                unsafe row.withUnsafeMutableBytes { row in
                    guard let pairs = pairs.baseAddress, let weights = weights.baseAddress, let row = row.baseAddress
                    else { return }
                    var x = 0
                    while true {
                        let (low, high) = unsafe sums(pairs, false, at: x, offsets, weights, half)
                        unsafe store(bytes(low, shift), row + x)
                        unsafe store(bytes(high, shift), row + x + 32)
                        if x == last { break }
                        // The last sixty-four may overlap with those before.
                        x = x &+ 64 < last ? x &+ 64 : last
                    }
                }
            }
        }
        return row.count
    }

    @inline(__always)
    private func add(
        _ rows: UnsafeRawPointer, _ isByte: Bool, groups: Int, _ offsets: Span<Int>, _ weights: UnsafeRawPointer,
        isFirst: Bool, _ total: UnsafeMutableRawPointer
    ) {
        let zero = _mm256_setzero_si256()
        for group in 0..<groups {
            let (low, high) = unsafe sums(rows, isByte, at: 64 &* group, offsets, weights, zero)
            let to = unsafe total + 256 &* group
            unsafe add(low, isFirst, to)
            unsafe add(high, isFirst, to + 128)
        }
    }

    @inline(__always)
    private func add(_ sums: Four, _ isFirst: Bool, _ to: UnsafeMutableRawPointer) {
        let keep = _mm256_set1_epi32(isFirst ? 0 : -1)
        unsafe store(_mm256_add_epi32(sums.0, _mm256_and_si256(load(to), keep)), to)
        unsafe store(_mm256_add_epi32(sums.1, _mm256_and_si256(load(to + 32), keep)), to + 32)
        unsafe store(_mm256_add_epi32(sums.2, _mm256_and_si256(load(to + 64), keep)), to + 64)
        unsafe store(_mm256_add_epi32(sums.3, _mm256_and_si256(load(to + 96), keep)), to + 96)
    }

    public func addPairs(
        _ pairs: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, isFirst: Bool,
        to sums: inout MutableSpan<Int32>
    ) -> Int {
        let groups = sums.count / 64
        precondition(weights.count == 2 * offsets.count && fits(offsets, samples: sums.count, room: pairs.count))
        // Sound: `fits` holds for the samples of all groups, and `sums` is that long.
        unsafe pairs.withUnsafeBytes { pairs in
            unsafe weights.withUnsafeBytes { weights in
                unsafe sums.withUnsafeMutableBytes { sums in
                    guard let pairs = pairs.baseAddress, let weights = weights.baseAddress, let sums = sums.baseAddress
                    else { return }
                    unsafe add(pairs, true, groups: groups, offsets, weights, isFirst: isFirst, sums)
                }
            }
        }
        return 64 &* groups
    }

    public func addPairs(
        _ pairs: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, isFirst: Bool,
        to sums: inout MutableSpan<Int32>
    ) -> Int {
        let groups = sums.count / 64
        precondition(weights.count == 2 * offsets.count && fits(offsets, samples: sums.count, room: pairs.count))
        // Sound: `fits` holds for the samples of all groups, and `sums` is that long.
        unsafe pairs.withUnsafeBytes { pairs in
            unsafe weights.withUnsafeBytes { weights in
                unsafe sums.withUnsafeMutableBytes { sums in
                    guard let pairs = pairs.baseAddress, let weights = weights.baseAddress, let sums = sums.baseAddress
                    else { return }
                    unsafe add(pairs, false, groups: groups, offsets, weights, isFirst: isFirst, sums)
                }
            }
        }
        return 64 &* groups
    }

    /// Sums of thirty-two samples from x on with either half of the weights.
    @inline(__always)
    private func splitSums(
        _ rows: UnsafeRawPointer, at x: Int, _ offsets: Span<Int>, _ high: Span<Int32>, _ low: Span<Int32>
    ) -> (high: Four, low: Four) {
        let zero = _mm256_setzero_si256()
        var (highA, highB, highC, highD) = (zero, zero, zero, zero)
        var (lowA, lowB, lowC, lowD) = (zero, zero, zero, zero)
        let rows = unsafe rows + 4 &* x
        for j in offsets.indices {
            let at = unsafe rows + 2 &* offsets[unchecked: j]
            let (a, b, c, d) = unsafe (load(at), load(at + 32), load(at + 64), load(at + 96))
            let highWeight = unsafe _mm256_set1_epi32(high[unchecked: j])
            let lowWeight = unsafe _mm256_set1_epi32(low[unchecked: j])
            highA = _mm256_add_epi32(highA, _mm256_madd_epi16(a, highWeight))
            highB = _mm256_add_epi32(highB, _mm256_madd_epi16(b, highWeight))
            highC = _mm256_add_epi32(highC, _mm256_madd_epi16(c, highWeight))
            highD = _mm256_add_epi32(highD, _mm256_madd_epi16(d, highWeight))
            lowA = _mm256_add_epi32(lowA, _mm256_madd_epi16(a, lowWeight))
            lowB = _mm256_add_epi32(lowB, _mm256_madd_epi16(b, lowWeight))
            lowC = _mm256_add_epi32(lowC, _mm256_madd_epi16(c, lowWeight))
            lowD = _mm256_add_epi32(lowD, _mm256_madd_epi16(d, lowWeight))
        }
        return ((highA, highB, highC, highD), (lowA, lowB, lowC, lowD))
    }

    /// ⌊(2¹¹ high + low + half) / 2^(11 + shift)⌋ + base.
    @inline(__always)
    private func joined(
        _ high: __m256i, _ low: __m256i, _ half: __m256i, _ shift: Int32, _ base: __m256i
    ) -> __m256i {
        let low = _mm256_srai_epi32(_mm256_add_epi32(low, half), 11)
        return _mm256_add_epi32(_mm256_srai_epi32(_mm256_add_epi32(high, low), shift), base)
    }

    /// - Parameters:
    ///   - high, low: the weights as high × 2¹¹ + low, for each pair two numbers of 16 bits.
    ///   - base: what is added to every result.
    public func weighPairs(
        _ pairs: Span<UInt16>, offsets: Span<Int>, high: Span<Int32>, low: Span<Int32>, shift: Int, base: Int32,
        into row: inout MutableSpan<Int32>
    ) -> Int {
        precondition(high.count >= offsets.count && low.count >= offsets.count)
        precondition(fits(offsets, samples: row.count, room: pairs.count))
        let last = row.count &- 32
        guard last >= 0, shift >= 12, shift <= 30 else { return 0 }
        let half = _mm256_set1_epi32(1 &<< Int32(truncatingIfNeeded: shift &- 1))
        let shift = Int32(truncatingIfNeeded: shift &- 11)
        let base = _mm256_set1_epi32(base)
        // Sound: `fits` holds for all samples, `row` is that long, and x is at most `last`.
        unsafe pairs.withUnsafeBytes { pairs in
            unsafe row.withUnsafeMutableBytes { row in
                guard let pairs = pairs.baseAddress, let row = row.baseAddress else { return }
                var x = 0
                while true {
                    let sums = unsafe splitSums(pairs, at: x, offsets, high, low)
                    let to = unsafe row + 4 &* x
                    unsafe store(joined(sums.high.0, sums.low.0, half, shift, base), to)
                    unsafe store(joined(sums.high.1, sums.low.1, half, shift, base), to + 32)
                    unsafe store(joined(sums.high.2, sums.low.2, half, shift, base), to + 64)
                    unsafe store(joined(sums.high.3, sums.low.3, half, shift, base), to + 96)
                    if x == last { break }
                    // The last thirty-two may overlap with those before.
                    x = x &+ 32 < last ? x &+ 32 : last
                }
            }
        }
        return row.count
    }

    /// Adds 2¹¹ high + low + base, in 64 bits, to eight sums.
    @inline(__always)
    private func addWide(
        _ high: __m256i, _ low: __m256i, _ base: __m256i, _ keep: __m256i, _ to: UnsafeMutableRawPointer
    ) {
        let first = _mm256_slli_epi64(_mm256_cvtepi32_epi64(high.lowHalf), 11)
        let second = _mm256_slli_epi64(_mm256_cvtepi32_epi64(high.highHalf), 11)
        let a = _mm256_add_epi64(_mm256_add_epi64(first, _mm256_cvtepi32_epi64(low.lowHalf)), base)
        let b = _mm256_add_epi64(_mm256_add_epi64(second, _mm256_cvtepi32_epi64(low.highHalf)), base)
        unsafe store(_mm256_add_epi64(a, _mm256_and_si256(load(to), keep)), to)
        unsafe store(_mm256_add_epi64(b, _mm256_and_si256(load(to + 32), keep)), to + 32)
    }

    public func addPairs(
        _ pairs: Span<UInt16>, offsets: Span<Int>, high: Span<Int32>, low: Span<Int32>, base: Int64, isFirst: Bool,
        to sums: inout MutableSpan<Int64>
    ) -> Int {
        let groups = sums.count / 32
        precondition(high.count >= offsets.count && low.count >= offsets.count)
        precondition(fits(offsets, samples: sums.count, room: pairs.count))
        let base = _mm256_set1_epi64x(base)
        let keep = _mm256_set1_epi64x(isFirst ? 0 : -1)
        // Sound: `fits` holds for the samples of all groups, and `sums` is that long.
        unsafe pairs.withUnsafeBytes { pairs in
            unsafe sums.withUnsafeMutableBytes { total in
                guard let pairs = pairs.baseAddress, let total = total.baseAddress else { return }
                for group in 0..<groups {
                    let sums = unsafe splitSums(pairs, at: 32 &* group, offsets, high, low)
                    let to = unsafe total + 256 &* group
                    unsafe addWide(sums.high.0, sums.low.0, base, keep, to)
                    unsafe addWide(sums.high.1, sums.low.1, base, keep, to + 64)
                    unsafe addWide(sums.high.2, sums.low.2, base, keep, to + 128)
                    unsafe addWide(sums.high.3, sums.low.3, base, keep, to + 192)
                }
            }
        }
        return 32 &* groups
    }
#endif
