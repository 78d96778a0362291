#if arch(x86_64)
    internal import TintypeKernelsAVX2
    internal import _Builtin_intrinsics.intel
#endif

// The vertical pass in each kind of row. The loops are specialised by the functions here because they lie in the same file.

extension UInt8 {
    public static func weighRows(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, shift: Int,
        into row: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.weighRows(rows, offsets: offsets, weights: weights, shift: shift, into: &row)
            }
        #endif
        weighPairs(UInt8.self, rows, offsets, weights, shift, from: done, &row)
    }

    public static func weighRowsForTwo(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, shift: Int,
        into row: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) {
        #if arch(x86_64)
            if tier == .avx2 {
                let shared = sharedPart(weights)
                if TintypeKernelsAVX2.weighRowsForTwo(
                    rows, offsets: offsets, weights: weights, shared: shared, shift: shift, into: &row)
                {
                    return
                }
            }
        #endif
        weighRowsInTurn(rows, offsets, weights, shift, into: &row, tier)
    }

    public static func addRows(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, isFirst: Bool,
        to sums: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.addRows(
                    rows, offsets: offsets, weights: weights, isFirst: isFirst, to: &sums)
            }
        #endif
        add(UInt8.self, rows, offsets, weights, isFirst, from: done, &sums)
    }

    public static func round(_ sums: Span<Int32>, shift: Int, into row: inout MutableSpan<Int16>) {
        roundAll(sums, shift, &row)
    }
}

extension Int16 {
    public static func weighRows(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int,
        into row: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.weighRows(rows, offsets: offsets, weights: weights, shift: shift, into: &row)
            }
        #endif
        weighPairs(Int16.self, rows, offsets, weights, shift, from: done, &row)
    }

    public static func addRows(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, isFirst: Bool,
        to sums: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.addRows(
                    rows, offsets: offsets, weights: weights, isFirst: isFirst, to: &sums)
            }
        #endif
        add(Int16.self, rows, offsets, weights, isFirst, from: done, &sums)
    }

    public static func round(_ sums: Span<Int32>, shift: Int, into row: inout MutableSpan<UInt8>) {
        roundAll(sums, shift, &row)
    }
}

extension Product {
    public static func weighRows(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int,
        into row: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.weighRows(
                    rows, offsets: offsets, weights: weights, shift: shift, into: &row)
            }
        #endif
        weighPairs(Product.self, rows, offsets, weights, shift, from: done, &row)
    }

    public static func weighRowsForTwo(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int,
        into row: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) {
        #if arch(x86_64)
            if tier == .avx2 {
                let shared = sharedPart(weights)
                if TintypeKernelsAVX2.weighRowsForTwo(
                    rows, offsets: offsets, weights: weights, shared: shared, shift: shift, into: &row)
                {
                    return
                }
            }
        #endif
        weighRowsInTurn(rows, offsets, weights, shift, into: &row, tier)
    }

    public static func addRows(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, isFirst: Bool,
        to sums: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        Int16.addRows(rows, offsets: offsets, weights: weights, isFirst: isFirst, to: &sums, tier: tier)
    }

    public static func round(_ sums: Span<Int32>, shift: Int, into row: inout MutableSpan<Int16>) {
        roundAll(sums, shift, &row)
    }
}

extension HalfProduct {
    public static func weighRows(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int,
        into row: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.weighRows(
                    rows, offsets: offsets, weights: weights, shift: shift, base: wholeBias, into: &row)
            }
        #endif
        weighPairs(HalfProduct.self, rows, offsets, weights, shift, from: done, base: wholeBias, &row)
    }

    public static func addRows(
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, isFirst: Bool,
        to sums: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        Int16.addRows(rows, offsets: offsets, weights: weights, isFirst: isFirst, to: &sums, tier: tier)
    }

    public static func round(_ sums: Span<Int32>, shift: Int, into row: inout MutableSpan<Int32>) {
        roundAll(sums, shift, base: wholeBias, &row)
    }
}

