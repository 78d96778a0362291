/// What a decoder may spend on one file. All are checked before anything is allocated or inflated.
public struct DecodeLimits: Sendable, Hashable {
    /// Pixels of the picture or canvas. Default 16,383².
    public var pixels = 16_383 * 16_383
    /// Either side of a picture, in pixels. JPEG and GIF cannot hold more than 65,535; PNG's own bound is below.
    public var side = 65_535
    /// Either side of a PNG picture, in pixels.
    public var pngSide = 1_000_000
    /// Bytes that the decode may hold at once, as counted by `MemoryBudget`. Default 512 MiB.
    public var memory = 512 << 20
    /// Frames of an animation.
    public var frames = 10_000
    /// Pixels over all the frames of an animation (canvas × frames).
    public var framePixels = 1_000_000_000
    /// Scans of a JPEG file.
    public var scans = 500
    /// Bytes of one text, profile or EXIF block after inflation.
    public var metadataBlock = 8 << 20
    /// Bytes of all of those together.
    public var metadata = 32 << 20

    public init() {}

    public static let `default` = DecodeLimits()

    /// Throws `limitExceeded` if a picture of this size is beyond the limits, `malformed` if a side is not positive.
    public func check(_ size: Size, format: ImageFormat, at offset: Int? = nil) throws(ImageError) {
        guard size.width > 0, size.height > 0 else {
            throw ImageError(.malformed, "the picture has no pixels: \(size)", at: offset, format: format)
        }
        let side = format == .png ? pngSide : self.side
        guard size.width <= side, size.height <= side else {
            throw ImageError(
                .limitExceeded, "\(size) has a side beyond the limit of \(side)", at: offset, format: format)
        }
        let (area, overflow) = size.width.multipliedReportingOverflow(by: size.height)
        guard !overflow, area <= pixels else {
            throw ImageError(
                .limitExceeded, "\(size) is beyond the limit of \(pixels) pixels", at: offset, format: format)
        }
    }
}

/// Memory that a decode holds, counted against `DecodeLimits.memory` before it is allocated.
public struct MemoryBudget: Sendable {
    public let limit: Int
    public private(set) var used = 0

    /// - Parameter limit: bytes, at least 0.
    public init(limit: Int) {
        self.limit = limit
    }

    /// Counts `count` elements of `stride` bytes. Throws `limitExceeded` where the sum would pass the limit.
    public mutating func charge(
        _ count: Int, stride: Int = 1, for purpose: String, format: ImageFormat? = nil
    ) throws(ImageError) {
        let (bytes, overflow) = count.multipliedReportingOverflow(by: stride)
        guard count >= 0, stride >= 0, !overflow, bytes <= limit - used else {
            throw ImageError(
                .limitExceeded, "\(purpose) would need more than the \(limit) bytes allowed", format: format)
        }
        used += bytes
    }

    /// Gives back what `charge` counted.
    public mutating func release(_ count: Int, stride: Int = 1) {
        used -= min(used, count * stride)
    }
}
