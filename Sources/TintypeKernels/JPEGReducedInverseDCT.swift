#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

/// Inverse DCTs that give an 8×8 block as 4×4, 2×2 or 1×1 samples, each about the mean of the samples that it stands for: what is left of the
/// 8-point transform of Loeffler, Ligtenberg and Moschytz when neighbouring outputs are averaged. Frequency 4 (and for 2×2 also 2 and 6)
/// then cancels out. The samples are those of libjpeg's reduced transforms.
///
/// Products with the quantisation table are kept to 16 bits, and what the first pass hands on wraps or is saturated, where libjpeg-turbo's vector code
/// has it so: only broken files come that far.

private let constantBits: Int32 = 13
private let passBits: Int32 = 2

// Sums of the full transform's constants, × 2¹³.
private let fix0p211164243: Int32 = 1730
private let fix0p509795579: Int32 = 4176
private let fix0p601344887: Int32 = 4926
private let fix0p720959822: Int32 = 5906
private let fix0p765366865: Int32 = 6270
private let fix0p850430095: Int32 = 6967
private let fix0p899976223: Int32 = 7373
private let fix1p061594337: Int32 = 8697
private let fix1p272758580: Int32 = 10426
private let fix1p451774981: Int32 = 11893
private let fix1p847759065: Int32 = 15137
private let fix2p172734803: Int32 = 17799
private let fix2p562915447: Int32 = 20995
private let fix3p624509785: Int32 = 29692

@inline(__always)
private func rounded(_ value: Int32, _ shift: Int32) -> Int32 {
    (value &+ (1 &<< (shift &- 1))) &>> shift
}

@inline(__always)
private func saturated(_ value: Int32, _ shift: Int32) -> Int32 {
    min(max(rounded(value, shift), -32768), 32767)
}

@inline(__always)
private func sample(_ value: Int32) -> UInt8 {
    UInt8(truncatingIfNeeded: min(max(value &+ 128, 0), 255))
}

@inline(__always)
private func dequantized(_ c: Span<Int16>, _ first: Int, _ q: Span<Int16>, _ i: Int) -> Int32 {
    Int32(c[first &+ i] &* q[i])
}

/// Four outputs from frequencies 0–3 and 5–7, scaled up by 2 × √8 and by `constantBits`.
@inline(__always)
private func four(
    _ i0: Int32, _ i1: Int32, _ i2: Int32, _ i3: Int32, _ i5: Int32, _ i6: Int32, _ i7: Int32
) -> (Int32, Int32, Int32, Int32) {
    let e0 = i0 &<< (constantBits &+ 1)
    let e2 = i2 &* fix1p847759065 &- i6 &* fix0p765366865
    let (a, b) = (e0 &+ e2, e0 &- e2)
    let inner =
        i5 &* fix1p451774981 &- i7 &* fix0p211164243 &- i3 &* fix2p172734803 &+ i1 &* fix1p061594337
    let outer =
        i3 &* fix0p899976223 &- i7 &* fix0p509795579 &- i5 &* fix0p601344887 &+ i1 &* fix2p562915447
    return (a &+ outer, b &+ inner, b &- inner, a &- outer)
}

/// Two outputs from frequencies 0, 1, 3, 5 and 7, scaled up by 4 × √8 and by `constantBits`.
@inline(__always)
private func two(_ i0: Int32, _ i1: Int32, _ i3: Int32, _ i5: Int32, _ i7: Int32) -> (Int32, Int32) {
    let even = i0 &<< (constantBits &+ 2)
    let odd =
        i5 &* fix0p850430095 &- i7 &* fix0p720959822 &- i3 &* fix1p272758580 &+ i1 &* fix3p624509785
    return (even &+ odd, even &- odd)
}

