#if arch(x86_64)
    internal import TintypeKernelsAVX2
    internal import _Builtin_intrinsics.intel
#endif

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

    /// RGBA of 8 bits.
    public static let rgba8 = SampleLayout(channels: 4, isWide: false, hasAlpha: true)

    public var bytesPerPixel: Int { isWide ? 2 * channels : channels }
}

/// Fraction bits of the premultiplied samples that `pack` takes: enough for colour under an alpha of 1 to be right, few
/// enough for 8-bit products with the overshoot of two axes to fit `Int32`.
public let alphaFractionBits = 12

/// Bits that `Int32` leaves out of products of 16-bit samples, rounded, so that sums of them keep to 52 bits; in `Int64` they are whole.
///
/// Under an alpha above 128 (half a step of 8 bits) every colour still comes back from its product.
public let faintBits = 6

/// Fraction bits that products of 16-bit samples have in `Int32` when `pack` takes them, those left out.
public let wideAlphaFractionBits = 2

/// What the first pass takes: rows of a picture, in numbers.
public protocol ResampleSource: WeighedRows {
    /// Makes numbers of a row of bytes.
    ///
    /// Colour under alpha (the last channel) is multiplied by it, and alpha by its own largest value.
    ///
    /// - Precondition: `bytes` holds whole pixels, and `row` as many samples. `UInt8` takes 8-bit samples without alpha alone, `Product` 8-bit
    ///   RGBA alone, `UInt16` no 16-bit samples with alpha, `Int32` only those, less `faintBits` bits.
    static func unpack(_ bytes: Span<UInt8>, layout: SampleLayout, into row: inout MutableSpan<Sample>, tier: CPUTier)

    /// Unpacks some of the rows that are weighed, then weighs all for two rows of results (`weighRowsForTwo`), at once where a tier can do that.
    ///
    /// - Parameters:
    ///   - bytes: the rows to be unpacked, one after the other.
    ///   - fresh: which of the rows at `offsets` they are.
    static func weighRowsForTwo(
        _ rows: inout MutableSpan<Sample>, unpacking bytes: Span<UInt8>, layout: SampleLayout, to fresh: Range<Int>,
        offsets: Span<Int>, weights: Span<Weight>, shift: Int, into row: inout MutableSpan<Result.Sample>, tier: CPUTier
    )

    /// Has a row of bytes read, and makes numbers of it: in place where bytes are the numbers.
    ///
    /// - Parameters:
    ///   - bytes: room for the row's bytes, used if they need a place of their own.
    ///   - read: fills all of a span.
    static func read<Failure>(
        into row: inout MutableSpan<Sample>, layout: SampleLayout, by bytes: inout [UInt8],
        _ read: (inout MutableSpan<UInt8>) throws(Failure) -> Void
    ) throws(Failure)
}

extension ResampleSource {
    public static func weighRowsForTwo(
        _ rows: inout MutableSpan<Sample>, unpacking bytes: Span<UInt8>, layout: SampleLayout, to fresh: Range<Int>,
        offsets: Span<Int>, weights: Span<Weight>, shift: Int, into row: inout MutableSpan<Result.Sample>, tier: CPUTier
    ) {
        unpackRows(bytes, layout, to: fresh, of: &rows, offsets, samples: row.count / 2, tier)
        weighRowsForTwo(rows.span, offsets: offsets, weights: weights, shift: shift, into: &row, tier: tier)
    }

    /// - Parameter samples: of a row.
    static func unpackRows(
        _ bytes: Span<UInt8>, _ layout: SampleLayout, to fresh: Range<Int>, of rows: inout MutableSpan<Sample>,
        _ offsets: Span<Int>, samples: Int, _ tier: CPUTier
    ) {
        if fresh.isEmpty { return }
        let size = bytes.count / fresh.count
        for (i, j) in fresh.enumerated() {
            var row = rows._mutatingExtracting(offsets[j]..<offsets[j] + samples)
            unpack(bytes.extracting(i * size..<(i + 1) * size), layout: layout, into: &row, tier: tier)
        }
    }

