/// The variable-length codes of GIF's image data (GIF89a appendix F).
///
/// The decoder keeps its place between calls: compressed bytes come in as the file's data blocks hold them, colour indexes go out
/// into a buffer of the caller's. The loop and all it does per code stand in one function.
struct LZWDecoder {
    /// Why `decode` returned.
    enum Stop {
        /// All input is used up.
        case inputUsed
        /// The output has less room than the longest string needs.
        case outputFull
        /// The end code was read.
        case endCode
        /// A code that is not in the table was read. What was written before it stands.
        case badCode
    }

    /// The minimum code sizes that leave room for strings in codes of 12 bits.
    static let codeSizes = 1...11
    /// The room that `decode` wants in the output, in bytes: no string is longer than the table.
    static let longestString = 4096

    /// Where decoding stands between two codes.
    private struct State {
        var codeSize = 1
        /// Bits read and not used yet, the next one lowest.
        var held: UInt64 = 0
        var heldBits = 0
        /// Bits of the next code.
        var width = 2
        /// The code that the next new string gets; the size of the full table when it is full.
        var next = 4
        /// The code before, or -1 after a clear code.
        var previous = -1
    }

    private var state = State()
    /// For each code the last index of its string in bits 0 to 7, and above it the code of the string without that index.
    private var links = [UInt32](repeating: 0, count: Self.longestString)
    /// For each code the first index of its string in bits 0 to 7, and above it the length of the string.
    private var heads = [UInt32](repeating: 0, count: Self.longestString)

    /// Begins an image whose minimum code size is `codeSize`.
    ///
    /// - Precondition: `codeSizes` contains it.
    mutating func begin(codeSize: Int) {
        precondition(Self.codeSizes.contains(codeSize))
        for index in 0..<(1 << codeSize) {
            // A pixel has eight bits, even where codes could name more colours.
            let byte = UInt32(truncatingIfNeeded: index) & 255
            links[index] = byte
            heads[index] = 1 << 8 | byte
        }
        state = State(codeSize: codeSize, width: codeSize + 1, next: (1 << codeSize) + 2)
    }

    /// Decodes codes from `input`, whose bytes from `position` on are left, into `output` from `count` on. Moves both.
    mutating func decode(
        _ input: Span<UInt8>, from position: inout Int, into output: inout MutableSpan<UInt8>, at count: inout Int
    ) -> Stop {
        Self.decode(&state, links: &links, heads: &heads, input, &position, &output, &count)
    }

    private static func decode(
        _ state: inout State, links: inout [UInt32], heads: inout [UInt32],
        _ input: Span<UInt8>, _ position: inout Int, _ output: inout MutableSpan<UInt8>, _ count: inout Int
    ) -> Stop {
        var links = links.mutableSpan
        var heads = heads.mutableSpan
        precondition(links.count == longestString && heads.count == longestString && position >= 0 && count >= 0)
        let clear = 1 << state.codeSize
        var (held, heldBits) = (state.held, state.heldBits)
        var (width, next, previous) = (state.width, state.next, state.previous)
        var (at, out) = (position, count)
        let lastStart = output.count - longestString
        var stop = Stop.outputFull
        while out <= lastStart {
            if heldBits < width {
                refill(&held, &heldBits, from: input, at: &at)
                if heldBits < width {
                    stop = .inputUsed
                    break
                }
            }
            let code = Int(truncatingIfNeeded: held & ((1 &<< UInt64(truncatingIfNeeded: width)) &- 1))
            held &>>= UInt64(truncatingIfNeeded: width)
            heldBits &-= width
            if code == clear {
                (width, next, previous) = (state.codeSize + 1, clear + 2, -1)
                continue
            }
            if code == clear + 1 {
                stop = .endCode
                break
            }
            if previous < 0 {
                if code > clear {
                    stop = .badCode
                    break
                }
            } else if next < longestString {
                if code > next {
                    stop = .badCode
                    break
                }
                // A code that is just being made stands for the string before it and that string's own first index.
                let head = heads[previous]
                let first = code == next ? head & 255 : heads[code] & 255
                links[next] = UInt32(truncatingIfNeeded: previous) << 8 | first
                heads[next] = head &+ 256
                next &+= 1
            }
            if next == 1 &<< width && width < 12 { width &+= 1 }
            previous = code
            out = write(code, links, heads, &output, at: out)
        }
        (state.held, state.heldBits) = (held, heldBits)
        (state.width, state.next, state.previous) = (width, next, previous)
        (position, count) = (at, out)
        return stop
    }

    /// Takes four bytes of input, or what there is, while fewer bits than a code's are held.
    @inline(__always)
    private static func refill(_ held: inout UInt64, _ heldBits: inout Int, from input: Span<UInt8>, at: inout Int) {
        if at + 4 <= input.count {
            let low = UInt64(input[at]) | UInt64(input[at + 1]) << 8
            held |= (low | UInt64(input[at + 2]) << 16 | UInt64(input[at + 3]) << 24) &<< UInt64(heldBits)
            heldBits &+= 32
            at &+= 4
            return
        }
        while at < input.count {
            held |= UInt64(input[at]) &<< UInt64(heldBits)
            heldBits &+= 8
            at &+= 1
        }
    }

    /// Writes the string of `code` from its end, as the links lead, and returns where it ended.
    @inline(__always)
    private static func write(
        _ code: Int, _ links: borrowing MutableSpan<UInt32>, _ heads: borrowing MutableSpan<UInt32>,
        _ output: inout MutableSpan<UInt8>, at start: Int
    ) -> Int {
        var link = links[code]
        let end = start &+ Int(truncatingIfNeeded: heads[code] >> 8)
        var place = end
        while place > start {
            place &-= 1
            output[place] = UInt8(truncatingIfNeeded: link)
            link = links[Int(truncatingIfNeeded: link >> 8)]
        }
        return end
    }
}
