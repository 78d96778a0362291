#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// The AVX2 versions of the portable kernels of the same names. Those that double the width leave the row's first and last sample to the
    /// caller: they do samples 1 ..< 1 + n and return n.

    @inline(__always)
    private func widened(_ source: UnsafeRawPointer) -> __m256i {
        unsafe _mm256_cvtepu8_epi16(source.loadUnaligned(as: __m128i.self))
    }

    @inline(__always)
    private func tripled(_ values: __m256i) -> __m256i {
        _mm256_add_epi16(_mm256_add_epi16(values, values), values)
    }

    /// `(3 × near + far + bias) / 2^bits`.
    @inline(__always)
    private func mixed(_ tripledNear: __m256i, _ far: __m256i, _ bias: Int16, _ bits: Int32) -> __m256i {
        _mm256_srli_epi16(_mm256_add_epi16(tripledNear, _mm256_add_epi16(far, _mm256_set1_epi16(bias))), bits)
    }

    public func upsampleWidth2(_ row: Span<UInt8>, into out: inout MutableSpan<UInt8>, at start: Int) -> Int {
        let groups = (row.count - 2) / 16
        guard groups > 0 else { return 0 }
        precondition(start >= 0 && start + 2 * row.count <= out.count)
        // Sound: group g takes samples 16g ..< 16g + 18, which end within the row, and writes twice its own sixteen.
        unsafe row.withUnsafeBytes { row in
            unsafe out.withUnsafeMutableBytes { out in
                guard let row = row.baseAddress, let out = out.baseAddress else { return }
                for group in 0..<groups {
                    let source = unsafe row + 16 &* group
                    let near = unsafe tripled(widened(source + 1))
                    let even = unsafe mixed(near, widened(source), 1, 2)
                    let odd = unsafe mixed(near, widened(source + 2), 2, 2)
                    unsafe (out + start + 32 &* group + 2).storeBytes(
                        of: _mm256_or_si256(even, _mm256_slli_epi16(odd, 8)), as: __m256i.self)
                }
            }
        }
        return 16 &* groups
    }

    /// - Returns: how many samples were written, from the first on.
    public func upsampleHeight2(
        _ near: Span<UInt8>, _ far: Span<UInt8>, below: Bool, into out: inout MutableSpan<UInt8>, at start: Int
    ) -> Int {
        let groups = near.count / 32
        guard groups > 0 else { return 0 }
        precondition(near.count == far.count && start >= 0 && start + near.count <= out.count)
        let zero = _mm256_setzero_si256()
        let bias: Int16 = below ? 2 : 1
        // Sound: group g takes samples 32g ..< 32g + 32 of each row and writes as many.
        unsafe near.withUnsafeBytes { near in
            unsafe far.withUnsafeBytes { far in
                unsafe out.withUnsafeMutableBytes { out in
                    guard let near = near.baseAddress, let far = far.baseAddress, let out = out.baseAddress
                    else { return }
                    for group in 0..<groups {
                        let a = unsafe (near + 32 &* group).loadUnaligned(as: __m256i.self)
                        let b = unsafe (far + 32 &* group).loadUnaligned(as: __m256i.self)
                        let low = mixed(
                            tripled(_mm256_unpacklo_epi8(a, zero)), _mm256_unpacklo_epi8(b, zero), bias, 2)
                        let high = mixed(
                            tripled(_mm256_unpackhi_epi8(a, zero)), _mm256_unpackhi_epi8(b, zero), bias, 2)
                        unsafe (out + start + 32 &* group).storeBytes(
                            of: _mm256_packus_epi16(low, high), as: __m256i.self)
                    }
                }
            }
        }
        return 32 &* groups
    }

    public func upsampleBoth2(
        _ near: Span<UInt8>, _ far: Span<UInt8>, into out: inout MutableSpan<UInt8>, at start: Int
    ) -> Int {
        let groups = (near.count - 2) / 16
        guard groups > 0 else { return 0 }
        precondition(near.count == far.count && start >= 0 && start + 2 * near.count <= out.count)
        // Sound: group g takes samples 16g ..< 16g + 18 of each row, which end within it, and writes twice its own sixteen.
        unsafe near.withUnsafeBytes { near in
            unsafe far.withUnsafeBytes { far in
                unsafe out.withUnsafeMutableBytes { out in
                    guard let near = near.baseAddress, let far = far.baseAddress, let out = out.baseAddress
                    else { return }
                    @inline(__always)
                    func column(_ i: Int) -> __m256i {
                        unsafe _mm256_add_epi16(tripled(widened(near + i)), widened(far + i))
                    }
                    for group in 0..<groups {
                        let this = tripled(column(16 &* group &+ 1))
                        let even = mixed(this, column(16 &* group), 8, 4)
                        let odd = mixed(this, column(16 &* group &+ 2), 7, 4)
                        unsafe (out + start + 32 &* group + 2).storeBytes(
                            of: _mm256_or_si256(even, _mm256_slli_epi16(odd, 8)), as: __m256i.self)
                    }
                }
            }
        }
        return 16 &* groups
    }
#endif
