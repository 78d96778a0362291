internal import TintypeCore
internal import TintypeKernels

/// Filters lines (PNG §9) by one or the other rule.
struct LineFilter: Sendable {
    let lineBytes: Int
    /// How far to the left a filter looks.
    let distance: Int

    /// The band's lines, each behind its filter type byte.
    func apply(_ choice: Effort.FilterChoice, to band: Band) throws(ImageError) -> [UInt8] {
        let rows = band.lines.count / lineBytes
        var filtered = [UInt8](repeating: 0, count: rows * (lineBytes + 1))
        var scratch = [UInt8](repeating: 0, count: lineBytes)
        for row in 0..<rows {
            let start = row * (lineBytes + 1)
            let type: UInt8
            switch choice {
            case .fixed(let fixed):
                type = fixed
            case .leastSum:
                type = leastSum(band, row, &scratch)
            case .leastEntropy:
                type = try least(band, row, &scratch) { _, bytes in Self.surprise(bytes) }
            case .trial:
                // As zlib makes of it, with the lines before as its dictionary.
                let before = Array(filtered[max(0, start - min(Deflater.window, 4 * lineBytes))..<start])
                type = try least(band, row, &scratch) { type, bytes throws(ImageError) in
                    try Deflater.count([type] + bytes, .init(5, .filtered), after: before)
                }
            }
            filtered[start] = type
            filter(type, band, row, into: &filtered, at: start + 1)
        }
        return filtered
    }

    /// The filter after which the line measures least.
    private func least(
        _ band: Band, _ row: Int, _ scratch: inout [UInt8],
        _ measure: (UInt8, [UInt8]) throws(ImageError) -> Int
    ) throws(ImageError) -> UInt8 {
        var (best, least): (UInt8, Int) = (0, Int.max)
        for type in 0...4 as ClosedRange<UInt8> {
            filter(type, band, row, into: &scratch, at: 0)
            let measured = try measure(type, scratch)
            if measured < least { (best, least) = (type, measured) }
        }
        return best
    }

    private func leastSum(_ band: Band, _ row: Int, _ scratch: inout [UInt8]) -> UInt8 {
        let lines = band.lines.span
        let line = lines.extracting(row * lineBytes..<(row + 1) * lineBytes)
        let prior = row == 0 ? band.prior.span : lines.extracting((row - 1) * lineBytes..<row * lineBytes)
        var span = scratch.mutableSpan
        let sums = PNGFilter.sums(line, prior: prior, bytesPerPixel: distance, scratch: &span)
        var best = 0
        for type in sums.indices where sums[type] < sums[best] { best = type }
        return UInt8(best)
    }

    private func filter(_ type: UInt8, _ band: Band, _ row: Int, into target: inout [UInt8], at start: Int) {
        let lines = band.lines.span
        let line = lines.extracting(row * lineBytes..<(row + 1) * lineBytes)
        let prior = row == 0 ? band.prior.span : lines.extracting((row - 1) * lineBytes..<row * lineBytes)
        var whole = target.mutableSpan
        var bytes = whole._mutatingExtracting(start..<start + lineBytes)
        PNGFilter.apply(type, line, prior: prior, bytesPerPixel: distance, into: &bytes)
    }

    /// How many bits (times a constant) the line would take in codes that suit its bytes exactly.
    private static func surprise(_ line: [UInt8]) -> Int {
        var counts = [Int32](repeating: 0, count: 256)
        var table = counts.mutableSpan
        let bytes = line.span
        for i in bytes.indices { table[Int(bytes[i])] &+= 1 }
        var kept = 0.0
        for value in 0..<256 where table[value] > 1 {
            let count = Double(table[value])
            kept += count * binaryLogarithm(count)
        }
        return Int(16 * (Double(line.count) * binaryLogarithm(Double(line.count)) - kept))
    }

    /// The logarithm to base 2 of a number of at least 1, between the powers of two by a straight line, which is close
    /// enough to compare.
    private static func binaryLogarithm(_ value: Double) -> Double {
        Double(value.exponent) + (value.significand - 1)
    }
}
