#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Makes products of bytes, sixteen at a time.
    struct AlphaProducts {
        private let alphaOverColors: __m256i
        private let full: __m256i
        private let bias: __m256i

        /// - Parameters:
        ///   - channels: 2 or 4.
        ///   - bias: what is taken away from every product.
        @inline(__always)
        init(channels: Int, bias: Int16) {
            // Of the 16-bit samples of pixels, alpha over its colours; 80 (hexadecimal) makes the zero that becomes 255.
            let low = Int64(bitPattern: channels == 4 ? 0x8080_0706_0706_0706 : 0x8080_0706_8080_0302)
            let high = Int64(bitPattern: channels == 4 ? 0x8080_0F0E_0F0E_0F0E : 0x8080_0F0E_8080_0B0A)
            alphaOverColors = _mm256_set_epi64x(high, low, high, low)
            full = channels == 4 ? _mm256_set1_epi64x(255 &<< 48) : _mm256_set1_epi32(255 &<< 16)
            self.bias = _mm256_set1_epi16(bias)
        }

        @inline(__always)
        func store(_ bytes: UnsafeRawPointer, to row: UnsafeMutableRawPointer) {
            let samples = unsafe _mm256_cvtepu8_epi16(bytes.loadUnaligned(as: __m128i.self))
            let factor = _mm256_or_si256(_mm256_shuffle_epi8(samples, alphaOverColors), full)
            let products = _mm256_sub_epi16(_mm256_mullo_epi16(samples, factor), bias)
            unsafe row.storeBytes(of: products, as: __m256i.self)
        }
    }

    /// - Parameters:
    ///   - channels: 2 or 4.
    ///   - bias: what is taken away from every product.
    ///   - row: room for a number of two bytes for each of `bytes`.
    @inline(__always)
    private func premultiply(
        _ bytes: UnsafeRawPointer, count: Int, channels: Int, bias: Int16, _ row: UnsafeMutableRawPointer
    ) -> Int {
        let groups = count / 16
        let products = AlphaProducts(channels: channels, bias: bias)
        // Group g takes bytes 16g ..< 16g + 16 and writes as many samples, of two bytes.
        for group in 0..<groups { unsafe products.store(bytes + 16 &* group, to: row + 32 &* group) }
        return 16 / channels &* groups
    }

    /// RGBA of 8 bits as red × alpha, green × alpha, blue × alpha and 255 × alpha, or grey with alpha likewise, for the leading pixels in groups of 16 samples.
    ///
    /// - Returns: how many pixels were done; the rest is the caller's.
    public func premultiply(_ bytes: Span<UInt8>, channels: Int, into row: inout MutableSpan<UInt16>) -> Int {
        precondition(bytes.count == row.count && (channels == 2 || channels == 4))
        // Sound: the row has a sample for each byte.
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe row.withUnsafeMutableBytes { row in
                guard let from = bytes.baseAddress, let row = row.baseAddress else { return 0 }
                return unsafe premultiply(from, count: bytes.count, channels: channels, bias: 0, row)
            }
        }
    }

    /// The same of RGBA, less `bias`.
    public func premultiply(_ bytes: Span<UInt8>, bias: Int16, into row: inout MutableSpan<Int16>) -> Int {
        precondition(bytes.count == row.count)
        // Sound: the row has a sample for each byte.
        return unsafe bytes.withUnsafeBytes { bytes in
            unsafe row.withUnsafeMutableBytes { row in
                guard let from = bytes.baseAddress, let row = row.baseAddress else { return 0 }
                return unsafe premultiply(from, count: bytes.count, channels: 4, bias: bias, row)
            }
        }
    }

    /// The reverse, for products with some bits more: colour divided by alpha, and alpha by 255; the leading pixels in groups of 4.
    ///
    /// In double precision, by reciprocals. ⌊n / d⌋ of whole numbers is ⌊(n + ½) / d⌋, which is never nearer than 1 / 2d to a whole number:
    /// d being below 2³⁰ and the quotient at most 256, that is far more than the error of the product, so cutting it off is exact. Four opaque pixels are rounded
    /// in whole numbers: the fraction is cut off, then comes a division by 255; packing clamps.
    ///
    /// - Returns: how many pixels were done; the rest is the caller's.
    public func divideByAlpha(_ row: Span<Int32>, fractionBits: Int, into bytes: inout MutableSpan<UInt8>) -> Int {
        precondition(bytes.count == row.count && fractionBits >= 1 && fractionBits <= 14)
        let groups = bytes.count / 16
        let one = Double(255 &<< Int32(truncatingIfNeeded: fractionBits))
        let (alphaUnit, alphaHalf) = (_mm256_set1_pd(1 / one), _mm256_set1_pd(one / 2 + 0.5))
        let (full, half) = (_mm256_set1_pd(255), _mm256_set1_pd(0.5))
        let (zero, least) = (_mm_setzero_si128(), _mm_set1_epi32(1))
        let colors = _mm_set1_epi32(0x00FF_FFFF)
        let bits = Int32(truncatingIfNeeded: fractionBits)
        let opaque = _mm256_set1_epi32(255 &* 255 &<< bits)
        let opaqueHalf = _mm256_set1_epi32(255 &<< (bits &- 1))
        // Sound: group g takes samples 16g ..< 16g + 16 and writes as many bytes.
        unsafe row.withUnsafeBytes { row in
            unsafe bytes.withUnsafeMutableBytes { bytes in
                guard let row = row.baseAddress, let bytes = bytes.baseAddress else { return }
                for group in 0..<groups {
                    let from = unsafe row + 64 &* group
                    let (ac, bd) = unsafe (loadPair(from, 32), loadPair(from + 16, 32))
                    let solid = _mm256_and_si256(_mm256_cmpeq_epi32(ac, opaque), _mm256_cmpeq_epi32(bd, opaque))
                    if UInt32(bitPattern: _mm256_movemask_epi8(solid)) & 0xF000_F000 == 0xF000_F000 {
                        let by255 = dividedBy255(
                            _mm256_packus_epi32(
                                _mm256_srai_epi32(_mm256_add_epi32(ac, opaqueHalf), bits),
                                _mm256_srai_epi32(_mm256_add_epi32(bd, opaqueHalf), bits)))
                        let packed = _mm256_packus_epi16(by255, by255)
                        unsafe (bytes + 16 &* group).storeBytes(of: packed[0], as: Int64.self)
                        unsafe (bytes + 16 &* group + 8).storeBytes(of: packed[2], as: Int64.self)
                        continue
                    }
                    let (a, b) = unsafe (
                        from.loadUnaligned(as: __m128i.self), (from + 16).loadUnaligned(as: __m128i.self)
                    )
                    let (c, d) = unsafe (
                        (from + 32).loadUnaligned(as: __m128i.self), (from + 48).loadUnaligned(as: __m128i.self)
                    )
                    let alpha = _mm_unpackhi_epi64(_mm_unpackhi_epi32(a, b), _mm_unpackhi_epi32(c, d))
                    let seen = _mm256_cvttpd_epi32(
                        _mm256_mul_pd(
                            _mm256_add_pd(_mm256_cvtepi32_pd(_mm_max_epi32(alpha, zero)), alphaHalf), alphaUnit))
                    let shown = _mm_min_epi32(seen, _mm_set1_epi32(255))
                    let reciprocal = _mm256_div_pd(full, _mm256_cvtepi32_pd(_mm_max_epi32(alpha, least)))
                    // (⌊alpha / 2⌋ + ½) / alpha, the reciprocal being 255 times too large.
                    let rest = _mm256_mul_pd(
                        _mm256_mul_pd(_mm256_add_pd(_mm256_cvtepi32_pd(_mm_srai_epi32(alpha, 1)), half), reciprocal),
                        _mm256_set1_pd(1 / 255))
                    let first = _mm_packs_epi32(
                        colorsOf(a, alpha, reciprocal, rest, 0), colorsOf(b, alpha, reciprocal, rest, 1))
                    let second = _mm_packs_epi32(
                        colorsOf(c, alpha, reciprocal, rest, 2), colorsOf(d, alpha, reciprocal, rest, 3))
                    let packed = _mm_and_si128(_mm_packus_epi16(first, second), colors)
                    let pixels = _mm_or_si128(packed, _mm_slli_epi32(shown, 24))
                    let visible = _mm_andnot_si128(_mm_cmpeq_epi32(shown, zero), pixels)
                    unsafe (bytes + 16 &* group).storeBytes(of: visible, as: __m128i.self)
                }
            }
        }
        return 4 &* groups
    }

    /// The same of grey with alpha, without a way of its own for opaque pixels.
    ///
    /// - Returns: how many pixels were done, in groups of 4.
    public func divideGrayByAlpha(_ row: Span<Int32>, fractionBits: Int, into bytes: inout MutableSpan<UInt8>) -> Int {
        precondition(bytes.count == row.count && fractionBits >= 1 && fractionBits <= 14)
        let groups = bytes.count / 8
        let one = Double(255 &<< Int32(truncatingIfNeeded: fractionBits))
        let (alphaUnit, alphaHalf) = (_mm256_set1_pd(1 / one), _mm256_set1_pd(one / 2 + 0.5))
        let (full, half) = (_mm256_set1_pd(255), _mm256_set1_pd(0.5))
        let (zero, least) = (_mm_setzero_si128(), _mm_set1_epi32(1))
        // Sound: group g takes samples 8g ..< 8g + 8 and writes as many bytes.
        unsafe row.withUnsafeBytes { row in
            unsafe bytes.withUnsafeMutableBytes { bytes in
                guard let row = row.baseAddress, let bytes = bytes.baseAddress else { return }
                for group in 0..<groups {
                    let from = unsafe row + 32 &* group
                    let (a, b) = unsafe (
                        from.loadUnaligned(as: __m128i.self), (from + 16).loadUnaligned(as: __m128i.self)
                    )
                    let (even, odd) = (_mm_unpacklo_epi32(a, b), _mm_unpackhi_epi32(a, b))
                    let gray = _mm_unpacklo_epi32(even, odd)
                    let alpha = _mm_max_epi32(_mm_unpackhi_epi32(even, odd), zero)
                    let seen = _mm256_cvttpd_epi32(
                        _mm256_mul_pd(_mm256_add_pd(_mm256_cvtepi32_pd(alpha), alphaHalf), alphaUnit))
                    let reciprocal = _mm256_div_pd(full, _mm256_cvtepi32_pd(_mm_max_epi32(alpha, least)))
                    // (⌊alpha / 2⌋ + ½) / alpha, the reciprocal being 255 times too large.
                    let rest = _mm256_mul_pd(
                        _mm256_mul_pd(_mm256_add_pd(_mm256_cvtepi32_pd(_mm_srai_epi32(alpha, 1)), half), reciprocal),
                        _mm256_set1_pd(1 / 255))
                    let clamped = _mm_max_epi32(_mm_min_epi32(gray, alpha), zero)
                    let quotients = _mm256_cvttpd_epi32(
                        _mm256_fmadd_pd(_mm256_cvtepi32_pd(clamped), reciprocal, rest))
                    let visible = _mm_andnot_si128(_mm_cmpeq_epi32(seen, zero), quotients)
                    // Packing clamps alpha to 255.
                    let words = _mm_packs_epi32(_mm_unpacklo_epi32(visible, seen), _mm_unpackhi_epi32(visible, seen))
                    let packed = _mm_packus_epi16(words, words)
                    unsafe (bytes + 8 &* group).storeBytes(of: _mm_cvtsi128_si64(packed), as: Int64.self)
                }
            }
        }
        return 4 &* groups
    }

    /// ⌊n / 255⌋ of unsigned 16 bits: n × 32,897 / 2²³ is exact for all of them.
    @inline(__always)
    private func dividedBy255(_ values: __m256i) -> __m256i {
        _mm256_srli_epi16(_mm256_mulhi_epu16(values, _mm256_set1_epi16(Int16(bitPattern: 32_897))), 7)
    }

    /// The colours of pixel `lane` of four; what stands for alpha has no meaning.
    @inline(__always)
    private func colorsOf(
        _ products: __m128i, _ alpha: __m128i, _ reciprocal: __m256d, _ rest: __m256d, _ lane: Int32
    ) -> __m128i {
        let one = _mm256_set1_epi64x(Int64(2 &* lane &+ 1) &<< 32 | Int64(2 &* lane))
        let own = _mm_shuffle_epi8(alpha, _mm_set1_epi32(0x0302_0100 &+ 0x0404_0404 &* lane))
        let clamped = _mm_max_epi32(_mm_min_epi32(products, own), _mm_setzero_si128())
        let factor = _mm256_castsi256_pd(_mm256_permutevar8x32_epi32(_mm256_castpd_si256(reciprocal), one))
        let added = _mm256_castsi256_pd(_mm256_permutevar8x32_epi32(_mm256_castpd_si256(rest), one))
        return _mm256_cvttpd_epi32(_mm256_fmadd_pd(_mm256_cvtepi32_pd(clamped), factor, added))
    }
#endif
