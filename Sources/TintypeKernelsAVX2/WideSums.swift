#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Sixteen sums of 32 bits: of the lower four values of each half of a vector, and of the upper four.
    struct WideSums {
        let low: __m256i
        let high: __m256i

        @inline(__always)
        init(_ low: __m256i, _ high: __m256i) {
            self.low = low
            self.high = high
        }

        @inline(__always)
        func adding(_ other: WideSums) -> WideSums {
            WideSums(_mm256_add_epi32(low, other.low), _mm256_add_epi32(high, other.high))
        }

        @inline(__always)
        func adding(_ constant: __m256i) -> WideSums {
            WideSums(_mm256_add_epi32(low, constant), _mm256_add_epi32(high, constant))
        }

        @inline(__always)
        func subtracting(_ other: WideSums) -> WideSums {
            WideSums(_mm256_sub_epi32(low, other.low), _mm256_sub_epi32(high, other.high))
        }

        /// Without their low `bits`, saturated to 16 bits, in the order of the values.
        @inline(__always)
        func packed(_ bits: Int32) -> __m256i {
            _mm256_packs_epi32(_mm256_srai_epi32(low, bits), _mm256_srai_epi32(high, bits))
        }
    }

    /// Values of two vectors in turn, ready to be weighed by two constants and added.
    struct Interleaved {
        private let low: __m256i
        private let high: __m256i

        @inline(__always)
        init(_ a: __m256i, _ b: __m256i) {
            low = _mm256_unpacklo_epi16(a, b)
            high = _mm256_unpackhi_epi16(a, b)
        }

        /// `a` times the first constant and `b` times the second.
        @inline(__always)
        func weighed(_ a: Int16, _ b: Int16) -> WideSums {
            let weights = pairs(a, b)
            return WideSums(_mm256_madd_epi16(low, weights), _mm256_madd_epi16(high, weights))
        }
    }

    /// Two constants in turn.
    @inline(__always)
    func pairs(_ a: Int16, _ b: Int16) -> __m256i {
        _mm256_set1_epi32(Int32(b) << 16 | Int32(UInt16(bitPattern: a)))
    }

    /// Each value × 2^(16 − bits).
    @inline(__always)
    func shifted(_ values: __m256i, by bits: Int32) -> WideSums {
        let zero = _mm256_setzero_si256()
        return WideSums(
            _mm256_srai_epi32(_mm256_unpacklo_epi16(zero, values), bits),
            _mm256_srai_epi32(_mm256_unpackhi_epi16(zero, values), bits))
    }

    /// Sixteen bytes, and sixteen that lie `distance` bytes on.
    @inline(__always)
    func loadPair(_ source: UnsafeRawPointer, _ distance: Int) -> __m256i {
        unsafe __m256i(
            lowHalf: source.loadUnaligned(as: SIMD2<Int64>.self),
            highHalf: (source + distance).loadUnaligned(as: SIMD2<Int64>.self))
    }

    /// The same sixteen bytes in both halves.
    @inline(__always)
    func loadTwice(_ source: UnsafeRawPointer) -> __m256i { unsafe loadPair(source, 0) }
#endif
