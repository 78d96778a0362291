/// What the numbers of a row are.
public protocol ResampleNumber: Sendable {
    associatedtype Sample: FixedWidthInteger & Sendable & BitwiseCopyable where Sample.Stride == Int
}

/// The kind of rows that one of the two passes takes: an integer as it is, or with a meaning.
///
/// The resampler is written once over this protocol. What the first pass makes of a row is what the second one takes:
///
/// | samples of the picture | first pass | second pass | result |
/// |---|---|---|---|
/// | 8 bits, opaque | `UInt8` | `Int16` | `UInt8` |
/// | 8 bits, RGBA | `Product`, or `AlphaBytes` where few target rows take the same | `HalfProduct` | `Int32` |
/// | the same in strong shrinks, grey with alpha (colour × alpha), 16 bits opaque | `UInt16` | `Int32` | `Int32` |
/// | 16 bits with alpha (colour × alpha / 2⁶) | `Int32` | `Int32` | `Int32` |
/// | 16 bits in shrinks by hundreds | `Int64` | `Int64` | `Int64` |
///
/// Rows are interleaved, as in the picture. Sums of integers do not depend on their order, so every implementation of these functions
/// gives the same bits, and so do the two axes.
public protocol ResampleRow: WeighedRows {
    /// What `weighColumns` keeps a row in.
    associatedtype Scratch: FixedWidthInteger & Sendable

    /// Weighs the pixels of a row: the horizontal pass.
    ///
    /// Sets sample c of pixel i to the sum over k of sample c of pixel `starts[i] + k` times `weights[i × taps + k]`, shifted right by `shift` with
    /// rounding, and saturated.
    ///
    /// - Parameters:
    ///   - channels: samples a pixel, 1 to 4.
    ///   - columns: what counts where.
    ///   - scratch: `scratchCount` elements, of any content.
    /// - Precondition: `row` holds whole pixels, of which every window begins at one; `target` holds a pixel for each window; `shift` is at
    ///   least 1; no sum overflows. Sums of `UInt16` and `Int32` are below 2⁵², their results below 2³⁰.
    static func weighColumns(
        _ row: Span<Sample>, channels: Int, columns: borrowing ColumnWeights<Weight>, shift: Int,
        scratch: inout MutableSpan<Scratch>, into target: inout MutableSpan<Result.Sample>, tier: CPUTier)

    /// The same for two rows, one after the other.
    static func weighColumnsOfTwo(
        _ rows: Span<Sample>, channels: Int, columns: borrowing ColumnWeights<Weight>, shift: Int,
        scratch: inout MutableSpan<Scratch>, into target: inout MutableSpan<Result.Sample>, tier: CPUTier)
}

/// What the vertical pass takes, of those.
public protocol WeighedRows: ResampleNumber {
    associatedtype Weight: FixedWidthInteger & SignedInteger & Sendable
    /// A whole number.
    associatedtype Sum: SignedNumeric & Sendable
    associatedtype Result: ResampleNumber

    /// Weighs a window of rows: the vertical pass.
    ///
    /// Sets `row[i]` to the sum over j of `rows[offsets[j] + i] × weights[j]`, shifted right by `shift` with rounding, and saturated.
    ///
    /// - Parameters:
    ///   - rows: rows of samples.
    ///   - offsets: where in `rows` each begins; an even number, since two are weighed at once, and at most `mostRows`.
    /// - Precondition: from each offset on, `rows` holds `row.count` samples; `shift` is at least 1; no sum overflows. The weights of `UInt16` are
    ///   below 2²⁶ and their sum, without signs, is below 1.8 × 2²⁶; `shift` is at least 12. Sums of `Int32` are below 2⁵², without signs, their
    ///   results below 2³⁰.
    static func weighRows(
        _ rows: Span<Sample>, offsets: Span<Int>, weights: Span<Weight>, shift: Int,
        into row: inout MutableSpan<Result.Sample>, tier: CPUTier)

