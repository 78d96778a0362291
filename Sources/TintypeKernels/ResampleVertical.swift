#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

// The vertical pass in each kind of row. The loops are specialised by the functions here because they lie in the same file.

extension UInt8 {
    public static func weighRows(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, ahead: Range<Int>,
        into row: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done =
                    TintypeKernelsAVX2.weighRows(
                        rows, offsets: offsets, weights: weights, shift: shift, ahead: ahead, into: &row
                    ).done
            }
        #endif
        weighPairs(UInt8.self, rows, offsets, weights, shift, from: done, &row)
    }

    public static func weighRowsForTwo(
        _ rows: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, ahead: Range<Int>,
        into row: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) {
        #if arch(x86_64)
            if tier == .avx2 {
                let shared = sharedPart(weights)
                if TintypeKernelsAVX2.weighRowsForTwo(
                    rows, offsets: offsets, weights: weights, shared: shared, shift: shift, ahead: ahead, into: &row
                ).done {
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
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, ahead: Range<Int>,
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
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, ahead: Range<Int>,
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
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, ahead: Range<Int>,
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
        _ rows: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int, ahead: Range<Int>,
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
        _ rows: Span<UInt16>, offsets: Span<Int>, weights: Span<Int32>, shift: Int, ahead: Range<Int>,
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
        _ rows: Span<Int32>, offsets: Span<Int>, weights: Span<Int32>, shift: Int, ahead: Range<Int>,
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
        _ rows: Span<Int64>, offsets: Span<Int>, weights: Span<Int64>, shift: Int, ahead: Range<Int>,
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

/// Two rows at a time.
///
/// The loop is over samples in pairs and weights in pairs, all of them in memory as they are multiplied: of 16-bit numbers compilers know this
/// pattern, and multiply and add in one instruction.
@inline(__always)
private func weighPairs<Row: ResampleRow>(
    _: Row.Type, _ rows: Span<Row.Sample>, _ offsets: Span<Int>, _ weights: Span<Int16>, _ shift: Int, from done: Int,
    base: Row.Result.Sample = 0, _ row: inout MutableSpan<Row.Result.Sample>
) where Row.Weight == Int16 {
    check(rows, offsets, weights, samples: row.count, from: done)
    precondition(shift >= 1)
    guard done < row.count else { return }
    // For each pair of rows its weights in turn, as many as a block has samples.
    var factors = [5120 of Int16](repeating: 0)
    for j in offsets.indices {
        for i in 0..<blockSize { factors[j / 2 * 2 * blockSize + 2 * i + j % 2] = weights[j] }
    }
    let half: Int32 = 1 &<< Int32(truncatingIfNeeded: shift &- 1)
    let shift = Int32(truncatingIfNeeded: shift)
    var sums = [128 of Int32](repeating: 0)
    var both = [256 of Int16](repeating: 0)
    var x = done
    while x < row.count {
        let count = min(blockSize, row.count &- x)
        for i in 0..<blockSize { sums[i] = half }
        var j = 0
        while j < offsets.count {
            let (even, odd) = (offsets[j] &+ x, offsets[j &+ 1] &+ x)
            for i in 0..<count {
                unsafe both[unchecked: 2 &* i] = Int16(truncatingIfNeeded: rows[unchecked: even &+ i])
                unsafe both[unchecked: 2 &* i &+ 1] = Int16(truncatingIfNeeded: rows[unchecked: odd &+ i])
            }
            let from = j &* blockSize
            for i in 0..<count {
                let a = unsafe Int32(both[unchecked: 2 &* i]) &* Int32(factors[unchecked: from &+ 2 &* i])
                let b = unsafe Int32(both[unchecked: 2 &* i &+ 1]) &* Int32(factors[unchecked: from &+ 2 &* i &+ 1])
                unsafe sums[unchecked: i] &+= a &+ b
            }
            j &+= 2
        }
        for i in 0..<count { unsafe row[unchecked: x &+ i] = saturated(sums[unchecked: i] &>> shift) &+ base }
        x &+= count
    }
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
