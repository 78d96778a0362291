internal import TintypeCore

/// All frames of an animation, compressed.
struct CompressedAnimation {
    struct Part: Sendable {
        let control: [UInt8]
        let data: [UInt8]
    }
    let layout: Layout
    let parts: [Part]

    /// Bytes of the file that depend on how it was done.
    var count: Int { parts.reduce(layout.overhead) { $0 + $1.data.count } }
}

/// Finds the smallest way to write the frames of an animation: in fewer samples and bits, which they must have in
/// common, and each in place of what was there or over it.
struct AnimationReduction {
    let frames: [AnimationFrame]
    let effort: Int
    let threads: Int
    /// Whether grey is to be left as colour.
    let keepsColor: Bool

    func compress() throws(ImageError) -> CompressedAnimation {
        let plain = try compress(in: layout(of: frames.map(\.pixels)))
        let overable = frames.map(\.canBeLaidOver)
        guard overable.contains(true), let transparent else { return plain }
        let over = frames.indices.map { overable[$0] ? frames[$0].laidOver(with: transparent) : [] }
        let layout = layout(of: frames.map(\.pixels) + over)
        let inPlace = layout.isLike(plain.layout) ? plain : try compress(in: layout)
        let laid = try Parallel.map(frames.count, threads: threads) { index throws(ImageError) in
            over[index].isEmpty ? [] : try compress(over[index], of: frames[index], in: layout, threads: 1)
        }
        let parts = frames.indices.map { index in
            let isSmaller = overable[index] && laid[index].count < inPlace.parts[index].data.count
            return isSmaller
                ? CompressedAnimation.Part(control: frames[index].control(laidOver: true), data: laid[index])
                : inPlace.parts[index]
        }
        let mixed = CompressedAnimation(layout: layout, parts: parts)
        return mixed.count < plain.count ? mixed : plain
    }

    /// The frames in place of what was there, with the samples laid out so.
    func compress(in layout: Layout) throws(ImageError) -> CompressedAnimation {
        // A single one is shared out among the threads.
        let inside = frames.count == 1 ? threads : 1
        let parts = try Parallel.map(frames.count, threads: threads) { index throws(ImageError) in
            CompressedAnimation.Part(
                control: frames[index].control(laidOver: false),
                data: try compress(frames[index].pixels, of: frames[index], in: layout, threads: inside))
        }
        return CompressedAnimation(layout: layout, parts: parts)
    }

    private func compress(
        _ pixels: [UInt8], of frame: AnimationFrame, in layout: Layout, threads: Int
    ) throws(ImageError) -> [UInt8] {
        var layout = layout.with(width: frame.size.width)
        var line = [UInt8](repeating: 0, count: layout.lineBytes)
        var data = ImageDataCompressor(
            lineBytes: layout.lineBytes, distance: layout.filterDistance,
            effort: Effort(effort, packed: layout.isPacked), threads: threads)
        for start in stride(from: 0, to: pixels.count, by: frame.rowBytes) {
            layout.convert(pixels.span.extracting(start..<start + frame.rowBytes), into: &line)
            try data.take(line.span)
        }
        try data.finish()
        return data.takeCompressed()
    }

    /// The fewest samples and bits in which all of these pixels can be told apart.
    private func layout(of pictures: [[UInt8]]) -> Layout {
        let format = frames[0].format
        var search = ReductionSearch(format, keepsColor: keepsColor)
        for pixels in pictures where !pixels.isEmpty { search.look(at: pixels.span) }
        let key = search.isOpaque || !search.hasKey ? nil : search.key
        let usesKey = key.map { key in !pictures.contains { ReductionSearch.uses(key, $0, format) } } ?? false
        let samples = Layout(search, width: 1, usesKey: usesKey)
        guard let palette = Layout(palette: search, width: 1), palette.bitsPerPixel < samples.bitsPerPixel else {
            return samples
        }
        return palette
    }

    /// What stands for "as it was": the transparent pixel that the frames have anyway, or else a colour that none has,
    /// so that one entry of tRNS is enough. nil where there is none, or finding out takes too much.
    private var transparent: [UInt8]? {
        let format = frames[0].format
        // A canvas forgets the colour of what cannot be seen.
        let nothing = [UInt8](repeating: 0, count: format.bytesPerPixel)
        var colors = ColorSet()
        for frame in frames where !colors.insert(frame.pixels.span, format) { return nothing }
        guard format.bitDepth == 8, let free = colors.free else { return nil }
        return Array(free.prefix(format.channels - 1)) + [0]
    }
}

/// Which of the colours of 8 bits a sample occur.
private struct ColorSet {
    private var words = [UInt64](repeating: 0, count: 1 << 18)
    private var isGray = true

    /// - Returns: false if there is a pixel that is not opaque.
    mutating func insert(_ pixels: Span<UInt8>, _ format: PixelFormat) -> Bool {
        Self.insert(pixels, format, into: &words, &isGray)
    }

    private static func insert(
        _ pixels: Span<UInt8>, _ format: PixelFormat, into words: inout [UInt64], _ isGray: inout Bool
    ) -> Bool {
        let step = format.bitDepth / 8
        let (green, blue) = format.isGray ? (0, 0) : (step, 2 * step)
        var bits = words.mutableSpan
        for at in stride(from: 0, to: pixels.count, by: format.bytesPerPixel) {
            if pixels[at &+ format.bytesPerPixel &- 1] != 255 { return false }
            let number = Int(pixels[at]) << 16 | Int(pixels[at &+ green]) << 8 | Int(pixels[at &+ blue])
            if number % 0x10101 != 0 { isGray = false }
            bits[number >> 6] |= 1 << UInt64(number & 63)
        }
        return true
    }

    /// One that does not occur; a grey one if all are grey.
    var free: [UInt8]? {
        if isGray {
            let value = (0...255).first { value in
                let number = value * 0x10101
                return words[number >> 6] >> UInt64(number & 63) & 1 == 0
            }
            return value.map { [UInt8($0), UInt8($0), UInt8($0)] }
        }
        guard let word = words.firstIndex(where: { $0 != .max }) else { return nil }
        let number = word << 6 | (~words[word]).trailingZeroBitCount
        return [UInt8(number >> 16), UInt8(number >> 8 & 255), UInt8(number & 255)]
    }
}
