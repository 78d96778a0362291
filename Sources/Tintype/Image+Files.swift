public import SystemPackage
public import TintypeCore
public import TintypeResample

extension Image {
    /// Decodes a file, turned as it is to be shown. Of an animation: the still picture, or the first frame.
    ///
    /// - Throws: `io` where the file cannot be read, or what the decoder finds wrong.
    public init(contentsOf path: FilePath, options: DecodeOptions = DecodeOptions()) throws(ImageError) {
        try self.init(decoding: FileByteSource(path: path), options: options)
    }

    /// Decodes a file's bytes, turned as the picture is to be shown.
    public init(decoding bytes: [UInt8], options: DecodeOptions = DecodeOptions()) throws(ImageError) {
        try self.init(decoding: MemoryByteSource(bytes), options: options)
    }

    /// Decodes what the source yields, turned as the picture is to be shown.
    public init(decoding source: any ByteSource, options: DecodeOptions = DecodeOptions()) throws(ImageError) {
        let reader = try ImageReader(source, options: options)
        var rows = AnyRowSource(reader)
        let turned = reader.info.orientation != .up
        // Turning needs the picture twice.
        let limit = turned ? options.limits.memory / 2 : options.limits.memory
        let stored = try Image(collecting: &rows, limit: limit)
        try reader.finishStill()
        self = stored.oriented(reader.info.orientation)
        metadata = reader.metadata
        metadata.resetOrientation()
    }

    /// The picture in a format's bytes.
    ///
    /// - Parameters:
    ///   - keep: how much of the metadata goes along.
    ///   - background: what shines through transparent pixels in a format that has none.
    public func encoded(
        as encoding: Encoding, keeping keep: Metadata.Keep = .safe, background: Color = .white
    ) throws(ImageError) -> [UInt8] {
        let sink = MemoryByteSink()
        try encoding.write(
            AnyRowSource(rows), to: sink, metadata: metadata.keeping(keep, size: size), background: background)
        return sink.bytes
    }

    /// Writes a file, which appears whole or not at all and replaces one of that name.
    ///
    /// - Parameter encoding: by the name's extension where it is nil.
    public func write(
        to path: FilePath, as encoding: Encoding? = nil, keeping keep: Metadata.Keep = .safe,
        background: Color = .white
    ) throws(ImageError) {
        let chosen: Encoding
        if let encoding {
            chosen = encoding
        } else {
            chosen = try Encoding(pathExtension: path.extension ?? "", for: pixelFormat)
        }
        let file = try AtomicFile(path: path)
        try chosen.write(
            AnyRowSource(rows), to: file, metadata: metadata.keeping(keep, size: size), background: background)
        try file.commit()
    }

    /// A copy of at most this size, undistorted, never larger: the very pixels that `Thumbnail(fitting:)` makes of the
    /// file.
    public func thumbnail(fitting size: Size) throws(ImageError) -> Image {
        try Thumbnail(fitting: size).image(of: self)
    }
}