/// What the second pass adds to its results.
let wholeBias = productBias << Int32(alphaFractionBits)

/// The part of a window, in whole pairs of rows, that counts in both of two rows of results, or where it would lie between them: before it the second one has no
/// weights, behind it the first one.
private func sharedPart(_ weights: Span<Int16>) -> Range<Int> {
    let half = weights.count / 2
    let first = reach(weights.extracting(0..<half))
    let second = reach(weights.extracting(half..<2 * half))
    return second.lowerBound / 2..<max(first.upperBound, second.lowerBound) / 2
}

/// Weights below 2²⁶ as products of 16 bits: w = high × 2¹¹ + low, the low part being −1,024 to 1,023.
///
/// With sums H and L of the two kinds, ⌊(2¹¹ H + L) / 2ˢ⌋ is ⌊(H + ⌊L / 2¹¹⌋) / 2ˢ⁻¹¹⌋: no number of more than 32 bits is needed.
/// Samples are taken with their highest bit turned, which makes them signed numbers less 32,768: the processor multiplies pairs of those.
private struct SplitWeights {
    /// For each pair of rows two numbers of 16 bits, the even row's in the lower half.
    private(set) var high = [20 of Int32](repeating: 0)
    private(set) var low = [20 of Int32](repeating: 0)
    /// The sum of the weights.
    private(set) var sum: Int64 = 0
    /// Whether all high parts have 16 bits. Those of a weight of one and more have not.
    private(set) var fits = true

    init(_ weights: Span<Int32>) {
        for j in 0..<weights.count / 2 {
            let (even, odd) = (weights[2 * j], weights[2 * j + 1])
            let (evenHigh, oddHigh) = ((even &+ 1024) &>> 11, (odd &+ 1024) &>> 11)
            fits = fits && Self.isShort(evenHigh) && Self.isShort(oddHigh)
            high[j] = Self.packed(evenHigh, oddHigh)
            low[j] = Self.packed(even &- evenHigh &<< 11, odd &- oddHigh &<< 11)
            sum &+= Int64(even) &+ Int64(odd)
        }
    }

    private static func isShort(_ value: Int32) -> Bool { Int32(Int16(truncatingIfNeeded: value)) == value }

    private static func packed(_ even: Int32, _ odd: Int32) -> Int32 { (even & 0xFFFF) | odd &<< 16 }
}

extension UInt16 {
    public static func weighRows(
        _ rows: Span<UInt16>, offsets: Span<Int>, weights: Span<Int32>, shift: Int,
        into row: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        precondition(weights.count <= mostRows && shift >= 12)
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                let split = SplitWeights(weights)
                // The weights add up to a multiple of 1 << shift where the result counts; what the turned bits took away comes back exactly.
                let base = (split.sum &<< 15) &>> Int64(shift)
                if split.fits && split.sum &<< 15 == base &<< Int64(shift) {
                    done = TintypeKernelsAVX2.weighRows(
                        rows, offsets: offsets, high: split.high.span, low: split.low.span, shift: shift,
                        base: Int32(truncatingIfNeeded: base), into: &row)
                }
            }
        #endif
        weigh(UInt16.self, rows, offsets, weights, shift, from: done, &row)
    }

    public static func addRows(
        _ rows: Span<UInt16>, offsets: Span<Int>, weights: Span<Int32>, isFirst: Bool,
        to sums: inout MutableSpan<Int64>, tier: CPUTier = .current
    ) {
        precondition(weights.count <= mostRows)
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                let split = SplitWeights(weights)
                if split.fits {
                    done = TintypeKernelsAVX2.addRows(
                        rows, offsets: offsets, high: split.high.span, low: split.low.span, base: split.sum &<< 15,
                        isFirst: isFirst, to: &sums)
                }
            }
        #endif
        add(UInt16.self, rows, offsets, weights, isFirst, from: done, &sums)
    }

    public static func round(_ sums: Span<Int64>, shift: Int, into row: inout MutableSpan<Int32>) {
        roundAll(sums, shift, &row)
    }
}

