/// Applies PNG's line filters (PNG §9.2) and says how promising the result is.
public enum PNGFilter {
    /// Filters one line.
    ///
    /// - Parameters:
    ///   - filter: the filter type, 0 to 4.
    ///   - line: the bytes of the line.
    ///   - prior: the line above; zeros above the first.
    ///   - bytesPerPixel: 1 to 8.
    ///   - out: where the filtered bytes go.
    /// - Returns: the sum of the bytes' absolute values, taken as signed: the measure that PNG §12.7 suggests for
    ///   choosing.
    /// - Precondition: the three lines are of one length, at least `bytesPerPixel`, and `filter` is at most 4.
    public static func apply(
        _ filter: UInt8, _ line: Span<UInt8>, prior: Span<UInt8>, bytesPerPixel: Int,
        into out: inout MutableSpan<UInt8>
    ) -> UInt32 {
        let (count, step) = (line.count, bytesPerPixel)
        precondition(count == prior.count && count == out.count && step > 0 && step <= count && filter <= 4)
        switch filter {
        case 0: for i in line.indices { out[i] = line[i] }
        case 2: for i in line.indices { out[i] = line[i] &- prior[i] }
        default:
            first(filter, line, prior, step, &out)
            var rest = out._mutatingExtracting(step..<count)
            let (left, middle) = (line.extracting(0..<count - step), line.extracting(step..<count))
            let (aboveLeft, above) = (prior.extracting(0..<count - step), prior.extracting(step..<count))
            switch filter {
            case 1: sub(middle, left, &rest)
            case 3: average(middle, left, above, &rest)
            default: paeth(middle, left, above, aboveLeft, &rest)
            }
        }
        return score(out)
    }

    /// The first pixel of a line, which has nothing to its left: Paeth's choice is then always the byte above.
    private static func first(
        _ filter: UInt8, _ line: Span<UInt8>, _ prior: Span<UInt8>, _ step: Int, _ out: inout MutableSpan<UInt8>
    ) {
        for i in 0..<step {
            switch filter {
            case 1: out[i] = line[i]
            case 3: out[i] = line[i] &- prior[i] &>> 1
            default: out[i] = line[i] &- prior[i]
            }
        }
    }

    private static func sub(_ line: Span<UInt8>, _ left: Span<UInt8>, _ out: inout MutableSpan<UInt8>) {
        precondition(line.count == out.count && left.count == out.count)
        for i in line.indices { out[i] = line[i] &- left[i] }
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

    /// A line of PNG's largest width stays below 2³² in this sum.
    private static func score(_ line: borrowing MutableSpan<UInt8>) -> UInt32 {
        var sum: UInt32 = 0
        for i in line.indices {
            let byte = line[i]
            sum &+= UInt32(min(byte, 0 &- byte))
        }
        return sum
    }
}
