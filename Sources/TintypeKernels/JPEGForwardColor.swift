#if arch(x86_64)
    internal import TintypeKernelsAVX2
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
        let half: Int32 = 1 << 15
        let chromaOffset: Int32 = 128 << 16 + half - 1
        for i in pixels {
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
}
