import TestSupport
import Testing
import TintypeKernels

/// Every tier of a kernel gives the bytes of the portable one, which other tests compare with slow oracles.
@Suite struct TierTests {
    @Test func environmentForcesPortable() {
        #expect(CPUTier.available.first == .portable)
        #expect(CPUTier.available.contains(.current))
    }

    /// All pairs of chroma with lumas from both ends, in rows whose ends fall at every place of a vector.
    @Test(arguments: CPUTier.available, [1, 31, 32, 33, 95, 255, 256])
    func colorConversion(_ tier: CPUTier, _ width: Int) {
        let cr = (0..<width).map { UInt8(truncatingIfNeeded: $0) }
        for blueness in 0...255 {
            let cb = [UInt8](repeating: UInt8(blueness), count: width)
            for luma in [0, 1, 100, 254, 255] as [UInt8] {
                let y = (0..<width).map { luma ^ UInt8(truncatingIfNeeded: $0 & 3) }
                var expected = [UInt8](repeating: 7, count: 3 * width + 2)
                var row = expected
                fill(&expected, y, cb, cr, .portable)
                fill(&row, y, cb, cr, tier)
                #expect(row == expected)
            }
        }
    }

    private func fill(_ row: inout [UInt8], _ y: [UInt8], _ cb: [UInt8], _ cr: [UInt8], _ tier: CPUTier) {
        var span = row.mutableSpan
        convertYCbCrToRGB(y.span, cb.span, cr.span, into: &span, tier: tier)
    }
}
