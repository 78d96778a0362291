#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

/// The accurate integer inverse DCT of T.81 §A.3.3: Loeffler, Ligtenberg and Moschytz's 1-D algorithm with 11 multiplications
/// ("Practical fast 1-D DCT algorithms", ICASSP 1989), columns first, then rows, in 13-bit fixed point.
///
/// It gives the very samples of libjpeg-turbo's "islow" transform, also where broken files drive it out of range: products with the
/// quantisation table and three of the sums are kept to 16 bits, and what a pass hands on is saturated, as its vector code does.

private let fix0p298631336: Int32 = 2446
private let fix0p390180644: Int32 = 3196
private let fix0p541196100: Int32 = 4433
private let fix0p765366865: Int32 = 6270
private let fix0p899976223: Int32 = 7373
private let fix1p175875602: Int32 = 9633
private let fix1p501321110: Int32 = 12299
private let fix1p847759065: Int32 = 15137
private let fix1p961570560: Int32 = 16069
private let fix2p053119869: Int32 = 16819
private let fix2p562915447: Int32 = 20995
private let fix3p072711026: Int32 = 25172

/// Fractional bits of the constants, and of what the first pass hands to the second.
private let constantBits: Int32 = 13
private let passBits: Int32 = 2

/// Transforms a row of 8×8 blocks.
///
/// - Parameters:
///   - coefficients: quantised, 64 a block in natural (not zigzag) order, the first block at `start`.
///   - blocks: how many lie side by side.
///   - quantization: 64 steps in natural order.
///   - samples: where the blocks go, side by side from `target` on, rows of `stride` bytes.
/// - Precondition: all indices this implies lie in the spans.
public func inverseDCT(
    _ coefficients: Span<Int16>, from start: Int, blocks: Int, quantization: Span<Int16>,
    into samples: inout MutableSpan<UInt8>, at target: Int, stride: Int, tier: CPUTier = .current
) {
    precondition(quantization.count == 64 && start >= 0 && start + 64 * blocks <= coefficients.count)
    precondition(stride >= 8 * blocks && target >= 0 && target + 7 * stride + 8 * blocks <= samples.count)
    #if arch(x86_64)
        let done =
            tier == .avx2
            ? TintypeKernelsAVX2.inverseDCT(
                coefficients, from: start, blocks: blocks, quantization: quantization, into: &samples, at: target,
                stride: stride) : 0
    #else
        let done = 0
    #endif
    // Sound: the preconditions above cover every index that the loops below form.
    unsafe coefficients.withUnsafeBufferPointer { coefficients in
        unsafe quantization.withUnsafeBufferPointer { quantization in
            unsafe samples.withUnsafeMutableBufferPointer { samples in
                guard let c = coefficients.baseAddress, let q = quantization.baseAddress,
                    let out = samples.baseAddress
                else { return }
                for block in done..<blocks {
                    unsafe transformBlock(c + start + 64 &* block, q, out + target + 8 &* block, stride)
                }
            }
        }
    }
}

