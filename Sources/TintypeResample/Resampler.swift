public import TintypeCore
import TintypeKernels

/// Resamples rows as they pass: a source of one size becomes a source of another.
///
/// Every sample of the result is within 1 of the exact one (the sum over both axes in real numbers, rounded once), for 8 and 16
/// bits; colours may under alpha a be off by 5 / a more in 8-bit RGBA, by 200 / a in 16 bits, which nobody sees through them. All arithmetic is in integers, so the result is the same to the bit on every machine. Colour is
/// weighed by its alpha, and where the result's alpha is 0 its colour is 0 too.
///
/// It never holds the source: only some rows or sums of rows, see `Order`. Source rows above the first one needed are pulled
/// and dropped, those below the last one needed are never pulled. The rows of a picture in memory are taken where they lie.
public struct Resampler: RowSource, ~Copyable {
    /// Which axis goes first. Both are within 1 of the exact result, but they need not be the same to the bit.
    public enum Order: Sendable, Hashable {
        /// Holds rows of the target's width.
        case horizontalFirst
        /// Holds rows of the source's width, and is the faster one: whole rows are weighed at once.
        ///
        /// Resampling the transposed picture with it, and with the weights of the axes exchanged, gives the transposed result of
        /// `horizontalFirst`, bit for bit. So a picture can be turned by 90° after resampling instead of before.
        case verticalFirst
    }

    public let size: Size
    public let pixelFormat: PixelFormat
    private var source: AnyRowSource
    /// The next row of the two passes. A closure, because it is made where the kind of rows is known: a generic class behind a common
    /// superclass or protocol would run unspecialised.
    private let nextRow: Passes

    private typealias Passes = (inout AnyRowSource, inout MutableSpan<UInt8>) throws(ImageError) -> Void

    /// - Precondition: the weights are made for the size of `source`.
    public init(
        _ source: consuming AnyRowSource, horizontal: AxisWeights, vertical: AxisWeights,
        order: Order = .verticalFirst
    ) {
        precondition(source.size == Size(horizontal.source, vertical.source), "weights for another size")
        size = Size(horizontal.target, vertical.target)
        pixelFormat = source.pixelFormat
        nextRow = Self.passes(pixelFormat.layout, horizontal, vertical, order, source.picture?.pixels)
        self.source = source
    }

    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        precondition(row.count == bytesPerRow)
        try nextRow(&source, &row)
    }

    /// The passes in the narrowest rows that are exact enough.
    ///
    /// - Parameter pixels: the source's, if they are in memory.
    private static func passes(
        _ layout: SampleLayout, _ horizontal: AxisWeights, _ vertical: AxisWeights, _ order: Order, _ pixels: [UInt8]?
    ) -> Passes {
        let (first, second) = order == .horizontalFirst ? (horizontal, vertical) : (vertical, horizontal)
        func precision(_ room: Precision.Room) -> Precision? {
            Precision(room, layout: layout, first: first, second: second)
        }
        func plan(_ precision: Precision) -> PassPlan {
            PassPlan(layout: layout, horizontal: horizontal, vertical: vertical, precision: precision)
        }
        if !layout.isWide, !layout.hasAlpha, let narrow = precision(.narrow), narrow.isAmple {
            return passes(UInt8.self, plan(narrow), order, pixels, picture: pixels)
        }
        if layout == .rgba8, let product = precision(.product), product.isAmple {
            // Where rows are in hardly more than one window, it is faster to make them products as they are weighed than in a pass of its own; not if
            // that is one of copying them.
            if order == .verticalFirst, let pixels, vertical.overlap < 1.25, AlphaBytes.isFaster,
                VerticalPass<AlphaBytes>.weighsInPlace(vertical, width: 4 * horizontal.source)
            {
                return verticalFirst(AlphaBytes.self, plan(product), pixels, picture: pixels)
            }
            return passes(Product.self, plan(product), order, pixels)
        }
        // The bound grows with the number of weights, the error itself with its square root. Where a picture of 8 bits with alpha is shrunk so
        // far that the bound is no longer small, hundreds of weights a pixel keep the error far below a unit, and 64 bits take ten times as long.
        if !layout.isWide || !layout.hasAlpha, let wide = precision(.wide), wide.isAmple || !layout.isWide {
            return passes(UInt16.self, plan(wide), order, pixels)
        }
        if layout.isWide, layout.hasAlpha, let faint = precision(.faint), faint.isAmple {
            return passes(Int32.self, plan(faint), order, pixels)
        }
        guard let widest = precision(.widest) else { preconditionFailure("64 bits hold every sample") }
        return passes(Int64.self, plan(widest), order, pixels)
    }

    @inline(__always)
    private static func passes<Row: ResampleSource & ResampleRow>(
        _: Row.Type, _ plan: PassPlan, _ order: Order, _ pixels: [UInt8]?, picture: [Row.Sample]? = nil
    ) -> Passes
    where Row.Result: ResampleRow, Row.Result.Result: ResampleResult {
        switch order {
        case .verticalFirst:
            return verticalFirst(Row.self, plan, pixels, picture: picture)
        case .horizontalFirst:
            var passes = HorizontalFirst<Row>(plan)
            return { source, row throws(ImageError) in try passes.readRow(from: &source, into: &row) }
        }
    }

    @inline(__always)
    private static func verticalFirst<Row: ResampleSource>(
        _: Row.Type, _ plan: PassPlan, _ pixels: [UInt8]?, picture: [Row.Sample]?
    ) -> Passes
    where Row.Result: ResampleRow, Row.Result.Result: ResampleResult {
        var passes = VerticalFirst<Row>(plan, pixels: pixels, picture: picture)
        return { source, row throws(ImageError) in try passes.readRow(from: &source, into: &row) }
    }
}

extension PixelFormat {
    /// The same for kernels, which know nothing of images.
    var layout: SampleLayout {
        SampleLayout(channels: channels, isWide: bitDepth > 8, hasAlpha: hasAlpha)
    }
}
