internal import TintypeCore

/// acTL (PNG §11.3.6.1): what the whole animation is.
struct AnimationControl {
    let frames: Int
    /// 0 for ever.
    let plays: Int

    /// - Returns: nil if the bytes are not a legal acTL.
    init?(_ data: [UInt8]) {
        guard data.count == 8 else { return nil }
        frames = data[0..<4].reduce(0) { $0 << 8 | Int($1) }
        plays = data[4..<8].reduce(0) { $0 << 8 | Int($1) }
        guard (1...0x7FFF_FFFF).contains(frames), plays <= 0x7FFF_FFFF else { return nil }
    }
}

/// fcTL (PNG §11.3.6.2): where a frame lies and what becomes of it.
struct FrameControl {
    enum Disposal: UInt8 {
        case none, background, previous
    }

    let sequence: UInt32
    let size: Size
    let x, y: Int
    let delayMilliseconds: Int
    let disposal: Disposal
    /// Whether the frame is blended over the canvas rather than put in its place.
    let blendsOver: Bool

    /// - Throws: `malformed` if the bytes are not a legal fcTL, or the frame reaches outside the canvas.
    init(_ data: [UInt8], canvas: Size, at offset: Int) throws(ImageError) {
        func malformed(_ reason: String) -> ImageError { ImageError(.malformed, reason, at: offset, format: .png) }
        guard data.count == 26 else { throw malformed("fcTL has \(data.count) bytes rather than 26") }
        func integer(_ range: Range<Int>) -> Int { data[range].reduce(0) { $0 << 8 | Int($1) } }
        sequence = UInt32(truncatingIfNeeded: integer(0..<4))
        size = Size(integer(4..<8), integer(8..<12))
        (x, y) = (integer(12..<16), integer(16..<20))
        guard size.width > 0, size.height > 0, x + size.width <= canvas.width, y + size.height <= canvas.height else {
            throw malformed("a frame of \(size) at (\(x), \(y)) reaches outside the canvas of \(canvas)")
        }
        // A fraction of a second, whose denominator 0 stands for 100.
        let denominator = integer(22..<24) == 0 ? 100 : integer(22..<24)
        delayMilliseconds = (integer(20..<22) * 1000 + denominator / 2) / denominator
        guard let disposal = Disposal(rawValue: data[24]), data[25] <= 1 else {
            throw malformed("frame disposal \(data[24]) or blending \(data[25]) does not exist")
        }
        self.disposal = disposal
        blendsOver = data[25] == 1
    }

    /// Whether the frame covers all of the canvas, as the one in IDAT must.
    func covers(_ canvas: Size) -> Bool { size == canvas && x == 0 && y == 0 }
}
