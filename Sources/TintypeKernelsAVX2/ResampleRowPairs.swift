#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // Rows in pairs, as the vertical pass takes them, and what their products add up to.

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

    /// What the rows hold.
    enum RowSamples {
        case bytes
        /// RGBA of 8 bits; weighed are red × alpha, green × alpha, blue × alpha and 255 × alpha, each less 32,767, as `premultiply` makes them.
        case alphaBytes
        case words

        /// Bytes of one.
        @inline(__always)
        var size: Int { self == .words ? 2 : 1 }
    }

    /// Thirty-two samples of two rows in turn, in 16 bits.
    struct RowPairs {
        let a: __m256i
        let b: __m256i
        let c: __m256i
        let d: __m256i

        @inline(__always)
        init(_ samples: RowSamples, _ even: UnsafeRawPointer, _ odd: UnsafeRawPointer) {
            let (first, second) = unsafe (load(even), load(odd))
            if samples == .words {
                let (third, fourth) = unsafe (load(even + 32), load(odd + 32))
                (a, b) = (_mm256_unpacklo_epi16(first, second), _mm256_unpackhi_epi16(first, second))
                (c, d) = (_mm256_unpacklo_epi16(third, fourth), _mm256_unpackhi_epi16(third, fourth))
                return
            }
            let zero = _mm256_setzero_si256()
            let low = _mm256_unpacklo_epi8(first, second)
            let high = _mm256_unpackhi_epi8(first, second)
            let (w, x) = (_mm256_unpacklo_epi8(low, zero), _mm256_unpackhi_epi8(low, zero))
            let (y, z) = (_mm256_unpacklo_epi8(high, zero), _mm256_unpackhi_epi8(high, zero))
            if samples == .bytes {
                (a, b, c, d) = (w, x, y, z)
            } else {
                (a, b, c, d) = (products(w), products(x), products(y), products(z))
            }
        }
    }

    /// Of a pixel of two rows in each half, in turn, what `premultiply` makes of it.
    @inline(__always)
    private func products(_ samples: __m256i) -> __m256i {
        // Each row's alpha over its colours; 80 (hexadecimal) makes the zero that becomes 255.
        let low = Int64(bitPattern: 0x0F0E_0D0C_0F0E_0D0C)
        let high = Int64(bitPattern: 0x8080_8080_0F0E_0D0C)
        let alphas = _mm256_shuffle_epi8(samples, _mm256_set_epi64x(high, low, high, low))
        let full: Int64 = 255 &<< 48 | 255 &<< 32
        let factors = _mm256_or_si256(alphas, _mm256_set_epi64x(full, 0, full, 0))
        return _mm256_sub_epi16(_mm256_mullo_epi16(samples, factors), _mm256_set1_epi16(32_767))
    }

    /// The sums of thirty-two samples, in an order that interleaving leaves them in.
    ///
    /// Of bytes `a` holds samples 0–3 and 16–19, `b` those behind, and so on; of 16-bit numbers `a` and `b` hold samples 0–3, 8–11 and 4–7, 12–15, and `c`
    /// and `d` the same of the sixteen that follow.
    struct RowSums {
        var a: __m256i
        var b: __m256i
        var c: __m256i
        var d: __m256i

        @inline(__always)
        init(_ start: __m256i) { (a, b, c, d) = (start, start, start, start) }

        @inline(__always)
        mutating func add(_ pairs: RowPairs, _ weight: __m256i) {
            a = _mm256_add_epi32(a, _mm256_madd_epi16(pairs.a, weight))
            b = _mm256_add_epi32(b, _mm256_madd_epi16(pairs.b, weight))
            c = _mm256_add_epi32(c, _mm256_madd_epi16(pairs.c, weight))
            d = _mm256_add_epi32(d, _mm256_madd_epi16(pairs.d, weight))
        }

        /// The sums as thirty-two 16-bit numbers.
        @inline(__always)
        func storeWords(_ samples: RowSamples, _ shift: Int32, _ to: UnsafeMutableRawPointer) {
            let first = _mm256_packs_epi32(_mm256_srai_epi32(a, shift), _mm256_srai_epi32(b, shift))
            let second = _mm256_packs_epi32(_mm256_srai_epi32(c, shift), _mm256_srai_epi32(d, shift))
            unsafe store(samples == .words ? first : lowHalves(first, second), to)
            unsafe store(samples == .words ? second : highHalves(first, second), to + 32)
        }

        /// Sums of 16-bit numbers as thirty-two 32-bit numbers, `base` added.
        @inline(__always)
        func storeLongs(_ shift: Int32, _ base: __m256i, _ to: UnsafeMutableRawPointer) {
            let (first, second, third, fourth) = inOrder(.words)
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
        func inOrder(_ samples: RowSamples) -> (__m256i, __m256i, __m256i, __m256i) {
            let (first, third) = (lowHalves(a, b), highHalves(c, d))
            let (upper, lower) = (highHalves(a, b), lowHalves(c, d))
            return samples == .words ? (first, upper, lower, third) : (first, lower, upper, third)
        }
    }

    /// Whether from each offset on, `room` elements hold `samples`.
    @inline(__always)
    func fits(_ offsets: Span<Int>, samples: Int, room: Int) -> Bool {
        var fits = samples <= room && offsets.count % 2 == 0
        for j in offsets.indices { fits = fits && offsets[j] >= 0 && offsets[j] <= room &- samples }
        return fits
    }

    /// Where to go on after the first `count` samples, so that from there on the first row is read in whole 32 bytes of memory, and no vector of it lies in two lines of the
    /// cache. So do rows a multiple of 32 bytes away. Whole pixels of four samples stay whole.
    ///
    /// - Returns: a number above 0 and at most `count`.
    @inline(__always)
    func aligned(_ rows: UnsafeRawPointer, _ samples: RowSamples, _ offsets: Span<Int>, after count: Int) -> Int {
        guard offsets.count > 0 else { return count }
        let beyond = unsafe Int(bitPattern: rows + samples.size &* offsets[unchecked: 0]) & 31
        return count &- (samples == .alphaBytes ? beyond & ~3 : beyond / samples.size)
    }
#endif