    /// The same for two rows of results, which spares reading and widening what both of them need.
    ///
    /// - Parameters:
    ///   - weights: those of the first row's, then as many of the second's; zeros where one of them does not reach.
    ///   - row: both, one after the other.
    static func weighRowsForTwo(
        _ rows: Span<Sample>, offsets: Span<Int>, weights: Span<Weight>, shift: Int,
        into row: inout MutableSpan<Result.Sample>, tier: CPUTier)

    /// Adds the same sum, as it is, to `sums`, or sets them to it if `isFirst`: a part of a window too tall to be kept.
    static func addRows(
        _ rows: Span<Sample>, offsets: Span<Int>, weights: Span<Weight>, isFirst: Bool, to sums: inout MutableSpan<Sum>,
        tier: CPUTier)

    /// Sets `row[i]` to `sums[i]` shifted right by `shift` with rounding, and saturated.
    ///
    /// - Precondition: both are as long; `shift` is at least 1.
    static func round(_ sums: Span<Sum>, shift: Int, into row: inout MutableSpan<Result.Sample>)
}

extension WeighedRows {
    // One row after the other, where there is no faster way.

    public static func weighRowsForTwo(
        _ rows: Span<Sample>, offsets: Span<Int>, weights: Span<Weight>, shift: Int,
        into row: inout MutableSpan<Result.Sample>, tier: CPUTier
    ) {
        weighRowsInTurn(rows, offsets, weights, shift, into: &row, tier)
    }

    static func weighRowsInTurn(
        _ rows: Span<Sample>, _ offsets: Span<Int>, _ weights: Span<Weight>, _ shift: Int,
        into row: inout MutableSpan<Result.Sample>, _ tier: CPUTier
    ) {
        precondition(weights.count == 2 * offsets.count && offsets.count % 2 == 0 && row.count % 2 == 0)
        for k in 0..<2 {
            let own = weights.extracting(k * offsets.count..<(k + 1) * offsets.count)
            let pairs = reach(own)
            var half = row._mutatingExtracting(k * row.count / 2..<(k + 1) * row.count / 2)
            weighRows(
                rows, offsets: offsets.extracting(pairs), weights: own.extracting(pairs), shift: shift,
                into: &half, tier: tier)
        }
    }
}

extension ResampleRow {
    public static func weighColumnsOfTwo(
        _ rows: Span<Sample>, channels: Int, columns: borrowing ColumnWeights<Weight>, shift: Int,
        scratch: inout MutableSpan<Scratch>, into target: inout MutableSpan<Result.Sample>, tier: CPUTier
    ) {
        weighColumnsInTurn(rows, channels, columns, shift, &scratch, into: &target, tier)
    }

    static func weighColumnsInTurn(
        _ rows: Span<Sample>, _ channels: Int, _ columns: borrowing ColumnWeights<Weight>, _ shift: Int,
        _ scratch: inout MutableSpan<Scratch>, into target: inout MutableSpan<Result.Sample>, _ tier: CPUTier
    ) {
        precondition(rows.count % 2 == 0 && target.count % 2 == 0)
        for k in 0..<2 {
            var half = target._mutatingExtracting(k * target.count / 2..<(k + 1) * target.count / 2)
            weighColumns(
                rows.extracting(k * rows.count / 2..<(k + 1) * rows.count / 2), channels: channels, columns: columns,
                shift: shift, scratch: &scratch, into: &half, tier: tier)
        }
    }
}

/// The part of a window, in whole pairs, outside of which all weights are zero.
func reach<Weight: FixedWidthInteger>(_ weights: Span<Weight>) -> Range<Int> {
    var (first, end) = (weights.count, 0)
    for i in weights.indices where weights[i] != 0 {
        first = min(first, i & ~1)
        end = (i & ~1) + 2
    }
    return end == 0 ? 0..<0 : first..<end
}

/// The most rows that are weighed at once.
public let mostRows = 40