extension Int32 {
    public static func weighRows(
        _ rows: Span<Int32>, offsets: Span<Int>, weights: Span<Int32>, shift: Int,
        into row: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        weigh(Int32.self, rows, offsets, weights, shift, from: 0, &row)
    }

    public static func addRows(
        _ rows: Span<Int32>, offsets: Span<Int>, weights: Span<Int32>, isFirst: Bool,
        to sums: inout MutableSpan<Int64>, tier: CPUTier = .current
    ) {
        add(Int32.self, rows, offsets, weights, isFirst, from: 0, &sums)
    }

    public static func round(_ sums: Span<Int64>, shift: Int, into row: inout MutableSpan<Int32>) {
        roundAll(sums, shift, &row)
    }
}

extension Int64 {
    public static func weighRows(
        _ rows: Span<Int64>, offsets: Span<Int>, weights: Span<Int64>, shift: Int,
        into row: inout MutableSpan<Int64>, tier: CPUTier = .current
    ) {
        weigh(Int64.self, rows, offsets, weights, shift, from: 0, &row)
    }

    public static func addRows(
        _ rows: Span<Int64>, offsets: Span<Int>, weights: Span<Int64>, isFirst: Bool,
        to sums: inout MutableSpan<Int128>, tier: CPUTier = .current
    ) {
        add(Int64.self, rows, offsets, weights, isFirst, from: 0, &sums)
    }

    public static func round(_ sums: Span<Int128>, shift: Int, into row: inout MutableSpan<Int64>) {
        roundAll(sums, shift, &row)
    }
}

// Unchecked subscripts are sound where the preconditions just before the loop cover every index.

@inline(__always)
private func check<Sample, Weight>(
    _ rows: Span<Sample>, _ offsets: Span<Int>, _ weights: Span<Weight>, samples: Int, from done: Int
) {
    precondition(weights.count == offsets.count && offsets.count % 2 == 0 && offsets.count <= mostRows)
    precondition(samples <= rows.count && done >= 0)
    for j in offsets.indices { precondition(offsets[j] >= 0 && offsets[j] <= rows.count - samples) }
}

/// Samples whose sums are kept at once.
private let blockSize = 128

/// Two rows at a time, sixteen samples of them.
///
/// - Parameter done: samples that a faster version did.
@inline(__always)
private func weighPairs<Row: ResampleRow>(
    _: Row.Type, _ rows: Span<Row.Sample>, _ offsets: Span<Int>, _ weights: Span<Int16>, _ shift: Int, from done: Int,
    base: Row.Result.Sample = 0, _ row: inout MutableSpan<Row.Result.Sample>
) where Row.Weight == Int16 {
    check(rows, offsets, weights, samples: row.count, from: done)
    precondition(shift >= 1)
    let half: Int32 = 1 &<< Int32(truncatingIfNeeded: shift &- 1)
    let shift = Int32(truncatingIfNeeded: shift)
    var sums = [128 of Int32](repeating: 0)
    var x = done
    while x < row.count {
        // The last samples together with some before, where there are as many as a vector holds.
        if row.count >= 16 { x = min(x, row.count &- 16) }
        let count = row.count >= 16 ? min(blockSize, (row.count &- x) & ~15) : row.count
        var block = sums.mutableSpan
        for i in 0..<count { unsafe block[unchecked: i] = half }
        if count % 16 == 0 {
            sumPairs(Row.self, rows, offsets, weights, at: x, count, &block)
        } else {
            accumulate(rows, offsets, weights, at: x, count, 0, &block)
        }
        for i in 0..<count { unsafe row[unchecked: x &+ i] = saturated(sums[unchecked: i] &>> shift) &+ base }
        x &+= count
    }
}

