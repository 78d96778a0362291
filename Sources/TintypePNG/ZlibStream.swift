internal import CZlib
internal import TintypeCore
internal import TintypeKernels

// The only file of this module that touches zlib, and the only one with `unsafe` in it. Why that is sound: zlib gets a
// pointer and a count of one and the same span, for the length of one call; it never writes past the count; and its own
// state lives at one address, from `make` to `deinit`, with one owner.

/// Inflates one zlib stream (RFC 1950), a piece at a time.
@safe
struct Inflater: ~Copyable {
    /// What one call did.
    struct Step {
        enum State: Equatable {
            case more
            /// The stream is complete and its checksum right.
            case ended
            /// The stream breaks the rules of RFC 1950 or 1951, in zlib's words.
            case broken(String)
        }
        var consumed: Int
        var produced: Int
        var state: State
    }

    private let stream: UnsafeMutablePointer<z_stream>
    private var checksum = Adler32()
    /// The last four bytes of input that were consumed, the first most significant: at the stream's end, its checksum.
    private var trailer: UInt32 = 0

    init() throws(ImageError) {
        unsafe stream = try ZlibState.make { stream in
            let code = unsafe inflateInit_(stream, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size))
            // Ours is faster than zlib's: of an interface's picture, that took a sixth of the time.
            return code == Z_OK ? unsafe inflateValidate(stream, 0) : code
        }
    }

    deinit {
        unsafe inflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    /// Inflates as much of `input` as fits into `output`.
    mutating func inflate(_ input: Span<UInt8>, into output: inout MutableSpan<UInt8>) -> Step {
        let available = UInt32(clamping: input.count)
        let room = UInt32(clamping: output.count)
        let stream = unsafe stream
        let code = unsafe input.withUnsafeBufferPointer { from in
            unsafe output.withUnsafeMutableBufferPointer { to in
                // zlib's interface lacks a const here; it does not write to its input.
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: from.baseAddress)
                unsafe stream.pointee.avail_in = available
                unsafe stream.pointee.next_out = to.baseAddress
                unsafe stream.pointee.avail_out = room
                return unsafe CZlib.inflate(stream, Z_NO_FLUSH)
            }
        }
        let consumed = unsafe Int(available - stream.pointee.avail_in)
        let produced = unsafe Int(room - stream.pointee.avail_out)
        checksum = checksum.appending(output.span.extracting(0..<produced))
        for i in max(0, consumed - 4)..<consumed { trailer = trailer << 8 | UInt32(input[i]) }
        let state: Step.State
        switch code {
        case Z_OK, Z_BUF_ERROR: state = .more
        case Z_STREAM_END: state = trailer == checksum.value ? .ended : .broken("the checksum is wrong")
        case Z_NEED_DICT: state = .broken("it needs a preset dictionary")
        default: state = unsafe .broken(stream.pointee.msg.map { unsafe String(cString: $0) } ?? "error \(code)")
        }
        return Step(consumed: consumed, produced: produced, state: state)
    }
}

extension Inflater {
    /// Inflates a whole stream.
    ///
    /// - Returns: nil if it would be longer than `limit`.
    /// - Throws: `malformed` if the stream is damaged or does not end.
    static func inflateAll(_ bytes: [UInt8], limit: Int) throws(ImageError) -> [UInt8]? {
        var inflater = try Inflater()
        var whole: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: 16 << 10)
        var position = 0
        while true {
            var room = piece.mutableSpan
            let step = inflater.inflate(bytes.span.extracting(position..<bytes.count), into: &room)
            guard step.produced <= limit - whole.count else { return nil }
            whole.append(contentsOf: piece[0..<step.produced])
            position += step.consumed
            if step.state == .ended { return whole }
            guard step.state == .more, step.produced > 0 else {
                throw ImageError(.malformed, "a compressed block cannot be inflated", format: .png)
            }
        }
    }
}

/// Deflates one piece of data at a time.
@safe
struct Deflater: ~Copyable {
    /// zlib's ways to look for repetitions.
    enum Strategy: Sendable {
        case `default`, filtered, huffman, runLength

        fileprivate var code: Int32 {
            switch self {
            case .default: Z_DEFAULT_STRATEGY
            case .filtered: Z_FILTERED
            case .huffman: Z_HUFFMAN_ONLY
            case .runLength: Z_RLE
            }
        }
    }

    /// How hard repetitions are looked for, and how.
    struct Coding: Sendable {
        /// zlib's own, 0 to 9.
        let level: Int
        let strategy: Strategy

        init(_ level: Int, _ strategy: Strategy = .default) {
            self.level = level
            self.strategy = strategy
        }
    }

    /// How far back a repetition may lie.
    static var window: Int { 32 << 10 }

    private let stream: UnsafeMutablePointer<z_stream>

    /// - Parameter raw: whether the stream is bare deflate (RFC 1951), without zlib's header and checksum.
    init(_ coding: Coding, raw: Bool = false) throws(ImageError) {
        // A window of 2¹⁵ bytes, and more memory for symbols than zlib's default of 8.
        unsafe stream = try ZlibState.make { stream in
            unsafe deflateInit2_(
                stream, Int32(coding.level), Z_DEFLATED, raw ? -15 : 15, 9, coding.strategy.code, ZLIB_VERSION,
                Int32(MemoryLayout<z_stream>.size))
        }
    }

