/// A slow and obvious reader of sequential Huffman JPEG files (T.81, SOF0 and SOF1 with 8 bits a sample), for tests.
///
/// It reads bit by bit, keeps every coefficient, and transforms in double precision. Any sampling, several scans,
/// restart intervals; nothing is forgiven: whatever breaks the rules throws.
public struct JPEGOracle {
    public struct Failure: Error, CustomStringConvertible {
        public let description: String
    }

    /// A marker segment in the order of the file, without marker and length.
    public struct Segment {
        public let marker: UInt8
        public let parameters: [UInt8]
    }

    public struct Component {
        public let id: UInt8
        /// Sampling factors.
        public let across: Int
        public let down: Int
        /// Blocks in the buffer, up to the edge of the last MCU.
        public let blocksAcross: Int
        public let blocksDown: Int
        /// The quantisation steps, row by row of the block.
        public fileprivate(set) var steps: [Int] = []
        /// As stored, before the steps: block by block, each row by row.
        public fileprivate(set) var coefficients: [Int]
        fileprivate let quantization: Int

        /// The coefficients of a block, row by row.
        public func block(_ x: Int, _ y: Int) -> ArraySlice<Int> {
            let start = 64 * (y * blocksAcross + x)
            return coefficients[start..<start + 64]
        }
    }

    public private(set) var width = 0
    public private(set) var height = 0
    public private(set) var components: [Component] = []
    public private(set) var segments: [Segment] = []
    /// RSTm markers met.
    public private(set) var restarts = 0
    public private(set) var restartInterval = 0
    /// Whether every entropy-coded segment ends with ones (§F.1.2.3).
    public private(set) var isPaddedWithOnes = true
    private var maxAcross = 1
    private var maxDown = 1
    private var quantizations: [Int: [Int]] = [:]
    private var tables: [UInt8: HuffmanTable] = [:]
    private var bytes: [UInt8]
    private var position = 0

    /// Reads a whole file. Throws `Failure` for whatever it does not know or what is wrong.
    public init(_ bytes: [UInt8]) throws {
        self.bytes = bytes
        guard try next() == 0xFF, try next() == 0xD8 else { throw Failure(description: "no SOI") }
        while true {
            let marker = try nextMarker()
            if marker == 0xD9 { break }
            try readSegment(marker)
        }
        guard !components.isEmpty else { throw Failure(description: "no frame") }
        guard position == bytes.count else { throw Failure(description: "bytes after EOI") }
        for i in components.indices where components[i].steps.isEmpty {
            throw Failure(description: "component \(i) is in no scan")
        }
    }

    private mutating func next() throws -> UInt8 {
        guard position < bytes.count else { throw Failure(description: "the file ends too early") }
        position += 1
        return bytes[position - 1]
    }

    private mutating func nextMarker() throws -> UInt8 {
        guard try next() == 0xFF else { throw Failure(description: "no marker at \(position - 1)") }
        var code = try next()
        while code == 0xFF { code = try next() }
        return code
    }

    private mutating func readSegment(_ marker: UInt8) throws {
        let length = Int(try next()) << 8 | Int(try next())
        guard length >= 2, position + length - 2 <= bytes.count else { throw Failure(description: "bad length") }
        let parameters = Array(bytes[position..<position + length - 2])
        position += length - 2
        segments.append(Segment(marker: marker, parameters: parameters))
        switch marker {
        case 0xC0, 0xC1: try readFrame(parameters)
        case 0xC4: try readHuffmanTables(parameters)
        case 0xDA: try readScan(parameters)
        case 0xDB: try readQuantization(parameters)
        case 0xDD:
            guard parameters.count == 2 else { throw Failure(description: "a bad DRI") }
            restartInterval = Int(parameters[0]) << 8 | Int(parameters[1])
        case 0xE0...0xEF, 0xFE: break
        default: throw Failure(description: "marker \(marker) is not known")
        }
    }

    // MARK: - Headers

    /// §B.2.4.1.
    private mutating func readQuantization(_ parameters: [UInt8]) throws {
        var rest = parameters[...]
        while let head = rest.popFirst() {
            let bytes = head >> 4 == 0 ? 1 : 2
            guard rest.count >= 64 * bytes else { throw Failure(description: "a short DQT") }
            var steps = [Int](repeating: 0, count: 64)
            for index in 0..<64 {
                steps[Self.zigzag[index]] = (0..<bytes).reduce(0) { value, _ in value << 8 | Int(rest.removeFirst()) }
            }
            quantizations[Int(head & 15)] = steps
        }
    }

