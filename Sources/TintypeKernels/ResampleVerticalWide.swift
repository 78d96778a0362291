#if arch(x86_64)
    internal import TintypeKernelsAVX2
    internal import _Builtin_intrinsics.intel
#endif

// The vertical pass of unsigned samples of 16 bits by weights in two parts, and what 64 bits are needed for.

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

    /// - Precondition: as many weights as `mostRows`, or fewer.
    init(_ weights: Span<Int32>) {
        precondition(weights.count <= mostRows)
        for j in 0..<weights.count / 2 {
            let (even, odd) = (weights[2 * j], weights[2 * j + 1])
            let (evenHigh, oddHigh) = ((even &+ 1024) &>> 11, (odd &+ 1024) &>> 11)
            fits = fits && Self.isShort(evenHigh) && Self.isShort(oddHigh)
            high[j] = Self.packed(evenHigh, oddHigh)
            low[j] = Self.packed(even &- evenHigh &<< 11, odd &- oddHigh &<< 11)
            sum &+= Int64(even) &+ Int64(odd)
        }
    }

    /// What the turned bits take away from results, if it is a whole number: the weights add up to a multiple of 1 << shift where the result counts.
    func base(_ shift: Int) -> Int32? {
        let base = (sum &<< 15) &>> Int64(shift)
        return fits && sum &<< 15 == base &<< Int64(shift) ? Int32(truncatingIfNeeded: base) : nil
    }

    private static func isShort(_ value: Int32) -> Bool { Int32(Int16(truncatingIfNeeded: value)) == value }

    private static func packed(_ even: Int32, _ odd: Int32) -> Int32 { (even & 0xFFFF) | odd &<< 16 }
}

extension UInt16 {
    public static func weighRows(
        _ rows: Span<UInt16>, offsets: Span<Int>, weights: Span<Int32>, shift: Int,
        into row: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        precondition(shift >= 12)
        let split = SplitWeights(weights)
        guard let base = split.base(shift), row.count >= 8, shift <= 30 else {
            return weigh(UInt16.self, rows, offsets, weights, shift, &row)
        }
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.weighRows(
                    rows, offsets: offsets, high: split.high.span, low: split.low.span, shift: shift, base: base,
                    into: &row)
            }
        #endif
        check(rows, offsets, weights, samples: row.count)
        weighSplit(rows, offsets, split.high.span, split.low.span, shift, base, from: done, &row)
    }

    public static func addRows(
        _ rows: Span<UInt16>, offsets: Span<Int>, weights: Span<Int32>, isFirst: Bool,
        to sums: inout MutableSpan<Int64>, tier: CPUTier = .current
    ) {
        let split = SplitWeights(weights)
        guard split.fits else { return add(UInt16.self, rows, offsets, weights, isFirst, from: 0, &sums) }
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.addRows(
                    rows, offsets: offsets, high: split.high.span, low: split.low.span, base: split.sum &<< 15,
                    isFirst: isFirst, to: &sums)
            }
        #endif
        check(rows, offsets, weights, samples: sums.count)
        done = addSplit(
            rows, offsets, split.high.span, split.low.span, base: split.sum &<< 15, isFirst, from: done, &sums)
        add(UInt16.self, rows, offsets, weights, isFirst, from: done, &sums)
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
        weigh(Int64.self, rows, offsets, weights, shift, &row)
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
    _ rows: Span<Sample>, _ offsets: Span<Int>, _ weights: Span<Weight>, samples: Int
) {
    precondition(weights.count == offsets.count && offsets.count % 2 == 0 && offsets.count <= mostRows)
    precondition(samples <= rows.count)
    for j in offsets.indices { precondition(offsets[j] >= 0 && offsets[j] <= rows.count - samples) }
}

/// Samples whose sums are kept at once.
private let blockSize = 128

/// The sums of eight samples with either half of the weights.
private struct SplitSums {
    var high = (SIMD4<Int32>.zero, SIMD4<Int32>.zero)
    var low = (SIMD4<Int32>.zero, SIMD4<Int32>.zero)
}

/// - Precondition: every row holds eight samples from its offset and `x` on, there is a weight for each row.
@inline(__always)
private func splitSums(
    _ rows: UnsafeRawPointer, _ offsets: Span<Int>, _ high: Span<Int32>, _ low: Span<Int32>, at x: Int
) -> SplitSums {
    var sums = SplitSums()
    let turned = SIMD8<Int16>(repeating: .min)
    for j in 0..<offsets.count / 2 {
        let even = unsafe rows + 2 &* (offsets[unchecked: 2 &* j] &+ x)
        let odd = unsafe rows + 2 &* (offsets[unchecked: 2 &* j &+ 1] &+ x)
        let a = unsafe even.loadUnaligned(as: SIMD8<Int16>.self) ^ turned
        let b = unsafe odd.loadUnaligned(as: SIMD8<Int16>.self) ^ turned
        let first = SIMD8(a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3])
        let second = SIMD8(a[4], b[4], a[5], b[5], a[6], b[6], a[7], b[7])
        let upper = unsafe unsafeBitCast(SIMD4<Int32>(repeating: high[unchecked: j]), to: SIMD8<Int16>.self)
        let lower = unsafe unsafeBitCast(SIMD4<Int32>(repeating: low[unchecked: j]), to: SIMD8<Int16>.self)
        sums.high.0 &+= pairProducts(first, upper)
        sums.high.1 &+= pairProducts(second, upper)
        sums.low.0 &+= pairProducts(first, lower)
        sums.low.1 &+= pairProducts(second, lower)
    }
    return sums
}

