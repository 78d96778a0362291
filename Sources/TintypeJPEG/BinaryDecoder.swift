import TintypeCore

/// The decoder of binary decisions (T.81 §D.2) and the statistics that it learns from them.
///
/// Behind the segment's last byte zeros count as data: an encoder may leave them out (§D.1). So nothing tells an early marker from the
/// end of the data.
struct BinaryDecoder {
    /// 64 bins for each of sixteen DC tables, 256 for each of sixteen AC tables, and the fixed one. In the low bits of each is its row of
    /// `probabilityStates`, in the top bit the more probable decision.
    private var bins = [5121 of UInt8](repeating: 0)
    /// A of T.81: the width of the current interval; 0 until the first bytes have been taken.
    private var interval: UInt32 = 0
    /// C of T.81: the place of the code in that interval in the high half, and bits to be shifted there below.
    private var code: UInt32 = 0
    /// CT of T.81: shifts that the bits below last for.
    private var spareBits: UInt32 = 0
    /// Whether bytes were wanted that the segment does not have.
    private(set) var isStarved = false

    /// The bin whose two decisions stay equally probable, for signs (T.81 §F.1.4.4.2) and for bits of DC coefficients (§G.1.3).
    static let fixedBin = 5120

    /// A restart interval's beginning (INITDEC of T.81 §D.2), with nothing learnt.
    init() {
        bins[Self.fixedBin] = 113
    }

    /// Takes the first two bytes, unless that was done.
    mutating func begin(_ reader: inout ByteReader) throws(ImageError) {
        guard interval == 0 else { return }
        code = try nextByte(&reader) << 24
        code |= try nextByte(&reader) << 16
        interval = 0x10000
    }

    /// The next decision (DECODE of T.81 §D.2, with its conditional exchanges), which its bin learns from.
    mutating func decide(_ bin: Int, _ reader: inout ByteReader) throws(ImageError) -> Bool {
        let state = bins[bin]
        let row = probabilityStates[Int(state & 0x7F)]
        let lessProbable = row &>> 16
        interval &-= lessProbable
        // The less probable decision has the upper part of the interval, or the lower if that is the smaller one.
        let isUpper = code &>> 16 >= interval
        if !isUpper && interval >= 0x8000 { return state >= 0x80 }
        let isLessProbable = isUpper == (interval >= lessProbable)
        if isUpper {
            code &-= interval &<< 16
            interval = lessProbable
        }
        let next = isLessProbable ? row : row &>> 8
        bins[bin] = state & 0x80 ^ UInt8(truncatingIfNeeded: next)
        try renormalize(&reader)
        return (state >= 0x80) != isLessProbable
    }

    /// Doubles the interval until its top bit is set again (RENORM_D of T.81 §D.2).
    private mutating func renormalize(_ reader: inout ByteReader) throws(ImageError) {
        var shifts = UInt32(truncatingIfNeeded: interval.leadingZeroBitCount &- 16)
        interval &<<= shifts
        while shifts > spareBits {
            code &<<= spareBits
            shifts &-= spareBits
            code |= try nextByte(&reader) &<< 8
            spareBits = 8
        }
        code &<<= shifts
        spareBits &-= shifts
    }

    /// The next byte of the segment without what was stuffed (BYTE_IN and UNSTUFF_0 of T.81 §D.2); a marker stays where it is.
    private mutating func nextByte(_ reader: inout ByteReader) throws(ImageError) -> UInt32 {
        guard !isStarved else { return 0 }
        guard let byte = try reader.peek() else {
            isStarved = true
            return 0
        }
        guard byte == 0xFF else {
            reader.advance(by: 1)
            return UInt32(byte)
        }
        while try reader.fill(2) >= 2 && reader.buffer[reader.position + 1] == 0xFF { reader.advance(by: 1) }
        if reader.available >= 2 && reader.buffer[reader.position + 1] == 0 {
            reader.advance(by: 2)
            return 0xFF
        }
        if reader.available < 2 { reader.advance(by: 1) }
        isStarved = true
        return 0
    }
}

/// T.81 table D.3 (Qe and its next states), a row a word: in the high half the width of the less probable decision's interval, then the next
/// row after the more probable decision, and the next row after the less probable one, whose top bit says that the two change places.
/// The last row is the fixed one, of Qe = 5A1D.
let probabilityStates: [114 of UInt32] = [
    0x5A1D_0181, 0x2586_020E, 0x1114_0310, 0x080B_0412, 0x03D8_0514, 0x01DA_0617, 0x00E5_0719, 0x006F_081C,
    0x0036_091E, 0x001A_0A21, 0x000D_0B23, 0x0006_0C09, 0x0003_0D0A, 0x0001_0D0C, 0x5A7F_0F8F, 0x3F25_1024,
    0x2CF2_1126, 0x207C_1227, 0x17B9_1328, 0x1182_142A, 0x0CEF_152B, 0x09A1_162D, 0x072F_172E, 0x055C_1830,
    0x0406_1931, 0x0303_1A33, 0x0240_1B34, 0x01B1_1C36, 0x0144_1D38, 0x00F5_1E39, 0x00B7_1F3B, 0x008A_203C,
    0x0068_213E, 0x004E_223F, 0x003B_2320, 0x002C_0921, 0x5AE1_25A5, 0x484C_2640, 0x3A0D_2741, 0x2EF1_2843,
    0x261F_2944, 0x1F33_2A45, 0x19A8_2B46, 0x1518_2C48, 0x1177_2D49, 0x0E74_2E4A, 0x0BFB_2F4B, 0x09F8_304D,
    0x0861_314E, 0x0706_324F, 0x05CD_3330, 0x04DE_3432, 0x040F_3532, 0x0363_3633, 0x02D4_3734, 0x025C_3835,
    0x01F8_3936, 0x01A4_3A37, 0x0160_3B38, 0x0125_3C39, 0x00F6_3D3A, 0x00CB_3E3B, 0x00AB_3F3D, 0x008F_203D,
    0x5B12_41C1, 0x4D04_4250, 0x412C_4351, 0x37D8_4452, 0x2FE8_4553, 0x293C_4654, 0x2379_4756, 0x1EDF_4857,
    0x1AA9_4957, 0x174E_4A48, 0x1424_4B48, 0x119C_4C4A, 0x0F6B_4D4A, 0x0D51_4E4B, 0x0BB6_4F4D, 0x0A40_304D,
    0x5832_51D0, 0x4D1C_5258, 0x438E_5359, 0x3BDD_545A, 0x34EE_555B, 0x2EAE_565C, 0x299A_575D, 0x2516_4756,
    0x5570_59D8, 0x4CA9_5A5F, 0x44D9_5B60, 0x3E22_5C61, 0x3824_5D63, 0x32B4_5E63, 0x2E17_565D, 0x56A8_60DF,
    0x4F46_6165, 0x47E5_6266, 0x41CF_6367, 0x3C3D_6468, 0x375E_5D63, 0x5231_6669, 0x4C0F_676A, 0x4639_686B,
    0x415E_6367, 0x5627_6AE9, 0x50E7_6B6C, 0x4B85_676D, 0x5597_6D6E, 0x504F_6B6F, 0x5A10_6FEE, 0x5522_6D70,
    0x59EB_6FF0, 0x5A1D_7171,
]
