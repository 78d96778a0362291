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
        if quantizer != nil, encoding.format == .png {
            throw ImageError(.misuse, "the colours of an animated PNG cannot be reduced", format: .png)
        }
        var frames = try SmallFrames(
            reader, self, encoding,
            FrameSelection(maximum: maximumFrames, of: frameCount, maximumRate: maximumFrameRate))
        guard let first = try frames.next() else { throw ImageError(.malformed, "the animation has no frames") }
        let plan = colorPlan(reader.metadata, reader.pixelFormat)
        let (size, pixelFormat) = (first.image.size, first.image.pixelFormat)
        var writer = try AnimationWriter(
            sink, size: size, pixelFormat: pixelFormat, encoding: encoding, loops: Loops(reader.info), threads: threads,
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
private struct SmallFrames {
    struct Item {
        var image: Image
        var delayMilliseconds: Int
        /// Whether the image has its new size already.
        var isSmall = false
    }

    private let reader: ImageReader
    private let thumbnail: Thumbnail
    private let encoding: Encoding
    private var selection: FrameSelection
    /// The last frame that was kept, until it is known how long it stays.
    private var pending: Item?
    private var ready: [Item] = []
    private var hasEnded = false
    /// The last frame as it came.
    private var canvas: [UInt8] = []

    init(_ reader: ImageReader, _ thumbnail: Thumbnail, _ encoding: Encoding, _ selection: FrameSelection) {
        self.reader = reader
        self.thumbnail = thumbnail
        self.encoding = encoding
        self.selection = selection
    }

    mutating func next() throws(ImageError) -> Item? {
        if ready.isEmpty { try work() }
        return ready.popLast()
    }

    /// Decodes some frames, and makes all of them small at once.
    private mutating func work() throws(ImageError) {
        let items = try decode()
        let (thumbnail, encoding) = (thumbnail, encoding)
        let orientation = thumbnail.orient ? reader.info.orientation : .up
        let colors = thumbnail.colorPlan(reader.metadata, reader.pixelFormat)
        ready = try Parallel.map(items.count, threads: thumbnail.threads) { index throws(ImageError) in
            var item = items[index]
            var rows = AnyRowSource(item.image.rows)
            if !item.isSmall { rows = try thumbnail.rows(rows, orientation: orientation, colors: colors) }
            var converted = try encoding.converted(rows, background: thumbnail.background)
            item.image = try Image(collecting: &converted, limit: thumbnail.options.limits.memory)
            return item
        }.reversed()
    }

    /// The next frames of those that are kept, as many as there are threads and memory allows.
    private mutating func decode() throws(ImageError) -> [Item] {
        let frameBytes = reader.size.height * reader.bytesPerRow
        let room = thumbnail.options.limits.memory / 4
        let most = max(1, min(2 * thumbnail.threads, room / max(1, frameBytes)))
        var items: [Item] = []
        while items.count < most, !hasEnded {
            guard let frame = try reader.nextFrame() else {
                hasEnded = true
                if let pending { items.append(pending) }
                break
            }
            let isKept = selection.keeps(frame)
            if isKept, let pending { items.append(pending) }
            let delay = selection.keepsAll ? frame.delayMilliseconds : frame.playedMilliseconds
            if frameBytes > room {
                // Too large to be held: straight from the decoder.
                if isKept { pending = Item(image: try small(), delayMilliseconds: delay, isSmall: true) }
            } else {
                // Also of one that is left out, as the next may tell only what changes after it.
                try reader.readFrame(into: &canvas)
                let image = Image(size: reader.size, pixelFormat: reader.pixelFormat, pixels: canvas)
                if isKept { pending = Item(image: image, delayMilliseconds: delay) }
            }
            if !isKept { pending?.delayMilliseconds += frame.playedMilliseconds }
        }
        return items
    }

    private func small() throws(ImageError) -> Image {
        var rows = try thumbnail.rows(of: reader)
        return try Image(collecting: &rows, limit: thumbnail.options.limits.memory)
    }
}
