public import Tintype

/// All that a decoder says of a file: every frame's pixels, and the rest.
public struct DecodedFrames: Sendable {
    public var info: ImageInfo
    public var metadata: Metadata
    public var frames: [[UInt8]] = []
    public var delays: [Int] = []
    public var warnings: [DecodeWarning] = []

    /// Decodes every frame with a decoder of type `Decoder`, and finishes.
    public init<Decoder: ImageDecoder & ~Copyable>(
        _ type: Decoder.Type, _ source: any ByteSource, options: DecodeOptions = DecodeOptions()
    ) throws(ImageError) {
        var decoder = try Decoder(source, options: options)
        while let frame = try decoder.nextFrame() {
            delays.append(frame.delayMilliseconds)
            let size = decoder.size
            var pixels = [UInt8](repeating: 0, count: size.height * decoder.bytesPerRow)
            try Self.read(&decoder, into: &pixels)
            frames.append(pixels)
        }
        try decoder.finish()
        info = decoder.info
        metadata = decoder.metadata
        warnings = decoder.warnings
    }

    /// Decodes the still picture, without asking for frames, and finishes.
    public init<Decoder: ImageDecoder & ~Copyable>(
        still type: Decoder.Type, _ source: any ByteSource, options: DecodeOptions = DecodeOptions()
    ) throws(ImageError) {
        var decoder = try Decoder(source, options: options)
        var pixels = [UInt8](repeating: 0, count: decoder.size.height * decoder.bytesPerRow)
        try Self.read(&decoder, into: &pixels)
        frames = [pixels]
        try decoder.finish()
        info = decoder.info
        metadata = decoder.metadata
        warnings = decoder.warnings
    }

    private static func read<Decoder: ImageDecoder & ~Copyable>(
        _ decoder: inout Decoder, into pixels: inout [UInt8]
    ) throws(ImageError) {
        let stride = decoder.bytesPerRow
        var all = pixels.mutableSpan
        for y in 0..<decoder.size.height {
            var row = all._mutatingExtracting(y * stride..<(y + 1) * stride)
            try decoder.readRow(into: &row)
        }
    }

    /// The SHA-256 of all frames, one after another.
    public var digest: String {
        var hash = SHA256()
        for frame in frames { hash.update(frame) }
        return hash.finish()
    }
}
