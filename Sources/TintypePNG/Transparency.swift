internal import TintypeCore

/// PLTE's colours (PNG §11.2.2) with tRNS's alpha.
struct Palette {
    /// 256 entries, red in the lowest byte, alpha in the highest; opaque black past the last one.
    private(set) var table = [UInt32](repeating: 0xFF00_0000, count: 256)
    private(set) var count = 0
    private(set) var hasAlpha = false

    /// - Parameter data: three bytes an entry, at most 256 entries; what is left over is passed over.
    init(_ data: some Collection<UInt8>) {
        var bytes = data.makeIterator()
        while count < 256, let red = bytes.next(), let green = bytes.next(), let blue = bytes.next() {
            table[count] = 0xFF00_0000 | UInt32(blue) << 16 | UInt32(green) << 8 | UInt32(red)
            count += 1
        }
    }

    /// The alpha of the first entries (PNG §11.3.1.1).
    ///
    /// - Precondition: no more of them than entries.
    mutating func setAlpha(_ alpha: [UInt8]) {
        for (i, alpha) in alpha.enumerated() { table[i] = table[i] & 0x00FF_FFFF | UInt32(alpha) << 24 }
        hasAlpha = true
    }
}

/// What tRNS says for grey and RGB (PNG §11.3.1.1): the pixel that is transparent, in the bytes of a line.
///
/// For depths below 8 that is the sample in a byte of its own.
struct TransparentPixel {
    let bytes: [UInt8]

    /// - Returns: nil if the data have the wrong length.
    init?(_ data: [UInt8], header: Header) {
        guard data.count == 2 * header.channels else { return nil }
        if header.depth == 16 {
            bytes = data
        } else {
            // Only the low bits count: the others "shall be 0" in the file.
            let mask = UInt8(truncatingIfNeeded: 1 << header.depth - 1)
            bytes = stride(from: 1, to: data.count, by: 2).map { data[$0] & mask }
        }
    }
}
