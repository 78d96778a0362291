#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

extension JPEGForward {
    /// Quantises packed blocks whose coefficients are as the transform leaves them, 8 times too large. The result is that
    /// of quantising them at once.
    ///
    /// - Parameters:
    ///   - masks: what `packBlocks` makes of blocks, or 0 for one that is not there.
    ///   - values: those of the blocks, and any others behind them.
    ///   - factors: those of `Divisors` in zigzag order: 64 halves of divisors, 64 reciprocals, 64 shifting factors.
    ///   - newMasks: room for as many masks.
    ///   - newValues: room for as many values.
    /// - Returns: how many values were written.
    public static func requantizeBlocks(
        _ masks: Span<UInt64>, _ values: Span<Int16>, factors: Span<UInt16>, newMasks: inout MutableSpan<UInt64>,
        newValues: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) -> Int {
        precondition(factors.count == 3 * 64 && newMasks.count >= masks.count && newValues.count >= values.count)
        let zigzag = ZigzagPacking.shared
        #if arch(x86_64)
            var done = (blocks: 0, read: 0, written: 0)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.requantizeBlocks(
                    masks, values, factors: factors, tables: zigzag.vectorTables.span,
                    newMasks: &newMasks, newValues: &newValues)
            }
        #else
            let done = (blocks: 0, read: 0, written: 0)
        #endif
        var (cursor, position) = (done.read, done.written)
        for index in done.blocks..<masks.count {
            var rest = masks[index]
            var kept = rest & 1
            while rest != 0 {
                let k = rest.trailingZeroBitCount & 63
                rest &= rest &- 1
                let value = values[cursor]
                cursor &+= 1
                let dividend = value.magnitude &+ factors[k]
                let quotient = high(high(dividend, factors[64 &+ k]), factors[128 &+ k])
                let sign = value &>> 15
                newValues[position] = (Int16(truncatingIfNeeded: quotient) ^ sign) &- sign
                let bit: UInt64 = quotient == 0 ? 0 : 1
                kept |= bit &<< UInt64(truncatingIfNeeded: k)
                position &+= Int(kept &>> UInt64(truncatingIfNeeded: k) & 1)
            }
            newMasks[index] = kept
        }
        return position
    }

    /// How many values the blocks of these masks have.
    public static func valueCount(_ masks: Span<UInt64>, tier: CPUTier = .current) -> Int {
        #if arch(x86_64)
            if tier == .avx2 { return TintypeKernelsAVX2.valueCount(masks) }
        #endif
        var count = 0
        for index in masks.indices { count &+= masks[index].nonzeroBitCount }
        return count
    }

    /// The upper half of the product.
    @inline(__always)
    private static func high(_ a: UInt16, _ b: UInt16) -> UInt16 {
        UInt16(truncatingIfNeeded: (UInt32(a) &* UInt32(b)) &>> 16)
    }
}