/// Adds `count` samples from `x` on, a multiple of 16, of every row to the sums.
@inline(__always)
private func sumPairs<Row: ResampleRow>(
    _: Row.Type, _ rows: Span<Row.Sample>, _ offsets: Span<Int>, _ weights: Span<Int16>, at x: Int, _ count: Int,
    _ sums: inout MutableSpan<Int32>
) {
    let size = MemoryLayout<Row.Sample>.size
    // Sound: every row holds x + count samples from its offset on, as `check` has seen, there is a weight for each row, and `sums` holds a block.
    unsafe rows.withUnsafeBytes { rows in
        unsafe weights.withUnsafeBytes { weights in
            unsafe sums.withUnsafeMutableBytes { sums in
                guard let rows = rows.baseAddress, let sums = sums.baseAddress, let weights = weights.baseAddress
                else { return }
                for i in 0..<count / 16 {
                    let to = unsafe sums + 64 &* i
                    let from = unsafe rows + size &* (x &+ 16 &* i)
                    var a = unsafe to.loadUnaligned(as: SIMD4<Int32>.self)
                    var (b, c, d) = (a, a, a)
                    for j in 0..<offsets.count / 2 {
                        let both = unsafe weights.loadUnaligned(fromByteOffset: 4 &* j, as: Int32.self)
                        let weight = unsafe unsafeBitCast(SIMD4<Int32>(repeating: both), to: SIMD8<Int16>.self)
                        let even = unsafe from + size &* offsets[unchecked: 2 &* j]
                        let odd = unsafe from + size &* offsets[unchecked: 2 &* j &+ 1]
                        let (first, second) = unsafe inTurn(size == 1, even, odd)
                        let (third, fourth) = unsafe inTurn(size == 1, even + 8 &* size, odd + 8 &* size)
                        a &+= pairProducts(first, weight)
                        b &+= pairProducts(second, weight)
                        c &+= pairProducts(third, weight)
                        d &+= pairProducts(fourth, weight)
                    }
                    unsafe to.storeBytes(of: a, as: SIMD4<Int32>.self)
                    unsafe (to + 16).storeBytes(of: b, as: SIMD4<Int32>.self)
                    unsafe (to + 32).storeBytes(of: c, as: SIMD4<Int32>.self)
                    unsafe (to + 48).storeBytes(of: d, as: SIMD4<Int32>.self)
                }
            }
        }
    }
}

/// Eight samples of two rows in turn, of a byte each or two.
@inline(__always)
private func inTurn(
    _ isByte: Bool, _ even: UnsafeRawPointer, _ odd: UnsafeRawPointer
) -> (SIMD8<Int16>, SIMD8<Int16>) {
    if isByte {
        let x = unsafe even.loadUnaligned(as: SIMD8<UInt8>.self)
        let y = unsafe odd.loadUnaligned(as: SIMD8<UInt8>.self)
        return (
            SIMD8(
                Int16(x[0]), Int16(y[0]), Int16(x[1]), Int16(y[1]), Int16(x[2]), Int16(y[2]), Int16(x[3]), Int16(y[3])),
            SIMD8(
                Int16(x[4]), Int16(y[4]), Int16(x[5]), Int16(y[5]), Int16(x[6]), Int16(y[6]), Int16(x[7]), Int16(y[7]))
        )
    }
    let x = unsafe even.loadUnaligned(as: SIMD8<Int16>.self)
    let y = unsafe odd.loadUnaligned(as: SIMD8<Int16>.self)
    return (
        SIMD8(x[0], y[0], x[1], y[1], x[2], y[2], x[3], y[3]), SIMD8(x[4], y[4], x[5], y[5], x[6], y[6], x[7], y[7])
    )
}

