#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Sums of neighbours among 32 samples at `row`: the first sixteen in 16 bits.
    @inline(__always)
    private func pairSums(_ row: UnsafeRawPointer) -> __m256i {
        unsafe _mm256_maddubs_epi16(row.loadUnaligned(as: __m256i.self), _mm256_set1_epi8(1))
    }

    /// Two times sixteen samples of 16 bits as 32 bytes in order.
    @inline(__always)
    private func packed(_ first: __m256i, _ second: __m256i) -> __m256i {
        // Packing works in halves: the parts come as 0 2 1 3.
        let order = _mm256_set_epi32(7, 6, 3, 2, 5, 4, 1, 0)
        return _mm256_permutevar8x32_epi32(_mm256_packus_epi16(first, second), order)
    }

    /// The AVX2 version of `JPEGForward.downsampleRow`, for the leading outputs in groups of 32.
    ///
    /// - Returns: how many outputs were written; the rest is the caller's.
    /// - Precondition: `row` has twice as many samples as `output`.
    public func downsampleRow(_ row: Span<UInt8>, into output: inout MutableSpan<UInt8>) -> Int {
        precondition(row.count == 2 &* output.count)
        let groups = output.count / 32
        let bias = _mm256_set1_epi32(1 << 16)
        // Sound: group g takes samples 64g ..< 64g + 64 and writes 32g ..< 32g + 32, which the counts above bound.
        unsafe row.withUnsafeBytes { row in
            unsafe output.withUnsafeMutableBytes { output in
                guard groups > 0, let row = row.baseAddress, let output = output.baseAddress else { return }
                for group in 0..<groups {
                    let source = unsafe row + 64 &* group
                    let first = unsafe _mm256_srli_epi16(_mm256_add_epi16(pairSums(source), bias), 1)
                    let second = unsafe _mm256_srli_epi16(_mm256_add_epi16(pairSums(source + 32), bias), 1)
                    unsafe (output + 32 &* group).storeBytes(of: packed(first, second), as: __m256i.self)
                }
            }
        }
        return 32 &* groups
    }

    /// The AVX2 version of `JPEGForward.downsampleRows`, for the leading outputs in groups of 32.
    ///
    /// - Returns: how many outputs were written; the rest is the caller's.
    /// - Precondition: `upper` and `lower` have twice as many samples as `output`.
    public func downsampleRows(
        _ upper: Span<UInt8>, _ lower: Span<UInt8>, into output: inout MutableSpan<UInt8>
    ) -> Int {
        precondition(upper.count == 2 &* output.count && lower.count == 2 &* output.count)
        let groups = output.count / 32
        let bias = _mm256_set1_epi32(2 << 16 | 1)
        // Sound: group g takes samples 64g ..< 64g + 64 of each row and writes 32g ..< 32g + 32, which the counts above bound.
        unsafe upper.withUnsafeBytes { upper in
            unsafe lower.withUnsafeBytes { lower in
                unsafe output.withUnsafeMutableBytes { output in
                    guard groups > 0, let upper = upper.baseAddress, let lower = lower.baseAddress,
                        let output = output.baseAddress
                    else { return }
                    for group in 0..<groups {
                        let (above, below) = unsafe (upper + 64 &* group, lower + 64 &* group)
                        let first = unsafe _mm256_add_epi16(pairSums(above), pairSums(below))
                        let second = unsafe _mm256_add_epi16(pairSums(above + 32), pairSums(below + 32))
                        let means = packed(
                            _mm256_srli_epi16(_mm256_add_epi16(first, bias), 2),
                            _mm256_srli_epi16(_mm256_add_epi16(second, bias), 2))
                        unsafe (output + 32 &* group).storeBytes(of: means, as: __m256i.self)
                    }
                }
            }
        }
        return 32 &* groups
    }
#endif
