#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Three planes of 32 bytes to 96 bytes of triples, in three parts of sixteen bytes for each half.
    ///
    /// Each half of a plane holds the eight bytes with even places, then the eight with odd ones. A mask spreads its bytes over one part: each byte of the mask
    /// is the index of the one to take, 80 (hexadecimal) for none. Masks are given as two little-endian halves.
    struct TripleInterleaving {
        private typealias Masks = (__m256i, __m256i, __m256i)
        private let first: Masks = (
            Self.mask(0x8001_8080_0880_8000, 0x0A80_8002_8080_0980),
            Self.mask(0x0180_8008_8080_0080, 0x8080_0280_8009_8080),
            Self.mask(0x8080_0880_8000_8080, 0x8002_8080_0980_8001)
        )
        private let second: Masks = (
            Self.mask(0x8080_0B80_8003_8080, 0x8005_8080_0C80_8004),
            Self.mask(0x800B_8080_0380_800A, 0x0580_800C_8080_0480),
            Self.mask(0x0B80_8003_8080_0A80, 0x8080_0C80_8004_8080)
        )
        private let third: Masks = (
            Self.mask(0x0E80_8006_8080_0D80, 0x8080_0F80_8007_8080),
            Self.mask(0x8080_0680_800D_8080, 0x800F_8080_0780_800E),
            Self.mask(0x8006_8080_0D80_8005, 0x0F80_8007_8080_0E80)
        )

        // Inlined, like all that files of this module share: what the compiler specialises instead becomes a weak symbol.
        @inline(__always)
        init() {}

        @inline(__always)
        private static func mask(_ low: UInt64, _ high: UInt64) -> __m256i {
            let (low, high) = (Int64(bitPattern: low), Int64(bitPattern: high))
            return _mm256_set_epi64x(high, low, high, low)
        }

        @inline(__always)
        private func mix(_ a: __m256i, _ b: __m256i, _ c: __m256i, _ masks: Masks) -> __m256i {
            _mm256_or_si256(
                _mm256_or_si256(_mm256_shuffle_epi8(a, masks.0), _mm256_shuffle_epi8(b, masks.1)),
                _mm256_shuffle_epi8(c, masks.2))
        }

        /// Stores the triples of the lower halves at `low`, those of the upper halves at `high`: 48 bytes each.
        @inline(__always)
        func store(
            _ a: __m256i, _ b: __m256i, _ c: __m256i, low: UnsafeMutableRawPointer, high: UnsafeMutableRawPointer
        ) {
            let (head, middle, tail) = (mix(a, b, c, first), mix(a, b, c, second), mix(a, b, c, third))
            unsafe low.storeBytes(of: head.lowHalf, as: SIMD2<Int64>.self)
            unsafe (low + 16).storeBytes(of: middle.lowHalf, as: SIMD2<Int64>.self)
            unsafe (low + 32).storeBytes(of: tail.lowHalf, as: SIMD2<Int64>.self)
            unsafe high.storeBytes(of: head.highHalf, as: SIMD2<Int64>.self)
            unsafe (high + 16).storeBytes(of: middle.highHalf, as: SIMD2<Int64>.self)
            unsafe (high + 32).storeBytes(of: tail.highHalf, as: SIMD2<Int64>.self)
        }
    }
#endif
