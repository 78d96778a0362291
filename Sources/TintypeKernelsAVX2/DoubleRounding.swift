#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Sums in double precision to results: shifted right, rounding by a half.
    struct DoubleRounding {
        private let unit: __m256d
        private let raised: __m256d
        private let excess: __m128i

        /// Results are raised by a power of two that makes them positive, so that cutting off rounds down; the sum keeps to 53 bits.
        @inline(__always)
        init(_ shift: Int) {
            let exponent = shift <= 22 ? 30 : 52 &- shift
            unit = _mm256_set1_pd(Double(bitPattern: UInt64(1023 &- shift) &<< 52))
            raised = _mm256_set1_pd(Double(bitPattern: UInt64(1023 &+ exponent) &<< 52) + 0.5)
            excess = _mm_set1_epi32(1 &<< Int32(truncatingIfNeeded: exponent))
        }

        @inline(__always)
        func store(_ sum: __m256d, _ out: UnsafeMutableRawPointer) {
            let result = _mm256_cvttpd_epi32(_mm256_fmadd_pd(sum, unit, raised))
            unsafe out.storeBytes(of: _mm_sub_epi32(result, excess), as: __m128i.self)
        }
    }
#endif
