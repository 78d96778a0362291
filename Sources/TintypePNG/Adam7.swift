internal import TintypeCore

/// A reduced picture of the file: all of it, or one of the seven that Adam7 interlacing makes (PNG §8).
struct Pass {
    /// Where its first pixel lies in the picture.
    let x, y: Int
    /// How far its pixels lie apart.
    let dx, dy: Int

    static var whole: Pass { Pass(x: 0, y: 0, dx: 1, dy: 1) }

    static var adam7: [Pass] {
        [
            Pass(x: 0, y: 0, dx: 8, dy: 8), Pass(x: 4, y: 0, dx: 8, dy: 8), Pass(x: 0, y: 4, dx: 4, dy: 8),
            Pass(x: 2, y: 0, dx: 4, dy: 4), Pass(x: 0, y: 2, dx: 2, dy: 4), Pass(x: 1, y: 0, dx: 2, dy: 2),
            Pass(x: 0, y: 1, dx: 1, dy: 2),
        ]
    }

    /// Its width and height, not positive where a small picture has nothing in this pass.
    func size(in picture: Size) -> Size {
        Size((picture.width - x + dx - 1) / dx, (picture.height - y + dy - 1) / dy)
    }

    /// Which line of this pass lies in a row of the picture, nil if none does.
    func line(inRow row: Int) -> Int? {
        row >= y && (row - y) % dy == 0 ? (row - y) / dy : nil
    }

    /// Spreads a line of this pass over a row of the picture.
    ///
    /// - Parameter pixelBytes: bytes of one pixel in both.
    func scatter(_ line: [UInt8], width: Int, pixelBytes: Int, into row: inout MutableSpan<UInt8>) {
        let source = line.span
        precondition(source.count >= width * pixelBytes)
        var to = x * pixelBytes
        var from = 0
        for _ in 0..<width {
            for byte in 0..<pixelBytes { row[to &+ byte] = source[from &+ byte] }
            from &+= pixelBytes
            to &+= dx &* pixelBytes
        }
    }
}

/// The first six passes of an interlaced picture, kept packed as they are in the file.
///
/// Together they make the even rows. The odd ones are the seventh pass, which streams: no more than half of the picture
/// is ever held.
struct EarlyPasses {
    /// One pass, as far as it arrived.
    struct Kept {
        let pass: Pass
        let width: Int
        let lineBytes: Int
        fileprivate(set) var lines: [UInt8] = []

        /// Where among `lines` the one that lies in a row begins; nil where there is none, or it did not arrive.
        func start(inRow row: Int) -> Int? {
            guard let line = pass.line(inRow: row), (line + 1) * lineBytes <= lines.count else { return nil }
            return line * lineBytes
        }
    }
    private(set) var passes: [Kept] = []

    init(_ header: Header, budget: inout MemoryBudget) throws(ImageError) {
        for pass in header.passes where pass.isEarly {
            let size = pass.size(in: header.size)
            var kept = Kept(pass: pass, width: size.width, lineBytes: header.lineBytes(size.width))
            try budget.charge(size.height, stride: kept.lineBytes, for: "an interlaced \(header.size)", format: .png)
            kept.lines.reserveCapacity(size.height * kept.lineBytes)
            passes.append(kept)
        }
    }

    mutating func keep(_ line: [UInt8], _ place: ScanlineReader.Line) {
        // No two of the six agree in both.
        guard let index = passes.firstIndex(where: { $0.pass.x == place.x && $0.pass.dx == place.dx }) else { return }
        passes[index].lines.append(contentsOf: line[0..<passes[index].lineBytes])
    }
}

extension Pass {
    /// Whether it is one of the first six of Adam7; the seventh has whole rows.
    var isEarly: Bool { dx > 1 }
}

extension Header {
    /// The passes that a picture of this size has, in the order of the file.
    var passes: [Pass] {
        guard interlaced else { return [.whole] }
        return Pass.adam7.filter {
            let part = $0.size(in: size)
            return part.width > 0 && part.height > 0
        }
    }
}
