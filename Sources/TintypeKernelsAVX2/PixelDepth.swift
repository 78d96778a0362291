#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// The AVX2 version of the portable kernel of the same name, sixteen samples at a time.
    ///
    /// - Returns: how many samples were done, from the first on; the rest is the caller's.
    public func widenSamples(_ source: Span<UInt8>, into target: inout MutableSpan<UInt8>) -> Int {
        precondition(target.count == 2 * source.count)
        let groups = source.count / 16
        // Sound: group g takes samples 16g ..< 16g + 16 and writes two bytes for each.
        unsafe source.withUnsafeBytes { source in
            unsafe target.withUnsafeMutableBytes { target in
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                for group in 0..<groups {
                    let samples = unsafe _mm256_cvtepu8_epi16(
                        (source + 16 &* group).loadUnaligned(as: __m128i.self))
                    unsafe (target + 32 &* group).storeBytes(
                        of: _mm256_or_si256(samples, _mm256_slli_epi16(samples, 8)), as: __m256i.self)
                }
            }
        }
        return 16 &* groups
    }

    /// Sixteen samples v = 256h + l = 257h + (l − h): v / 257 is h, and rounded one more or less where the rest is beyond half.
    @inline(__always)
    private func narrowed(_ samples: __m256i) -> __m256i {
        let high = _mm256_srli_epi16(samples, 8)
        let rest = _mm256_sub_epi16(_mm256_and_si256(samples, _mm256_set1_epi16(255)), high)
        let above = _mm256_cmpgt_epi16(rest, _mm256_set1_epi16(128))
        let below = _mm256_cmpgt_epi16(_mm256_set1_epi16(-128), rest)
        return _mm256_add_epi16(_mm256_sub_epi16(high, above), below)
    }

    /// The same, thirty-two samples at a time.
    public func narrowSamples(_ source: Span<UInt8>, into target: inout MutableSpan<UInt8>) -> Int {
        precondition(source.count == 2 * target.count)
        let groups = target.count / 32
        let order = _mm256_set_epi32(7, 6, 3, 2, 5, 4, 1, 0)
        // Sound: group g takes samples 32g ..< 32g + 32, of two bytes, and writes one for each.
        unsafe source.withUnsafeBytes { source in
            unsafe target.withUnsafeMutableBytes { target in
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                for group in 0..<groups {
                    let from = unsafe source + 64 &* group
                    let packed = unsafe _mm256_packus_epi16(
                        narrowed(from.loadUnaligned(as: __m256i.self)),
                        narrowed((from + 32).loadUnaligned(as: __m256i.self)))
                    unsafe (target + 32 &* group).storeBytes(
                        of: _mm256_permutevar8x32_epi32(packed, order), as: __m256i.self)
                }
            }
        }
        return 32 &* groups
    }
#endif
