/// The next bits of an entropy-coded segment, the first of them in the top bit.
///
/// Stuffed zero bytes (T.81 §B.1.1.5) are dropped on the way in. At a marker, or at the end of the input, the bits are over: from then on
/// zeros come, and `count` falls below zero as they are consumed.
@frozen
public struct BitBuffer {
    public var bits: UInt64 = 0
    public var count = 0
    /// The next byte of the window to be taken.
    public var position = 0
    /// Whether a marker, or the end of the input, has been met.
    public var ended = false

    @inlinable
    public init(position: Int = 0) {
        self.position = position
    }

    /// The next bit, as the lowest of an integer.
    @inlinable @inline(__always)
    public mutating func receiveBit() -> Int {
        let bit = Int(truncatingIfNeeded: bits &>> 63)
        consume(1)
        return bit
    }

    /// The next `size` bits, 1 to 16, as an unsigned integer (T.81 §F.2.2.4, RECEIVE).
    @inlinable @inline(__always)
    public mutating func receive(_ size: Int) -> Int {
        let value = Int(truncatingIfNeeded: bits &>> UInt64(truncatingIfNeeded: 64 &- size))
        consume(size)
        return value
    }

    /// Sees to it that at least 32 bits are there, unless the segment ends before.
    @inlinable @inline(__always)
    public mutating func refill(_ bytes: Span<UInt8>, _ end: Int) {
        if count < 32 { fill(bytes, end) }
    }

    /// Sees to it that at least 56 bits are there, unless the segment ends before: without a branch that depends on how many there were.
    @inlinable @inline(__always)
    public mutating func fill(_ bytes: Span<UInt8>, _ end: Int) {
        if ended { return }
        if position &+ 8 <= end {
            let next = loadBigEndian64(bytes, at: position)
            // Whether one of the eight bytes is FF, that is, zero in the complement.
            let complement = ~next
            let marks = (complement &- 0x0101_0101_0101_0101) & next & 0x8080_8080_8080_8080
            if marks == 0 {
                // Below the bits that count come the next byte's first ones, which are there again at the next call.
                bits |= next &>> UInt64(truncatingIfNeeded: count)
                position &+= (63 &- count) &>> 3
                count |= 56
                return
            }
        }
        self = refilledByByte(bytes, end)
    }

    /// At most to 63 bits. By value, so that a buffer that lives in registers need not go to memory for this rare call.
    @inline(never)
    @usableFromInline
    func refilledByByte(_ bytes: Span<UInt8>, _ end: Int) -> BitBuffer {
        var refilled = self
        while refilled.count < 56 {
            let position = refilled.position
            guard position < end else {
                refilled.ended = true
                break
            }
            let byte = bytes[position]
            if byte == 0xFF {
                guard position &+ 1 < end, bytes[position &+ 1] == 0 || bytes[position &+ 1] == 0xFF else {
                    refilled.ended = true
                    break
                }
                if bytes[position &+ 1] == 0xFF {
                    refilled.position &+= 1
                    continue
                }
                refilled.position &+= 1
            }
            refilled.bits |= UInt64(byte) &<< UInt64(truncatingIfNeeded: 56 &- refilled.count)
            refilled.count &+= 8
            refilled.position &+= 1
        }
        return refilled
    }

    @inlinable @inline(__always)
    public mutating func consume(_ length: Int) {
        bits &<<= UInt64(truncatingIfNeeded: length)
        count &-= length
    }

    /// A value of `size` bits, 1 to 15, in T.81 §F.2.2.1's signed form (RECEIVE and EXTEND).
    @inlinable @inline(__always)
    public mutating func receiveExtended(_ size: Int) -> Int32 {
        let raw = Int32(truncatingIfNeeded: bits &>> UInt64(truncatingIfNeeded: 64 &- size))
        consume(size)
        let half = Int32(1) &<< Int32(truncatingIfNeeded: size &- 1)
        return raw < half ? raw &- half &- half &+ 1 : raw
    }
}
