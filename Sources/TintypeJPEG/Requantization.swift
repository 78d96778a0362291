import TintypeKernels

/// Quantises packed coefficients that are as the transform leaves them, 8 times too large. The result is that of
/// quantising them at once.
struct Requantizer {
    private let layout: EncoderLayout
    /// By destination: 64 halves of divisors, 64 reciprocals, 64 shifting factors, each in zigzag order.
    private let factors: [[UInt16]]

    /// - Parameter steps: by destination, row by row of the block.
    init(_ layout: EncoderLayout, steps: [[UInt8]]) {
        self.layout = layout
        factors = steps.map {
            let divisors = JPEGForward.Divisors(steps: $0.span)
            return (0..<3 * 64).map { divisors.factors[$0 & ~63 + Int(naturalOrder[$0 & 63])] }
        }
    }

    /// The band, quantised.
    func quantize(_ band: BlockBand) -> BlockBand {
        var quantized = BlockBand()
        quantized.masks = [UInt64](repeating: 0, count: band.masks.count)
        var scratch = [Int16](repeating: 0, count: band.values.count)
        var count = 0
        for component in layout.components {
            for row in 0..<component.down {
                quantized.firstValues.append(count)
                let first = component.firstBlock + row * layout.mcusAcross * component.across
                count = Self.quantize(
                    band, first..<first + component.blocksAcross,
                    from: band.firstValues[component.firstRow + row], factors[component.sampling.quantization],
                    &quantized.masks, &scratch, at: count)
            }
        }
        quantized.values = Array(scratch[..<count])
        return quantized
    }

    private static func quantize(
        _ band: borrowing BlockBand, _ blocks: Range<Int>, from first: Int, _ factors: [UInt16],
        _ newMasks: inout [UInt64], _ newValues: inout [Int16], at start: Int
    ) -> Int {
        let (masks, values, factors) = (band.masks.span, band.values.span, factors.span)
        var newMasks = newMasks.mutableSpan
        var newValues = newValues.mutableSpan
        var (cursor, position) = (first, start)
        for index in blocks {
            var rest = masks[index]
            var kept = rest & 1
            while rest != 0 {
                let k = rest.trailingZeroBitCount & 63
                rest &= rest &- 1
                let value = values[cursor]
                cursor &+= 1
                let dividend = value.magnitude &+ factors[k]
                let quotient = multiplyHigh(multiplyHigh(dividend, factors[64 &+ k]), factors[128 &+ k])
                let sign = value &>> 15
                newValues[position] = (Int16(truncatingIfNeeded: quotient) ^ sign) &- sign
                let bit: UInt64 = quotient == 0 ? 0 : 1
                kept |= bit &<< UInt64(truncatingIfNeeded: k)
                position &+= Int(kept &>> UInt64(truncatingIfNeeded: k) & 1)
            }
            newMasks[index] = kept
        }
        return position
    }

    /// The upper half of the product.
    @inline(__always)
    private static func multiplyHigh(_ a: UInt16, _ b: UInt16) -> UInt16 {
        UInt16(truncatingIfNeeded: (UInt32(a) &* UInt32(b)) &>> 16)
    }
}
