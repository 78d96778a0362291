#if arch(x86_64)
    internal import TintypeKernelsAVX2
    internal import _Builtin_intrinsics.intel
#endif

// The horizontal pass in integers. The portable version takes the row apart into planes, so that the samples of a window lie side by side.

extension UInt8 {
    public static func weighColumns(
        _ row: Span<UInt8>, channels: Int, columns: borrowing ColumnWeights<Int16>, shift: Int,
        scratch: inout MutableSpan<Int16>, into target: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 && channels != 2 {
                precondition(columns.lastStart < row.count / channels)
                done = TintypeKernelsAVX2.weighColumns(
                    row, channels: channels, starts: columns.starts.span, longest: columns.longest,
                    weights: columns.weights.span, shift: shift, scratch: &scratch, into: &target)
            }
        #endif
        weigh(UInt8.self, row, channels, columns, shift, from: done, &scratch, &target)
    }
}

extension Int16 {
    public static func weighColumns(
        _ row: Span<Int16>, channels: Int, columns: borrowing ColumnWeights<Int16>, shift: Int,
        scratch: inout MutableSpan<Int16>, into target: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 && channels != 2 {
                precondition(columns.lastStart < row.count / channels)
                done = TintypeKernelsAVX2.weighColumns(
                    row, channels: channels, starts: columns.starts.span, longest: columns.longest,
                    weights: columns.weights.span, shift: shift, scratch: &scratch, into: &target)
            }
        #endif
        weighPairs(Int16.self, row, channels, columns, shift, from: done, &scratch, &target)
    }

    public static func weighColumnsOfTwo(
        _ rows: Span<Int16>, channels: Int, columns: borrowing ColumnWeights<Int16>, shift: Int,
        scratch: inout MutableSpan<Int16>, into target: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        #if arch(x86_64)
            if tier == .avx2 && channels >= 3 {
                precondition(columns.lastStart < rows.count / channels / 2)
                if TintypeKernelsAVX2.weighColumnsOfTwo(
                    rows, channels: channels, starts: columns.starts.span, longest: columns.longest,
                    weights: columns.weights.span, shift: shift, scratch: &scratch, into: &target)
                {
                    return
                }
            }
        #endif
        weighColumnsInTurn(rows, channels, columns, shift, &scratch, into: &target, tier)
    }
}

extension Product {
    public static func weighColumns(
        _ row: Span<Int16>, channels: Int, columns: borrowing ColumnWeights<Int16>, shift: Int,
        scratch: inout MutableSpan<Int16>, into target: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 && channels == 4 {
                precondition(columns.lastStart < row.count / channels)
                done = TintypeKernelsAVX2.weighColumns(
                    row, starts: columns.starts.span, longest: columns.longest, weights: columns.weights.span,
                    shift: shift, scratch: &scratch, into: &target)
            }
        #endif
        weighPairs(Product.self, row, channels, columns, shift, from: done, &scratch, &target)
    }
}

extension HalfProduct {
    public static func weighColumns(
        _ row: Span<Int16>, channels: Int, columns: borrowing ColumnWeights<Int16>, shift: Int,
        scratch: inout MutableSpan<Int16>, into target: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 && channels == 4 {
                precondition(columns.lastStart < row.count / channels)
                done = TintypeKernelsAVX2.weighColumns(
                    row, starts: columns.starts.span, longest: columns.longest, weights: columns.weights.span,
                    shift: shift, base: wholeBias, scratch: &scratch, into: &target)
            }
        #endif
        weighPairs(HalfProduct.self, row, channels, columns, shift, from: done, base: wholeBias, &scratch, &target)
    }

