import Tintype
public import TintypeCore

/// What an image must be before a byte of it is stored.
public struct ImageRules: Sendable, Hashable {
    /// By signature, never by name.
    public var formats: Set<ImageFormat> = [.jpeg, .png, .gif]
    /// Bytes of a file.
    public var maximumBytes = 100 << 20
    public var limits = DecodeLimits.default
    /// Whether the whole image is decoded: every row of every frame, checksums, and that nothing follows its end. Otherwise the header alone is read.
    public var decodesWholeImage = true

    public init() {}

    /// What was found out about an image that meets the rules.
    struct Facts {
        var format: ImageFormat
        /// As shown, after orientation.
        var size: Size
    }

    /// Throws `validation`.
    func check(_ content: ContentFile, named name: FileName) throws(StoreError) -> Facts {
        do {
            return try inspect(content, name)
        } catch {
            throw .validation(error)
        }
    }

    private func inspect(_ content: ContentFile, _ name: FileName) throws(ValidationError) -> Facts {
        let count = content.bytes.count
        if count == 0 { throw ValidationError(.empty, "the file is empty") }
        if count > maximumBytes {
            throw ValidationError(
                .tooLarge, "the file has \(count) bytes, more than the \(maximumBytes) allowed",
                ["max": "\(maximumBytes)", "bytes": "\(count)"])
        }
        let allowed = ImageFormat.allCases.filter(formats.contains).map(\.name).joined(separator: ", ")
        guard let format = ImageFormat(signature: content.bytes.prefix(ImageFormat.signatureLength)),
            formats.contains(format)
        else {
            throw ValidationError(
                .invalidImage, "the file is not an image of these formats: \(allowed)", ["allowed": allowed])
        }
        guard format.fileExtensions.contains(name.pathExtension) else {
            let extensions = format.fileExtensions.joined(separator: ", ")
            throw ValidationError(
                .invalidExtension, "the extension of \(name) is not one of a \(format.name) file: \(extensions)",
                ["extension": name.pathExtension, "allowed": extensions])
        }
        do {
            return Facts(format: format, size: try decode(content.bytes))
        } catch {
            var parameters = ["kind": error.kind.rawValue, "reason": error.reason]
            if let offset = error.offset { parameters["offset"] = "\(offset)" }
            throw ValidationError(
                error.kind == .limitExceeded ? .tooLarge : .invalidImage, error.description, parameters)
        }
    }

    private func decode(_ bytes: [UInt8]) throws(ImageError) -> Size {
        let reader = try ImageReader(MemoryByteSource(bytes), options: DecodeOptions(limits: limits, strict: true))
        let size = reader.info.displaySize
        if !decodesWholeImage { return size }
        while try reader.nextFrame() != nil {
            var row = [UInt8](repeating: 0, count: reader.bytesPerRow)
            for _ in 0..<reader.size.height {
                var span = row.mutableSpan
                try reader.readRow(into: &span)
            }
        }
        try reader.finish()
        return size
    }
}

extension ImageFormat {
    /// What files of the format are called, without the dot, in lower case.
    var fileExtensions: [String] {
        switch self {
        case .jpeg: ["jpg", "jpeg", "jpe", "jfif"]
        case .png: ["png", "apng"]
        case .gif: ["gif"]
        case .netpbm: ["pgm", "ppm", "pnm", "pam"]
        }
    }
}