    @inlinable
    public static func read<Failure>(
        into row: inout MutableSpan<Sample>, layout: SampleLayout, by bytes: inout [UInt8],
        _ read: (inout MutableSpan<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        var span = bytes.mutableSpan
        try read(&span)
        unpack(span.span, layout: layout, into: &row, tier: .current)
    }
}

/// What the second pass gives.
public protocol ResampleResult: ResampleNumber {
    /// The reverse of `unpack` for a result: clamps, and divides colour by alpha.
    ///
    /// With alpha, the row holds products with `alphaFractionBits` bits more, or in `Int32` of 16-bit samples with `wideAlphaFractionBits` more and `faintBits`
    /// less; where alpha rounds to 0 all channels become 0.
    ///
    /// - Precondition: `bytes` holds whole pixels, and `row` as many samples.
    static func pack(_ row: Span<Sample>, layout: SampleLayout, into bytes: inout MutableSpan<UInt8>, tier: CPUTier)
}

extension UInt8: ResampleSource, ResampleResult {
    @inlinable
    public static func read<Failure>(
        into row: inout MutableSpan<UInt8>, layout: SampleLayout, by bytes: inout [UInt8],
        _ read: (inout MutableSpan<UInt8>) throws(Failure) -> Void
    ) throws(Failure) {
        try read(&row)
    }

    public static func unpack(
        _ bytes: Span<UInt8>, layout: SampleLayout, into row: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        precondition(!layout.isWide && !layout.hasAlpha && bytes.count == row.count)
        copy(bytes, to: &row)
    }

    public static func pack(
        _ row: Span<UInt8>, layout: SampleLayout, into bytes: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        precondition(!layout.isWide && !layout.hasAlpha && bytes.count == row.count)
        copy(row, to: &bytes)
    }
}

/// - Precondition: both hold as many bytes.
private func copy(_ bytes: Span<UInt8>, to target: inout MutableSpan<UInt8>) {
    // Sound: as many bytes are written as there are.
    unsafe bytes.withUnsafeBytes { bytes in
        unsafe target.withUnsafeMutableBytes { target in unsafe target.copyMemory(from: bytes) }
    }
}

extension Product: ResampleSource {
    public static func weighRowsForTwo(
        _ rows: inout MutableSpan<Int16>, unpacking bytes: Span<UInt8>, layout: SampleLayout, to fresh: Range<Int>,
        offsets: Span<Int>, weights: Span<Int16>, shift: Int, into row: inout MutableSpan<Int16>,
        tier: CPUTier = .current
    ) {
        #if arch(x86_64)
            if tier == .avx2,
                TintypeKernelsAVX2.weighRowsForTwo(
                    &rows, multiplying: bytes, to: fresh, bias: Int16(productBias), offsets: offsets,
                    weights: weights, shared: sharedPart(weights), shift: shift, into: &row)
            {
                return
            }
        #endif
        unpackRows(bytes, layout, to: fresh, of: &rows, offsets, samples: row.count / 2, tier)
        weighRowsForTwo(rows.span, offsets: offsets, weights: weights, shift: shift, into: &row, tier: tier)
    }

