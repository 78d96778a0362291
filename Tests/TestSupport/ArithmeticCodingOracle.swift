/// The arithmetic encoder of T.81 as slow and plain as can be: one restart interval's coefficients to entropy-coded bytes.
public struct ArithmeticCodingOracle {
    /// L and U of T.81 §F.1.4.4.1.2 for each DC table, Kx of §F.1.4.4.2 for each AC table.
    public var bounds = [(lower: Int, upper: Int)](repeating: (0, 1), count: 4)
    public var lastLow = [Int](repeating: 5, count: 4)

    private var bits: [UInt8] = []
    private var code = 0
    private var interval = 0x10000
    /// By name of table and number: row of the table below, and the more probable decision.
    private var bins: [Int: (row: Int, value: Bool)] = [:]
    private var predictions = [Int: Int]()
    private var contexts = [Int: Int]()

    public init() {}

    /// Encodes a decision (T.81 §D.1), with the bin's statistics or, where there is none, as one of two that are equally probable.
    public mutating func encode(_ decision: Bool, bin: Int?) {
        let state = bin.map { bins[$0] ?? (0, false) }
        let width = state.map { Int(table[4 * $0.row]) } ?? 0x5A1D
        let value = state?.value ?? false
        interval -= width
        if decision == value {
            if interval >= 0x8000 { return }
            if interval < width {
                add(interval)
                interval = width
            }
            if let bin, let state { bins[bin] = (Int(table[4 * state.row + 2]), value) }
        } else {
            if interval >= width {
                add(interval)
                interval = width
            }
            if let bin, let state {
                bins[bin] = (Int(table[4 * state.row + 1]), table[4 * state.row + 3] == 1 ? !value : value)
            }
        }
        while interval < 0x8000 {
            interval *= 2
            bits.append(UInt8(code >> 15))
            code = code << 1 & 0xFFFF
        }
    }

    /// Adds to the code, whose carry may run through all the bits before.
    private mutating func add(_ amount: Int) {
        code += amount
        guard code > 0xFFFF else { return }
        code &= 0xFFFF
        var at = bits.count - 1
        while bits[at] == 1 {
            bits[at] = 0
            at -= 1
        }
        bits[at] = 1
    }

    /// The bytes of all decisions so far, without the zeros at the end, a zero stuffed behind each FF.
    public func bytes() -> [UInt8] {
        var all = bits
        for shift in stride(from: 15, through: 0, by: -1) { all.append(UInt8(code >> shift & 1)) }
        while all.count % 8 != 0 { all.append(0) }
        var bytes = stride(from: 0, to: all.count, by: 8).map { at in all[at..<at + 8].reduce(0) { $0 << 1 | $1 } }
        while bytes.last == 0 { bytes.removeLast() }
        return bytes.flatMap { $0 == 0xFF ? [0xFF, 0] : [$0] }
    }

    /// Encodes a DC coefficient (T.81 figure F.4), or in a first scan its bits from `low` up.
    public mutating func encodeDC(_ value: Int, low: Int = 0, component: Int, table: Int) {
        let bins = 1000 * table
        let difference = (value >> low) - predictions[component, default: 0]
        predictions[component] = value >> low
        let start = bins + contexts[component, default: 0]
        contexts[component] = 0
        encode(difference != 0, bin: start)
        guard difference != 0 else { return }
        encode(difference < 0, bin: start + 1)
        encodeMagnitude(abs(difference), start + (difference < 0 ? 3 : 2), bins + 20, bins + 21)
        let (lower, upper) = bounds[table]
        let least = lower == 0 ? 0 : 1 << (lower - 1)
        if abs(difference) > 1 << upper {
            contexts[component] = difference < 0 ? 16 : 12
        } else if abs(difference) > least {
            contexts[component] = difference < 0 ? 8 : 4
        }
    }

    /// Encodes a bit of a DC coefficient (T.81 §G.1.3).
    public mutating func refineDC(_ value: Int, low: Int) {
        encode(value >> low & 1 == 1, bin: nil)
    }

    /// Encodes a band of a block in zigzag order (T.81 figure F.5), or in a first scan its magnitudes' bits from `low` up.
    public mutating func encodeAC(_ block: [Int], _ band: ClosedRange<Int>, low: Int = 0, table: Int) {
        let bins = 1000 * (table + 4)
        let values = block.map { $0 < 0 ? -(-$0 >> low) : $0 >> low }
        let last = band.last { values[$0] != 0 } ?? band.lowerBound - 1
        var mayEnd = true
        for k in band {
            if mayEnd { encode(k > last, bin: bins + 3 * k - 3) }
            if k > last { return }
            encode(values[k] != 0, bin: bins + 3 * k - 2)
            mayEnd = values[k] != 0
            guard mayEnd else { continue }
            encode(values[k] < 0, bin: nil)
            let first = bins + 3 * k - 1
            encodeMagnitude(abs(values[k]), first, first, bins + (k <= lastLow[table] ? 189 : 217))
        }
    }

    /// Encodes one more bit of a band (T.81 §G.1.3, figure G.10).
    public mutating func refineAC(_ block: [Int], _ band: ClosedRange<Int>, low: Int, table: Int) {
        let bins = 1000 * (table + 4)
        let magnitudes = block.map { abs($0) >> low }
        let known = band.last { magnitudes[$0] > 1 } ?? 0
        let last = band.last { magnitudes[$0] > 0 } ?? 0
        var mayEnd = true
        for k in band {
            if mayEnd && k > known { encode(k > last, bin: bins + 3 * k - 3) }
            if k > max(known, last) { return }
            mayEnd = magnitudes[k] > 0
            if magnitudes[k] > 1 {
                encode(magnitudes[k] & 1 == 1, bin: bins + 3 * k - 1)
            } else {
                encode(magnitudes[k] == 1, bin: bins + 3 * k - 2)
                if magnitudes[k] == 1 { encode(block[k] < 0, bin: nil) }
            }
        }
    }