/// The values between the passes stand in arrays of their own, which nothing else can alias: so the compiler takes the eight columns, and then the
/// eight rows, as vectors.
@inline(never)
private func transformBlock(
    _ c: UnsafePointer<Int16>, _ q: UnsafePointer<Int16>, _ out: UnsafeMutablePointer<UInt8>, _ stride: Int
) {
    // What there is to the left in rows 1 to 3; and outside of the corner of 4×4, but for the first row.
    var (lower, outside): (UInt64, UInt64) = (0, 0)
    for i in Swift.stride(from: 16, to: 64, by: 16) {
        unsafe lower |= UnsafeRawPointer(c).loadUnaligned(fromByteOffset: i, as: UInt64.self)
        unsafe outside |= UnsafeRawPointer(c).loadUnaligned(fromByteOffset: i &+ 8, as: UInt64.self)
    }
    for i in Swift.stride(from: 64, to: 128, by: 8) {
        unsafe outside |= UnsafeRawPointer(c).loadUnaligned(fromByteOffset: i, as: UInt64.self)
    }
    if lower != 0, unsafe outside | UnsafeRawPointer(c).loadUnaligned(fromByteOffset: 8, as: UInt64.self) == 0 {
        return unsafe transformCorner(c, q, out, stride)
    }
    lower |= outside
    // What the first pass gives: rows, of which all are the same where only the first has coefficients.
    var w = [64 of Int16](repeating: 0)
    if lower == 0 {
        var rest: Int16 = 0
        for i in 1..<8 { unsafe rest |= c[i] }
        let shift = Int16(truncatingIfNeeded: passBits)
        if rest == 0 {
            let value = unsafe sample((Int32((c[0] &* q[0]) &<< shift) &+ 16) &>> 5)
            for row in 0..<8 {
                for column in 0..<8 { unsafe out[row &* stride &+ column] = value }
            }
            return
        }
        for i in 0..<8 {
            let value = unsafe (c[i] &* q[i]) &<< shift
            (w[i], w[i &+ 8], w[i &+ 16], w[i &+ 24]) = (value, value, value, value)
            (w[i &+ 32], w[i &+ 40], w[i &+ 48], w[i &+ 56]) = (value, value, value, value)
        }
    } else {
        let shift = constantBits &- passBits
        for i in 0..<8 {
            let out = unsafe transform(
                Int32(c[i] &* q[i]), Int32(c[i &+ 8] &* q[i &+ 8]), Int32(c[i &+ 16] &* q[i &+ 16]),
                Int32(c[i &+ 24] &* q[i &+ 24]), Int32(c[i &+ 32] &* q[i &+ 32]), Int32(c[i &+ 40] &* q[i &+ 40]),
                Int32(c[i &+ 48] &* q[i &+ 48]), Int32(c[i &+ 56] &* q[i &+ 56]))
            w[i] = saturated(out.0, shift)
            w[i &+ 8] = saturated(out.1, shift)
            w[i &+ 16] = saturated(out.2, shift)
            w[i &+ 24] = saturated(out.3, shift)
            w[i &+ 32] = saturated(out.4, shift)
            w[i &+ 40] = saturated(out.5, shift)
            w[i &+ 48] = saturated(out.6, shift)
            w[i &+ 56] = saturated(out.7, shift)
        }
    }
    var v = [64 of Int16](repeating: 0)
    for y in 0..<8 { for x in 0..<8 { v[8 &* x &+ y] = w[8 &* y &+ x] } }
    // The transform scales by 8 in two passes: three bits more.
    let shift = constantBits &+ passBits &+ 3
    var bytes = [64 of UInt8](repeating: 0)
    for i in 0..<8 {
        let out = transform(
            Int32(v[i]), Int32(v[i &+ 8]), Int32(v[i &+ 16]), Int32(v[i &+ 24]), Int32(v[i &+ 32]), Int32(v[i &+ 40]),
            Int32(v[i &+ 48]), Int32(v[i &+ 56]))
        bytes[i] = sample(rounded(out.0, shift))
        bytes[i &+ 8] = sample(rounded(out.1, shift))
        bytes[i &+ 16] = sample(rounded(out.2, shift))
        bytes[i &+ 24] = sample(rounded(out.3, shift))
        bytes[i &+ 32] = sample(rounded(out.4, shift))
        bytes[i &+ 40] = sample(rounded(out.5, shift))
        bytes[i &+ 48] = sample(rounded(out.6, shift))
        bytes[i &+ 56] = sample(rounded(out.7, shift))
    }
    for y in 0..<8 { for x in 0..<8 { unsafe out[stride &* y &+ x] = bytes[8 &* x &+ y] } }
}

/// The same for a block with no coefficients outside of the first four rows and columns. Written out once more, as what both call is no longer made vectors of.
@inline(__always)
private func transformCorner(
    _ c: UnsafePointer<Int16>, _ q: UnsafePointer<Int16>, _ out: UnsafeMutablePointer<UInt8>, _ stride: Int
) {
    var w = [64 of Int16](repeating: 0)
    for i in 0..<8 {
        let out = unsafe transform(
            Int32(c[i] &* q[i]), Int32(c[i &+ 8] &* q[i &+ 8]), Int32(c[i &+ 16] &* q[i &+ 16]),
            Int32(c[i &+ 24] &* q[i &+ 24]))
        w[i] = saturated(out.0, constantBits &- passBits)
        w[i &+ 8] = saturated(out.1, constantBits &- passBits)
        w[i &+ 16] = saturated(out.2, constantBits &- passBits)
        w[i &+ 24] = saturated(out.3, constantBits &- passBits)
        w[i &+ 32] = saturated(out.4, constantBits &- passBits)
        w[i &+ 40] = saturated(out.5, constantBits &- passBits)
        w[i &+ 48] = saturated(out.6, constantBits &- passBits)
        w[i &+ 56] = saturated(out.7, constantBits &- passBits)
    }
    var v = [32 of Int16](repeating: 0)
    for y in 0..<8 { for x in 0..<4 { v[8 &* x &+ y] = w[8 &* y &+ x] } }
    let shift = constantBits &+ passBits &+ 3
    var bytes = [64 of UInt8](repeating: 0)
    for i in 0..<8 {
        let out = transform(Int32(v[i]), Int32(v[i &+ 8]), Int32(v[i &+ 16]), Int32(v[i &+ 24]))
        bytes[i] = sample(rounded(out.0, shift))
        bytes[i &+ 8] = sample(rounded(out.1, shift))
        bytes[i &+ 16] = sample(rounded(out.2, shift))
        bytes[i &+ 24] = sample(rounded(out.3, shift))
        bytes[i &+ 32] = sample(rounded(out.4, shift))
        bytes[i &+ 40] = sample(rounded(out.5, shift))
        bytes[i &+ 48] = sample(rounded(out.6, shift))
        bytes[i &+ 56] = sample(rounded(out.7, shift))
    }
    for y in 0..<8 { for x in 0..<8 { unsafe out[stride &* y &+ x] = bytes[8 &* x &+ y] } }
}