    public static func unpack(
        _ bytes: Span<UInt8>, layout: SampleLayout, into row: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) {
        precondition(layout == .rgba8 && bytes.count % 4 == 0 && bytes.count == row.count)
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 { done = TintypeKernelsAVX2.premultiply(bytes, bias: Int16(productBias), into: &row) }
        #endif
        multiply(bytes, from: done, &row)
    }
}

extension UInt16: ResampleSource {
    public static func unpack(
        _ bytes: Span<UInt8>, layout: SampleLayout, into row: inout MutableSpan<UInt16>, tier: CPUTier = .current
    ) {
        precondition(!layout.isWide || !layout.hasAlpha)
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 && layout.channels % 2 == 0 && layout.hasAlpha {
                done = TintypeKernelsAVX2.premultiply(bytes, channels: layout.channels, into: &row)
            }
        #endif
        unpackRow(bytes, layout, from: done, &row)
    }
}

extension Int32: ResampleResult {
    public static func pack(
        _ row: Span<Int32>, layout: SampleLayout, into bytes: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        if layout.isWide && layout.hasAlpha { return packWideAlpha(row, layout, into: &bytes, tier) }
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 && layout.channels == 4 && layout.hasAlpha {
                done = TintypeKernelsAVX2.divideByAlpha(row, fractionBits: alphaFractionBits, into: &bytes)
            } else if tier == .avx2 && layout.channels == 2 && layout.hasAlpha {
                done = TintypeKernelsAVX2.divideGrayByAlpha(row, fractionBits: alphaFractionBits, into: &bytes)
            }
        #endif
        packRow(row, layout, from: done, &bytes)
    }
}

extension Int64: ResampleSource, ResampleResult {
    public static func unpack(
        _ bytes: Span<UInt8>, layout: SampleLayout, into row: inout MutableSpan<Int64>, tier: CPUTier = .current
    ) {
        unpackRow(bytes, layout, from: 0, &row)
    }

