#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Thirty-two pixels of YCbCr to RGB, in 16-bit lanes.
    ///
    /// The constants of the portable kernel that do not fit 16 bits are split into whole multiples and a rest. Red's and blue's rests are rounded products with
    /// 2¹⁵ths, which for each of the 256 values of a chroma sample are what 2¹⁶ths give.
    struct YCbCrConversion {
        private let lowBytes = _mm256_set1_epi16(255)
        private let crToRed = _mm256_set1_epi16(13173)  // 0.402 × 2¹⁵
        private let cbToBlue = _mm256_set1_epi16(25297)  // 0.772 × 2¹⁵
        /// Pairs (Cb, Cr): −22554, and 65536 − 46802.
        private let toGreen = _mm256_set1_epi32(18734 << 16 | Int32(UInt16(bitPattern: -22554)))
        private let half = _mm256_set1_epi32(1 << 15)
        private let interleaving = TripleInterleaving()

        // Inlined, like all that files of this module share.
        @inline(__always)
        init() {}

        @inline(__always)
        private func greenRest(_ pairs: __m256i) -> __m256i {
            _mm256_srai_epi32(_mm256_add_epi32(_mm256_madd_epi16(pairs, toGreen), half), 16)
        }

        /// - Parameters: sixteen samples each, in 16 bits, those of chroma less 128.
        @inline(__always)
        private func convert(_ y: __m256i, _ cb: __m256i, _ cr: __m256i) -> (__m256i, __m256i, __m256i) {
            let redness = _mm256_add_epi16(cr, _mm256_mulhrs_epi16(cr, crToRed))
            let blueness = _mm256_add_epi16(cb, _mm256_mulhrs_epi16(cb, cbToBlue))
            let green = _mm256_packs_epi32(
                greenRest(_mm256_unpacklo_epi16(cb, cr)), greenRest(_mm256_unpackhi_epi16(cb, cr)))
            return (
                _mm256_add_epi16(y, redness), _mm256_add_epi16(_mm256_sub_epi16(y, cr), green),
                _mm256_add_epi16(y, blueness)
            )
        }

        /// Converts thirty-two pixels, of which the samples with even and those with odd places come apart.
        ///
        /// - Parameters:
        ///   - y: thirty-two samples.
        ///   - cb: samples less 128, in 16 bits.
        ///   - low: room for the 48 bytes of the pixels in the lower half of `y`.
        ///   - high: the same for the upper half.
        @inline(__always)
        func store(
            _ y: __m256i, cb: (even: __m256i, odd: __m256i), cr: (even: __m256i, odd: __m256i),
            low: UnsafeMutableRawPointer, high: UnsafeMutableRawPointer
        ) {
            let even = convert(_mm256_and_si256(y, lowBytes), cb.even, cr.even)
            let odd = convert(_mm256_srli_epi16(y, 8), cb.odd, cr.odd)
            unsafe interleaving.store(
                _mm256_packus_epi16(even.0, odd.0), _mm256_packus_epi16(even.1, odd.1),
                _mm256_packus_epi16(even.2, odd.2), low: low, high: high)
        }

        /// Thirty-two samples of chroma, less 128, those with even and those with odd places apart.
        @inline(__always)
        func centered(_ samples: __m256i) -> (even: __m256i, odd: __m256i) {
            let center = _mm256_set1_epi16(128)
            return (
                _mm256_sub_epi16(_mm256_and_si256(samples, lowBytes), center),
                _mm256_sub_epi16(_mm256_srli_epi16(samples, 8), center)
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
        let conversion = YCbCrConversion()
        // Sound: group g takes samples 32g ..< 32g + 32 and writes bytes 96g ..< 96g + 96, which the precondition and `groups` bound.
        unsafe y.withUnsafeBytes { y in
            unsafe cb.withUnsafeBytes { cb in
                unsafe cr.withUnsafeBytes { cr in
                    unsafe out.withUnsafeMutableBytes { out in
                        guard let y = y.baseAddress, let cb = cb.baseAddress, let cr = cr.baseAddress,
                            let out = out.baseAddress
                        else { return }
                        for group in 0..<groups {
                            let to = unsafe out + 96 &* group
                            unsafe conversion.store(
                                (y + 32 &* group).loadUnaligned(as: __m256i.self),
                                cb: conversion.centered((cb + 32 &* group).loadUnaligned(as: __m256i.self)),
                                cr: conversion.centered((cr + 32 &* group).loadUnaligned(as: __m256i.self)),
                                low: to, high: to + 48)
                        }
                    }
                }
            }
        }
        return 32 &* groups
    }
#endif
