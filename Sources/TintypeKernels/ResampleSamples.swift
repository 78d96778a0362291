/// How samples lie in a row of bytes.
public struct SampleLayout: Sendable, Hashable {
    /// Samples a pixel, 1 to 4.
    public var channels: Int
    /// Whether a sample is two bytes, least significant first, instead of one.
    public var isWide: Bool
    /// Whether the last channel is alpha, not premultiplied.
    public var hasAlpha: Bool

    public init(channels: Int, isWide: Bool, hasAlpha: Bool) {
        self.channels = channels
        self.isWide = isWide
        self.hasAlpha = hasAlpha
    }

    public var bytesPerPixel: Int { isWide ? 2 * channels : channels }
}

/// Fraction bits of the premultiplied samples that `pack` takes: enough for colour under an alpha of 1 to be right, few
/// enough for a 16-bit sample's 32-bit product × 65,535 to fit `Int64`.
public let alphaFractionBits = 13

extension Int16 {
    public static func unpack(
        _ bytes: Span<UInt8>, layout: SampleLayout, rowStride: Int, into planes: inout MutableSpan<Int16>
    ) {
        precondition(!layout.isWide && !layout.hasAlpha)
        unpackRow(bytes, layout, rowStride, &planes)
    }

    public static func pack(_ planes: Span<Int16>, layout: SampleLayout, into bytes: inout MutableSpan<UInt8>) {
        precondition(!layout.isWide && !layout.hasAlpha)
        packRow(planes, layout, &bytes)
    }
}

extension Int32 {
    public static func unpack(
        _ bytes: Span<UInt8>, layout: SampleLayout, rowStride: Int, into planes: inout MutableSpan<Int32>
    ) {
        precondition(!layout.isWide || !layout.hasAlpha)
        unpackRow(bytes, layout, rowStride, &planes)
    }

    public static func pack(_ planes: Span<Int32>, layout: SampleLayout, into bytes: inout MutableSpan<UInt8>) {
        precondition(!layout.isWide || !layout.hasAlpha)
        packRow(planes, layout, &bytes)
    }
}

extension Int64 {
    public static func unpack(
        _ bytes: Span<UInt8>, layout: SampleLayout, rowStride: Int, into planes: inout MutableSpan<Int64>
    ) {
        unpackRow(bytes, layout, rowStride, &planes)
    }

    public static func pack(_ planes: Span<Int64>, layout: SampleLayout, into bytes: inout MutableSpan<UInt8>) {
        packRow(planes, layout, &bytes)
    }
}

// Each switch hands constants down to a loop that is inlined, so that every layout has its own. Unchecked subscripts are
// sound: `pixels` is what both spans were checked to hold.

@inline(__always)
private func unpackRow<Sample: ResampleSample>(
    _ bytes: Span<UInt8>, _ layout: SampleLayout, _ stride: Int, _ planes: inout MutableSpan<Sample>
) {
    let pixels = bytes.count / layout.bytesPerPixel
    precondition(bytes.count == pixels * layout.bytesPerPixel)
    precondition(stride >= pixels && planes.count == stride * layout.channels)
    switch (layout.channels, layout.hasAlpha) {
    case (1, _): split(bytes, 1, layout.isWide, pixels, stride, &planes)
    case (2, false): split(bytes, 2, layout.isWide, pixels, stride, &planes)
    case (2, true): multiply(bytes, 2, layout.isWide, pixels, stride, &planes)
    case (3, _): split(bytes, 3, layout.isWide, pixels, stride, &planes)
    case (_, false): split(bytes, 4, layout.isWide, pixels, stride, &planes)
    case (_, true): multiply(bytes, 4, layout.isWide, pixels, stride, &planes)
    }
}

@inline(__always)
private func packRow<Sample: ResampleSample>(
    _ planes: Span<Sample>, _ layout: SampleLayout, _ bytes: inout MutableSpan<UInt8>
) {
    let pixels = bytes.count / layout.bytesPerPixel
    precondition(bytes.count == pixels * layout.bytesPerPixel && planes.count == pixels * layout.channels)
    switch (layout.channels, layout.hasAlpha) {
    case (1, _): join(planes, 1, layout.isWide, pixels, &bytes)
    case (2, false): join(planes, 2, layout.isWide, pixels, &bytes)
    case (2, true): divide(planes, 2, layout.isWide, pixels, &bytes)
    case (3, _): join(planes, 3, layout.isWide, pixels, &bytes)
    case (_, false): join(planes, 4, layout.isWide, pixels, &bytes)
    case (_, true): divide(planes, 4, layout.isWide, pixels, &bytes)
    }
}

