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
        var done = (blocks: 0, read: 0, written: 0)
        let (count, available) = (masks.count, values.count)
        // Sound: a block begins only where 72 values are left, and a part reads eight of them from at most the 64th on. No more are written
        // than were read, so the eight that a part stores lie below the 72nd too. The tables were measured above.
        unsafe masks.withUnsafeBytes { masks in
            unsafe values.withUnsafeBytes { values in
                unsafe factors.withUnsafeBytes { factors in
                    unsafe tables.withUnsafeBytes { tables in
                        unsafe newMasks.withUnsafeMutableBytes { newMasks in
                            unsafe newValues.withUnsafeMutableBytes { newValues in
                                guard let masks = masks.baseAddress, let values = values.baseAddress,
                                    let factors = factors.baseAddress, let tables = tables.baseAddress,
                                    let newMasks = newMasks.baseAddress, let newValues = newValues.baseAddress
                                else { return }
                                while done.blocks < count, done.read &+ 72 <= available {
                                    let mask = unsafe (masks + 8 &* done.blocks).loadUnaligned(as: UInt64.self)
                                    let kept = unsafe requantize(
                                        mask, values, factors, tables, newValues, &done.read, &done.written)
                                    unsafe (newMasks + 8 &* done.blocks).storeBytes(of: kept, as: UInt64.self)
                                    done.blocks &+= 1
                                }
                            }
                        }
                    }
                }
            }
        }
        return done
    }

    /// A block, sixteen coefficients of the zigzag order at a time, as far as there are any.
    ///
    /// - Returns: its new mask.
    @inline(__always)
    private func requantize(
        _ mask: UInt64, _ values: UnsafeRawPointer, _ factors: UnsafeRawPointer, _ tables: UnsafeRawPointer,
        _ newValues: UnsafeMutableRawPointer, _ read: inout Int, _ written: inout Int
    ) -> UInt64 {
        @inline(__always)
        func load(_ place: UnsafeRawPointer) -> __m256i { unsafe place.loadUnaligned(as: __m256i.self) }
        /// The next values, at the places of the bits.
        @inline(__always)
        func spread(_ bits: Int) -> __m128i {
            let packed = unsafe (values + 2 &* read).loadUnaligned(as: __m128i.self)
            read &+= bits.nonzeroBitCount
            return unsafe _mm_shuffle_epi8(
                packed, (tables + (6_144 &+ 16 &* bits)).loadUnaligned(as: __m128i.self))
        }
        /// Writes the values at the places of the bits.
        @inline(__always)
        func write(_ values: __m128i, _ bits: Int) {
            let shuffle = unsafe (tables + (2_048 &+ 16 &* bits)).loadUnaligned(as: __m128i.self)
            unsafe (newValues + 2 &* written).storeBytes(of: _mm_shuffle_epi8(values, shuffle), as: __m128i.self)
            written &+= bits.nonzeroBitCount
        }
        var (kept, left) = (mask & 1, mask)
        while left != 0 {
            let part = left.trailingZeroBitCount &>> 4
            let shift = UInt64(truncatingIfNeeded: 16 &* part)
            left &= ~(0xFFFF &<< shift)
            let bits = Int(truncatingIfNeeded: mask &>> shift & 0xFFFF)
            let low = spread(bits & 0xFF)
            let both = __m256i(lowHalf: low, highHalf: spread(bits &>> 8))
            let dividend = unsafe _mm256_add_epi16(_mm256_abs_epi16(both), load(factors + 32 &* part))
            let high = unsafe _mm256_mulhi_epu16(dividend, load(factors + (128 &+ 32 &* part)))
            let quotient = unsafe _mm256_sign_epi16(
                _mm256_mulhi_epu16(high, load(factors + (256 &+ 32 &* part))), both)
            // Packing saturates, so what is not zero stays so.
            let zeros = _mm_cmpeq_epi8(_mm_packs_epi16(quotient.lowHalf, quotient.highHalf), _mm_setzero_si128())
            kept |= UInt64(truncatingIfNeeded: ~_mm_movemask_epi8(zeros) & 0xFFFF) &<< shift
            let rest = Int(truncatingIfNeeded: kept &>> shift & 0xFFFF)
            write(quotient.lowHalf, rest & 0xFF)
            write(quotient.highHalf, rest &>> 8)
        }
        return kept
    }

    /// The version of `JPEGForward.valueCount` that has an instruction for it.
    public func valueCount(_ masks: Span<UInt64>) -> Int {
        var count = 0
        for index in masks.indices { count &+= masks[index].nonzeroBitCount }
        return count
    }
#endif
