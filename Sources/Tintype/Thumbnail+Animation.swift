import TintypeCore

extension Thumbnail {
    /// Whether an animation stays one.
    public func writesAllFrames(as encoding: Encoding) -> Bool {
        switch encoding {
        case .gif: animates ?? true
        case .png: animates ?? false
        case .jpeg, .netpbm: false
        }
    }

    /// Makes thumbnails of all frames, and one animation of them.
    ///
    /// - Returns: the size of the frames.
    func writeAnimation(
        _ reader: ImageReader, to sink: any ByteSink, as encoding: Encoding, _ frameCount: Int?
    ) throws(ImageError) -> Size {
        var frames = try SmallFrames(
            reader, self, encoding,
            FrameSelection(maximum: maximumFrames, of: frameCount, maximumRate: maximumFrameRate))
        guard let first = try frames.next() else { throw ImageError(.malformed, "the animation has no frames") }
        let plan = colorPlan(reader.metadata, reader.pixelFormat)
        let (size, pixelFormat) = (first.image.size, first.image.pixelFormat)
        var writer = try AnimationWriter(
            sink, size: size, pixelFormat: pixelFormat, encoding: encoding, loops: Loops(reader.info), options: self,
            metadata: keptMetadata(of: reader, after: plan, size: size).describing(pixelFormat))
        try writer.write(first.image, delayMilliseconds: first.delayMilliseconds)
        while let next = try frames.next() { try writer.write(next.image, delayMilliseconds: next.delayMilliseconds) }
        if options.strict { try reader.finish() }
        try writer.finish()
        return size
    }

    /// The rows of a still picture: the reader's, or those of the frame chosen.
    func stillRows(of reader: ImageReader, colors: ColorPlan) throws(ImageError) -> AnyRowSource {
        switch frame {
        case nil: break
        case .index(let index):
            for count in 0...max(0, index) where try reader.nextFrame() == nil {
                throw ImageError(.misuse, "there is no frame \(index), the file has \(count)")
            }
        case .mostDetailed:
            return AnyRowSource(try mostDetailed(of: reader, colors: colors).rows)
        }
        return try rows(of: reader, colors: colors)
    }

    /// The small frame with the most detail, the first of several.
    private func mostDetailed(of reader: ImageReader, colors: ColorPlan) throws(ImageError) -> Image {
        var best: (image: Image, detail: Int)?
        while try reader.nextFrame() != nil {
            var rows = try rows(of: reader, colors: colors)
            let image = try Image(collecting: &rows, limit: options.limits.memory / 2)
            let detail = try AttentionCrop.detail(of: image).rows.reduce(0, +)
            if detail > best?.detail ?? -1 { best = (image, detail) }
        }
        guard let best else { throw ImageError(.malformed, "the animation has no frames") }
        return best.image
    }
}

/// The frames that are kept of an animation, brought to their size: several at once, in their order.
///
/// Of most frames only a part differs from the one before; only that is resampled.
private struct SmallFrames {
    struct Item {
        var image: Image
        var delayMilliseconds: Int
    }

    /// A frame before it is made small.
    private struct Job: Sendable {
        enum Work: Sendable {
            case whole(Image)
            case patch(FramePatches.Patch)
            case done(Image)
            /// It shows what the one before shows.
            case nothing
        }
        var work: Work
        var delayMilliseconds: Int
    }

    private let reader: ImageReader
    private let thumbnail: Thumbnail
    private let encoding: Encoding
    private let orientation: Orientation
    private let colors: ColorPlan
    private let patches: FramePatches?
    private var selection: FrameSelection
    /// The last frame that was kept, until it is known how long it stays.
    private var pending: Job?
    private var ready: [Item] = []
    private var hasEnded = false
    /// The last frame as it came, and what changed since the one that was kept last; nil before the first.
    private var canvas: [UInt8] = []
    private var changed: FramePatches.Box?
    /// The last frame made small.
    private var small: (size: Size, pixelFormat: PixelFormat, pixels: [UInt8])?

    init(
        _ reader: ImageReader, _ thumbnail: Thumbnail, _ encoding: Encoding, _ selection: FrameSelection
    ) throws(ImageError) {
        self.reader = reader
        self.thumbnail = thumbnail
        self.encoding = encoding
        self.selection = selection
        orientation = thumbnail.orient ? reader.info.orientation : .up
        colors = thumbnail.colorPlan(reader.metadata, reader.pixelFormat)
        patches = try FramePatches(thumbnail, frames: reader.size, orientation: orientation)
    }

