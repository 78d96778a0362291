#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// A row of each of two blocks that lie beside each other, eight samples of 16 bits of the first in the lower half; eight such rows, or
    /// columns where the blocks are transposed.
    private typealias BlockPair = (__m256i, __m256i, __m256i, __m256i, __m256i, __m256i, __m256i, __m256i)

    /// One pass of the transform that the portable kernel describes, on sixteen columns at once.
    ///
    /// Sums of samples stay in 16 bits, products and their sums are of 32. The portable kernel's multiplications are multiplied out, so that
    /// each output is a sum of products of two pairs of inputs.
    private struct TransformPass {
        let isFirst: Bool

        @inline(__always)
        init(isFirst: Bool) {
            self.isFirst = isFirst
        }

        /// Two factors for the samples that `_mm256_unpacklo_epi16` brings side by side.
        @inline(__always)
        private func pair(_ first: Int32, _ second: Int32) -> __m256i {
            _mm256_set1_epi32(second << 16 | first & 0xFFFF)
        }

        /// Drops the fractional bits, but for the two that the first pass keeps. The rounding was added before.
        @inline(__always)
        private func scaled(_ low: __m256i, _ high: __m256i) -> __m256i {
            let shift: Int32 = isFirst ? 11 : 15
            return _mm256_packs_epi32(_mm256_srai_epi32(low, shift), _mm256_srai_epi32(high, shift))
        }

        @inline(__always)
        private func sum(_ pairs: __m256i, _ factors: __m256i, _ rest: __m256i) -> __m256i {
            _mm256_add_epi32(_mm256_madd_epi16(pairs, factors), rest)
        }

        @inline(__always)
        func transform(_ rows: BlockPair) -> BlockPair {
            let even = evenPart(
                _mm256_add_epi16(rows.0, rows.7), _mm256_add_epi16(rows.1, rows.6), _mm256_add_epi16(rows.2, rows.5),
                _mm256_add_epi16(rows.3, rows.4))
            let odd = oddPart(
                _mm256_sub_epi16(rows.0, rows.7), _mm256_sub_epi16(rows.1, rows.6), _mm256_sub_epi16(rows.2, rows.5),
                _mm256_sub_epi16(rows.3, rows.4))
            return (even.0, odd.0, even.1, odd.1, even.2, odd.2, even.3, odd.3)
        }

        /// Outputs 0, 2, 4 and 6.
        @inline(__always)
        private func evenPart(
            _ s0: __m256i, _ s1: __m256i, _ s2: __m256i, _ s3: __m256i
        ) -> (__m256i, __m256i, __m256i, __m256i) {
            let (outer, inner) = (_mm256_add_epi16(s0, s3), _mm256_add_epi16(s1, s2))
            let (difference, middle) = (_mm256_sub_epi16(s0, s3), _mm256_sub_epi16(s1, s2))
            let rounding = _mm256_set1_epi32(isFirst ? 1 << 10 : 1 << 14)
            let low = _mm256_unpacklo_epi16(difference, middle)
            let high = _mm256_unpackhi_epi16(difference, middle)
            let (second, sixth) = (pair(10_703, 4_433), pair(4_433, -10_704))
            return (
                unmultiplied(_mm256_add_epi16(outer, inner), level: isFirst ? 8 * 128 : 0),
                scaled(sum(low, second, rounding), sum(high, second, rounding)),
                unmultiplied(_mm256_sub_epi16(outer, inner), level: 0),
                scaled(sum(low, sixth, rounding), sum(high, sixth, rounding))
            )
        }

        /// What has no fractional bits gets two, or loses them.
        @inline(__always)
        private func unmultiplied(_ value: __m256i, level: Int16) -> __m256i {
            if isFirst { return _mm256_slli_epi16(_mm256_sub_epi16(value, _mm256_set1_epi16(level)), 2) }
            return _mm256_srai_epi16(_mm256_add_epi16(value, _mm256_set1_epi16(2)), 2)
        }

        /// Outputs 1, 3, 5 and 7.
        @inline(__always)
        private func oddPart(
            _ d0: __m256i, _ d1: __m256i, _ d2: __m256i, _ d3: __m256i
        ) -> (__m256i, __m256i, __m256i, __m256i) {
            let (p, q) = (_mm256_add_epi16(d3, d1), _mm256_add_epi16(d2, d0))
            let rounding = _mm256_set1_epi32(isFirst ? 1 << 10 : 1 << 14)
            let (toThird, toFourth) = (pair(-6_436, 9_633), pair(9_633, 6_437))
            let (sharedLow, sharedHigh) = (_mm256_unpacklo_epi16(p, q), _mm256_unpackhi_epi16(p, q))
            let (thirdLow, thirdHigh) = (sum(sharedLow, toThird, rounding), sum(sharedHigh, toThird, rounding))
            let (fourthLow, fourthHigh) = (sum(sharedLow, toFourth, rounding), sum(sharedHigh, toFourth, rounding))
            let (outerLow, outerHigh) = (_mm256_unpacklo_epi16(d0, d3), _mm256_unpackhi_epi16(d0, d3))
            let (innerLow, innerHigh) = (_mm256_unpacklo_epi16(d1, d2), _mm256_unpackhi_epi16(d1, d2))
            let (first, seventh) = (pair(4_926, -7_373), pair(-7_373, -4_927))
            let (third, fifth) = (pair(4_177, -20_995), pair(-20_995, -4_176))
            return (
                scaled(sum(outerLow, first, fourthLow), sum(outerHigh, first, fourthHigh)),
                scaled(sum(innerLow, third, thirdLow), sum(innerHigh, third, thirdHigh)),
                scaled(sum(innerLow, fifth, fourthLow), sum(innerHigh, fifth, fourthHigh)),
                scaled(sum(outerLow, seventh, thirdLow), sum(outerHigh, seventh, thirdHigh))
            )
        }
    }

    @inline(__always)
    private func transposed(_ rows: BlockPair) -> BlockPair {
        let (a0, a1) = (_mm256_unpacklo_epi16(rows.0, rows.1), _mm256_unpackhi_epi16(rows.0, rows.1))
        let (a2, a3) = (_mm256_unpacklo_epi16(rows.2, rows.3), _mm256_unpackhi_epi16(rows.2, rows.3))
        let (a4, a5) = (_mm256_unpacklo_epi16(rows.4, rows.5), _mm256_unpackhi_epi16(rows.4, rows.5))
        let (a6, a7) = (_mm256_unpacklo_epi16(rows.6, rows.7), _mm256_unpackhi_epi16(rows.6, rows.7))
        let (b0, b1) = (_mm256_unpacklo_epi32(a0, a2), _mm256_unpackhi_epi32(a0, a2))
        let (b2, b3) = (_mm256_unpacklo_epi32(a1, a3), _mm256_unpackhi_epi32(a1, a3))
        let (b4, b5) = (_mm256_unpacklo_epi32(a4, a6), _mm256_unpackhi_epi32(a4, a6))
        let (b6, b7) = (_mm256_unpacklo_epi32(a5, a7), _mm256_unpackhi_epi32(a5, a7))
        return (
            _mm256_unpacklo_epi64(b0, b4), _mm256_unpackhi_epi64(b0, b4), _mm256_unpacklo_epi64(b1, b5),
            _mm256_unpackhi_epi64(b1, b5), _mm256_unpacklo_epi64(b2, b6), _mm256_unpackhi_epi64(b2, b6),
            _mm256_unpacklo_epi64(b3, b7), _mm256_unpackhi_epi64(b3, b7)
        )
    }

    /// Without the level shift, which is the transform's.
    @inline(__always)
    private func load(_ samples: UnsafeRawPointer, _ stride: Int) -> BlockPair {
        @inline(__always)
        func row(_ y: Int) -> __m256i {
            unsafe _mm256_cvtepu8_epi16((samples + y &* stride).loadUnaligned(as: __m128i.self))
        }
        return (row(0), row(1), row(2), row(3), row(4), row(5), row(6), row(7))
    }

    /// `JPEGForward.Divisors`: 64 halves of divisors, 64 reciprocals and 64 powers of two, row by row.
    ///
    /// `@safe`: the one maker lets it live no longer than the factors, which it has measured.
    @safe private struct Quantizer {
        let factors: UnsafeRawPointer

        @inline(__always)
        init(_ factors: UnsafeRawPointer) {
            unsafe self.factors = factors
        }

        /// The factors of a row, for both blocks.
        @inline(__always)
        private func row(_ y: Int, of part: Int) -> __m256i {
            unsafe _mm256_broadcastsi128_si256((factors + (128 &* part &+ 16 &* y)).loadUnaligned(as: __m128i.self))
        }

        @inline(__always)
        private func quantized(_ values: __m256i, _ y: Int) -> __m256i {
            let dividend = _mm256_add_epi16(_mm256_abs_epi16(values), row(y, of: 0))
            let quotient = _mm256_mulhi_epu16(_mm256_mulhi_epu16(dividend, row(y, of: 1)), row(y, of: 2))
            return _mm256_sign_epi16(quotient, values)
        }

        @inline(__always)
        private func withoutSmall(_ values: __m256i, _ y: Int) -> __m256i {
            _mm256_andnot_si256(_mm256_cmpgt_epi16(row(y, of: 0), _mm256_abs_epi16(values)), values)
        }

        @inline(__always)
        func quantized(_ rows: BlockPair) -> BlockPair {
            (
                quantized(rows.0, 0), quantized(rows.1, 1), quantized(rows.2, 2), quantized(rows.3, 3),
                quantized(rows.4, 4), quantized(rows.5, 5), quantized(rows.6, 6), quantized(rows.7, 7)
            )
        }

        @inline(__always)
        func withoutSmall(_ rows: BlockPair) -> BlockPair {
            (
                withoutSmall(rows.0, 0), withoutSmall(rows.1, 1), withoutSmall(rows.2, 2), withoutSmall(rows.3, 3),
                withoutSmall(rows.4, 4), withoutSmall(rows.5, 5), withoutSmall(rows.6, 6), withoutSmall(rows.7, 7)
            )
        }
    }

    /// Brings coefficients into zigzag order (T.81 figure 5), eight at a time, and drops those that are zero.
    ///
    /// `@safe` for the same reason.
    @safe private struct ZigzagPacking {
        /// For part g of the zigzag order and row y of a block, 32 bytes at 32 × (8g + y) that take the row's coefficients to their places
        /// in the part. Then for each byte of mask 16 bytes at 2,048 + 16 × mask that bring the coefficients whose bits are set together.
        let tables: UnsafeRawPointer

        @inline(__always)
        init(_ tables: UnsafeRawPointer) {
            unsafe self.tables = tables
        }

        @inline(__always)
        private func take(_ row: __m256i, _ y: Int, to part: Int) -> __m256i {
            unsafe _mm256_shuffle_epi8(row, (tables + 32 &* (8 &* part &+ y)).loadUnaligned(as: __m256i.self))
        }

        @inline(__always)
        private func or(_ a: __m256i, _ b: __m256i) -> __m256i {
            _mm256_or_si256(a, b)
        }

        /// The eight parts of the order. Each has coefficients of three to six rows.
        @inline(__always)
        func ordered(_ r: BlockPair) -> BlockPair {
            (
                or(or(take(r.0, 0, to: 0), take(r.1, 1, to: 0)), take(r.2, 2, to: 0)),
                or(
                    or(or(take(r.0, 0, to: 1), take(r.1, 1, to: 1)), or(take(r.2, 2, to: 1), take(r.3, 3, to: 1))),
                    take(r.4, 4, to: 1)),
                or(
                    or(or(take(r.1, 1, to: 2), take(r.2, 2, to: 2)), or(take(r.3, 3, to: 2), take(r.4, 4, to: 2))),
                    or(take(r.5, 5, to: 2), take(r.6, 6, to: 2))),
                or(or(take(r.0, 0, to: 3), take(r.1, 1, to: 3)), or(take(r.2, 2, to: 3), take(r.3, 3, to: 3))),
                or(or(take(r.4, 4, to: 4), take(r.5, 5, to: 4)), or(take(r.6, 6, to: 4), take(r.7, 7, to: 4))),
                or(
                    or(or(take(r.1, 1, to: 5), take(r.2, 2, to: 5)), or(take(r.3, 3, to: 5), take(r.4, 4, to: 5))),
                    or(take(r.5, 5, to: 5), take(r.6, 6, to: 5))),
                or(
                    or(or(take(r.3, 3, to: 6), take(r.4, 4, to: 6)), or(take(r.5, 5, to: 6), take(r.6, 6, to: 6))),
                    take(r.7, 7, to: 6)),
                or(or(take(r.5, 5, to: 7), take(r.6, 6, to: 7)), take(r.7, 7, to: 7))
            )
        }

        /// A bit for each coefficient that is zero: in each half those of the block in that half.
        @inline(__always)
        private func zeros(_ first: __m256i, _ second: __m256i) -> UInt64 {
            // Packing saturates, so what is not zero stays so.
            let bytes = _mm256_cmpeq_epi8(_mm256_packs_epi16(first, second), _mm256_setzero_si256())
            return UInt64(UInt32(bitPattern: _mm256_movemask_epi8(bytes)))
        }

        /// The masks of both blocks.
        @inline(__always)
        func masks(_ parts: BlockPair) -> (first: UInt64, second: UInt64) {
            let (a, b) = (zeros(parts.0, parts.1), zeros(parts.2, parts.3))
            let (c, d) = (zeros(parts.4, parts.5), zeros(parts.6, parts.7))
            let lower = a & 0xFFFF | (b & 0xFFFF) << 16 | (c & 0xFFFF) << 32 | d << 48
            let upper = a >> 16 | b & 0xFFFF_0000 | (c & 0xFFFF_0000) << 16 | (d & 0xFFFF_0000) << 32
            return (~lower | 1, ~upper | 1)
        }

        /// Stores the coefficients of a part whose bits are set, and others behind them: 16 bytes.
        @inline(__always)
        private func append(
            _ part: __m128i, _ mask: UInt64, _ shift: UInt64, to values: inout UnsafeMutableRawPointer
        ) {
            let bits = Int(truncatingIfNeeded: mask &>> shift & 0xFF)
            let order = unsafe (tables + (2_048 &+ 16 &* bits)).loadUnaligned(as: __m128i.self)
            unsafe values.storeBytes(of: _mm_shuffle_epi8(part, order), as: __m128i.self)
            unsafe values += 2 &* bits.nonzeroBitCount
        }

        @inline(__always)
        func append(_ parts: BlockPair, _ masks: (UInt64, UInt64), to values: inout UnsafeMutableRawPointer) {
            unsafe append(parts.0.lowHalf, masks.0, 0, to: &values)
            unsafe append(parts.1.lowHalf, masks.0, 8, to: &values)
            unsafe append(parts.2.lowHalf, masks.0, 16, to: &values)
            unsafe append(parts.3.lowHalf, masks.0, 24, to: &values)
            unsafe append(parts.4.lowHalf, masks.0, 32, to: &values)
            unsafe append(parts.5.lowHalf, masks.0, 40, to: &values)
            unsafe append(parts.6.lowHalf, masks.0, 48, to: &values)
            unsafe append(parts.7.lowHalf, masks.0, 56, to: &values)
            unsafe append(parts.0.highHalf, masks.1, 0, to: &values)
            unsafe append(parts.1.highHalf, masks.1, 8, to: &values)
            unsafe append(parts.2.highHalf, masks.1, 16, to: &values)
            unsafe append(parts.3.highHalf, masks.1, 24, to: &values)
            unsafe append(parts.4.highHalf, masks.1, 32, to: &values)
            unsafe append(parts.5.highHalf, masks.1, 40, to: &values)
            unsafe append(parts.6.highHalf, masks.1, 48, to: &values)
            unsafe append(parts.7.highHalf, masks.1, 56, to: &values)
        }
    }

    /// The AVX2 version of `JPEGForward.transformBlocks`, for the leading blocks in pairs.
    ///
    /// - Parameters:
    ///   - factors: those of `JPEGForward.Divisors`.
    ///   - tables: as `ZigzagPacking` wants them.
    /// - Returns: how many blocks were done, and how many values were written; the rest is the caller's.
    public func transformBlocks(
        _ samples: Span<UInt8>, stride: Int, blocks: Int, factors: Span<UInt16>, quantizing: Bool,
        tables: Span<UInt8>, masks: inout MutableSpan<UInt64>, values: inout MutableSpan<Int16>
    ) -> (blocks: Int, values: Int) {
        precondition(blocks >= 0 && stride >= 8 * blocks && masks.count >= blocks && values.count >= 64 * blocks)
        precondition(blocks == 0 || samples.count >= 7 * stride + 8 * blocks)
        precondition(factors.count == 3 * 64 && tables.count >= 2_048 + 16 * 256)
        let pairs = blocks / 2
        var count = 0
        // Sound: pair p takes samples 16p ..< 16p + 16 of eight rows and writes masks 2p and 2p + 1. Part g of block b stores eight values at
        // 64b + 8g or before, as no part before it had more than eight. The tables were measured above.
        unsafe samples.withUnsafeBytes { samples in
            unsafe factors.withUnsafeBytes { factors in
                unsafe tables.withUnsafeBytes { tables in
                    unsafe masks.withUnsafeMutableBytes { masks in
                        unsafe values.withUnsafeMutableBytes { values in
                            guard pairs > 0, let samples = samples.baseAddress, let factors = factors.baseAddress,
                                let tables = tables.baseAddress, let masks = masks.baseAddress,
                                let values = values.baseAddress
                            else { return }
                            count = unsafe transform(
                                samples, stride, pairs, Quantizer(factors), quantizing, ZigzagPacking(tables), masks,
                                values)
                        }
                    }
                }
            }
        }
        return (2 &* pairs, count)
    }

    /// - Returns: how many values were stored.
    @inline(__always)
    private func transform(
        _ samples: UnsafeRawPointer, _ stride: Int, _ pairs: Int, _ quantizer: Quantizer, _ quantizing: Bool,
        _ packing: ZigzagPacking, _ masks: UnsafeMutableRawPointer, _ values: UnsafeMutableRawPointer
    ) -> Int {
        var end = unsafe values
        for pair in 0..<pairs {
            let rows = unsafe transposed(load(samples + 16 &* pair, stride))
            let columns = transposed(TransformPass(isFirst: true).transform(rows))
            let coefficients = TransformPass(isFirst: false).transform(columns)
            let kept = quantizing ? quantizer.quantized(coefficients) : quantizer.withoutSmall(coefficients)
            let parts = packing.ordered(kept)
            let both = packing.masks(parts)
            unsafe (masks + 16 &* pair).storeBytes(of: both.first, as: UInt64.self)
            unsafe (masks + (16 &* pair &+ 8)).storeBytes(of: both.second, as: UInt64.self)
            unsafe packing.append(parts, (both.first, both.second), to: &end)
        }
        return unsafe (end - values) / 2
    }
#endif