    public static func pack(
        _ row: Span<Int64>, layout: SampleLayout, into bytes: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        packRow(row, layout, from: 0, &bytes)
    }
}

// Each switch hands constants down to a loop that is inlined, so that every layout has its own. Unchecked subscripts are
// sound: both spans were checked to hold the same whole pixels.

@inline(__always)
private func unpackRow<Sample: FixedWidthInteger>(
    _ bytes: Span<UInt8>, _ layout: SampleLayout, from done: Int, _ row: inout MutableSpan<Sample>
) {
    let pixels = bytes.count / layout.bytesPerPixel
    precondition(done >= 0 && bytes.count == pixels * layout.bytesPerPixel && row.count == pixels * layout.channels)
    guard done < pixels else { return }
    switch (layout.channels, layout.hasAlpha) {
    case (2, true): multiply(bytes, 2, layout.isWide, done, pixels, &row)
    case (4, true): multiply(bytes, 4, layout.isWide, done, pixels, &row)
    default: widen(bytes, layout.isWide, done * layout.channels, &row)
    }
}

@inline(__always)
private func packRow<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ row: Span<Sample>, _ layout: SampleLayout, from done: Int, _ bytes: inout MutableSpan<UInt8>
) {
    let pixels = bytes.count / layout.bytesPerPixel
    precondition(done >= 0 && bytes.count == pixels * layout.bytesPerPixel && row.count == pixels * layout.channels)
    guard done < pixels else { return }
    switch (layout.channels, layout.hasAlpha) {
    case (2, true): divide(row, 2, layout.isWide, done, pixels, &bytes)
    case (4, true): divide(row, 4, layout.isWide, done, pixels, &bytes)
    default: clamp(row, layout.isWide, done * layout.channels, &bytes)
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
private func widen<Sample: FixedWidthInteger>(
    _ bytes: Span<UInt8>, _ isWide: Bool, _ first: Int, _ row: inout MutableSpan<Sample>
) {
    if isWide {
        for i in first..<row.count { unsafe row[unchecked: i] = Sample(truncatingIfNeeded: sample(bytes, true, i)) }
    } else {
        for i in first..<row.count { unsafe row[unchecked: i] = Sample(truncatingIfNeeded: sample(bytes, false, i)) }
    }
}

@inline(__always)
private func multiply<Sample: FixedWidthInteger>(
    _ bytes: Span<UInt8>, _ channels: Int, _ isWide: Bool, _ done: Int, _ pixels: Int, _ row: inout MutableSpan<Sample>
) {
    let full: UInt32 = isWide ? 65535 : 255
    for i in done..<pixels {
        let alpha = UInt32(sample(bytes, isWide, i &* channels &+ channels &- 1))
        for c in 0..<channels {
            let factor = c == channels &- 1 ? full : alpha
            let value = UInt32(sample(bytes, isWide, i &* channels &+ c))
            unsafe row[unchecked: i &* channels &+ c] = Sample(truncatingIfNeeded: value &* factor)
        }
    }
}

/// Products of RGBA of 8 bits, two pixels at a time.
private func multiply(_ bytes: Span<UInt8>, from done: Int, _ row: inout MutableSpan<Int16>) {
    let pixels = bytes.count / 4
    // Sound: pixels i and i + 1 are there, and for each byte a number of two.
    unsafe bytes.withUnsafeBytes { bytes in
        unsafe row.withUnsafeMutableBytes { row in
            var i = done
            while i &+ 1 < pixels {
                let two = unsafe bytes.loadUnaligned(fromByteOffset: 4 &* i, as: SIMD8<UInt8>.self)
                unsafe row.storeBytes(of: products(two), toByteOffset: 8 &* i, as: SIMD8<UInt16>.self)
                i &+= 2
            }
            if i < pixels {
                let one = unsafe bytes.loadUnaligned(fromByteOffset: 4 &* i, as: SIMD4<UInt8>.self)
                let two = products(SIMD8(lowHalf: one, highHalf: one))
                unsafe row.storeBytes(of: two.lowHalf, toByteOffset: 8 &* i, as: SIMD4<UInt16>.self)
            }
        }
    }
}

/// Of two pixels.
@inline(__always)
private func products(_ bytes: SIMD8<UInt8>) -> SIMD8<UInt16> {
    let samples = SIMD8<UInt16>(truncatingIfNeeded: bytes)
    // Every processor shifts whole pixels in one go; not all can put samples anywhere.
    let alpha = unsafe unsafeBitCast(samples, to: SIMD2<UInt64>.self) &>> 48
    let factors = alpha | alpha &<< 16 | alpha &<< 32 | SIMD2(repeating: 255 &<< 48)
    return unsafe samples &* unsafeBitCast(factors, to: SIMD8<UInt16>.self) &- UInt16(productBias)
}

@inline(__always)
private func clamp<Sample: FixedWidthInteger>(
    _ row: Span<Sample>, _ isWide: Bool, _ first: Int, _ bytes: inout MutableSpan<UInt8>
) {
    let full = isWide ? Sample(truncatingIfNeeded: 65535) : 255
    for i in first..<row.count {
        let value = unsafe max(0, min(full, row[unchecked: i]))
        store(UInt16(truncatingIfNeeded: value), isWide, i, &bytes)
    }
}

@inline(__always)
private func divide<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ row: Span<Sample>, _ channels: Int, _ isWide: Bool, _ done: Int, _ pixels: Int, _ bytes: inout MutableSpan<UInt8>
) {
    if !isWide && Sample.self == Int32.self { return divideBytes(row, channels, done, pixels, &bytes) }
    let full: Int64 = isWide ? 65535 : 255
    let one = full &<< Int64(alphaFractionBits)
    for i in done..<pixels {
        let alpha = unsafe Int64(truncatingIfNeeded: row[unchecked: i &* channels &+ channels &- 1])
        let rounded = max(0, min(full, (alpha &+ one / 2) / one))
        store(UInt16(truncatingIfNeeded: rounded), isWide, i &* channels &+ channels &- 1, &bytes)
        for c in 0..<(channels &- 1) {
            let product = unsafe Int64(truncatingIfNeeded: row[unchecked: i &* channels &+ c])
            // Clamped first, so that the quotient is in range and `product × full` below 2⁶³.
            let colour =
                rounded == 0
                ? 0 : (max(0, min(alpha, product)) &* full &+ alpha &>> 1) / alpha
            store(UInt16(truncatingIfNeeded: colour), isWide, i &* channels &+ c, &bytes)
        }
    }
}

/// The same to 8 bits, by one reciprocal a pixel, in double precision.
///
/// ⌊n / d⌋ of whole numbers is ⌊(n + ½) / d⌋, which is never nearer than 1 / 2d to a whole number: d being below 2³¹ and the quotient at most 256, that is far more
/// than the error of the product.
@inline(__always)
private func divideBytes<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ row: Span<Sample>, _ channels: Int, _ done: Int, _ pixels: Int, _ bytes: inout MutableSpan<UInt8>
) {
    let one = 255.0 * Double(1 << alphaFractionBits)
    let (unit, half) = (1 / one, one / 2 + 0.5)
    var next = done
    while true {
        if channels == 4 { next = divideOpaque(row, from: next, pixels, &bytes) }
        guard next < pixels else { return }
        #if arch(x86_64)
            if channels == 4 && next &+ 2 <= pixels {
                divideTwo(row, next, &bytes)
                next &+= 2
                continue
            }
        #endif
        let i = next
        next &+= 1
        let alpha = unsafe max(0, Int32(truncatingIfNeeded: row[unchecked: i &* channels &+ channels &- 1]))
        let shown = Int32(min(255, (Double(alpha) + half) * unit))
        let reciprocal = 255 / Double(max(1, alpha))
        let rest = (Double(alpha &>> 1) + 0.5) * reciprocal * (1 / 255)
        store(UInt16(truncatingIfNeeded: shown), false, i &* channels &+ channels &- 1, &bytes)
        for c in 0..<(channels &- 1) {
            let product = unsafe Int32(truncatingIfNeeded: row[unchecked: i &* channels &+ c])
            let colour = Int32(Double(max(0, min(alpha, product))) * reciprocal + rest)
            store(UInt16(truncatingIfNeeded: shown == 0 ? 0 : colour), false, i &* channels &+ c, &bytes)
        }
    }
}

