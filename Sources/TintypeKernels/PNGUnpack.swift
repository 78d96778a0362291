#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

/// Turns the packed samples of a PNG line (PNG §7.2) into the samples of a row.
public enum PNGUnpack {
    /// Spreads samples of 1, 2 or 4 bits, leftmost in the high bits, to a byte each.
    ///
    /// - Parameter scale: what each sample is multiplied by: 1 for palette indexes, 255, 85 or 17 for grey.
    /// - Precondition: `depth` is 1, 2 or 4, and `packed` holds `out.count` samples.
    public static func spread(
        _ packed: Span<UInt8>, depth: Int, scale: UInt8, into out: inout MutableSpan<UInt8>
    ) {
        switch depth {
        case 1: spread(packed, 1, scale, &out)
        case 2: spread(packed, 2, scale, &out)
        case 4: spread(packed, 4, scale, &out)
        default: preconditionFailure("not a depth below a byte: \(depth)")
        }
    }

    @inline(__always)
    private static func spread(_ packed: Span<UInt8>, _ depth: Int, _ scale: UInt8, _ out: inout MutableSpan<UInt8>) {
        let perByte = 8 / depth
        let mask = UInt8(1) << depth &- 1
        let whole = out.count / perByte
        precondition(packed.count >= (out.count + perByte - 1) / perByte)
        for i in 0..<whole {
            let byte = unsafe packed[unchecked: i]
            for k in 0..<perByte {
                let sample = byte &>> UInt8(truncatingIfNeeded: 8 &- depth &* (k &+ 1)) & mask
                // In bounds: i < whole, so i × perByte + k < out.count.
                unsafe out[unchecked: i &* perByte &+ k] = sample &* scale
            }
        }
        for x in whole * perByte..<out.count {
            let shift = UInt8(truncatingIfNeeded: 8 &- depth &* (x % perByte &+ 1))
            out[x] = (packed[x / perByte] &>> shift & mask) &* scale
        }
    }

    /// Exchanges the bytes of 16-bit samples: the file has the most significant first, rows the least significant.
    ///
    /// - Precondition: both lines are of one even length.
    public static func swapBytes(_ line: Span<UInt8>, into out: inout MutableSpan<UInt8>) {
        precondition(line.count == out.count && line.count % 2 == 0)
        for i in 0..<line.count / 2 {
            // In bounds: 2i + 1 is below the even count.
            unsafe out[unchecked: 2 &* i] = line[unchecked: 2 &* i &+ 1]
            unsafe out[unchecked: 2 &* i &+ 1] = line[unchecked: 2 &* i]
        }
    }

    /// Looks palette indexes up.
    ///
    /// - Parameters:
    ///   - table: 256 entries, red in the lowest byte, alpha in the highest.
    ///   - channels: 3 to leave alpha out, or 4.
    /// - Precondition: `out` holds `channels` bytes an index.
    public static func lookUp(
        _ indexes: Span<UInt8>, in table: Span<UInt32>, channels: Int, into out: inout MutableSpan<UInt8>,
        tier: CPUTier = .current
    ) {
        precondition(table.count == 256 && out.count == indexes.count * channels)
        precondition(channels == 3 || channels == 4)
        var done = 0
        if channels == 4 {
            #if arch(x86_64)
                if tier == .avx2 { done = TintypeKernelsAVX2.lookUpQuadruples(indexes, in: table, into: &out) }
            #endif
            for i in done..<indexes.count {
                let entry = unsafe table[unchecked: Int(indexes[i])]
                let at = 4 &* i
                unsafe out[unchecked: at] = UInt8(truncatingIfNeeded: entry)
                unsafe out[unchecked: at &+ 1] = UInt8(truncatingIfNeeded: entry &>> 8)
                unsafe out[unchecked: at &+ 2] = UInt8(truncatingIfNeeded: entry &>> 16)
                unsafe out[unchecked: at &+ 3] = UInt8(truncatingIfNeeded: entry &>> 24)
            }
        } else {
            #if arch(x86_64)
                if tier == .avx2 { done = TintypeKernelsAVX2.lookUpTriples(indexes, in: table, into: &out) }
            #endif
            for i in done..<indexes.count {
                let entry = unsafe table[unchecked: Int(indexes[i])]
                let at = 3 &* i
                unsafe out[unchecked: at] = UInt8(truncatingIfNeeded: entry)
                unsafe out[unchecked: at &+ 1] = UInt8(truncatingIfNeeded: entry &>> 8)
                unsafe out[unchecked: at &+ 2] = UInt8(truncatingIfNeeded: entry &>> 16)
            }
        }
    }

    /// The largest of some palette indexes, 0 if there are none.
    public static func largest(_ indexes: Span<UInt8>) -> UInt8 {
        var largest: UInt8 = 0
        for i in indexes.indices { largest = max(largest, indexes[i]) }
        return largest
    }

    /// Adds alpha to pixels: 0 where the pixel is the one named transparent (PNG §11.3.1.1), all bits set elsewhere.
    ///
    /// - Parameters:
    ///   - line: pixels of 1 or 3 samples, as in `out` but for the scale.
    ///   - key: the transparent pixel, in the bytes of `line`: 1, 2, 3 or 6 of them.
    ///   - sampleBytes: 1 or 2.
    ///   - scale: what 8-bit samples are multiplied by.
    /// - Precondition: `line` holds whole pixels of the size of `key`, and `out` as many with one more sample.
    public static func addAlpha(
        _ line: Span<UInt8>, key: Span<UInt8>, sampleBytes: Int, scale: UInt8 = 1, into out: inout MutableSpan<UInt8>
    ) {
        let pixel = key.count
        precondition(pixel > 0 && line.count % pixel == 0 && out.count / (pixel + sampleBytes) == line.count / pixel)
        var to = 0
        var from = 0
        while from < line.count {
            var differs: UInt8 = 0
            for k in 0..<pixel {
                let byte = line[from &+ k]
                differs |= byte ^ key[k]
                out[to &+ k] = byte &* scale
            }
            let alpha: UInt8 = differs == 0 ? 0 : 255
            for k in 0..<sampleBytes { out[to &+ pixel &+ k] = alpha }
            from &+= pixel
            to &+= pixel &+ sampleBytes
        }
    }

    /// Widens pixels to RGBA of 8 bits. 16-bit samples (least significant byte first) give their high byte.
    ///
    /// - Parameter channels: 1 to 4: grey, grey and alpha, RGB, RGBA.
    /// - Precondition: `row` and `out` hold the same number of pixels.
    public static func widenToRGBA8(
        _ row: Span<UInt8>, channels: Int, sampleBytes: Int, into out: inout MutableSpan<UInt8>
    ) {
        let pixel = channels * sampleBytes
        precondition((1...4).contains(channels) && row.count / pixel == out.count / 4 && row.count % pixel == 0)
        let (green, blue) = channels >= 3 ? (sampleBytes, 2 * sampleBytes) : (0, 0)
        let hasAlpha = channels % 2 == 0
        var from = sampleBytes - 1
        for i in 0..<out.count / 4 {
            out[4 &* i] = row[from]
            out[4 &* i &+ 1] = row[from &+ green]
            out[4 &* i &+ 2] = row[from &+ blue]
            out[4 &* i &+ 3] = hasAlpha ? row[from &+ pixel &- sampleBytes] : 255
            from &+= pixel
        }
    }
}