@inline(__always)
private func sample(_ bytes: Span<UInt8>, _ isWide: Bool, _ index: Int) -> UInt16 {
    if !isWide { return unsafe UInt16(truncatingIfNeeded: bytes[unchecked: index]) }
    let low = unsafe UInt16(truncatingIfNeeded: bytes[unchecked: 2 &* index])
    let high = unsafe UInt16(truncatingIfNeeded: bytes[unchecked: 2 &* index &+ 1])
    return low | high &<< 8
}

@inline(__always)
private func store(_ value: UInt16, _ isWide: Bool, _ index: Int, _ bytes: inout MutableSpan<UInt8>) {
    if isWide {
        unsafe bytes[unchecked: 2 &* index] = UInt8(truncatingIfNeeded: value)
        unsafe bytes[unchecked: 2 &* index &+ 1] = UInt8(truncatingIfNeeded: value &>> 8)
    } else {
        unsafe bytes[unchecked: index] = UInt8(truncatingIfNeeded: value)
    }
}

@inline(__always)
private func split<Sample: ResampleSample>(
    _ bytes: Span<UInt8>, _ channels: Int, _ isWide: Bool, _ pixels: Int, _ stride: Int,
    _ planes: inout MutableSpan<Sample>
) {
    if isWide {
        for i in 0..<pixels {
            for c in 0..<channels {
                let value = sample(bytes, true, i &* channels &+ c)
                unsafe planes[unchecked: c &* stride &+ i] = Sample(truncatingIfNeeded: value)
            }
        }
    } else {
        for i in 0..<pixels {
            for c in 0..<channels {
                let value = sample(bytes, false, i &* channels &+ c)
                unsafe planes[unchecked: c &* stride &+ i] = Sample(truncatingIfNeeded: value)
            }
        }
    }
}

@inline(__always)
private func multiply<Sample: ResampleSample>(
    _ bytes: Span<UInt8>, _ channels: Int, _ isWide: Bool, _ pixels: Int, _ stride: Int,
    _ planes: inout MutableSpan<Sample>
) {
    let full: UInt32 = isWide ? 65535 : 255
    for i in 0..<pixels {
        let alpha = UInt32(truncatingIfNeeded: sample(bytes, isWide, i &* channels &+ channels &- 1))
        for c in 0..<(channels &- 1) {
            let colour = UInt32(truncatingIfNeeded: sample(bytes, isWide, i &* channels &+ c))
            unsafe planes[unchecked: c &* stride &+ i] = Sample(truncatingIfNeeded: colour &* alpha)
        }
        unsafe planes[unchecked: (channels &- 1) &* stride &+ i] = Sample(truncatingIfNeeded: full &* alpha)
    }
}

@inline(__always)
private func join<Sample: ResampleSample>(
    _ planes: Span<Sample>, _ channels: Int, _ isWide: Bool, _ pixels: Int, _ bytes: inout MutableSpan<UInt8>
) {
    // `Int16` never sees wide samples; there the truncated bound is not used.
    let full = isWide ? Sample(truncatingIfNeeded: 65535) : 255
    for c in 0..<channels {
        for i in 0..<pixels {
            let value = unsafe max(0, min(full, planes[unchecked: c &* pixels &+ i]))
            store(UInt16(truncatingIfNeeded: value), isWide, i &* channels &+ c, &bytes)
        }
    }
}

@inline(__always)
private func divide<Sample: ResampleSample>(
    _ planes: Span<Sample>, _ channels: Int, _ isWide: Bool, _ pixels: Int, _ bytes: inout MutableSpan<UInt8>
) {
    let full: Int64 = isWide ? 65535 : 255
    let one = full &<< Int64(alphaFractionBits)
    for i in 0..<pixels {
        let alpha = unsafe Int64(truncatingIfNeeded: planes[unchecked: (channels &- 1) &* pixels &+ i])
        let rounded = max(0, min(full, (alpha &+ one / 2) / one))
        store(UInt16(truncatingIfNeeded: rounded), isWide, i &* channels &+ channels &- 1, &bytes)
        for c in 0..<(channels &- 1) {
            let product = unsafe Int64(truncatingIfNeeded: planes[unchecked: c &* pixels &+ i])
            // Clamped first, so that the quotient is in range and `product × full` below 2⁶³.
            let colour =
                rounded == 0
                ? 0 : (max(0, min(alpha, product)) &* full &+ alpha &>> 1) / alpha
            store(UInt16(truncatingIfNeeded: colour), isWide, i &* channels &+ c, &bytes)
        }
    }
}
