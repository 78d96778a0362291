#if arch(x86_64)
    import _Builtin_intrinsics.intel

    /// Two rows of a plane of half the width, and what interpolation between them takes. Its pointers are valid as long as the call that made it.
    @safe
    private struct HalfWidthRows {
        private let near: UnsafeRawPointer
        private let far: UnsafeRawPointer
        /// Bytes (3, 1).
        private let weights = _mm256_set1_epi16(0x0103)
        private let evenBias: __m256i
        private let oddBias: __m256i

        /// - Parameters: what is added to samples with even and with odd places before sixteenths are cut off.
        @inline(__always)
        init(_ near: UnsafeRawPointer, _ far: UnsafeRawPointer, _ evenBias: Int16, _ oddBias: Int16) {
            unsafe self.near = near
            unsafe self.far = far
            // 128 is taken away from what comes out.
            self.evenBias = _mm256_set1_epi16(evenBias &- 16 &* 128)
            self.oddBias = _mm256_set1_epi16(oddBias &- 16 &* 128)
        }

        private typealias Groups = (low: __m256i, high: __m256i)

        /// `3 × near + far` of thirty-two columns: 0–7 and 16–23, then 8–15 and 24–31.
        @inline(__always)
        private func columns(_ i: Int) -> Groups {
            let a = unsafe (near + i).loadUnaligned(as: __m256i.self)
            let b = unsafe (far + i).loadUnaligned(as: __m256i.self)
            return (
                _mm256_maddubs_epi16(_mm256_unpacklo_epi8(a, b), weights),
                _mm256_maddubs_epi16(_mm256_unpackhi_epi8(a, b), weights)
            )
        }

        @inline(__always)
        private func mixed(_ this: __m256i, _ before: __m256i, _ after: __m256i) -> (even: __m256i, odd: __m256i) {
            let tripled = _mm256_add_epi16(_mm256_add_epi16(this, this), this)
            return (
                _mm256_srai_epi16(_mm256_add_epi16(_mm256_add_epi16(tripled, evenBias), before), 4),
                _mm256_srai_epi16(_mm256_add_epi16(_mm256_add_epi16(tripled, oddBias), after), 4)
            )
        }

        /// Sixty-four samples less 128, made of columns i − 1 ... i + 32, in 16 bits: 0–15 and 32–47, then 16–31 and 48–63, those with even and with odd places apart.
        @inline(__always)
        func doubled(_ i: Int) -> (low: (even: __m256i, odd: __m256i), high: (even: __m256i, odd: __m256i)) {
            let (this, before, after) = (columns(i), columns(i &- 1), columns(i &+ 1))
            return (mixed(this.low, before.low, after.low), mixed(this.high, before.high, after.high))
        }
    }

    /// The AVX2 version of the portable kernel of the same name, for all pixels but the first two and the last one or two.
    ///
    /// - Returns: the pixels that were converted; the rest is the caller's.
    public func convertHalfWidthYCbCrToRGB(
        _ y: Span<UInt8>, cb: Span<UInt8>, farCb: Span<UInt8>, cr: Span<UInt8>, farCr: Span<UInt8>,
        evenBias: Int16, oddBias: Int16, into out: inout MutableSpan<UInt8>
    ) -> Range<Int> {
        let columns = cb.count
        precondition(farCb.count == columns && cr.count == columns && farCr.count == columns)
        precondition(2 * (columns - 1) <= y.count && 6 * (columns - 1) <= out.count)
        guard columns >= 34 else { return 0..<0 }
        // Sound: each step takes columns i − 1 ... i + 32, the last of which is `columns` − 1, and pixels 2i ..< 2i + 64, which `y` and `out` hold.
        unsafe y.withUnsafeBytes { y in
            unsafe out.withUnsafeMutableBytes { out in
                unsafe withBases(cb, farCb, cr, farCr) { (cb, farCb, cr, farCr) in
                    guard let y = y.baseAddress, let out = out.baseAddress else { return }
                    let conversion = YCbCrConversion()
                    let cb = unsafe HalfWidthRows(cb, farCb, evenBias, oddBias)
                    let cr = unsafe HalfWidthRows(cr, farCr, evenBias, oddBias)
                    let last = columns &- 33
                    var i = 1
                    while true {
                        let (blue, red) = (cb.doubled(i), cr.doubled(i))
                        let (from, to) = unsafe (y + 2 &* i, out + 6 &* i)
                        let first = unsafe from.loadUnaligned(as: __m256i.self)
                        let second = unsafe (from + 32).loadUnaligned(as: __m256i.self)
                        let lowY = __m256i(lowHalf: first.lowHalf, highHalf: second.lowHalf)
                        let highY = __m256i(lowHalf: first.highHalf, highHalf: second.highHalf)
                        unsafe conversion.store(lowY, cb: blue.low, cr: red.low, low: to, high: to + 96)
                        unsafe conversion.store(highY, cb: blue.high, cr: red.high, low: to + 48, high: to + 144)
                        if i == last { return }
                        // The last step may overlap with the one before.
                        i = min(i &+ 32, last)
                    }
                }
            }
        }
        return 2..<2 &* (columns &- 1)
    }

    @inline(__always)
    private func withBases(
        _ a: Span<UInt8>, _ b: Span<UInt8>, _ c: Span<UInt8>, _ d: Span<UInt8>,
        _ body: (UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer, UnsafeRawPointer) -> Void
    ) {
        unsafe a.withUnsafeBytes { a in
            unsafe b.withUnsafeBytes { b in
                unsafe c.withUnsafeBytes { c in
                    unsafe d.withUnsafeBytes { d in
                        guard let a = a.baseAddress, let b = b.baseAddress, let c = c.baseAddress,
                            let d = d.baseAddress
                        else { return }
                        unsafe body(a, b, c, d)
                    }
                }
            }
        }
    }
#endif
