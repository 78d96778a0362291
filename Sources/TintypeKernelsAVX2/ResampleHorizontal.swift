#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // The horizontal pass by 16-bit weights. Each function does all windows or, where there are too few or the channels are two, none, and returns how
    // many.
    //
    // Windows are weighed in fours, and all over as many pixels as the longest takes (weights behind a window's own are zero): a loop of one length
    // is never mispredicted. The last four may overlap with those before.

    @inline(__always)
    private func load(_ bytes: UnsafeRawPointer) -> __m256i { unsafe bytes.loadUnaligned(as: __m256i.self) }

    @inline(__always)
    private func halfLoad(_ bytes: UnsafeRawPointer) -> __m128i { unsafe bytes.loadUnaligned(as: __m128i.self) }

    @inline(__always)
    private func mask(_ first: UInt64, _ second: UInt64, _ third: UInt64, _ fourth: UInt64) -> __m256i {
        _mm256_set_epi64x(
            Int64(bitPattern: fourth), Int64(bitPattern: third), Int64(bitPattern: second), Int64(bitPattern: first))
    }

    /// What the sums become.
    private enum Output {
        case bytes, words, longs

        /// Bytes of one.
        @inline(__always)
        var size: Int {
            switch self {
            case .bytes: 1
            case .words: 2
            case .longs: 4
            }
        }
    }

    /// The windows of a row. Its pointers are valid as long as the call that made it.
    @safe private struct Windows {
        /// The row, arranged for the products.
        let pixels: UnsafeRawPointer
        let starts: UnsafePointer<Int>
        let weights: UnsafeRawPointer
        /// Bytes of the weights of one window.
        let stride: Int
        let longest: Int
        let round: Int32
        let shift: Int32
        /// What is added to results of four bytes.
        let base: Int32

        @inline(__always)
        init(
            _ pixels: UnsafeRawPointer, _ starts: UnsafePointer<Int>, _ weights: UnsafeRawPointer, taps: Int,
            longest: Int, shift: Int, base: Int32
        ) {
            unsafe self.pixels = pixels
            unsafe self.starts = starts
            unsafe self.weights = weights
            stride = 2 &* taps
            self.longest = longest
            round = 1 &<< Int32(truncatingIfNeeded: shift &- 1)
            self.shift = Int32(truncatingIfNeeded: shift)
            self.base = base
        }

        /// Four pixels of two windows each, and their weights: w0 w1 four times, w2 w3 four times.
        @inline(__always)
        private func product(_ pixels: UnsafeRawPointer, _ weights: UnsafeRawPointer) -> __m256i {
            let spread = mask(
                0x0302_0100_0302_0100, 0x0302_0100_0302_0100, 0x0706_0504_0706_0504, 0x0706_0504_0706_0504)
            let four = unsafe _mm256_set1_epi64x(weights.loadUnaligned(as: Int64.self))
            return unsafe _mm256_madd_epi16(load(pixels), _mm256_shuffle_epi8(four, spread))
        }

        /// Windows i to i + 3 of pixels in pairs, four samples each: the even ones and the odd ones.
        @inline(__always)
        func four(_ i: Int) -> (even: __m256i, odd: __m256i) {
            let half = _mm256_set_epi32(0, 0, 0, 0, round, round, round, round)
            var (a, b, c, d) = (half, half, half, half)
            let (fromA, fromB) = unsafe (pixels + 8 &* starts[i], pixels + 8 &* starts[i &+ 1])
            let (fromC, fromD) = unsafe (pixels + 8 &* starts[i &+ 2], pixels + 8 &* starts[i &+ 3])
            let weights = unsafe weights + stride &* i
            for group in 0..<(longest &+ 3) &>> 2 {
                let own = unsafe weights + 8 &* group
                a = unsafe _mm256_add_epi32(a, product(fromA + 32 &* group, own))
                b = unsafe _mm256_add_epi32(b, product(fromB + 32 &* group, own + stride))
                c = unsafe _mm256_add_epi32(c, product(fromC + 32 &* group, own + 2 &* stride))
                d = unsafe _mm256_add_epi32(d, product(fromD + 32 &* group, own + 3 &* stride))
            }
            // The two pairs of pixels of every sum lie in its halves.
            let even = _mm256_add_epi32(lowHalves(a, c), highHalves(a, c))
            let odd = _mm256_add_epi32(lowHalves(b, d), highHalves(b, d))
            return (_mm256_srai_epi32(even, shift), _mm256_srai_epi32(odd, shift))
        }

        /// Windows i to i + 3 of two rows, four samples each: one row in the lower half, one in the upper.
        @inline(__always)
        func fourOfTwo(_ i: Int) -> (__m256i, __m256i, __m256i, __m256i) {
            let half = _mm256_set1_epi32(round)
            var (a, b, c, d) = (half, half, half, half)
            let (fromA, fromB) = unsafe (pixels + 16 &* starts[i], pixels + 16 &* starts[i &+ 1])
            let (fromC, fromD) = unsafe (pixels + 16 &* starts[i &+ 2], pixels + 16 &* starts[i &+ 3])
            let weights = unsafe weights + stride &* i
            for pair in 0..<(longest &+ 1) &>> 1 {
                let own = unsafe weights + 4 &* pair
                a = unsafe _mm256_add_epi32(a, productOfTwo(fromA + 32 &* pair, own))
                b = unsafe _mm256_add_epi32(b, productOfTwo(fromB + 32 &* pair, own + stride))
                c = unsafe _mm256_add_epi32(c, productOfTwo(fromC + 32 &* pair, own + 2 &* stride))
                d = unsafe _mm256_add_epi32(d, productOfTwo(fromD + 32 &* pair, own + 3 &* stride))
            }
            (a, b) = (_mm256_srai_epi32(a, shift), _mm256_srai_epi32(b, shift))
            (c, d) = (_mm256_srai_epi32(c, shift), _mm256_srai_epi32(d, shift))
            return (a, b, c, d)
        }

        /// Two pixels of two rows, and their weights: w0 w1 eight times.
        @inline(__always)
        private func productOfTwo(_ pixels: UnsafeRawPointer, _ weights: UnsafeRawPointer) -> __m256i {
            unsafe _mm256_madd_epi16(load(pixels), _mm256_set1_epi32(weights.loadUnaligned(as: Int32.self)))
        }

        @inline(__always)
        func lowHalves(_ a: __m256i, _ b: __m256i) -> __m256i {
            __m256i(lowHalf: a.lowHalf, highHalf: b.lowHalf)
        }

        @inline(__always)
        func highHalves(_ a: __m256i, _ b: __m256i) -> __m256i {
            __m256i(lowHalf: a.highHalf, highHalf: b.highHalf)
        }

        /// Windows i to i + 3 of a single channel, eight pixels at a time; the 16-bit results are in the lower half.
        @inline(__always)
        func fourGray(_ i: Int) -> __m128i {
            let (a, b) = (gray(i), gray(i &+ 1))
            let (c, d) = (gray(i &+ 2), gray(i &+ 3))
            let sums = _mm_hadd_epi32(_mm_hadd_epi32(a, b), _mm_hadd_epi32(c, d))
            let results = _mm_srai_epi32(_mm_add_epi32(sums, _mm_set1_epi32(round)), shift)
            return _mm_packs_epi32(results, results)
        }

        @inline(__always)
        private func gray(_ i: Int) -> __m128i {
            var sum = _mm_setzero_si128()
            let (from, weights) = unsafe (pixels + 2 &* starts[i], weights + stride &* i)
            for group in 0..<(longest &+ 7) &>> 3 {
                let product = unsafe _mm_madd_epi16(halfLoad(from + 16 &* group), halfLoad(weights + 16 &* group))
                sum = _mm_add_epi32(sum, product)
            }
            return sum
        }
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

    /// The last pixels of a row, one at a time, and zeros for what windows reach past its end.
    @inline(__always)
    private func pairRest(
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
    private func pairRows(
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
    private func widen(
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

    /// Stores twelve bytes.
    @inline(__always)
    private func storeTwelve(_ bytes: __m128i, _ out: UnsafeMutableRawPointer) {
        unsafe out.storeBytes(of: _mm_cvtsi128_si64(bytes), as: Int64.self)
        let rest = _mm_cvtsi128_si32(_mm_unpackhi_epi64(bytes, bytes))
        unsafe out.storeBytes(of: rest, toByteOffset: 8, as: Int32.self)
    }

    /// Stores four pixels of bytes.
    @inline(__always)
    private func storeBytes(_ bytes: __m128i, _ channels: Int, _ out: UnsafeMutableRawPointer) {
        if channels == 3 {
            // The first three of every four.
            let triples = _mm_set_epi32(-1, 0x0E0D_0C0A, 0x0908_0605, 0x0402_0100)
            unsafe storeTwelve(_mm_shuffle_epi8(bytes, triples), out)
        } else {
            unsafe out.storeBytes(of: bytes, as: __m128i.self)
        }
    }

    /// Stores four pixels, as 16-bit numbers or as bytes.
    @inline(__always)
    private func storePacked(_ words: __m256i, _ channels: Int, asBytes: Bool, _ out: UnsafeMutableRawPointer) {
        // The first three of every four 16-bit numbers.
        let tripleWords = _mm_set_epi32(-1, 0x0D0C_0B0A, 0x0908_0504, 0x0302_0100)
        let (low, high) = (words.lowHalf, words.highHalf)
        if asBytes {
            unsafe storeBytes(_mm_packus_epi16(low, high), channels, out)
        } else if channels == 3 {
            unsafe storeTwelve(_mm_shuffle_epi8(low, tripleWords), out)
            unsafe storeTwelve(_mm_shuffle_epi8(high, tripleWords), out + 12)
        } else {
            unsafe out.storeBytes(of: words, as: __m256i.self)
        }
    }

    /// Where the next four windows begin: the last four may overlap with those before.
    @inline(__always)
    private func next(after i: Int, count: Int) -> Int { i &+ 4 < count &- 4 ? i &+ 4 : count &- 4 }

    extension Windows {
        /// - Parameters:
        ///   - row: `pixels` pixels of 3 or 4 channels.
        ///   - count: how many windows, at least 4.
        ///   - scratch: 8 bytes for each pixel, for each that a window reaches past the row's end, and for 8 more.
        @_transparent
        func weigh(
            _ row: UnsafeRawPointer, _ isByte: Bool, _ channels: Int, _ pixels: Int, count: Int,
            _ scratch: UnsafeMutableRawPointer, _ output: Output, _ out: UnsafeMutableRawPointer
        ) {
            let done = unsafe pairPixels(row, isByte, channels, pixels, scratch)
            unsafe pairRest(row, isByte, channels, from: done, to: pixels, taps: stride / 2, scratch)
            let pixelBytes = channels &* output.size
            var i = 0
            while true {
                let (even, odd) = four(i)
                let to = unsafe out + pixelBytes &* i
                if output == .longs {
                    let base = _mm256_set1_epi32(base)
                    unsafe to.storeBytes(of: _mm256_add_epi32(lowHalves(even, odd), base), as: __m256i.self)
                    unsafe (to + 32).storeBytes(of: _mm256_add_epi32(highHalves(even, odd), base), as: __m256i.self)
                } else {
                    unsafe storePacked(_mm256_packs_epi32(even, odd), channels, asBytes: output == .bytes, to)
                }
                if i == count &- 4 { return }
                i = next(after: i, count: count)
            }
        }

        /// The same for two rows of 16-bit numbers at once.
        @inline(__always)
        func weighTwo(
            _ rows: UnsafeRawPointer, _ channels: Int, _ pixels: Int, count: Int, _ scratch: UnsafeMutableRawPointer,
            _ output: Output, _ out: UnsafeMutableRawPointer
        ) {
            unsafe pairRows(rows, channels, pixels, taps: stride / 2, scratch)
            let pixelBytes = channels &* output.size
            let base = _mm256_set1_epi32(base)
            var i = 0
            while true {
                let (a, b, c, d) = fourOfTwo(i)
                let first = unsafe out + pixelBytes &* i
                let second = unsafe first + pixelBytes &* count
                if output == .longs {
                    unsafe storeLongs(_mm256_add_epi32(a, base), _mm256_add_epi32(b, base), first, second)
                    unsafe storeLongs(_mm256_add_epi32(c, base), _mm256_add_epi32(d, base), first + 32, second + 32)
                } else {
                    let bytes = _mm256_packus_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d))
                    unsafe storeBytes(bytes.lowHalf, channels, first)
                    unsafe storeBytes(bytes.highHalf, channels, second)
                }
                if i == count &- 4 { return }
                i = next(after: i, count: count)
            }
        }

        /// Two windows of both rows.
        @inline(__always)
        private func storeLongs(
            _ a: __m256i, _ b: __m256i, _ first: UnsafeMutableRawPointer, _ second: UnsafeMutableRawPointer
        ) {
            unsafe first.storeBytes(of: lowHalves(a, b), as: __m256i.self)
            unsafe second.storeBytes(of: highHalves(a, b), as: __m256i.self)
        }

        /// The same for one channel.
        @inline(__always)
        func weighGray(
            _ row: UnsafeRawPointer, _ isByte: Bool, _ pixels: Int, count: Int,
            _ scratch: UnsafeMutableRawPointer, _ out: UnsafeMutableRawPointer
        ) {
            unsafe widen(row, isByte, pixels, taps: stride / 2, scratch)
            var i = 0
            while true {
                let words = fourGray(i)
                if isByte {
                    unsafe (out + 2 &* i).storeBytes(of: _mm_cvtsi128_si64(words), as: Int64.self)
                } else {
                    let bytes = _mm_cvtsi128_si32(_mm_packus_epi16(words, words))
                    unsafe (out + i).storeBytes(of: bytes, as: Int32.self)
                }
                if i == count &- 4 { return }
                i = next(after: i, count: count)
            }
        }
    }

    /// - Parameters:
    ///   - row: `pixels` pixels, or two rows of so many.
    ///   - base: what is added to results of four bytes.
    ///   - target: bytes.
    @inline(__always)
    private func weighColumns(
        _ row: UnsafeRawPointer?, _ isByte: Bool, isTwo: Bool = false, channels: Int, pixels: Int, starts: Span<Int>,
        longest: Int,
        weights: Span<Int16>, shift: Int, base: Int32 = 0, scratch: inout MutableSpan<Int16>, _ output: Output,
        into target: UnsafeMutableRawBufferPointer
    ) -> Int {
        let count = starts.count
        guard count >= 4, pixels > 0, channels != 2, let row = unsafe row, let out = target.baseAddress else {
            return 0
        }
        let taps = weights.count / count
        precondition(channels == 1 || channels == 3 || channels == 4)
        precondition(target.count == (isTwo ? 2 : 1) * count * channels * output.size)
        precondition(shift >= 1 && shift < 32 && longest <= taps && taps % 8 == 0)
        precondition(scratch.count >= (isTwo ? 8 : 4) * (pixels + taps + 8))
        // Sound: windows begin within the row and have at most `taps` weights, as the caller has seen; the preconditions bound the rest.
        unsafe starts.withUnsafeBufferPointer { starts in
            unsafe weights.withUnsafeBytes { weights in
                unsafe scratch.withUnsafeMutableBytes { scratch in
                    guard let starts = starts.baseAddress, let weights = weights.baseAddress,
                        let scratch = scratch.baseAddress
                    else { return }
                    let windows = unsafe Windows(
                        scratch, starts, weights, taps: taps, longest: longest, shift: shift, base: base)
                    // The compiler knows the number of channels in each.
                    switch channels {
                    case 3 where isTwo: unsafe windows.weighTwo(row, 3, pixels, count: count, scratch, output, out)
                    case _ where isTwo: unsafe windows.weighTwo(row, 4, pixels, count: count, scratch, output, out)
                    case 1: unsafe windows.weighGray(row, isByte, pixels, count: count, scratch, out)
                    case 3: unsafe windows.weigh(row, isByte, 3, pixels, count: count, scratch, output, out)
                    default: unsafe windows.weigh(row, isByte, 4, pixels, count: count, scratch, output, out)
                    }
                }
            }
        }
        return count
    }

    public func weighColumns(
        _ row: Span<UInt8>, channels: Int, starts: Span<Int>, longest: Int, weights: Span<Int16>, shift: Int,
        scratch: inout MutableSpan<Int16>, into target: inout MutableSpan<Int16>
    ) -> Int {
        unsafe row.withUnsafeBytes { bytes in
            unsafe target.withUnsafeMutableBytes { target in
                unsafe weighColumns(
                    bytes.baseAddress, true, channels: channels, pixels: row.count / channels, starts: starts,
                    longest: longest, weights: weights, shift: shift, scratch: &scratch, .words, into: target)
            }
        }
    }

    public func weighColumns(
        _ row: Span<Int16>, channels: Int, starts: Span<Int>, longest: Int, weights: Span<Int16>, shift: Int,
        scratch: inout MutableSpan<Int16>, into target: inout MutableSpan<UInt8>
    ) -> Int {
        unsafe row.withUnsafeBytes { bytes in
            unsafe target.withUnsafeMutableBytes { target in
                unsafe weighColumns(
                    bytes.baseAddress, false, channels: channels, pixels: row.count / channels, starts: starts,
                    longest: longest, weights: weights, shift: shift, scratch: &scratch, .bytes, into: target)
            }
        }
    }

    /// Of four channels.
    public func weighColumns(
        _ row: Span<Int16>, starts: Span<Int>, longest: Int, weights: Span<Int16>, shift: Int,
        scratch: inout MutableSpan<Int16>, into target: inout MutableSpan<Int16>
    ) -> Int {
        unsafe row.withUnsafeBytes { bytes in
            unsafe target.withUnsafeMutableBytes { target in
                unsafe weighColumns(
                    bytes.baseAddress, false, channels: 4, pixels: row.count / 4, starts: starts, longest: longest,
                    weights: weights, shift: shift, scratch: &scratch, .words, into: target)
            }
        }
    }

    /// Of four channels.
    ///
    /// - Parameter base: what is added to every result.
    public func weighColumns(
        _ row: Span<Int16>, starts: Span<Int>, longest: Int, weights: Span<Int16>, shift: Int, base: Int32,
        scratch: inout MutableSpan<Int16>, into target: inout MutableSpan<Int32>
    ) -> Int {
        unsafe row.withUnsafeBytes { bytes in
            unsafe target.withUnsafeMutableBytes { target in
                unsafe weighColumns(
                    bytes.baseAddress, false, channels: 4, pixels: row.count / 4, starts: starts, longest: longest,
                    weights: weights, shift: shift, base: base, scratch: &scratch, .longs, into: target)
            }
        }
    }

    /// Two rows of three or four channels, one after the other.
    ///
    /// - Returns: whether it was done.
    public func weighColumnsOfTwo(
        _ rows: Span<Int16>, channels: Int, starts: Span<Int>, longest: Int, weights: Span<Int16>, shift: Int,
        scratch: inout MutableSpan<Int16>, into target: inout MutableSpan<UInt8>
    ) -> Bool {
        precondition(channels == 3 || channels == 4)
        return unsafe rows.withUnsafeBytes { bytes in
            unsafe target.withUnsafeMutableBytes { target in
                unsafe weighColumns(
                    bytes.baseAddress, false, isTwo: true, channels: channels, pixels: rows.count / channels / 2,
                    starts: starts, longest: longest, weights: weights, shift: shift, scratch: &scratch, .bytes,
                    into: target) > 0
            }
        }
    }

    /// The same of four channels.
    ///
    /// - Parameter base: what is added to every result.
    public func weighColumnsOfTwo(
        _ rows: Span<Int16>, starts: Span<Int>, longest: Int, weights: Span<Int16>, shift: Int, base: Int32,
        scratch: inout MutableSpan<Int16>, into target: inout MutableSpan<Int32>
    ) -> Bool {
        unsafe rows.withUnsafeBytes { bytes in
            unsafe target.withUnsafeMutableBytes { target in
                unsafe weighColumns(
                    bytes.baseAddress, false, isTwo: true, channels: 4, pixels: rows.count / 8, starts: starts,
                    longest: longest, weights: weights, shift: shift, base: base, scratch: &scratch, .longs,
                    into: target) > 0
            }
        }
    }
#endif
