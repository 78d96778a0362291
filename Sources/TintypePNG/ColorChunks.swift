internal import TintypeCore

// The ancillary chunks of a few bytes that say how the samples are meant, each read and written.

extension Metadata.PNG {
    /// gAMA (PNG §11.3.2.2). nil for 0, which some writers put where they know no gamma.
    static func gamma(_ data: ChunkData) throws(ChunkData.Fault) -> UInt32? {
        try data.expect(4)
        let gamma = data.uint32(at: 0)
        return gamma == 0 ? nil : gamma
    }
}

extension Metadata.PNG.Chromaticities {
    /// cHRM (PNG §11.3.2.1).
    init(_ data: ChunkData) throws(ChunkData.Fault) {
        try data.expect(32)
        func point(_ number: Int) -> Point {
            Point(x: data.uint32(at: 8 * number), y: data.uint32(at: 8 * number + 4))
        }
        self.init(white: point(0), red: point(1), green: point(2), blue: point(3))
        // x, y and z add up to 1.
        guard [white, red, green, blue].allSatisfy({ UInt64($0.x) + UInt64($0.y) <= 100_000 }) else { throw .damaged }
    }

    var chunkData: [UInt8] { [white, red, green, blue].flatMap { bigEndian($0.x) + bigEndian($0.y) } }
}

extension Metadata.PNG.CodePoints {
    /// cICP (PNG §11.3.2.6).
    init(_ data: ChunkData) throws(ChunkData.Fault) {
        try data.expect(4)
        guard data.bytes[2] == 0, data.bytes[3] <= 1 else { throw .damaged }
        self.init(
            primaries: data.bytes[0], transfer: data.bytes[1], matrix: data.bytes[2], isFullRange: data.bytes[3] == 1)
    }

    var chunkData: [UInt8] { [primaries, transfer, matrix, isFullRange ? 1 : 0] }
}

extension Metadata.PNG.SignificantBits {
    /// sBIT (PNG §11.3.2.4): a byte a sample, for a palette one each for red, green and blue.
    init(_ data: ChunkData, header: Header) throws(ChunkData.Fault) {
        let isPalette = header.colorType == .palette
        try data.expect(isPalette ? 3 : header.channels)
        let most = isPalette ? 8 : header.depth
        guard data.bytes.allSatisfy({ (1...most).contains(Int($0)) }) else { throw .damaged }
        let colors = data.bytes.count < 3 ? 1 : 3
        self.init(
            color: Array(data.bytes.prefix(colors)), alpha: data.bytes.count > colors ? data.bytes[colors] : nil)
    }

    /// - Returns: nil where the numbers do not suit samples laid out so.
    func chunkData(for layout: Layout) -> [UInt8]? {
        let most = UInt8(layout.colorType == .palette ? 8 : layout.depth)
        // Where the three colours were equal one of them is left.
        guard let largest = color.max(), color.count == (layout.isGray ? color.count : 3) else { return nil }
        var bits = layout.isGray ? [largest] : color
        if layout.colorType == .grayAlpha || layout.colorType == .rgba { bits.append(alpha ?? most) }
        return bits.allSatisfy { $0 > 0 } ? bits.map { min($0, most) } : nil
    }
}

extension Metadata.PNG.Background {
    /// bKGD (PNG §11.3.4.1): a palette's index, or two bytes a sample in the depth of the picture.
    init(_ data: ChunkData, header: Header, palette: Palette?) throws(ChunkData.Fault) {
        switch header.colorType {
        case .palette:
            try data.expect(1)
            guard let palette, Int(data.bytes[0]) < palette.count else { throw .damaged }
            let color = palette.table[Int(data.bytes[0])]
            self.init(
                red: UInt16(color & 255), green: UInt16(color >> 8 & 255), blue: UInt16(color >> 16 & 255), bitDepth: 8)
        case .gray, .grayAlpha:
            try data.expect(2)
            // Below eight bits the samples are scaled as the picture's are.
            let sample = data.uint16(at: 0)
            let most = UInt16.max >> UInt16(16 - header.depth)
            guard sample <= most else { throw .damaged }
            let value = header.depth < 8 ? sample * (255 / most) : sample
            self.init(red: value, green: value, blue: value, bitDepth: max(8, header.depth))
        case .rgb, .rgba:
            try data.expect(6)
            let samples = [data.uint16(at: 0), data.uint16(at: 2), data.uint16(at: 4)]
            guard header.depth == 16 || samples.allSatisfy({ $0 <= 255 }) else { throw .damaged }
            self.init(red: samples[0], green: samples[1], blue: samples[2], bitDepth: header.depth)
        }
    }

    /// - Returns: nil where a picture laid out so cannot have this colour.
    func chunkData(for layout: Layout) -> [UInt8]? {
        let colors = [red, green, blue].map { sample in
            layout.depth == 16
                ? (bitDepth == 16 ? sample : (sample & 255) * 257) : bitDepth == 16 ? sample >> 8 : sample
        }
        if layout.colorType == .palette {
            let entry = colors.map { UInt8(truncatingIfNeeded: $0) }
            let entries = stride(from: 0, to: layout.palette.count, by: 3)
            return entries.first { layout.palette[$0..<$0 + 3].elementsEqual(entry) }.map { [UInt8($0 / 3)] }
        }
        guard layout.isGray else { return colors.flatMap(Self.bytes) }
        guard colors[0] == colors[1], colors[1] == colors[2] else { return nil }
        guard layout.depth < 8 else { return Self.bytes(colors[0]) }
        let scale = UInt16(255 / (1 << layout.depth - 1))
        return colors[0] % scale == 0 ? Self.bytes(colors[0] / scale) : nil
    }

    private static func bytes(_ sample: UInt16) -> [UInt8] { [UInt8(sample >> 8), UInt8(sample & 255)] }
}

extension Metadata.PNG.Timestamp {
    /// tIME (PNG §11.3.5.1).
    init(_ data: ChunkData) throws(ChunkData.Fault) {
        try data.expect(7)
        let fields = data.bytes[2...].map { Int($0) }
        self.init(
            year: Int(data.uint16(at: 0)), month: fields[0], day: fields[1], hour: fields[2], minute: fields[3],
            second: fields[4])
        guard isReal else { throw .damaged }
    }

    /// - Returns: nil for a time that does not exist, or was before PNG (1995), which readers take for damage.
    var chunkData: [UInt8]? {
        guard year >= 1995, isReal else { return nil }
        return [year >> 8, year & 255, month, day, hour, minute, second].map { UInt8($0) }
    }

    private var isReal: Bool {
        (0...0xFFFF).contains(year) && (1...12).contains(month) && (1...31).contains(day) && (0...23).contains(hour)
            && (0...59).contains(minute) && (0...60).contains(second)
    }
}
