/// How a channel's samples, from 0 to 1, stand for amounts of light.
enum ToneCurve: Sendable, Hashable {
    case gamma(Double)
    /// At least two entries at equal distances, joined by straight lines.
    case table([UInt16])
    /// ICC.1:2022 table 68: 0 to 4, and as many parameters as it asks for, in its order g a b c d e f.
    case parametric(Int, [Double])

    /// Reads a tag of type `curv` (ICC.1:2022 §10.6) or `para` (§10.18); nil for another type or one cut short.
    init?(tag: ArraySlice<UInt8>) {
        let bytes = BigEndianBytes(tag)
        guard let type = bytes.integer(at: 0, count: 4) else { return nil }
        switch type {
        case 0x6375_7276:
            guard let count = bytes.integer(at: 8, count: 4), count <= (tag.count - 12) / 2 else { return nil }
            let entries = (0..<count).compactMap { bytes.integer(at: 12 + 2 * $0, count: 2) }
            switch entries.count {
            case 0: self = .gamma(1)
            case 1: self = .gamma(Double(entries[0]) / 256)
            default: self = .table(entries.map { UInt16($0) })
            }
        case 0x7061_7261:
            let counts = [1, 3, 4, 5, 7]
            guard let form = bytes.integer(at: 8, count: 2), counts.indices.contains(form) else { return nil }
            let parameters = (0..<counts[form]).compactMap { bytes.fixed(at: 12 + 4 * $0) }
            guard parameters.count == counts[form] else { return nil }
            self = .parametric(form, parameters)
        default:
            return nil
        }
    }

    /// sRGB's own (IEC 61966-2-1 §5.2).
    static let sRGB = ToneCurve.parametric(3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])

    /// The sample, 0 to 1, that stands for an amount of light in sRGB, which cuts off what is outside 0 to 1.
    static func sRGBSample(_ light: Double) -> Double {
        light <= 0.0031308 ? max(0, 12.92 * light) : min(1, 1.055 * Power.power(light, 1 / 2.4) - 0.055)
    }

    /// The amount of light that a sample from 0 to 1 stands for: 0 to 1, but for formulae that go beyond, as far as -4 and 4.
    func light(_ x: Double) -> Double {
        let value =
            switch self {
            case .gamma(let g): Power.power(x, g)
            case .table(let entries): Self.interpolated(entries, x)
            case .parametric(let form, let p): Self.parametric(form, p, x)
            }
        return min(4, max(-4, value))
    }

    private static func interpolated(_ entries: [UInt16], _ x: Double) -> Double {
        let place = x * Double(entries.count - 1)
        let index = min(Int(place), entries.count - 2)
        let (low, high) = (Double(entries[index]), Double(entries[index + 1]))
        return (low + (high - low) * (place - Double(index))) / 65_535
    }

    private static func parametric(_ form: Int, _ p: [Double], _ x: Double) -> Double {
        let g = p[0]
        guard form > 0 else { return Power.power(x, g) }
        let line = p[1] * x + p[2]
        switch form {
        case 1: return Power.power(line, g)
        case 2: return line >= 0 ? Power.power(line, g) + p[3] : p[3]
        case 3: return x >= p[4] ? Power.power(line, g) : p[3] * x
        default: return x >= p[4] ? Power.power(line, g) + p[5] : p[3] * x + p[6]
        }
    }
}

/// A tag's numbers (ICC.1:2022 §4), at offsets from its beginning.
struct BigEndianBytes {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) {
        self.bytes = bytes
    }

    func integer(at offset: Int, count: Int) -> Int? {
        guard offset >= 0, offset <= bytes.count - count else { return nil }
        let start = bytes.startIndex + offset
        return bytes[start..<start + count].reduce(0) { $0 << 8 | Int($1) }
    }

    /// s15Fixed16Number (§4.6).
    func fixed(at offset: Int) -> Double? {
        integer(at: offset, count: 4).map { Double(Int32(truncatingIfNeeded: $0)) / 65_536 }
    }
}
