#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// The AVX2 versions of the portable kernels of the same names. Two blocks stand side by side, the first in the lower half of each vector.

    /// The first pass of 4×4: seven rows of coefficients (frequency 4 cancels out) to four rows of eight values.
    @inline(__always)
    private func fourRows(_ c: UnsafeRawPointer, _ q: UnsafeRawPointer) -> (__m256i, __m256i, __m256i, __m256i) {
        @inline(__always)
        func row(_ i: Int) -> __m256i { unsafe loadPair(c + 16 &* i, 128) }
        @inline(__always)
        func scaled(_ row: __m256i, _ i: Int) -> __m256i { unsafe _mm256_mullo_epi16(row, loadTwice(q + 16 &* i)) }
        let (r1, r2, r3, r5, r6, r7) = (row(1), row(2), row(3), row(5), row(6), row(7))
        let first = scaled(row(0), 0)
        let e0 = shifted(first, by: 2).adding(_mm256_set1_epi32(1 << 11))
        let e2 = Interleaved(scaled(r2, 2), scaled(r6, 6)).weighed(15137, -6270)
        let high = Interleaved(scaled(r5, 5), scaled(r7, 7))
        let low = Interleaved(scaled(r3, 3), scaled(r1, 1))
        let inner = high.weighed(11893, -1730).adding(low.weighed(-17799, 8697))
        let outer = high.weighed(-4926, -4176).adding(low.weighed(7373, 20995))
        let (a, b) = (e0.adding(e2), e0.subtracting(e2))
        let rows = (
            a.adding(outer).packed(12), b.adding(inner).packed(12), b.subtracting(inner).packed(12),
            a.subtracting(outer).packed(12)
        )
        let lower = _mm256_or_si256(
            _mm256_or_si256(_mm256_or_si256(r1, r2), r3), _mm256_or_si256(_mm256_or_si256(r5, r6), r7))
        let empty = _mm256_cmpeq_epi8(lower, _mm256_setzero_si256())
        let emptyBytes = UInt32(bitPattern: _mm256_movemask_epi8(empty))
        let (left, right) = (emptyBytes & 0xFFFF == 0xFFFF, emptyBytes >> 16 == 0xFFFF)
        guard left || right else { return rows }
        // A block with one row wraps where the long way saturates.
        let (l, r): (Int64, Int64) = (left ? -1 : 0, right ? -1 : 0)
        let (mask, short) = (_mm256_set_epi64x(r, r, l, l), _mm256_slli_epi16(first, 2))
        return (
            _mm256_blendv_epi8(rows.0, short, mask), _mm256_blendv_epi8(rows.1, short, mask),
            _mm256_blendv_epi8(rows.2, short, mask), _mm256_blendv_epi8(rows.3, short, mask)
        )
    }

    /// Two blocks as 4×4 samples each.
    @inline(__always)
    private func transformPair4x4(
        _ c: UnsafeRawPointer, _ q: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ stride: Int
    ) {
        let rows = unsafe fourRows(c, q)
        // Columns of four values, two in each half.
        let (t0, t1) = (_mm256_unpacklo_epi16(rows.0, rows.1), _mm256_unpacklo_epi16(rows.2, rows.3))
        let (t2, t3) = (_mm256_unpackhi_epi16(rows.0, rows.1), _mm256_unpackhi_epi16(rows.2, rows.3))
        let (c01, c23) = (_mm256_unpacklo_epi32(t0, t1), _mm256_unpackhi_epi32(t0, t1))
        let (c45, c67) = (_mm256_unpacklo_epi32(t2, t3), _mm256_unpackhi_epi32(t2, t3))
        let e2 = _mm256_madd_epi16(_mm256_unpacklo_epi16(c23, c67), pairs(15137, -6270))
        let low = _mm256_unpackhi_epi16(c01, c23)
        let high = _mm256_unpackhi_epi16(c45, c67)
        let inner = _mm256_add_epi32(
            _mm256_madd_epi16(low, pairs(8697, -17799)), _mm256_madd_epi16(high, pairs(11893, -1730)))
        let outer = _mm256_add_epi32(
            _mm256_madd_epi16(low, pairs(20995, 7373)), _mm256_madd_epi16(high, pairs(-4926, -4176)))
        unsafe storePair4x4(means: c01, e2, inner: inner, outer: outer, out, stride)
    }

    /// The end of the second pass of 4×4.
    ///
    /// - Parameter means: the first two columns, of which the first counts.
    @inline(__always)
    func storePair4x4(
        means: __m256i, _ e2: __m256i, inner: __m256i, outer: __m256i, _ out: UnsafeMutableRawPointer, _ stride: Int
    ) {
        let e0 = _mm256_add_epi32(
            _mm256_srai_epi32(_mm256_unpacklo_epi16(_mm256_setzero_si256(), means), 2), _mm256_set1_epi32(1 << 18))
        let (a, b) = (_mm256_add_epi32(e0, e2), _mm256_sub_epi32(e0, e2))
        @inline(__always)
        func packed(_ first: __m256i, _ second: __m256i) -> __m256i {
            _mm256_packs_epi32(_mm256_srai_epi32(first, 19), _mm256_srai_epi32(second, 19))
        }
        let columns = _mm256_packs_epi16(
            packed(_mm256_add_epi32(a, outer), _mm256_add_epi32(b, inner)),
            packed(_mm256_sub_epi32(b, inner), _mm256_sub_epi32(a, outer)))
        // Bytes are columns of four, in each half: to rows of four, then the rows of both blocks together.
        let turned = _mm256_shuffle_epi8(
            _mm256_add_epi8(columns, _mm256_set1_epi8(-128)),
            _mm256_set_epi64x(
                0x0F0B_0703_0E0A_0602, 0x0D09_0501_0C08_0400, 0x0F0B_0703_0E0A_0602, 0x0D09_0501_0C08_0400))
        let sorted = _mm256_permutevar8x32_epi32(turned, _mm256_set_epi32(7, 3, 6, 2, 5, 1, 4, 0))
        for y in 0..<4 { unsafe (out + y &* stride).storeBytes(of: sorted[y], as: Int64.self) }
    }

    /// The first pass of 2×2: rows 0, 1, 3, 5 and 7 of coefficients to two rows of eight values × 2¹³.
    @inline(__always)
    private func twoRows(_ c: UnsafeRawPointer, _ q: UnsafeRawPointer) -> (upper: WideSums, lower: WideSums) {
        @inline(__always)
        func row(_ i: Int) -> __m256i { unsafe _mm256_mullo_epi16(loadPair(c + 16 &* i, 128), loadTwice(q + 16 &* i)) }
        let even = shifted(row(0), by: 1).adding(_mm256_set1_epi32(1 << 12))
        let odd = Interleaved(row(1), row(3)).weighed(29692, -10426).adding(
            Interleaved(row(5), row(7)).weighed(6967, -5906))
        return (even.adding(odd), even.subtracting(odd))
    }

    /// Four blocks as 2×2 samples each.
    @inline(__always)
    private func transformQuad2x2(
        _ c: UnsafeRawPointer, _ q: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ stride: Int
    ) {
        // Blocks 0 and 1, 2 and 3.
        let (first, second) = unsafe (twoRows(c, q), twoRows(c + 256, q))
        let weights = _mm256_set_epi16(
            -5906, 0, 6967, 0, -10426, 0, 29692, 0, -5906, 0, 6967, 0, -10426, 0, 29692, 0)
        // In each half: upper and lower row of one block, then of the block two further on.
        @inline(__always)
        func weighed(_ row: WideSums) -> __m256i { _mm256_madd_epi16(row.packed(13), weights) }
        let odd = _mm256_hadd_epi32(
            _mm256_hadd_epi32(weighed(first.upper), weighed(first.lower)),
            _mm256_hadd_epi32(weighed(second.upper), weighed(second.lower)))
        let means = _mm256_unpacklo_epi64(
            _mm256_unpacklo_epi32(first.upper.low, first.lower.low),
            _mm256_unpacklo_epi32(second.upper.low, second.lower.low))
        let even = _mm256_add_epi32(
            _mm256_slli_epi32(_mm256_srai_epi32(means, 13), 15), _mm256_set1_epi32(1 << 19))
        let left = _mm256_srai_epi32(_mm256_add_epi32(even, odd), 20)
        let right = _mm256_srai_epi32(_mm256_sub_epi32(even, odd), 20)
        // Bytes of a half: the four left samples, then the four right ones.
        let words = _mm256_packs_epi32(left, right)
        let bytes = _mm256_add_epi8(_mm256_packs_epi16(words, words), _mm256_set1_epi8(-128))
        // Upper row of both blocks, then lower row: 16 bits each.
        let turned = _mm256_shuffle_epi8(
            bytes, _mm256_set_epi64x(0, 0x0703_0501_0602_0400, 0, 0x0703_0501_0602_0400))
        // Blocks 0 and 2 in the lower half, 1 and 3 in the upper.
        let upper = _mm256_unpacklo_epi16(turned, _mm256_permutevar8x32_epi32(turned, _mm256_set1_epi32(4)))
        let lower = _mm256_unpacklo_epi16(
            _mm256_permutevar8x32_epi32(turned, _mm256_set1_epi32(1)),
            _mm256_permutevar8x32_epi32(turned, _mm256_set1_epi32(5)))
        unsafe out.storeBytes(of: upper[0], as: Int64.self)
        unsafe (out + stride).storeBytes(of: lower[0], as: Int64.self)
    }

    /// As `inverseDCT`, for blocks that become 4×4 samples.
    public func inverseDCT4x4(
        _ coefficients: Span<Int16>, from start: Int, blocks: Int, quantization: Span<Int16>,
        into samples: inout MutableSpan<UInt8>, at target: Int, stride: Int
    ) -> Int {
        precondition(quantization.count == 64 && start >= 0 && start + 64 * blocks <= coefficients.count)
        precondition(stride >= 4 * blocks && target >= 0 && target + 3 * stride + 4 * blocks <= samples.count)
        // Sound: a pair takes 128 coefficients and writes four rows of eight bytes, all within what the preconditions cover.
        unsafe withBases(coefficients, quantization, &samples) { (c, q, out) in
            for pair in 0..<blocks / 2 {
                unsafe transformPair4x4(c + 2 &* (start &+ 128 &* pair), q, out + target + 8 &* pair, stride)
            }
        }
        return blocks & ~1
    }

    /// As `inverseDCT`, for blocks that become 2×2 samples; in groups of four.
    public func inverseDCT2x2(
        _ coefficients: Span<Int16>, from start: Int, blocks: Int, quantization: Span<Int16>,
        into samples: inout MutableSpan<UInt8>, at target: Int, stride: Int
    ) -> Int {
        precondition(quantization.count == 64 && start >= 0 && start + 64 * blocks <= coefficients.count)
        precondition(stride >= 2 * blocks && target >= 0 && target + stride + 2 * blocks <= samples.count)
        // Sound: four blocks are 256 coefficients and give two rows of eight bytes, all within what the preconditions cover.
        unsafe withBases(coefficients, quantization, &samples) { (c, q, out) in
            for quad in 0..<blocks / 4 {
                unsafe transformQuad2x2(c + 2 &* (start &+ 256 &* quad), q, out + target + 8 &* quad, stride)
            }
        }
        return blocks & ~3
    }
#endif