/// A row of 8×8 blocks as 4×4 samples each; parameters as for `inverseDCT`.
public func inverseDCT4x4(
    _ coefficients: Span<Int16>, from start: Int, blocks: Int, quantization: Span<Int16>,
    into samples: inout MutableSpan<UInt8>, at target: Int, stride: Int, tier: CPUTier = .current
) {
    precondition(quantization.count == 64 && start >= 0 && start + 64 * blocks <= coefficients.count)
    precondition(stride >= 4 * blocks && target >= 0 && target + 3 * stride + 4 * blocks <= samples.count)
    #if arch(x86_64)
        let done =
            tier == .avx2
            ? TintypeKernelsAVX2.inverseDCT4x4(
                coefficients, from: start, blocks: blocks, quantization: quantization, into: &samples, at: target,
                stride: stride) : 0
    #else
        let done = 0
    #endif
    for block in done..<blocks {
        let first = start &+ 64 &* block
        transformBlock4x4(
            coefficients.extracting(first..<first &+ 64), quantization, &samples, target &+ 4 &* block, stride)
    }
}

/// The values between the passes stand in arrays of their own, which nothing else can alias: so the compiler takes the eight columns, and then the four rows, as
/// vectors.
///
/// - Precondition: 64 coefficients and steps; four rows of four samples.
@inline(never)
private func transformBlock4x4(
    _ coefficients: Span<Int16>, _ quantization: Span<Int16>, _ samples: inout MutableSpan<UInt8>, _ target: Int,
    _ stride: Int
) {
    var c = [64 of Int16](repeating: 0)
    for i in 0..<64 { c[i] = unsafe coefficients[unchecked: i] &* quantization[unchecked: i] }
    var lower: Int16 = 0
    for i in 0..<24 { lower |= unsafe coefficients[unchecked: i &+ 8] | coefficients[unchecked: i &+ 40] }
    var w = [32 of Int16](repeating: 0)
    if lower == 0 {
        // A block with one row wraps where the long way saturates.
        for i in 0..<8 {
            let value = c[i] &<< Int16(truncatingIfNeeded: passBits)
            (w[i], w[i &+ 8], w[i &+ 16], w[i &+ 24]) = (value, value, value, value)
        }
    } else {
        let shift = constantBits &- passBits &+ 1
        for i in 0..<8 {
            let out = four(
                Int32(c[i]), Int32(c[i &+ 8]), Int32(c[i &+ 16]), Int32(c[i &+ 24]), Int32(c[i &+ 40]),
                Int32(c[i &+ 48]), Int32(c[i &+ 56]))
            w[i] = Int16(truncatingIfNeeded: saturated(out.0, shift))
            w[i &+ 8] = Int16(truncatingIfNeeded: saturated(out.1, shift))
            w[i &+ 16] = Int16(truncatingIfNeeded: saturated(out.2, shift))
            w[i &+ 24] = Int16(truncatingIfNeeded: saturated(out.3, shift))
        }
    }
    var v = [32 of Int16](repeating: 0)
    for y in 0..<4 { for x in 0..<8 { v[4 &* x &+ y] = w[8 &* y &+ x] } }
    let shift = constantBits &+ passBits &+ 4
    var bytes = [16 of UInt8](repeating: 0)
    for i in 0..<4 {
        let out = four(
            Int32(v[i]), Int32(v[i &+ 4]), Int32(v[i &+ 8]), Int32(v[i &+ 12]), Int32(v[i &+ 20]),
            Int32(v[i &+ 24]), Int32(v[i &+ 28]))
        bytes[i] = sample(rounded(out.0, shift))
        bytes[i &+ 4] = sample(rounded(out.1, shift))
        bytes[i &+ 8] = sample(rounded(out.2, shift))
        bytes[i &+ 12] = sample(rounded(out.3, shift))
    }
    for y in 0..<4 { for x in 0..<4 { samples[target &+ stride &* y &+ x] = bytes[4 &* x &+ y] } }
}

