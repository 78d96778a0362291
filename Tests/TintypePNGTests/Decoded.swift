import TestSupport
import Testing
import TintypeCore
import TintypePNG

/// Everything that a decode of bytes gives.
struct Decoded {
    var info: ImageInfo
    var format: PixelFormat
    var rows: [[UInt8]]
    var warnings: [DecodeWarning]
    var metadata: Metadata

    /// The still picture, and the rest of the file.
    init(_ bytes: [UInt8], strict: Bool = true, limits: DecodeLimits = .default) throws(ImageError) {
        var decoder = try PNGDecoder(MemoryByteSource(bytes), options: DecodeOptions(limits: limits, strict: strict))
        rows = []
        try Self.collect(&decoder, into: &rows)
        try decoder.finish()
        (info, format, warnings, metadata) = (decoder.info, decoder.pixelFormat, decoder.warnings, decoder.metadata)
    }

    static func collect(_ decoder: inout PNGDecoder, into rows: inout [[UInt8]]) throws(ImageError) {
        // Not zero, so that a byte that is not written shows.
        var row = [UInt8](repeating: 0xA5, count: decoder.bytesPerRow)
        for _ in 0..<decoder.size.height {
            try decoder.readRow(into: &row)
            rows.append(row)
        }
    }

    /// The pixels as RGBA, in the depth of the format.
    var rgba: [Int] { Self.rgba(rows, format) }

    static func rgba(_ rows: [[UInt8]], _ format: PixelFormat) -> [Int] {
        let channels = format.channels
        let full = format.bitDepth == 16 ? 65535 : 255
        var out: [Int] = []
        for row in rows {
            let samples: [Int] =
                full == 255
                ? row.map { Int($0) }
                : stride(from: 0, to: row.count, by: 2).map { Int(row[$0]) | Int(row[$0 + 1]) << 8 }
            for at in stride(from: 0, to: samples.count, by: channels) {
                let color = channels >= 3 ? Array(samples[at..<at + 3]) : [samples[at], samples[at], samples[at]]
                out += color + [format.hasAlpha ? samples[at + channels - 1] : full]
            }
        }
        return out
    }
}

/// The kind of error that a decode ends with, nil if it does not.
func failure(_ bytes: [UInt8], strict: Bool, limits: DecodeLimits = .default) -> ImageError.Kind? {
    do throws(ImageError) {
        _ = try Decoded(bytes, strict: strict, limits: limits)
        return nil
    } catch {
        return error.kind
    }
}

/// All frames of an animation, each with its rows.
func frames(
    _ bytes: [UInt8], strict: Bool = true, limits: DecodeLimits = .default
) throws(ImageError) -> (frames: [(frame: Frame, rows: [[UInt8]])], warnings: [DecodeWarning]) {
    var decoder = try PNGDecoder(MemoryByteSource(bytes), options: DecodeOptions(limits: limits, strict: strict))
    var all: [(frame: Frame, rows: [[UInt8]])] = []
    while let frame = try decoder.nextFrame() {
        var rows: [[UInt8]] = []
        try Decoded.collect(&decoder, into: &rows)
        all.append((frame, rows))
    }
    try decoder.finish()
    return (all, decoder.warnings)
}
