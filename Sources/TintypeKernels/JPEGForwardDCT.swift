#if arch(x86_64)
    internal import TintypeKernelsAVX2
    internal import _Builtin_intrinsics.intel
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
        var block = [64 of Int16](repeating: 0)
        // Sound: the counts were checked above; each row of a block holds eight samples.
        unsafe samples.withUnsafeBufferPointer { samples in
            unsafe divisors.factors.withUnsafeBytes { factors in
                guard let samples = samples.baseAddress, let factors = factors.baseAddress else { return }
                for index in done.blocks..<blocks {
                    var rows = unsafe transformBlock(samples + 8 &* index, stride)
                    if quantizing { unsafe quantize(&rows, factors) } else { unsafe removeSmall(&rows, factors) }
                    rows.store(in: &block)
                    masks[index] = zigzag.pack(block.span, into: &values, &count)
                }
            }
        }
        return count
    }

    /// Both passes: samples less 128 (T.81 §A.3.1) to frequencies times √8 and 2², and those to coefficients without the 2 bits.
    ///
    /// - Precondition: eight rows of eight samples.
    @inline(__always)
    private static func transformBlock(_ samples: UnsafePointer<UInt8>, _ stride: Int) -> EightRows {
        var rows = EightRows()
        for y in 0..<8 {
            let row = unsafe UnsafeRawPointer(samples + y &* stride).loadUnaligned(as: SIMD8<UInt8>.self)
            rows[y] = SIMD8(
                Int16(row[0]), Int16(row[1]), Int16(row[2]), Int16(row[3]), Int16(row[4]), Int16(row[5]),
                Int16(row[6]), Int16(row[7]))
        }
        rows = rows.transposed.transformed(bits: 11)
        // The level shift reaches only the lowest frequency.
        rows[0] = (rows[0] &- 8 * 128) &<< 2
        rows[4] = rows[4] &<< 2
        rows = rows.transposed.transformed(bits: 15)
        rows[0] = (rows[0] &+ 2) &>> 2
        rows[4] = (rows[4] &+ 2) &>> 2
        return rows
    }

    /// Divides by the quantiser's steps and rounds to the nearest, halves away from zero.
    ///
    /// - Precondition: `factors` are those of `Divisors`.
    @inline(__always)
    private static func quantize(_ rows: inout EightRows, _ factors: UnsafeRawPointer) {
        for y in 0..<8 {
            let sign = rows[y] &>> 15
            let magnitude = unsafe unsafeBitCast((rows[y] ^ sign) &- sign, to: SIMD8<UInt16>.self)
            let own = unsafe factors + 16 &* y
            let high = unsafe multiplyHigh(
                magnitude &+ own.loadUnaligned(as: SIMD8<UInt16>.self),
                (own + 128).loadUnaligned(as: SIMD8<UInt16>.self))
            let quotient = unsafe multiplyHigh(high, (own + 256).loadUnaligned(as: SIMD8<UInt16>.self))
            rows[y] = unsafe (unsafeBitCast(quotient, to: SIMD8<Int16>.self) ^ sign) &- sign
        }
    }

    /// Only what is at least half a divisor counts. Both are far below 2¹⁵.
    ///
    /// - Precondition: as above.
    @inline(__always)
    private static func removeSmall(_ rows: inout EightRows, _ factors: UnsafeRawPointer) {
        for y in 0..<8 {
            let sign = rows[y] &>> 15
            let half = unsafe (factors + 16 &* y).loadUnaligned(as: SIMD8<Int16>.self)
            let isSmall = ((rows[y] ^ sign) &- sign &- half) &>> 15
            rows[y] &= ~isSmall
        }
    }

    /// The upper halves of the products.
    @inline(__always)
    private static func multiplyHigh(_ a: SIMD8<UInt16>, _ b: SIMD8<UInt16>) -> SIMD8<UInt16> {
        #if arch(x86_64)
            // Sound: vectors of as many bits, of any content.
            return unsafe unsafeBitCast(
                _mm_mulhi_epu16(unsafeBitCast(a, to: __m128i.self), unsafeBitCast(b, to: __m128i.self)),
                to: SIMD8<UInt16>.self)
        #else
            var high = SIMD8<UInt16>.zero
            for i in 0..<8 { high[i] = UInt16(truncatingIfNeeded: (UInt32(a[i]) &* UInt32(b[i])) &>> 16) }
            return high
        #endif
    }
}

/// A block, or what becomes of it: eight vectors of 16 bits.
private struct EightRows {
    private var rows = [8 of SIMD8<Int16>](repeating: .zero)

    subscript(y: Int) -> SIMD8<Int16> {
        @inline(__always) get { rows[y] }
        @inline(__always) set { rows[y] = newValue }
    }

    /// One pass: vectors of samples or of frequencies mirrored at the middle to frequencies 0 and 4 as they are, and the others shifted right by `bits` with
    /// rounding.
    ///
    /// The butterflies of the transform are multiplied out, so that each output is made of products of 16 bits with constants of 13 fractional bits. All sums
    /// of inputs fit 16 bits: outputs of the first pass are −4,096 to 4,064.
    @inline(__always)
    func transformed(bits: Int32) -> EightRows {
        let (s0, s1, s2, s3) = (rows[0] &+ rows[7], rows[1] &+ rows[6], rows[2] &+ rows[5], rows[3] &+ rows[4])
        let (d0, d1, d2, d3) = (rows[0] &- rows[7], rows[1] &- rows[6], rows[2] &- rows[5], rows[3] &- rows[4])
        let (outer, inner) = (s0 &+ s3, s1 &+ s2)
        // A rotation by 3π/8, scaled by √2: of 0.541196100 = 4433 / 2¹³, 0.765366865 and 1.847759065.
        let even = Interleaved(s0 &- s3, s1 &- s2)
        // √2 times sums of cosines of odd multiples of π/16.
        let (first, last) = (Interleaved(d0, d1), Interleaved(d2, d3))
        var result = EightRows()
        result[0] = outer &+ inner
        result[1] = (first.weighed(11_363, 9_633) + last.weighed(6_437, 2_260)).rounded(bits)
        result[2] = even.weighed(10_703, 4_433).rounded(bits)
        result[3] = (first.weighed(9_633, -2_259) + last.weighed(-11_362, -6_436)).rounded(bits)
        result[4] = outer &- inner
        result[5] = (first.weighed(6_437, -11_362) + last.weighed(2_261, 9_633)).rounded(bits)
        result[6] = even.weighed(4_433, -10_704).rounded(bits)
        result[7] = (first.weighed(2_260, -6_436) + last.weighed(9_633, -11_363)).rounded(bits)
        return result
    }