/// A row of 8×8 blocks as 2×2 samples each; parameters as for `inverseDCT`.
public func inverseDCT2x2(
    _ coefficients: Span<Int16>, from start: Int, blocks: Int, quantization: Span<Int16>,
    into samples: inout MutableSpan<UInt8>, at target: Int, stride: Int, tier: CPUTier = .current
) {
    precondition(quantization.count == 64 && start >= 0 && start + 64 * blocks <= coefficients.count)
    precondition(stride >= 2 * blocks && target >= 0 && target + stride + 2 * blocks <= samples.count)
    #if arch(x86_64)
        let done =
            tier == .avx2
            ? TintypeKernelsAVX2.inverseDCT2x2(
                coefficients, from: start, blocks: blocks, quantization: quantization, into: &samples, at: target,
                stride: stride) : 0
    #else
        let done = 0
    #endif
    var work = [16 of Int32](repeating: 0)
    for block in done..<blocks {
        let first = start &+ 64 &* block
        for column in 0..<8 where column & 1 == 1 || column == 0 {
            func input(_ row: Int) -> Int32 { dequantized(coefficients, first, quantization, row &* 8 &+ column) }
            let out = two(input(0), input(1), input(3), input(5), input(7))
            let shift = constantBits &- passBits &+ 2
            // The means keep all their bits: the second pass shifts them, where it multiplies the others.
            work[column] = column == 0 ? rounded(out.0, shift) : saturated(out.0, shift)
            work[column &+ 8] = column == 0 ? rounded(out.1, shift) : saturated(out.1, shift)
        }
        for row in 0..<2 {
            let w = row &* 8
            let out = two(work[w], work[w &+ 1], work[w &+ 3], work[w &+ 5], work[w &+ 7])
            let to = target &+ 2 &* block &+ row &* stride
            samples[to] = sample(rounded(out.0, constantBits &+ passBits &+ 5))
            samples[to &+ 1] = sample(rounded(out.1, constantBits &+ passBits &+ 5))
        }
    }
}

/// A row of blocks as 4×4 samples each, of the coefficients of frequencies 0 to 3 alone: those that 4×4 samples can show.
///
/// - Parameters:
///   - coefficients: sixteen a block, row by row.
///   - spacing: from one block's first coefficient to the next's.
///   - quantization: all 64 steps. This and the rest is as for `inverseDCT`.
public func inverseCornerDCT4x4(
    _ coefficients: Span<Int16>, from start: Int, spacing: Int, blocks: Int, quantization: Span<Int16>,
    into samples: inout MutableSpan<UInt8>, at target: Int, stride: Int, tier: CPUTier = .current
) {
    precondition(quantization.count == 64 && start >= 0 && blocks >= 1 && spacing >= 16)
    precondition(start + spacing * (blocks - 1) + 16 <= coefficients.count)
    precondition(stride >= 4 * blocks && target >= 0 && target + 3 * stride + 4 * blocks <= samples.count)
    #if arch(x86_64)
        let done =
            tier == .avx2
            ? TintypeKernelsAVX2.inverseCornerDCT4x4(
                coefficients, from: start, spacing: spacing, blocks: blocks, quantization: quantization,
                into: &samples, at: target, stride: stride) : 0
    #else
        let done = 0
    #endif
    for block in done..<blocks {
        let first = start &+ spacing &* block
        transformCorner4x4(
            coefficients.extracting(first..<first &+ 16), quantization, &samples, target &+ 4 &* block, stride)
    }
}

/// As `transformBlock4x4`, with four columns and rows of coefficients.
@inline(never)
private func transformCorner4x4(
    _ coefficients: Span<Int16>, _ quantization: Span<Int16>, _ samples: inout MutableSpan<UInt8>, _ target: Int,
    _ stride: Int
) {
    var c = [16 of Int16](repeating: 0)
    for y in 0..<4 { for x in 0..<4 { c[4 &* y &+ x] = coefficients[4 &* y &+ x] &* quantization[8 &* y &+ x] } }
    var lower: Int16 = 0
    for i in 4..<16 { lower |= coefficients[i] }
    var w = [16 of Int16](repeating: 0)
    let shift = constantBits &- passBits &+ 1
    for i in 0..<4 {
        let out = four(Int32(c[i]), Int32(c[i &+ 4]), Int32(c[i &+ 8]), Int32(c[i &+ 12]), 0, 0, 0)
        w[i] = Int16(truncatingIfNeeded: saturated(out.0, shift))
        w[i &+ 4] = Int16(truncatingIfNeeded: saturated(out.1, shift))
        w[i &+ 8] = Int16(truncatingIfNeeded: saturated(out.2, shift))
        w[i &+ 12] = Int16(truncatingIfNeeded: saturated(out.3, shift))
    }
    if lower == 0 {
        // A block with one row wraps where the long way saturates.
        for i in 0..<16 { w[i] = c[i & 3] &<< Int16(truncatingIfNeeded: passBits) }
    }
    let end = constantBits &+ passBits &+ 4
    for y in 0..<4 {
        let row = 4 &* y
        let out = four(Int32(w[row]), Int32(w[row &+ 1]), Int32(w[row &+ 2]), Int32(w[row &+ 3]), 0, 0, 0)
        let to = target &+ stride &* y
        samples[to] = sample(rounded(out.0, end))
        samples[to &+ 1] = sample(rounded(out.1, end))
        samples[to &+ 2] = sample(rounded(out.2, end))
        samples[to &+ 3] = sample(rounded(out.3, end))
    }
}