/// The products of neighbours, added: one instruction that every x86-64 processor has, but that compilers do not make of the lines below. In each file that needs it, as builds for
/// debugging inline nothing of another one.
@inline(__always)
private func pairProducts(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD4<Int32> {
    #if arch(x86_64)
        // Sound: vectors of as many bits, of any content.
        return unsafe unsafeBitCast(
            _mm_madd_epi16(unsafeBitCast(a, to: __m128i.self), unsafeBitCast(b, to: __m128i.self)),
            to: SIMD4<Int32>.self)
    #else
        let even = SIMD4(Int32(a[0]), Int32(a[2]), Int32(a[4]), Int32(a[6]))
        let odd = SIMD4(Int32(a[1]), Int32(a[3]), Int32(a[5]), Int32(a[7]))
        return even &* SIMD4(Int32(b[0]), Int32(b[2]), Int32(b[4]), Int32(b[6]))
            &+ odd &* SIMD4(Int32(b[1]), Int32(b[3]), Int32(b[5]), Int32(b[7]))
    #endif
}

@inline(__always)
private func weigh<Row: ResampleRow>(
    _: Row.Type, _ rows: Span<Row.Sample>, _ offsets: Span<Int>, _ weights: Span<Row.Weight>, _ shift: Int,
    from done: Int, _ row: inout MutableSpan<Row.Result.Sample>
) {
    check(rows, offsets, weights, samples: row.count, from: done)
    precondition(shift >= 1)
    let half = Row.Sum(1) &<< Row.Sum(truncatingIfNeeded: shift &- 1)
    let shift = Row.Sum(truncatingIfNeeded: shift)
    var sums = [128 of Row.Sum](repeating: 0)
    var x = done
    while x < row.count {
        let count = min(blockSize, row.count &- x)
        var block = sums.mutableSpan
        for i in 0..<count { unsafe block[unchecked: i] = half }
        accumulate(rows, offsets, weights, at: x, count, 0, &block)
        for i in 0..<count { unsafe row[unchecked: x &+ i] = saturated(block[unchecked: i] &>> shift) }
        x &+= count
    }
}

@inline(__always)
private func add<Row: ResampleRow>(
    _: Row.Type, _ rows: Span<Row.Sample>, _ offsets: Span<Int>, _ weights: Span<Row.Weight>, _ isFirst: Bool,
    from done: Int,
    _ sums: inout MutableSpan<Row.Sum>
) {
    check(rows, offsets, weights, samples: sums.count, from: done)
    var x = done
    while x < sums.count {
        let count = min(blockSize, sums.count &- x)
        if isFirst {
            for i in x..<x &+ count { unsafe sums[unchecked: i] = 0 }
        }
        accumulate(rows, offsets, weights, at: x, count, x, &sums)
        x &+= count
    }
}

/// Adds samples `x ..< x + count` of every row to the sums from `start` on.
@inline(__always)
private func accumulate<Sample: FixedWidthInteger, Weight: FixedWidthInteger, Sum: FixedWidthInteger>(
    _ rows: Span<Sample>, _ offsets: Span<Int>, _ weights: Span<Weight>, at x: Int, _ count: Int, _ start: Int,
    _ sums: inout MutableSpan<Sum>
) {
    for j in offsets.indices {
        let at = offsets[j] &+ x
        let weight = Sum(truncatingIfNeeded: weights[j])
        for i in 0..<count {
            unsafe sums[unchecked: start &+ i] &+= Sum(truncatingIfNeeded: rows[unchecked: at &+ i]) &* weight
        }
    }
}

@inline(__always)
private func roundAll<Sum: FixedWidthInteger & SignedInteger, Result: FixedWidthInteger>(
    _ sums: Span<Sum>, _ shift: Int, base: Result = 0, _ row: inout MutableSpan<Result>
) {
    precondition(sums.count == row.count && shift >= 1)
    let half = Sum(1) &<< Sum(truncatingIfNeeded: shift &- 1)
    let shift = Sum(truncatingIfNeeded: shift)
    for i in row.indices {
        unsafe row[unchecked: i] = saturated((sums[unchecked: i] &+ half) &>> shift) &+ base
    }
}

@inline(__always)
private func saturated<Sum: FixedWidthInteger & SignedInteger, Result: FixedWidthInteger>(_ sum: Sum) -> Result {
    let low = Sum(truncatingIfNeeded: Result.min)
    let high = Sum(truncatingIfNeeded: Result.max)
    return Result(truncatingIfNeeded: sum < low ? low : (sum > high ? high : sum))
}
