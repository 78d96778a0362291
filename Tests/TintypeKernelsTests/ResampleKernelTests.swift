import TestSupport
import Testing
import TintypeKernels

/// The kernels of the resampler against sums in wide integers, on random and on extreme values.
@Suite("Kernels: resampling")
struct ResampleKernelTests {
    private func random<Sample: ResampleSample>(
        _ count: Int, upTo bound: Sample, using random: inout SplitMix64
    ) -> [Sample] {
        (0..<count).map { i in
            switch i % 5 {
            case 0: bound
            case 1: -bound
            default: Sample.random(in: -bound...bound, using: &random)
            }
        }
    }

    private func rounded<Sample: ResampleSample>(_ sum: Int128, _ shift: Int) -> Sample {
        let half = Int128(1) << Int128(shift - 1)
        return Sample(clamping: (sum + half) >> Int128(shift))
    }

    private func columns<Sample: ResampleSample>(_: Sample.Type, bound: Sample, weight: Sample) {
        var generator = SplitMix64(seed: 31)
        for planes in 1...4 {
            for count in [0, 1, 5, 33] {
                let taps = Sample.tapStep * Int.random(in: 1...5, using: &generator)
                let rowStride = taps + 20
                let row = random(planes * rowStride, upTo: bound, using: &generator)
                let weights = random(count * taps, upTo: weight, using: &generator)
                let starts = (0..<count).map { _ in Int.random(in: 0...20, using: &generator) }
                for shift in [1, 7, Sample.bitWidth - 1] {
                    var target = [Sample](repeating: 1, count: planes * count)
                    var span = target.mutableSpan
                    Sample.weighColumns(
                        row.span, planes: planes, rowStride: rowStride, starts: starts.span, taps: taps,
                        weights: weights.span, shift: shift, into: &span)
                    var expected: [Sample] = []
                    for p in 0..<planes {
                        for i in 0..<count {
                            var sum: Int128 = 0
                            for k in 0..<taps {
                                sum += Int128(row[p * rowStride + starts[i] + k]) * Int128(weights[i * taps + k])
                            }
                            expected.append(rounded(sum, shift))
                        }
                    }
                    #expect(target == expected)
                }
            }
        }
    }

    private func rows<Sample: ResampleSample>(_: Sample.Type, bound: Sample, weight: Sample) {
        var generator = SplitMix64(seed: 32)
        for width in [0, 1, 7, 16, 100] {
            let samples = random(5 * width + 3, upTo: bound, using: &generator)
            let offsets: [4 of Int] = [0, width, 3 * width + 3, 4 * width + 3]
            let factors = random(8, upTo: weight, using: &generator)
            var sums = [Sample.Sum](repeating: 77, count: width)
            var expected = [Int128](repeating: 0, count: width)
            for step in 0..<2 {
                var weights: [4 of Sample] = [0, 0, 0, 0]
                for j in 0..<4 {
                    weights[j] = factors[4 * step + j]
                    for i in 0..<width { expected[i] += Int128(samples[offsets[j] + i]) * Int128(weights[j]) }
                }
                var span = sums.mutableSpan
                Sample.weighRows(
                    samples.span, offsets: offsets, weights: weights, isFirst: step == 0, into: &span)
            }
            #expect(sums.map { Int128($0) } == expected)
            for shift in [1, 5, Sample.bitWidth - 2] {
                var target = [Sample](repeating: 0, count: width)
                var span = target.mutableSpan
                Sample.round(sums.span, shift: shift, into: &span)
                #expect(target == expected.map { rounded($0, shift) })
            }
        }
    }

    @Test func sixteenBits() {
        columns(Int16.self, bound: .max, weight: 1600)
        columns(Int16.self, bound: 255, weight: .max)
        rows(Int16.self, bound: 8000, weight: .max)
    }

    @Test func thirtyTwoBits() {
        columns(Int32.self, bound: 65_025 << 13, weight: 1 << 28)
        columns(Int32.self, bound: 65_025, weight: .max)
        rows(Int32.self, bound: 65_025 << 14, weight: 1 << 29)
    }

    @Test func sixtyFourBits() {
        columns(Int64.self, bound: 65_535 * 65_535 << 20, weight: 1 << 50)
        rows(Int64.self, bound: 65_535 * 65_535 << 20, weight: 1 << 50)
    }

