internal import TintypeCore
internal import TintypeKernels

extension PNGDecoder {
    /// What is held while an animation is played.
    struct Animation {
        var canvas: Canvas
        var framesShown = 0
        /// Whether no more frames are to be had.
        var hasEnded = false
        /// A line in the picture's pixel format, and in the canvas's.
        var row: [UInt8]
        var wideRow: [UInt8]
    }

    mutating func nextAnimationFrame() throws(ImageError) -> Frame? {
        if animation == nil { try startAnimation() }
        guard animation?.hasEnded == false else { return nil }
        do throws(ImageError) {
            if let control = try nextControl() {
                try composite(control)
                let index = animation?.framesShown ?? 0
                animation?.framesShown = index + 1
                return Frame(index: index, delayMilliseconds: control.delayMilliseconds)
            }
        } catch {
            // With nothing to show the error is the answer.
            guard let shown = animation?.framesShown, shown > 0 else { throw error }
            try chunks.log.pass(over: error)
        }
        animation?.hasEnded = true
        return nil
    }

    private mutating func startAnimation() throws(ImageError) {
        let frames = preamble.animation?.frames ?? 0
        let (pixels, overflow) = (size.width * size.height).multipliedReportingOverflow(by: frames)
        guard frames <= limits.frames, !overflow, pixels <= limits.framePixels else {
            throw ImageError(.limitExceeded, "\(frames) frames of \(size) are beyond the limits", format: .png)
        }
        let rowBytes = size.width * info.pixelFormat.bytesPerPixel
        let wideBytes = size.width * Canvas.bytesPerPixel
        try budget.charge(size.height + 1, stride: wideBytes, for: "a canvas of \(size)", format: .png)
        try budget.charge(rowBytes, for: "a line of \(size.width) pixels", format: .png)
        animation = Animation(
            canvas: Canvas(size), row: [UInt8](repeating: 0, count: rowBytes),
            wideRow: [UInt8](repeating: 0, count: wideBytes))
    }

    /// Reads on to the control of the next frame. The chunk that follows it begins the frame's data.
    ///
    /// - Returns: nil after the last frame.
    private mutating func nextControl() throws(ImageError) -> FrameControl? {
        let shown = animation?.framesShown ?? 0
        if shown == preamble.animation?.frames { return nil }
        if shown == 0, let first = preamble.firstFrame { return first }
        while true {
            switch chunks.type {
            case .fctl:
                let start = chunks.start
                guard chunks.remaining == 26 else { throw chunks.error(.malformed, "fcTL is not of 26 bytes") }
                guard let data = try chunks.readData() else { break }
                let control = try FrameControl(data, canvas: size, at: start)
                try chunks.checkSequence(control.sequence)
                return control
            case .iend:
                throw chunks.error(.malformed, "the animation has \(shown) frames, fewer than it states")
            case .fdat where shown == 0:
                throw chunks.error(.malformed, "a frame's data without its control")
            case .some(let type):
                try takeOther(type)
            case nil:
                break
            }
            guard let next = try chunks.advance() else {
                throw chunks.error(.truncated, "the file ends without IEND")
            }
            if next == .fdat { try chunks.takeSequenceNumber() }
        }
    }

    /// Draws the frame whose data come next. Throws if nothing of it can be read.
    private mutating func composite(_ control: FrameControl) throws(ImageError) {
        let isFirst = animation?.framesShown == 0
        if !isFirst || preamble.firstFrame == nil {
            var header = preamble.header
            header.size = control.size
            budget.release(scanlines.heldBytes)
            scanlines = try ScanlineReader(header, dataType: .fdat, budget: &budget)
        }
        isBroken = false
        try animation?.canvas.begin(control, budget: &budget)
        while let line = try nextLine() { try draw(line) }
        if !isBroken { try finishImageData() }
    }

    private mutating func draw(_ line: ScanlineReader.Line) throws(ImageError) {
        guard var animation = animation.take() else { return }
        defer { self.animation = animation }
        try convert(line, into: &animation.row)
        let format = converter.format
        let count = convertedBytes(line)
        Self.widen(animation.row, count, format, width: line.width, into: &animation.wideRow)
        animation.canvas.draw(animation.wideRow, count: line.width, x: line.x, dx: line.dx, y: line.row)
    }

    private static func widen(
        _ row: [UInt8], _ count: Int, _ format: PixelFormat, width: Int, into wide: inout [UInt8]
    ) {
        var whole = wide.mutableSpan
        var front = whole._mutatingExtracting(0..<width * Canvas.bytesPerPixel)
        PNGUnpack.widenToRGBA8(
            row.span.extracting(0..<count), channels: format.channels, sampleBytes: format.bitDepth / 8, into: &front)
    }
}
