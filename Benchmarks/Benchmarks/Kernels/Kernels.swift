import Benchmark

let benchmarks: @Sendable () -> Void = {
    jpegDecoding()
    jpegEncoding()
    pngLines()
    resampling()
}

/// Pixels of a row: few enough for the first-level cache, and no multiple of a vector.
let width = 1021

/// Numbers that look random, always the same.
func noise<Number: FixedWidthInteger>(_ count: Int, in range: ClosedRange<Int>) -> [Number] {
    var state: UInt64 = 1
    return (0..<count).map { _ in
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Number(range.lowerBound + Int(state >> 40) % range.count)
    }
}
