#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

/// Chroma upsampling as libjpeg-turbo does it by default: by a triangle filter where the ratio is 2 in one or both directions ("fancy",
/// sample centres as JFIF 1.02 places them), by repetition otherwise. The small added constants alternate so that rounding has no bias.

/// Doubles the width: each sample is ¾ of the nearer and ¼ of the further neighbour.
///
/// - Parameters:
///   - row: at least 3 samples.
///   - out: from `start` on, `2 × row.count` samples are written.
public func upsampleWidth2(
    _ row: Span<UInt8>, into out: inout MutableSpan<UInt8>, at start: Int, tier: CPUTier = .current
) {
    let last = row.count &- 1
    precondition(last >= 2 && start >= 0 && start + 2 * row.count <= out.count)
    #if arch(x86_64)
        let done = tier == .avx2 ? TintypeKernelsAVX2.upsampleWidth2(row, into: &out, at: start) : 0
    #else
        let done = 0
    #endif
    out[start] = row[0]
    out[start &+ 1] = UInt8(truncatingIfNeeded: (UInt16(row[0]) &* 3 &+ UInt16(row[1]) &+ 2) &>> 2)
    // Unchecked subscripts are sound: i is inside the row, of which `out` holds twice as many, as the precondition says.
    for i in 1 &+ done..<last {
        let near = unsafe UInt16(row[unchecked: i]) &* 3
        let (before, after) = unsafe (UInt16(row[unchecked: i &- 1]), UInt16(row[unchecked: i &+ 1]))
        unsafe out[unchecked: start &+ 2 &* i] = UInt8(truncatingIfNeeded: (near &+ before &+ 1) &>> 2)
        unsafe out[unchecked: start &+ 2 &* i &+ 1] = UInt8(truncatingIfNeeded: (near &+ after &+ 2) &>> 2)
    }
    let near = UInt16(row[last]) &* 3
    out[start &+ 2 &* last] = UInt8(truncatingIfNeeded: (near &+ UInt16(row[last &- 1]) &+ 1) &>> 2)
    out[start &+ 2 &* last &+ 1] = row[last]
}

/// One of two rows made from one: ¾ of the nearer row and ¼ of the one above or below it.
///
/// - Parameter below: whether `far` is the row below.
public func upsampleHeight2(
    _ near: Span<UInt8>, _ far: Span<UInt8>, below: Bool, into out: inout MutableSpan<UInt8>, at start: Int,
    tier: CPUTier = .current
) {
    precondition(near.count == far.count && start >= 0 && start + near.count <= out.count)
    #if arch(x86_64)
        let done =
            tier == .avx2 ? TintypeKernelsAVX2.upsampleHeight2(near, far, below: below, into: &out, at: start) : 0
    #else
        let done = 0
    #endif
    let bias: UInt16 = below ? 2 : 1
    // Unchecked subscripts are sound: the precondition compares both rows and `out`.
    for i in done..<near.count {
        let sum = unsafe UInt16(near[unchecked: i]) &* 3 &+ UInt16(far[unchecked: i]) &+ bias
        unsafe out[unchecked: start &+ i] = UInt8(truncatingIfNeeded: sum &>> 2)
    }
}

/// Doubles width and height: nine, three, three and one sixteenths of the four nearest.
///
/// - Parameters:
///   - near: the nearer row, at least 3 samples.
///   - far: the row above or below it.
public func upsampleBoth2(
    _ near: Span<UInt8>, _ far: Span<UInt8>, into out: inout MutableSpan<UInt8>, at start: Int,
    tier: CPUTier = .current
) {
    let last = near.count &- 1
    precondition(last >= 2 && near.count == far.count && start >= 0 && start + 2 * near.count <= out.count)
    #if arch(x86_64)
        let done = tier == .avx2 ? TintypeKernelsAVX2.upsampleBoth2(near, far, into: &out, at: start) : 0
    #else
        let done = 0
    #endif
    // Unchecked subscripts are sound: columns 0...last are inside both rows, and `out` holds twice as many, as the precondition says.
    @inline(__always)
    func column(_ i: Int) -> UInt16 { unsafe UInt16(near[unchecked: i]) &* 3 &+ UInt16(far[unchecked: i]) }
    out[start] = UInt8(truncatingIfNeeded: (column(0) &* 4 &+ 8) &>> 4)
    out[start &+ 1] = UInt8(truncatingIfNeeded: (column(0) &* 3 &+ column(1) &+ 7) &>> 4)
    for i in 1 &+ done..<last {
        let this = column(i) &* 3
        unsafe out[unchecked: start &+ 2 &* i] = UInt8(truncatingIfNeeded: (this &+ column(i &- 1) &+ 8) &>> 4)
        unsafe out[unchecked: start &+ 2 &* i &+ 1] = UInt8(truncatingIfNeeded: (this &+ column(i &+ 1) &+ 7) &>> 4)
    }
    out[start &+ 2 &* last] = UInt8(truncatingIfNeeded: (column(last) &* 3 &+ column(last &- 1) &+ 8) &>> 4)
    out[start &+ 2 &* last &+ 1] = UInt8(truncatingIfNeeded: (column(last) &* 4 &+ 7) &>> 4)
}

/// Repeats each sample `times` times (1 copies).
public func repeatSamples(_ row: Span<UInt8>, times: Int, into out: inout MutableSpan<UInt8>, at start: Int) {
    precondition(times >= 1 && start >= 0 && start + times * row.count <= out.count)
    if times == 1 {
        for i in row.indices { out[start &+ i] = row[i] }
        return
    }
    for i in row.indices {
        for copy in 0..<times { out[start &+ i &* times &+ copy] = row[i] }
    }
}
