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
        var candidate = [UInt8](repeating: 0, count: lineBytes)
        var best = candidate
        for row in 0..<rows {
            let type: UInt8
            switch choice {
            case .fixed(let fixed):
                type = fixed
                _ = apply(type, band, row, into: &best)
            case .leastSum:
                type = least(band, row, &candidate, &best) { sum, _ in Int(sum) }
            case .leastEntropy:
                type = least(band, row, &candidate, &best) { _, bytes in Self.surprise(bytes) }
            case .trial:
                type = try shortest(band, row, after: filtered, &candidate, &best)
            }
            Self.store(type, best, into: &filtered, at: row * (lineBytes + 1))
        }
        return filtered
    }

    private static func store(_ type: UInt8, _ line: [UInt8], into filtered: inout [UInt8], at start: Int) {
        let source = line.span
        filtered[start] = type
        var whole = filtered.mutableSpan
        var target = whole._mutatingExtracting(start + 1..<start + 1 + source.count)
        for i in source.indices { target[i] = source[i] }
    }

    private func least(
        _ band: Band, _ row: Int, _ candidate: inout [UInt8], _ best: inout [UInt8],
        _ measure: (UInt32, [UInt8]) -> Int
    ) -> UInt8 {
        var (type, score): (UInt8, Int) = (0, Int.max)
        for filter in 0...4 as ClosedRange<UInt8> {
            let sum = apply(filter, band, row, into: &candidate)
            let measured = measure(sum, candidate)
            if measured < score {
                (type, score) = (filter, measured)
                swap(&candidate, &best)
            }
        }
        return type
    }

    /// The filter after which zlib makes the fewest bytes of the line, with the lines before it as its dictionary.
    private func shortest(
        _ band: Band, _ row: Int, after filtered: [UInt8], _ candidate: inout [UInt8], _ best: inout [UInt8]
    ) throws(ImageError) -> UInt8 {
        let end = row * (lineBytes + 1)
        let dictionary = Array(filtered[max(0, end - min(Deflater.window, 4 * lineBytes))..<end])
        var (type, score): (UInt8, Int) = (0, Int.max)
        for filter in 0...4 as ClosedRange<UInt8> {
            _ = apply(filter, band, row, into: &candidate)
            let count = try Deflater.count([filter] + candidate, .init(5, .filtered), after: dictionary)
            if count < score {
                (type, score) = (filter, count)
                swap(&candidate, &best)
            }
        }
        return type
    }

    private func apply(_ type: UInt8, _ band: Band, _ row: Int, into target: inout [UInt8]) -> UInt32 {
        let start = row * lineBytes
        let lines = band.lines.span
        let line = lines.extracting(start..<start + lineBytes)
        let prior = row == 0 ? band.prior.span : lines.extracting(start - lineBytes..<start)
        var bytes = target.mutableSpan
        return PNGFilter.apply(type, line, prior: prior, bytesPerPixel: distance, into: &bytes)
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
