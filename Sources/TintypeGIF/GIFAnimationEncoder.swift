public import TintypeCore
import TintypeQuantize

/// Encodes animated GIF (GIF89a), frame by frame.
///
/// Frames are given whole; of each only what differs from the one before is written, in whichever way is shortest. Colours stay as they are where each frame
/// needs at most 256 new ones, and are quantised to a common palette otherwise. A frame that shows the same as the one before prolongs that.
public struct GIFAnimationEncoder: ~Copyable {
    private let size: Size
    private let options: GIFEncoder.Options
    private let metadata: Metadata
    private let loopCount: Int?
    private var writer: BlockWriter
    private var window: FrameWindow
    /// The global colour table, once it is written.
    private var table: ColorIndex?
    private var clock = DelayClock()
    private var frameCount = 0
    private var hasFinished = false

    /// What a pixel of a waiting frame takes in all: as it came, as it is drawn, and coded.
    private static let bytesPerPixel = 12

    /// - Parameters:
    ///   - size: each side 1 to 65,535 pixels.
    ///   - loopCount: how often the animation is repeated, 0 for ever; nil for not at all.
    ///   - options: all but `interlaced` count.
    ///   - metadata: as of `GIFEncoder`.
    /// - Throws: `misuse` for options that do not exist or a size without pixels; `limitExceeded` for a size that GIF or the memory allowed cannot hold.
    public init(
        _ sink: any ByteSink, size: Size, loopCount: Int? = 0, options: GIFEncoder.Options = GIFEncoder.Options(),
        metadata: Metadata = Metadata()
    ) throws(ImageError) {
        try GIFEncoder.check(size, .rgba8, options)
        var budget = MemoryBudget(limit: options.memory)
        try budget.charge(size.height, stride: size.width * Self.bytesPerPixel, for: "frames of \(size)", format: .gif)
        self.size = size
        self.options = options
        self.metadata = metadata
        self.loopCount = loopCount
        writer = BlockWriter(sink)
        window = FrameWindow(size: size, options: options)
    }

    /// Adds a frame.
    ///
    /// - Parameters:
    ///   - frame: RGBA of 8 bits.
    ///   - delayMilliseconds: how long it is shown, rounded so that the whole keeps its time, at most 655 s.
    /// - Throws: `misuse` for a picture of another size or format, or after the end; `io` from the sink.
    public mutating func writeFrame(_ frame: Image, delayMilliseconds: Int) throws(ImageError) {
        guard frame.size == size, frame.pixelFormat == .rgba8, !hasFinished else {
            throw ImageError(.misuse, "a frame that does not fit the animation, or comes after its end", format: .gif)
        }
        window.append(frame, delay: clock.hundredths(delayMilliseconds))
        frameCount += 1
        // Most of the memory is for what comes before the encoder; and windows need not be long, as they share a palette where they can.
        if window.pixelCount + size.width * size.height > options.memory / 8 / Self.bytesPerPixel {
            try writeWindow(last: false)
        }
    }

    /// Writes what is left of the file.
    ///
    /// - Throws: `misuse` without a frame, or when called again; `io` from the sink.
    public mutating func finish() throws(ImageError) {
        guard frameCount > 0, !hasFinished else {
            throw ImageError(.misuse, hasFinished ? "the file is already finished" : "no frame", format: .gif)
        }
        hasFinished = true
        try writeWindow(last: true)
        try writer.finish()
    }

    private mutating func writeWindow(last: Bool) throws(ImageError) {
        var parts = try window.takeParts(last: last)
        if parts.isEmpty { return }
        // Pillow clears to black on a canvas whose first image is said to have no transparency, and after images that are.
        for index in parts.indices where parts[index].disposal == .clear {
            parts[index].pixels.tellsTransparency = true
        }
        if table == nil {
            if parts.contains(where: { $0.disposal == .clear }) { parts[0].pixels.tellsTransparency = true }
            try begin(parts)
        }
        guard let table else { return }
        let drawn = parts
        // Codes do not wait in memory for all the others.
        let step = 4 * options.threads
        for start in stride(from: 0, to: drawn.count, by: step) {
            let count = min(step, drawn.count - start)
            let images = try Parallel.map(count, threads: options.threads) { index throws(ImageError) in
                try drawn[start + index].pixels.encoded(global: table)
            }
            for (index, image) in images.enumerated() {
                let part = drawn[start + index]
                try writer.write(image, delay: part.delay, disposal: part.disposal)
            }
        }
    }

    /// Writes what stands before the frames.
    private mutating func begin(_ parts: [FramePart]) throws(ImageError) {
        let table = GlobalColors(parts).table
        self.table = table
        try writer.writeScreen(size, palette: table.colors)
        if let loopCount, frameCount > 1 { try writer.writeLoop(loopCount) }
        try writer.write(metadata)
    }
}

/// Rounds delays to hundredths of a second so that the sum of all stays right.
private struct DelayClock {
    private var given = 0
    private var told = 0

    /// Players show what lasts at most 10 ms for 100 ms: what is longer must not fall to that, and what is not must stay so.
    mutating func hundredths(_ milliseconds: Int) -> Int {
        let milliseconds = min(max(milliseconds, 0), 655_350)
        if milliseconds <= 10 { return (milliseconds + 5) / 10 }
        given += milliseconds
        let delay = min(max((given + 5) / 10 - told, 2), 65_535)
        told += delay
        return delay
    }
}
