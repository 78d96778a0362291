#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

/// Undoes PNG's line filters (PNG §9.2), a whole line at a time.
public enum PNGUnfilter {
    /// Reconstructs one line.
    ///
    /// - Parameters:
    ///   - filter: the line's filter type byte.
    ///   - line: the filtered bytes, without the filter type byte.
    ///   - prior: the line above, reconstructed; zeros above the first.
    ///   - bytesPerPixel: 1 (also for less than a byte), 2, 3, 4, 6 or 8.
    ///   - out: where the reconstructed bytes go.
    /// - Returns: false, with `out` untouched, if there is no such filter type.
    /// - Precondition: the three lines are of one length, a multiple of `bytesPerPixel`.
    public static func reconstruct(
        filter: UInt8, _ line: Span<UInt8>, prior: Span<UInt8>, bytesPerPixel: Int, into out: inout MutableSpan<UInt8>,
        tier: CPUTier = .current
    ) -> Bool {
        precondition(line.count == prior.count && line.count == out.count)
        precondition(line.count % bytesPerPixel == 0)
        switch filter {
        case 0: for i in line.indices { out[i] = line[i] }
        case 2: for i in line.indices { out[i] = line[i] &+ prior[i] }
        case 1, 3, 4:
            var done = 0
            #if arch(x86_64)
                if tier == .avx2 {
                    done = TintypeKernelsAVX2.reconstruct(
                        filter: filter, line, prior: prior, bytesPerPixel: bytesPerPixel, into: &out)
                }
            #endif
            // The pixel to the left is kept in registers, so its size has to be known when compiling.
            switch bytesPerPixel {
            case 1: Pixel<1>.reconstruct(filter, line, prior, from: done, &out)
            case 2: Pixel<2>.reconstruct(filter, line, prior, from: done, &out)
            case 3: Pixel<3>.reconstruct(filter, line, prior, from: done, &out)
            case 4: Pixel<4>.reconstruct(filter, line, prior, from: done, &out)
            case 6: Pixel<6>.reconstruct(filter, line, prior, from: done, &out)
            case 8: Pixel<8>.reconstruct(filter, line, prior, from: done, &out)
            default: preconditionFailure("PNG has no pixels of \(bytesPerPixel) bytes")
            }
        default: return false
        }
        return true
    }
}

/// The filters that look to the left, for pixels of `bytes` bytes, after those that a faster version did.
///
/// Unchecked access: the caller has seen that all three lines have one length and hold whole pixels, and `i + k` stays
/// below it.
private enum Pixel<let bytes: Int> {
    @inline(__always)
    static func reconstruct(
        _ filter: UInt8, _ line: Span<UInt8>, _ prior: Span<UInt8>, from done: Int, _ out: inout MutableSpan<UInt8>
    ) {
        switch filter {
        case 1: sub(line, done, &out)
        case 3: average(line, prior, done, &out)
        default: paeth(line, prior, done, &out)
        }
    }

    @inline(__always)
    static func sub(_ line: Span<UInt8>, _ done: Int, _ out: inout MutableSpan<UInt8>) {
        var left = [bytes of UInt8](repeating: 0)
        if done > 0 {
            for k in 0..<bytes { left[k] = out[done &- bytes &+ k] }
        }
        var i = done
        while i < line.count {
            for k in 0..<bytes {
                left[k] = unsafe line[unchecked: i &+ k] &+ left[k]
                unsafe out[unchecked: i &+ k] = left[k]
            }
            i &+= bytes
        }
    }

    @inline(__always)
    static func average(_ line: Span<UInt8>, _ prior: Span<UInt8>, _ done: Int, _ out: inout MutableSpan<UInt8>) {
        var left = [bytes of UInt32](repeating: 0)
        if done > 0 {
            for k in 0..<bytes { left[k] = UInt32(out[done &- bytes &+ k]) }
        }
        var i = done
        while i < line.count {
            for k in 0..<bytes {
                let above = unsafe UInt32(prior[unchecked: i &+ k])
                let value = unsafe line[unchecked: i &+ k] &+ UInt8(truncatingIfNeeded: (left[k] &+ above) &>> 1)
                left[k] = UInt32(value)
                unsafe out[unchecked: i &+ k] = value
            }
            i &+= bytes
        }
    }

    @inline(__always)
    static func paeth(_ line: Span<UInt8>, _ prior: Span<UInt8>, _ done: Int, _ out: inout MutableSpan<UInt8>) {
        var left = [bytes of Int32](repeating: 0)
        var aboveLeft = [bytes of Int32](repeating: 0)
        if done > 0 {
            for k in 0..<bytes {
                left[k] = Int32(out[done &- bytes &+ k])
                aboveLeft[k] = Int32(prior[done &- bytes &+ k])
            }
        }
        var i = done
        while i < line.count {
            for k in 0..<bytes {
                let above = unsafe Int32(prior[unchecked: i &+ k])
                let (a, c) = (left[k], aboveLeft[k])
                // PNG §9.4: the neighbour nearest to a + b - c; a before b before c where they tie.
                let (towardsA, towardsB) = (above &- c, a &- c)
                let distanceA = towardsA < 0 ? 0 &- towardsA : towardsA
                let distanceB = towardsB < 0 ? 0 &- towardsB : towardsB
                let sum = towardsA &+ towardsB
                let distanceC = sum < 0 ? 0 &- sum : sum
                let nearerBC = distanceB <= distanceC ? above : c
                let nearest = distanceA <= min(distanceB, distanceC) ? a : nearerBC
                let value = unsafe line[unchecked: i &+ k] &+ UInt8(truncatingIfNeeded: nearest)
                left[k] = Int32(value)
                aboveLeft[k] = above
                unsafe out[unchecked: i &+ k] = value
            }
            i &+= bytes
        }
    }
}
