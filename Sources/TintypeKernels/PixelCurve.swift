/// Rows whose colour goes through a table, while alpha (the last of 2 or 4 channels) only changes its depth.
public enum PixelCurve {
    /// Sets every colour sample to the table's entry for it; either side has 8 or 16 bits (two bytes, least significant first).
    ///
    /// - Parameter table: 256 or 65,536 entries, as many as a sample of `source` has values; for an 8-bit target none above 255.
    /// - Precondition: `target` holds as many samples as `source`, whole pixels of `channels` samples.
    public static func apply(
        _ table: Span<UInt16>, to source: Span<UInt8>, isWide: Bool, channels: Int, hasAlpha: Bool,
        into target: inout MutableSpan<UInt8>, isTargetWide: Bool
    ) {
        let samples = isWide ? source.count / 2 : source.count
        precondition(table.count == (isWide ? 65_536 : 256) && channels >= 1 && samples % channels == 0)
        precondition(source.count == (isWide ? 2 : 1) * samples && target.count == (isTargetWide ? 2 : 1) * samples)
        let colors = hasAlpha ? channels - 1 : channels
        for pixel in stride(from: 0, to: samples, by: channels) {
            for i in pixel..<pixel &+ colors {
                let value = unsafe table[unchecked: load(source, isWide, i)]
                store(value, isTargetWide, i, &target)
            }
            if hasAlpha {
                let alpha = load(source, isWide, pixel &+ colors)
                let full = isWide ? alpha : alpha &* 257
                let value = isTargetWide ? full : (full &+ 128) / 257
                store(UInt16(truncatingIfNeeded: value), isTargetWide, pixel &+ colors, &target)
            }
        }
    }

    /// The same in a row's own place, without change of depth.
    ///
    /// - Precondition: the table has an entry for each value of a sample, and `row` holds whole pixels.
    public static func apply(
        _ table: Span<UInt16>, inPlace row: inout MutableSpan<UInt8>, isWide: Bool, channels: Int, hasAlpha: Bool
    ) {
        let samples = isWide ? row.count / 2 : row.count
        precondition(table.count == (isWide ? 65_536 : 256) && channels >= 1 && samples % channels == 0)
        precondition(row.count == (isWide ? 2 : 1) * samples)
        let colors = hasAlpha ? channels - 1 : channels
        for pixel in stride(from: 0, to: samples, by: channels) {
            for i in pixel..<pixel &+ colors {
                let value = unsafe table[unchecked: load(row.span, isWide, i)]
                store(value, isWide, i, &row)
            }
        }
    }

    // Unchecked subscripts are sound: the counts were checked above, and no sample exceeds the table.

    @inline(__always)
    private static func load(_ bytes: Span<UInt8>, _ isWide: Bool, _ index: Int) -> Int {
        if !isWide { return unsafe Int(bytes[unchecked: index]) }
        return unsafe Int(bytes[unchecked: 2 &* index]) | Int(bytes[unchecked: 2 &* index &+ 1]) &<< 8
    }

    @inline(__always)
    private static func store(_ value: UInt16, _ isWide: Bool, _ index: Int, _ bytes: inout MutableSpan<UInt8>) {
        if isWide {
            unsafe bytes[unchecked: 2 &* index] = UInt8(truncatingIfNeeded: value)
            unsafe bytes[unchecked: 2 &* index &+ 1] = UInt8(truncatingIfNeeded: value &>> 8)
        } else {
            unsafe bytes[unchecked: index] = UInt8(truncatingIfNeeded: value)
        }
    }
}
