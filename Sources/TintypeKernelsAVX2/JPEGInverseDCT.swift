#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Eight rows, or eight columns, of two blocks side by side: the first block in the lower half of each vector, eight values of 16 bits.
    private typealias Octet = (__m256i, __m256i, __m256i, __m256i, __m256i, __m256i, __m256i, __m256i)

    /// The 1-D transform of the portable kernel, for sixteen columns at once.
    ///
    /// - Parameter bits: how many low bits are rounded away.
    /// - Returns: the results saturated to 16 bits.
    @inline(__always)
    private func transform(_ v: Octet, _ bits: Int32) -> Octet {
        let half = _mm256_set1_epi32(1 << (bits - 1))
        let e0 = shifted(_mm256_add_epi16(v.0, v.4), by: 3).adding(half)
        let e1 = shifted(_mm256_sub_epi16(v.0, v.4), by: 3).adding(half)
        let even = Interleaved(v.2, v.6)
        let (e2, e3) = (even.weighed(4433, -10704), even.weighed(10703, 4433))
        let (a0, a3, a1, a2) = (e0.adding(e3), e0.subtracting(e3), e1.adding(e2), e1.subtracting(e2))
        let sums = Interleaved(_mm256_add_epi16(v.7, v.3), _mm256_add_epi16(v.5, v.1))
        let (z3, z4) = (sums.weighed(-6436, 9633), sums.weighed(9633, 6437))
        let (outer, inner) = (Interleaved(v.7, v.1), Interleaved(v.5, v.3))
        let o0 = outer.weighed(-4927, -7373).adding(z3)
        let o1 = inner.weighed(-4176, -20995).adding(z4)
        let o2 = inner.weighed(-20995, 4177).adding(z3)
        let o3 = outer.weighed(-7373, 4926).adding(z4)
        return (
            a0.adding(o3).packed(bits), a1.adding(o2).packed(bits), a2.adding(o1).packed(bits),
            a3.adding(o0).packed(bits), a3.subtracting(o0).packed(bits), a2.subtracting(o1).packed(bits),
            a1.subtracting(o2).packed(bits), a0.subtracting(o3).packed(bits)
        )
    }

    private typealias Quartet = (__m256i, __m256i, __m256i, __m256i)

    /// The same where the last four values are zero: what they are multiplied by is left out.
    @inline(__always)
    private func transform(_ v: Quartet, _ bits: Int32) -> Octet {
        let e = shifted(v.0, by: 3).adding(_mm256_set1_epi32(1 << (bits - 1)))
        let even = Interleaved(v.2, _mm256_setzero_si256())
        let (e2, e3) = (even.weighed(4433, 0), even.weighed(10703, 0))
        let (a0, a3, a1, a2) = (e.adding(e3), e.subtracting(e3), e.adding(e2), e.subtracting(e2))
        let odd = Interleaved(v.3, v.1)
        let o0 = odd.weighed(-6436, 9633 - 7373)
        let o1 = odd.weighed(9633 - 20995, 6437)
        let o2 = odd.weighed(4177 - 6436, 9633)
        let o3 = odd.weighed(9633, 6437 + 4926)
        return (
            a0.adding(o3).packed(bits), a1.adding(o2).packed(bits), a2.adding(o1).packed(bits),
            a3.adding(o0).packed(bits), a3.subtracting(o0).packed(bits), a2.subtracting(o1).packed(bits),
            a1.subtracting(o2).packed(bits), a0.subtracting(o3).packed(bits)
        )
    }

    /// The first four values of rows to columns, in each half.
    @inline(__always)
    private func firstTransposed(_ r: Octet) -> Quartet {
        let (a0, a2) = (_mm256_unpacklo_epi16(r.0, r.1), _mm256_unpacklo_epi16(r.2, r.3))
        let (a4, a6) = (_mm256_unpacklo_epi16(r.4, r.5), _mm256_unpacklo_epi16(r.6, r.7))
        let (b0, b1) = (_mm256_unpacklo_epi32(a0, a2), _mm256_unpackhi_epi32(a0, a2))
        let (b2, b3) = (_mm256_unpacklo_epi32(a4, a6), _mm256_unpackhi_epi32(a4, a6))
        return (
            _mm256_unpacklo_epi64(b0, b2), _mm256_unpackhi_epi64(b0, b2), _mm256_unpacklo_epi64(b1, b3),
            _mm256_unpackhi_epi64(b1, b3)
        )
    }

    /// Rows to columns, in each half.
    @inline(__always)
    private func transposed(_ r: Octet) -> Octet {
        let (a0, a1) = (_mm256_unpacklo_epi16(r.0, r.1), _mm256_unpackhi_epi16(r.0, r.1))
        let (a2, a3) = (_mm256_unpacklo_epi16(r.2, r.3), _mm256_unpackhi_epi16(r.2, r.3))
        let (a4, a5) = (_mm256_unpacklo_epi16(r.4, r.5), _mm256_unpackhi_epi16(r.4, r.5))
        let (a6, a7) = (_mm256_unpacklo_epi16(r.6, r.7), _mm256_unpackhi_epi16(r.6, r.7))
        let (b0, b1) = (_mm256_unpacklo_epi32(a0, a2), _mm256_unpackhi_epi32(a0, a2))
        let (b2, b3) = (_mm256_unpacklo_epi32(a4, a6), _mm256_unpackhi_epi32(a4, a6))
        let (b4, b5) = (_mm256_unpacklo_epi32(a1, a3), _mm256_unpackhi_epi32(a1, a3))
        let (b6, b7) = (_mm256_unpacklo_epi32(a5, a7), _mm256_unpackhi_epi32(a5, a7))
        return (
            _mm256_unpacklo_epi64(b0, b2), _mm256_unpackhi_epi64(b0, b2), _mm256_unpacklo_epi64(b1, b3),
            _mm256_unpackhi_epi64(b1, b3), _mm256_unpacklo_epi64(b4, b6), _mm256_unpackhi_epi64(b4, b6),
            _mm256_unpacklo_epi64(b5, b7), _mm256_unpackhi_epi64(b5, b7)
        )
    }

    /// Columns of samples, not yet shifted to 0...255, to rows of bytes: two rows in each half of a vector.
    @inline(__always)
    private func rowsOfBytes(_ c: Octet) -> (__m256i, __m256i, __m256i, __m256i) {
        let (a, b) = (_mm256_packs_epi16(c.0, c.4), _mm256_packs_epi16(c.1, c.5))
        let (d, e) = (_mm256_packs_epi16(c.2, c.6), _mm256_packs_epi16(c.3, c.7))
        let (c01, c45) = (_mm256_unpacklo_epi8(a, b), _mm256_unpackhi_epi8(a, b))
        let (c23, c67) = (_mm256_unpacklo_epi8(d, e), _mm256_unpackhi_epi8(d, e))
        let (upperLeft, lowerLeft) = (_mm256_unpacklo_epi16(c01, c23), _mm256_unpackhi_epi16(c01, c23))
        let (upperRight, lowerRight) = (_mm256_unpacklo_epi16(c45, c67), _mm256_unpackhi_epi16(c45, c67))
        return (
            _mm256_unpacklo_epi32(upperLeft, upperRight), _mm256_unpackhi_epi32(upperLeft, upperRight),
            _mm256_unpacklo_epi32(lowerLeft, lowerRight), _mm256_unpackhi_epi32(lowerLeft, lowerRight)
        )
    }

    /// Transforms two blocks.
    ///
    /// - Parameters:
    ///   - c: their coefficients, 128.
    ///   - q: the steps, 64.
    ///   - out: eight rows of sixteen samples.
    @inline(__always)
    private func transformPair(
        _ c: UnsafeRawPointer, _ q: UnsafeRawPointer, _ out: UnsafeMutableRawPointer, _ stride: Int
    ) {
        @inline(__always)
        func row(_ i: Int) -> __m256i { unsafe loadPair(c + 16 &* i, 128) }
        let r: Octet = (row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7))
        let upper = _mm256_or_si256(_mm256_or_si256(r.1, r.2), r.3)
        let lower = _mm256_or_si256(_mm256_or_si256(r.4, r.5), _mm256_or_si256(r.6, r.7))
        let empty = _mm256_cmpeq_epi8(_mm256_or_si256(upper, lower), _mm256_setzero_si256())
        let emptyBytes = UInt32(bitPattern: _mm256_movemask_epi8(empty))
        let center = _mm256_set1_epi8(-128)
        // What lies outside of the first four rows and columns.
        let far = _mm256_or_si256(
            lower, _mm256_and_si256(_mm256_or_si256(r.0, upper), _mm256_set_epi64x(-1, 0, -1, 0)))
        let isCorner = _mm256_testz_si256(far, far) != 0

        // Where a block has coefficients in its first row alone, its columns are constant.
        let first = unsafe _mm256_slli_epi16(_mm256_mullo_epi16(r.0, loadTwice(q)), 2)
        var columns: Octet
        if emptyBytes == .max {
            let acs = _mm256_and_si256(r.0, _mm256_set_epi64x(-1, -0x1_0000, -1, -0x1_0000))
            if _mm256_testz_si256(acs, acs) != 0 {
                let means = _mm256_srai_epi16(_mm256_adds_epi16(first, _mm256_set1_epi16(16)), 5)
                let bytes = _mm256_add_epi8(_mm256_packs_epi16(means, means), center)
                // The first block's mean eight times, and the second's.
                let spread = _mm256_permutevar8x32_epi32(
                    _mm256_shuffle_epi8(bytes, _mm256_setzero_si256()), _mm256_set_epi32(4, 4, 0, 0, 4, 4, 0, 0))
                for y in 0..<8 { unsafe (out + y &* stride).storeBytes(of: spread.lowHalf, as: SIMD2<Int64>.self) }
                return
            }
            columns = (first, first, first, first, first, first, first, first)
        } else {
            @inline(__always)
            func scaled(_ row: __m256i, _ i: Int) -> __m256i { unsafe _mm256_mullo_epi16(row, loadTwice(q + 16 &* i)) }
            let top = (scaled(r.0, 0), scaled(r.1, 1), scaled(r.2, 2), scaled(r.3, 3))
            columns =
                isCorner
                ? transform(top, 11)
                : transform(
                    (
                        top.0, top.1, top.2, top.3, scaled(r.4, 4), scaled(r.5, 5), scaled(r.6, 6), scaled(r.7, 7)
                    ), 11)
            let (left, right) = (emptyBytes & 0xFFFF == 0xFFFF, emptyBytes >> 16 == 0xFFFF)
            if left || right {
                let (l, r): (Int64, Int64) = (left ? -1 : 0, right ? -1 : 0)
                let mask = _mm256_set_epi64x(r, r, l, l)
                columns = (
                    _mm256_blendv_epi8(columns.0, first, mask), _mm256_blendv_epi8(columns.1, first, mask),
                    _mm256_blendv_epi8(columns.2, first, mask), _mm256_blendv_epi8(columns.3, first, mask),
                    _mm256_blendv_epi8(columns.4, first, mask), _mm256_blendv_epi8(columns.5, first, mask),
                    _mm256_blendv_epi8(columns.6, first, mask), _mm256_blendv_epi8(columns.7, first, mask)
                )
            }
        }

        let rows = rowsOfBytes(
            isCorner
                ? transform(firstTransposed(columns), 18) : transform(transposed(columns), 18))
        let order = _mm256_set_epi32(7, 6, 3, 2, 5, 4, 1, 0)
        @inline(__always)
        func store(_ twoRows: __m256i, _ y: Int) {
            let sorted = _mm256_permutevar8x32_epi32(_mm256_add_epi8(twoRows, center), order)
            unsafe (out + y &* stride).storeBytes(of: sorted.lowHalf, as: SIMD2<Int64>.self)
            unsafe (out + (y &+ 1) &* stride).storeBytes(of: sorted.highHalf, as: SIMD2<Int64>.self)
        }
        store(rows.0, 0)
        store(rows.1, 2)
        store(rows.2, 4)
        store(rows.3, 6)
    }

    /// Calls `body` with the first byte of coefficients, steps and samples, if there are any.
    @inline(__always)
    func withBases(
        _ coefficients: Span<Int16>, _ quantization: Span<Int16>, _ samples: inout MutableSpan<UInt8>,
        _ body: (UnsafeRawPointer, UnsafeRawPointer, UnsafeMutableRawPointer) -> Void
    ) {
        unsafe coefficients.withUnsafeBytes { coefficients in
            unsafe quantization.withUnsafeBytes { quantization in
                unsafe samples.withUnsafeMutableBytes { samples in
                    guard let c = coefficients.baseAddress, let q = quantization.baseAddress,
                        let out = samples.baseAddress
                    else { return }
                    unsafe body(c, q, out)
                }
            }
        }
    }

    /// The AVX2 version of the portable kernel of the same name, for the leading blocks in pairs.
    ///
    /// - Returns: how many blocks were transformed; the rest is the caller's.
    /// - Precondition: all indices that the parameters imply lie in the spans.
    public func inverseDCT(
        _ coefficients: Span<Int16>, from start: Int, blocks: Int, quantization: Span<Int16>,
        into samples: inout MutableSpan<UInt8>, at target: Int, stride: Int
    ) -> Int {
        precondition(quantization.count == 64 && start >= 0 && start + 64 * blocks <= coefficients.count)
        precondition(stride >= 8 * blocks && target >= 0 && target + 7 * stride + 8 * blocks <= samples.count)
        // Sound: a pair takes 128 coefficients and writes eight rows of sixteen bytes, all within what the preconditions cover.
        unsafe withBases(coefficients, quantization, &samples) { (c, q, out) in
            for pair in 0..<blocks / 2 {
                unsafe transformPair(
                    c + 2 &* (start &+ 128 &* pair), q, out + target + 16 &* pair, stride)
            }
        }
        return blocks & ~1
    }
#endif
