internal import TintypeCore

/// All that a PNG file says before its image data.
struct Preamble {
    let header: Header
    private(set) var palette: Palette?
    private(set) var transparent: TransparentPixel?
    /// nil unless the file is animated, and its control chunks are in order as far as they are read.
    private(set) var animation: AnimationControl?
    /// The control of the first frame, if that is the picture in IDAT.
    private(set) var firstFrame: FrameControl?
    var metadataReader: MetadataReader
    /// The metadata with those behind the image data, where they could be looked at.
    private var ahead: Metadata?
    private var hasTransparency = false

    /// Reads up to the first IDAT chunk, which is left open.
    init(_ chunks: inout ChunkReader, limits: DecodeLimits) throws(ImageError) {
        try chunks.readSignature()
        header = try Self.readHeader(&chunks)
        metadataReader = MetadataReader(header, limits: limits)
        while true {
            guard let type = try chunks.advance() else {
                throw ImageError(.truncated, "the file ends before the image data", at: chunks.offset, format: .png)
            }
            if type == .idat { break }
            try take(type, &chunks)
        }
        guard header.colorType != .palette || palette != nil else {
            throw chunks.error(.malformed, "a palette picture without a palette")
        }
        if animation == nil, firstFrame != nil {
            try chunks.log.note(.damaged, "a frame's control (fcTL) without the animation's (acTL)", at: chunks.start)
            firstFrame = nil
        }
        ahead = chunks.lookingAhead(metadataReader, limit: limits.metadata)
    }

    var metadata: Metadata { ahead ?? metadataReader.metadata }

    private static func readHeader(_ chunks: inout ChunkReader) throws(ImageError) -> Header {
        guard let type = try chunks.advance() else {
            throw ImageError(.truncated, "the file ends before IHDR", at: chunks.offset, format: .png)
        }
        if type == .cgbi { throw chunks.error(.unsupported, "Apple's CgBI dialect is not PNG") }
        guard type == .ihdr else { throw chunks.error(.malformed, "the first chunk is \(type) rather than IHDR") }
        let start = chunks.start
        guard chunks.remaining == 13 else {
            throw chunks.error(.malformed, "IHDR has \(chunks.remaining) bytes rather than 13")
        }
        return try Header(try chunks.readData() ?? [], at: start)
    }

    private mutating func take(_ type: ChunkType, _ chunks: inout ChunkReader) throws(ImageError) {
        switch type {
        case .plte: try takePalette(&chunks)
        case .trns: try takeTransparency(&chunks)
        case .actl: try takeAnimation(&chunks)
        case .fctl: try takeFrame(&chunks)
        case .ihdr: throw chunks.error(.malformed, "a second IHDR")
        case .iend: throw chunks.error(.malformed, "the file has no image data")
        default:
            guard type.isAncillary else {
                throw chunks.error(.unsupported, "the critical chunk \(type) is not known")
            }
            try metadataReader.take(&chunks, palette: palette, afterData: false)
        }
    }

    /// PLTE (PNG §11.2.2). For RGB it only suggests colours, and is checked no further.
    private mutating func takePalette(_ chunks: inout ChunkReader) throws(ImageError) {
        let (start, count) = (chunks.start, chunks.remaining)
        let isPalette = header.colorType == .palette
        let legal = count % 3 == 0 && (3...768).contains(count) && header.channels >= 3
        guard palette == nil else { throw chunks.error(.malformed, "a second PLTE") }
        guard isPalette else {
            try chunks.close()
            if !legal { try chunks.log.note(.damaged, "a PLTE chunk out of place", at: start) }
            return
        }
        guard count % 3 == 0, (3...768).contains(count) else {
            throw chunks.error(.malformed, "a palette of \(count) bytes")
        }
        let data = try chunks.readData() ?? []
        let most = 1 << header.depth
        if count / 3 > most {
            try chunks.log.note(.damaged, "a palette of \(count / 3) entries for \(header.depth) bits", at: start)
        }
        palette = Palette(data.prefix(3 * most))
    }

    /// tRNS (PNG §11.3.1.1). One that breaks the rules is passed over.
    private mutating func takeTransparency(_ chunks: inout ChunkReader) throws(ImageError) {
        let (start, count) = (chunks.start, chunks.remaining)
        guard !hasTransparency, count <= 256 else {
            try chunks.close()
            try chunks.log.note(.damaged, "a tRNS chunk too many, or too long", at: start)
            return
        }
        guard let data = try chunks.readData() else { return }
        switch header.colorType {
        case .palette:
            hasTransparency = !data.isEmpty && data.count <= palette?.count ?? 0
            if hasTransparency { palette?.setAlpha(data) }
        case .gray, .rgb:
            transparent = TransparentPixel(data, header: header)
            hasTransparency = transparent != nil
        case .grayAlpha, .rgba:
            break
        }
        if !hasTransparency {
            try chunks.log.note(.damaged, "a tRNS chunk that does not fit the picture", at: start)
        }
    }

    private mutating func takeAnimation(_ chunks: inout ChunkReader) throws(ImageError) {
        let start = chunks.start
        guard animation == nil, chunks.remaining == 8 else {
            try chunks.close()
            try chunks.log.note(.damaged, "an acTL chunk too many, or of the wrong length", at: start)
            return
        }
        guard let data = try chunks.readData() else { return }
        animation = AnimationControl(data)
        if animation == nil { try chunks.log.note(.damaged, "an acTL chunk that states no frames", at: start) }
    }

    /// The control of the picture in IDAT, as a frame. Where it breaks the rules the file counts as a still.
    private mutating func takeFrame(_ chunks: inout ChunkReader) throws(ImageError) {
        let start = chunks.start
        do throws(ImageError) {
            guard firstFrame == nil, chunks.remaining == 26 else {
                throw chunks.error(.malformed, "an fcTL chunk too many, or of the wrong length")
            }
            guard let data = try chunks.readData() else { return }
            let control = try FrameControl(data, canvas: header.size, at: start)
            try chunks.checkSequence(control.sequence)
            guard control.covers(header.size) else {
                throw ImageError(.malformed, "the first frame does not cover the canvas", at: start, format: .png)
            }
            firstFrame = control
        } catch {
            try chunks.log.pass(over: error)
            animation = nil
            try chunks.close()
        }
    }

    /// - Parameter pixelFormat: that of the rows.
    func info(_ pixelFormat: PixelFormat) -> ImageInfo {
        let details = ImageInfo.PNG(
            colorType: Int(header.colorType.rawValue), interlaced: header.interlaced, palette: palette?.count ?? 0,
            animated: animation != nil)
        let isPalette = header.colorType == .palette
        var info = ImageInfo(
            format: .png, size: header.size, pixelFormat: pixelFormat, bitDepth: header.depth,
            channels: isPalette ? pixelFormat.channels : header.channels, hasAlpha: pixelFormat.hasAlpha,
            details: .png(details))
        info.orientation = metadata.orientation
        info.frameCount = animation?.frames ?? 1
        info.loopCount = animation?.plays
        return info
    }

    /// The format of the rows that this picture gives.
    var pixelFormat: PixelFormat {
        let alpha = transparent != nil || palette?.hasAlpha == true
        switch header.colorType {
        case .palette: return alpha ? .rgba8 : .rgb8
        case .gray: return .make(gray: true, alpha: alpha, bitDepth: header.depth)
        case .rgb: return .make(gray: false, alpha: alpha, bitDepth: header.depth)
        case .grayAlpha: return .make(gray: true, alpha: true, bitDepth: header.depth)
        case .rgba: return .make(gray: false, alpha: true, bitDepth: header.depth)
        }
    }
}
