#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // The horizontal pass in double precision: no sum has more than 53 bits, so they are exact. Each function does the leading windows, and returns how
    // many; the rest is the caller's.

    /// The row as doubles, and zeros behind.
    ///
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
                : unsafe (row + 16 &* group).loadUnaligned(as: __m128i.self)
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

    @inline(__always)
    private func product(_ samples: UnsafeRawPointer, _ weight: Double, _ sum: __m256d) -> __m256d {
        unsafe _mm256_fmadd_pd(samples.loadUnaligned(as: __m256d.self), _mm256_set1_pd(weight), sum)
    }

    /// Four samples at a time, four windows beside each other, all over as many pixels as the longest takes. Of fewer channels than four the
    /// following ones are computed, and overwritten.
    ///
    /// - Parameters:
    ///   - row: the row as doubles, and zeros behind.
    ///   - count: how many windows, at least 4; the last four may overlap with those before.
    @inline(__always)
    private func weigh(
        _ row: UnsafeRawPointer, _ channels: Int, _ starts: Span<Int>, longest: Int, _ weights: UnsafePointer<Double>,
        taps: Int, _ rounding: DoubleRounding, count: Int, _ out: UnsafeMutableRawPointer
    ) {
        let step = 8 &* channels
        let last = count &- 4
        var i = 0
        while true {
            let zero = _mm256_setzero_pd()
            var (a, b, c, d) = (zero, zero, zero, zero)
            var fromA = unsafe row + step &* starts[unchecked: i]
            var fromB = unsafe row + step &* starts[unchecked: i &+ 1]
            var fromC = unsafe row + step &* starts[unchecked: i &+ 2]
            var fromD = unsafe row + step &* starts[unchecked: i &+ 3]
            let own = unsafe weights + taps &* i
            for k in 0..<longest {
                a = unsafe product(fromA, own[k], a)
                b = unsafe product(fromB, own[taps &+ k], b)
                c = unsafe product(fromC, own[2 &* taps &+ k], c)
                d = unsafe product(fromD, own[3 &* taps &+ k], d)
                unsafe (fromA, fromB) = (fromA + step, fromB + step)
                unsafe (fromC, fromD) = (fromC + step, fromD + step)
            }
            let to = unsafe out + 4 &* channels &* i
            unsafe rounding.store(a, to)
            unsafe rounding.store(b, to + 4 &* channels)
            unsafe rounding.store(c, to + 8 &* channels)
            unsafe rounding.store(d, to + 12 &* channels)
            if i == last { break }
            i = i &+ 4 < last ? i &+ 4 : last
        }
    }

    /// - Parameters:
    ///   - samples: numbers in the row.
    ///   - scratch, target: bytes.
    @inline(__always)
    private func weighColumns(
        _ row: UnsafeRawPointer, _ isShort: Bool, samples: Int, channels: Int, starts: Span<Int>, longest: Int,
        weights: Span<Double>, shift: Int, scratch: UnsafeMutableRawBufferPointer,
        into target: UnsafeMutableRawBufferPointer
    ) -> Int {
        // A store of four samples must end before the row does.
        let windows = starts.count &- (channels == 4 ? 0 : channels == 1 ? 3 : 1)
        guard windows >= 4, samples > 0 else { return 0 }
        let taps = weights.count / starts.count
        let room = taps * channels + 4
        precondition(channels >= 1 && channels <= 4 && shift >= 1 && shift <= 52 && longest <= taps)
        precondition(target.count == 4 * starts.count * channels)
        precondition(scratch.count >= 8 * (samples + room))
        // Sound: windows begin within the row and have at most `taps` weights, as the caller has seen; the preconditions bound the rest.
        unsafe weights.withUnsafeBufferPointer { weights in
            guard let weights = weights.baseAddress, let scratch = scratch.baseAddress, let out = target.baseAddress
            else { return }
            unsafe widen(row, isShort, samples: samples, zeros: room, scratch)
            let rounding = DoubleRounding(shift)
            if channels == 4 {
                unsafe weigh(
                    scratch, 4, starts, longest: longest, weights, taps: taps, rounding, count: windows, out)
            } else {
                unsafe weigh(
                    scratch, channels, starts, longest: longest, weights, taps: taps, rounding, count: windows, out)
            }
        }
        return windows
    }

    /// - Precondition: the results are below 2³⁰ and the sums below 2⁵².
    public func weighColumns(
        _ row: Span<Int32>, channels: Int, starts: Span<Int>, longest: Int, weights: Span<Double>, shift: Int,
        scratch: inout MutableSpan<Int32>, into target: inout MutableSpan<Int32>
    ) -> Int {
        unsafe row.withUnsafeBytes { bytes in
            unsafe scratch.withUnsafeMutableBytes { scratch in
                unsafe target.withUnsafeMutableBytes { out in
                    guard let from = bytes.baseAddress else { return 0 }
                    return unsafe weighColumns(
                        from, false, samples: row.count, channels: channels, starts: starts, longest: longest,
                        weights: weights, shift: shift, scratch: scratch, into: out)
                }
            }
        }
    }

    /// - Precondition: the results are below 2³⁰ and the sums below 2⁵².
    public func weighColumns(
        _ row: Span<UInt16>, channels: Int, starts: Span<Int>, longest: Int, weights: Span<Double>, shift: Int,
        scratch: inout MutableSpan<Int32>, into target: inout MutableSpan<Int32>
    ) -> Int {
        unsafe row.withUnsafeBytes { bytes in
            unsafe scratch.withUnsafeMutableBytes { scratch in
                unsafe target.withUnsafeMutableBytes { out in
                    guard let from = bytes.baseAddress else { return 0 }
                    return unsafe weighColumns(
                        from, true, samples: row.count, channels: channels, starts: starts, longest: longest,
                        weights: weights, shift: shift, scratch: scratch, into: out)
                }
            }
        }
    }
#endif
