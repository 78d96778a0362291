#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

// The vertical pass in each kind of row. The loops are specialised by the functions here because they lie in the same file.

extension UInt8 {
    public static func pair(
        _ even: Span<UInt8>, _ odd: Span<UInt8>, into pairs: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 { done = TintypeKernelsAVX2.pairRows(even, odd, into: &pairs) }
        #endif
        interleave(even, odd, from: done, 0, &pairs)
    }

    public static func weighPairs(
        _ pairs: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, shift: Int,
        into row: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.weighPairs(
                    pairs, offsets: offsets, weights: weights, shift: shift, into: &row)
            }
        #endif
        weigh(pairs, offsets, weights, shift, from: done, 0, &row)
    }

    public static func addPairs(
        _ pairs: Span<UInt8>, offsets: Span<Int>, weights: Span<Int16>, isFirst: Bool,
        to sums: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.addPairs(
                    pairs, offsets: offsets, weights: weights, isFirst: isFirst, to: &sums)
            }
        #endif
        add(pairs, offsets, weights, isFirst, from: done, 0, &sums)
    }

    public static func round(_ sums: Span<Int32>, shift: Int, into row: inout MutableSpan<Int16>) {
        roundAll(sums, shift, &row)
    }
}

extension Int16 {
    public static func pair(
        _ even: Span<Int16>, _ odd: Span<Int16>, into pairs: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 { done = TintypeKernelsAVX2.pairRows(even, odd, into: &pairs) }
        #endif
        interleave(even, odd, from: done, 0, &pairs)
    }

    public static func weighPairs(
        _ pairs: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, shift: Int,
        into row: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.weighPairs(
                    pairs, offsets: offsets, weights: weights, shift: shift, into: &row)
            }
        #endif
        weigh(pairs, offsets, weights, shift, from: done, 0, &row)
    }

    public static func addPairs(
        _ pairs: Span<Int16>, offsets: Span<Int>, weights: Span<Int16>, isFirst: Bool,
        to sums: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.addPairs(
                    pairs, offsets: offsets, weights: weights, isFirst: isFirst, to: &sums)
            }
        #endif
        add(pairs, offsets, weights, isFirst, from: done, 0, &sums)
    }

    public static func round(_ sums: Span<Int32>, shift: Int, into row: inout MutableSpan<UInt8>) {
        roundAll(sums, shift, &row)
    }
}

/// In pairs, 16-bit samples lie with their highest bit turned, which makes them signed numbers less 32,768: the processor multiplies pairs of those.
private let signBit: UInt16 = 0x8000

/// Weights below 2²⁶ as products of 16 bits: w = high × 2¹¹ + low, the low part being −1,024 to 1,023.
///
/// With sums H and L of the two kinds, ⌊(2¹¹ H + L) / 2ˢ⌋ is ⌊(H + ⌊L / 2¹¹⌋) / 2ˢ⁻¹¹⌋: no number of more than 32 bits is needed.
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
    public static func pair(
        _ even: Span<UInt16>, _ odd: Span<UInt16>, into pairs: inout MutableSpan<UInt16>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 { done = TintypeKernelsAVX2.pairRows(even, odd, into: &pairs) }
        #endif
        interleave(even, odd, from: done, signBit, &pairs)
    }

    public static func weighPairs(
        _ pairs: Span<UInt16>, offsets: Span<Int>, weights: Span<Int32>, shift: Int,
        into row: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        precondition(weights.count <= 2 * mostPairs && shift >= 12)
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                let split = SplitWeights(weights)
                // The weights add up to a multiple of 1 << shift where the result counts; what the turned bits took away comes back exactly.
                let base = (split.sum &<< 15) &>> Int64(shift)
                if split.fits && split.sum &<< 15 == base &<< Int64(shift) {
                    done = TintypeKernelsAVX2.weighPairs(
                        pairs, offsets: offsets, high: split.high.span, low: split.low.span, shift: shift,
                        base: Int32(truncatingIfNeeded: base), into: &row)
                }
            }
        #endif
        weigh(pairs, offsets, weights, shift, from: done, signBit, &row)
    }

    public static func addPairs(
        _ pairs: Span<UInt16>, offsets: Span<Int>, weights: Span<Int32>, isFirst: Bool,
        to sums: inout MutableSpan<Int64>, tier: CPUTier = .current
    ) {
        precondition(weights.count <= 2 * mostPairs)
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                let split = SplitWeights(weights)
                if split.fits {
                    done = TintypeKernelsAVX2.addPairs(
                        pairs, offsets: offsets, high: split.high.span, low: split.low.span, base: split.sum &<< 15,
                        isFirst: isFirst, to: &sums)
                }
            }
        #endif
        add(pairs, offsets, weights, isFirst, from: done, signBit, &sums)
    }

    public static func round(_ sums: Span<Int64>, shift: Int, into row: inout MutableSpan<Int32>) {
        roundAll(sums, shift, &row)
    }
}