/// A row of blocks as 2×2 samples each, of the coefficients of frequencies 0 and 1 alone; parameters as for `inverseCornerDCT4x4`, with four
/// coefficients a block.
public func inverseCornerDCT2x2(
    _ coefficients: Span<Int16>, from start: Int, spacing: Int, blocks: Int, quantization: Span<Int16>,
    into samples: inout MutableSpan<UInt8>, at target: Int, stride: Int, tier: CPUTier = .current
) {
    precondition(quantization.count == 64 && start >= 0 && blocks >= 1 && spacing >= 4)
    precondition(start + spacing * (blocks - 1) + 4 <= coefficients.count)
    precondition(stride >= 2 * blocks && target >= 0 && target + stride + 2 * blocks <= samples.count)
    #if arch(x86_64)
        let done =
            tier == .avx2
            ? TintypeKernelsAVX2.inverseCornerDCT2x2(
                coefficients, from: start, spacing: spacing, blocks: blocks, quantization: quantization,
                into: &samples, at: target, stride: stride) : 0
    #else
        let done = 0
    #endif
    let (q0, q1, q8, q9) = (quantization[0], quantization[1], quantization[8], quantization[9])
    let shift = constantBits &- passBits &+ 2
    let end = constantBits &+ passBits &+ 5
    for block in done..<blocks {
        let first = start &+ spacing &* block
        let means = two(
            Int32(coefficients[first] &* q0), Int32(coefficients[first &+ 2] &* q8), 0, 0, 0)
        let slopes = two(
            Int32(coefficients[first &+ 1] &* q1), Int32(coefficients[first &+ 3] &* q9), 0, 0, 0)
        let upper = two(rounded(means.0, shift), saturated(slopes.0, shift), 0, 0, 0)
        let lower = two(rounded(means.1, shift), saturated(slopes.1, shift), 0, 0, 0)
        let to = target &+ 2 &* block
        samples[to] = sample(rounded(upper.0, end))
        samples[to &+ 1] = sample(rounded(upper.1, end))
        samples[to &+ stride] = sample(rounded(lower.0, end))
        samples[to &+ stride &+ 1] = sample(rounded(lower.1, end))
    }
}

/// A row of blocks as one sample each, their mean: the first coefficient alone. Means that no 10 bits hold wrap, as in libjpeg.
///
/// - Parameter spacing: from one block's first coefficient to the next's, 64 or, where only those are held, 1.
public func inverseDCT1x1(
    _ coefficients: Span<Int16>, from start: Int, blocks: Int, spacing: Int, step: Int16,
    into samples: inout MutableSpan<UInt8>, at target: Int
) {
    precondition(start >= 0 && spacing >= 1 && start + spacing * (blocks - 1) < coefficients.count)
    precondition(target >= 0 && target + blocks <= samples.count)
    let step = Int32(UInt16(bitPattern: step))
    for block in 0..<blocks {
        let mean = rounded(Int32(coefficients[start &+ block &* spacing]) &* step, 3)
        samples[target &+ block] = sample((mean &<< 22) &>> 22)
    }
}
