/// A picture and how it is to be stored: writes any legal PNG file, slowly and by the letter of the specification.
public struct PNGSample: Sendable {
    public var width: Int
    public var height: Int
    public var colorType: Int
    public var depth: Int
    public var interlaced = false
    /// Row by row, `channels` samples a pixel, or palette indexes.
    public var samples: [Int]
    /// Three bytes an entry.
    public var palette: [UInt8] = []
    public var transparency: [UInt8]?
    /// The filter types of successive lines, over and over.
    public var filters: [UInt8] = [0]
    /// Bytes of each IDAT chunk.
    public var idatBytes = Int.max

    public static let legal: [(colorType: Int, depths: [Int])] = [
        (0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 2, 4, 8]), (4, [8, 16]), (6, [8, 16]),
    ]

    public static func channels(_ colorType: Int) -> Int { [0: 1, 2: 3, 3: 1, 4: 2, 6: 4][colorType] ?? 1 }

    public var channels: Int { Self.channels(colorType) }

    /// A picture of random samples (and a full random palette), with all filters.
    public init(random width: Int, _ height: Int, colorType: Int, depth: Int, seed: UInt64 = 1) {
        var random = SplitMix64(seed: seed)
        (self.width, self.height, self.colorType, self.depth) = (width, height, colorType, depth)
        samples = (0..<width * height * Self.channels(colorType)).map { _ in
            Int.random(in: 0..<1 << depth, using: &random)
        }
        if colorType == 3 { palette = (0..<3 << depth).map { _ in UInt8.random(in: 0...255, using: &random) } }
        filters = [4, 1, 3, 2, 0, 3, 4, 2]
    }

    public var header: PNGChunk {
        PNGChunk(
            "IHDR",
            bigEndian32(UInt32(width)) + bigEndian32(UInt32(height))
                + [UInt8(depth), UInt8(colorType), 0, 0, interlaced ? 1 : 0])
    }

    /// The filtered lines of all passes: what IDAT holds, not yet compressed.
    public var rawData: [UInt8] {
        guard interlaced else { return filtered((0..<height).map { y in (0..<width).map { ($0, y) } }) }
        // PNG §8.1: which pass a pixel belongs to, by its place in a block of 8 × 8.
        let pattern = [
            [1, 6, 4, 6, 2, 6, 4, 6], [7, 7, 7, 7, 7, 7, 7, 7], [5, 6, 5, 6, 5, 6, 5, 6], [7, 7, 7, 7, 7, 7, 7, 7],
            [3, 6, 4, 6, 3, 6, 4, 6], [7, 7, 7, 7, 7, 7, 7, 7], [5, 6, 5, 6, 5, 6, 5, 6], [7, 7, 7, 7, 7, 7, 7, 7],
        ]
        return (1...7).flatMap { pass in
            let lines = (0..<height).map { y in
                (0..<width).filter { pattern[y % 8][$0 % 8] == pass }.map { ($0, y) }
            }
            return filtered(lines.filter { !$0.isEmpty })
        }
    }

    /// Packs (PNG §7.2) and filters (PNG §9.2) lines of pixels, given by their places.
    private func filtered(_ lines: [[(x: Int, y: Int)]]) -> [UInt8] {
        var out: [UInt8] = []
        var prior: [UInt8] = []
        let distance = max(1, channels * depth / 8)
        for (number, line) in lines.enumerated() {
            let packed = pack(line.flatMap { place in (0..<channels).map { sample(place.x, place.y, $0) } })
            if prior.isEmpty { prior = [UInt8](repeating: 0, count: packed.count) }
            let filter = filters[number % filters.count]
            out.append(filter)
            for i in packed.indices {
                let left = i >= distance ? Int(packed[i - distance]) : 0
                let aboveLeft = i >= distance ? Int(prior[i - distance]) : 0
                out.append(packed[i] &- PNGPredictor.predict(filter, left, Int(prior[i]), aboveLeft))
            }
            prior = packed
        }
        return out
    }

    private func pack(_ samples: [Int]) -> [UInt8] {
        if depth == 16 { return samples.flatMap { bigEndian16($0) } }
        var bytes = [UInt8](repeating: 0, count: (samples.count * depth + 7) / 8)
        for (i, sample) in samples.enumerated() {
            bytes[i * depth / 8] |= UInt8(sample << (8 - depth - i * depth % 8))
        }
        return bytes
    }

    private func sample(_ x: Int, _ y: Int, _ channel: Int) -> Int { samples[(y * width + x) * channels + channel] }

    /// IHDR, PLTE, tRNS, IDAT …, IEND.
    public var chunks: [PNGChunk] {
        var chunks = [header]
        if !palette.isEmpty { chunks.append(PNGChunk("PLTE", palette)) }
        if let transparency { chunks.append(PNGChunk("tRNS", transparency)) }
        return chunks + dataChunks(PNGZlib.stored(rawData)) + [PNGChunk("IEND")]
    }

    public func dataChunks(_ stream: [UInt8]) -> [PNGChunk] {
        stride(from: 0, to: stream.count, by: min(idatBytes, stream.count)).map {
            PNGChunk("IDAT", Array(stream[$0..<min(stream.count, $0 + min(idatBytes, stream.count))]))
        }
    }

    public var file: [UInt8] { PNGChunk.file(chunks) }

    /// The pixels as RGBA, in 8 bits, or 16 if the depth is 16.
    public var rgba: [Int] {
        let full = depth == 16 ? 65535 : 255
        var out: [Int] = []
        for y in 0..<height {
            for x in 0..<width {
                let stored = (0..<channels).map { sample(x, y, $0) }
                if colorType == 3 {
                    out += color(stored[0])
                    continue
                }
                let scaled = stored.map { $0 * full / (1 << depth - 1) }
                let color = channels >= 3 ? Array(scaled[0..<3]) : [scaled[0], scaled[0], scaled[0]]
                out += color + [channels % 2 == 0 ? scaled[channels - 1] : isKey(stored) ? 0 : full]
            }
        }
        return out
    }

    private func color(_ index: Int) -> [Int] {
        guard 3 * index + 3 <= palette.count else { return [0, 0, 0, 255] }
        let alpha = transparency.map { index < $0.count ? Int($0[index]) : 255 } ?? 255
        return palette[3 * index..<3 * index + 3].map { Int($0) } + [alpha]
    }

    private func isKey(_ stored: [Int]) -> Bool {
        guard let transparency else { return false }
        return stored.enumerated().allSatisfy { i, sample in
            Int(transparency[2 * i]) << 8 | Int(transparency[2 * i + 1]) == sample
        }
    }
}

public enum PNGPredictor {
    /// What a filter subtracts from a byte (PNG §9.2 and §9.4), in the specification's own words.
    public static func predict(_ filter: UInt8, _ a: Int, _ b: Int, _ c: Int) -> UInt8 {
        switch filter {
        case 1: return UInt8(a)
        case 2: return UInt8(b)
        case 3: return UInt8((a + b) / 2)
        case 4:
            let p = a + b - c
            let (pa, pb, pc) = (abs(p - a), abs(p - b), abs(p - c))
            return UInt8(pa <= pb && pa <= pc ? a : pb <= pc ? b : c)
        default: return 0
        }
    }
}
