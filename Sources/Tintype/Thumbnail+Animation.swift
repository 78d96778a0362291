import TintypeCore
import TintypePNG

extension Thumbnail {
    /// Makes thumbnails of all frames, and one animated PNG of them.
    ///
    /// - Returns: the size of the frames.
    func writeAnimation(
        _ reader: ImageReader, to sink: any ByteSink, _ options: PNGEncoder.Options
    ) throws(ImageError) -> Size {
        guard let first = try frame(of: reader) else { throw ImageError(.malformed, "the animation has no frames") }
        let plan = colorPlan(reader.metadata, reader.pixelFormat)
        let (size, pixelFormat) = (first.image.size, first.image.pixelFormat)
        // Who does not say how often an animation plays has it played once.
        var encoder = try PNGAnimationEncoder(
            sink, size: size, pixelFormat: pixelFormat, loopCount: reader.info.loopCount ?? 1, options: options,
            metadata: keptMetadata(of: reader, after: plan, size: size).describing(pixelFormat))
        try encoder.writeFrame(first.image, delayMilliseconds: first.delayMilliseconds)
        while let next = try frame(of: reader) {
            try encoder.writeFrame(next.image, delayMilliseconds: next.delayMilliseconds)
        }
        if self.options.strict { try reader.finish() }
        try encoder.finish()
        return size
    }

    private func frame(of reader: ImageReader) throws(ImageError) -> (image: Image, delayMilliseconds: Int)? {
        guard let frame = try reader.nextFrame() else { return nil }
        var rows = try rows(of: reader)
        return (try Image(collecting: &rows, limit: options.limits.memory), frame.delayMilliseconds)
    }
}