/// The same for the RGBA pixels from `first` on that are opaque, without a reciprocal: the fraction is cut off, and ⌊n / 255⌋ = ⌊(n + 1 + ⌊n / 256⌋) / 256⌋ for
/// n below 65,535.
///
/// - Returns: the first pixel that is not opaque.
@inline(__always)
private func divideOpaque<Sample: FixedWidthInteger & BitwiseCopyable>(
    _ row: Span<Sample>, from first: Int, _ pixels: Int, _ bytes: inout MutableSpan<UInt8>
) -> Int {
    let bits = Int32(alphaFractionBits)
    let (opaque, half) = (255 &* 255 &<< bits, SIMD4<Int32>(repeating: 255 &<< (bits &- 1)))
    let (zero, most) = (SIMD4<Int32>.zero, SIMD4<Int32>(repeating: 255 * 255))
    var i = first
    // Sound: a pixel is four samples of 32 bits, and four bytes.
    unsafe row.withUnsafeBytes { row in
        unsafe bytes.withUnsafeMutableBytes { bytes in
            #if arch(x86_64)
                while i &+ 4 <= pixels, unsafe areOpaque(row, i, opaque) {
                    unsafe bytes.storeBytes(of: fourOpaque(row, i), toByteOffset: 4 &* i, as: __m128i.self)
                    i &+= 4
                }
            #endif
            while i < pixels {
                let products = unsafe row.loadUnaligned(fromByteOffset: 16 &* i, as: SIMD4<Int32>.self)
                guard products[3] == opaque else { return }
                let whole = ((products &+ half) &>> bits).clamped(lowerBound: zero, upperBound: most)
                let samples = SIMD4<UInt8>(truncatingIfNeeded: (whole &+ 1 &+ whole &>> 8) &>> 8)
                unsafe bytes.storeBytes(of: samples, toByteOffset: 4 &* i, as: SIMD4<UInt8>.self)
                i &+= 1
            }
        }
    }
    return i
}