    /// T.81 figures F.8 and F.9: which power of two, then the bits below.
    private mutating func encodeMagnitude(_ magnitude: Int, _ first: Int, _ second: Int, _ ladder: Int) {
        encode(magnitude > 1, bin: first)
        guard magnitude > 1 else { return }
        encode(magnitude > 2, bin: second)
        guard magnitude > 2 else { return }
        var (power, bin) = (2, ladder)
        while magnitude > 2 * power {
            encode(true, bin: bin)
            (power, bin) = (2 * power, bin + 1)
        }
        encode(false, bin: bin)
        while power > 1 {
            power /= 2
            encode((magnitude - 1) & power != 0, bin: bin + 14)
        }
    }
}

/// T.81 table D.3: Qe, next row after the less probable decision, next row after the more probable one, and whether the two change places.
private let table: [UInt16] = [
    0x5A1D, 1, 1, 1, 0x2586, 14, 2, 0, 0x1114, 16, 3, 0, 0x080B, 18, 4, 0,
    0x03D8, 20, 5, 0, 0x01DA, 23, 6, 0, 0x00E5, 25, 7, 0, 0x006F, 28, 8, 0,
    0x0036, 30, 9, 0, 0x001A, 33, 10, 0, 0x000D, 35, 11, 0, 0x0006, 9, 12, 0,
    0x0003, 10, 13, 0, 0x0001, 12, 13, 0, 0x5A7F, 15, 15, 1, 0x3F25, 36, 16, 0,
    0x2CF2, 38, 17, 0, 0x207C, 39, 18, 0, 0x17B9, 40, 19, 0, 0x1182, 42, 20, 0,
    0x0CEF, 43, 21, 0, 0x09A1, 45, 22, 0, 0x072F, 46, 23, 0, 0x055C, 48, 24, 0,
    0x0406, 49, 25, 0, 0x0303, 51, 26, 0, 0x0240, 52, 27, 0, 0x01B1, 54, 28, 0,
    0x0144, 56, 29, 0, 0x00F5, 57, 30, 0, 0x00B7, 59, 31, 0, 0x008A, 60, 32, 0,
    0x0068, 62, 33, 0, 0x004E, 63, 34, 0, 0x003B, 32, 35, 0, 0x002C, 33, 9, 0,
    0x5AE1, 37, 37, 1, 0x484C, 64, 38, 0, 0x3A0D, 65, 39, 0, 0x2EF1, 67, 40, 0,
    0x261F, 68, 41, 0, 0x1F33, 69, 42, 0, 0x19A8, 70, 43, 0, 0x1518, 72, 44, 0,
    0x1177, 73, 45, 0, 0x0E74, 74, 46, 0, 0x0BFB, 75, 47, 0, 0x09F8, 77, 48, 0,
    0x0861, 78, 49, 0, 0x0706, 79, 50, 0, 0x05CD, 48, 51, 0, 0x04DE, 50, 52, 0,
    0x040F, 50, 53, 0, 0x0363, 51, 54, 0, 0x02D4, 52, 55, 0, 0x025C, 53, 56, 0,
    0x01F8, 54, 57, 0, 0x01A4, 55, 58, 0, 0x0160, 56, 59, 0, 0x0125, 57, 60, 0,
    0x00F6, 58, 61, 0, 0x00CB, 59, 62, 0, 0x00AB, 61, 63, 0, 0x008F, 61, 32, 0,
    0x5B12, 65, 65, 1, 0x4D04, 80, 66, 0, 0x412C, 81, 67, 0, 0x37D8, 82, 68, 0,
    0x2FE8, 83, 69, 0, 0x293C, 84, 70, 0, 0x2379, 86, 71, 0, 0x1EDF, 87, 72, 0,
    0x1AA9, 87, 73, 0, 0x174E, 72, 74, 0, 0x1424, 72, 75, 0, 0x119C, 74, 76, 0,
    0x0F6B, 74, 77, 0, 0x0D51, 75, 78, 0, 0x0BB6, 77, 79, 0, 0x0A40, 77, 48, 0,
    0x5832, 80, 81, 1, 0x4D1C, 88, 82, 0, 0x438E, 89, 83, 0, 0x3BDD, 90, 84, 0,
    0x34EE, 91, 85, 0, 0x2EAE, 92, 86, 0, 0x299A, 93, 87, 0, 0x2516, 86, 71, 0,
    0x5570, 88, 89, 1, 0x4CA9, 95, 90, 0, 0x44D9, 96, 91, 0, 0x3E22, 97, 92, 0,
    0x3824, 99, 93, 0, 0x32B4, 99, 94, 0, 0x2E17, 93, 86, 0, 0x56A8, 95, 96, 1,
    0x4F46, 101, 97, 0, 0x47E5, 102, 98, 0, 0x41CF, 103, 99, 0, 0x3C3D, 104, 100, 0,
    0x375E, 99, 93, 0, 0x5231, 105, 102, 0, 0x4C0F, 106, 103, 0, 0x4639, 107, 104, 0,
    0x415E, 103, 99, 0, 0x5627, 105, 106, 1, 0x50E7, 108, 107, 0, 0x4B85, 109, 103, 0,
    0x5597, 110, 109, 0, 0x504F, 111, 107, 0, 0x5A10, 110, 111, 1, 0x5522, 112, 109, 0,
    0x59EB, 112, 111, 1,
]
