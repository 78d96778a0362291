import TestSupport
import Testing
import TintypeKernels

@Suite struct JPEGInverseTests {
    /// T.81 §A.3.3 in double precision: within 1 of it on blocks that a real picture could have.
    @Test(arguments: 0..<40 as Range<UInt64>)
    func inverseDCTIsNearTheTextbook(_ seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let blocks = Int.random(in: 1...5, using: &random)
        var coefficients = [Int16](repeating: 0, count: 64 * blocks + 3)
        let reach = [0, 1, 5, 63][Int(seed % 4)]
        for block in 0..<blocks {
            coefficients[3 + 64 * block] = Int16.random(in: -60...60, using: &random)
            // All over the block, or in its corner of 4×4.
            let (rows, columns) = [(8, 8), (4, 4)][Int.random(in: 0..<2, using: &random)]
            for _ in 0..<reach {
                let place = 8 * Int.random(in: 0..<rows, using: &random) + Int.random(in: 0..<columns, using: &random)
                coefficients[3 + 64 * block + place] = Int16.random(in: -3...3, using: &random)
            }
        }
        let steps = (0..<64).map { _ in Int16.random(in: 1...16, using: &random) }
        let stride = 8 * blocks + 5
        var samples = [UInt8](repeating: 7, count: 8 * stride + 2)
        var span = samples.mutableSpan
        inverseDCT(
            coefficients.span, from: 3, blocks: blocks, quantization: steps.span, into: &span, at: 2, stride: stride)
        for block in 0..<blocks {
            let exact = TextbookDCT.inverse(
                (0..<64).map { Double(coefficients[3 + 64 * block + $0]) * Double(steps[$0]) })
            for i in 0..<64 {
                let sample = samples[2 + i / 8 * stride + 8 * block + i % 8]
                #expect(abs(Double(sample) - min(max(exact[i] + 128, 0), 255)) <= 1)
            }
        }
        #expect(samples[0] == 7 && samples[1] == 7 && samples[2 + 8 * blocks] == 7)
    }

    /// Broken files hold anything: out of range values saturate, and nothing traps.
    @Test func extremesSaturate() {
        for dc in [Int16.min, -2000, 2000, .max] {
            for step in [Int16.min, -1, 1, 255, .max] {
                for ac in [Int16.min, 0, .max] {
                    var coefficients = [Int16](repeating: ac, count: 64)
                    coefficients[0] = dc
                    var samples = [UInt8](repeating: 0, count: 64)
                    var span = samples.mutableSpan
                    inverseDCT(
                        coefficients.span, from: 0, blocks: 1, quantization: [Int16](repeating: step, count: 64).span,
                        into: &span, at: 0, stride: 8)
                    if ac == 0 && step == 1 && abs(Int(dc)) == 2000 { #expect(samples[9] == (dc < 0 ? 0 : 255)) }
                }
            }
        }
    }

    /// The triangle filter written as its definition: ¾ and ¼, or their products, with the alternating constants.
    @Test(arguments: 3..<40)
    func triangleFilters(_ width: Int) {
        var random = SplitMix64(seed: UInt64(width))
        let near = (0..<width).map { _ in UInt8.random(in: 0...255, using: &random) }
        let far = (0..<width).map { _ in UInt8.random(in: 0...255, using: &random) }
        func at(_ row: [Int], _ i: Int) -> Int { row[min(max(i, 0), width - 1)] }
        let plain = near.map(Int.init)
        let column = (0..<width).map { 3 * Int(near[$0]) + Int(far[$0]) }
        var one = [UInt8](repeating: 0, count: 2 * width + 1)
        var both = one
        var span = one.mutableSpan
        upsampleWidth2(near.span, into: &span, at: 1)
        var bothSpan = both.mutableSpan
        upsampleBoth2(near.span, far.span, into: &bothSpan, at: 1)
        for x in 0..<2 * width {
            let (i, neighbour) = (x / 2, x % 2 == 0 ? x / 2 - 1 : x / 2 + 1)
            #expect(Int(one[1 + x]) == (3 * plain[i] + at(plain, neighbour) + (x % 2 == 0 ? 1 : 2)) / 4)
            #expect(Int(both[1 + x]) == (3 * column[i] + at(column, neighbour) + (x % 2 == 0 ? 8 : 7)) / 16)
        }
        for below in [false, true] {
            var out = [UInt8](repeating: 0, count: width)
            var outSpan = out.mutableSpan
            upsampleHeight2(near.span, far.span, below: below, into: &outSpan, at: 0)
            #expect(out.map(Int.init) == column.map { ($0 + (below ? 2 : 1)) / 4 })
        }
        for times in 1...4 {
            var out = [UInt8](repeating: 0, count: width * times)
            var outSpan = out.mutableSpan
            repeatSamples(near.span, times: times, into: &outSpan, at: 0)
            #expect(out == near.flatMap { [UInt8](repeating: $0, count: times) })
        }
    }

    /// All of YCbCr, coarsely: within 1 of the real-valued formula of JFIF 1.02.
    @Test func colourIsNearTheFormula() {
        let steps = Array(stride(from: 0, through: 255, by: 15)).map(UInt8.init)
        for y in steps {
            for cb in steps {
                let ys = steps.map { _ in y }
                let cbs = steps.map { _ in cb }
                var rgb = [UInt8](repeating: 0, count: 3 * steps.count)
                var cmyk = [UInt8](repeating: 0, count: 4 * steps.count)
                var span = rgb.mutableSpan
                convertYCbCrToRGB(ys.span, cbs.span, steps.span, into: &span)
                var inks = cmyk.mutableSpan
                convertYCCKToCMYK(ys.span, cbs.span, steps.span, steps.span, into: &inks)
                for (i, cr) in steps.enumerated() {
                    let (l, b, r) = (Double(y), Double(cb) - 128, Double(cr) - 128)
                    let exact = [l + 1.402 * r, l - 0.344136 * b - 0.714136 * r, l + 1.772 * b]
                    for c in 0..<3 {
                        #expect(abs(Double(rgb[3 * i + c]) - min(max(exact[c], 0), 255)) <= 1)
                        #expect(cmyk[4 * i + c] == 255 - rgb[3 * i + c])
                    }
                    #expect(cmyk[4 * i + 3] == cr)
                }
            }
        }
    }
}
