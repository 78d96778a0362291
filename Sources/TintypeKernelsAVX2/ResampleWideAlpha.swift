#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // Samples of 16 bits with alpha, the last of 2 or 4 channels. Each function does the leading pixels in whole groups, and returns how many; the rest is the
    // caller's.

    /// Colour × alpha and alpha × 65,535, less `lessBits` bits, rounded.
    public func premultiplyWide(
        _ bytes: Span<UInt8>, channels: Int, lessBits: Int, into row: inout MutableSpan<Int32>
    ) -> Int {
        precondition(bytes.count == 2 * row.count && (channels == 2 || channels == 4) && lessBits >= 1)
        let groups = row.count / 8
        // Of samples in 32 bits, alpha over its colours; 80 (hexadecimal) makes the zero that becomes 65,535.
        let four = _mm256_set_epi64x(
            Int64(bitPattern: 0x8080_8080_0F0E_0D0C), 0x0F0E_0D0C_0F0E_0D0C, Int64(bitPattern: 0x8080_8080_0F0E_0D0C),
            0x0F0E_0D0C_0F0E_0D0C)
        let two = _mm256_set_epi64x(
            Int64(bitPattern: 0x8080_8080_0F0E_0D0C), Int64(bitPattern: 0x8080_8080_0706_0504),
            Int64(bitPattern: 0x8080_8080_0F0E_0D0C), Int64(bitPattern: 0x8080_8080_0706_0504))
        let alphaOverColors = channels == 4 ? four : two
        let fullColors = _mm256_set_epi32(65_535, 0, 0, 0, 65_535, 0, 0, 0)
        let full = channels == 4 ? fullColors : _mm256_set1_epi64x(65_535 &<< 32)
        let bits = Int32(truncatingIfNeeded: lessBits)
        let half = _mm256_set1_epi32(1 &<< (bits &- 1))
        // Sound: group g takes samples 8g ..< 8g + 8, of two bytes each.
        unsafe bytes.withUnsafeBytes { bytes in
            unsafe row.withUnsafeMutableBytes { row in
                guard let bytes = bytes.baseAddress, let row = row.baseAddress else { return }
                for group in 0..<groups {
                    let samples = unsafe _mm256_cvtepu16_epi32((bytes + 16 &* group).loadUnaligned(as: __m128i.self))
                    let factor = _mm256_or_si256(_mm256_shuffle_epi8(samples, alphaOverColors), full)
                    let products = _mm256_add_epi32(_mm256_mullo_epi32(samples, factor), half)
                    unsafe (row + 32 &* group).storeBytes(of: _mm256_srli_epi32(products, bits), as: __m256i.self)
                }
            }
        }
        return 8 &* groups / channels
    }

    /// The reverse: colour × 65,535 divided by alpha, and alpha × 2^`alphaBits` by 65,535, rounded.
    ///
    /// In double precision, which the portable version proves exact: the same additions, products and quotients.
    public func divideByWideAlpha(
        _ row: Span<Int32>, channels: Int, alphaBits: Int, into bytes: inout MutableSpan<UInt8>
    ) -> Int {
        precondition(bytes.count == 2 * row.count && (channels == 2 || channels == 4) && alphaBits >= 0)
        let groups = row.count / 4
        // Alpha over all samples of its pixel.
        let spread =
            channels == 4
            ? _mm_set1_epi32(0x0F0E_0D0C) : _mm_set_epi32(0x0F0E_0D0C, 0x0F0E_0D0C, 0x0706_0504, 0x0706_0504)
        let isAlpha = channels == 4 ? _mm_set_epi32(-1, 0, 0, 0) : _mm_set_epi32(-1, 0, -1, 0)
        let bits = Int32(truncatingIfNeeded: alphaBits)
        let (zero, one) = (_mm_setzero_si128(), _mm_set1_epi32(1))
        let (full, half) = (_mm256_set1_pd(65_535), _mm256_set1_pd(0.5))
        // Sound: group g takes samples 4g ..< 4g + 4 and writes as many, of two bytes each.
        unsafe row.withUnsafeBytes { row in
            unsafe bytes.withUnsafeMutableBytes { bytes in
                guard let row = row.baseAddress, let bytes = bytes.baseAddress else { return }
                for group in 0..<groups {
                    let samples = unsafe (row + 16 &* group).loadUnaligned(as: __m128i.self)
                    let alpha = _mm_max_epi32(_mm_shuffle_epi8(samples, spread), zero)
                    // What is divided: colour × 65,535, and alpha × 2^bits by 65,535.
                    let colors = _mm256_mul_pd(
                        _mm256_cvtepi32_pd(_mm_max_epi32(_mm_min_epi32(samples, alpha), zero)), full)
                    let scale = _mm256_set1_pd(Double(1 &<< bits))
                    let alphas = _mm256_mul_pd(_mm256_cvtepi32_pd(alpha), scale)
                    let halves = _mm256_cvtepi32_pd(_mm_srai_epi32(alpha, 1))
                    let quotients = _mm256_cvttpd_epi32(
                        _mm256_div_pd(
                            _mm256_add_pd(colors, _mm256_add_pd(halves, half)),
                            _mm256_cvtepi32_pd(_mm_max_epi32(alpha, one))))
                    let shown = _mm_min_epi32(
                        _mm256_cvttpd_epi32(_mm256_div_pd(_mm256_add_pd(alphas, _mm256_set1_pd(32_767.5)), full)),
                        _mm_set1_epi32(65_535))
                    let visible = _mm_andnot_si128(_mm_cmpeq_epi32(shown, zero), quotients)
                    let both = _mm_blendv_epi8(visible, shown, isAlpha)
                    let packed = _mm_packus_epi32(both, both)
                    unsafe (bytes + 8 &* group).storeBytes(of: _mm_cvtsi128_si64(packed), as: Int64.self)
                }
            }
        }
        return 4 &* groups / channels
    }
#endif
