/// Chroma upsampling as libjpeg-turbo does it by default: by a triangle filter where the ratio is 2 in one or both directions ("fancy",
/// sample centres as JFIF 1.02 places them), by repetition otherwise. The small added constants alternate so that rounding has no bias.

/// Doubles the width: each sample is ¾ of the nearer and ¼ of the further neighbour.
///
/// - Parameters:
///   - row: at least 3 samples.
///   - out: from `start` on, `2 × row.count` samples are written.
public func upsampleWidth2(_ row: Span<UInt8>, into out: inout MutableSpan<UInt8>, at start: Int) {
    let last = row.count &- 1
    precondition(last >= 2 && start >= 0 && start + 2 * row.count <= out.count)
    out[start] = row[0]
    out[start &+ 1] = UInt8(truncatingIfNeeded: (UInt16(row[0]) &* 3 &+ UInt16(row[1]) &+ 2) &>> 2)
    for i in 1..<last {
        let near = UInt16(row[i]) &* 3
        out[start &+ 2 &* i] = UInt8(truncatingIfNeeded: (near &+ UInt16(row[i &- 1]) &+ 1) &>> 2)
        out[start &+ 2 &* i &+ 1] = UInt8(truncatingIfNeeded: (near &+ UInt16(row[i &+ 1]) &+ 2) &>> 2)
    }
    let near = UInt16(row[last]) &* 3
    out[start &+ 2 &* last] = UInt8(truncatingIfNeeded: (near &+ UInt16(row[last &- 1]) &+ 1) &>> 2)
    out[start &+ 2 &* last &+ 1] = row[last]
}

/// One of two rows made from one: ¾ of the nearer row and ¼ of the one above or below it.
///
/// - Parameter below: whether `far` is the row below.
public func upsampleHeight2(
    _ near: Span<UInt8>, _ far: Span<UInt8>, below: Bool, into out: inout MutableSpan<UInt8>, at start: Int
) {
    precondition(near.count == far.count && start >= 0 && start + near.count <= out.count)
    let bias: UInt16 = below ? 2 : 1
    for i in near.indices {
        out[start &+ i] = UInt8(truncatingIfNeeded: (UInt16(near[i]) &* 3 &+ UInt16(far[i]) &+ bias) &>> 2)
    }
}

/// Doubles width and height: nine, three, three and one sixteenths of the four nearest.
///
/// - Parameters:
///   - near: the nearer row, at least 3 samples.
///   - far: the row above or below it.
public func upsampleBoth2(
    _ near: Span<UInt8>, _ far: Span<UInt8>, into out: inout MutableSpan<UInt8>, at start: Int
) {
    let last = near.count &- 1
    precondition(last >= 2 && near.count == far.count && start >= 0 && start + 2 * near.count <= out.count)
    func column(_ i: Int) -> UInt16 { UInt16(near[i]) &* 3 &+ UInt16(far[i]) }
    var before = column(0)
    var this = before
    var after = column(1)
    out[start] = UInt8(truncatingIfNeeded: (this &* 4 &+ 8) &>> 4)
    out[start &+ 1] = UInt8(truncatingIfNeeded: (this &* 3 &+ after &+ 7) &>> 4)
    for i in 1..<last {
        before = this
        this = after
        after = column(i &+ 1)
        out[start &+ 2 &* i] = UInt8(truncatingIfNeeded: (this &* 3 &+ before &+ 8) &>> 4)
        out[start &+ 2 &* i &+ 1] = UInt8(truncatingIfNeeded: (this &* 3 &+ after &+ 7) &>> 4)
    }
    out[start &+ 2 &* last] = UInt8(truncatingIfNeeded: (after &* 3 &+ this &+ 8) &>> 4)
    out[start &+ 2 &* last &+ 1] = UInt8(truncatingIfNeeded: (after &* 4 &+ 7) &>> 4)
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
