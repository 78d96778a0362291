/// An integer that samples are resampled in: it holds samples, intermediate samples and weights, its `Sum` their products.
///
/// The resampler is written once over this protocol. `Int16` serves opaque 8-bit samples, `Int32` samples of up to 16 bits
/// (8-bit colour times alpha among them), `Int64` 16-bit colour times alpha. Sums of integers do not depend on their order,
/// so every implementation of these functions gives the same bits.
public protocol ResampleSample: FixedWidthInteger & SignedInteger & Sendable where Stride == Int {
    associatedtype Sum: FixedWidthInteger & SignedInteger & Sendable

    /// `weighColumns` takes a multiple of this many taps.
    static var tapStep: Int { get }

    /// Weighs the samples of a row: the horizontal pass, over planes that lie one after the other.
    ///
    /// Sets `target[p × starts.count + i]` to the sum over k of `row[p × rowStride + starts[i] + k] × weights[i × taps + k]`,
    /// shifted right by `shift` with rounding, and saturated.
    ///
    /// - Precondition: `row` holds `planes × rowStride` samples, `target` `planes × starts.count`, `weights`
    ///   `starts.count × taps`; `taps` is a multiple of `tapStep`; every `starts[i] + taps` is at most `rowStride`;
    ///   `shift` is at least 1; no sum overflows.
    static func weighColumns(
        _ row: Span<Self>, planes: Int, rowStride: Int, starts: Span<Int>, taps: Int, weights: Span<Self>, shift: Int,
        into target: inout MutableSpan<Self>)

    /// Weighs four rows: a part of the vertical pass.
    ///
    /// Adds `rows[offsets[j] + i] × weights[j]` for the four j to `sums[i]`, or sets `sums[i]` to it if `isFirst`.
    ///
    /// - Precondition: from each of the four offsets on, `rows` holds `sums.count` samples.
    static func weighRows(
        _ rows: Span<Self>, offsets: [4 of Int], weights: [4 of Self], isFirst: Bool, into sums: inout MutableSpan<Sum>)

    /// Sets `target[i]` to `sums[i]` shifted right by `shift` with rounding, and saturated.
    ///
    /// - Precondition: both are as long; `shift` is at least 1.
    static func round(_ sums: Span<Sum>, shift: Int, into target: inout MutableSpan<Self>)

    /// Takes a row of interleaved samples apart into planes, one for each channel, `rowStride` samples from one to the next.
    ///
    /// Colour under alpha (the last channel) is multiplied by it, and alpha by its own largest value. What lies between the
    /// end of a plane and the next keeps its value.
    ///
    /// - Precondition: `bytes` holds whole pixels of 1 to 4 channels; `planes` holds `channels × rowStride` samples, and
    ///   `rowStride` is at least the number of pixels. `Int16` takes 8-bit samples without alpha alone, `Int32` no 16-bit
    ///   samples with alpha.
    static func unpack(
        _ bytes: Span<UInt8>, layout: SampleLayout, rowStride: Int, into planes: inout MutableSpan<Self>)

    /// The reverse of `unpack` for a result: clamps, divides colour by alpha, and interleaves.
    ///
    /// Without alpha the planes hold samples. With alpha they hold products with `alphaFractionBits` bits more; where
    /// alpha rounds to 0 all channels become 0.
    ///
    /// - Precondition: `bytes` holds whole pixels, and `planes` as many samples as `bytes` does.
    static func pack(_ planes: Span<Self>, layout: SampleLayout, into bytes: inout MutableSpan<UInt8>)
}

extension Int16: ResampleSample {
    public typealias Sum = Int32
    public static var tapStep: Int { 8 }

    public static func weighColumns(
        _ row: Span<Int16>, planes: Int, rowStride: Int, starts: Span<Int>, taps: Int, weights: Span<Int16>, shift: Int,
        into target: inout MutableSpan<Int16>
    ) {
        columns(row, planes, rowStride, starts, taps, weights, shift, &target)
    }

    public static func weighRows(
        _ rows: Span<Int16>, offsets: [4 of Int], weights: [4 of Int16], isFirst: Bool,
        into sums: inout MutableSpan<Int32>
    ) {
        addRows(rows, offsets, weights, isFirst, &sums)
    }

    public static func round(_ sums: Span<Int32>, shift: Int, into target: inout MutableSpan<Int16>) {
        roundAll(sums, shift, &target)
    }
}

extension Int32: ResampleSample {
    public typealias Sum = Int64
    public static var tapStep: Int { 1 }

    public static func weighColumns(
        _ row: Span<Int32>, planes: Int, rowStride: Int, starts: Span<Int>, taps: Int, weights: Span<Int32>, shift: Int,
        into target: inout MutableSpan<Int32>
    ) {
        columns(row, planes, rowStride, starts, taps, weights, shift, &target)
    }

    public static func weighRows(
        _ rows: Span<Int32>, offsets: [4 of Int], weights: [4 of Int32], isFirst: Bool,
        into sums: inout MutableSpan<Int64>
    ) {
        addRows(rows, offsets, weights, isFirst, &sums)
    }

    public static func round(_ sums: Span<Int64>, shift: Int, into target: inout MutableSpan<Int32>) {
        roundAll(sums, shift, &target)
    }
}

extension Int64: ResampleSample {
    public typealias Sum = Int128
    public static var tapStep: Int { 1 }