extension Int32 {
    public static func pair(
        _ even: Span<Int32>, _ odd: Span<Int32>, into pairs: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        interleave(even, odd, from: 0, 0, &pairs)
    }

    public static func weighPairs(
        _ pairs: Span<Int32>, offsets: Span<Int>, weights: Span<Int32>, shift: Int,
        into row: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        weigh(pairs, offsets, weights, shift, from: 0, 0, &row)
    }

    public static func addPairs(
        _ pairs: Span<Int32>, offsets: Span<Int>, weights: Span<Int32>, isFirst: Bool,
        to sums: inout MutableSpan<Int64>, tier: CPUTier = .current
    ) {
        add(pairs, offsets, weights, isFirst, from: 0, 0, &sums)
    }

    public static func round(_ sums: Span<Int64>, shift: Int, into row: inout MutableSpan<Int32>) {
        roundAll(sums, shift, &row)
    }
}

extension Int64 {
    public static func pair(
        _ even: Span<Int64>, _ odd: Span<Int64>, into pairs: inout MutableSpan<Int64>, tier: CPUTier = .current
    ) {
        interleave(even, odd, from: 0, 0, &pairs)
    }

    public static func weighPairs(
        _ pairs: Span<Int64>, offsets: Span<Int>, weights: Span<Int64>, shift: Int,
        into row: inout MutableSpan<Int64>, tier: CPUTier = .current
    ) {
        weigh(pairs, offsets, weights, shift, from: 0, 0, &row)
    }

    public static func addPairs(
        _ pairs: Span<Int64>, offsets: Span<Int>, weights: Span<Int64>, isFirst: Bool,
        to sums: inout MutableSpan<Int128>, tier: CPUTier = .current
    ) {
        add(pairs, offsets, weights, isFirst, from: 0, 0, &sums)
    }

    public static func round(_ sums: Span<Int128>, shift: Int, into row: inout MutableSpan<Int64>) {
        roundAll(sums, shift, &row)
    }
}

// Unchecked subscripts are sound where the preconditions just before the loop cover every index.

/// - Parameter turned: bits that are turned over on the way.
@inline(__always)
private func interleave<Row: ResampleRow>(
    _ even: Span<Row>, _ odd: Span<Row>, from done: Int, _ turned: Row, _ pairs: inout MutableSpan<Row>
) {
    precondition(even.count == odd.count && pairs.count == 2 * even.count && done >= 0)
    guard done < even.count else { return }
    for i in done..<even.count {
        unsafe pairs[unchecked: 2 &* i] = even[unchecked: i] ^ turned
        unsafe pairs[unchecked: 2 &* i &+ 1] = odd[unchecked: i] ^ turned
    }
}

/// Samples whose sums are kept at once.
private let blockSize = 128

@inline(__always)
private func weigh<Row: ResampleRow>(
    _ pairs: Span<Row>, _ offsets: Span<Int>, _ weights: Span<Row.Weight>, _ shift: Int, from done: Int, _ turned: Row,
    _ row: inout MutableSpan<Row.Result>
) {
    check(pairs, offsets, weights, samples: row.count)
    precondition(shift >= 1 && done >= 0)
    let half = Row.Sum(1) &<< Row.Sum(truncatingIfNeeded: shift &- 1)
    let shift = Row.Sum(truncatingIfNeeded: shift)
    var sums = [128 of Row.Sum](repeating: 0)
    var x = done
    while x < row.count {
        let count = min(blockSize, row.count &- x)
        var block = sums.mutableSpan
        for i in 0..<count { unsafe block[unchecked: i] = half }
        accumulate(pairs, offsets, weights, at: x, count, turned, 0, &block)
        for i in 0..<count {
            unsafe row[unchecked: x &+ i] = saturated(block[unchecked: i] &>> shift)
        }
        x &+= count
    }
}