/// The windows of a horizontal pass.
public struct ColumnWeights<Weight: FixedWidthInteger & SignedInteger & Sendable>: Sendable {
    /// Weights kept for each window, a multiple of 8.
    public let taps: Int
    /// The first pixel of each window: even, so that pixels can be taken two and two.
    public let starts: [Int]
    /// Weights that count, from the first on; those behind are zero.
    public let counts: [Int]
    /// `taps` for each window.
    public let weights: [Weight]
    /// The same where they have 32 bits.
    let doubles: [Double]
    /// The most weights that count in any window.
    let longest: Int
    /// Where the last window begins.
    let lastStart: Int

    /// - Precondition: what is said above.
    @_specialize(where Weight == Int16)
    @_specialize(where Weight == Int32)
    public init(taps: Int, starts: [Int], counts: [Int], weights: [Weight]) {
        precondition(taps % 8 == 0 && starts.count == counts.count && weights.count == starts.count * taps)
        precondition(starts.allSatisfy { $0 >= 0 && $0 % 2 == 0 } && counts.allSatisfy { $0 >= 0 && $0 <= taps })
        self.taps = taps
        self.starts = starts
        self.counts = counts
        self.weights = weights
        doubles = Weight.bitWidth == 32 ? weights.map { Double($0) } : []
        longest = counts.max() ?? 0
        lastStart = starts.max() ?? 0
    }

    /// Elements that `weighColumns` needs for a row: two for each sample, and room for windows that reach past its end.
    public func scratchCount(pixels: Int, channels: Int) -> Int { 2 * (pixels + taps + 8) * max(channels, 4) }
}

extension UInt8: ResampleRow {
    public typealias Sample = UInt8
    public typealias Weight = Int16
    public typealias Sum = Int32
    public typealias Result = Int16
    public typealias Scratch = Int16
}

extension Int16: ResampleRow {
    public typealias Sample = Int16
    public typealias Weight = Int16
    public typealias Sum = Int32
    public typealias Result = UInt8
    public typealias Scratch = Int16
}

extension UInt16: ResampleRow {
    public typealias Sample = UInt16
    public typealias Weight = Int32
    public typealias Sum = Int64
    public typealias Result = Int32
    public typealias Scratch = Int32
}

extension Int32: ResampleRow {
    public typealias Sample = Int32
    public typealias Weight = Int32
    public typealias Sum = Double
    public typealias Result = Int32
    public typealias Scratch = Int32
}

extension Int64: ResampleRow {
    public typealias Sample = Int64
    public typealias Weight = Int64
    public typealias Sum = Int128
    public typealias Result = Int64
    public typealias Scratch = Int64
}

/// A sample of RGBA of 8 bits, colour × alpha or alpha × 255, less `productBias`: sixteen bits hold it exactly, and both passes
/// take it in products of 16 bits.
public enum Product: ResampleRow {
    public typealias Sample = Int16
    public typealias Weight = Int16
    public typealias Sum = Int32
    public typealias Result = HalfProduct
    public typealias Scratch = Int16
}

/// RGBA of 8 bits as it lies in a picture, for the vertical pass alone: its samples become `Product`s as they are weighed, each time anew.
public enum AlphaBytes: WeighedRows {
    public typealias Sample = UInt8
    public typealias Weight = Int16
    public typealias Sum = Int32
    public typealias Result = HalfProduct
}

/// The same, weighed by one axis and halved, which leaves room for overshoot.
///
/// The second pass gives whole ones with `alphaFractionBits` bits more, `productBias` added again.
public enum HalfProduct: ResampleRow {
    public typealias Sample = Int16
    public typealias Weight = Int16
    public typealias Sum = Int32
    public typealias Result = Int32
    public typealias Scratch = Int16
}

/// What makes signed numbers of products of 8 bits: odd, so that where all is opaque alpha can be halved.
public let productBias: Int32 = 32_767
