#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // Windows are weighed in fours, and all over as many pixels as the longest takes (weights behind a window's own are zero): a loop of one length
    // is never mispredicted. The last four may overlap with those before.

    @inline(__always)
    private func load(_ bytes: UnsafeRawPointer) -> __m256i { unsafe bytes.loadUnaligned(as: __m256i.self) }

    /// What the sums become.
    enum ResampleOutput {
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
    @safe struct ResampleWindows {
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
            let spread = _mm256_set_epi64x(
                0x0706_0504_0706_0504, 0x0706_0504_0706_0504, 0x0302_0100_0302_0100, 0x0302_0100_0302_0100)
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
                let product = unsafe _mm_madd_epi16(
                    (from + 16 &* group).loadUnaligned(as: __m128i.self),
                    (weights + 16 &* group).loadUnaligned(as: __m128i.self))
                sum = _mm_add_epi32(sum, product)
            }
            return sum
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

    extension ResampleWindows {
        /// - Parameters:
        ///   - row: `pixels` pixels of 3 or 4 channels.
        ///   - count: how many windows, at least 4.
        ///   - scratch: 8 bytes for each pixel, for each that a window reaches past the row's end, and for 8 more.
        @_transparent
        func weigh(
            _ row: UnsafeRawPointer, _ isByte: Bool, _ channels: Int, _ pixels: Int, count: Int,
            _ scratch: UnsafeMutableRawPointer, _ output: ResampleOutput, _ out: UnsafeMutableRawPointer
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
            _ output: ResampleOutput, _ out: UnsafeMutableRawPointer
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
#endif