    public static func weighColumnsOfTwo(
        _ rows: Span<Int16>, channels: Int, columns: borrowing ColumnWeights<Int16>, shift: Int,
        scratch: inout MutableSpan<Int16>, into target: inout MutableSpan<Int32>, tier: CPUTier = .current
    ) {
        #if arch(x86_64)
            if tier == .avx2 && channels == 4 {
                precondition(columns.lastStart < rows.count / channels / 2)
                if TintypeKernelsAVX2.weighColumnsOfTwo(
                    rows, starts: columns.starts.span, longest: columns.longest,
                    weights: columns.weights.span, shift: shift, base: wholeBias, scratch: &scratch, into: &target)
                {
                    return
                }
            }
        #endif
        weighColumnsInTurn(rows, channels, columns, shift, &scratch, into: &target, tier)
    }
}

extension Int64 {
    public static func weighColumns(
        _ row: Span<Int64>, channels: Int, columns: borrowing ColumnWeights<Int64>, shift: Int,
        scratch: inout MutableSpan<Int64>, into target: inout MutableSpan<Int64>, tier: CPUTier = .current
    ) {
        weigh(Int64.self, row, channels, columns, shift, from: 0, &scratch, &target)
    }
}

/// - Parameters:
///   - done: windows that a faster version did.
///   - base: what is added to every result.
@inline(__always)
private func weigh<Row: ResampleRow>(
    _: Row.Type, _ row: Span<Row.Sample>, _ channels: Int, _ columns: borrowing ColumnWeights<Row.Weight>, _ shift: Int,
    from done: Int, base: Row.Result.Sample = 0, _ scratch: inout MutableSpan<Row.Scratch>,
    _ target: inout MutableSpan<Row.Result.Sample>
) where Row.Sum: FixedWidthInteger & SignedInteger {
    let (pixels, windows, taps) = (row.count / channels, columns.starts.count, columns.taps)
    precondition((1...4).contains(channels) && row.count == pixels * channels && target.count == windows * channels)
    precondition(shift >= 1 && done >= 0)
    guard done < windows else { return }
    // Where a faster version left the last few windows, they begin near the end of the row.
    let first = columns.starts[done...].min() ?? 0
    let stride = pixels - first + taps
    precondition(first >= 0 && first < pixels && scratch.count >= stride * channels)
    split(row, channels, from: first, stride, &scratch)
    let (starts, weights) = (columns.starts.span, columns.weights.span)
    let planes = scratch.span
    let half = Row.Sum(1) &<< Row.Sum(truncatingIfNeeded: shift &- 1)
    let shift = Row.Sum(truncatingIfNeeded: shift)
    for i in done..<windows {
        let start = starts[i] &- first
        precondition(start >= 0 && start <= stride - taps)
        for c in 0..<channels {
            let from = c &* stride &+ start
            var sum = half
            for k in 0..<taps {
                // In bounds: start + taps is at most `stride`, and `weights` holds `taps` for each window.
                let sample = unsafe Row.Sum(truncatingIfNeeded: planes[unchecked: from &+ k])
                let weight = unsafe Row.Sum(truncatingIfNeeded: weights[unchecked: i &* taps &+ k])
                sum &+= sample &* weight
            }
            unsafe target[unchecked: i &* channels &+ c] = saturated(sum &>> shift) &+ base
        }
    }
}

