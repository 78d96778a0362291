/// The encoder of binary decisions (T.81 §D.1) and the statistics that it learns from them.
struct BinaryEncoder {
    /// As `BinaryDecoder` numbers them: in the low bits of each its row of `probabilityStates`, in the top bit the more
    /// probable decision.
    private var bins = [5121 of UInt8](repeating: 0)
    /// A of T.81: the width of the current interval.
    private var interval: UInt32 = 0x10000
    /// C of T.81: the base of that interval, with bits that are on their way out above it.
    private var code: UInt32 = 0
    /// CT of T.81: shifts until the next byte is complete.
    private var shiftsLeft = 11
    /// B of T.81: the byte that a carry may still reach. Nil before the first.
    private var last: UInt8?
    /// ST of T.81: bytes FF behind it that a carry would run through.
    private var stacked = 0
    /// Zeros that are left out if nothing else follows (§D.1.8).
    private var zeros = 0
    /// What is complete and was not taken yet, with a zero after each FF.
    private(set) var bytes: [UInt8] = []

    /// A restart interval's beginning (INITENC of §D.1.7), with nothing learnt.
    init() {
        bins[BinaryDecoder.fixedBin] = 113
    }

    /// Begins the next restart interval, in the same memory for bytes.
    mutating func restart() {
        var next = BinaryEncoder()
        swap(&next.bytes, &bytes)
        self = next
    }

    mutating func removeBytes() {
        bytes.removeAll(keepingCapacity: true)
    }

    /// Encodes a decision (CODE_LPS and CODE_MPS of §D.1.4, with their conditional exchanges), which its bin learns from.
    mutating func encode(_ decision: Bool, _ bin: Int) {
        let state = bins[bin]
        let row = probabilityStates[Int(state & 0x7F)]
        let lessProbable = row &>> 16
        interval &-= lessProbable
        let isMoreProbable = decision == (state >= 0x80)
        if isMoreProbable && interval >= 0x8000 { return }
        // The less probable decision has the upper part of the interval, or the lower if that is the smaller one.
        if isMoreProbable == (interval < lessProbable) {
            code &+= interval
            interval = lessProbable
        }
        let next = isMoreProbable ? row &>> 8 : row
        bins[bin] = state & 0x80 ^ UInt8(truncatingIfNeeded: next)
        renormalize()
    }

    /// Doubles the interval until its top bit is set again (RENORM_E of §D.1.6).
    private mutating func renormalize() {
        repeat {
            interval &<<= 1
            code &<<= 1
            shiftsLeft &-= 1
            if shiftsLeft == 0 {
                emitByte()
                shiftsLeft = 8
            }
        } while interval < 0x8000
    }

    /// BYTE_OUT of §D.1.6: the byte above the interval's base, whose ninth bit is a carry into those before.
    private mutating func emitByte() {
        let byte = code &>> 19
        code &= 0x7_FFFF
        if byte == 0xFF {
            stacked += 1
            return
        }
        if byte > 0xFF {
            if let last { append(last &+ 1) }
            for _ in 0..<stacked { append(0) }
        } else {
            appendLast()
        }
        stacked = 0
        last = UInt8(truncatingIfNeeded: byte)
    }

    private mutating func appendLast() {
        if let last { append(last) }
        for _ in 0..<stacked { append(0xFF) }
    }

    private mutating func append(_ byte: UInt8) {
        if byte == 0 {
            zeros += 1
            return
        }
        for _ in 0..<zeros { bytes.append(0) }
        zeros = 0
        bytes.append(byte)
        if byte == 0xFF { bytes.append(0) }
    }

    /// Ends the interval (FLUSH of §D.1.8) with the code of as many zeros at its end as there can be.
    mutating func finish() {
        let roundest = (code &+ interval &- 1) & 0xFFFF_0000
        code = roundest < code ? roundest &+ 0x8000 : roundest
        for shifts in [shiftsLeft, 8] {
            code &<<= UInt32(truncatingIfNeeded: shifts)
            emitByte()
        }
        appendLast()
    }
}
