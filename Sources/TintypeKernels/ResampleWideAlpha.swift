#if arch(x86_64)
    internal import TintypeKernelsAVX2
    internal import _Builtin_intrinsics.intel
#endif

// 16-bit samples with alpha as products in 32 bits, and back.

extension Int32: ResampleSource {
    public static func unpack(
        _ bytes: Span<UInt8>, layout: SampleLayout, into row: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        precondition(layout.isWide && layout.hasAlpha && layout.channels % 2 == 0)
        precondition(bytes.count == 2 * row.count && row.count % layout.channels == 0)
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.premultiplyWide(
                    bytes, channels: layout.channels, lessBits: faintBits, into: &row)
            }
        #endif
        // Sound: a sample is two bytes.
        unsafe bytes.withUnsafeBytes { bytes in
            guard let bytes = bytes.baseAddress else { return }
            if layout.channels == 4 {
                unsafe multiply(bytes, 4, from: done, &row)
            } else {
                unsafe multiply(bytes, 2, from: done, &row)
            }
        }
    }

    static func packWideAlpha(
        _ row: Span<Int32>, _ layout: SampleLayout, into bytes: inout MutableSpan<UInt8>, _ tier: CPUTier
    ) {
        precondition(layout.channels % 2 == 0 && bytes.count == 2 * row.count && row.count % layout.channels == 0)
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.divideByWideAlpha(
                    row, channels: layout.channels, alphaBits: faintBits - wideAlphaFractionBits, into: &bytes)
            }
        #endif
        if layout.channels == 4 { divide(row, 4, from: done, &bytes) } else { divide(row, 2, from: done, &bytes) }
    }
}

/// - Parameter done: pixels that a faster version did.
@inline(__always)
private func multiply(
    _ bytes: UnsafeRawPointer, _ channels: Int, from done: Int, _ row: inout MutableSpan<Int32>
) {
    let half: UInt32 = 1 &<< UInt32(faintBits &- 1)
    for i in done..<row.count / channels {
        let from = unsafe bytes + 2 &* channels &* i
        let alpha = unsafe UInt32(sample(from, channels &- 1))
        for c in 0..<channels {
            let factor = c == channels &- 1 ? 65_535 : alpha
            let product = unsafe UInt32(sample(from, c)) &* factor
            unsafe row[unchecked: channels &* i &+ c] =
                Int32(truncatingIfNeeded: (product &+ half) &>> UInt32(faintBits))
        }
    }
}

@inline(__always)
private func sample(_ pixel: UnsafeRawPointer, _ channel: Int) -> UInt16 {
    unsafe UInt16(littleEndian: pixel.loadUnaligned(fromByteOffset: 2 &* channel, as: UInt16.self))
}

/// In double precision: ⌊n / d⌋ of whole numbers is ⌊(n + ½) / d⌋, which is never nearer than 1 / 2d to a whole number; d being below 2³⁰ and the quotient below
/// 2¹⁷, the rounding of the quotient is far less.
@inline(__always)
private func divide(_ row: Span<Int32>, _ channels: Int, from done: Int, _ bytes: inout MutableSpan<UInt8>) {
    let one = Double(1 << (faintBits - wideAlphaFractionBits))
    for i in done..<row.count / channels {
        let last = channels &* (i &+ 1) &- 1
        let alpha = unsafe max(0, row[unchecked: last])
        let (divisor, half) = (Double(max(1, alpha)), Double(alpha &>> 1) + 0.5)
        // Of grey the first quotient has no meaning.
        let (before, color) =
            unsafe channels == 2
            ? (0, row[unchecked: last &- 1]) : (row[unchecked: last &- 2], row[unchecked: last &- 1])
        let low = SIMD2(Double(max(0, min(alpha, before))), Double(max(0, min(alpha, color)))) * 65_535 + half
        let quotients = whole(low / divisor)
        let first = channels == 2 ? 0 : unsafe Double(max(0, min(alpha, row[unchecked: last &- 3]))) * 65_535 + half
        let others = whole(SIMD2(first, Double(alpha) * one + 32_767.5) / SIMD2(divisor, 65_535))
        let shown = min(65_535, others[1])
        let mask: Int32 = shown == 0 ? 0 : -1
        if channels == 4 {
            store(others[0] & mask, at: last &- 3, &bytes)
            store(quotients[0] & mask, at: last &- 2, &bytes)
        }
        store(quotients[1] & mask, at: last &- 1, &bytes)
        store(shown, at: last, &bytes)
    }
}

/// The whole parts of numbers that are not negative, and below 2³¹.
@inline(__always)
private func whole(_ values: SIMD2<Double>) -> SIMD2<Int32> {
    #if arch(x86_64)
        // Sound: vectors of as many bits. By name, as the conversion of the standard library checks each of them.
        return unsafe unsafeBitCast(_mm_cvttpd_epi32(values), to: SIMD4<Int32>.self).lowHalf
    #else
        return SIMD2(Int32(values[0]), Int32(values[1]))
    #endif
}

@inline(__always)
private func store(_ value: Int32, at index: Int, _ bytes: inout MutableSpan<UInt8>) {
    unsafe bytes[unchecked: 2 &* index] = UInt8(truncatingIfNeeded: value)
    unsafe bytes[unchecked: 2 &* index &+ 1] = UInt8(truncatingIfNeeded: value &>> 8)
}
