import Testing
import TintypeKernels

@Suite struct PixelDepthTests {
    /// Every 16-bit sample, beside the division as it is defined: v / 257, rounded to the nearest.
    @Test(arguments: CPUTier.available)
    func everySampleIsRounded(_ tier: CPUTier) {
        let wide = (0...0xFFFF).flatMap { [UInt8($0 & 255), UInt8($0 >> 8)] }
        var narrow = [UInt8](repeating: 9, count: 0x1_0000)
        var span = narrow.mutableSpan
        PixelDepth.narrow(wide.span, into: &span, tier: tier)
        for v in 0...0xFFFF { #expect(Int(narrow[v]) == Int((Double(v) / 257).rounded())) }
    }

    /// Rows whose ends fall at every place of a vector come back as they were.
    @Test(arguments: CPUTier.available)
    func rowsComeBack(_ tier: CPUTier) {
        for count in 0...100 {
            let row = (0..<count).map { UInt8(truncatingIfNeeded: 255 - 7 * $0) }
            var wide = [UInt8](repeating: 9, count: 2 * count)
            var wideSpan = wide.mutableSpan
            PixelDepth.widen(row.span, into: &wideSpan, tier: tier)
            #expect(wide == row.flatMap { [$0, $0] })
            var back = [UInt8](repeating: 9, count: count)
            var backSpan = back.mutableSpan
            PixelDepth.narrow(wide.span, into: &backSpan, tier: tier)
            #expect(back == row)
        }
    }
}
