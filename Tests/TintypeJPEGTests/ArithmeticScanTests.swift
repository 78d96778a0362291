import TestSupport
import Testing
import TintypeCore

@testable import TintypeJPEG

/// Random coefficients, coded by the oracle in every kind of scan and under unusual conditioning, come back as they were.
@Suite struct ArithmeticScanTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var components = 1
        var blocks = Size(5, 3)
        var isProgressive = false
        var restart = 0
        var bounds = [(lower: Int, upper: Int)](repeating: (0, 1), count: 4)
        var lastLow = [5, 5, 5, 5]
        /// Of one coefficient, in bits.
        var largest = 7

        var testDescription: String {
            "\(components) components of \(blocks)\(isProgressive ? ", progressive" : ""), restart \(restart), \(bounds), \(lastLow), \(largest) bits"
        }

        static let all: [Case] = [false, true].flatMap { progressive in
            [
                Case(), Case(components: 3, restart: 2), Case(components: 4, blocks: Size(9, 7), largest: 11),
                Case(blocks: Size(1, 1), largest: 14), Case(components: 3, blocks: Size(1, 20), restart: 1, largest: 3),
                Case(components: 3, bounds: [(0, 0), (2, 2), (3, 9), (0, 15)], lastLow: [1, 63, 20, 6]),
                Case(
                    components: 3, bounds: [(15, 15), (14, 15), (1, 1), (1, 5)], lastLow: [62, 2, 5, 30], largest: 14),
            ].map { example in
                var example = example
                example.isProgressive = progressive
                return example
            }
        }
    }

    @Test(arguments: Case.all)
    func everyKindOfScan(_ example: Case) throws {
        for seed in 0..<6 as Range<UInt64> {
            let file = CodedCoefficients(example, seed: seed)
            #expect(try coefficients(of: MemoryByteSource(file.bytes)) == file.natural, "seed \(seed)")
            #expect(try coefficients(of: TricklingByteSource(file.bytes, step: 1)) == file.natural, "seed \(seed)")
        }
    }

    /// What the scans of a file leave, in natural order.
    private func coefficients(of source: any ByteSource) throws -> [Int16] {
        var reader = ByteReader(source, format: .jpeg, capacity: 16)
        var segments = try Segments(&reader, options: DecodeOptions(strict: true))
        var store: CoefficientStore?
        while let header = try segments.nextScan(&reader) {
            let frame = try #require(segments.frame)
            var held = store ?? CoefficientStore(CoefficientLayout(frame, holdsAll: true))
            var budget = MemoryBudget(limit: .max)
            if store == nil { try held.allocate(isProgressive: frame.isProgressive, &budget) }
            var scan = try ScanReader(header, frame: frame, layout: held.layout, segments: segments)
            for _ in 0..<scan.rows { try scan.readRow(&reader, &segments, into: &held) }
            store = held
        }
        return store?.values ?? []
    }
}

/// A JPEG file of random coefficients.
private struct CodedCoefficients {
    private let example: ArithmeticScanTests.Case
    /// By component and block, in zigzag order.
    private var blocks: [[[Int]]] = []

    init(_ example: ArithmeticScanTests.Case, seed: UInt64) {
        self.example = example
        var random = SplitMix64(seed: seed)
        for _ in 0..<example.components {
            blocks.append(
                (0..<example.blocks.width * example.blocks.height).map { _ in
                    let density = Int.random(in: 0...6, using: &random)
                    return (0..<64).map { k in
                        guard k == 0 || Int.random(in: 0..<8, using: &random) < density else { return 0 }
                        let limit = 1 << Int.random(in: 0...example.largest, using: &random)
                        return Int.random(in: -limit...limit, using: &random)
                    }
                })
        }
    }

    var natural: [Int16] {
        blocks.flatMap { component in
            component.flatMap { block in
                var natural = [Int16](repeating: 0, count: 64)
                for k in 0..<64 { natural[Int(naturalOrder[k])] = Int16(block[k]) }
                return natural
            }
        }
    }

