#if arch(x86_64)
    import _Builtin_intrinsics.intel

    // The horizontal pass by 16-bit weights. Each function does all windows or, where there are too few or the channels are two, none, and returns how
    // many.

    /// - Parameters:
    ///   - row: `pixels` pixels, or two rows of so many.
    ///   - base: what is added to results of four bytes.
    ///   - target: bytes.
    @inline(__always)
    private func weighColumns(
        _ row: UnsafeRawPointer?, _ isByte: Bool, isTwo: Bool = false, channels: Int, pixels: Int, starts: Span<Int>,
        longest: Int,
        weights: Span<Int16>, shift: Int, base: Int32 = 0, scratch: inout MutableSpan<Int16>, _ output: ResampleOutput,
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
                    let windows = unsafe ResampleWindows(
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
