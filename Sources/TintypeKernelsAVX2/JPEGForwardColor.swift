#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// RGB to YCbCr, eight pixels at a time in 32-bit lanes, as pairs (R, G) and (B, G) for multiply-and-add.
    ///
    /// The portable kernel's factors that 16 bits do not hold: green's of luma is shared out over both pairs, and the half of blue or red is
    /// −2¹⁵ in a sum that is then subtracted.
    private struct YCbCrFactors {
        let lumaOfRG = Self.pair(19_595, 22_086)  // 22086 + 16384 = 38470
        let lumaOfBG = Self.pair(7_471, 16_384)
        let blueOfRG = Self.pair(11_059, 21_709)
        let blueOfBG = Self.pair(-32_768, 0)
        let redOfRG = Self.pair(-32_768, 27_439)
        let redOfBG = Self.pair(5_329, 0)
        let half = _mm256_set1_epi32(1 << 15)
        let chromaOffset = _mm256_set1_epi32(128 << 16 + 1 << 15 - 1)

        @inline(__always)
        init() {}

        @inline(__always)
        private static func pair(_ first: Int32, _ second: Int32) -> __m256i {
            _mm256_set1_epi32(second << 16 | first & 0xFFFF)
        }

        @inline(__always)
        func luma(_ pixels: PixelPairs) -> __m256i {
            let sum = _mm256_add_epi32(_mm256_madd_epi16(pixels.rg, lumaOfRG), _mm256_madd_epi16(pixels.bg, lumaOfBG))
            return _mm256_srli_epi32(_mm256_add_epi32(sum, half), 16)
        }

        @inline(__always)
        func blue(_ pixels: PixelPairs) -> __m256i {
            let sum = _mm256_add_epi32(_mm256_madd_epi16(pixels.rg, blueOfRG), _mm256_madd_epi16(pixels.bg, blueOfBG))
            return _mm256_srli_epi32(_mm256_sub_epi32(chromaOffset, sum), 16)
        }

        @inline(__always)
        func red(_ pixels: PixelPairs) -> __m256i {
            let sum = _mm256_add_epi32(_mm256_madd_epi16(pixels.rg, redOfRG), _mm256_madd_epi16(pixels.bg, redOfBG))
            return _mm256_srli_epi32(_mm256_sub_epi32(chromaOffset, sum), 16)
        }
    }

    /// Eight pixels as pairs of 16-bit samples, four in each half.
    private struct PixelPairs {
        let rg: __m256i
        let bg: __m256i
    }

    /// Takes pairs out of four pixels of three bytes in each half of a vector: each byte of a mask is the index of the one to take, 80
    /// (hexadecimal) for a zero.
    private struct PairMasks {
        /// Where the pixels begin with the first byte.
        let redGreen = Self.mask(0x8004_8003_8001_8000, 0x800A_8009_8007_8006)
        let blueGreen = Self.mask(0x8004_8005_8001_8002, 0x800A_800B_8007_8008)
        /// Where they end with the last.
        let lateRedGreen = Self.mask(0x8008_8007_8005_8004, 0x800E_800D_800B_800A)
        let lateBlueGreen = Self.mask(0x8008_8009_8005_8006, 0x800E_800F_800B_800C)

        @inline(__always)
        init() {}

        @inline(__always)
        private static func mask(_ low: UInt64, _ high: UInt64) -> __m256i {
            let (low, high) = (Int64(bitPattern: low), Int64(bitPattern: high))
            return _mm256_set_epi64x(high, low, high, low)
        }

        /// The four pixels at `rgb` and the four that are sixteen further on. Four bytes behind each four are read.
        @inline(__always)
        func load(_ rgb: UnsafeRawPointer) -> PixelPairs {
            let bytes = unsafe PairMasks.bytes(rgb)
            return PixelPairs(rg: _mm256_shuffle_epi8(bytes, redGreen), bg: _mm256_shuffle_epi8(bytes, blueGreen))
        }

        /// The same, but four bytes before each four are read.
        @inline(__always)
        func loadLate(_ rgb: UnsafeRawPointer) -> PixelPairs {
            let bytes = unsafe PairMasks.bytes(rgb - 4)
            return PixelPairs(
                rg: _mm256_shuffle_epi8(bytes, lateRedGreen), bg: _mm256_shuffle_epi8(bytes, lateBlueGreen))
        }

        @inline(__always)
        private static func bytes(_ rgb: UnsafeRawPointer) -> __m256i {
            unsafe _mm256_set_m128i(
                (rgb + 48).loadUnaligned(as: __m128i.self), rgb.loadUnaligned(as: __m128i.self))
        }
    }

    /// Thirty-two samples of 32 bits as bytes, in the order in which `PairMasks` loads pixels.
    @inline(__always)
    private func packed(_ a: __m256i, _ b: __m256i, _ c: __m256i, _ d: __m256i) -> __m256i {
        _mm256_packus_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d))
    }

    /// The AVX2 version of `JPEGForward.convertRow`, for the leading pixels in groups of 32.
    ///
    /// - Returns: how many pixels were converted; the rest is the caller's.
    /// - Precondition: `rgb` has 3 × `pixels` bytes, and each plane at least `pixels`.
    public func convertRGBToYCbCr(
        _ rgb: Span<UInt8>, pixels: Int, luma: inout MutableSpan<UInt8>, blue: inout MutableSpan<UInt8>,
        red: inout MutableSpan<UInt8>
    ) -> Int {
        precondition(pixels >= 0 && rgb.count == 3 &* pixels)
        precondition(luma.count >= pixels && blue.count >= pixels && red.count >= pixels)
        let groups = pixels / 32
        // Sound: group g takes bytes 96g ..< 96g + 96 and writes samples 32g ..< 32g + 32, which the counts above bound.
        unsafe rgb.withUnsafeBytes { rgb in
            unsafe luma.withUnsafeMutableBytes { luma in
                unsafe blue.withUnsafeMutableBytes { blue in
                    unsafe red.withUnsafeMutableBytes { red in
                        guard groups > 0, let rgb = rgb.baseAddress, let luma = luma.baseAddress,
                            let blue = blue.baseAddress, let red = red.baseAddress
                        else { return }
                        unsafe convert(rgb, groups, luma, blue, red)
                    }
                }
            }
        }
        return 32 &* groups
    }

    @inline(__always)
    private func convert(
        _ rgb: UnsafeRawPointer, _ groups: Int, _ luma: UnsafeMutableRawPointer, _ blue: UnsafeMutableRawPointer,
        _ red: UnsafeMutableRawPointer
    ) {
        let masks = PairMasks()
        let factors = YCbCrFactors()
        for group in 0..<groups {
            let source = unsafe rgb + 96 &* group
            let (a, b) = unsafe (masks.load(source), masks.load(source + 12))
            let (c, d) = unsafe (masks.load(source + 24), masks.loadLate(source + 36))
            let y = packed(factors.luma(a), factors.luma(b), factors.luma(c), factors.luma(d))
            let cb = packed(factors.blue(a), factors.blue(b), factors.blue(c), factors.blue(d))
            let cr = packed(factors.red(a), factors.red(b), factors.red(c), factors.red(d))
            unsafe (luma + 32 &* group).storeBytes(of: y, as: __m256i.self)
            unsafe (blue + 32 &* group).storeBytes(of: cb, as: __m256i.self)
            unsafe (red + 32 &* group).storeBytes(of: cr, as: __m256i.self)
        }
    }
#endif