    private static let layouts = [1, 2, 3, 4].flatMap { channels in
        [false, true].flatMap { wide in
            (channels % 2 == 0 ? [false, true] : [false]).map {
                SampleLayout(channels: channels, isWide: wide, hasAlpha: $0)
            }
        }
    }

    @Test(arguments: layouts)
    func samplesThereAndBack(layout: SampleLayout) {
        thereAndBack(Int64.self, layout)
        if !(layout.isWide && layout.hasAlpha) { thereAndBack(Int32.self, layout) }
        if !layout.isWide && !layout.hasAlpha { thereAndBack(Int16.self, layout) }
    }

    private func thereAndBack<Sample: ResampleSample>(_: Sample.Type, _ layout: SampleLayout) {
        var generator = SplitMix64(seed: 33)
        let (pixels, stride) = (57, 60)
        var bytes = (0..<pixels * layout.bytesPerPixel).map { _ in UInt8.random(in: 0...255, using: &generator) }
        for i in 0..<2 * layout.bytesPerPixel { bytes[i] = i < layout.bytesPerPixel ? 255 : 0 }
        var planes = [Sample](repeating: 5, count: stride * layout.channels)
        var span = planes.mutableSpan
        Sample.unpack(bytes.span, layout: layout, rowStride: stride, into: &span)
        let full = layout.isWide ? 65_535 : 255
        func sample(_ i: Int, _ c: Int) -> Int {
            let at = i * layout.channels + c
            return layout.isWide ? Int(bytes[2 * at]) | Int(bytes[2 * at + 1]) << 8 : Int(bytes[at])
        }
        var packed: [Sample] = []
        for c in 0..<layout.channels {
            for i in 0..<pixels {
                let isAlpha = c == layout.channels - 1
                let factor = layout.hasAlpha ? (isAlpha ? full : sample(i, layout.channels - 1)) : 1
                let value = planes[c * stride + i]
                #expect(Int(value) == sample(i, c) * factor)
                packed.append(layout.hasAlpha ? value << Sample(alphaFractionBits) : value)
            }
            for i in pixels..<stride { #expect(planes[c * stride + i] == 5) }
        }
        var result = [UInt8](repeating: 9, count: bytes.count)
        var target = result.mutableSpan
        Sample.pack(packed.span, layout: layout, into: &target)
        if layout.hasAlpha {
            for i in 0..<pixels where sample(i, layout.channels - 1) == 0 {
                for b in 0..<layout.bytesPerPixel { bytes[i * layout.bytesPerPixel + b] = 0 }
            }
        }
        #expect(result == bytes)
    }

    @Test func packClamps() {
        let planes: [Int32] = [-5, 0, 255, 256, 70_000, .max, .min]
        var bytes = [UInt8](repeating: 9, count: 7)
        var span = bytes.mutableSpan
        Int32.pack(planes.span, layout: SampleLayout(channels: 1, isWide: false, hasAlpha: false), into: &span)
        #expect(bytes == [0, 0, 255, 255, 255, 255, 0])
        let narrow: [Int16] = [-5, 0, 255, 256, .max, .min]
        bytes = [UInt8](repeating: 9, count: 6)
        span = bytes.mutableSpan
        Int16.pack(narrow.span, layout: SampleLayout(channels: 3, isWide: false, hasAlpha: false), into: &span)
        // Planes of two samples: red −5, 0; green 255, 256; blue the largest and the smallest.
        #expect(bytes == [0, 255, 255, 0, 255, 0])
    }

    @Test func packDividesByAlpha() {
        let one = 255 << alphaFractionBits
        // Grey under alpha: overshoot of either kind, alpha just below and just above a half, alpha of 3.
        let alphas: [Int] = [300 * one, 20 * one, one / 2 - 1, one / 2 + 1, 3 * one]
        let colours: [Int] = [600 * one, -7, one / 5, one / 5, 3 * one * 77 / 255]
        let planes = (colours + alphas).map { Int32($0) }
        var bytes = [UInt8](repeating: 9, count: 10)
        var span = bytes.mutableSpan
        Int32.pack(planes.span, layout: SampleLayout(channels: 2, isWide: false, hasAlpha: true), into: &span)
        #expect(bytes == [255, 255, 0, 20, 0, 0, 102, 1, 77, 3])
    }
}
