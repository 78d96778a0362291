#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // The horizontal pass. Each function does the leading windows, and returns how many; the rest is the caller's.

    @inline(__always)
    private func load(_ bytes: UnsafeRawPointer) -> __m256i { unsafe bytes.loadUnaligned(as: __m256i.self) }

    @inline(__always)
    private func halfLoad(_ bytes: UnsafeRawPointer) -> __m128i { unsafe bytes.loadUnaligned(as: __m128i.self) }

    @inline(__always)
    private func mask(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) -> __m256i {
        _mm256_set_epi64x(
            Int64(bitPattern: fourth), Int64(bitPattern: third), Int64(bitPattern: second), Int64(bitPattern: first))
    }

    // Two pixels become eight 16-bit numbers: both reds, both greens, both blues, and both of what follows (zeros if nothing does). One
    // instruction then multiplies them by the two weights and adds what belongs together. Masks take four pixels, two in a half; 80
    // (hexadecimal) stands for a zero.

    /// - Parameters:
    ///   - row: `pixels` pixels of `channels` samples, of a byte each or two.
    ///   - out: room for `8 × (pixels + 8)` bytes.
    /// - Returns: how many pixels were taken, a multiple of 4.
    @inline(__always)
    private func pairPixels(
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

    /// The sums of window i, as four 32-bit numbers.
    @inline(__always)
    private func window(
        _ pixels: UnsafeRawPointer, _ starts: Span<Int>, _ counts: Span<Int>, _ weights: UnsafeRawPointer, _ taps: Int,
        _ i: Int, _ half: __m256i, _ spread: __m256i
    ) -> __m128i {
        let from = unsafe pixels + 8 &* starts[unchecked: i]
        let weights = unsafe weights + 2 &* taps &* i
        let groups = unsafe (counts[unchecked: i] &+ 3) &>> 2
        var sum = half
        for group in 0..<groups {
            let four = unsafe _mm256_set1_epi64x(weights.loadUnaligned(fromByteOffset: 8 &* group, as: Int64.self))
            let weight = _mm256_shuffle_epi8(four, spread)
            sum = unsafe _mm256_add_epi32(sum, _mm256_madd_epi16(load(from + 32 &* group), weight))
        }
        return _mm_add_epi32(sum.lowHalf, sum.highHalf)
    }

    /// The sum of one window of a single channel: 8 pixels at a time.
    @inline(__always)
    private func grayWindow(_ samples: UnsafeRawPointer, _ weights: UnsafeRawPointer, count: Int) -> Int32 {
        var sum = _mm_setzero_si128()
        for group in 0..<(count &+ 7) / 8 {
            let product = unsafe _mm_madd_epi16(halfLoad(samples + 16 &* group), halfLoad(weights + 16 &* group))
            sum = _mm_add_epi32(sum, product)
        }
        sum = _mm_hadd_epi32(sum, sum)
        return _mm_cvtsi128_si32(_mm_hadd_epi32(sum, sum))
    }

    /// - Parameters:
    ///   - row: pixels of 1, 3 or 4 channels.
    ///   - scratch: 8 bytes for each pixel and for each that a window reaches past the row's end.
    @inline(__always)
    private func weigh(
        _ row: UnsafeRawPointer, _ isByte: Bool, _ channels: Int, _ pixels: Int, _ starts: Span<Int>,
        _ counts: Span<Int>, _ weights: UnsafeRawPointer, taps: Int, _ shift: Int, windows: Int,
        _ scratch: UnsafeMutableRawPointer, _ out: UnsafeMutableRawPointer
    ) {
        let spread = mask(0x0302_0100_0302_0100, 0x0302_0100_0302_0100, 0x0706_0504_0706_0504, 0x0706_0504_0706_0504)
        let round = 1 &<< Int32(truncatingIfNeeded: shift &- 1)
        let half = _mm256_set_epi32(0, 0, 0, 0, round, round, round, round)
        let shift = Int32(truncatingIfNeeded: shift)
        let zero = _mm_setzero_si128()
        // The first three of every four bytes, and of every four 16-bit numbers.
        let tripleBytes = _mm_set_epi32(-1, 0x0E0D_0C0A, 0x0908_0605, 0x0402_0100)
        let tripleWords = _mm_set_epi32(-1, 0x0D0C_0B0A, 0x0908_0504, 0x0302_0100)
        let done = unsafe pairPixels(row, isByte, channels, pixels, scratch)
        unsafe pairRest(row, isByte, channels, from: done, to: pixels, taps: taps, scratch)
        let pixels = UnsafeRawPointer(scratch)
        var i = 0
        // Four windows at a time, as long as what is stored too much lies within the row.
        while i &+ 6 <= windows {
            var sums = (zero, zero, zero, zero)
            unsafe sums.0 = window(pixels, starts, counts, weights, taps, i, half, spread)
            unsafe sums.1 = window(pixels, starts, counts, weights, taps, i &+ 1, half, spread)
            unsafe sums.2 = window(pixels, starts, counts, weights, taps, i &+ 2, half, spread)
            unsafe sums.3 = window(pixels, starts, counts, weights, taps, i &+ 3, half, spread)
            let low = _mm_packs_epi32(_mm_srai_epi32(sums.0, shift), _mm_srai_epi32(sums.1, shift))
            let high = _mm_packs_epi32(_mm_srai_epi32(sums.2, shift), _mm_srai_epi32(sums.3, shift))
            if isByte {
                let to = unsafe out + 2 &* channels &* i
                unsafe to.storeBytes(of: channels == 3 ? _mm_shuffle_epi8(low, tripleWords) : low, as: __m128i.self)
                unsafe (to + 4 &* channels).storeBytes(
                    of: channels == 3 ? _mm_shuffle_epi8(high, tripleWords) : high, as: __m128i.self)
            } else {
                let bytes = _mm_packus_epi16(low, high)
                unsafe (out + channels &* i).storeBytes(
                    of: channels == 3 ? _mm_shuffle_epi8(bytes, tripleBytes) : bytes, as: __m128i.self)
            }
            i &+= 4
        }
        while i < windows {
            let sum = unsafe window(pixels, starts, counts, weights, taps, i, half, spread)
            let samples = _mm_packs_epi32(_mm_srai_epi32(sum, shift), sum)
            // Three channels: what is stored too much is overwritten by the next pixel.
            if isByte {
                unsafe (out + 2 &* channels &* i).storeBytes(of: _mm_cvtsi128_si64(samples), as: Int64.self)
            } else {
                let bytes = _mm_cvtsi128_si32(_mm_packus_epi16(samples, samples))
                unsafe (out + channels &* i).storeBytes(of: bytes, as: Int32.self)
            }
            i &+= 1
        }
    }

    /// The last pixels of a row, one at a time, and zeros for what windows reach past its end.
    @inline(__always)
    private func pairRest(
        _ row: UnsafeRawPointer, _ isByte: Bool, _ channels: Int, from first: Int, to end: Int, taps: Int,
        _ out: UnsafeMutableRawPointer
    ) {
        for x in first..<end &+ taps &+ 4 {
            for c in 0..<4 {
                var sample: Int16 = 0
                if x < end && c < channels {
                    let at = x &* channels &+ c
                    sample =
                        isByte
                        ? unsafe Int16(row.load(fromByteOffset: at, as: UInt8.self))
                        : unsafe row.loadUnaligned(fromByteOffset: 2 &* at, as: Int16.self)
                }
                let to = 16 &* (x &>> 1) &+ 4 &* c &+ 2 &* (x & 1)
                unsafe out.storeBytes(of: sample, toByteOffset: to, as: Int16.self)
            }
        }
    }

    /// The same for one channel, of which pairs lie side by side already.
    @inline(__always)
    private func weighGray(
        _ row: UnsafeRawPointer, _ isByte: Bool, _ pixels: Int, _ starts: Span<Int>, _ counts: Span<Int>,
        _ weights: UnsafeRawPointer, taps: Int, _ shift: Int, windows: Int, _ scratch: UnsafeMutableRawPointer,
        _ out: UnsafeMutableRawPointer
    ) {
        let groups = pixels / 16
        for group in 0..<groups {
            let sixteen =
                isByte ? unsafe _mm256_cvtepu8_epi16(halfLoad(row + 16 &* group)) : unsafe load(row + 32 &* group)
            unsafe (scratch + 32 &* group).storeBytes(of: sixteen, as: __m256i.self)
        }
        for x in 16 &* groups..<pixels &+ taps {
            var sample: Int16 = 0
            if x < pixels {
                sample =
                    isByte
                    ? unsafe Int16(row.load(fromByteOffset: x, as: UInt8.self))
                    : unsafe row.loadUnaligned(fromByteOffset: 2 &* x, as: Int16.self)
            }
            unsafe scratch.storeBytes(of: sample, toByteOffset: 2 &* x, as: Int16.self)
        }
        let half: Int32 = 1 &<< Int32(truncatingIfNeeded: shift &- 1)
        let shift = Int32(truncatingIfNeeded: shift)
        for i in 0..<windows {
            let at = unsafe UnsafeRawPointer(scratch) + 2 &* starts[unchecked: i]
            let sum = unsafe grayWindow(at, weights + 2 &* taps &* i, count: counts[unchecked: i])
            let value = (sum &+ half) &>> shift
            if isByte {
                let sample = Int16(truncatingIfNeeded: value < -32768 ? -32768 : (value > 32767 ? 32767 : value))
                unsafe out.storeBytes(of: sample, toByteOffset: 2 &* i, as: Int16.self)
            } else {
                let sample = UInt8(truncatingIfNeeded: value < 0 ? 0 : (value > 255 ? 255 : value))
                unsafe out.storeBytes(of: sample, toByteOffset: i, as: UInt8.self)
            }
        }
    }

    public func weighColumns(
        _ row: Span<UInt8>, channels: Int, starts: Span<Int>, counts: Span<Int>, weights: Span<Int16>, shift: Int,
        scratch: inout MutableSpan<Int16>, into target: inout MutableSpan<Int16>
    ) -> Int {
        let pixels = row.count / channels
        // With three channels the last pixel is stored with a byte or two too many.
        let windows = channels == 3 ? starts.count &- 1 : starts.count
        guard windows > 0, pixels > 0 else { return 0 }
        let taps = weights.count / starts.count
        precondition(channels == 1 || channels == 3 || channels == 4)
        precondition(
            counts.count == starts.count && target.count == starts.count * channels && shift >= 1 && shift < 32)
        precondition(scratch.count >= 4 * (pixels + taps + 8))
        // Sound: windows begin within the row and have at most `taps` weights, as the caller has seen; the preconditions bound the rest.
        unsafe row.withUnsafeBytes { row in
            unsafe weights.withUnsafeBytes { weights in
                unsafe scratch.withUnsafeMutableBytes { scratch in
                    unsafe target.withUnsafeMutableBytes { out in
                        guard let row = row.baseAddress, let weights = weights.baseAddress,
                            let scratch = scratch.baseAddress, let out = out.baseAddress
                        else { return }
                        switch channels {
                        case 1:
                            unsafe weighGray(
                                row, true, pixels, starts, counts, weights, taps: taps, shift, windows: windows,
                                scratch, out)
                        case 3:
                            unsafe weigh(
                                row, true, 3, pixels, starts, counts, weights, taps: taps, shift, windows: windows,
                                scratch,
                                out)
                        default:
                            unsafe weigh(
                                row, true, 4, pixels, starts, counts, weights, taps: taps, shift, windows: windows,
                                scratch,
                                out)
                        }
                    }
                }
            }
        }
        return windows
    }

    public func weighColumns(
        _ row: Span<Int16>, channels: Int, starts: Span<Int>, counts: Span<Int>, weights: Span<Int16>, shift: Int,
        scratch: inout MutableSpan<Int16>, into target: inout MutableSpan<UInt8>
    ) -> Int {
        let pixels = row.count / channels
        // With three channels the last pixel is stored with a byte or two too many.
        let windows = channels == 3 ? starts.count &- 1 : starts.count
        guard windows > 0, pixels > 0 else { return 0 }
        let taps = weights.count / starts.count
        precondition(channels == 1 || channels == 3 || channels == 4)
        precondition(
            counts.count == starts.count && target.count == starts.count * channels && shift >= 1 && shift < 32)
        precondition(scratch.count >= 4 * (pixels + taps + 8))
        // Sound: windows begin within the row and have at most `taps` weights, as the caller has seen; the preconditions bound the rest.
        unsafe row.withUnsafeBytes { row in
            unsafe weights.withUnsafeBytes { weights in
                unsafe scratch.withUnsafeMutableBytes { scratch in
                    unsafe target.withUnsafeMutableBytes { out in
                        guard let row = row.baseAddress, let weights = weights.baseAddress,
                            let scratch = scratch.baseAddress, let out = out.baseAddress
                        else { return }
                        switch channels {
                        case 1:
                            unsafe weighGray(
                                row, false, pixels, starts, counts, weights, taps: taps, shift, windows: windows,
                                scratch,
                                out)
                        case 3:
                            unsafe weigh(
                                row, false, 3, pixels, starts, counts, weights, taps: taps, shift, windows: windows,
                                scratch,
                                out)
                        default:
                            unsafe weigh(
                                row, false, 4, pixels, starts, counts, weights, taps: taps, shift, windows: windows,
                                scratch,
                                out)
                        }
                    }
                }
            }
        }
        return windows
    }

    /// Four samples at a time, in double precision: no sum has more than 53 bits, so they are exact. Of fewer channels, the following ones
    /// are computed, and overwritten.
    ///
    /// - Parameter scratch: the row as doubles, and zeros behind.
    @inline(__always)
    private func weighWide(
        _ scratch: UnsafeRawPointer, _ channels: Int, _ starts: Span<Int>, _ counts: Span<Int>, _ weights: Span<Double>,
        taps: Int, _ shift: Int, windows: Int, _ out: UnsafeMutableRawPointer
    ) {
        // Results are raised by a power of two that makes them positive, so that cutting off rounds down; the sum keeps to 53 bits.
        let exponent = shift <= 22 ? 30 : 52 &- shift
        let unit = _mm256_set1_pd(Double(bitPattern: UInt64(1023 &- shift) &<< 52))
        let raised = _mm256_set1_pd(Double(bitPattern: UInt64(1023 &+ exponent) &<< 52) + 0.5)
        let excess = _mm_set1_epi32(1 &<< Int32(truncatingIfNeeded: exponent))
        let step = 8 &* channels
        var (weight, to) = unsafe (0, out)
        for i in 0..<windows {
            var sum = _mm256_setzero_pd()
            var from = unsafe scratch + step &* starts[unchecked: i]
            let end = unsafe weight &+ counts[unchecked: i]
            for k in weight..<end {
                let four = unsafe from.loadUnaligned(as: __m256d.self)
                sum = unsafe _mm256_fmadd_pd(four, _mm256_set1_pd(weights[unchecked: k]), sum)
                unsafe from += step
            }
            let result = _mm256_cvttpd_epi32(_mm256_fmadd_pd(sum, unit, raised))
            unsafe to.storeBytes(of: _mm_sub_epi32(result, excess), as: __m128i.self)
            weight &+= taps
            unsafe to += 4 &* channels
        }
    }

    /// - Parameters:
    ///   - row: numbers of 16 bits, or of 32.
    ///   - samples: how many.
    ///   - zeros: how many doubles of 0 follow.
    @inline(__always)
    private func widen(
        _ row: UnsafeRawPointer, _ isShort: Bool, samples: Int, zeros: Int, _ out: UnsafeMutableRawPointer
    ) {
        let groups = samples / 4
        for group in 0..<groups {
            let four =
                isShort
                ? unsafe _mm_cvtepu16_epi32(_mm_cvtsi64_si128((row + 8 &* group).loadUnaligned(as: Int64.self)))
                : unsafe halfLoad(row + 16 &* group)
            unsafe (out + 32 &* group).storeBytes(of: _mm256_cvtepi32_pd(four), as: __m256d.self)
        }
        for i in 4 &* groups..<samples &+ zeros {
            var sample: Int32 = 0
            if i < samples {
                sample =
                    isShort
                    ? unsafe Int32(row.loadUnaligned(fromByteOffset: 2 &* i, as: UInt16.self))
                    : unsafe row.loadUnaligned(fromByteOffset: 4 &* i, as: Int32.self)
            }
            unsafe out.storeBytes(of: Double(sample), toByteOffset: 8 &* i, as: Double.self)
        }
    }

    /// - Precondition: the results are below 2³⁰ and the sums below 2⁵².
    public func weighColumns(
        _ row: Span<Int32>, channels: Int, starts: Span<Int>, counts: Span<Int>, weights: Span<Double>, shift: Int,
        scratch: inout MutableSpan<Int32>, into target: inout MutableSpan<Int32>
    ) -> Int {
        // A store of four samples must end before the row does.
        let windows = starts.count &- (channels == 4 ? 0 : channels == 1 ? 3 : 1)
        guard windows > 0, row.count > 0 else { return 0 }
        let taps = weights.count / starts.count
        let room = taps * channels + 4
        precondition(channels >= 1 && channels <= 4 && shift >= 1 && shift <= 52)
        precondition(counts.count == starts.count && target.count == starts.count * channels)
        precondition(scratch.count >= 2 * (row.count + room))
        // Sound: windows begin within the row and have at most `taps` weights, as the caller has seen; the preconditions bound the rest.
        unsafe row.withUnsafeBytes { row in
            unsafe scratch.withUnsafeMutableBytes { scratch in
                unsafe target.withUnsafeMutableBytes { out in
                    guard let from = row.baseAddress, let scratch = scratch.baseAddress, let out = out.baseAddress
                    else { return }
                    unsafe widen(from, false, samples: row.count / 4, zeros: room, scratch)
                    unsafe weighWide(
                        scratch, channels, starts, counts, weights, taps: taps, shift, windows: windows, out)
                }
            }
        }
        return windows
    }

    /// - Precondition: the results are below 2³⁰ and the sums below 2⁵².
    public func weighColumns(
        _ row: Span<UInt16>, channels: Int, starts: Span<Int>, counts: Span<Int>, weights: Span<Double>, shift: Int,
        scratch: inout MutableSpan<Int32>, into target: inout MutableSpan<Int32>
    ) -> Int {
        // A store of four samples must end before the row does.
        let windows = starts.count &- (channels == 4 ? 0 : channels == 1 ? 3 : 1)
        guard windows > 0, row.count > 0 else { return 0 }
        let taps = weights.count / starts.count
        let room = taps * channels + 4
        precondition(channels >= 1 && channels <= 4 && shift >= 1 && shift <= 52)
        precondition(counts.count == starts.count && target.count == starts.count * channels)
        precondition(scratch.count >= 2 * (row.count + room))
        // Sound: windows begin within the row and have at most `taps` weights, as the caller has seen; the preconditions bound the rest.
        unsafe row.withUnsafeBytes { row in
            unsafe scratch.withUnsafeMutableBytes { scratch in
                unsafe target.withUnsafeMutableBytes { out in
                    guard let from = row.baseAddress, let scratch = scratch.baseAddress, let out = out.baseAddress
                    else { return }
                    unsafe widen(from, true, samples: row.count / 2, zeros: room, scratch)
                    unsafe weighWide(
                        scratch, channels, starts, counts, weights, taps: taps, shift, windows: windows, out)
                }
            }
        }
        return windows
    }
#endif
