/// How a file is to be decoded.
public struct DecodeOptions: Sendable, Hashable {
    public var limits = DecodeLimits.default
    /// Whether any damage is an error. By default a damaged file yields what could be read, and warnings.
    public var strict = false

    public init(limits: DecodeLimits = .default, strict: Bool = false) {
        self.limits = limits
        self.strict = strict
    }
}

/// Something that a tolerant decode passed over.
public struct DecodeWarning: Sendable, Hashable, CustomStringConvertible {
    public enum Kind: String, Sendable, Hashable {
        /// The file ends too early.
        case truncated
        /// Bytes that break the format's rules were passed over or replaced.
        case damaged
        /// Bytes follow the end of the picture.
        case trailingBytes
        /// The colours are what they were: their profile is of a kind that is not converted.
        case unconvertedProfile
    }
    public var kind: Kind
    public var reason: String
    /// The first row (from the top, as stored) that is not to be trusted, where one can be named.
    public var row: Int?
    public var offset: Int?

    public init(_ kind: Kind, _ reason: String, row: Int? = nil, at offset: Int? = nil) {
        self.kind = kind
        self.reason = reason
        self.row = row
        self.offset = offset
    }

    public var description: String {
        var text = reason
        if let row { text += ", from row \(row)" }
        if let offset { text += " (at byte \(offset))" }
        return text
    }
}

/// What an animation says of one frame.
public struct Frame: Sendable, Hashable {
    /// 0, 1, 2 …
    public var index: Int
    /// Seconds × 1000 that the frame is shown, as stored.
    public var delayMilliseconds: Int

    public init(index: Int, delayMilliseconds: Int = 0) {
        self.index = index
        self.delayMilliseconds = delayMilliseconds
    }

    /// How long browsers show the frame: as stored, but 100 ms where that is at most 10 ms.
    public var playedMilliseconds: Int { delayMilliseconds <= 10 ? 100 : delayMilliseconds }
}

/// A decoder of one format: it reads the header when made, and yields rows when asked.
///
/// All decoders share one call sequence. Make it; ask `info` and `metadata`; then either pull the `info.size.height` rows of
/// the still picture (a GIF's first frame), or call `nextFrame()` and pull the rows of each frame, composited on the
/// canvas, until it returns nil. Not pulling all rows of a frame before the next is allowed. Errors are sticky.
public protocol ImageDecoder: RowSource, ~Copyable {
    /// Reads the header, up to where the pixels begin.
    init(_ source: any ByteSource, options: DecodeOptions) throws(ImageError)

    /// Reads what `info` needs and no more, also of files whose pixels cannot be decoded; `frameCount` is always filled.
    static func inspect(
        _ source: any ByteSource, options: DecodeOptions
    ) throws(ImageError) -> (info: ImageInfo, metadata: Metadata)

    var info: ImageInfo { get }
    var metadata: Metadata { get }
    /// What was passed over so far. Empty under `strict`, where damage throws.
    var warnings: [DecodeWarning] { get }

    /// Asks for rows of a smaller picture where the format can give them for less work: 1/2, 1/4 or 1/8 of each side, rounded up. `size` changes,
    /// `info` does not. To be called before the first row.
    ///
    /// - Parameters:
    ///   - denominator: 1, 2, 4 or 8.
    ///   - later: what each side will be divided by after that, 1 or more. Detail that is lost then may be left out where that saves work.
    /// - Returns: the denominator granted; 1 from formats that have no such short cut.
    mutating func reduce(by denominator: Int, thenBy later: Double) -> Int

    /// Asks for every so many-th pixel of every so many-th row alone, where the format lets the others be left unread. `size` changes, as if
    /// sides were divided and rounded up; `info` does not. To be called before the first row.
    ///
    /// - Parameter step: 1 or more.
    /// - Returns: the step granted; 1 from formats and files that have no such short cut.
    mutating func sample(every step: Int) -> Int

    /// Moves to the next frame (the first, when called first), or returns nil after the last. A still has one.
    mutating func nextFrame() throws(ImageError) -> Frame?

    /// The rows of the present frame that may differ from those of the frame before; all of them where the decoder cannot tell.
    var changedRows: Range<Int> { get }

    /// The columns in which they may differ.
    var changedColumns: Range<Int> { get }

    /// Passes over the rows before `changedRows`, as far as they were not read.
    mutating func skipUnchangedRows()

    /// Reads on to the end of the file after the last row or frame: checks what is left to check (trailers, checksums) and
    /// adds a warning (or throws, if strict) where bytes follow the end. Callers that only want pixels need not call it.
    mutating func finish() throws(ImageError)
}

extension ImageDecoder where Self: ~Copyable {
    public mutating func reduce(by denominator: Int, thenBy later: Double) -> Int { 1 }
    public var changedRows: Range<Int> { 0..<size.height }
    public var changedColumns: Range<Int> { 0..<size.width }
    public mutating func skipUnchangedRows() {}
    public mutating func sample(every step: Int) -> Int { 1 }
}
