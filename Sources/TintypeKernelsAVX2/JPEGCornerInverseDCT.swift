#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// The AVX2 versions of the portable kernels of the same names: the reduced transforms with the coefficients left out that are zero.

    /// Two blocks of 4×4 coefficients as 4×4 samples each.
    ///
    /// - Parameter spacing: in bytes.
    @inline(__always)
    private func transformPair4x4(
        _ c: UnsafeRawPointer, _ spacing: Int, _ q: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ stride: Int
    ) {
        let zero = _mm256_setzero_si256()
        let (rows01, rows23) = unsafe (loadPair(c, spacing), loadPair(c + 16, spacing))
        let (r0, r1) = (_mm256_unpacklo_epi64(rows01, zero), _mm256_unpackhi_epi64(rows01, zero))
        let (r2, r3) = (_mm256_unpacklo_epi64(rows23, zero), _mm256_unpackhi_epi64(rows23, zero))
        @inline(__always)
        func scaled(_ row: __m256i, _ i: Int) -> __m256i { unsafe _mm256_mullo_epi16(row, loadTwice(q + 16 &* i)) }
        let first = scaled(r0, 0)
        let e0 = shifted(first, by: 2).adding(_mm256_set1_epi32(1 << 11))
        let e2 = Interleaved(scaled(r2, 2), zero).weighed(15137, 0)
        let odd = Interleaved(scaled(r3, 3), scaled(r1, 1))
        let (inner, outer) = (odd.weighed(-17799, 8697), odd.weighed(7373, 20995))
        let (a, b) = (e0.adding(e2), e0.subtracting(e2))
        // A block with one row wraps where the long way saturates.
        let short = _mm256_slli_epi16(first, 2)
        let filled = _mm256_or_si256(_mm256_or_si256(r1, r2), r3)
        let isShort = _mm256_cmpeq_epi64(filled, zero)
        let mask = _mm256_unpacklo_epi64(isShort, isShort)
        @inline(__always)
        func row(_ sums: WideSums) -> __m256i { _mm256_blendv_epi8(sums.packed(12), short, mask) }
        let (w0, w1) = (row(a.adding(outer)), row(b.adding(inner)))
        let (w2, w3) = (row(b.subtracting(inner)), row(a.subtracting(outer)))
        // Columns of four values, two in each half.
        let (t0, t1) = (_mm256_unpacklo_epi16(w0, w1), _mm256_unpacklo_epi16(w2, w3))
        let (c01, c23) = (_mm256_unpacklo_epi32(t0, t1), _mm256_unpackhi_epi32(t0, t1))
        let low = _mm256_unpackhi_epi16(c01, c23)
        unsafe storePair4x4(
            means: c01, _mm256_madd_epi16(_mm256_unpacklo_epi16(c23, zero), pairs(15137, 0)),
            inner: _mm256_madd_epi16(low, pairs(8697, -17799)), outer: _mm256_madd_epi16(low, pairs(20995, 7373)),
            out, stride)
    }

    /// - Returns: how many blocks were transformed, all but an odd one; the rest is the caller's.
    public func inverseCornerDCT4x4(
        _ coefficients: Span<Int16>, from start: Int, spacing: Int, blocks: Int, quantization: Span<Int16>,
        into samples: inout MutableSpan<UInt8>, at target: Int, stride: Int
    ) -> Int {
        precondition(quantization.count == 64 && start >= 0 && blocks >= 1 && spacing >= 16)
        precondition(start + spacing * (blocks - 1) + 16 <= coefficients.count)
        precondition(stride >= 4 * blocks && target >= 0 && target + 3 * stride + 4 * blocks <= samples.count)
        // Sound: a pair takes sixteen coefficients of each block and writes four rows of eight bytes, all within what the preconditions cover.
        unsafe withBases(coefficients, quantization, &samples) { (c, q, out) in
            for pair in 0..<blocks / 2 {
                unsafe transformPair4x4(
                    c + 2 &* (start &+ 2 &* spacing &* pair), 2 &* spacing, q, out + target + 8 &* pair,
                    stride)
            }
        }
        return blocks & ~1
    }

    /// Coefficients 0, 1, 2 and 3 of four blocks: 0 and 1, then 2 and 3.
    @inline(__always)
    private func planes(_ c: UnsafeRawPointer, _ spacing: Int) -> (__m128i, __m128i) {
        @inline(__always)
        func block(_ i: Int) -> __m128i { unsafe _mm_cvtsi64_si128((c + spacing &* i).loadUnaligned(as: Int64.self)) }
        let (t, u) = (_mm_unpacklo_epi16(block(0), block(1)), _mm_unpacklo_epi16(block(2), block(3)))
        return (_mm_unpacklo_epi32(t, u), _mm_unpackhi_epi32(t, u))
    }

    /// Eight blocks of 2×2 coefficients as 2×2 samples each, four in each half of a vector.
    ///
    /// - Parameters:
    ///   - spacing: in bytes.
    ///   - q01: the steps of coefficients 0 and 1, four times each in each half; so `q23`.
    @inline(__always)
    private func transformEight2x2(
        _ c: UnsafeRawPointer, _ spacing: Int, _ q01: __m256i, _ q23: __m256i, _ out: UnsafeMutableRawPointer,
        _ stride: Int
    ) {
        let zero = _mm256_setzero_si256()
        let (near, far) = unsafe (planes(c, spacing), planes(c + 4 &* spacing, spacing))
        let upper = _mm256_mullo_epi16(_mm256_set_m128i(far.0, near.0), q01)
        let lower = _mm256_mullo_epi16(_mm256_set_m128i(far.1, near.1), q23)
        let weight = pairs(29692, 0)
        let half = _mm256_set1_epi32(1 << 12)
        let evenMeans = _mm256_add_epi32(_mm256_srai_epi32(_mm256_unpacklo_epi16(zero, upper), 1), half)
        let evenSlopes = _mm256_add_epi32(_mm256_srai_epi32(_mm256_unpackhi_epi16(zero, upper), 1), half)
        let oddMeans = _mm256_madd_epi16(_mm256_unpacklo_epi16(lower, zero), weight)
        let oddSlopes = _mm256_madd_epi16(_mm256_unpackhi_epi16(lower, zero), weight)
        // Slopes of the upper row and of the lower, saturated; means keep all their bits.
        let slopes = _mm256_packs_epi32(
            _mm256_srai_epi32(_mm256_add_epi32(evenSlopes, oddSlopes), 13),
            _mm256_srai_epi32(_mm256_sub_epi32(evenSlopes, oddSlopes), 13))
        @inline(__always)
        func samples(_ means: __m256i, _ slopes: __m256i) -> __m256i {
            let even = _mm256_add_epi32(
                _mm256_slli_epi32(_mm256_srai_epi32(means, 13), 15), _mm256_set1_epi32(1 << 19))
            let odd = _mm256_madd_epi16(slopes, weight)
            return _mm256_packs_epi32(
                _mm256_srai_epi32(_mm256_add_epi32(even, odd), 20), _mm256_srai_epi32(_mm256_sub_epi32(even, odd), 20))
        }
        let top = samples(_mm256_add_epi32(evenMeans, oddMeans), _mm256_unpacklo_epi16(slopes, zero))
        let bottom = samples(_mm256_sub_epi32(evenMeans, oddMeans), _mm256_unpackhi_epi16(slopes, zero))
        // Bytes of a half: four left samples, four right ones; of the upper row, then of the lower.
        let bytes = _mm256_add_epi8(_mm256_packs_epi16(top, bottom), _mm256_set1_epi8(-128))
        let sorted = _mm256_shuffle_epi8(
            bytes,
            _mm256_set_epi64x(
                0x0F0B_0E0A_0D09_0C08, 0x0703_0602_0501_0400, 0x0F0B_0E0A_0D09_0C08, 0x0703_0602_0501_0400))
        unsafe out.storeBytes(of: sorted[0], as: Int64.self)
        unsafe (out + stride).storeBytes(of: sorted[1], as: Int64.self)
        unsafe (out + 8).storeBytes(of: sorted[2], as: Int64.self)
        unsafe (out + stride + 8).storeBytes(of: sorted[3], as: Int64.self)
    }

    /// - Returns: how many blocks were transformed, whole groups of eight; the rest is the caller's.
    public func inverseCornerDCT2x2(
        _ coefficients: Span<Int16>, from start: Int, spacing: Int, blocks: Int, quantization: Span<Int16>,
        into samples: inout MutableSpan<UInt8>, at target: Int, stride: Int
    ) -> Int {
        precondition(quantization.count == 64 && start >= 0 && blocks >= 1 && spacing >= 4)
        precondition(start + spacing * (blocks - 1) + 4 <= coefficients.count)
        precondition(stride >= 2 * blocks && target >= 0 && target + stride + 2 * blocks <= samples.count)
        @inline(__always)
        func steps(_ i: Int) -> __m256i {
            _mm256_unpacklo_epi64(_mm256_set1_epi16(quantization[i]), _mm256_set1_epi16(quantization[i &+ 1]))
        }
        let (q01, q23) = (steps(0), steps(8))
        // Sound: eight blocks have four coefficients each and give two rows of sixteen bytes, all within what the preconditions cover.
        unsafe coefficients.withUnsafeBytes { coefficients in
            unsafe samples.withUnsafeMutableBytes { samples in
                guard let c = coefficients.baseAddress, let out = samples.baseAddress else { return }
                for eight in 0..<blocks / 8 {
                    unsafe transformEight2x2(
                        c + 2 &* (start &+ 8 &* spacing &* eight), 2 &* spacing, q01, q23, out + target + 16 &* eight,
                        stride)
                }
            }
        }
        return blocks & ~7
    }
#endif
