import TestSupport
import Testing
import TintypeKernels

@Suite struct ColorMatrixTests {
    private static let one = 1 << ColorMatrix.lightBits

    /// Straight lines from samples to light and back.
    private func convert(
        _ row: [UInt8], isWide: Bool = false, hasAlpha: Bool = false, matrix: [Double], steps: Int = 16,
        light: (Double) -> Double = { $0 }
    ) -> [UInt8] {
        let full = isWide ? 65_535 : 255
        let table = (0...full).map { Int32((light(Double($0) / Double(full)) * Double(Self.one)).rounded()) }
        var factors = [9 of Int64](repeating: 0)
        for (i, factor) in matrix.enumerated() {
            factors[i] = Int64((factor * Double(1 << ColorMatrix.matrixBits)).rounded())
        }
        let scale = Double(full << ColorMatrix.sampleBits)
        let samples = (0...steps + 1).map { Int32((min(1, Double($0) / Double(steps)) * scale).rounded()) }
        var row = row
        var span = row.mutableSpan
        let light = table + table + table
        ColorMatrix.convert(
            &span, isWide: isWide, hasAlpha: hasAlpha, light: light.span, matrix: factors, samples: samples.span)
        return row
    }

    private static let identity = [1.0, 0, 0, 0, 1, 0, 0, 0, 1]

    @Test(arguments: [1, 16, 4096])
    func theIdentityKeepsEverySample(_ steps: Int) {
        var row: [UInt8] = []
        for i in 0..<256 { row += [UInt8(i), UInt8(255 - i), UInt8(i ^ 0x55), UInt8(i)] }
        #expect(convert(row, hasAlpha: true, matrix: Self.identity, steps: steps) == row)
        var wide: [UInt8] = []
        for i in stride(from: 0, to: 65_536, by: 4) { wide += [UInt8(i & 0xFF), UInt8(i >> 8)] }
        wide.removeLast(wide.count % 6)
        #expect(convert(wide, isWide: true, matrix: Self.identity, steps: steps) == wide)
    }

    @Test func channelsAreMixedAsTheMatrixSays() {
        let rotated = [0.0, 1, 0, 0, 0, 1, 1, 0, 0]
        #expect(
            convert([10, 20, 30, 9, 40, 50, 60, 8], hasAlpha: true, matrix: rotated) == [20, 30, 10, 9, 50, 60, 40, 8])
        let mixed = [0.5, 0.5, 0, 0.25, 0.25, 0.5, 1, -0.5, 0]
        #expect(convert([100, 50, 200], matrix: mixed) == [75, 138, 75])
        #expect(
            convert([0x10, 0x27, 0, 0, 0x10, 0x27], isWide: true, matrix: mixed) == [
                0x88, 0x13, 0x4C, 0x1D, 0x10, 0x27,
            ])
    }

    @Test(arguments: [65_536.0, -65_536])
    func extremesAreCutOff(_ factor: Double) {
        let matrix = [Double](repeating: factor, count: 9)
        let light: (Double) -> Double = { $0 * 8 - 4 }
        let (low, high): (UInt8, UInt8) = factor > 0 ? (0, 255) : (255, 0)
        #expect(convert([0, 0, 0, 255, 255, 255], matrix: matrix, light: light) == [low, low, low, high, high, high])
    }

    @Test func noPixelsAreFine() {
        #expect(convert([], matrix: Self.identity).isEmpty)
    }

    @Test(arguments: [true, false])
    func aCurveInItsPlaceIsTheSameCurve(_ isWide: Bool) {
        let table = (0..<(isWide ? 65_536 : 256)).map { UInt16(($0 * 7 + 3) & (isWide ? 0xFFFF : 0xFF)) }
        var random = SplitMix64(seed: 2)
        let row = (0..<64).map { _ in UInt8.random(in: 0...255, using: &random) }
        for (channels, hasAlpha) in [(1, false), (2, true), (4, true)] {
            var expected = row
            var target = expected.mutableSpan
            PixelCurve.apply(
                table.span, to: row.span, isWide: isWide, channels: channels, hasAlpha: hasAlpha, into: &target,
                isTargetWide: isWide)
            var changed = row
            var span = changed.mutableSpan
            PixelCurve.apply(table.span, inPlace: &span, isWide: isWide, channels: channels, hasAlpha: hasAlpha)
            #expect(changed == expected)
        }
    }
}
