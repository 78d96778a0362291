#if arch(x86_64)
    internal import TintypeKernelsAVX2
    internal import _Builtin_intrinsics.intel
#endif

// The horizontal pass in double precision: no sum has more than 52 bits, so all of them are whole numbers, and exact.

extension UInt16 {
    public static func weighColumns(
        _ row: Span<UInt16>, channels: Int, columns: borrowing ColumnWeights<Int32>, shift: Int,
        scratch: inout MutableSpan<Int32>, into target: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                precondition(columns.lastStart < row.count / channels)
                done = TintypeKernelsAVX2.weighColumns(
                    row, channels: channels, starts: columns.starts.span, longest: columns.longest,
                    weights: columns.doubles.span, shift: shift, scratch: &scratch, into: &target)
            }
        #endif
        weigh(row, channels, columns, shift, from: done, &scratch, &target)
    }
}

extension Int32 {
    public static func weighColumns(
        _ row: Span<Int32>, channels: Int, columns: borrowing ColumnWeights<Int32>, shift: Int,
        scratch: inout MutableSpan<Int32>, into target: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                precondition(columns.lastStart < row.count / channels)
                done = TintypeKernelsAVX2.weighColumns(
                    row, channels: channels, starts: columns.starts.span, longest: columns.longest,
                    weights: columns.doubles.span, shift: shift, scratch: &scratch, into: &target)
            }
        #endif
        weigh(row, channels, columns, shift, from: done, &scratch, &target)
    }
}

/// - Parameter done: windows that a faster version did.
@inline(__always)
private func weigh<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ row: Span<Sample>, _ channels: Int, _ columns: borrowing ColumnWeights<Int32>, _ shift: Int, from done: Int,
    _ scratch: inout MutableSpan<Int32>, _ target: inout MutableSpan<Int32>
) {
    let (pixels, windows, taps) = (row.count / channels, columns.starts.count, columns.taps)
    precondition((1...4).contains(channels) && row.count == pixels * channels && target.count == windows * channels)
    precondition(done >= 0)
    guard done < windows else { return }
    precondition(columns.lastStart < pixels && scratch.count >= 2 * (row.count + taps * channels + 4))
    let rounding = Rounding(shift)
    // Sound: `scratch` holds a double for each sample, and for each that a window reaches past the row's end or that is read beside those; windows begin within
    // the row, and `doubles` holds `taps` for each.
    unsafe scratch.withUnsafeMutableBytes { scratch in
        unsafe columns.doubles.withUnsafeBufferPointer { weights in
            guard let scratch = scratch.baseAddress, let weights = weights.baseAddress else { return }
            unsafe widen(row, zeros: taps &* channels &+ 4, scratch)
            for i in done..<windows {
                let from = unsafe UnsafeRawPointer(scratch) + 8 &* channels &* columns.starts.span[unchecked: i]
                let own = unsafe weights + taps &* i
                let results: SIMD4<Int32>
                switch channels {
                case 1: results = unsafe rounding.rounded(SIMD4(graySum(from, own, columns.longest), 0, 0, 0))
                case 2:
                    results = unsafe rounding.rounded(SIMD4(lowHalf: sum(from, own, columns.longest), highHalf: .zero))
                case 3: results = unsafe rounding.rounded(sum(from, 3, own, columns.longest))
                default: results = unsafe rounding.rounded(sum(from, 4, own, columns.longest))
                }
                for c in 0..<channels { unsafe target[unchecked: i &* channels &+ c] = results[c] }
            }
        }
    }
}

/// The row as doubles, and zeros behind.
@inline(__always)
private func widen<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ row: Span<Sample>, zeros: Int, _ out: UnsafeMutableRawPointer
) {
    let out = unsafe out.assumingMemoryBound(to: Double.self)
    for i in row.indices { unsafe out[i] = Double(Int32(truncatingIfNeeded: row[unchecked: i])) }
    for i in row.count..<row.count &+ zeros { unsafe out[i] = 0 }
}

/// One channel, four pixels at a time: behind the longest window's weights come zeros, up to a multiple of eight.
@inline(__always)
private func graySum(_ samples: UnsafeRawPointer, _ weights: UnsafePointer<Double>, _ count: Int) -> Double {
    var (a, b) = (SIMD2<Double>.zero, SIMD2<Double>.zero)
    let weights = unsafe UnsafeRawPointer(weights)
    for k in 0..<(count &+ 3) / 4 {
        let (from, own) = unsafe (samples + 32 &* k, weights + 32 &* k)
        a += unsafe from.loadUnaligned(as: SIMD2<Double>.self) * own.loadUnaligned(as: SIMD2<Double>.self)
        b += unsafe (from + 16).loadUnaligned(as: SIMD2<Double>.self) * (own + 16).loadUnaligned(as: SIMD2<Double>.self)
    }
    a += b
    return a[0] + a[1]
}

/// Two channels, two pixels at a time.
@inline(__always)
private func sum(_ samples: UnsafeRawPointer, _ weights: UnsafePointer<Double>, _ count: Int) -> SIMD2<Double> {
    var (a, b) = (SIMD2<Double>.zero, SIMD2<Double>.zero)
    for k in 0..<(count &+ 1) / 2 {
        let from = unsafe samples + 32 &* k
        a += unsafe from.loadUnaligned(as: SIMD2<Double>.self) * weights[2 &* k]
        b += unsafe (from + 16).loadUnaligned(as: SIMD2<Double>.self) * weights[2 &* k &+ 1]
    }
    return a + b
}

/// Three or four channels, two pixels at a time; of three the fourth sum has no meaning.
@inline(__always)
private func sum(
    _ samples: UnsafeRawPointer, _ channels: Int, _ weights: UnsafePointer<Double>, _ count: Int
) -> SIMD4<Double> {
    var (a, b) = (SIMD4<Double>.zero, SIMD4<Double>.zero)
    for k in 0..<(count &+ 1) / 2 {
        let from = unsafe samples + 16 &* channels &* k
        a += unsafe from.loadUnaligned(as: SIMD4<Double>.self) * weights[2 &* k]
        b += unsafe (from + 8 &* channels).loadUnaligned(as: SIMD4<Double>.self) * weights[2 &* k &+ 1]
    }
    return a + b
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
    func rounded(_ sums: SIMD4<Double>) -> SIMD4<Int32> {
        SIMD4(lowHalf: rounded(sums.lowHalf), highHalf: rounded(sums.highHalf))
    }

    @inline(__always)
    private func rounded(_ sums: SIMD2<Double>) -> SIMD2<Int32> {
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
