internal import TintypeCore

/// A frame of an animation that waits to be written: the rectangle in which it differs from the one before.
struct AnimationFrame: Sendable {
    let x, y: Int
    let size: Size
    let delayMilliseconds: Int
    /// The pixels of the rectangle, in a format with alpha.
    let pixels: [UInt8]
    /// For each of them, 0 where the frame before has the same one; empty in the first frame.
    let changes: [UInt8]
    let format: PixelFormat

    var rowBytes: Int { size.width * format.bytesPerPixel }
    var bytes: Int { pixels.count + changes.count }

    /// - Parameters:
    ///   - canvas: all pixels of the frame.
    ///   - previous: those of the frame before; empty before the first.
    ///   - width: of both, in pixels.
    init(_ canvas: [UInt8], after previous: [UInt8], width: Int, format: PixelFormat, delayMilliseconds: Int) {
        let stride = width * format.bytesPerPixel
        let whole = Size(width, canvas.count / stride)
        let (x, y, size) =
            previous.isEmpty
            ? (0, 0, whole) : Self.difference(canvas.span, previous.span, stride, format.bytesPerPixel)
        var pixels: [UInt8] = []
        var changes: [UInt8] = []
        pixels.reserveCapacity(size.width * size.height * format.bytesPerPixel)
        for row in y..<y + size.height {
            let start = row * stride + x * format.bytesPerPixel
            let range = start..<start + size.width * format.bytesPerPixel
            pixels += canvas[range]
            if previous.isEmpty { continue }
            Self.compare(canvas, previous, range, format.bytesPerPixel, into: &changes)
        }
        (self.x, self.y, self.size, self.delayMilliseconds) = (x, y, size, delayMilliseconds)
        (self.pixels, self.changes, self.format) = (pixels, changes, format)
    }

    /// The smallest rectangle outside which the two agree; one pixel where they agree everywhere.
    private static func difference(
        _ a: Span<UInt8>, _ b: Span<UInt8>, _ stride: Int, _ pixelBytes: Int
    ) -> (x: Int, y: Int, size: Size) {
        var (left, right, top, bottom) = (stride, -1, -1, -1)
        for start in Swift.stride(from: 0, to: a.count, by: stride) {
            var first = 0
            while first < stride, a[start &+ first] == b[start &+ first] { first &+= 1 }
            if first == stride { continue }
            var last = stride - 1
            while a[start &+ last] == b[start &+ last] { last &-= 1 }
            (left, right) = (min(left, first), max(right, last))
            if top < 0 { top = start / stride }
            bottom = start / stride
        }
        if top < 0 { return (0, 0, Size(1, 1)) }
        (left, right) = (left / pixelBytes, right / pixelBytes)
        return (left, top, Size(right - left + 1, bottom - top + 1))
    }

    private static func compare(
        _ a: [UInt8], _ b: [UInt8], _ range: Range<Int>, _ pixelBytes: Int, into changes: inout [UInt8]
    ) {
        let (a, b) = (a.span, b.span)
        for at in stride(from: range.lowerBound, to: range.upperBound, by: pixelBytes) {
            var differs: UInt8 = 0
            for byte in at..<at &+ pixelBytes { differs |= a[byte] ^ b[byte] }
            changes.append(differs)
        }
    }

    /// Whether the frame could be laid over the one before: what changed is opaque, and enough did not change to make
    /// that worth a try.
    var canBeLaidOver: Bool {
        guard changes.count > 1 else { return false }
        var unchanged = 0
        for (index, change) in changes.enumerated() {
            if change == 0 {
                unchanged += 1
            } else if !isOpaque(index) {
                return false
            }
        }
        return unchanged * 8 >= changes.count
    }

    private func isOpaque(_ index: Int) -> Bool {
        let end = (index + 1) * format.bytesPerPixel
        return pixels[end - 1] == 255 && pixels[end - format.bitDepth / 8] == 255
    }

    /// The pixels with a transparent one in place of all that did not change.
    func laidOver(with transparent: [UInt8]) -> [UInt8] {
        var pixels = pixels
        for (index, change) in changes.enumerated() where change == 0 {
            for byte in transparent.indices { pixels[index * transparent.count + byte] = transparent[byte] }
        }
        return pixels
    }

    /// fcTL (PNG §11.3.6.2) without its sequence number. Nothing is disposed of.
    func control(laidOver: Bool) -> [UInt8] {
        let delay = max(0, delayMilliseconds)
        let (numerator, denominator) = delay <= 65_535 ? (delay, 1000) : (min(delay / 1000, 65_535), 1)
        return [size.width, size.height, x, y].flatMap { bigEndian(UInt32(truncatingIfNeeded: $0)) }
            + bigEndian(UInt32(numerator) << 16 | UInt32(denominator)) + [0, laidOver ? 1 : 0]
    }
}