/// - Precondition: `check` holds for all samples, of which there are at least eight.
@inline(__always)
private func weighSplit(
    _ rows: Span<UInt16>, _ offsets: Span<Int>, _ high: Span<Int32>, _ low: Span<Int32>, _ shift: Int,
    _ base: Int32, from done: Int, _ row: inout MutableSpan<Int32>
) {
    let half = SIMD4<Int32>(repeating: 1 &<< Int32(truncatingIfNeeded: shift &- 1))
    let shift = SIMD4<Int32>(repeating: Int32(truncatingIfNeeded: shift &- 11))
    let eleven = SIMD4<Int32>(repeating: 11)
    let base = SIMD4<Int32>(repeating: base)
    let last = row.count &- 8
    var x = done
    // Sound: x is at most `last`.
    unsafe rows.withUnsafeBytes { rows in
        unsafe row.withUnsafeMutableBytes { row in
            guard let rows = rows.baseAddress, let row = row.baseAddress else { return }
            while x < last &+ 8 {
                // The last eight may overlap with those before.
                x = min(x, last)
                let sums = unsafe splitSums(rows, offsets, high, low, at: x)
                let first = (sums.high.0 &+ (sums.low.0 &+ half) &>> eleven) &>> shift &+ base
                let second = (sums.high.1 &+ (sums.low.1 &+ half) &>> eleven) &>> shift &+ base
                unsafe row.storeBytes(of: first, toByteOffset: 4 &* x, as: SIMD4<Int32>.self)
                unsafe row.storeBytes(of: second, toByteOffset: 4 &* x &+ 16, as: SIMD4<Int32>.self)
                x &+= 8
            }
        }
    }
}

/// - Parameter base: what is added to every sum.
/// - Returns: how many samples were done, in groups of eight.
/// - Precondition: `check` holds for all samples.
@inline(__always)
private func addSplit(
    _ rows: Span<UInt16>, _ offsets: Span<Int>, _ high: Span<Int32>, _ low: Span<Int32>, base: Int64,
    _ isFirst: Bool, from done: Int, _ sums: inout MutableSpan<Int64>
) -> Int {
    let end = sums.count & ~7
    if isFirst {
        for i in min(done, end)..<end { unsafe sums[unchecked: i] = 0 }
    }
    // Both parts of a block, as they are joined in a loop that the compiler makes vectors of.
    var highs = [128 of Int32](repeating: 0)
    var lows = [128 of Int32](repeating: 0)
    var x = done
    while x < end {
        let count = min(blockSize, end &- x)
        // Sound: a block holds `count` samples, a multiple of eight, and the rows as many from x on.
        unsafe rows.withUnsafeBytes { rows in
            guard let rows = rows.baseAddress else { return }
            for i in 0..<count / 8 {
                let eight = unsafe splitSums(rows, offsets, high, low, at: x &+ 8 &* i)
                for k in 0..<4 {
                    unsafe highs[unchecked: 8 &* i &+ k] = eight.high.0[k]
                    unsafe highs[unchecked: 8 &* i &+ 4 &+ k] = eight.high.1[k]
                    unsafe lows[unchecked: 8 &* i &+ k] = eight.low.0[k]
                    unsafe lows[unchecked: 8 &* i &+ 4 &+ k] = eight.low.1[k]
                }
            }
        }
        for i in 0..<count {
            let sum = unsafe Int64(highs[unchecked: i]) &<< 11 &+ Int64(lows[unchecked: i]) &+ base
            unsafe sums[unchecked: x &+ i] &+= sum
        }
        x &+= count
    }
    return x
}

@inline(__always)
private func weigh<Row: ResampleRow>(
    _: Row.Type, _ rows: Span<Row.Sample>, _ offsets: Span<Int>, _ weights: Span<Row.Weight>, _ shift: Int,
    _ row: inout MutableSpan<Row.Result.Sample>
) where Row.Sum: FixedWidthInteger & SignedInteger {
    check(rows, offsets, weights, samples: row.count)
    precondition(shift >= 1)
    let half = Row.Sum(1) &<< Row.Sum(truncatingIfNeeded: shift &- 1)
    let shift = Row.Sum(truncatingIfNeeded: shift)
    var sums = [128 of Row.Sum](repeating: 0)
    var x = 0
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
    from done: Int, _ sums: inout MutableSpan<Row.Sum>
) where Row.Sum: FixedWidthInteger & SignedInteger {
    check(rows, offsets, weights, samples: sums.count)
    precondition(done >= 0)
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
    _ sums: Span<Sum>, _ shift: Int, _ row: inout MutableSpan<Result>
) {
    precondition(sums.count == row.count && shift >= 1)
    let half = Sum(1) &<< Sum(truncatingIfNeeded: shift &- 1)
    let shift = Sum(truncatingIfNeeded: shift)
    for i in row.indices { unsafe row[unchecked: i] = saturated((sums[unchecked: i] &+ half) &>> shift) }
}

@inline(__always)
private func saturated<Sum: FixedWidthInteger & SignedInteger, Result: FixedWidthInteger>(_ sum: Sum) -> Result {
    let low = Sum(truncatingIfNeeded: Result.min)
    let high = Sum(truncatingIfNeeded: Result.max)
    return Result(truncatingIfNeeded: sum < low ? low : (sum > high ? high : sum))
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