    /// §B.2.4.2.
    private mutating func readHuffmanTables(_ parameters: [UInt8]) throws {
        var rest = parameters[...]
        while let head = rest.popFirst() {
            guard rest.count >= 16 else { throw Failure(description: "a short DHT") }
            let counts = rest.prefix(16).map(Int.init)
            let total = counts.reduce(0, +)
            rest = rest.dropFirst(16)
            guard rest.count >= total else { throw Failure(description: "a short DHT") }
            tables[head] = try HuffmanTable(counts: counts, symbols: Array(rest.prefix(total)))
            rest = rest.dropFirst(total)
        }
    }

    /// §B.2.2 and §A.1.1.
    private mutating func readFrame(_ p: [UInt8]) throws {
        guard components.isEmpty, p.count >= 6, p[0] == 8, p.count == 6 + 3 * Int(p[5]), p[5] > 0 else {
            throw Failure(description: "a bad frame header")
        }
        (height, width) = (Int(p[1]) << 8 | Int(p[2]), Int(p[3]) << 8 | Int(p[4]))
        let specifications = (0..<Int(p[5])).map { p[6 + 3 * $0..<9 + 3 * $0].map { $0 } }
        maxAcross = specifications.map { Int($0[1] >> 4) }.max() ?? 1
        maxDown = specifications.map { Int($0[1] & 15) }.max() ?? 1
        guard width > 0, height > 0, specifications.allSatisfy({ $0[1] >> 4 > 0 && $0[1] & 15 > 0 }) else {
            throw Failure(description: "a bad frame header")
        }
        for specification in specifications {
            let (across, down) = (Int(specification[1] >> 4), Int(specification[1] & 15))
            let blocksAcross = mcusAcross * across
            let blocksDown = mcusDown * down
            components.append(
                Component(
                    id: specification[0], across: across, down: down, blocksAcross: blocksAcross,
                    blocksDown: blocksDown, coefficients: [Int](repeating: 0, count: 64 * blocksAcross * blocksDown),
                    quantization: Int(specification[2])))
        }
    }

    private var mcusAcross: Int { (width + 8 * maxAcross - 1) / (8 * maxAcross) }
    private var mcusDown: Int { (height + 8 * maxDown - 1) / (8 * maxDown) }

    // MARK: - Scans

    /// §B.2.3, then the MCUs in the order of §A.2.
    private mutating func readScan(_ p: [UInt8]) throws {
        guard let count = p.first.map(Int.init), count > 0, p.count == 4 + 2 * count, p[1 + 2 * count] == 0,
            p[2 + 2 * count] == 63, p[3 + 2 * count] == 0
        else { throw Failure(description: "a bad scan header") }
        var members: [Member] = []
        for i in 0..<count {
            let (id, selectors) = (p[1 + 2 * i], p[2 + 2 * i])
            guard let component = components.firstIndex(where: { $0.id == id }),
                let dc = tables[selectors >> 4], let ac = tables[0x10 | selectors & 15],
                let steps = quantizations[components[component].quantization]
            else { throw Failure(description: "a scan names what is not there") }
            components[component].steps = steps
            let known = components[component]
            members.append(
                Member(
                    component: component, across: known.across, down: known.down, blocksAcross: known.blocksAcross,
                    dc: dc, ac: ac))
        }
        let first = components[members[0].component]
        let alone = count == 1
        let columns = alone ? (width * first.across + 8 * maxAcross - 1) / (8 * maxAcross) : mcusAcross
        let rows = alone ? (height * first.down + 8 * maxDown - 1) / (8 * maxDown) : mcusDown
        var bits = Bits()
        var predictions = [Int](repeating: 0, count: count)
        for mcu in 0..<columns * rows {
            if restartInterval > 0, mcu > 0, mcu % restartInterval == 0 {
                try passRestart(&bits, expected: mcu / restartInterval - 1)
                predictions = predictions.map { _ in 0 }
            }
            for (i, member) in members.enumerated() {
                let (across, down) = alone ? (1, 1) : (member.across, member.down)
                for y in 0..<down {
                    for x in 0..<across {
                        let blockX = mcu % columns * across + x
                        let blockY = mcu / columns * down + y
                        let start = 64 * (blockY * member.blocksAcross + blockX)
                        try readBlock(member.component, start, member.dc, member.ac, &predictions[i], &bits)
                    }
                }
            }
        }
        if !bits.close() { isPaddedWithOnes = false }
    }

    /// A component of a scan. It does not hold the component itself, whose coefficients would be copied for every
    /// block.
    private struct Member {
        let component: Int
        let across: Int
        let down: Int
        let blocksAcross: Int
        let dc: HuffmanTable
        let ac: HuffmanTable
    }