@inline(__always)
private func add<Row: ResampleRow>(
    _ pairs: Span<Row>, _ offsets: Span<Int>, _ weights: Span<Row.Weight>, _ isFirst: Bool, from done: Int,
    _ turned: Row, _ sums: inout MutableSpan<Row.Sum>
) {
    check(pairs, offsets, weights, samples: sums.count)
    precondition(done >= 0)
    var x = done
    while x < sums.count {
        let count = min(blockSize, sums.count &- x)
        if isFirst {
            for i in x..<x &+ count { unsafe sums[unchecked: i] = 0 }
        }
        accumulate(pairs, offsets, weights, at: x, count, turned, x, &sums)
        x &+= count
    }
}

@inline(__always)
private func check<Row: ResampleRow>(
    _ pairs: Span<Row>, _ offsets: Span<Int>, _ weights: Span<Row.Weight>, samples: Int
) {
    precondition(weights.count == 2 * offsets.count && 2 * samples <= pairs.count)
    for j in offsets.indices { precondition(offsets[j] >= 0 && offsets[j] <= pairs.count - 2 * samples) }
}

/// Adds samples `x ..< x + count` of every pair to the sums from `start` on; `count` is at most `blockSize`.
@inline(__always)
private func accumulate<Row: ResampleRow>(
    _ pairs: Span<Row>, _ offsets: Span<Int>, _ weights: Span<Row.Weight>, at x: Int, _ count: Int, _ turned: Row,
    _ start: Int, _ sums: inout MutableSpan<Row.Sum>
) {
    // The two weights in turn, as the samples lie: of 16-bit numbers compilers know this pattern, and multiply and add in one instruction.
    var factors = [256 of Row.Weight](repeating: 0)
    for j in offsets.indices {
        let at = offsets[j] &+ 2 &* x
        var alternating = factors.mutableSpan
        for i in 0..<count {
            unsafe alternating[unchecked: 2 &* i] = weights[unchecked: 2 &* j]
            unsafe alternating[unchecked: 2 &* i &+ 1] = weights[unchecked: 2 &* j &+ 1]
        }
        let both = alternating.span
        for i in 0..<count {
            let first = unsafe Row.Scratch(truncatingIfNeeded: pairs[unchecked: at &+ 2 &* i] ^ turned)
            let second = unsafe Row.Scratch(truncatingIfNeeded: pairs[unchecked: at &+ 2 &* i &+ 1] ^ turned)
            let (a, b) = (Row.Sum(truncatingIfNeeded: first), Row.Sum(truncatingIfNeeded: second))
            let even = unsafe Row.Sum(truncatingIfNeeded: both[unchecked: 2 &* i])
            let odd = unsafe Row.Sum(truncatingIfNeeded: both[unchecked: 2 &* i &+ 1])
            unsafe sums[unchecked: start &+ i] &+= a &* even &+ b &* odd
        }
    }
}

@inline(__always)
private func roundAll<Sum: FixedWidthInteger & SignedInteger, Result: FixedWidthInteger>(
    _ sums: Span<Sum>, _ shift: Int, _ row: inout MutableSpan<Result>
) {
    precondition(sums.count == row.count && shift >= 1)
    let half = Sum(1) &<< Sum(truncatingIfNeeded: shift &- 1)
    let shift = Sum(truncatingIfNeeded: shift)
    for i in row.indices {
        unsafe row[unchecked: i] = saturated((sums[unchecked: i] &+ half) &>> shift)
    }
}

@inline(__always)
private func saturated<Sum: FixedWidthInteger & SignedInteger, Result: FixedWidthInteger>(_ sum: Sum) -> Result {
    let low = Sum(truncatingIfNeeded: Result.min)
    let high = Sum(truncatingIfNeeded: Result.max)
    return Result(truncatingIfNeeded: sum < low ? low : (sum > high ? high : sum))
}
