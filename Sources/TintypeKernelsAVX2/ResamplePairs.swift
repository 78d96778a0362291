#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // A row arranged for the products of the horizontal pass.
    //
    // Two pixels become eight 16-bit numbers: both reds, both greens, both blues, and both of what follows (zeros if nothing does). One
    // instruction then multiplies them by the two weights and adds what belongs together. Masks take four pixels, two in a half; 80
    // (hexadecimal) stands for a zero.

    /// - Parameters:
    ///   - row: `pixels` pixels of `channels` samples, of a byte each or two.
    ///   - out: room for `8 × (pixels + 8)` bytes.
    /// - Returns: how many pixels were taken, a multiple of 4.
    @inline(__always)
    func pairPixels(
        _ row: UnsafeRawPointer, _ isByte: Bool, _ channels: Int, _ pixels: Int, _ out: UnsafeMutableRawPointer
    ) -> Int {
        let byThree =
            isByte
            ? mask(0x8004_8001_8003_8000, 0x8080_8080_8005_8002, 0x800A_8007_8009_8006, 0x8080_8080_800B_8008)
            : mask(0x0908_0302_0706_0100, 0x8080_8080_0B0A_0504, 0x0908_0302_0706_0100, 0x8080_8080_0B0A_0504)
        let byFour =
            isByte
            ? mask(0x8005_8001_8004_8000, 0x8007_8003_8006_8002, 0x800D_8009_800C_8008, 0x800F_800B_800E_800A)
            : mask(0x0B0A_0302_0908_0100, 0x0F0E_0706_0D0C_0504, 0x0B0A_0302_0908_0100, 0x0F0E_0706_0D0C_0504)
        let order = channels == 3 ? byThree : byFour
        let pixelBytes = isByte ? channels : 2 &* channels
        // Three channels: sixteen bytes are read for twelve.
        let groups = (pixels &* pixelBytes &- (channels == 3 ? 4 : 0)) / (4 &* pixelBytes)
        for group in 0..<groups {
            let at = unsafe row + 4 &* pixelBytes &* group
            let four: __m256i
            if isByte {
                four = unsafe _mm256_broadcastsi128_si256(halfLoad(at))
            } else {
                four = unsafe _mm256_set_m128i(halfLoad(at + 2 &* pixelBytes), halfLoad(at))
            }
            unsafe (out + 32 &* group).storeBytes(of: _mm256_shuffle_epi8(four, order), as: __m256i.self)
        }
        return 4 &* groups
    }

    /// The last pixels of a row, one at a time, and zeros for what windows reach past its end.
    @inline(__always)
    func pairRest(
        _ row: UnsafeRawPointer, _ isByte: Bool, _ channels: Int, from first: Int, to end: Int, taps: Int,
        _ out: UnsafeMutableRawPointer
    ) {
        for x in first..<end {
            let offset = 16 &* (x &>> 1) &+ 2 &* (x & 1)
            let to = unsafe out + offset
            for c in 0..<4 {
                let value = c < channels ? unsafe sample(row, isByte, x &* channels &+ c) : 0
                unsafe to.storeBytes(of: value, toByteOffset: 4 &* c, as: Int16.self)
            }
        }
        // The pixel beside an odd last one, and whole pairs behind.
        if end % 2 == 1 {
            let offset = 8 &* (end &- 1) &+ 2
            let to = unsafe out + offset
            for c in 0..<4 { unsafe to.storeBytes(of: 0, toByteOffset: 4 &* c, as: Int16.self) }
        }
        let zeros = unsafe out + 8 &* ((end &+ 1) & ~1)
        for i in 0..<taps / 4 &+ 1 {
            unsafe (zeros + 32 &* i).storeBytes(of: _mm256_setzero_si256(), as: __m256i.self)
        }
    }

    @inline(__always)
    private func sample(_ row: UnsafeRawPointer, _ isByte: Bool, _ i: Int) -> Int16 {
        isByte
            ? unsafe Int16(row.load(fromByteOffset: i, as: UInt8.self))
            : unsafe row.loadUnaligned(fromByteOffset: 2 &* i, as: Int16.self)
    }

    /// Pixels of two rows of 16-bit numbers, in pairs: two of the first row, two of the second, and so on, and zeros for what windows reach past the end.
    ///
    /// - Parameters:
    ///   - rows: two rows of `pixels` pixels of `channels` samples, 3 or 4.
    ///   - out: room for `16 × (pixels + taps + 8)` bytes.
    @inline(__always)
    func pairRows(
        _ rows: UnsafeRawPointer, _ channels: Int, _ pixels: Int, taps: Int, _ out: UnsafeMutableRawPointer
    ) {
        let three = mask(
            0x0908_0302_0706_0100, 0x8080_8080_0B0A_0504, 0x0908_0302_0706_0100, 0x8080_8080_0B0A_0504)
        let four = mask(0x0B0A_0302_0908_0100, 0x0F0E_0706_0D0C_0504, 0x0B0A_0302_0908_0100, 0x0F0E_0706_0D0C_0504)
        let (order, size) = (channels == 3 ? three : four, 2 &* channels)
        let second = unsafe rows + size &* pixels
        // Three channels: sixteen bytes are read for twelve.
        let groups = (pixels &* size &- (channels == 3 ? 4 : 0)) / (2 &* size)
        for group in 0..<groups {
            let at = 2 &* size &* group
            let both = unsafe _mm256_set_m128i(halfLoad(second + at), halfLoad(rows + at))
            unsafe (out + 32 &* group).storeBytes(of: _mm256_shuffle_epi8(both, order), as: __m256i.self)
        }
        let zeros = unsafe out + 32 &* groups
        for i in 0..<(pixels &- 2 &* groups &+ taps) / 2 &+ 1 {
            unsafe (zeros + 32 &* i).storeBytes(of: _mm256_setzero_si256(), as: __m256i.self)
        }
        for x in 2 &* groups..<pixels {
            let to = unsafe out + (32 &* (x &>> 1) &+ 2 &* (x & 1))
            for c in 0..<channels {
                let (own, other) = unsafe (
                    sample(rows, false, x &* channels &+ c), sample(second, false, x &* channels &+ c)
                )
                unsafe to.storeBytes(of: own, toByteOffset: 4 &* c, as: Int16.self)
                unsafe to.storeBytes(of: other, toByteOffset: 4 &* c &+ 16, as: Int16.self)
            }
        }
    }

    /// A row of one channel in 16 bits, and zeros behind.
    @inline(__always)
    func widen(
        _ row: UnsafeRawPointer, _ isByte: Bool, _ pixels: Int, taps: Int, _ out: UnsafeMutableRawPointer
    ) {
        let groups = pixels / 16
        for group in 0..<groups {
            let sixteen =
                isByte ? unsafe _mm256_cvtepu8_epi16(halfLoad(row + 16 &* group)) : unsafe load(row + 32 &* group)
            unsafe (out + 32 &* group).storeBytes(of: sixteen, as: __m256i.self)
        }
        for x in 16 &* groups..<pixels &+ taps {
            let value = x < pixels ? unsafe sample(row, isByte, x) : 0
            unsafe out.storeBytes(of: value, toByteOffset: 2 &* x, as: Int16.self)
        }
    }

    @inline(__always)
    private func load(_ bytes: UnsafeRawPointer) -> __m256i { unsafe bytes.loadUnaligned(as: __m256i.self) }

    @inline(__always)
    private func halfLoad(_ bytes: UnsafeRawPointer) -> __m128i { unsafe bytes.loadUnaligned(as: __m128i.self) }

    @inline(__always)
    private func mask(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) -> __m256i {
        _mm256_set_epi64x(
            Int64(bitPattern: fourth), Int64(bitPattern: third), Int64(bitPattern: second), Int64(bitPattern: first))
    }
#endif