    @inline(__always)
    func store(in block: inout [64 of Int16]) {
        var span = block.mutableSpan
        // Sound: 64 numbers of two bytes.
        unsafe span.withUnsafeMutableBytes { bytes in
            for y in 0..<8 { unsafe bytes.storeBytes(of: rows[y], toByteOffset: 16 &* y, as: SIMD8<Int16>.self) }
        }
    }

    /// Columns as rows.
    var transposed: EightRows {
        @inline(__always) get {
            // Pairs of rows in turn, then pairs of pairs, then halves.
            var result = EightRows()
            for half in 0..<2 {
                let (a, b) = (Interleaved(self[0], self[1]), Interleaved(self[2], self[3]))
                let (c, d) = (Interleaved(self[4], self[5]), Interleaved(self[6], self[7]))
                let upper = half == 0 ? twos(a.low, b.low) : twos(a.high, b.high)
                let lower = half == 0 ? twos(c.low, d.low) : twos(c.high, d.high)
                result[4 &* half] = SIMD8(lowHalf: upper.low.lowHalf, highHalf: lower.low.lowHalf)
                result[4 &* half &+ 1] = SIMD8(lowHalf: upper.low.highHalf, highHalf: lower.low.highHalf)
                result[4 &* half &+ 2] = SIMD8(lowHalf: upper.high.lowHalf, highHalf: lower.high.lowHalf)
                result[4 &* half &+ 3] = SIMD8(lowHalf: upper.high.highHalf, highHalf: lower.high.highHalf)
            }
            return result
        }
    }

    /// Pairs of elements of two vectors in turn.
    @inline(__always)
    private func twos(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> (low: SIMD8<Int16>, high: SIMD8<Int16>) {
        (
            SIMD8(a[0], a[1], b[0], b[1], a[2], a[3], b[2], b[3]),
            SIMD8(a[4], a[5], b[4], b[5], a[6], a[7], b[6], b[7])
        )
    }
}

/// Elements of two vectors in turn, ready to be weighed by two constants and added.
private struct Interleaved {
    let low: SIMD8<Int16>
    let high: SIMD8<Int16>

    @inline(__always)
    init(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) {
        low = SIMD8(a[0], b[0], a[1], b[1], a[2], b[2], a[3], b[3])
        high = SIMD8(a[4], b[4], a[5], b[5], a[6], b[6], a[7], b[7])
    }

    /// The first vector times `a` and the second times `b`.
    @inline(__always)
    func weighed(_ a: Int16, _ b: Int16) -> EightSums {
        let weights = SIMD8(a, b, a, b, a, b, a, b)
        return EightSums(low: Self.pairProducts(low, weights), high: Self.pairProducts(high, weights))
    }

    /// The products of neighbours, added: one instruction that every x86-64 processor has, but that compilers do not make of the lines below.
    @inline(__always)
    private static func pairProducts(_ a: SIMD8<Int16>, _ b: SIMD8<Int16>) -> SIMD4<Int32> {
        #if arch(x86_64)
            // Sound: vectors of as many bits, of any content.
            return unsafe unsafeBitCast(
                _mm_madd_epi16(unsafeBitCast(a, to: __m128i.self), unsafeBitCast(b, to: __m128i.self)),
                to: SIMD4<Int32>.self)
        #else
            let even = SIMD4(Int32(a[0]), Int32(a[2]), Int32(a[4]), Int32(a[6]))
            let odd = SIMD4(Int32(a[1]), Int32(a[3]), Int32(a[5]), Int32(a[7]))
            return even &* SIMD4(Int32(b[0]), Int32(b[2]), Int32(b[4]), Int32(b[6]))
                &+ odd &* SIMD4(Int32(b[1]), Int32(b[3]), Int32(b[5]), Int32(b[7]))
        #endif
    }
}

/// Eight sums of 32 bits.
private struct EightSums {
    let low: SIMD4<Int32>
    let high: SIMD4<Int32>

    @inline(__always)
    static func + (a: EightSums, b: EightSums) -> EightSums {
        EightSums(low: a.low &+ b.low, high: a.high &+ b.high)
    }

    /// Shifted right, with rounding: results that fit 16 bits.
    @inline(__always)
    func rounded(_ bits: Int32) -> SIMD8<Int16> {
        let half: Int32 = 1 &<< (bits &- 1)
        let (a, b) = ((low &+ half) &>> bits, (high &+ half) &>> bits)
        #if arch(x86_64)
            // Sound: vectors of as many bits, of any content.
            return unsafe unsafeBitCast(
                _mm_packs_epi32(unsafeBitCast(a, to: __m128i.self), unsafeBitCast(b, to: __m128i.self)),
                to: SIMD8<Int16>.self)
        #else
            return SIMD8<Int16>(truncatingIfNeeded: SIMD8<Int32>(lowHalf: a, highHalf: b))
        #endif
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
