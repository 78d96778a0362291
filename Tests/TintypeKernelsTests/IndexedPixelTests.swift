import TestSupport
import Testing
import TintypeKernels

@Suite struct IndexedPixelTests {
    /// Pixel by pixel: what is drawn, what holes leave, and what lies beside it. Runs, of holes too, begin and end at every place of eight.
    @Test(arguments: [false, true])
    func draws(_ hasHoles: Bool) {
        var random = SplitMix64(seed: hasHoles ? 1 : 2)
        var colors = (0..<256).map { _ in UInt32.random(in: 1 ... .max, using: &random) }
        colors[7] = 0
        for round in 0..<300 {
            let count = round % 61
            let (before, x, after) = (
                Int.random(in: 0...9, using: &random), Int.random(in: 0...9, using: &random),
                Int.random(in: 0...2, using: &random)
            )
            var indexes: [UInt8] = []
            while indexes.count < before + count {
                let index = Bool.random(using: &random) ? 7 : UInt8.random(in: 0...255, using: &random)
                indexes += [UInt8](repeating: index, count: Int.random(in: 1...20, using: &random))
            }
            var row = (0..<4 * (x + count + after)).map { _ in UInt8.random(in: 0...255, using: &random) }
            var expected = row
            for i in 0..<count {
                let color = colors[Int(indexes[before + i])]
                if hasHoles && color == 0 { continue }
                for k in 0..<4 { expected[4 * (x + i) + k] = UInt8(truncatingIfNeeded: color >> UInt32(8 * k)) }
            }
            var span = row.mutableSpan
            IndexedPixels.draw(
                indexes.span, before..<before + count, colors: colors.span, hasHoles: hasHoles, on: &span, from: x)
            #expect(row == expected, "\(count) from \(before) on \(x)")
        }
    }
}