    public static func weighColumns(
        _ row: Span<Int64>, planes: Int, rowStride: Int, starts: Span<Int>, taps: Int, weights: Span<Int64>, shift: Int,
        into target: inout MutableSpan<Int64>
    ) {
        columns(row, planes, rowStride, starts, taps, weights, shift, &target)
    }

    public static func weighRows(
        _ rows: Span<Int64>, offsets: [4 of Int], weights: [4 of Int64], isFirst: Bool,
        into sums: inout MutableSpan<Int128>
    ) {
        addRows(rows, offsets, weights, isFirst, &sums)
    }

    public static func round(_ sums: Span<Int128>, shift: Int, into target: inout MutableSpan<Int64>) {
        roundAll(sums, shift, &target)
    }
}

// The loops, specialised by the functions above because they lie in the same file. Unchecked subscripts are sound where the
// preconditions just before the loop cover every index.

@inline(__always)
private func columns<Sample: ResampleSample>(
    _ row: Span<Sample>, _ planes: Int, _ rowStride: Int, _ starts: Span<Int>, _ taps: Int, _ weights: Span<Sample>,
    _ shift: Int, _ target: inout MutableSpan<Sample>
) {
    let count = starts.count
    precondition(planes >= 1 && rowStride >= 0 && taps >= 1 && taps % Sample.tapStep == 0 && shift >= 1)
    precondition(row.count == planes * rowStride && weights.count == count * taps && target.count == planes * count)
    let half = Sample.Sum(1) &<< Sample.Sum(truncatingIfNeeded: shift &- 1)
    for i in 0..<count {
        let start = starts[i]
        precondition(start >= 0 && start <= rowStride - taps)
        var (from, to) = (start, i)
        for _ in 0..<planes {
            var sum = half
            for k in 0..<taps {
                let sample = unsafe Sample.Sum(truncatingIfNeeded: row[unchecked: from &+ k])
                let weight = unsafe Sample.Sum(truncatingIfNeeded: weights[unchecked: i &* taps &+ k])
                sum &+= sample &* weight
            }
            unsafe target[unchecked: to] = saturated(sum &>> Sample.Sum(truncatingIfNeeded: shift))
            from &+= rowStride
            to &+= count
        }
    }
}

@inline(__always)
private func addRows<Sample: ResampleSample>(
    _ rows: Span<Sample>, _ offsets: [4 of Int], _ weights: [4 of Sample], _ isFirst: Bool,
    _ sums: inout MutableSpan<Sample.Sum>
) {
    let (o0, o1, o2, o3) = (offsets[0], offsets[1], offsets[2], offsets[3])
    let room = rows.count - sums.count
    precondition(min(o0, o1, o2, o3) >= 0 && max(o0, o1, o2, o3) <= room)
    let w0 = Sample.Sum(truncatingIfNeeded: weights[0])
    let w1 = Sample.Sum(truncatingIfNeeded: weights[1])
    let w2 = Sample.Sum(truncatingIfNeeded: weights[2])
    let w3 = Sample.Sum(truncatingIfNeeded: weights[3])
    if isFirst {
        for i in sums.indices {
            let a = unsafe Sample.Sum(truncatingIfNeeded: rows[unchecked: o0 &+ i]) &* w0
            let b = unsafe Sample.Sum(truncatingIfNeeded: rows[unchecked: o1 &+ i]) &* w1
            let c = unsafe Sample.Sum(truncatingIfNeeded: rows[unchecked: o2 &+ i]) &* w2
            let d = unsafe Sample.Sum(truncatingIfNeeded: rows[unchecked: o3 &+ i]) &* w3
            unsafe sums[unchecked: i] = (a &+ b) &+ (c &+ d)
        }
    } else {
        for i in sums.indices {
            let a = unsafe Sample.Sum(truncatingIfNeeded: rows[unchecked: o0 &+ i]) &* w0
            let b = unsafe Sample.Sum(truncatingIfNeeded: rows[unchecked: o1 &+ i]) &* w1
            let c = unsafe Sample.Sum(truncatingIfNeeded: rows[unchecked: o2 &+ i]) &* w2
            let d = unsafe Sample.Sum(truncatingIfNeeded: rows[unchecked: o3 &+ i]) &* w3
            unsafe sums[unchecked: i] &+= (a &+ b) &+ (c &+ d)
        }
    }
}

@inline(__always)
private func roundAll<Sample: ResampleSample>(
    _ sums: Span<Sample.Sum>, _ shift: Int, _ target: inout MutableSpan<Sample>
) {
    precondition(sums.count == target.count && shift >= 1)
    let half = Sample.Sum(1) &<< Sample.Sum(truncatingIfNeeded: shift &- 1)
    let shift = Sample.Sum(truncatingIfNeeded: shift)
    for i in target.indices {
        unsafe target[unchecked: i] = saturated((sums[unchecked: i] &+ half) &>> shift)
    }
}

@inline(__always)
private func saturated<Sample: ResampleSample>(_ sum: Sample.Sum) -> Sample {
    let low = Sample.Sum(truncatingIfNeeded: Sample.min)
    let high = Sample.Sum(truncatingIfNeeded: Sample.max)
    return Sample(truncatingIfNeeded: sum < low ? low : (sum > high ? high : sum))
}
