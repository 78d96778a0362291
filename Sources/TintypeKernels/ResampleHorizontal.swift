#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

// The horizontal pass in each kind of row. The portable version takes the row apart into planes, so that the samples of a window lie side by side.

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
        weigh(Int16.self, row, channels, columns, shift, from: done, &scratch, &target)
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
        weigh(Product.self, row, channels, columns, shift, from: done, &scratch, &target)
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
        weigh(HalfProduct.self, row, channels, columns, shift, from: done, base: wholeBias, &scratch, &target)
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
        weigh(UInt16.self, row, channels, columns, shift, from: done, &scratch, &target)
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
        weigh(Int32.self, row, channels, columns, shift, from: done, &scratch, &target)
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
) {
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