/// The same for 16-bit rows: of three and four channels two pixels at a time, in pairs of the same channel.
@inline(__always)
private func weighPairs<Row: ResampleRow>(
    _: Row.Type, _ row: Span<Int16>, _ channels: Int, _ columns: borrowing ColumnWeights<Int16>, _ shift: Int,
    from done: Int, base: Row.Result.Sample = 0, _ scratch: inout MutableSpan<Int16>,
    _ target: inout MutableSpan<Row.Result.Sample>
) where Row.Sample == Int16, Row.Weight == Int16, Row.Sum == Int32, Row.Scratch == Int16 {
    guard channels >= 3 else {
        return weigh(Row.self, row, channels, columns, shift, from: done, base: base, &scratch, &target)
    }
    let (pixels, windows, taps) = (row.count / channels, columns.starts.count, columns.taps)
    precondition(channels <= 4 && row.count == pixels * channels && target.count == windows * channels)
    precondition(shift >= 1 && columns.lastStart < max(pixels, 1) && scratch.count >= 4 * (pixels + taps + 8))
    guard done < windows else { return }
    pairPixels(row, channels, taps: taps, &scratch)
    if channels == 4 && Row.Result.Sample.self == Int32.self {
        return sumPairs(
            scratch.span, columns, done..<windows, shift, base: Int32(truncatingIfNeeded: base), &target, at: done)
    }
    var sums = [128 of Int32](repeating: 0)
    var i = done
    while i < windows {
        let count = min(32, windows &- i)
        var block = sums.mutableSpan
        sumPairs(scratch.span, columns, i..<i &+ count, shift, base: 0, &block, at: 0)
        if channels == 4 {
            for k in 0..<4 &* count {
                unsafe target[unchecked: 4 &* i &+ k] = saturated(sums[unchecked: k]) &+ base
            }
        } else {
            let done = storeTriples(sums.span, count, at: i, &target)
            for k in done..<count {
                for c in 0..<3 {
                    unsafe target[unchecked: 3 &* (i &+ k) &+ c] = saturated(sums[unchecked: 4 &* k &+ c]) &+ base
                }
            }
        }
        i &+= count
    }
}

/// Bytes of pixels of three channels, of which each takes four of the sums. A fourth byte is written for every one, so the row's last is left out.
///
/// - Returns: how many were stored: none where the results are no bytes.
@inline(__always)
private func storeTriples<Result: FixedWidthInteger & BitwiseCopyable>(
    _ sums: Span<Int32>, _ count: Int, at first: Int, _ target: inout MutableSpan<Result>
) -> Int {
    #if arch(x86_64)
        guard Result.self == UInt8.self else { return 0 }
        let whole = min(count, (target.count &- 1) / 3 &- first)
        precondition(4 &* count <= sums.count && first >= 0)
        guard whole > 0 else { return 0 }
        // Sound: pixel k of `whole` has four sums, and a byte behind it in the row.
        unsafe sums.withUnsafeBytes { sums in
            unsafe target.withUnsafeMutableBytes { target in
                for k in 0..<whole {
                    let four = unsafe sums.loadUnaligned(fromByteOffset: 16 &* k, as: __m128i.self)
                    let words = _mm_packs_epi32(four, _mm_setzero_si128())
                    let bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words))
                    unsafe target.storeBytes(of: bytes, toByteOffset: 3 &* (first &+ k), as: Int32.self)
                }
            }
        }
        return whole
    #else
        return 0
    #endif
}

/// Two pixels as eight numbers, red red green green and so on, and zeros behind the row.
@inline(__always)
private func pairPixels(_ row: Span<Int16>, _ channels: Int, taps: Int, _ pairs: inout MutableSpan<Int16>) {
    let pixels = row.count / channels
    // Of three channels eight numbers are read for six.
    let done = 2 &* ((row.count &- (channels == 3 ? 2 : 0)) / (2 &* channels))
    // Sound: pairs of pixels end within the row, as far as they are read. In bounds: a pixel takes four numbers, and there is room for `taps` + 8 more.
    unsafe row.withUnsafeBytes { row in
        unsafe pairs.withUnsafeMutableBytes { pairs in
            guard let row = row.baseAddress, let pairs = pairs.baseAddress else { return }
            for pair in 0..<done / 2 {
                let x = unsafe row.loadUnaligned(fromByteOffset: 4 &* channels &* pair, as: SIMD8<Int16>.self)
                let both =
                    channels == 4
                    ? SIMD8(x[0], x[4], x[1], x[5], x[2], x[6], x[3], x[7])
                    : SIMD8(x[0], x[3], x[1], x[4], x[2], x[5], 0, 0)
                unsafe pairs.storeBytes(of: both, toByteOffset: 16 &* pair, as: SIMD8<Int16>.self)
            }
        }
    }
    for i in 4 &* done..<4 &* (pixels &+ taps &+ 8) { unsafe pairs[unchecked: i] = 0 }
    for x in done..<pixels {
        for c in 0..<channels {
            unsafe pairs[unchecked: 4 &* (x & ~1) &+ (x & 1) &+ 2 &* c] = row[unchecked: x &* channels &+ c]
        }
    }
}

