#if arch(x86_64)
    internal import TintypeKernelsAVX2
    internal import _Builtin_intrinsics.intel
#endif

// The vertical pass of samples of 32 bits in double precision: no sum has more than 52 bits, so all of them are whole numbers, and exact.

extension Int32 {
    public static func weighRows(
        _ rows: Span<Int32>, offsets: Span<Int>, weights: Span<Int32>, shift: Int,
        into row: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        check(rows, offsets, weights, samples: row.count)
        let factors = doubles(weights)
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.weighRows(
                    rows, offsets: offsets, weights: factors.span.extracting(first: weights.count), shift: shift,
                    into: &row)
            }
        #endif
        weigh(rows, offsets, factors.span, Rounding(shift), from: done, &row)
    }

    public static func addRows(
        _ rows: Span<Int32>, offsets: Span<Int>, weights: Span<Int32>, isFirst: Bool,
        to sums: inout MutableSpan<Double>, tier: CPUTier = .current
    ) {
        check(rows, offsets, weights, samples: sums.count)
        let factors = doubles(weights)
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.addRows(
                    rows, offsets: offsets, weights: factors.span.extracting(first: weights.count), isFirst: isFirst,
                    to: &sums)
            }
        #endif
        add(rows, offsets, factors.span, isFirst, from: done, &sums)
    }

    public static func round(_ sums: Span<Double>, shift: Int, into row: inout MutableSpan<Int32>) {
        precondition(sums.count == row.count)
        let rounding = Rounding(shift)
        for i in row.indices {
            unsafe row[unchecked: i] = rounding.rounded(SIMD2(repeating: sums[unchecked: i]))[0]
        }
    }
}

/// - Precondition: as many weights as `mostRows`, or fewer.
private func doubles(_ weights: Span<Int32>) -> [40 of Double] {
    var doubles = [40 of Double](repeating: 0)
    for j in weights.indices { doubles[j] = Double(weights[j]) }
    return doubles
}

private func check(_ rows: Span<Int32>, _ offsets: Span<Int>, _ weights: Span<Int32>, samples: Int) {
    precondition(weights.count == offsets.count && offsets.count <= mostRows && samples <= rows.count)
    for j in offsets.indices { precondition(offsets[j] >= 0 && offsets[j] <= rows.count - samples) }
}

/// Sums to results: shifted right, rounding by a half.
private struct Rounding {
    private let unit: Double
    private let raised: Double
    private let excess: Int32

    /// Results are raised by a power of two that makes them positive, so that cutting off rounds down; the sum keeps to 53 bits.
    @inline(__always)
    init(_ shift: Int) {
        precondition(shift >= 1 && shift <= 52)
        let exponent = min(30, 52 &- shift)
        unit = Double(sign: .plus, exponent: -shift, significand: 1)
        raised = Double(1 &<< exponent) + 0.5
        excess = 1 &<< Int32(truncatingIfNeeded: exponent)
    }

    @inline(__always)
    func rounded(_ sums: SIMD2<Double>) -> SIMD2<Int32> {
        let raised = sums * unit + self.raised
        #if arch(x86_64)
            // Sound: vectors of as many bits. By name, as the conversion of the standard library checks each of them.
            let whole = unsafe unsafeBitCast(_mm_cvttpd_epi32(raised), to: SIMD4<Int32>.self).lowHalf
        #else
            let whole = SIMD2(Int32(raised[0]), Int32(raised[1]))
        #endif
        return whole &- excess
    }
}

/// The sums of eight samples.
private struct EightSums {
    var a = SIMD2<Double>.zero
    var b = SIMD2<Double>.zero
    var c = SIMD2<Double>.zero
    var d = SIMD2<Double>.zero

    /// - Precondition: from each offset on, `rows` holds eight samples, and there is a weight for each.
    @inline(__always)
    mutating func add(_ rows: UnsafeRawPointer, _ offsets: Span<Int>, _ weights: Span<Double>) {
        for j in offsets.indices {
            let from = unsafe rows + 4 &* offsets[unchecked: j]
            let weight = unsafe SIMD2(repeating: weights[unchecked: j])
            a += unsafe Self.two(from) * weight
            b += unsafe Self.two(from + 8) * weight
            c += unsafe Self.two(from + 16) * weight
            d += unsafe Self.two(from + 24) * weight
        }
    }

    @inline(__always)
    func rounded(_ rounding: Rounding) -> SIMD8<Int32> {
        let low = SIMD4(lowHalf: rounding.rounded(a), highHalf: rounding.rounded(b))
        return SIMD8(
            lowHalf: low, highHalf: SIMD4(lowHalf: rounding.rounded(c), highHalf: rounding.rounded(d)))
    }

    @inline(__always)
    private static func two(_ samples: UnsafeRawPointer) -> SIMD2<Double> {
        let two = unsafe samples.loadUnaligned(as: SIMD2<Int32>.self)
        return SIMD2(Double(two[0]), Double(two[1]))
    }
}

/// - Precondition: `check` holds for all samples.
@inline(__always)
private func weigh(
    _ rows: Span<Int32>, _ offsets: Span<Int>, _ weights: Span<Double>, _ rounding: Rounding, from done: Int,
    _ row: inout MutableSpan<Int32>
) {
    var x = done
    // Sound: eight samples from x on are there.
    unsafe rows.withUnsafeBytes { rows in
        guard let rows = rows.baseAddress else { return }
        while x &+ 8 <= row.count {
            var sums = EightSums()
            unsafe sums.add(rows + 4 &* x, offsets, weights)
            let results = sums.rounded(rounding)
            for i in 0..<8 { unsafe row[unchecked: x &+ i] = results[i] }
            x &+= 8
        }
    }
    while x < row.count {
        let sum = sum(rows, offsets, weights, at: x)
        unsafe row[unchecked: x] = rounding.rounded(SIMD2(repeating: sum))[0]
        x &+= 1
    }
}

/// - Precondition: `check` holds for all samples.
@inline(__always)
private func add(
    _ rows: Span<Int32>, _ offsets: Span<Int>, _ weights: Span<Double>, _ isFirst: Bool, from done: Int,
    _ sums: inout MutableSpan<Double>
) {
    if isFirst {
        for i in min(done, sums.count)..<sums.count { unsafe sums[unchecked: i] = 0 }
    }
    var x = done
    // Sound: eight samples from x on are there.
    unsafe rows.withUnsafeBytes { rows in
        guard let rows = rows.baseAddress else { return }
        while x &+ 8 <= sums.count {
            var eight = EightSums()
            unsafe eight.add(rows + 4 &* x, offsets, weights)
            for i in 0..<2 {
                unsafe sums[unchecked: x &+ i] += eight.a[i]
                unsafe sums[unchecked: x &+ 2 &+ i] += eight.b[i]
                unsafe sums[unchecked: x &+ 4 &+ i] += eight.c[i]
                unsafe sums[unchecked: x &+ 6 &+ i] += eight.d[i]
            }
            x &+= 8
        }
    }
    while x < sums.count {
        unsafe sums[unchecked: x] += sum(rows, offsets, weights, at: x)
        x &+= 1
    }
}

@inline(__always)
private func sum(_ rows: Span<Int32>, _ offsets: Span<Int>, _ weights: Span<Double>, at x: Int) -> Double {
    var sum = 0.0
    for j in offsets.indices {
        sum += unsafe Double(rows[unchecked: offsets[unchecked: j] &+ x]) * weights[unchecked: j]
    }
    return sum
}
