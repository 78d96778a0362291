import TintypeKernels

/// The variable-length codes of GIF's image data (GIF89a appendix F).
///
/// The decoder keeps its place between calls: compressed bytes come in as the file's data blocks hold them, colour indexes go out
/// into a buffer of the caller's. The loop and all it does per code stand in one function.
///
/// A string is written eight indexes at a time: each code has the end of its string, up to the last multiple of eight, and the code of what comes before
/// that. Most strings are one such piece.
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
    /// The most codes there are.
    private static let tableSize = 4096
    /// The room that `decode` wants in the output, in bytes: no string is longer than the table, and the last piece of it is written whole.
    static let longestString = tableSize + 8

    /// Where decoding stands between two codes.
    private struct State {
        var codeSize = 1
        /// Bits read and not used yet, the next one lowest; above them may stand some of those that follow.
        var held: UInt64 = 0
        var heldBits = 0
        /// Bits of the next code.
        var width = 2
        /// The code that the next new string gets: one before the first that is free right after a clear code, as no string is made then; the table's size when it is full. In either
        /// case what is entered there is never read.
        var next = 3
        /// The code before, what it stands for, and its last piece.
        var previous = 0
        var entry = Entry()
        var piece: UInt64 = 0
    }

    /// What a code's string is, but for its last indexes.
    private struct Entry {
        /// The string's length less one in bits 20 to 31, the code of what comes before the last piece in bits 8 to 19, the first index in bits 0 to 7.
        var bits: UInt32 = 0

        var last: Int { Int(bits &>> 20) }
        var before: Int { Int(bits &>> 8 & 0xFFF) }
        var first: UInt64 { UInt64(bits & 255) }
    }

    private var state = State()
    /// For each code the last one to eight indexes of its string, the first of them lowest; and room for one when the table is full.
    private var pieces = [UInt64](repeating: 0, count: Self.tableSize + 1)
    private var entries = [Entry](repeating: Entry(), count: Self.tableSize + 1)

    /// Begins an image whose minimum code size is `codeSize`.
    ///
    /// - Precondition: `codeSizes` contains it.
    mutating func begin(codeSize: Int) {
        precondition(Self.codeSizes.contains(codeSize))
        for index in 0..<(1 << codeSize) {
            // A pixel has eight bits, even where codes could name more colours.
            let byte = UInt8(truncatingIfNeeded: index)
            pieces[index] = UInt64(byte)
            entries[index] = Entry(bits: UInt32(byte))
        }
        state = State(codeSize: codeSize, width: codeSize + 1, next: (1 << codeSize) + 1)
    }

    /// Decodes codes from `input`, whose bytes from `position` on are left, into `output` from `count` on. Moves both. Bytes after `count` may change too.
    mutating func decode(
        _ input: Span<UInt8>, from position: inout Int, into output: inout MutableSpan<UInt8>, at count: inout Int
    ) -> Stop {
        Self.decode(&state, pieces: &pieces, entries: &entries, input, &position, &output, &count)
    }

    private static func decode(
        _ state: inout State, pieces: inout [UInt64], entries: inout [Entry],
        _ input: Span<UInt8>, _ position: inout Int, _ output: inout MutableSpan<UInt8>, _ count: inout Int
    ) -> Stop {
        var pieces = pieces.mutableSpan
        var entries = entries.mutableSpan
        precondition(pieces.count == tableSize + 1 && entries.count == tableSize + 1 && position >= 0 && count >= 0)
        let clear = 1 << state.codeSize
        var now = state
        var (at, out) = (position, count)
        let lastStart = output.count - longestString
        var stop = Stop.outputFull
        while out <= lastStart {
            // No code is wider than twelve bits.
            if now.heldBits < 12 {
                refill(&now.held, &now.heldBits, from: input, at: &at)
                if now.heldBits < now.width {
                    stop = .inputUsed
                    break
                }
            }
            let limit = 1 &<< now.width
            let code = Int(truncatingIfNeeded: now.held) & (limit &- 1)
            now.held &>>= UInt64(truncatingIfNeeded: now.width)
            now.heldBits &-= now.width
            // The clear code or the end code, by one comparison.
            if UInt(bitPattern: code &- clear) <= 1 {
                if code > clear {
                    stop = .endCode
                    break
                }
                (now.width, now.next) = (state.codeSize &+ 1, clear &+ 1)
                continue
            }
            if code > now.next {
                stop = .badCode
                break
            }
            var entry = entries[code]
            var piece = pieces[code]
            // A code that is just being made stands for the string before it and that string's own first index.
            let first = code == now.next ? now.entry.first : entry.first
            let length = now.entry.bits &+ 1 &<< 20
            let begins = length &>> 20 & 7 == 0
            let longer = Entry(
                bits: begins ? length & ~0xFFF00 | UInt32(truncatingIfNeeded: now.previous) &<< 8 : length)
            let longerPiece = (begins ? 0 : now.piece) | first &<< UInt64(length &>> 17 & 56)
            entries[now.next] = longer
            pieces[now.next] = longerPiece
            if code == now.next { (entry, piece) = (longer, longerPiece) }
            if now.next < tableSize { now.next &+= 1 }
            if now.next == limit && now.width < 12 { now.width &+= 1 }
            (now.previous, now.entry, now.piece) = (code, entry, piece)
            // From the last piece to the first.
            var place = out &+ (entry.last & ~7)
            storeLittleEndian64(piece, in: &output, at: place)
            out &+= entry.last &+ 1
            while entry.last >= 8 {
                let before = entry.before
                (entry, piece) = (entries[before], pieces[before])
                place &-= 8
                storeLittleEndian64(piece, in: &output, at: place)
            }
        }
        state = now
        (position, count) = (at, out)
        return stop
    }

    /// Takes as many whole bytes of input as there is room for, or what there is.
    @inline(__always)
    private static func refill(_ held: inout UInt64, _ heldBits: inout Int, from input: Span<UInt8>, at: inout Int) {
        if at + 8 <= input.count {
            held |= loadBigEndian64(input, at: at).byteSwapped &<< UInt64(truncatingIfNeeded: heldBits)
            at &+= (63 &- heldBits) &>> 3
            heldBits |= 56
            return
        }
        while at < input.count, heldBits < 56 {
            held |= UInt64(input[at]) &<< UInt64(truncatingIfNeeded: heldBits)
            heldBits &+= 8
            at &+= 1
        }
    }
}
