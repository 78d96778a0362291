#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

/// Applies PNG's line filters (PNG §9.2) and says how promising each is.
public enum PNGFilter {
    /// Filters one line.
    ///
    /// - Parameters:
    ///   - filter: the filter type, 0 to 4.
    ///   - line: the bytes of the line.
    ///   - prior: the line above; zeros above the first.
    ///   - bytesPerPixel: 1 to 8.
    ///   - out: where the filtered bytes go.
    /// - Precondition: the three lines are of one length, at least `bytesPerPixel`, and `filter` is at most 4.
    public static func apply(
        _ filter: UInt8, _ line: Span<UInt8>, prior: Span<UInt8>, bytesPerPixel: Int,
        into out: inout MutableSpan<UInt8>, tier: CPUTier = .current
    ) {
        let (count, step) = (line.count, bytesPerPixel)
        precondition(count == prior.count && count == out.count && step > 0 && step <= count && filter <= 4)
        // The first pixel has nothing to its left: Paeth's choice is then always the byte above.
        for i in 0..<step {
            switch filter {
            case 0, 1: out[i] = line[i]
            case 3: out[i] = line[i] &- prior[i] &>> 1
            default: out[i] = line[i] &- prior[i]
            }
        }
        #if arch(x86_64)
            let done =
                tier == .avx2
                ? TintypeKernelsAVX2.applyPNGFilter(filter, line, prior: prior, bytesPerPixel: step, into: &out) : 0
        #else
            let done = 0
        #endif
        // Of the bytes that are left, those beside each: loops over them vectorise.
        let (middle, left) = (line.extracting(step + done..<count), line.extracting(done..<count - step))
        let (above, aboveLeft) = (prior.extracting(step + done..<count), prior.extracting(done..<count - step))
        var rest = out._mutatingExtracting(step + done..<count)
        switch filter {
        case 0: for i in rest.indices { rest[i] = middle[i] }
        case 1: subtract(left, from: middle, &rest)
        case 2: subtract(above, from: middle, &rest)
        case 3: average(middle, left, above, &rest)
        default: paeth(middle, left, above, aboveLeft, &rest)
        }
    }

    /// For each of the five filters, the sum of the absolute values of the bytes that it would leave, taken as signed: the
    /// measure that PNG §12.7 suggests for choosing. A line of PNG's largest width stays below 2³² in it.
    ///
    /// - Precondition: as for `apply`; `scratch` is of the lines' length, too. What is left in it has no meaning.
    public static func sums(
        _ line: Span<UInt8>, prior: Span<UInt8>, bytesPerPixel: Int, scratch: inout MutableSpan<UInt8>,
        tier: CPUTier = .current
    ) -> [5 of UInt32] {
        let (count, step) = (line.count, bytesPerPixel)
        precondition(count == prior.count && count == scratch.count && step > 0 && step <= count)
        var sums = [5 of UInt32](repeating: 0)
        for i in 0..<step {
            let half = line[i] &- prior[i] &>> 1
            let (whole, difference) = (magnitude(line[i]), magnitude(line[i] &- prior[i]))
            sums[0] &+= whole
            sums[1] &+= whole
            sums[2] &+= difference
            sums[3] &+= magnitude(half)
            sums[4] &+= difference
        }
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                let wide = TintypeKernelsAVX2.sumPNGFilters(line, prior: prior, bytesPerPixel: step)
                done = wide.done
                sums[0] &+= wide.sums.0
                sums[1] &+= wide.sums.1
                sums[2] &+= wide.sums.2
                sums[3] &+= wide.sums.3
                sums[4] &+= wide.sums.4
            }
        #endif
        let (middle, left) = (line.extracting(step + done..<count), line.extracting(done..<count - step))
        let (above, aboveLeft) = (prior.extracting(step + done..<count), prior.extracting(done..<count - step))
        var rest = scratch._mutatingExtracting(step + done..<count)
        for i in rest.indices { rest[i] = middle[i] }
        sums[0] &+= sum(rest)
        subtract(left, from: middle, &rest)
        sums[1] &+= sum(rest)
        subtract(above, from: middle, &rest)
        sums[2] &+= sum(rest)
        average(middle, left, above, &rest)
        sums[3] &+= sum(rest)
        paeth(middle, left, above, aboveLeft, &rest)
        sums[4] &+= sum(rest)
        return sums
    }

    @inline(__always)
    private static func magnitude(_ byte: UInt8) -> UInt32 { UInt32(min(byte, 0 &- byte)) }

    private static func sum(_ line: borrowing MutableSpan<UInt8>) -> UInt32 {
        var sum: UInt32 = 0
        for i in line.indices { sum &+= magnitude(line[i]) }
        return sum
    }

    private static func subtract(_ other: Span<UInt8>, from line: Span<UInt8>, _ out: inout MutableSpan<UInt8>) {
        precondition(line.count == out.count && other.count == out.count)
        for i in line.indices { out[i] = line[i] &- other[i] }
    }

    private static func average(
        _ line: Span<UInt8>, _ left: Span<UInt8>, _ above: Span<UInt8>, _ out: inout MutableSpan<UInt8>
    ) {
        precondition(line.count == out.count && left.count == out.count && above.count == out.count)
        for i in line.indices {
            let sum = UInt16(left[i]) &+ UInt16(above[i])
            out[i] = line[i] &- UInt8(truncatingIfNeeded: sum &>> 1)
        }
    }

    /// PNG §9.4: the neighbour nearest to a + b - c; a before b before c where they tie.
    private static func paeth(
        _ line: Span<UInt8>, _ left: Span<UInt8>, _ above: Span<UInt8>, _ aboveLeft: Span<UInt8>,
        _ out: inout MutableSpan<UInt8>
    ) {
        precondition(line.count == out.count && left.count == out.count)
        precondition(above.count == out.count && aboveLeft.count == out.count)
        for i in line.indices {
            let (a, b, c) = (Int16(left[i]), Int16(above[i]), Int16(aboveLeft[i]))
            let (towardsA, towardsB) = (b &- c, a &- c)
            let sum = towardsA &+ towardsB
            let distanceA = towardsA < 0 ? 0 &- towardsA : towardsA
            let distanceB = towardsB < 0 ? 0 &- towardsB : towardsB
            let distanceC = sum < 0 ? 0 &- sum : sum
            let nearerBC = distanceB <= distanceC ? b : c
            let nearest = distanceA <= min(distanceB, distanceC) ? a : nearerBC
            out[i] = line[i] &- UInt8(truncatingIfNeeded: nearest)
        }
    }
}
