#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

/// YCbCr to RGB (JFIF 1.02: the full-range form of ITU-R BT.601) in 16-bit fixed point, rounded as libjpeg rounds: green's two
/// products are added before the one rounding.

private let crToRed: Int32 = 91881  // 1.40200 × 2¹⁶
private let cbToBlue: Int32 = 116130  // 1.77200
private let crToGreen: Int32 = 46802  // 0.71414
private let cbToGreen: Int32 = 22554  // 0.34414
private let half: Int32 = 1 << 15

@inline(__always)
private func clamped(_ value: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(max(value, 0), 255))
}

@inline(__always)
private func convert(_ y: UInt8, _ cb: UInt8, _ cr: UInt8) -> (red: Int32, green: Int32, blue: Int32) {
    let luma = Int32(y)
    let blueness = Int32(cb) &- 128
    let redness = Int32(cr) &- 128
    return (
        luma &+ (redness &* crToRed &+ half) &>> 16,
        luma &+ (half &- blueness &* cbToGreen &- redness &* crToGreen) &>> 16,
        luma &+ (blueness &* cbToBlue &+ half) &>> 16
    )
}

/// A row of YCbCr planes as interleaved RGB.
///
/// - Precondition: each plane has at least `out.count / 3` samples.
public func convertYCbCrToRGB(
    _ y: Span<UInt8>, _ cb: Span<UInt8>, _ cr: Span<UInt8>, into out: inout MutableSpan<UInt8>,
    tier: CPUTier = .current
) {
    let width = out.count / 3
    precondition(y.count >= width && cb.count >= width && cr.count >= width)
    #if arch(x86_64)
        let done = tier == .avx2 ? TintypeKernelsAVX2.convertYCbCrToRGB(y, cb, cr, into: &out) : 0
    #else
        let done = 0
    #endif
    // Unchecked subscripts are sound: every x is below `width`, which the precondition compares with the planes.
    for x in done..<width {
        let (red, green, blue) = unsafe convert(y[unchecked: x], cb[unchecked: x], cr[unchecked: x])
        unsafe out[unchecked: 3 &* x] = clamped(red)
        unsafe out[unchecked: 3 &* x &+ 1] = clamped(green)
        unsafe out[unchecked: 3 &* x &+ 2] = clamped(blue)
    }
}

/// Sets pixel `x` of a row of RGB.
func setPixel(_ x: Int, _ y: UInt8, _ cb: UInt8, _ cr: UInt8, in out: inout MutableSpan<UInt8>) {
    let (red, green, blue) = convert(y, cb, cr)
    out[3 * x] = clamped(red)
    out[3 * x + 1] = clamped(green)
    out[3 * x + 2] = clamped(blue)
}

/// A row of YCCK planes as interleaved CMYK: the complement of the RGB that Y, C and C stand for, K as it is.
public func convertYCCKToCMYK(
    _ y: Span<UInt8>, _ cb: Span<UInt8>, _ cr: Span<UInt8>, _ k: Span<UInt8>, into out: inout MutableSpan<UInt8>
) {
    let width = out.count / 4
    precondition(y.count >= width && cb.count >= width && cr.count >= width && k.count >= width)
    for x in 0..<width {
        let (red, green, blue) = convert(y[x], cb[x], cr[x])
        out[4 &* x] = 255 &- clamped(red)
        out[4 &* x &+ 1] = 255 &- clamped(green)
        out[4 &* x &+ 2] = 255 &- clamped(blue)
        out[4 &* x &+ 3] = k[x]
    }
}

/// Sets one plane as channel `channel` of an interleaved row.
public func interleave(_ plane: Span<UInt8>, channel: Int, of channels: Int, into out: inout MutableSpan<UInt8>) {
    let width = out.count / channels
    precondition(channel >= 0 && channel < channels && plane.count >= width)
    // Unchecked subscripts are sound: every x is below `width`, which the precondition compares with the plane.
    if channels == 1 {
        for x in 0..<width { unsafe out[unchecked: x] = plane[unchecked: x] }
    } else {
        for x in 0..<width { unsafe out[unchecked: x &* channels &+ channel] = plane[unchecked: x] }
    }
}
