#if arch(x86_64)
    internal import TintypeKernelsAVX2
    internal import _Builtin_intrinsics.intel
#endif

// The vertical pass in rows that are weighed by 16 bits. The loops are specialised by the functions here because they lie in the same file.

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
        addPairs(UInt8.self, rows, offsets, weights, isFirst, from: done, &sums)
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
        addPairs(Int16.self, rows, offsets, weights, isFirst, from: done, &sums)
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
func sharedPart(_ weights: Span<Int16>) -> Range<Int> {
    let half = weights.count / 2
    let first = reach(weights.extracting(0..<half))
    let second = reach(weights.extracting(half..<2 * half))
    return second.lowerBound / 2..<max(first.upperBound, second.lowerBound) / 2
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
        if count % 16 == 0 {
            sumPairs(Row.self, rows, offsets, weights, at: x, count, half, &block)
        } else {
            for i in 0..<count { unsafe block[unchecked: i] = half }
            accumulate(rows, offsets, weights, at: x, count, 0, &block)
        }
        for i in 0..<count { unsafe row[unchecked: x &+ i] = saturated(sums[unchecked: i] &>> shift) &+ base }
        x &+= count
    }
}

/// The sums of `count` samples from `x` on, a multiple of 16, over all rows, on top of `start`.
@inline(__always)
private func sumPairs<Row: ResampleRow>(
    _: Row.Type, _ rows: Span<Row.Sample>, _ offsets: Span<Int>, _ weights: Span<Int16>, at x: Int, _ count: Int,
    _ start: Int32, _ sums: inout MutableSpan<Int32>
) {
    let size = MemoryLayout<Row.Sample>.size
    // Sound: every row holds x + count samples from its offset on, as `check` has seen, there is a weight for each row, and `sums` holds a block.
    unsafe rows.withUnsafeBytes { rows in
        unsafe weights.withUnsafeBytes { weights in
            unsafe sums.withUnsafeMutableBytes { sums in
                guard let rows = rows.baseAddress, let sums = sums.baseAddress else { return }
                // Without weights there is nothing to be read.
                let weights = unsafe weights.baseAddress ?? rows
                var i = 0
                while i < count {
                    // Thirty-two at a time, so that places and weights are looked up half as often.
                    let isWide = i &+ 32 <= count
                    var (first, second) = (SixteenSums(start), SixteenSums(start))
                    let from = unsafe rows + size &* (x &+ i)
                    for j in 0..<offsets.count / 2 {
                        let both = unsafe weights.loadUnaligned(fromByteOffset: 4 &* j, as: Int32.self)
                        let weight = unsafe unsafeBitCast(SIMD4<Int32>(repeating: both), to: SIMD8<Int16>.self)
                        let even = unsafe from + size &* offsets[unchecked: 2 &* j]
                        let odd = unsafe from + size &* offsets[unchecked: 2 &* j &+ 1]
                        unsafe first.add(size == 1, even, odd, weight)
                        if isWide { unsafe second.add(size == 1, even + 16 &* size, odd + 16 &* size, weight) }
                    }
                    unsafe first.store(sums + 4 &* i)
                    if isWide { unsafe second.store(sums + (4 &* i &+ 64)) }
                    i &+= 32
                }
            }
        }
    }
}

/// The sums of sixteen samples.
private struct SixteenSums {
    private var a: SIMD4<Int32>
    private var b: SIMD4<Int32>
    private var c: SIMD4<Int32>
    private var d: SIMD4<Int32>

    @inline(__always)
    init(_ start: Int32) {
        let start = SIMD4<Int32>(repeating: start)
        (a, b, c, d) = (start, start, start, start)
    }

    /// Adds samples of two rows, of a byte each or two.
    @inline(__always)
    mutating func add(_ isByte: Bool, _ even: UnsafeRawPointer, _ odd: UnsafeRawPointer, _ weight: SIMD8<Int16>) {
        let (first, second) = unsafe inTurn(isByte, even, odd)
        let (third, fourth) = unsafe inTurn(isByte, even + (isByte ? 8 : 16), odd + (isByte ? 8 : 16))
        a &+= pairProducts(first, weight)
        b &+= pairProducts(second, weight)
        c &+= pairProducts(third, weight)
        d &+= pairProducts(fourth, weight)
    }

    @inline(__always)
    func store(_ to: UnsafeMutableRawPointer) {
        unsafe to.storeBytes(of: a, as: SIMD4<Int32>.self)
        unsafe (to + 16).storeBytes(of: b, as: SIMD4<Int32>.self)
        unsafe (to + 32).storeBytes(of: c, as: SIMD4<Int32>.self)
        unsafe (to + 48).storeBytes(of: d, as: SIMD4<Int32>.self)
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

/// Sums that are kept: whole blocks of sixteen samples in pairs of rows, the rest row by row.
@inline(__always)
private func addPairs<Row: ResampleRow>(
    _: Row.Type, _ rows: Span<Row.Sample>, _ offsets: Span<Int>, _ weights: Span<Int16>, _ isFirst: Bool,
    from done: Int, _ sums: inout MutableSpan<Int32>
) where Row.Weight == Int16 {
    check(rows, offsets, weights, samples: sums.count, from: done)
    if isFirst {
        for i in min(done, sums.count)..<sums.count { unsafe sums[unchecked: i] = 0 }
    }
    var part = [128 of Int32](repeating: 0)
    var x = done
    while x &+ 16 <= sums.count {
        let count = min(blockSize, (sums.count &- x) & ~15)
        var block = part.mutableSpan
        sumPairs(Row.self, rows, offsets, weights, at: x, count, 0, &block)
        for i in 0..<count { unsafe sums[unchecked: x &+ i] &+= part[unchecked: i] }
        x &+= count
    }
    if x < sums.count { accumulate(rows, offsets, weights, at: x, sums.count &- x, x, &sums) }
}

/// Adds samples `x ..< x + count` of every row to the sums from `start` on.
@inline(__always)
private func accumulate<Sample: FixedWidthInteger>(
    _ rows: Span<Sample>, _ offsets: Span<Int>, _ weights: Span<Int16>, at x: Int, _ count: Int, _ start: Int,
    _ sums: inout MutableSpan<Int32>
) {
    for j in offsets.indices {
        let at = offsets[j] &+ x
        let weight = Int32(weights[j])
        for i in 0..<count {
            unsafe sums[unchecked: start &+ i] &+= Int32(truncatingIfNeeded: rows[unchecked: at &+ i]) &* weight
        }
    }
}

@inline(__always)
private func roundAll<Result: FixedWidthInteger>(
    _ sums: Span<Int32>, _ shift: Int, base: Result = 0, _ row: inout MutableSpan<Result>
) {
    precondition(sums.count == row.count && shift >= 1)
    let half: Int32 = 1 &<< Int32(truncatingIfNeeded: shift &- 1)
    let shift = Int32(truncatingIfNeeded: shift)
    for i in row.indices {
        unsafe row[unchecked: i] = saturated((sums[unchecked: i] &+ half) &>> shift) &+ base
    }
}

@inline(__always)
private func saturated<Result: FixedWidthInteger>(_ sum: Int32) -> Result {
    let low = Int32(truncatingIfNeeded: Result.min)
    let high = Int32(truncatingIfNeeded: Result.max)
    return Result(truncatingIfNeeded: sum < low ? low : (sum > high ? high : sum))
}
