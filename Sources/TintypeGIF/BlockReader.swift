import TintypeCore

/// Walks the blocks of a file (GIF89a §7, appendix A) from one image to the next, and takes from the extensions between them what they say.
struct BlockReader: ~Copyable {
    var reader: ByteReader
    let screen: Screen
    let options: DecodeOptions
    /// What the last graphic control extension said; it applies to the next image.
    var control = GraphicControl()
    /// How often the animation plays, 0 for ever, once an extension said it.
    var loopCount: Int?
    var metadata = Metadata()
    /// Bytes of metadata taken so far.
    var metadataBytes = 0
    private(set) var warnings: [DecodeWarning] = []
    /// Images whose descriptor was read.
    private(set) var images = 0
    /// Whether the trailer was read, or nothing more can be.
    private(set) var ended = false
    private var sawStrayZero = false
    private var place = Place.betweenBlocks

    /// What the reader stands before.
    private enum Place {
        case betweenBlocks
        /// The minimum code size of an image (§22), and then its data.
        case codeSize
        case subBlocks
    }

    init(_ source: any ByteSource, options: DecodeOptions) throws(ImageError) {
        self.options = options
        reader = ByteReader(source, format: .gif)
        screen = try Screen(reading: &reader)
    }

    var offset: Int { reader.offset }

    /// Notes damage, or throws it if the decode is strict.
    mutating func damage(
        _ kind: DecodeWarning.Kind, _ reason: String, row: Int? = nil
    ) throws(ImageError) {
        if options.strict {
            throw ImageError(kind == .truncated ? .truncated : .malformed, reason, at: offset, format: .gif)
        }
        warnings.append(DecodeWarning(kind, reason, row: row, at: offset))
    }

    /// The next image's descriptor, or nil when there are no more. Passes over what is left of the image before.
    ///
    /// Damage between images ends a tolerant decode there, unless it is before the first one.
    mutating func nextImage() throws(ImageError) -> ImageDescriptor? {
        if ended { return nil }
        do throws(ImageError) {
            try skipImageData()
            guard let image = try scan() else {
                ended = true
                guard images > 0 else { throw reader.malformed("the file holds no image") }
                return nil
            }
            images += 1
            return image
        } catch {
            ended = true
            guard images > 0, !options.strict, error.kind == .truncated || error.kind == .malformed else { throw error }
            try damage(error.kind == .truncated ? .truncated : .damaged, error.reason)
            return nil
        }
    }

    /// Reads blocks up to the next image descriptor (returned) or the trailer (nil).
    private mutating func scan() throws(ImageError) -> ImageDescriptor? {
        while true {
            guard let introducer = try reader.nextByte() else { throw reader.truncated("the trailer is missing") }
            switch introducer {
            case 0x2C:
                let image = try ImageDescriptor(reading: &reader, control: control)
                control = GraphicControl()
                place = .codeSize
                return image
            case 0x21:
                try readExtension()
            case 0x3B:
                return nil
            case 0:
                // Some writers end a block twice.
                if !sawStrayZero { try damage(.damaged, "a zero byte stands between blocks") }
                sawStrayZero = true
            default:
                throw ImageError(
                    .malformed, "no block begins with byte \(introducer)", at: offset - 1, format: .gif)
            }
        }
    }

    /// Reads one data sub-block (§15), the next of the image or extension, in place of what `block` holds.
    ///
    /// - Returns: false after the last one.
    /// - Throws: `truncated` where the file ends first; `block` then holds what there was.
    mutating func readSubBlock(into block: inout [UInt8]) throws(ImageError) -> Bool {
        block.removeAll(keepingCapacity: true)
        let length = Int(try reader.readByte())
        if length == 0 {
            place = .betweenBlocks
            return false
        }
        let available = min(length, try reader.fill(length))
        block.append(contentsOf: reader.buffer[reader.position..<reader.position + available])
        reader.advance(by: available)
        if available < length { throw reader.truncated("the file ends within a data block") }
        return true
    }

    /// Reads the minimum code size before an image's data (§22).
    mutating func readCodeSize() throws(ImageError) -> Int {
        let size = Int(try reader.readByte())
        place = .subBlocks
        return size
    }

    /// Passes over what is left of the image, if it stands in one.
    mutating func skipImageData() throws(ImageError) {
        if place == .codeSize { _ = try readCodeSize() }
        if place == .subBlocks { try skipSubBlocks() }
    }

    /// Passes over sub-blocks to the end of the image or extension.
    mutating func skipSubBlocks() throws(ImageError) {
        while true {
            let length = Int(try reader.readByte())
            if length == 0 { break }
            guard try reader.skip(length) == length else { throw reader.truncated("the file ends within a data block") }
        }
        place = .betweenBlocks
    }

    /// Notes bytes after the trailer.
    mutating func checkEnd() throws(ImageError) {
        if try reader.peek() != nil { try damage(.trailingBytes, "bytes follow the trailer") }
    }
}