#if arch(x86_64)
    /// Whether pixels i to i + 3 are.
    @inline(__always)
    private func areOpaque(_ row: UnsafeRawBufferPointer, _ i: Int, _ opaque: Int32) -> Bool {
        @inline(__always)
        func isOpaque(_ i: Int) -> Bool { unsafe row.load(fromByteOffset: 16 &* i &+ 12, as: Int32.self) == opaque }
        return isOpaque(i) && isOpaque(i &+ 1) && isOpaque(i &+ 2) && isOpaque(i &+ 3)
    }

    /// The bytes of pixels i to i + 3, by vectors that every x86-64 processor has: what they saturate at is either clamped to 0 or divided to 255.
    @inline(__always)
    private func fourOpaque(_ row: UnsafeRawBufferPointer, _ i: Int) -> __m128i {
        let bits = Int32(alphaFractionBits)
        // Signed for packing, which saturates.
        let half = _mm_set1_epi32(255 &<< (bits &- 1) &- 32_768 &<< bits)
        @inline(__always)
        func rounded(_ i: Int) -> __m128i {
            unsafe _mm_srai_epi32(
                _mm_add_epi32(row.loadUnaligned(fromByteOffset: 16 &* i, as: __m128i.self), half), bits)
        }
        @inline(__always)
        func divided(_ i: Int) -> __m128i {
            let products = _mm_xor_si128(_mm_packs_epi32(rounded(i), rounded(i &+ 1)), _mm_set1_epi16(.min))
            let more = _mm_add_epi16(_mm_srli_epi16(products, 8), _mm_set1_epi16(1))
            return _mm_srli_epi16(_mm_adds_epu16(products, more), 8)
        }
        return _mm_packus_epi16(divided(i), divided(i &+ 2))
    }

    /// The same for RGBA pixels i and i + 1, by vectors that every x86-64 processor has.
    @inline(__always)
    private func divideTwo<Sample: FixedWidthInteger & BitwiseCopyable>(
        _ row: Span<Sample>, _ i: Int, _ bytes: inout MutableSpan<UInt8>
    ) {
        // Sound: both pixels are there, of four samples of 32 bits, and of four bytes.
        unsafe row.withUnsafeBytes { row in
            unsafe bytes.withUnsafeMutableBytes { bytes in
                let first = unsafe row.loadUnaligned(fromByteOffset: 16 &* i, as: SIMD4<Int32>.self)
                let second = unsafe row.loadUnaligned(fromByteOffset: 16 &* i &+ 16, as: SIMD4<Int32>.self)
                let (one, other) = (max(0, first[3]), max(0, second[3]))
                let alphas = SIMD2(Double(one), Double(other))
                let reciprocals = 255 / SIMD2(Double(max(1, one)), Double(max(1, other)))
                let rests = (SIMD2(Double(one &>> 1), Double(other &>> 1)) + 0.5) * reciprocals * (1 / 255)
                let words = _mm_packs_epi32(
                    divided(first, alphas[0], reciprocals[0], rests[0]),
                    divided(second, alphas[1], reciprocals[1], rests[1]))
                let both = UInt64(truncatingIfNeeded: _mm_cvtsi128_si64(_mm_packus_epi16(words, words)))
                // No colour where alpha is 0.
                let low: UInt64 = both & 0xFF00_0000 == 0 ? 0 : both & 0xFFFF_FFFF
                let high: UInt64 = both &>> 56 == 0 ? 0 : both & 0xFFFF_FFFF_0000_0000
                unsafe bytes.storeBytes(of: (low | high).littleEndian, toByteOffset: 4 &* i, as: UInt64.self)
            }
        }
    }

    /// The colours and alpha of a pixel; alpha above 255 where it overshoots.
    @inline(__always)
    private func divided(_ pixel: SIMD4<Int32>, _ alpha: Double, _ reciprocal: Double, _ rest: Double) -> __m128i {
        let one = 255.0 * Double(1 << alphaFractionBits)
        // Sound: vectors of as many bits.
        let samples = unsafe unsafeBitCast(pixel, to: __m128i.self)
        let most = SIMD2(repeating: alpha)
        let low = _mm_max_pd(_mm_min_pd(_mm_cvtepi32_pd(samples), most), .zero)
        let high = _mm_max_pd(_mm_min_pd(_mm_cvtepi32_pd(_mm_unpackhi_epi64(samples, samples)), most), .zero)
        let colors = _mm_cvttpd_epi32(low * reciprocal + rest)
        let last = _mm_cvttpd_epi32(high * SIMD2(reciprocal, 1 / one) + SIMD2(rest, (one / 2 + 0.5) / one))
        return _mm_unpacklo_epi64(colors, last)
    }
#endif
