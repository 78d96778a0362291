import TintypeCore

/// Decodes the data of one image after another and draws it on the canvas.
struct FramePainter {
    private var decoder = LZWDecoder()
    private var subBlock: [UInt8] = []
    /// Colour indexes between the decoder and the canvas.
    private var indexes = [UInt8](repeating: 0, count: 4 * LZWDecoder.longestString)

    /// What indexes look like on the canvas.
    private struct Pen {
        /// 256 pixels; 0 where the index is transparent.
        var colors: [UInt32]
        /// Entries of the palette.
        var count: Int
        var transparentIndex: Int?

        init(_ palette: Palette, transparentIndex: Int?) {
            colors = palette.colors
            count = palette.count
            self.transparentIndex = transparentIndex
            if let transparentIndex { colors[transparentIndex] = 0 }
        }
    }

    /// What became of the data of an image.
    private struct Outcome {
        /// Pixels drawn.
        var pixels = 0
        /// What is wrong with the data, if anything is.
        var damage: (kind: DecodeWarning.Kind, reason: String)?
        var indexOutOfRange = false
    }

    /// Draws the image whose descriptor was read last.
    ///
    /// - Parameter required: whether damage that leaves no pixel at all is thrown also by a tolerant decode.
    /// - Throws: `malformed` or `truncated` for damage, if the decode is strict; `limitExceeded`.
    mutating func draw(
        _ image: ImageDescriptor, from blocks: inout BlockReader, on canvas: inout Canvas, required: Bool
    ) throws(ImageError) {
        let palette = image.palette ?? blocks.screen.palette
        try Self.checkDescriptor(image, palette, &blocks)
        var cursor = RowCursor(image, on: canvas.size)
        let pen = Pen(palette ?? .missing, transparentIndex: image.control.transparentIndex)
        let outcome = try decode(pen, &blocks, &canvas, &cursor)
        if palette != nil && outcome.indexOutOfRange {
            try blocks.damage(.damaged, "a colour index lies outside the colour table")
        }
        guard let damage = outcome.damage else { return }
        if required && outcome.pixels == 0 && !cursor.isDone {
            let kind = damage.kind == .truncated ? ImageError.Kind.truncated : .malformed
            throw ImageError(kind, damage.reason, at: blocks.offset, format: .gif)
        }
        try blocks.damage(damage.kind, damage.reason, row: cursor.firstMissingRow)
    }

    private static func checkDescriptor(
        _ image: ImageDescriptor, _ palette: Palette?, _ blocks: inout BlockReader
    ) throws(ImageError) {
        let screen = blocks.screen.size
        if image.size.width == 0 || image.size.height == 0 {
            try blocks.damage(.damaged, "an image has no pixels: \(image.size)")
        }
        if image.x + image.size.width > screen.width || image.y + image.size.height > screen.height {
            try blocks.damage(.damaged, "an image reaches beyond the screen")
        }
        if palette == nil { try blocks.damage(.damaged, "an image has no colour table") }
    }

    /// Decodes the image's data (GIF89a §22) and passes over what it does not need of it.
    private mutating func decode(
        _ pen: Pen, _ blocks: inout BlockReader, _ canvas: inout Canvas, _ cursor: inout RowCursor
    ) throws(ImageError) -> Outcome {
        var outcome = Outcome()
        do throws(ImageError) {
            let codeSize = try blocks.readCodeSize()
            if LZWDecoder.codeSizes.contains(codeSize) {
                decoder.begin(codeSize: codeSize)
                try decodeSubBlocks(pen, &blocks, &canvas, &cursor, &outcome)
            } else {
                outcome.damage = (.damaged, "the minimum code size is \(codeSize)")
            }
            try blocks.skipImageData()
        } catch {
            guard error.kind == .truncated else { throw error }
            if outcome.damage == nil { outcome.damage = (.truncated, error.reason) }
        }
        return outcome
    }

    /// Decodes and draws sub-block by sub-block, until the end code, damage, or nothing more that can be seen.
    private mutating func decodeSubBlocks(
        _ pen: Pen, _ blocks: inout BlockReader, _ canvas: inout Canvas, _ cursor: inout RowCursor,
        _ outcome: inout Outcome
    ) throws(ImageError) {
        var count = 0
        while !cursor.isPastScreen || cursor.isDone {
            let (more, truncation) = nextSubBlock(&blocks)
            var position = 0
            var stop = LZWDecoder.Stop.outputFull
            while stop == .outputFull {
                stop = Self.decode(&decoder, subBlock, &position, &indexes, &count)
                if stop == .inputUsed && more && truncation == nil { break }
                let fits = try draw(count, pen, &canvas, &cursor, &outcome)
                count = 0
                if !fits {
                    outcome.damage = (.damaged, "the data hold more pixels than the image")
                    return
                }
            }
            if let truncation { throw truncation }
            switch stop {
            case .badCode:
                outcome.damage = (.damaged, "a code stands for no string of the table")
                return
            case .endCode:
                if !cursor.isDone { outcome.damage = (.damaged, "the data end before the image's last pixel") }
                return
            case .inputUsed, .outputFull:
                if more { continue }
                let reason = cursor.isDone ? "the end code is missing" : "the data end before the image's last pixel"
                outcome.damage = (.damaged, reason)
                return
            }
        }
    }

    /// Reads the next sub-block: whether there was one, and where the file ended in it, the error.
    private mutating func nextSubBlock(_ blocks: inout BlockReader) -> (more: Bool, truncation: ImageError?) {
        do throws(ImageError) {
            return (try blocks.readSubBlock(into: &subBlock), nil)
        } catch {
            return (true, error)
        }
    }

    private static func decode(
        _ decoder: inout LZWDecoder, _ input: [UInt8], _ position: inout Int, _ indexes: inout [UInt8],
        _ count: inout Int
    ) -> LZWDecoder.Stop {
        var output = indexes.mutableSpan
        return decoder.decode(input.span, from: &position, into: &output, at: &count)
    }

    /// Draws the first `count` indexes, and returns whether the image had room for them.
    private func draw(
        _ count: Int, _ pen: Pen, _ canvas: inout Canvas, _ cursor: inout RowCursor, _ outcome: inout Outcome
    ) throws(ImageError) -> Bool {
        let drawn = try cursor.draw(
            indexes.span.extracting(0..<count), colors: pen.colors.span,
            hasHoles: pen.transparentIndex != nil, on: &canvas)
        outcome.pixels += drawn
        if pen.count < 256 && !outcome.indexOutOfRange {
            let (last, transparent) = (pen.count - 1, pen.transparentIndex ?? -1)
            for i in 0..<drawn {
                let index = Int(indexes[i])
                if index > last && index != transparent { outcome.indexOutOfRange = true }
            }
        }
        return drawn == count
    }
}
