/// How many coefficients a quantisation leaves, by its scale.
///
/// The bits of a picture are nearly proportional to that number (He and Mitra, "A unified rate-distortion analysis
/// framework for transform coding", 2001), so it tells how large a part of the bits is those of a sample. Of large pictures
/// not all blocks are looked at.
struct SurvivorCounts {
    /// For each sixteenth of an octave of scales, the coefficients that no larger scale than these leaves, and all that
    /// larger ones leave.
    private var counts = [Int](repeating: 0, count: buckets)
    private static let buckets = 32 * 16

    /// - Parameters:
    ///   - bands: not quantised.
    ///   - stride: one of so many blocks is looked at, and counts for them all.
    init(_ bands: [BlockBand], _ layout: EncoderLayout, stride: Int) {
        let tables = [StandardQuantization.luminance, StandardQuantization.chrominance].map { table in
            // A coefficient is left if it is at least 4 × step, and the step is the table's × scale ∕ 6,400.
            (0..<64).map { 64 * 1_600 / UInt32(table[Int(naturalOrder[$0])]) }
        }
        for band in bands {
            for component in layout.components {
                for row in 0..<component.down {
                    let first = component.firstBlock + row * layout.mcusAcross * component.across
                    Self.add(
                        band, first..<first + component.blocksAcross,
                        from: band.firstValues[component.firstRow + row], tables[component.sampling.quantization],
                        stride, to: &counts)
                }
            }
        }
        for i in counts.indices.dropLast().reversed() { counts[i] += counts[i + 1] }
        for i in counts.indices { counts[i] *= stride }
    }

    /// The coefficients that are left at a scale of `FineQuality`.
    func count(at scale: Int) -> Int { counts[Self.bucket(64 * UInt32(max(1, scale)))] }

    private static func add(
        _ band: borrowing BlockBand, _ blocks: Range<Int>, from first: Int, _ factors: [UInt32], _ stride: Int,
        to counts: inout [Int]
    ) {
        let (masks, values, factors) = (band.masks.span, band.values.span, factors.span)
        var counts = counts.mutableSpan
        var cursor = first
        var untilNext = 0
        for index in blocks {
            var rest = masks[index]
            if untilNext > 0 {
                untilNext &-= 1
                cursor &+= rest.nonzeroBitCount
                continue
            }
            untilNext = stride &- 1
            while rest != 0 {
                let factor = factors[rest.trailingZeroBitCount & 63]
                rest &= rest &- 1
                counts[bucket(UInt32(values[cursor].magnitude) &* factor)] &+= 1
                cursor &+= 1
            }
        }
    }

    /// The exponent of a number and the four bits after its first.
    @inline(__always)
    private static func bucket(_ value: UInt32) -> Int {
        let value = value | 16
        let exponent = 31 &- value.leadingZeroBitCount
        return exponent &* 16 &+ Int(value &>> UInt32(truncatingIfNeeded: exponent &- 4) & 15)
    }
}
