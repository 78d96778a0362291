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

    /// Spreads a line of this pass over a row of the picture.
    ///
    /// - Parameters:
    ///   - pixelBytes: bytes of one pixel in both.
    ///   - start: where in `picture` the row begins.
    static func scatter(
        _ line: [UInt8], width: Int, x: Int, dx: Int, pixelBytes: Int, into picture: inout [UInt8], at start: Int
    ) {
        let source = line.span
        var target = picture.mutableSpan
        var to = start + x * pixelBytes
        var from = 0
        for _ in 0..<width {
            for byte in 0..<pixelBytes { target[to &+ byte] = source[from &+ byte] }
            from &+= pixelBytes
            to &+= dx &* pixelBytes
        }
    }
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