@inline(__always)
private func rounded(_ value: Int32, _ shift: Int32) -> Int32 {
    (value &+ (1 &<< (shift &- 1))) &>> shift
}

@inline(__always)
private func saturated(_ value: Int32, _ shift: Int32) -> Int16 {
    Int16(truncatingIfNeeded: min(max(rounded(value, shift), -32768), 32767))
}

/// Level shift (T.81 §A.3.1) and clamping.
@inline(__always)
private func sample(_ value: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(max(value &+ 128, 0), 255))
}

@inline(__always)
private func wrapped(_ value: Int32) -> Int32 {
    Int32(Int16(truncatingIfNeeded: value))
}

/// The 1-D transform of eight 16-bit values, its results scaled up by √8 and by `constantBits`.
@inline(__always)
private func transform(
    _ in0: Int32, _ in1: Int32, _ in2: Int32, _ in3: Int32, _ in4: Int32, _ in5: Int32, _ in6: Int32, _ in7: Int32
) -> (Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32) {
    // Even part: coefficients 0, 4 (butterfly) and 2, 6 (rotation by √2·c6).
    let e0 = wrapped(in0 &+ in4) &<< constantBits
    let e1 = wrapped(in0 &- in4) &<< constantBits
    let e2 = in2 &* fix0p541196100 &+ in6 &* (fix0p541196100 &- fix1p847759065)
    let e3 = in2 &* (fix0p541196100 &+ fix0p765366865) &+ in6 &* fix0p541196100
    let (a0, a3, a1, a2) = (e0 &+ e3, e0 &- e3, e1 &+ e2, e1 &- e2)
    // Odd part.
    let s = wrapped(in7 &+ in3)
    let t = wrapped(in5 &+ in1)
    let z3 = s &* (fix1p175875602 &- fix1p961570560) &+ t &* fix1p175875602
    let z4 = s &* fix1p175875602 &+ t &* (fix1p175875602 &- fix0p390180644)
    let o0 = in7 &* (fix0p298631336 &- fix0p899976223) &- in1 &* fix0p899976223 &+ z3
    let o1 = in5 &* (fix2p053119869 &- fix2p562915447) &- in3 &* fix2p562915447 &+ z4
    let o2 = in3 &* (fix3p072711026 &- fix2p562915447) &- in5 &* fix2p562915447 &+ z3
    let o3 = in1 &* (fix1p501321110 &- fix0p899976223) &- in7 &* fix0p899976223 &+ z4
    return (a0 &+ o3, a1 &+ o2, a2 &+ o1, a3 &+ o0, a3 &- o0, a2 &- o1, a1 &- o2, a0 &- o3)
}

/// The same of four values with four zeros behind them: what those would be multiplied by is left out.
@inline(__always)
private func transform(
    _ in0: Int32, _ in1: Int32, _ in2: Int32, _ in3: Int32
) -> (Int32, Int32, Int32, Int32, Int32, Int32, Int32, Int32) {
    let e = in0 &<< constantBits
    let e2 = in2 &* fix0p541196100
    let e3 = in2 &* (fix0p541196100 &+ fix0p765366865)
    let (a0, a3, a1, a2) = (e &+ e3, e &- e3, e &+ e2, e &- e2)
    let z3 = in3 &* (fix1p175875602 &- fix1p961570560)
    let z4 = in1 &* (fix1p175875602 &- fix0p390180644)
    let o0 = z3 &+ in1 &* (fix1p175875602 &- fix0p899976223)
    let o1 = z4 &+ in3 &* (fix1p175875602 &- fix2p562915447)
    let o2 = z3 &+ in3 &* (fix3p072711026 &- fix2p562915447) &+ in1 &* fix1p175875602
    let o3 = z4 &+ in1 &* (fix1p501321110 &- fix0p899976223) &+ in3 &* fix1p175875602
    return (a0 &+ o3, a1 &+ o2, a2 &+ o1, a3 &+ o0, a3 &- o0, a2 &- o1, a1 &- o2, a0 &- o3)
}
