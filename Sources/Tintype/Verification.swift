public import TintypeCore

/// What a look at all of a file found.
public struct Verification: Sendable {
    public var info: ImageInfo?
    /// Frames decoded, whole or in part.
    public var frames = 0
    /// Damage, in the order found, and bytes after the end.
    public var warnings: [DecodeWarning] = []
    /// What made the decoder give up.
    public var error: ImageError?

    /// Decodes every frame of a file, streaming, and reads to its end.
    ///
    /// - Parameter options: `strict` does not matter; all damage is reported.
    public init(_ source: any ByteSource, options: DecodeOptions = DecodeOptions()) {
        var options = options
        options.strict = false
        do throws(ImageError) {
            let reader = try ImageReader(source, options: options)
            info = reader.info
            defer { warnings = reader.warnings }
            try decodeFrames(of: reader)
            try reader.finish()
        } catch {
            self.error = error
        }
    }

    private mutating func decodeFrames(of reader: ImageReader) throws(ImageError) {
        while try reader.nextFrame() != nil {
            frames += 1
            var row = [UInt8](repeating: 0, count: reader.bytesPerRow)
            for _ in 0..<reader.size.height {
                var span = row.mutableSpan
                try reader.readRow(into: &span)
            }
        }
    }

    /// The first thing that keeps the picture from being whole: an error, or damage that was passed over. Bytes after
    /// the end do no harm.
    public var damage: ImageError? {
        if let error { return error }
        guard let warning = warnings.first(where: { $0.kind != .trailingBytes }) else { return nil }
        let kind: ImageError.Kind = warning.kind == .truncated ? .truncated : .malformed
        let row = warning.row.map { ", from row \($0)" } ?? ""
        return ImageError(kind, warning.reason + row, at: warning.offset, format: info?.format)
    }
}
