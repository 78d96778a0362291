public import TintypeCore
import TintypeKernels

/// Resamples rows as they pass: a source of one size becomes a source of another.
///
/// Every sample of the result is within 1 of the exact one (the sum over both axes in real numbers, rounded once), for 8 and 16
/// bits. All arithmetic is in integers, so the result is the same to the bit on every machine. Colour is
/// weighed by its alpha, and where the result's alpha is 0 its colour is 0 too.
///
/// It never holds the source: only some rows or sums of rows, see `Order`. Source rows above the first one needed are pulled
/// and dropped, those below the last one needed are never pulled.
public struct Resampler: RowSource, ~Copyable {
    /// Which axis goes first. Both are within 1 of the exact result, but they need not be the same to the bit.
    public enum Order: Sendable, Hashable {
        /// Holds rows of the target's width: for strong shrinks of wide sources.
        case horizontalFirst
        /// Holds rows of the source's width.
        ///
        /// Resampling the transposed picture with it, and with the weights of the axes exchanged, gives the transposed result of
        /// `horizontalFirst`, bit for bit. So a picture can be turned by 90° after resampling instead of before.
        case verticalFirst
    }

    public let size: Size
    public let pixelFormat: PixelFormat
    private var source: AnyRowSource
    private let engine: ResampleEngine

    /// - Precondition: the weights are made for the size of `source`.
    public init(
        _ source: consuming AnyRowSource, horizontal: AxisWeights, vertical: AxisWeights,
        order: Order = .horizontalFirst
    ) {
        precondition(source.size == Size(horizontal.source, vertical.source), "weights for another size")
        size = Size(horizontal.target, vertical.target)
        pixelFormat = source.pixelFormat
        engine = Self.engine(pixelFormat.layout, horizontal, vertical, order)
        self.source = source
    }

    public mutating func readRow(into row: inout MutableSpan<UInt8>) throws(ImageError) {
        precondition(row.count == bytesPerRow)
        try engine.readRow(from: &source, into: &row)
    }

    /// The engine of the narrowest samples that are exact enough.
    private static func engine(
        _ layout: SampleLayout, _ horizontal: AxisWeights, _ vertical: AxisWeights, _ order: Order
    ) -> ResampleEngine {
        let (first, second) = order == .horizontalFirst ? (horizontal, vertical) : (vertical, horizontal)
        func make<Sample: ResampleSample>(_ sample: Sample.Type, _ precision: Precision) -> ResampleEngine {
            TypedEngine<Sample>(
                layout: layout, horizontal: horizontal, vertical: vertical, order: order, precision: precision)
        }
        if let narrow = Precision(Int16.self, layout: layout, first: first, second: second), narrow.isAmple {
            return make(Int16.self, narrow)
        }
        if let wide = Precision(Int32.self, layout: layout, first: first, second: second), wide.isAmple {
            return make(Int32.self, wide)
        }
        guard let widest = Precision(Int64.self, layout: layout, first: first, second: second) else {
            preconditionFailure("64 bits hold every sample")
        }
        return make(Int64.self, widest)
    }
}

extension PixelFormat {
    /// The same for kernels, which know nothing of images.
    var layout: SampleLayout {
        SampleLayout(channels: channels, isWide: bitDepth > 8, hasAlpha: hasAlpha)
    }
}