    deinit {
        unsafe deflateEnd(stream)
        unsafe stream.deinitialize(count: 1)
        unsafe stream.deallocate()
    }

    /// Lets what follows refer back to these bytes. To be called before anything is deflated.
    private mutating func setDictionary(_ bytes: [UInt8]) {
        let stream = unsafe stream
        unsafe bytes.withUnsafeBufferPointer { bytes in
            _ = unsafe deflateSetDictionary(stream, bytes.baseAddress, UInt32(clamping: bytes.count))
        }
    }

    private enum Flush {
        /// To a whole byte, from which another stream's blocks can go on (RFC 1951 §3.2.4).
        case sync
        case finish
    }

    /// Deflates as much of `input` as it can before `output` is full.
    private mutating func deflate(
        _ input: Span<UInt8>, _ flush: Flush, into output: inout MutableSpan<UInt8>
    ) -> (consumed: Int, produced: Int) {
        let available = UInt32(clamping: input.count)
        let room = UInt32(clamping: output.count)
        let stream = unsafe stream
        _ = unsafe input.withUnsafeBufferPointer { from in
            unsafe output.withUnsafeMutableBufferPointer { to in
                unsafe stream.pointee.next_in = UnsafeMutablePointer(mutating: from.baseAddress)
                unsafe stream.pointee.avail_in = available
                unsafe stream.pointee.next_out = to.baseAddress
                unsafe stream.pointee.avail_out = room
                return unsafe CZlib.deflate(stream, flush == .finish ? Z_FINISH : Z_SYNC_FLUSH)
            }
        }
        let consumed = unsafe Int(available - stream.pointee.avail_in)
        return unsafe (consumed, Int(room - stream.pointee.avail_out))
    }

    /// Deflates all of `bytes`, and hands what comes of it to `take`, piece by piece.
    private mutating func deflateAll(_ bytes: [UInt8], _ flush: Flush, _ take: (ArraySlice<UInt8>) -> Void) {
        var piece = [UInt8](repeating: 0, count: min(64 << 10, bytes.count + 64))
        var position = 0
        while true {
            var room = piece.mutableSpan
            let step = deflate(bytes.span.extracting(position..<bytes.count), flush, into: &room)
            take(piece[0..<step.produced])
            position += step.consumed
            // Room that is left over says that zlib has nothing more to give.
            if step.produced < piece.count, position == bytes.count { return }
        }
    }
}

extension Deflater {
    /// A whole zlib stream.
    static func deflateAll(_ bytes: [UInt8], level: Int) throws(ImageError) -> [UInt8] {
        var deflater = try Deflater(Coding(level))
        var whole: [UInt8] = []
        deflater.deflateAll(bytes, .finish) { whole += $0 }
        return whole
    }

    /// Blocks of bare deflate that go on after others, which hold the bytes before.
    ///
    /// - Parameters:
    ///   - before: the last 32 KiB of those, or all.
    ///   - last: whether nothing follows.
    static func band(
        _ bytes: [UInt8], after before: [UInt8], last: Bool, _ coding: Coding
    ) throws(ImageError) -> [UInt8] {
        var deflater = try Deflater(coding, raw: true)
        if !before.isEmpty { deflater.setDictionary(before) }
        var blocks: [UInt8] = []
        deflater.deflateAll(bytes, last ? .finish : .sync) { blocks += $0 }
        return blocks
    }

    /// How many bytes the blocks would have.
    static func count(_ bytes: [UInt8], _ coding: Coding, after before: [UInt8] = []) throws(ImageError) -> Int {
        var deflater = try Deflater(coding, raw: true)
        if !before.isEmpty { deflater.setDictionary(before) }
        var count = 0
        deflater.deflateAll(bytes, .finish) { count += $0.count }
        return count
    }
}

private enum ZlibState {
    /// A stream at an address of its own, as zlib points back to it.
    static func make(
        _ start: (UnsafeMutablePointer<z_stream>) -> Int32
    ) throws(ImageError) -> UnsafeMutablePointer<z_stream> {
        let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
        unsafe stream.initialize(to: z_stream())
        guard unsafe start(stream) == Z_OK else {
            unsafe stream.deinitialize(count: 1)
            unsafe stream.deallocate()
            throw ImageError(.limitExceeded, "zlib cannot have the memory it needs", format: .png)
        }
        return unsafe stream
    }
}

/// The checksum of PNG §5.5 (that of ISO 3309, zip and gzip), over bytes that come in pieces.
package struct CRC32 {
    package private(set) var value: UInt32 = 0

    package init() {}

    mutating func update(_ bytes: [UInt8], _ range: Range<Int>) {
        update(bytes.span.extracting(range))
    }

    package mutating func update(_ bytes: Span<UInt8>) {
        if bytes.isEmpty { return }
        let seed = UInt(value)
        value = unsafe bytes.withUnsafeBufferPointer { bytes in
            unsafe UInt32(truncatingIfNeeded: crc32_z(seed, bytes.baseAddress, bytes.count))
        }
    }
}

extension Adler32 {
    /// Goes on with a piece of `count` bytes that was summed up by itself.
    func appending(_ other: Adler32, count: Int) -> Adler32 {
        Adler32(value: UInt32(truncatingIfNeeded: adler32_combine(UInt(value), UInt(other.value), count)))
    }
}
