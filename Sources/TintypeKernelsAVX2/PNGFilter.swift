#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Thirty-two bytes of PNG's filters (PNG §9.2): what each predicts of them, and how much is left.
    private struct FilterArithmetic {
        let zero = _mm256_setzero_si256()
        let one = _mm256_set1_epi8(1)

        /// ⌊(a + b) / 2⌋: the instruction rounds up, which the lowest bit of a ⊕ b tells.
        @inline(__always)
        func average(_ a: __m256i, _ b: __m256i) -> __m256i {
            _mm256_sub_epi8(_mm256_avg_epu8(a, b), _mm256_and_si256(_mm256_xor_si256(a, b), one))
        }

        /// PNG §9.4 in sixteen lanes of 16 bits: the neighbour nearest to a + b - c; a before b before c where they tie.
        @inline(__always)
        private func paethWide(_ a: __m256i, _ b: __m256i, _ c: __m256i) -> __m256i {
            let (towardsA, towardsB) = (_mm256_sub_epi16(b, c), _mm256_sub_epi16(a, c))
            let distanceA = _mm256_abs_epi16(towardsA)
            let distanceB = _mm256_abs_epi16(towardsB)
            let distanceC = _mm256_abs_epi16(_mm256_add_epi16(towardsA, towardsB))
            let nearerBC = _mm256_blendv_epi8(b, c, _mm256_cmpgt_epi16(distanceB, distanceC))
            let isFarther = _mm256_cmpgt_epi16(distanceA, _mm256_min_epi16(distanceB, distanceC))
            return _mm256_blendv_epi8(a, nearerBC, isFarther)
        }

        @inline(__always)
        func paeth(_ a: __m256i, _ b: __m256i, _ c: __m256i) -> __m256i {
            // Unpacking and packing stay in the same halves.
            _mm256_packus_epi16(
                paethWide(
                    _mm256_unpacklo_epi8(a, zero), _mm256_unpacklo_epi8(b, zero), _mm256_unpacklo_epi8(c, zero)),
                paethWide(
                    _mm256_unpackhi_epi8(a, zero), _mm256_unpackhi_epi8(b, zero), _mm256_unpackhi_epi8(c, zero)))
        }

        /// The bytes' absolute values, taken as signed, added up in four lanes of 64 bits.
        @inline(__always)
        func sum(_ bytes: __m256i) -> __m256i { _mm256_sad_epu8(_mm256_abs_epi8(bytes), zero) }
    }

    /// The AVX2 version of `PNGFilter.apply`, for the bytes behind the first pixel in groups of 32.
    ///
    /// - Returns: how many bytes were filtered; those behind them are the caller's, as is the first pixel.
    /// - Precondition: the three lines are of one length, at least `bytesPerPixel`.
    public func applyPNGFilter(
        _ filter: UInt8, _ line: Span<UInt8>, prior: Span<UInt8>, bytesPerPixel: Int,
        into out: inout MutableSpan<UInt8>
    ) -> Int {
        let (count, step) = (line.count, bytesPerPixel)
        precondition(count == prior.count && count == out.count && step > 0 && step <= count)
        let groups = (count &- step) / 32
        let arithmetic = FilterArithmetic()
        // Sound: group g takes bytes from 32g on (the pixels to the left) and from step + 32g on, and writes the latter;
        // step + 32 × groups is at most `count`.
        unsafe line.withUnsafeBytes { line in
            unsafe prior.withUnsafeBytes { prior in
                unsafe out.withUnsafeMutableBytes { out in
                    guard let line = line.baseAddress, let prior = prior.baseAddress, let out = out.baseAddress else {
                        return
                    }
                    for group in 0..<groups {
                        let at = 32 &* group
                        let bytes = unsafe (line + (at &+ step)).loadUnaligned(as: __m256i.self)
                        let left = unsafe (line + at).loadUnaligned(as: __m256i.self)
                        let above = unsafe (prior + (at &+ step)).loadUnaligned(as: __m256i.self)
                        let predicted: __m256i
                        switch filter {
                        case 0: predicted = arithmetic.zero
                        case 1: predicted = left
                        case 2: predicted = above
                        case 3: predicted = arithmetic.average(left, above)
                        default:
                            let aboveLeft = unsafe (prior + at).loadUnaligned(as: __m256i.self)
                            predicted = arithmetic.paeth(left, above, aboveLeft)
                        }
                        unsafe (out + (at &+ step)).storeBytes(
                            of: _mm256_sub_epi8(bytes, predicted), as: __m256i.self)
                    }
                }
            }
        }
        return 32 &* groups
    }

    /// The AVX2 version of `PNGFilter.sums`, for the bytes behind the first pixel in groups of 32.
    ///
    /// - Returns: how many bytes were looked at, and the five sums over them.
    /// - Precondition: the lines are of one length, at least `bytesPerPixel`.
    public func sumPNGFilters(
        _ line: Span<UInt8>, prior: Span<UInt8>, bytesPerPixel: Int
    ) -> (done: Int, sums: (UInt32, UInt32, UInt32, UInt32, UInt32)) {
        let (count, step) = (line.count, bytesPerPixel)
        precondition(count == prior.count && step > 0 && step <= count)
        let groups = (count &- step) / 32
        let arithmetic = FilterArithmetic()
        let zero = arithmetic.zero
        var (none, sub, up, average, paeth) = (zero, zero, zero, zero, zero)
        // Sound: as above, without the writing.
        unsafe line.withUnsafeBytes { line in
            unsafe prior.withUnsafeBytes { prior in
                guard let line = line.baseAddress, let prior = prior.baseAddress else { return }
                for group in 0..<groups {
                    let at = 32 &* group
                    let bytes = unsafe (line + (at &+ step)).loadUnaligned(as: __m256i.self)
                    let left = unsafe (line + at).loadUnaligned(as: __m256i.self)
                    let above = unsafe (prior + (at &+ step)).loadUnaligned(as: __m256i.self)
                    let aboveLeft = unsafe (prior + at).loadUnaligned(as: __m256i.self)
                    @inline(__always)
                    func add(_ predicted: __m256i, to sum: inout __m256i) {
                        sum = _mm256_add_epi64(sum, arithmetic.sum(_mm256_sub_epi8(bytes, predicted)))
                    }
                    add(zero, to: &none)
                    add(left, to: &sub)
                    add(above, to: &up)
                    add(arithmetic.average(left, above), to: &average)
                    add(arithmetic.paeth(left, above, aboveLeft), to: &paeth)
                }
            }
        }
        return (32 &* groups, (total(none), total(sub), total(up), total(average), total(paeth)))
    }

    /// The four lanes together.
    @inline(__always)
    private func total(_ sums: __m256i) -> UInt32 {
        UInt32(truncatingIfNeeded: sums[0] &+ sums[1] &+ sums[2] &+ sums[3])
    }
#endif
