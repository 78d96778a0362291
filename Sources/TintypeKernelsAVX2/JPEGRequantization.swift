#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// The AVX2 version of `JPEGForward.requantizeBlocks`, for the leading blocks.
    ///
    /// - Parameters:
    ///   - factors: those of `JPEGForward.Divisors` in zigzag order.
    ///   - tables: 10,240 bytes. From 2,048 on, for each byte of a mask, 16 that bring the coefficients whose bits are set together; from
    ///     6,144 on, 16 that take them back to their places.
    /// - Returns: how many blocks were done, of how many values, and how many were written; the rest is the caller's.
    /// - Precondition: `newMasks` has room for as many masks, `newValues` for as many values.
    public func requantizeBlocks(
        _ masks: Span<UInt64>, _ values: Span<Int16>, factors: Span<UInt16>, tables: Span<UInt8>,
        newMasks: inout MutableSpan<UInt64>, newValues: inout MutableSpan<Int16>
    ) -> (blocks: Int, read: Int, written: Int) {
        precondition(newMasks.count >= masks.count && newValues.count >= values.count)
        precondition(factors.count == 3 * 64 && tables.count == 2_048 + 2 * 16 * 256)
        var room = [1_024 of Int16](repeating: 0)
        var quotients = room.mutableSpan
        let available = values.count
        // Sound: the tables were measured above, and `requantize` keeps to the counts.
        return unsafe masks.withUnsafeBytes { masks in
            unsafe values.withUnsafeBytes { values in
                unsafe factors.withUnsafeBytes { factors in
                    unsafe tables.withUnsafeBytes { tables in
                        unsafe newMasks.withUnsafeMutableBytes { newMasks in
                            unsafe newValues.withUnsafeMutableBytes { newValues in
                                unsafe quotients.withUnsafeMutableBytes { quotients in
                                    guard let from = values.baseAddress, let factors = factors.baseAddress,
                                        let tables = tables.baseAddress, let to = newValues.baseAddress,
                                        let quotients = quotients.baseAddress
                                    else { return (0, 0, 0) }
                                    let step = unsafe Requantization(
                                        values: from, factors: factors, tables: tables, newValues: to)
                                    return unsafe requantize(masks, step, available, quotients, newMasks)
                                }
                            }
                        }
                    }
                }
            }
        }
    }

    /// Sixteen blocks at a time are divided, and then packed: where a value is written depends on all that were divided before it, and loads would wait
    /// for stores whose places are not known.
    ///
    /// - Parameter quotients: room for 1,024 numbers.
    @inline(__always)
    private func requantize(
        _ masks: UnsafeRawBufferPointer, _ step: Requantization, _ available: Int, _ quotients: UnsafeMutableRawPointer,
        _ newMasks: UnsafeMutableRawBufferPointer
    ) -> (blocks: Int, read: Int, written: Int) {
        guard let masksBase = masks.baseAddress, let newMasks = newMasks.baseAddress else { return (0, 0, 0) }
        let count = masks.count / 8
        var done = (blocks: 0, read: 0, written: 0)
        // Sound: a block begins only where 72 values are left, and a part reads eight of them from at most the 64th on. No more are written
        // than were read, so the eight that a part stores lie below the 72nd too.
        while done.blocks < count, done.read &+ 72 <= available {
            let (first, last) = (done.blocks, min(done.blocks &+ 16, count))
            while done.blocks < last, done.read &+ 72 <= available {
                let mask = unsafe (masksBase + 8 &* done.blocks).loadUnaligned(as: UInt64.self)
                let kept = unsafe step.divide(mask, &done.read, quotients + 128 &* (done.blocks &- first))
                unsafe (newMasks + 8 &* done.blocks).storeBytes(of: kept, as: UInt64.self)
                done.blocks &+= 1
            }
            for block in first..<done.blocks {
                let mask = unsafe (newMasks + 8 &* block).loadUnaligned(as: UInt64.self)
                unsafe step.pack(mask, quotients + 128 &* (block &- first), &done.written)
            }
        }
        return done
    }

    /// What is done with a block. Its pointers are valid as long as the call that made it.
    @safe
    private struct Requantization {
        let values: UnsafeRawPointer
        let factors: UnsafeRawPointer
        let tables: UnsafeRawPointer
        let newValues: UnsafeMutableRawPointer

        /// Divides the next values, sixteen coefficients of the zigzag order at a time.
        ///
        /// - Parameter quotients: room for 64; those that are zero need not be written.
        /// - Returns: the mask of what is left.
        @inline(__always)
        func divide(_ mask: UInt64, _ read: inout Int, _ quotients: UnsafeMutableRawPointer) -> UInt64 {
            var kept = mask & 1
            kept |= unsafe divide(0, mask, &read, quotients) | divide(1, mask, &read, quotients)
            if mask &>> 32 != 0 {
                kept |= unsafe divide(2, mask, &read, quotients) | divide(3, mask, &read, quotients)
            }
            return kept
        }

        @inline(__always)
        private func divide(
            _ part: Int, _ mask: UInt64, _ read: inout Int, _ quotients: UnsafeMutableRawPointer
        ) -> UInt64 {
            let shift = UInt64(truncatingIfNeeded: 16 &* part)
            let bits = Int(truncatingIfNeeded: mask &>> shift & 0xFFFF)
            let low = spread(bits & 0xFF, &read)
            let both = __m256i(lowHalf: low, highHalf: spread(bits &>> 8, &read))
            let dividend = unsafe _mm256_add_epi16(_mm256_abs_epi16(both), load(factors + 32 &* part))
            let high = unsafe _mm256_mulhi_epu16(dividend, load(factors + (128 &+ 32 &* part)))
            let quotient = unsafe _mm256_sign_epi16(
                _mm256_mulhi_epu16(high, load(factors + (256 &+ 32 &* part))), both)
            unsafe (quotients + 32 &* part).storeBytes(of: quotient, as: __m256i.self)
            // Packing saturates, so what is not zero stays so.
            let zeros = _mm_cmpeq_epi8(_mm_packs_epi16(quotient.lowHalf, quotient.highHalf), _mm_setzero_si128())
            return UInt64(truncatingIfNeeded: ~_mm_movemask_epi8(zeros) & 0xFFFF) &<< shift
        }

        @inline(__always)
        private func load(_ place: UnsafeRawPointer) -> __m256i { unsafe place.loadUnaligned(as: __m256i.self) }

        /// The next values, at the places of the bits.
        @inline(__always)
        private func spread(_ bits: Int, _ read: inout Int) -> __m128i {
            let packed = unsafe (values + 2 &* read).loadUnaligned(as: __m128i.self)
            read &+= bits.nonzeroBitCount
            return unsafe _mm_shuffle_epi8(packed, (tables + (6_144 &+ 16 &* bits)).loadUnaligned(as: __m128i.self))
        }

        /// Writes the quotients whose bits are set.
        @inline(__always)
        func pack(_ mask: UInt64, _ quotients: UnsafeRawPointer, _ written: inout Int) {
            unsafe packHalf(mask, quotients, &written)
            if mask &>> 32 != 0 { unsafe packHalf(mask &>> 32, quotients + 64, &written) }
        }

        @inline(__always)
        private func packHalf(_ mask: UInt64, _ quotients: UnsafeRawPointer, _ written: inout Int) {
            for group in 0..<4 {
                let bits = Int(truncatingIfNeeded: mask &>> UInt64(truncatingIfNeeded: 8 &* group) & 0xFF)
                let shuffle = unsafe (tables + (2_048 &+ 16 &* bits)).loadUnaligned(as: __m128i.self)
                let eight = unsafe _mm_shuffle_epi8((quotients + 16 &* group).loadUnaligned(as: __m128i.self), shuffle)
                unsafe (newValues + 2 &* written).storeBytes(of: eight, as: __m128i.self)
                written &+= bits.nonzeroBitCount
            }
        }
    }

    /// The version of `JPEGForward.valueCount` that has an instruction for it.
    public func valueCount(_ masks: Span<UInt64>) -> Int {
        var count = 0
        for index in masks.indices { count &+= masks[index].nonzeroBitCount }
        return count
    }
#endif
