#if arch(x86_64)
    internal import TintypeKernelsAVX2
#endif

/// The checksum of a zlib stream (RFC 1950 §8), over bytes that come in pieces.
public struct Adler32: Sendable, Hashable {
    /// The sum of all bytes and one in the low half, the sum of all such sums in the high half; both modulo 65,521.
    public let value: UInt32

    /// The checksum of no bytes, or one that is known.
    public init(value: UInt32 = 1) { self.value = value }

    /// The checksum of what came before, and `bytes` behind it.
    public func appending(_ bytes: Span<UInt8>, tier: CPUTier = .current) -> Adler32 {
        var sums = Sums(value)
        var position = 0
        while position < bytes.count {
            let end = min(position + Self.piece, bytes.count)
            sums.add(bytes.extracting(position..<end), tier)
            position = end
        }
        return Adler32(value: sums.value)
    }

    /// So few bytes that 32 bits hold a lane's sums: those of 1,024 vectors' sums stay below 255 × 1,024² / 2.
    private static let piece = 16 << 10
}

/// Both sums of RFC 1950 §8.2, below 65,521.
private struct Sums {
    private static let modulus: UInt64 = 65_521

    private var bytes: UInt64
    private var prefixes: UInt64

    init(_ value: UInt32) {
        bytes = UInt64(value & 0xFFFF) % Self.modulus
        prefixes = UInt64(value >> 16) % Self.modulus
    }

    var value: UInt32 { UInt32(truncatingIfNeeded: prefixes << 16 | bytes) }

    /// Adds a piece that begins at position 0 and ends at n: byte i is in n - i of the sums up to there.
    mutating func add(_ piece: Span<UInt8>, _ tier: CPUTier) {
        var done = 0
        #if arch(x86_64)
            if tier == .avx2 {
                let sums = adlerSums(piece)
                append(sums.bytes, sums.prefixes, count: sums.count)
                done = sums.count
            }
        #endif
        let vectors = (piece.count - done) / 16
        add(vectors: piece.extracting(done..<done + 16 * vectors))
        for i in (done + 16 * vectors)..<piece.count {
            append(UInt64(piece[i]), UInt64(piece[i]), count: 1)
        }
    }

    /// Adds sums of `count` bytes that were made from zero.
    private mutating func append(_ bytes: UInt64, _ prefixes: UInt64, count: Int) {
        self.prefixes = (self.prefixes + prefixes + UInt64(count) * self.bytes) % Self.modulus
        self.bytes = (self.bytes + bytes) % Self.modulus
    }

    /// Sixteen sums side by side, of every sixteenth byte each: byte i of n vectors' j-th counts 16 (n - j) - i times.
    private mutating func add(vectors: Span<UInt8>) {
        var sums = SIMD16<UInt32>.zero
        var before = SIMD16<UInt32>.zero
        for i in 0..<vectors.count / 16 {
            before &+= sums
            // Sound: the load is bounds-checked, and every bit pattern is a vector.
            let next = unsafe vectors.bytes.unsafeLoadUnaligned(fromByteOffset: 16 &* i, as: SIMD16<UInt8>.self)
            sums &+= SIMD16<UInt32>(truncatingIfNeeded: next)
        }
        var (bytes, prefixes): (UInt64, UInt64) = (0, 0)
        for i in 0..<16 {
            bytes += UInt64(sums[i])
            prefixes += 16 * UInt64(before[i]) + UInt64(16 - i) * UInt64(sums[i])
        }
        append(bytes, prefixes, count: vectors.count)
    }
}
