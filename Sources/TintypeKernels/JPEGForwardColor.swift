#if arch(x86_64)
    internal import TintypeKernelsAVX2
    internal import _Builtin_intrinsics.intel
#endif

/// The arithmetic of a JPEG encoder up to the quantised coefficients: colour, downsampling, forward DCT.
///
/// T.81 leaves colour, downsampling and the precision of the DCT to the encoder. All of it is fixed point here, rounded
/// as libjpeg rounds, so that the coefficients are the ones that its users know.
public enum JPEGForward {
    /// Converts a row of interleaved RGB into YCbCr (JFIF 1.02, "Conversion to and from RGB") with 16 fractional bits.
    ///
    /// The factors are the nearest multiples of 2⁻¹⁶; those of a row sum to 1 or to 0, so grey stays exactly grey.
    /// Chroma is offset by 128 and rounded half down, which keeps its largest value at 255.
    ///
    /// - Parameters:
    ///   - rgb: 3 × `pixels` bytes.
    ///   - luma: at least `pixels` bytes, and so are `blue` (Cb) and `red` (Cr). Bytes past `pixels` are left alone.
    public static func convertRow(
        _ rgb: Span<UInt8>, pixels: Int, luma: inout MutableSpan<UInt8>, blue: inout MutableSpan<UInt8>,
        red: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        precondition(pixels >= 0 && rgb.count == 3 * pixels)
        precondition(luma.count >= pixels && blue.count >= pixels && red.count >= pixels)
        #if arch(x86_64)
            let done =
                tier == .avx2
                ? convertRGBToYCbCr(rgb, pixels: pixels, luma: &luma, blue: &blue, red: &red) : 0
        #else
            let done = 0
        #endif
        // Sound: the counts were checked above, and nothing beyond `pixels` is touched.
        unsafe rgb.withUnsafeBufferPointer { source in
            unsafe luma.withUnsafeMutableBufferPointer { luma in
                unsafe blue.withUnsafeMutableBufferPointer { blue in
                    unsafe red.withUnsafeMutableBufferPointer { red in
                        unsafe convert(source, done..<pixels, luma, blue, red)
                    }
                }
            }
        }
    }

    @inline(__always)
    private static func convert(
        _ rgb: UnsafeBufferPointer<UInt8>, _ pixels: Range<Int>, _ luma: UnsafeMutableBufferPointer<UInt8>,
        _ blue: UnsafeMutableBufferPointer<UInt8>, _ red: UnsafeMutableBufferPointer<UInt8>
    ) {
        var i = pixels.lowerBound
        #if arch(x86_64)
            if let rgb = rgb.baseAddress, let luma = luma.baseAddress, let blue = blue.baseAddress,
                let red = red.baseAddress
            {
                // A byte is read behind the four pixels.
                while i &+ 4 < pixels.upperBound {
                    unsafe convertFour(UnsafeRawPointer(rgb + 3 &* i), luma + i, blue + i, red + i)
                    i &+= 4
                }
            }
        #endif
        let half: Int32 = 1 << 15
        let chromaOffset: Int32 = 128 << 16 + half - 1
        for i in i..<max(i, pixels.upperBound) {
            let r = unsafe Int32(rgb[3 &* i])
            let g = unsafe Int32(rgb[3 &* i &+ 1])
            let b = unsafe Int32(rgb[3 &* i &+ 2])
            let y = 19_595 &* r &+ 38_470 &* g &+ 7_471 &* b &+ half
            let cb = 32_768 &* b &- 11_059 &* r &- 21_709 &* g &+ chromaOffset
            let cr = 32_768 &* r &- 27_439 &* g &- 5_329 &* b &+ chromaOffset
            unsafe luma[i] = UInt8(truncatingIfNeeded: y &>> 16)
            unsafe blue[i] = UInt8(truncatingIfNeeded: cb &>> 16)
            unsafe red[i] = UInt8(truncatingIfNeeded: cr &>> 16)
        }
    }

    #if arch(x86_64)
        /// The same of four pixels, by vectors that every x86-64 processor has: red, green, blue and green again are weighed by 16 bits, as a weight of green has 17;
        /// those of chroma are turned about, as one of them is 2¹⁵.
        ///
        /// - Precondition: thirteen bytes can be read, and four written to each plane.
        @inline(__always)
        private static func convertFour(
            _ rgb: UnsafeRawPointer, _ luma: UnsafeMutablePointer<UInt8>, _ blue: UnsafeMutablePointer<UInt8>,
            _ red: UnsafeMutablePointer<UInt8>
        ) {
            let bytes = unsafe SIMD4(
                rgb.loadUnaligned(as: UInt32.self), (rgb + 3).loadUnaligned(as: UInt32.self),
                (rgb + 6).loadUnaligned(as: UInt32.self), (rgb + 9).loadUnaligned(as: UInt32.self))
            // Sound: vectors of as many bits.
            let pixels = unsafe unsafeBitCast(bytes, to: __m128i.self)
            let (low, high) = (_mm_unpacklo_epi8(pixels, .zero), _mm_unpackhi_epi8(pixels, .zero))
            let (first, second) = (greenTwice(low), greenTwice(high))
            let half: Int32 = 1 << 15
            let y = sums(first, second, 19_595, 19_235, 7_471, 19_235) &+ half
            let offset: Int32 = 128 << 16 + half - 1
            let cb = offset &- sums(first, second, 11_059, 21_709, -32_768, 0)
            let cr = offset &- sums(first, second, -32_768, 27_439, 5_329, 0)
            unsafe store(y &>> 16, luma)
            unsafe store(cb &>> 16, blue)
            unsafe store(cr &>> 16, red)
        }

        /// Green in place of what follows blue.
        @inline(__always)
        private static func greenTwice(_ pixels: __m128i) -> SIMD8<Int16> {
            // Sound: vectors of as many bits.
            let x = unsafe unsafeBitCast(pixels, to: SIMD8<Int16>.self)
            return SIMD8(x[0], x[1], x[2], x[1], x[4], x[5], x[6], x[5])
        }

        @inline(__always)
        private static func sums(
            _ first: SIMD8<Int16>, _ second: SIMD8<Int16>, _ r: Int16, _ g: Int16, _ b: Int16, _ again: Int16
        ) -> SIMD4<Int32> {
            let weights = SIMD8(r, g, b, again, r, g, b, again)
            let (x, y) = (pairProducts(first, weights), pairProducts(second, weights))
            return SIMD4(x[0], x[2], y[0], y[2]) &+ SIMD4(x[1], x[3], y[1], y[3])
        }

        @inline(__always)
        private static func pairProducts(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD4<Int32> {
            // Sound: vectors of as many bits, of any content.
            unsafe unsafeBitCast(
                _mm_madd_epi16(unsafeBitCast(a, to: __m128i.self), unsafeBitCast(b, to: __m128i.self)),
                to: SIMD4<Int32>.self)
        }

        @inline(__always)
        private static func store(_ values: SIMD4<Int32>, _ to: UnsafeMutablePointer<UInt8>) {
            // Sound: vectors of as many bits; there is room for four bytes.
            let words = unsafe unsafeBitCast(values, to: __m128i.self)
            let bytes = _mm_packus_epi16(_mm_packs_epi32(words, words), .zero)
            unsafe UnsafeMutableRawPointer(to).storeBytes(of: _mm_cvtsi128_si32(bytes), as: Int32.self)
        }
    #endif
}
