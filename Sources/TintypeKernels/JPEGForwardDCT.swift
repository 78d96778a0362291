#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

extension JPEGForward {
    /// Transforms and quantises a row of blocks (T.81 §A.3.3 and §A.3.4), and packs what is not zero.
    ///
    /// The transform is that of Loeffler, Ligtenberg and Moschytz ("Practical fast 1-D DCT algorithms with 11
    /// multiplications", ICASSP 1989), whose outputs are √8 times those of an orthonormal DCT: the two passes together
    /// are 8 times too large, and `Divisors` takes that back. Constants have 13 fractional bits; between the passes 2
    /// more bits are kept. All fits 32 bits: samples are at most 2⁷ in size, outputs of the first pass 2¹², sums of the
    /// second 2¹⁵, of their products 2³⁰.
    ///
    /// - Parameters:
    ///   - samples: eight rows, each beginning `stride` after the last, of at least 8 × `blocks` samples.
    ///   - quantizing: if false, coefficients are left as the transform makes them, 8 times too large, but for those that
    ///     would be quantised to 0.
    ///   - masks: at least `blocks`; `packBlocks` says what they and the values are.
    ///   - values: room for 64 × `blocks`.
    /// - Returns: how many values there are.
    public static func transformBlocks(
        _ samples: Span<UInt8>, stride: Int, blocks: Int, divisors: Divisors, quantizing: Bool = true,
        masks: inout MutableSpan<UInt64>, values: inout MutableSpan<Int16>, tier: CPUTier = .current
    ) -> Int {
        precondition(blocks >= 0 && stride >= 8 * blocks && masks.count >= blocks && values.count >= 64 * blocks)
        precondition(blocks == 0 || samples.count >= 7 * stride + 8 * blocks)
        let zigzag = ZigzagPacking.shared
        #if arch(x86_64)
            var done = (blocks: 0, values: 0)
            if tier == .avx2 {
                done = TintypeKernelsAVX2.transformBlocks(
                    samples, stride: stride, blocks: blocks, factors: divisors.factors.span, quantizing: quantizing,
                    tables: zigzag.vectorTables.span, masks: &masks, values: &values)
            }
        #else
            let done = (blocks: 0, values: 0)
        #endif
        var count = done.values
        // Sound: the counts were checked above; `work` has the 64 places that each step reads and writes.
        unsafe withUnsafeTemporaryAllocation(of: Int32.self, capacity: 64) { work in
            unsafe withUnsafeTemporaryAllocation(of: Int16.self, capacity: 64) { block in
                unsafe samples.withUnsafeBufferPointer { samples in
                    unsafe divisors.factors.withUnsafeBufferPointer { factors in
                        guard let work = work.baseAddress, let output = block.baseAddress,
                            let samples = samples.baseAddress, let factors = factors.baseAddress
                        else { return }
                        unsafe work.initialize(repeating: 0, count: 64)
                        unsafe output.initialize(repeating: 0, count: 64)
                        for index in done.blocks..<blocks {
                            unsafe transformRows(samples + 8 &* index, stride, work)
                            unsafe transformColumns(work)
                            if quantizing {
                                unsafe quantize(work, factors, output)
                            } else {
                                unsafe removeSmall(work, factors, output)
                            }
                            masks[index] = unsafe zigzag.pack(Span(_unsafeElements: block), into: &values, &count)
                        }
                    }
                }
            }
        }
        return count
    }

    /// The even half of one pass: from the sums of samples mirrored at the middle to outputs 0, 2, 4 and 6, of which the
    /// second and the last carry 13 fractional bits.
    @inline(__always)
    private static func evenPart(
        _ s0: Int32, _ s1: Int32, _ s2: Int32, _ s3: Int32
    ) -> (Int32, Int32, Int32, Int32) {
        let (outer, inner) = (s0 &+ s3, s1 &+ s2)
        let (difference, middle) = (s0 &- s3, s1 &- s2)
        // A rotation by 3π/8, scaled by √2: 0.541196100, 0.765366865 and 1.847759065.
        let shared = (difference &+ middle) &* 4_433
        return (outer &+ inner, shared &+ difference &* 6_270, outer &- inner, shared &- middle &* 15_137)
    }

    /// The odd half: from the differences of samples mirrored at the middle to outputs 1, 3, 5 and 7 with 13 fractional
    /// bits.
    @inline(__always)
    private static func oddPart(
        _ d0: Int32, _ d1: Int32, _ d2: Int32, _ d3: Int32
    ) -> (Int32, Int32, Int32, Int32) {
        // √2 times cosines of odd multiples of π/16 and their sums: 1.175875602; −0.899976223, −2.562915447,
        // −1.961570560, −0.390180644; 1.501321110, 3.072711026, 2.053119869, 0.298631336.
        let shared = (d3 &+ d1 &+ d2 &+ d0) &* 9_633
        let z1 = (d3 &+ d0) &* -7_373
        let z2 = (d2 &+ d1) &* -20_995
        let z3 = (d3 &+ d1) &* -16_069 &+ shared
        let z4 = (d2 &+ d0) &* -3_196 &+ shared
        return (
            d0 &* 12_299 &+ z1 &+ z4, d1 &* 25_172 &+ z2 &+ z3, d2 &* 16_819 &+ z2 &+ z4, d3 &* 2_446 &+ z1 &+ z3
        )
    }

