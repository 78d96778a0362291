import TintypeKernels

/// Quantises packed coefficients that are as the transform leaves them, 8 times too large. The result is that of
/// quantising them at once.
struct Requantizer {
    private let layout: EncoderLayout
    /// By destination: 64 halves of divisors, 64 reciprocals, 64 shifting factors, each in zigzag order.
    private let factors: [[UInt16]]
    /// Room for the values of a band.
    private var room: [Int16] = []

    /// - Parameter steps: by destination, row by row of the block.
    init(_ layout: EncoderLayout, steps: [[UInt8]]) {
        self.layout = layout
        factors = steps.map {
            let divisors = JPEGForward.Divisors(steps: $0.span)
            return (0..<3 * 64).map { divisors.factors[$0 & ~63 + Int(naturalOrder[$0 & 63])] }
        }
    }

    /// The band, quantised.
    mutating func quantize(_ band: BlockBand) -> BlockBand {
        var quantized = BlockBand()
        quantized.masks = [UInt64](repeating: 0, count: band.masks.count)
        if room.count < band.values.count { room = [Int16](repeating: 0, count: band.values.count) }
        var count = 0
        for component in layout.components {
            for row in 0..<component.down {
                quantized.firstValues.append(count)
                let first = component.firstBlock + row * layout.mcusAcross * component.across
                count += Self.quantize(
                    band, first..<first + component.blocksAcross,
                    from: band.firstValues[component.firstRow + row], factors[component.sampling.quantization],
                    &quantized.masks, &room, at: count)
            }
        }
        quantized.values = Array(room[..<count])
        return quantized
    }

    private static func quantize(
        _ band: borrowing BlockBand, _ blocks: Range<Int>, from first: Int, _ factors: [UInt16],
        _ newMasks: inout [UInt64], _ newValues: inout [Int16], at start: Int
    ) -> Int {
        let values = band.values.span
        var allMasks = newMasks.mutableSpan
        var masks = allMasks._mutatingExtracting(blocks)
        var allValues = newValues.mutableSpan
        var room = allValues._mutatingExtracting(start..<allValues.count)
        return JPEGForward.requantizeBlocks(
            band.masks.span.extracting(blocks), values.extracting(first..<values.count), factors: factors.span,
            newMasks: &masks, newValues: &room)
    }
}
