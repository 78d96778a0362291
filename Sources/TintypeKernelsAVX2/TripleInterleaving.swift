#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Three planes of 32 bytes to 96 bytes of triples, in three parts of sixteen bytes for each half.
    ///
    /// A mask spreads a plane's bytes over one part: each of its bytes is the index of the one to take, 80 (hexadecimal) for none. Bytes are
    /// given as two little-endian halves.
    struct TripleInterleaving {
        private typealias Masks = (__m256i, __m256i, __m256i)
        private let first: Masks = (
            Self.mask(0x8002_8080_0180_8000, 0x0580_8004_8080_0380),
            Self.mask(0x0280_8001_8080_0080, 0x8080_0480_8003_8080),
            Self.mask(0x8080_0180_8000_8080, 0x8004_8080_0380_8002)
        )
        private let second: Masks = (
            Self.mask(0x8080_0780_8006_8080, 0x800A_8080_0980_8008),
            Self.mask(0x8007_8080_0680_8005, 0x0A80_8009_8080_0880),
            Self.mask(0x0780_8006_8080_0580, 0x8080_0980_8008_8080)
        )
        private let third: Masks = (
            Self.mask(0x0D80_800C_8080_0B80, 0x8080_0F80_800E_8080),
            Self.mask(0x8080_0C80_800B_8080, 0x800F_8080_0E80_800D),
            Self.mask(0x800C_8080_0B80_800A, 0x0F80_800E_8080_0D80)
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

        /// Stores the triples at `out`: 96 bytes.
        @inline(__always)
        func store(_ a: __m256i, _ b: __m256i, _ c: __m256i, to out: UnsafeMutableRawPointer) {
            let (head, middle, tail) = (mix(a, b, c, first), mix(a, b, c, second), mix(a, b, c, third))
            unsafe out.storeBytes(of: head.lowHalf, as: SIMD2<Int64>.self)
            unsafe (out + 16).storeBytes(of: middle.lowHalf, as: SIMD2<Int64>.self)
            unsafe (out + 32).storeBytes(of: tail.lowHalf, as: SIMD2<Int64>.self)
            unsafe (out + 48).storeBytes(of: head.highHalf, as: SIMD2<Int64>.self)
            unsafe (out + 64).storeBytes(of: middle.highHalf, as: SIMD2<Int64>.self)
            unsafe (out + 80).storeBytes(of: tail.highHalf, as: SIMD2<Int64>.self)
        }
    }
#endif