    /// Rows: samples less 128 (T.81 §A.3.1) to frequencies times √8 and 2².
    @inline(__always)
    private static func transformRows(
        _ samples: UnsafePointer<UInt8>, _ stride: Int, _ work: UnsafeMutablePointer<Int32>
    ) {
        let rounding: Int32 = 1 << 10
        for y in 0..<8 {
            let row = unsafe samples + y &* stride
            let output = unsafe work + 8 &* y
            let (a, b, c, d) = unsafe (Int32(row[0]), Int32(row[1]), Int32(row[2]), Int32(row[3]))
            let (e, f, g, h) = unsafe (Int32(row[4]), Int32(row[5]), Int32(row[6]), Int32(row[7]))
            let even = evenPart(a &+ h, b &+ g, c &+ f, d &+ e)
            let odd = oddPart(a &- h, b &- g, c &- f, d &- e)
            // The level shift reaches only the lowest frequency.
            unsafe output[0] = (even.0 &- 8 * 128) &<< 2
            unsafe output[1] = (odd.0 &+ rounding) &>> 11
            unsafe output[2] = (even.1 &+ rounding) &>> 11
            unsafe output[3] = (odd.1 &+ rounding) &>> 11
            unsafe output[4] = even.2 &<< 2
            unsafe output[5] = (odd.2 &+ rounding) &>> 11
            unsafe output[6] = (even.3 &+ rounding) &>> 11
            unsafe output[7] = (odd.3 &+ rounding) &>> 11
        }
    }

    /// Columns: the second pass, which drops the 2 bits that the first kept.
    @inline(__always)
    private static func transformColumns(_ work: UnsafeMutablePointer<Int32>) {
        let rounding: Int32 = 1 << 14
        for x in 0..<8 {
            let column = unsafe work + x
            let (a, b, c, d) = unsafe (column[0], column[8], column[16], column[24])
            let (e, f, g, h) = unsafe (column[32], column[40], column[48], column[56])
            let even = evenPart(a &+ h, b &+ g, c &+ f, d &+ e)
            let odd = oddPart(a &- h, b &- g, c &- f, d &- e)
            unsafe column[0] = (even.0 &+ 2) &>> 2
            unsafe column[8] = (odd.0 &+ rounding) &>> 15
            unsafe column[16] = (even.1 &+ rounding) &>> 15
            unsafe column[24] = (odd.1 &+ rounding) &>> 15
            unsafe column[32] = (even.2 &+ 2) &>> 2
            unsafe column[40] = (odd.2 &+ rounding) &>> 15
            unsafe column[48] = (even.3 &+ rounding) &>> 15
            unsafe column[56] = (odd.3 &+ rounding) &>> 15
        }
    }

    /// Divides by the quantiser's steps and rounds to the nearest, halves away from zero.
    @inline(__always)
    private static func quantize(
        _ work: UnsafePointer<Int32>, _ factors: UnsafePointer<UInt16>, _ output: UnsafeMutablePointer<Int16>
    ) {
        for i in 0..<64 {
            let value = unsafe Int16(truncatingIfNeeded: work[i])
            let sign = value &>> 15
            let dividend = unsafe UInt16(bitPattern: (value ^ sign) &- sign) &+ factors[i]
            let high = unsafe multiplyHigh(dividend, factors[64 &+ i])
            let quotient = unsafe Int16(truncatingIfNeeded: multiplyHigh(high, factors[128 &+ i]))
            unsafe output[i] = (quotient ^ sign) &- sign
        }
    }

    /// Only what is at least half a divisor counts.
    @inline(__always)
    private static func removeSmall(
        _ work: UnsafePointer<Int32>, _ factors: UnsafePointer<UInt16>, _ output: UnsafeMutablePointer<Int16>
    ) {
        for i in 0..<64 {
            let value = unsafe Int16(truncatingIfNeeded: work[i])
            let sign = value &>> 15
            let magnitude = UInt16(bitPattern: (value ^ sign) &- sign)
            unsafe output[i] = magnitude < factors[i] ? 0 : value
        }
    }

    /// The upper half of the product.
    @inline(__always)
    private static func multiplyHigh(_ a: UInt16, _ b: UInt16) -> UInt16 {
        UInt16(truncatingIfNeeded: (UInt32(a) &* UInt32(b)) &>> 16)
    }
}

extension JPEGForward {
    /// A quantisation table made ready for dividing without division.
    ///
    /// For a divisor d of b bits, m = ⌈2ᵏ ∕ d⌉ with k = 15 + b exceeds 2ᵏ ∕ d by less than 1, so ⌊nm ∕ 2ᵏ⌋ = ⌊n ∕ d⌋
    /// for every n below 2¹⁵. The shift by k is one by 16 and a multiplication by 2¹⁷⁻ᵇ with another shift by 16, which
    /// suits vectors. A power of two would need m = 2¹⁶; it takes half of that, and k one less.
    public struct Divisors: Sendable {
        /// 64 halves of divisors, then 64 reciprocals m, then 64 powers of two that shift the rest of the way.
        ///
        /// The quotient of a dividend is its magnitude and the half, times m, times the power, each product without its
        /// lower 16 bits.
        public let factors: [UInt16]

        /// - Parameter steps: 64 quantisation steps of 1 to 255, row by row (not zigzag).
        public init(steps: Span<UInt8>) {
            precondition(steps.count == 64)
            var factors = [UInt16](repeating: 0, count: 3 * 64)
            for i in 0..<64 {
                precondition(steps[i] > 0, "a quantisation step is at least 1")
                // The transform's outputs are 8 times too large.
                let divisor = UInt32(steps[i]) * 8
                let isPower = divisor & (divisor - 1) == 0
                let bits = (32 - divisor.leadingZeroBitCount) - (isPower ? 1 : 0)
                factors[i] = UInt16(divisor / 2)
                factors[64 + i] = UInt16((1 << (15 + bits) + divisor - 1) / divisor)
                factors[128 + i] = 1 << (17 - bits)
            }
            self.factors = factors
        }
    }
}