/// The sums of some windows, shifted right with rounding and increased by `base`: four numbers of 32 bits each.
///
/// - Parameter place: where the first window's go, in windows.
@inline(__always)
private func sumPairs<Number: FixedWidthInteger & BitwiseCopyable>(
    _ pairs: Span<Int16>, _ columns: borrowing ColumnWeights<Int16>, _ windows: Range<Int>, _ shift: Int, base: Int32,
    _ sums: inout MutableSpan<Number>, at place: Int
) {
    precondition(Number.bitWidth == 32 && place >= 0 && 4 * (place + windows.count) <= sums.count)
    let half = SIMD4<Int32>(repeating: 1 &<< Int32(truncatingIfNeeded: shift &- 1))
    let (shift, base) = (SIMD4(repeating: Int32(truncatingIfNeeded: shift)), SIMD4(repeating: base))
    let (stride, steps) = (2 &* columns.taps, (columns.longest &+ 1) / 2)
    let starts = columns.starts.span
    // Sound: windows begin within the row, at even pixels, and have at most `taps` weights, an even number; `pairs` holds as many pixels more; `sums` four numbers for
    // each window, as the precondition says.
    unsafe pairs.withUnsafeBytes { pairs in
        unsafe columns.weights.withUnsafeBytes { weights in
            unsafe sums.withUnsafeMutableBytes { sums in
                guard let pairs = pairs.baseAddress, let weights = weights.baseAddress, let sums = sums.baseAddress
                else { return }
                for i in windows {
                    var sum = half
                    let from = unsafe pairs + 8 &* starts[unchecked: i]
                    let own = unsafe weights + stride &* i
                    for k in 0..<steps {
                        let both = unsafe own.loadUnaligned(fromByteOffset: 4 &* k, as: Int32.self)
                        let weight = unsafe unsafeBitCast(SIMD4<Int32>(repeating: both), to: SIMD8<Int16>.self)
                        let samples = unsafe from.loadUnaligned(fromByteOffset: 16 &* k, as: SIMD8<Int16>.self)
                        sum &+= pairProducts(samples, weight)
                    }
                    unsafe sums.storeBytes(
                        of: (sum &>> shift) &+ base, toByteOffset: 16 &* (place &+ i &- windows.lowerBound),
                        as: SIMD4<Int32>.self)
                }
            }
        }
    }
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

/// Takes the pixels from `first` on apart into planes.
@inline(__always)
private func split<Sample: FixedWidthInteger, Plane: FixedWidthInteger>(
    _ row: Span<Sample>, _ channels: Int, from first: Int, _ stride: Int, _ planes: inout MutableSpan<Plane>
) {
    let count = row.count / channels - first
    // In bounds: `count` is below `stride`, and `planes` holds `stride` elements a channel.
    for c in 0..<channels {
        for i in 0..<count {
            let sample = unsafe row[unchecked: (first &+ i) &* channels &+ c]
            unsafe planes[unchecked: c &* stride &+ i] = Plane(truncatingIfNeeded: sample)
        }
    }
}

@inline(__always)
private func saturated<Sum: FixedWidthInteger & SignedInteger, Result: FixedWidthInteger>(_ sum: Sum) -> Result {
    let low = Sum(truncatingIfNeeded: Result.min)
    let high = Sum(truncatingIfNeeded: Result.max)
    return Result(truncatingIfNeeded: sum < low ? low : (sum > high ? high : sum))
}
