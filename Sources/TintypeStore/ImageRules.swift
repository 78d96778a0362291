import Tintype
public import TintypeCore

/// What an image must be before a byte of it is stored.
public struct ImageRules: Sendable, Hashable {
    /// By signature, never by name.
    public var formats: Set<ImageFormat>
    /// Bytes of a file.
    public var maximumBytes: Int
    public var limits: DecodeLimits
    /// Whether the whole image is decoded: every row of every frame, checksums, and that nothing follows its end. Otherwise the header
    /// alone is read.
    public var decodesWholeImage: Bool

    public init(
        formats: Set<ImageFormat> = [.jpeg, .png, .gif], maximumBytes: Int = 100 << 20, limits: DecodeLimits = .default,
        decodesWholeImage: Bool = true
    ) {
        self.formats = formats
        self.maximumBytes = maximumBytes
        self.limits = limits
        self.decodesWholeImage = decodesWholeImage
    }

    /// Throws `validation`.
    func check(_ content: ContentFile, named name: FileName) throws(StoreError) -> Picture {
        let count = content.bytes.count
        if count == 0 { throw .validation(ValidationError(.empty, "the file is empty")) }
        if count > maximumBytes {
            throw .validation(
                ValidationError(
                    .tooLarge, "the file has \(count) bytes, more than the \(maximumBytes) allowed",
                    ["max": "\(maximumBytes)", "bytes": "\(count)"]))
        }
        let allowed = ImageFormat.allCases.filter(formats.contains).map(\.name).joined(separator: ", ")
        guard let format = ImageFormat(signature: content.bytes.prefix(ImageFormat.signatureLength)),
            formats.contains(format)
        else {
            throw .validation(
                ValidationError(
                    .invalidImage, "the file is not an image of these formats: \(allowed)", ["allowed": allowed]))
        }
        try checkExtension(of: name, format)
        return try validating { () throws(ImageError) in
            Picture(bytes: content.bytes, size: try decode(content.bytes), format: format)
        }
    }

    /// Throws `validation`.
    func checkExtension(of name: FileName, _ format: ImageFormat) throws(StoreError) {
        if format.fileExtensions.contains(name.pathExtension) { return }
        let extensions = format.fileExtensions.joined(separator: ", ")
        throw .validation(
            ValidationError(
                .invalidExtension, "the extension of \(name) is not one of a \(format.name) file: \(extensions)",
                ["extension": name.pathExtension, "allowed": extensions]))
    }

    /// A smaller picture of one that was checked. Throws `validation`.
    func make(_ thumbnail: Thumbnail, from bytes: [UInt8]) throws(StoreError) -> Picture {
        var thumbnail = thumbnail
        thumbnail.options = DecodeOptions(limits: limits, strict: decodesWholeImage)
        return try validating { () throws(ImageError) in
            let reader = try ImageReader(MemoryByteSource(bytes), options: thumbnail.options)
            let sink = MemoryByteSink()
            let encoding = thumbnail.encoding ?? Encoding(suiting: reader.info)
            let outcome = try thumbnail.write(reader, to: sink, as: encoding)
            let info = try ImageReader.inspect(MemoryByteSource(sink.bytes)).info
            return Picture(bytes: sink.bytes, size: info.displaySize, format: outcome.format)
        }
    }

    private func validating(_ body: () throws(ImageError) -> Picture) throws(StoreError) -> Picture {
        do {
            return try body()
        } catch {
            var parameters = ["kind": error.kind.rawValue, "reason": error.reason]
            if let offset = error.offset { parameters["offset"] = "\(offset)" }
            let code: ValidationError.Code = error.kind == .limitExceeded ? .tooLarge : .invalidImage
            throw .validation(ValidationError(code, error.description, parameters))
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

/// A file's bytes, and what was found out about it.
struct Picture {
    var bytes: [UInt8]
    /// As shown, after orientation.
    var size: Size
    var format: ImageFormat
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
