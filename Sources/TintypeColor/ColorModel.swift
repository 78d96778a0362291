import TintypeCore

/// What a profile of the matrix/TRC kind says: how its samples become CIE XYZ under D50 (ICC.1:2022 annex F.3), or grey light (F.2).
enum ColorModel: Sendable, Hashable {
    /// Curves of red, green and blue, and nine factors, row by row: light of a primary to X, Y and Z.
    case matrix([ToneCurve], [Double])
    case gray(ToneCurve)

    /// - Returns: nil for a profile of another kind: of a device link or an abstract space, with tables from device to
    ///   connection space (which come before matrices, §8.10.3), of CMYK, or with tags that cannot be read.
    init?(_ profile: ICCProfile) {
        guard profile.hasSignature, ["scnr", "mntr", "prtr", "spac"].contains(profile.deviceClass),
            profile.connectionSpace == "XYZ ",
            !["A2B0", "A2B1", "D2B1"].contains(where: { profile.tag($0) != nil })
        else { return nil }
        switch profile.dataSpace {
        case "RGB ":
            let curves = ["rTRC", "gTRC", "bTRC"].compactMap { profile.tag($0).flatMap { ToneCurve(tag: $0) } }
            let columns = ["rXYZ", "gXYZ", "bXYZ"].compactMap { profile.tag($0).flatMap(Self.xyz) }
            guard curves.count == 3, columns.count == 3 else { return nil }
            self = .matrix(curves, (0..<9).map { columns[$0 % 3][$0 / 3] })
        case "GRAY":
            guard let curve = profile.tag("kTRC").flatMap({ ToneCurve(tag: $0) }) else { return nil }
            self = .gray(curve)
        default:
            return nil
        }
    }

    /// The first number triple of a tag of type `XYZ ` (§10.31).
    private static func xyz(_ tag: ArraySlice<UInt8>) -> [Double]? {
        let bytes = BigEndianBytes(tag)
        let values = (0..<3).compactMap { bytes.fixed(at: 8 + 4 * $0) }
        return values.count == 3 && bytes.integer(at: 0, count: 4) == 0x5859_5A20 ? values : nil
    }

    /// CIE XYZ under D50 to linear sRGB: the inverse of IEC 61966-2-1's primaries, adapted from D65 with Bradford's matrix
    /// (ICC.1:2022 annex E).
    private static let fromXYZ: [Double] = [
        3.134_184_602, -1.617_214_427, -0.490_693_111,
        -0.978_749_928, 1.916_133_899, 0.033_433_653,
        0.071_963_728, -0.228_993_450, 1.405_744_007,
    ]

    /// Linear light of this model's primaries to that of sRGB's, row by row.
    static func toSRGB(_ matrix: [Double]) -> [Double] {
        (0..<9).map { place in
            let (row, column) = (place / 3 * 3, place % 3)
            var sum = 0.0
            for i in 0..<3 { sum += fromXYZ[row + i] * matrix[3 * i + column] }
            return sum
        }
    }
}
