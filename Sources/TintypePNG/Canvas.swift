internal import TintypeCore

/// What an animation is composited on (PNG §11.3.6.2): RGBA of 8 bits, transparent at first.
///
/// A pixel with alpha 0 has colour 0.
struct Canvas {
    let size: Size
    private(set) var pixels: [UInt8]
    /// What the frame now shown covered, if it is to be put back.
    private var saved: [UInt8] = []
    private var shown: FrameControl?

    static var bytesPerPixel: Int { 4 }

    init(_ size: Size) {
        self.size = size
        pixels = [UInt8](repeating: 0, count: size.width * size.height * Self.bytesPerPixel)
    }

    /// Disposes of the frame shown, and makes ready for the next.
    mutating func begin(_ next: FrameControl, budget: inout MemoryBudget) throws(ImageError) {
        if let shown { dispose(of: shown) }
        // The first frame has nothing before it: "previous" is then taken as "background".
        let keepsPrevious = next.disposal == .previous && shown != nil
        budget.release(saved.count)
        saved = []
        if keepsPrevious {
            let bytes = next.size.width * next.size.height * Self.bytesPerPixel
            try budget.charge(bytes, for: "a frame to be put back", format: .png)
            saved.reserveCapacity(bytes)
            forEachRow(of: next) { saved.append(contentsOf: pixels[$0]) }
        }
        shown = next
    }

    private mutating func dispose(of frame: FrameControl) {
        if frame.disposal == .none { return }
        var from = 0
        let rows = frame.size.height
        let bytes = frame.size.width * Self.bytesPerPixel
        for row in 0..<rows {
            let start = offset(frame.x, frame.y + row)
            if saved.isEmpty {
                for i in start..<start + bytes { pixels[i] = 0 }
            } else {
                for i in 0..<bytes { pixels[start &+ i] = saved[from &+ i] }
                from += bytes
            }
        }
    }

    private func forEachRow(of frame: FrameControl, _ body: (Range<Int>) -> Void) {
        for row in 0..<frame.size.height {
            let start = offset(frame.x, frame.y + row)
            body(start..<start + frame.size.width * Self.bytesPerPixel)
        }
    }

    private func offset(_ x: Int, _ y: Int) -> Int { (y * size.width + x) * Self.bytesPerPixel }

    /// Puts a line of the frame into the canvas.
    ///
    /// - Parameters:
    ///   - line: `count` pixels of RGBA, 8 bits.
    ///   - x: the column of the first, within the frame; the others lie `dx` apart.
    ///   - y: the row within the frame.
    /// - Precondition: all of them lie within the frame for which `begin` was called.
    mutating func draw(_ line: [UInt8], count: Int, x: Int, dx: Int, y: Int) {
        guard let shown else { return }
        let start = offset(shown.x + x, shown.y + y)
        if shown.blendsOver {
            Self.blend(line, count, into: &pixels, start, dx * Self.bytesPerPixel)
        } else {
            Self.replace(line, count, into: &pixels, start, dx * Self.bytesPerPixel)
        }
    }

    private static func replace(_ line: [UInt8], _ count: Int, into pixels: inout [UInt8], _ start: Int, _ step: Int) {
        let source = line.span
        var target = pixels.mutableSpan
        var to = start
        for i in 0..<count {
            let from = 4 &* i
            let keep: UInt8 = source[from &+ 3] == 0 ? 0 : 255
            target[to] = source[from] & keep
            target[to &+ 1] = source[from &+ 1] & keep
            target[to &+ 2] = source[from &+ 2] & keep
            target[to &+ 3] = source[from &+ 3]
            to &+= step
        }
    }

    /// "Over" with straight alpha (PNG §11.3.6.2), in integers: each quotient is rounded down.
    private static func blend(_ line: [UInt8], _ count: Int, into pixels: inout [UInt8], _ start: Int, _ step: Int) {
        let source = line.span
        var target = pixels.mutableSpan
        var to = start
        for i in 0..<count {
            let from = 4 &* i
            let alpha = UInt32(source[from &+ 3])
            if alpha == 255 {
                for k in 0..<4 { target[to &+ k] = source[from &+ k] }
            } else if alpha > 0 {
                let u = 255 &* alpha
                let v = (255 &- alpha) &* UInt32(target[to &+ 3])
                for k in 0..<3 {
                    let sum = UInt32(source[from &+ k]) &* u &+ UInt32(target[to &+ k]) &* v
                    target[to &+ k] = UInt8(truncatingIfNeeded: sum / (u &+ v))
                }
                target[to &+ 3] = UInt8(truncatingIfNeeded: (u &+ v) / 255)
            }
            to &+= step
        }
    }
}
