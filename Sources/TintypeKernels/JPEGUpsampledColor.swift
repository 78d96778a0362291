#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

/// A row of YCbCr as interleaved RGB, where chroma has half the width: what `upsampleBoth2` (or `upsampleWidth2`, where it has its full height) and
/// `convertYCbCrToRGB` make of it, but that a faster tier writes no rows in between.
///
/// - Parameters:
///   - y: a sample for each pixel, or more.
///   - cb: the row of Cb that the pixels lie in, at least 3 samples.
///   - farCb: the row above or below it; of no account where chroma has its full height.
///   - scratch: room for two rows of chroma at full width, of any content.
///   - out: three bytes for each pixel.
/// - Precondition: each row of chroma has a sample for every two pixels, or the last one.
public func convertHalfWidthYCbCrToRGB(
    _ y: Span<UInt8>, cb: Span<UInt8>, farCb: Span<UInt8>, cr: Span<UInt8>, farCr: Span<UInt8>, isHalfHeight: Bool,
    scratch: inout MutableSpan<UInt8>, into out: inout MutableSpan<UInt8>, tier: CPUTier = .current
) {
    let (pixels, width) = (out.count / 3, 2 * cb.count)
    precondition(y.count >= pixels && cb.count == (pixels + 1) / 2 && scratch.count >= 2 * width)
    precondition(cr.count == cb.count && farCb.count == cb.count && farCr.count == cb.count)
    #if arch(x86_64)
        if tier == .avx2 {
            let done =
                isHalfHeight
                ? convertMost(y, cb, farCb, cr, farCr, Biases(even: 8, odd: 7), into: &out)
                // Of two equal rows interpolation both ways makes what it makes of one, but that even samples are rounded as odd ones are.
                : convertMost(y, cb, cb, cr, cr, Biases(even: 7, odd: 8), into: &out)
            if done { return }
        }
    #endif
    if isHalfHeight {
        upsampleBoth2(cb, farCb, into: &scratch, at: 0, tier: tier)
        upsampleBoth2(cr, farCr, into: &scratch, at: width, tier: tier)
    } else {
        upsampleWidth2(cb, into: &scratch, at: 0, tier: tier)
        upsampleWidth2(cr, into: &scratch, at: width, tier: tier)
    }
    let chroma = scratch.span
    convertYCbCrToRGB(
        y, chroma.extracting(0..<width), chroma.extracting(width..<2 * width), into: &out, tier: tier)
}

#if arch(x86_64)
    /// What is added to sixteenths before they are cut off.
    private struct Biases {
        let even: Int16
        let odd: Int16
    }

    /// - Returns: whether it was done.
    private func convertMost(
        _ y: Span<UInt8>, _ cb: Span<UInt8>, _ farCb: Span<UInt8>, _ cr: Span<UInt8>, _ farCr: Span<UInt8>,
        _ biases: Biases, into out: inout MutableSpan<UInt8>
    ) -> Bool {
        let done = TintypeKernelsAVX2.convertHalfWidthYCbCrToRGB(
            y, cb: cb, farCb: farCb, cr: cr, farCr: farCr, evenBias: biases.even, oddBias: biases.odd, into: &out)
        if done.isEmpty { return false }
        for x in 0..<done.lowerBound {
            setPixel(x, y[x], chroma(cb, farCb, x, biases), chroma(cr, farCr, x, biases), in: &out)
        }
        for x in done.upperBound..<out.count / 3 {
            setPixel(x, y[x], chroma(cb, farCb, x, biases), chroma(cr, farCr, x, biases), in: &out)
        }
        return true
    }

    /// Sample x of a row of full width.
    private func chroma(_ near: Span<UInt8>, _ far: Span<UInt8>, _ x: Int, _ biases: Biases) -> UInt8 {
        func column(_ i: Int) -> Int16 { Int16(near[i]) * 3 + Int16(far[i]) }
        let i = x / 2
        let sum =
            x & 1 == 0
            ? column(max(i - 1, 0)) + biases.even
            : column(min(i + 1, near.count - 1)) + biases.odd
        return UInt8(truncatingIfNeeded: (3 * column(i) + sum) >> 4)
    }
#endif
