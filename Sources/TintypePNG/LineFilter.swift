internal import TintypeKernels

/// Chooses a filter for each line (PNG §12.7): the one whose bytes have the least sum of absolute values.
struct LineFilter {
    /// The filter type byte and the bytes of the line last taken, empty after `clear()`.
    private(set) var filtered: [UInt8]
    private var candidate: [UInt8]
    private var prior: [UInt8]
    private let filters: ClosedRange<UInt8>
    private let bytesPerPixel: Int

    /// - Parameter adaptive: false for no filter at all, as is best for lines that are not compressed.
    init(adaptive: Bool, bytes: Int, bytesPerPixel: Int) {
        filtered = [UInt8](repeating: 0, count: bytes + 1)
        candidate = filtered
        prior = [UInt8](repeating: 0, count: bytes)
        self.bytesPerPixel = bytesPerPixel
        filters = adaptive ? 0...4 : 0...0
    }

    mutating func take(_ line: [UInt8]) {
        take(line.span)
    }

    /// Filters a line as long as all others.
    mutating func take(_ line: Span<UInt8>) {
        var least = UInt32.max
        for filter in filters {
            let score = Self.apply(filter, line, prior, bytesPerPixel, into: &candidate)
            if score < least || filter == filters.lowerBound {
                least = score
                swap(&filtered, &candidate)
            }
        }
        var kept = prior.mutableSpan
        precondition(kept.count == line.count)
        for i in line.indices { kept[i] = line[i] }
    }

    private static func apply(
        _ filter: UInt8, _ line: Span<UInt8>, _ prior: [UInt8], _ bytesPerPixel: Int, into target: inout [UInt8]
    ) -> UInt32 {
        target[0] = filter
        var whole = target.mutableSpan
        var bytes = whole._mutatingExtracting(1..<whole.count)
        return PNGFilter.apply(filter, line, prior: prior.span, bytesPerPixel: bytesPerPixel, into: &bytes)
    }

    mutating func clear() {
        filtered = []
    }
}