    mutating func next() throws(ImageError) -> Item? {
        if ready.isEmpty { try work() }
        return ready.popLast()
    }

    /// Decodes some frames, and makes all of them small at once.
    private mutating func work() throws(ImageError) {
        let jobs = try decode()
        let (thumbnail, encoding, orientation, colors, patches) = (thumbnail, encoding, orientation, colors, patches)
        let images = try Parallel.map(jobs.count, threads: thumbnail.threads) { index throws(ImageError) -> Image? in
            var rows: AnyRowSource
            switch jobs[index].work {
            case .nothing: return nil
            case .done(let image): rows = AnyRowSource(image.rows)
            case .whole(let image):
                rows = try thumbnail.rows(AnyRowSource(image.rows), orientation: orientation, colors: colors)
            case .patch(let patch):
                guard let patches else { return nil }
                rows = try patches.rows(patch, colors: colors)
            }
            rows = try encoding.converted(rows, background: thumbnail.background)
            return try Image(collecting: &rows, limit: thumbnail.options.limits.memory)
        }
        for (job, image) in zip(jobs, images) {
            if case .patch(let patch) = job.work {
                replace(patch.target, by: image)
            } else if let image {
                begin(image)
            }
            guard let small else { continue }
            let whole = Image(size: small.size, pixelFormat: small.pixelFormat, pixels: small.pixels)
            ready.append(Item(image: whole, delayMilliseconds: job.delayMilliseconds))
        }
        ready.reverse()
    }

    private mutating func begin(_ image: Image) {
        small = (image.size, image.pixelFormat, image.pixels)
    }

    /// Puts a part into the last small frame.
    private mutating func replace(_ target: FramePatches.Box, by part: Image?) {
        guard let part, let width = small?.size.width else { return }
        let (bytes, stride) = (part.pixelFormat.bytesPerPixel, part.bytesPerRow)
        for (line, y) in target.rows.enumerated() {
            let start = (y * width + target.columns.lowerBound) * bytes
            small?.pixels.replaceSubrange(
                start..<start + stride, with: part.pixels[line * stride..<(line + 1) * stride])
        }
    }

    /// The next frames of those that are kept, as many as there are threads and memory allows.
    private mutating func decode() throws(ImageError) -> [Job] {
        let frameBytes = reader.size.height * reader.bytesPerRow
        let room = thumbnail.options.limits.memory / 4
        let most = max(1, min(2 * thumbnail.threads, room / max(1, frameBytes)))
        var jobs: [Job] = []
        while jobs.count < most, !hasEnded {
            guard let frame = try reader.nextFrame() else {
                hasEnded = true
                if let pending { jobs.append(pending) }
                break
            }
            let isKept = selection.keeps(frame)
            if isKept, let pending { jobs.append(pending) }
            let delay = selection.keepsAll ? frame.delayMilliseconds : frame.playedMilliseconds
            if frameBytes > room {
                // Too large to be held: straight from the decoder.
                if isKept { pending = Job(work: .done(try smallFrame()), delayMilliseconds: delay) }
            } else {
                // Also of one that is left out, as the next may tell only what changes after it.
                note(FramePatches.Box(columns: reader.changedColumns, rows: reader.changedRows))
                try reader.readFrame(into: &canvas)
                if isKept { pending = Job(work: takeWork(), delayMilliseconds: delay) }
            }
            if !isKept { pending?.delayMilliseconds += frame.playedMilliseconds }
        }
        return jobs
    }

    private mutating func note(_ box: FramePatches.Box) {
        changed = changed?.union(box)
    }

    /// What is to be done for the frame on the canvas.
    private mutating func takeWork() -> Job.Work {
        defer { changed = FramePatches.Box(columns: 0..<0, rows: 0..<0) }
        guard let patches, let changed else {
            return .whole(Image(size: reader.size, pixelFormat: reader.pixelFormat, pixels: canvas))
        }
        return patches.patch(of: canvas, reader.pixelFormat, changed: changed).map { .patch($0) } ?? .nothing
    }

    private func smallFrame() throws(ImageError) -> Image {
        var rows = try thumbnail.rows(of: reader)
        return try Image(collecting: &rows, limit: thumbnail.options.limits.memory)
    }
}
