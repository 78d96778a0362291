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

    /// A block, eight coefficients of the zigzag order at a time.
    ///
    /// - Returns: its new mask.
    @inline(__always)
    private func requantize(
        _ mask: UInt64, _ values: UnsafeRawPointer, _ factors: UnsafeRawPointer, _ tables: UnsafeRawPointer,
        _ newValues: UnsafeMutableRawPointer, _ read: inout Int, _ written: inout Int
    ) -> UInt64 {
        @inline(__always)
        func load(_ place: UnsafeRawPointer) -> __m128i { unsafe place.loadUnaligned(as: __m128i.self) }
        var kept = mask & 1
        for part in 0..<8 {
            let shift = UInt64(truncatingIfNeeded: 8 &* part)
            let bits = Int(truncatingIfNeeded: mask &>> shift & 0xFF)
            let packed = unsafe load(values + 2 &* read)
            let spread = unsafe _mm_shuffle_epi8(packed, load(tables + (6_144 &+ 16 &* bits)))
            read &+= bits.nonzeroBitCount
            let dividend = unsafe _mm_add_epi16(_mm_abs_epi16(spread), load(factors + 16 &* part))
            let high = unsafe _mm_mulhi_epu16(dividend, load(factors + (128 &+ 16 &* part)))
            let quotient = unsafe _mm_sign_epi16(_mm_mulhi_epu16(high, load(factors + (256 &+ 16 &* part))), spread)
            // Packing saturates, so what is not zero stays so.
            let zeros = _mm_cmpeq_epi8(_mm_packs_epi16(quotient, quotient), _mm_setzero_si128())
            kept |= UInt64(truncatingIfNeeded: ~_mm_movemask_epi8(zeros) & 0xFF) &<< shift
            let rest = Int(truncatingIfNeeded: kept &>> shift & 0xFF)
            let together = unsafe _mm_shuffle_epi8(quotient, load(tables + (2_048 &+ 16 &* rest)))
            unsafe (newValues + 2 &* written).storeBytes(of: together, as: __m128i.self)
            written &+= rest.nonzeroBitCount
        }
        return kept
    }
#endif
