#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Thirty-two pixels of YCbCr to RGB, in 16-bit lanes.
    ///
    /// The constants of `convertYCbCrToRGB` that do not fit 16 bits are split into whole multiples and a rest, which leaves the sums what they
    /// are. ⌊(a + 2¹⁵) / 2¹⁶⌋ is formed as ⌊(⌊a / 2¹⁵⌋ + 1) / 2⌋, whose inner part is the high half of a product with 2a.
    private struct YCbCrConstants {
        let zero = _mm256_setzero_si256()
        let one = _mm256_set1_epi16(1)
        let center = _mm256_set1_epi16(128)
        let crToRed = _mm256_set1_epi16(26345)  // 91881 − 65536
        let cbToBlue = _mm256_set1_epi16(-14942)  // 116130 − 2 × 65536
        /// Pairs (Cb, Cr): −22554, and 65536 − 46802.
        let toGreen = _mm256_set1_epi32(18734 << 16 | Int32(UInt16(bitPattern: -22554)))
        let half = _mm256_set1_epi32(1 << 15)

        @inline(__always)
        func rest(_ doubled: __m256i, _ constant: __m256i) -> __m256i {
            _mm256_srai_epi16(_mm256_add_epi16(_mm256_mulhi_epi16(doubled, constant), one), 1)
        }

        @inline(__always)
        func greenRest(_ pairs: __m256i) -> __m256i {
            _mm256_srai_epi32(_mm256_add_epi32(_mm256_madd_epi16(pairs, toGreen), half), 16)
        }

        /// - Parameters: sixteen samples each, in 16 bits.
        @inline(__always)
        func convert(_ y: __m256i, _ rawCb: __m256i, _ rawCr: __m256i) -> (red: __m256i, green: __m256i, blue: __m256i)
        {
            let cb = _mm256_sub_epi16(rawCb, center)
            let cr = _mm256_sub_epi16(rawCr, center)
            let (cb2, cr2) = (_mm256_add_epi16(cb, cb), _mm256_add_epi16(cr, cr))
            let red = _mm256_add_epi16(_mm256_add_epi16(y, cr), rest(cr2, crToRed))
            let blue = _mm256_add_epi16(_mm256_add_epi16(y, cb2), rest(cb2, cbToBlue))
            let green = _mm256_packs_epi32(
                greenRest(_mm256_unpacklo_epi16(cb, cr)), greenRest(_mm256_unpackhi_epi16(cb, cr)))
            return (red, _mm256_add_epi16(_mm256_sub_epi16(y, cr), green), blue)
        }

        /// - Parameters: thirty-two samples each.
        @inline(__always)
        func convertBytes(_ y: __m256i, _ cb: __m256i, _ cr: __m256i) -> (__m256i, __m256i, __m256i) {
            let low = convert(
                _mm256_unpacklo_epi8(y, zero), _mm256_unpacklo_epi8(cb, zero), _mm256_unpacklo_epi8(cr, zero))
            let high = convert(
                _mm256_unpackhi_epi8(y, zero), _mm256_unpackhi_epi8(cb, zero), _mm256_unpackhi_epi8(cr, zero))
            return (
                _mm256_packus_epi16(low.red, high.red), _mm256_packus_epi16(low.green, high.green),
                _mm256_packus_epi16(low.blue, high.blue)
            )
        }
    }

    /// The AVX2 version of the portable kernel of the same name, for the leading pixels in groups of 32.
    ///
    /// - Returns: how many pixels were converted; the rest is the caller's.
    /// - Precondition: each plane has at least `out.count / 3` samples.
    public func convertYCbCrToRGB(
        _ y: Span<UInt8>, _ cb: Span<UInt8>, _ cr: Span<UInt8>, into out: inout MutableSpan<UInt8>
    ) -> Int {
        let groups = out.count / 96
        precondition(y.count >= 32 &* groups && cb.count >= 32 &* groups && cr.count >= 32 &* groups)
        guard groups > 0 else { return 0 }
        let constants = YCbCrConstants()
        let interleaving = TripleInterleaving()
        // Sound: group g takes samples 32g ..< 32g + 32 and writes bytes 96g ..< 96g + 96, which the precondition and `groups` bound.
        unsafe y.withUnsafeBytes { y in
            unsafe cb.withUnsafeBytes { cb in
                unsafe cr.withUnsafeBytes { cr in
                    unsafe out.withUnsafeMutableBytes { out in
                        guard let y = y.baseAddress, let cb = cb.baseAddress, let cr = cr.baseAddress,
                            let out = out.baseAddress
                        else { return }
                        for group in 0..<groups {
                            let (red, green, blue) = unsafe constants.convertBytes(
                                (y + 32 &* group).loadUnaligned(as: __m256i.self),
                                (cb + 32 &* group).loadUnaligned(as: __m256i.self),
                                (cr + 32 &* group).loadUnaligned(as: __m256i.self))
                            unsafe interleaving.store(red, green, blue, to: out + 96 &* group)
                        }
                    }
                }
            }
        }
        return 32 &* groups
    }
#endif
