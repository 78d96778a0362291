import Stages
import TintypeKernels

func resampling() {
    let opaque = SampleLayout(channels: 3, isWide: false, hasAlpha: false)
    passes("8 bits", UInt8.self, opaque, in: 0...255, weight: 600, shifts: (8, 12))
    let wide = SampleLayout(channels: 3, isWide: true, hasAlpha: false)
    passes("16 bits", UInt16.self, wide, in: 0...65_535, weight: 1 << 20, shifts: (14, 27))
    passes("8 bits with alpha", Product.self, .rgba8, in: -32_767...32_258, weight: 600, shifts: (14, 3))
    stage("8 bits with alpha rows weighed as bytes") {
        let rows: [UInt8] = noise(3 * 4 * width, in: 0...255)
        let weights: [Int16] = noise(4, in: 0...600)
        let offsets = [0, 1, 2, 2].map { $0 * 4 * width }
        var row: [Int16] = noise(4 * width, in: 0...0)
        return {
            var target = row.mutableSpan
            AlphaBytes.weighRows(rows.span, offsets: offsets.span, weights: weights.span, shift: 14, into: &target)
        }
    }
    stage("8 bits with alpha rows for two, two of four unpacked") {
        let bytes: [UInt8] = noise(2 * 4 * width, in: 0...255)
        var rows: [Int16] = noise(4 * 4 * width, in: -32_767...32_258)
        let weights: [Int16] = noise(8, in: 0...600)
        let offsets = [0, 1, 2, 3].map { $0 * 4 * width }
        var row: [Int16] = noise(2 * 4 * width, in: 0...0)
        return {
            var held = rows.mutableSpan
            var target = row.mutableSpan
            Product.weighRowsForTwo(
                &held, unpacking: bytes.span, layout: .rgba8, to: 2..<4, offsets: offsets.span, weights: weights.span,
                shift: 14, into: &target)
        }
    }
    let wideAlpha = SampleLayout(channels: 4, isWide: true, hasAlpha: true)
    passes("16 bits with alpha", Int32.self, wideAlpha, in: 0...1 << 26, weight: 1 << 18, shifts: (24, 24))
}

/// Both passes of one kind of rows, what makes them of bytes, and what makes bytes of them.
private func passes<Row: ResampleSource>(
    _ name: String, _: Row.Type, _ layout: SampleLayout, in samples: ClosedRange<Int>, weight: Int,
    shifts: (rows: Int, columns: Int)
) where Row.Result: ResampleRow, Row.Result.Result: ResampleResult {
    let (count, channels) = (width * layout.channels, layout.channels)
    stage("\(name) unpacked") {
        let bytes: [UInt8] = noise(width * layout.bytesPerPixel, in: 0...255)
        var row: [Row.Sample] = noise(count, in: 0...0)
        return {
            var target = row.mutableSpan
            Row.unpack(bytes.span, layout: layout, into: &target, tier: .current)
        }
    }
    stage("\(name) rows weighed") {
        let rows: [Row.Sample] = noise(12 * count, in: samples)
        let weights: [Row.Weight] = noise(12, in: 0...weight)
        let offsets = (0..<12).map { $0 * count }
        var row: [Row.Result.Sample] = noise(count, in: 0...0)
        return {
            var target = row.mutableSpan
            Row.weighRows(
                rows.span, offsets: offsets.span, weights: weights.span, shift: shifts.rows, into: &target,
                tier: .current)
        }
    }
    stage("\(name) columns weighed") {
        let row: [Row.Result.Sample] = noise(count, in: 0...200)
        let windows = width / 4 - 3
        let columns = ColumnWeights<Row.Result.Weight>(
            taps: 16, starts: (0..<windows).map { 4 * $0 }, counts: [Int](repeating: 16, count: windows),
            weights: noise(16 * windows, in: 0...weight))
        var scratch: [Row.Result.Scratch] = noise(columns.scratchCount(pixels: width, channels: channels), in: 0...0)
        var result: [Row.Result.Result.Sample] = noise(windows * channels, in: 0...0)
        return {
            var room = scratch.mutableSpan
            var target = result.mutableSpan
            Row.Result.weighColumns(
                row.span, channels: channels, columns: columns, shift: shifts.columns, scratch: &room, into: &target,
                tier: .current)
        }
    }
    stage("\(name) packed") {
        let row: [Row.Result.Result.Sample] = noise(count, in: 1...(layout.isWide || layout.hasAlpha ? 1 << 28 : 255))
        var bytes = [UInt8](repeating: 0, count: width * layout.bytesPerPixel)
        return {
            var target = bytes.mutableSpan
            Row.Result.Result.pack(row.span, layout: layout, into: &target, tier: .current)
        }
    }
}