    private mutating func passRestart(_ bits: inout Bits, expected: Int) throws {
        if !bits.close() { isPaddedWithOnes = false }
        guard try nextMarker() == 0xD0 + UInt8(expected % 8) else { throw Failure(description: "no RSTm") }
        restarts += 1
    }

    /// §F.2.2.
    private mutating func readBlock(
        _ component: Int, _ start: Int, _ dc: HuffmanTable, _ ac: HuffmanTable, _ prediction: inout Int,
        _ bits: inout Bits
    ) throws {
        let category = Int(try symbol(dc, &bits))
        guard category <= 11 else { throw Failure(description: "a DC category of \(category)") }
        prediction += try value(category, &bits)
        components[component].coefficients[start] = prediction
        var k = 1
        while k < 64 {
            let symbol = try symbol(ac, &bits)
            let (run, size) = (Int(symbol >> 4), Int(symbol & 15))
            if size == 0 && run != 15 {
                guard run == 0 else { throw Failure(description: "an end of band in a sequential scan") }
                break
            }
            k += run
            guard k < 64, size <= 10 else { throw Failure(description: "coefficient \(k) of \(size) bits") }
            if size > 0 { components[component].coefficients[start + Self.zigzag[k]] = try value(size, &bits) }
            k += 1
        }
    }

    private mutating func symbol(_ table: HuffmanTable, _ bits: inout Bits) throws -> UInt8 {
        var code = 0
        for length in 0..<16 {
            code = code << 1 | (try bit(&bits))
            let index = code - table.firstCode[length]
            if index >= 0 && index < table.counts[length] { return table.symbols[table.firstIndex[length] + index] }
        }
        throw Failure(description: "a code that no table has")
    }

    /// §F.2.2.1: RECEIVE and EXTEND.
    private mutating func value(_ size: Int, _ bits: inout Bits) throws -> Int {
        var value = 0
        for _ in 0..<size { value = value << 1 | (try bit(&bits)) }
        return size > 0 && value < 1 << (size - 1) ? value - (1 << size) + 1 : value
    }

    private mutating func bit(_ bits: inout Bits) throws -> Int {
        if bits.left == 0 {
            bits.byte = try next()
            if bits.byte == 0xFF, try next() != 0 { throw Failure(description: "a marker inside a scan") }
            bits.left = 8
        }
        bits.left -= 1
        return Int(bits.byte >> UInt8(bits.left)) & 1
    }

    private struct Bits {
        var byte: UInt8 = 0
        var left = 0

        /// Passes over the bits up to the end of a byte, and returns whether they are ones.
        mutating func close() -> Bool {
            let mask = UInt8((1 << left) - 1)
            left = 0
            return byte & mask == mask
        }
    }

    private struct HuffmanTable {
        let counts: [Int]
        let symbols: [UInt8]
        var firstCode: [Int] = []
        var firstIndex: [Int] = []

        /// §C.2. The code of all ones must not occur.
        init(counts: [Int], symbols: [UInt8]) throws {
            self.counts = counts
            self.symbols = symbols
            var (code, index) = (0, 0)
            for length in 0..<16 {
                firstCode.append(code)
                firstIndex.append(index)
                code += counts[length]
                index += counts[length]
                guard counts[length] == 0 || code < 2 << length else { throw Failure(description: "too many codes") }
                code <<= 1
            }
        }
    }

    private static let zigzag = [
        0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14,
        21, 28,
        35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54,
        47,
        55, 62, 63,
    ]
}

// MARK: - Samples

extension JPEGOracle {
    /// The samples of a component at its own resolution, not rounded and not clamped, `8 × blocksAcross` a row.
    public func samples(_ component: Int) -> [Double] {
        let component = components[component]
        let stride = 8 * component.blocksAcross
        var plane = [Double](repeating: 0, count: stride * 8 * component.blocksDown)
        for blockY in 0..<component.blocksDown {
            for blockX in 0..<component.blocksAcross {
                let frequencies = zip(component.block(blockX, blockY), component.steps).map { Double($0 * $1) }
                let block = TextbookDCT.inverse(frequencies)
                for i in 0..<64 { plane[(8 * blockY + i / 8) * stride + 8 * blockX + i % 8] = block[i] + 128 }
            }
        }
        return plane
    }

    /// The samples of a component for each of the picture's pixels, each taken from where it lies: no interpolation.
    public func boxUpsampled(_ component: Int) -> [Double] {
        let plane = samples(component)
        let (across, down) = (components[component].across, components[component].down)
        let stride = 8 * components[component].blocksAcross
        var pixels: [Double] = []
        pixels.reserveCapacity(width * height)
        for y in 0..<height {
            for x in 0..<width { pixels.append(plane[y * down / maxDown * stride + x * across / maxAcross]) }
        }
        return pixels
    }
}