    var bytes: [UInt8] {
        var bytes: [UInt8] = [0xFF, 0xD8]
        func add(_ marker: UInt8, _ parameters: [UInt8]) {
            bytes += [0xFF, marker, 0, UInt8(parameters.count + 2)] + parameters
        }
        let numbers = 0..<UInt8(example.components)
        let frame = [8, 0, UInt8(8 * example.blocks.height), 0, UInt8(8 * example.blocks.width)]
        add(example.isProgressive ? 0xCA : 0xC9, frame + [UInt8(numbers.count)] + numbers.flatMap { [$0, 0x11, 0] })
        add(
            0xCC,
            (0..<4).flatMap { slot in
                let (lower, upper) = example.bounds[slot]
                return [UInt8(slot), UInt8(upper << 4 | lower), UInt8(16 + slot), UInt8(example.lastLow[slot])]
            })
        if example.restart > 0 { add(0xDD, [0, UInt8(example.restart)]) }
        for (parts, band, high, low) in scans {
            let tables = parts.flatMap { [UInt8($0), UInt8(dcTable($0) << 4 | acTable($0))] }
            add(
                0xDA,
                [UInt8(parts.count)] + tables + [
                    UInt8(band.lowerBound), UInt8(band.upperBound), UInt8(high << 4 | low),
                ])
            bytes += scan(parts, band, isFirst: high == 0, low)
        }
        return bytes + [0xFF, 0xD9]
    }

    private func dcTable(_ component: Int) -> Int { 3 - component }
    private func acTable(_ component: Int) -> Int { component / 2 + 1 }

    private var scans: [(parts: [Int], band: ClosedRange<Int>, high: Int, low: Int)] {
        let all = Array(0..<example.components)
        guard example.isProgressive else { return [(all, 0...63, 0, 0)] }
        return [(all, 0...0, 0, 2)] + all.map { ([$0], 1...5, 0, 3) } + all.map { ([$0], 6...63, 0, 2) }
            + [(all, 0...0, 2, 1)] + all.map { ([$0], 1...5, 3, 2) } + all.map { ([$0], 1...63, 2, 1) }
            + [(all, 0...0, 1, 0)] + all.map { ([$0], 1...63, 1, 0) }
    }

    private func scan(_ parts: [Int], _ band: ClosedRange<Int>, isFirst: Bool, _ low: Int) -> [UInt8] {
        let count = blocks[0].count
        let step = example.restart > 0 ? example.restart : count
        var bytes: [UInt8] = []
        for (number, start) in stride(from: 0, to: count, by: step).enumerated() {
            if number > 0 { bytes += [0xFF, 0xD0 + UInt8((number - 1) & 7)] }
            var oracle = ArithmeticCodingOracle()
            oracle.bounds = example.bounds
            oracle.lastLow = example.lastLow
            for index in start..<min(count, start + step) {
                for part in parts { encode(part, blocks[part][index], band, isFirst, low, &oracle) }
            }
            bytes += oracle.bytes()
        }
        return bytes
    }

    private func encode(
        _ part: Int, _ block: [Int], _ band: ClosedRange<Int>, _ isFirst: Bool, _ low: Int,
        _ oracle: inout ArithmeticCodingOracle
    ) {
        if band.lowerBound == 0 {
            if isFirst {
                oracle.encodeDC(block[0], low: low, component: part, table: dcTable(part))
            } else {
                oracle.refineDC(block[0], low: low)
            }
        }
        guard band.upperBound > 0 else { return }
        let acBand = max(1, band.lowerBound)...band.upperBound
        if isFirst {
            oracle.encodeAC(block, acBand, low: low, table: acTable(part))
        } else {
            oracle.refineAC(block, acBand, low: low, table: acTable(part))
        }
    }
}
