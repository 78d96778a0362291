#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // PNG's filters that look to the left (PNG §9.2): a pixel at a time, all of its bytes at once. What counts is how soon the next pixel can
    // begin, so only the operations after `left` is known matter.

    /// The bytes of a pixel: four are read and written for three, and eight for six, the following pixel's being overwritten in turn.
    @inline(__always)
    private func pixel(_ bytes: UnsafeRawPointer, _ isShort: Bool) -> __m128i {
        isShort
            ? unsafe _mm_cvtsi32_si128(bytes.loadUnaligned(as: Int32.self))
            : unsafe _mm_cvtsi64_si128(bytes.loadUnaligned(as: Int64.self))
    }

    @inline(__always)
    private func store(_ pixel: __m128i, _ bytes: UnsafeMutableRawPointer, _ isShort: Bool) {
        if isShort {
            unsafe bytes.storeBytes(of: _mm_cvtsi128_si32(pixel), as: Int32.self)
        } else {
            unsafe bytes.storeBytes(of: _mm_cvtsi128_si64(pixel), as: Int64.self)
        }
    }

    @inline(__always)
    private func sub(
        _ line: UnsafeRawPointer, _ step: Int, _ isShort: Bool, pixels: Int, _ out: UnsafeMutableRawPointer
    ) {
        var left = _mm_setzero_si128()
        for i in 0..<pixels {
            left = unsafe _mm_add_epi8(left, pixel(line + step &* i, isShort))
            unsafe store(left, out + step &* i, isShort)
        }
    }

    @inline(__always)
    private func average(
        _ line: UnsafeRawPointer, _ prior: UnsafeRawPointer, _ step: Int, _ isShort: Bool, pixels: Int,
        _ out: UnsafeMutableRawPointer
    ) {
        let one = _mm_set1_epi8(1)
        var left = _mm_setzero_si128()
        for i in 0..<pixels {
            let above = unsafe pixel(prior + step &* i, isShort)
            // The instruction rounds up, the filter down.
            let excess = _mm_and_si128(_mm_xor_si128(left, above), one)
            let mean = _mm_sub_epi8(_mm_avg_epu8(left, above), excess)
            left = unsafe _mm_add_epi8(mean, pixel(line + step &* i, isShort))
            unsafe store(left, out + step &* i, isShort)
        }
    }

    @inline(__always)
    private func paeth(
        _ line: UnsafeRawPointer, _ prior: UnsafeRawPointer, _ step: Int, _ isShort: Bool, pixels: Int,
        _ out: UnsafeMutableRawPointer
    ) {
        let zero = _mm_setzero_si128()
        // In 16 bits, all of them.
        var (left, aboveLeft) = (zero, zero)
        for i in 0..<pixels {
            let above = unsafe _mm_unpacklo_epi8(pixel(prior + step &* i, isShort), zero)
            let raw = unsafe _mm_unpacklo_epi8(pixel(line + step &* i, isShort), zero)
            // PNG §9.4: the neighbour nearest to a + b - c; a before b before c where they tie.
            let towardsA = _mm_sub_epi16(above, aboveLeft)
            let towardsB = _mm_sub_epi16(left, aboveLeft)
            let distanceC = _mm_abs_epi16(_mm_add_epi16(towardsA, towardsB))
            let (distanceA, distanceB) = (_mm_abs_epi16(towardsA), _mm_abs_epi16(towardsB))
            let notB = _mm_cmpgt_epi16(distanceB, distanceC)
            let notA = _mm_cmpgt_epi16(distanceA, _mm_min_epi16(distanceB, distanceC))
            let nearerBC = _mm_blendv_epi8(above, aboveLeft, notB)
            let nearest = _mm_blendv_epi8(left, nearerBC, notA)
            // The upper bytes are zero and stay so.
            left = _mm_add_epi8(raw, nearest)
            aboveLeft = above
            unsafe store(_mm_packus_epi16(left, left), out + step &* i, isShort)
        }
    }

    @inline(__always)
    private func reconstruct(
        _ filter: UInt8, _ line: UnsafeRawPointer, _ prior: UnsafeRawPointer, _ step: Int, _ isShort: Bool,
        pixels: Int, _ out: UnsafeMutableRawPointer
    ) {
        switch filter {
        case 1: unsafe sub(line, step, isShort, pixels: pixels, out)
        case 3: unsafe average(line, prior, step, isShort, pixels: pixels, out)
        default: unsafe paeth(line, prior, step, isShort, pixels: pixels, out)
        }
    }

    /// The AVX2 version of the portable kernel of the same name, for filters Sub, Average and Paeth and pixels of 3, 4, 6 or 8 bytes.
    ///
    /// - Returns: how many bytes were done, of whole pixels; the rest is the caller's.
    public func reconstruct(
        filter: UInt8, _ line: Span<UInt8>, prior: Span<UInt8>, bytesPerPixel: Int, into out: inout MutableSpan<UInt8>
    ) -> Int {
        precondition(line.count == prior.count && line.count == out.count)
        guard bytesPerPixel == 3 || bytesPerPixel == 4 || bytesPerPixel == 6 || bytesPerPixel == 8 else { return 0 }
        let isWhole = bytesPerPixel == 4 || bytesPerPixel == 8
        let pixels = line.count / bytesPerPixel &- (isWhole ? 0 : 1)
        guard pixels > 0 else { return 0 }
        // Sound: `pixels` pixels lie within the lines, and those of 3 or 6 bytes have another one behind, so that the 4 or 8 bytes that are
        // touched for them do, too.
        unsafe line.withUnsafeBytes { line in
            unsafe prior.withUnsafeBytes { prior in
                unsafe out.withUnsafeMutableBytes { out in
                    guard let line = line.baseAddress, let prior = prior.baseAddress, let out = out.baseAddress else {
                        return
                    }
                    switch bytesPerPixel {
                    case 3: unsafe reconstruct(filter, line, prior, 3, true, pixels: pixels, out)
                    case 4: unsafe reconstruct(filter, line, prior, 4, true, pixels: pixels, out)
                    case 6: unsafe reconstruct(filter, line, prior, 6, false, pixels: pixels, out)
                    default: unsafe reconstruct(filter, line, prior, 8, false, pixels: pixels, out)
                    }
                }
            }
        }
        return pixels &* bytesPerPixel
    }

    /// Palette entries as triples, all but the last: four bytes are written for three.
    ///
    /// - Precondition: `table` has 256 entries, red in the lowest byte; `out` holds three bytes an index.
    public func lookUpTriples(_ indexes: Span<UInt8>, in table: Span<UInt32>, into out: inout MutableSpan<UInt8>) -> Int
    {
        precondition(table.count == 256 && out.count == 3 * indexes.count)
        let pixels = indexes.count &- 1
        guard pixels > 0 else { return 0 }
        // Sound: pixel i writes bytes 3i ..< 3i + 4, and one more follows; an index is below 256.
        unsafe out.withUnsafeMutableBytes { out in
            guard let out = out.baseAddress else { return }
            for i in 0..<pixels {
                let entry = unsafe table[unchecked: Int(indexes[unchecked: i])]
                unsafe (out + 3 &* i).storeBytes(of: entry, as: UInt32.self)
            }
        }
        return pixels
    }

    /// Palette entries with their alpha: two pixels are written at once, and eight indexes read.
    ///
    /// - Precondition: `table` has 256 entries; `out` holds four bytes an index.
    /// - Returns: how many pixels were done; the rest is the caller's.
    public func lookUpQuadruples(
        _ indexes: Span<UInt8>, in table: Span<UInt32>, into out: inout MutableSpan<UInt8>
    ) -> Int {
        precondition(table.count == 256 && out.count == 4 * indexes.count)
        let groups = indexes.count / 8
        // Sound: eight indexes, and the eight pixels they stand for, lie within the spans; an index is below 256.
        unsafe indexes.withUnsafeBytes { indexes in
            unsafe out.withUnsafeMutableBytes { out in
                guard let indexes = indexes.baseAddress, let out = out.baseAddress else { return }
                for group in 0..<groups {
                    let eight = unsafe (indexes + 8 &* group).loadUnaligned(as: UInt64.self)
                    @inline(__always)
                    func entry(_ k: UInt64) -> UInt64 {
                        unsafe UInt64(table[unchecked: Int(truncatingIfNeeded: eight &>> (8 &* k) & 255)])
                    }
                    let to = unsafe out + 32 &* group
                    unsafe to.storeBytes(of: entry(0) | entry(1) &<< 32, as: UInt64.self)
                    unsafe (to + 8).storeBytes(of: entry(2) | entry(3) &<< 32, as: UInt64.self)
                    unsafe (to + 16).storeBytes(of: entry(4) | entry(5) &<< 32, as: UInt64.self)
                    unsafe (to + 24).storeBytes(of: entry(6) | entry(7) &<< 32, as: UInt64.self)
                }
            }
        }
        return 8 &* groups
    }
#endif
