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
                unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: 64) { work in
                    guard let c = coefficients.baseAddress, let q = quantization.baseAddress,
                        let out = samples.baseAddress, let work = work.baseAddress
                    else { return }
                    for block in done..<blocks {
                        unsafe transformBlock(
                            c + start + 64 &* block, q, work, out + target + 8 &* block, stride)
                    }
                }
            }
        }
    }
}

/// Most blocks hold little but a corner of low frequencies, so halves that are empty are left out of the sums.
@inline(__always)
private func transformBlock(
    _ c: UnsafePointer<Int16>, _ q: UnsafePointer<Int16>, _ work: UnsafeMutablePointer<Int32>,
    _ out: UnsafeMutablePointer<UInt8>, _ stride: Int
) {
    // Four coefficients at a time.
    @inline(__always)
    func four(_ index: Int) -> UInt64 {
        unsafe UnsafeRawPointer(c).loadUnaligned(fromByteOffset: 2 &* index, as: UInt64.self)
    }
    let rightUpper = four(12) | four(20) | four(28)
    let lowerHalf = four(32) | four(40) | four(48) | four(56) | four(36) | four(44) | four(52) | four(60)
    let rightHalf = four(4) | rightUpper | four(36) | four(44) | four(52) | four(60)
    guard lowerHalf | rightUpper | four(8) | four(16) | four(24) != 0 else {
        unsafe transformFirstRow(c, q, work, out, stride)
        return
    }
    switch (lowerHalf == 0, rightHalf == 0) {
    case (true, true):
        unsafe columns(0..<4, upperHalf: true, c, q, work)
        unsafe rows(leftHalf: true, work, out, stride)
    case (true, false):
        unsafe columns(0..<8, upperHalf: true, c, q, work)
        unsafe rows(leftHalf: false, work, out, stride)
    case (false, true):
        unsafe columns(0..<4, upperHalf: false, c, q, work)
        unsafe rows(leftHalf: true, work, out, stride)
    case (false, false):
        unsafe columns(0..<8, upperHalf: false, c, q, work)
        unsafe rows(leftHalf: false, work, out, stride)
    }
}

/// A block that has coefficients in its first row alone: each column is constant.
@inline(__always)
private func transformFirstRow(
    _ c: UnsafePointer<Int16>, _ q: UnsafePointer<Int16>, _ work: UnsafeMutablePointer<Int32>,
    _ out: UnsafeMutablePointer<UInt8>, _ stride: Int
) {
    let shift = Int16(truncatingIfNeeded: passBits)
    var rest: Int16 = 0
    for i in 1..<8 { unsafe rest |= c[i] }
    if rest == 0 {
        let value = unsafe sample((Int32((c[0] &* q[0]) &<< shift) &+ 16) &>> 5)
        for row in 0..<8 {
            for column in 0..<8 { unsafe out[row &* stride &+ column] = value }
        }
        return
    }
    for i in 0..<8 {
        let value = unsafe Int32((c[i] &* q[i]) &<< shift)
        for row in 0..<8 { unsafe work[row &* 8 &+ i] = value }
    }
    unsafe rows(leftHalf: false, work, out, stride)
}

/// - Parameter upperHalf: whether only the first four rows are not zero.
@inline(__always)
private func columns(
    _ range: Range<Int>, upperHalf: Bool, _ c: UnsafePointer<Int16>, _ q: UnsafePointer<Int16>,
    _ work: UnsafeMutablePointer<Int32>
) {
    let shift = constantBits &- passBits
    for i in range {
        @inline(__always)
        func input(_ row: Int) -> Int32 { unsafe Int32(c[i &+ 8 &* row] &* q[i &+ 8 &* row]) }
        @inline(__always)
        func lower(_ row: Int) -> Int32 { upperHalf ? 0 : input(row) }
        let out = transform(input(0), input(1), input(2), input(3), lower(4), lower(5), lower(6), lower(7))
        unsafe work[i] = saturated(out.0, shift)
        unsafe work[i &+ 8] = saturated(out.1, shift)
        unsafe work[i &+ 16] = saturated(out.2, shift)
        unsafe work[i &+ 24] = saturated(out.3, shift)
        unsafe work[i &+ 32] = saturated(out.4, shift)
        unsafe work[i &+ 40] = saturated(out.5, shift)
        unsafe work[i &+ 48] = saturated(out.6, shift)
        unsafe work[i &+ 56] = saturated(out.7, shift)
    }
}

/// - Parameter leftHalf: whether only the first four columns are not zero; the others are not read then.
@inline(__always)
private func rows(
    leftHalf: Bool, _ work: UnsafeMutablePointer<Int32>, _ samples: UnsafeMutablePointer<UInt8>, _ stride: Int
) {
    // The transform scales by 8 in two passes: three bits more.
    let shift = constantBits &+ passBits &+ 3
    for row in 0..<8 {
        let w = unsafe work + row &* 8
        @inline(__always)
        func right(_ column: Int) -> Int32 { unsafe leftHalf ? 0 : w[column] }
        let out = unsafe transform(w[0], w[1], w[2], w[3], right(4), right(5), right(6), right(7))
        let to = unsafe samples + row &* stride
        unsafe to[0] = sample(rounded(out.0, shift))
        unsafe to[1] = sample(rounded(out.1, shift))
        unsafe to[2] = sample(rounded(out.2, shift))
        unsafe to[3] = sample(rounded(out.3, shift))
        unsafe to[4] = sample(rounded(out.4, shift))
        unsafe to[5] = sample(rounded(out.5, shift))
        unsafe to[6] = sample(rounded(out.6, shift))
        unsafe to[7] = sample(rounded(out.7, shift))
    }
}

@inline(__always)
private func rounded(_ value: Int32, _ shift: Int32) -> Int32 {
    (value &+ (1 &<< (shift &- 1))) &>> shift
}

@inline(__always)
private func saturated(_ value: Int32, _ shift: Int32) -> Int32 {
    min(max(rounded(value, shift), -32768), 32767)
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
