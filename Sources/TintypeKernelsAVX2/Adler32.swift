#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Both sums of RFC 1950 §8.2 over the leading bytes in groups of 32, begun at zero and not yet reduced: of the bytes, and of the sums up to each of them.
    ///
    /// - Returns: them, and of how many bytes; those behind are the caller's.
    /// - Precondition: at most 2²⁰ bytes, so that no lane overflows.
    public func adlerSums(_ bytes: Span<UInt8>) -> (bytes: UInt64, prefixes: UInt64, count: Int) {
        precondition(bytes.count <= 1 << 20)
        let groups = bytes.count / 32
        let zero = _mm256_setzero_si256()
        let ones = _mm256_set1_epi16(1)
        // Byte i of a group counts 32 - i times in the sums up to the group's end.
        let places = _mm256_set_epi8(
            1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29,
            30, 31, 32)
        // Of the bytes; of the sums before each group; within the groups.
        var (sums, before, within) = (zero, zero, zero)
        // Sound: group g is read from byte 32g on, and 32 × groups is at most `count`.
        unsafe bytes.withUnsafeBytes { bytes in
            guard let from = bytes.baseAddress else { return }
            for group in 0..<groups {
                let next = unsafe (from + 32 &* group).loadUnaligned(as: __m256i.self)
                before = _mm256_add_epi64(before, sums)
                sums = _mm256_add_epi64(sums, _mm256_sad_epu8(next, zero))
                within = _mm256_add_epi32(within, _mm256_madd_epi16(_mm256_maddubs_epi16(next, places), ones))
            }
        }
        return (total(sums), 32 &* total(before) &+ total(widened(within)), 32 &* groups)
    }

    /// The sums of neighbours among eight lanes of 32 bits, which are not negative.
    @inline(__always)
    private func widened(_ lanes: __m256i) -> __m256i {
        _mm256_add_epi64(_mm256_srli_epi64(lanes, 32), _mm256_srli_epi64(_mm256_slli_epi64(lanes, 32), 32))
    }

    @inline(__always)
    private func total(_ lanes: __m256i) -> UInt64 {
        UInt64(bitPattern: lanes[0] &+ lanes[1] &+ lanes[2] &+ lanes[3])
    }
#endif
