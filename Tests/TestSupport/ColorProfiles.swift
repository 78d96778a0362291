#if canImport(Darwin)
    import Darwin
#elseif canImport(Musl)
    import Musl
#else
    import Glibc
#endif

/// ICC profiles built by hand, and colour arithmetic as the textbook has it.
public enum ColorProfiles {
    // MARK: Tags

    static func integer(_ value: Int, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> (8 * (count - 1 - $0))) }
    }

    static func fixed(_ value: Double) -> [UInt8] { integer(Int((value * 65_536).rounded()), 4) }

    public static func xyz(_ values: [Double]) -> [UInt8] {
        Array("XYZ \0\0\0\0".utf8) + values.flatMap { fixed($0) }
    }

    public static func curve(_ entries: [Int]) -> [UInt8] {
        Array("curv\0\0\0\0".utf8) + integer(entries.count, 4) + entries.flatMap { integer($0, 2) }
    }

    public static func parametric(_ form: Int, _ parameters: [Double]) -> [UInt8] {
        Array("para\0\0\0\0".utf8) + integer(form, 2) + [0, 0] + parameters.flatMap { fixed($0) }
    }

    /// A profile of these tags, with a description added.
    public static func profile(
        space: String, tags: [(String, [UInt8])], deviceClass: String = "mntr", connection: String = "XYZ "
    ) -> [UInt8] {
        let description = Array("desc\0\0\0\0".utf8) + integer(5, 4) + Array("Test\0".utf8)
        let tags = tags + [("desc", description)]
        var table = integer(tags.count, 4)
        var data: [UInt8] = []
        for (name, bytes) in tags {
            table += Array(name.utf8) + integer(132 + 12 * tags.count + data.count, 4) + integer(bytes.count, 4)
            data += bytes + [UInt8](repeating: 0, count: (4 - bytes.count % 4) % 4)
        }
        let size = 128 + table.count + data.count
        let header =
            integer(size, 4) + [0, 0, 0, 0, 2, 0x40, 0, 0] + Array((deviceClass + space + connection).utf8)
            + [UInt8](repeating: 0, count: 12) + Array("acsp".utf8) + [UInt8](repeating: 0, count: 88)
        return header + table + data
    }

    public static func rgb(_ columns: [[Double]], curves: [[UInt8]], more: [(String, [UInt8])] = []) -> [UInt8] {
        let names = ["r", "g", "b"]
        let tags = (0..<3).flatMap { [(names[$0] + "XYZ", xyz(columns[$0])), (names[$0] + "TRC", curves[$0])] }
        return profile(space: "RGB ", tags: tags + more)
    }

    public static func gray(_ curve: [UInt8]) -> [UInt8] { profile(space: "GRAY", tags: [("kTRC", curve)]) }

    // MARK: Known spaces

    public static let displayP3 = [
        [0.51512, 0.2412, -0.00105], [0.29198, 0.69225, 0.04189], [0.1571, 0.06657, 0.78407],
    ]
    public static let adobeRGB = [
        [0.60974, 0.31111, 0.01947], [0.20528, 0.62567, 0.06087], [0.14919, 0.06322, 0.74457],
    ]
    public static let sRGBCurve = parametric(3, [2.4, 1 / 1.055, 0.055 / 1.055, 1 / 12.92, 0.04045])
    /// 563 / 256 = 2.2 as Adobe RGB has it.
    public static let gamma22 = curve([563])

    public static var p3Profile: [UInt8] { rgb(displayP3, curves: [sRGBCurve, sRGBCurve, sRGBCurve]) }
    public static var adobeProfile: [UInt8] { rgb(adobeRGB, curves: [gamma22, gamma22, gamma22]) }
    /// The columns of sRGB as they are published, rounded.
    public static var sRGBProfile: [UInt8] {
        rgb(
            [[0.43607, 0.22249, 0.01392], [0.38515, 0.71687, 0.09708], [0.14307, 0.06061, 0.7141]],
            curves: [sRGBCurve, sRGBCurve, sRGBCurve])
    }

    // MARK: The textbook

    /// x^y.
    public static func power(_ x: Double, _ y: Double) -> Double { pow(x, y) }

    /// Linear sRGB to XYZ, adapted to D50 by Bradford's method: computed from the primaries and white points.
    public static func sRGBToXYZ() -> [Double] {
        func xyz(_ x: Double, _ y: Double) -> [Double] { [x / y, 1, (1 - x - y) / y] }
        let primaries = transposed(xyz(0.64, 0.33) + xyz(0.3, 0.6) + xyz(0.15, 0.06))
        let white = xyz(0.3127, 0.329)
        let d50 = [63_190.0 / 65_536, 1, 54_061.0 / 65_536]
        let amounts = product(inverse(primaries), white)
        let matrix = (0..<9).map { primaries[$0] * amounts[$0 % 3] }
        let bradford = [0.8951, 0.2664, -0.1614, -0.7502, 1.7135, 0.0367, 0.0389, -0.0685, 1.0296]
        let (from, to) = (product(bradford, white), product(bradford, d50))
        let scaled = (0..<9).map { bradford[$0] * to[$0 / 3] / from[$0 / 3] }
        return product(product(inverse(bradford), scaled), matrix)
    }

    /// One pixel from a matrix profile's space to sRGB: samples from 0 to 1, not rounded.
    public static func converted(_ rgb: [Double], columns: [[Double]], curve: (Double) -> Double) -> [Double] {
        let light = product(transposed(columns.flatMap { $0 }), rgb.map(curve))
        return product(inverse(sRGBToXYZ()), light).map { PixelOracle.encoded(min(1, max(0, $0))) }
    }

    static func transposed(_ m: [Double]) -> [Double] { (0..<9).map { m[$0 % 3 * 3 + $0 / 3] } }

    /// A matrix by a matrix or by a column.
    public static func product(_ a: [Double], _ b: [Double]) -> [Double] {
        let columns = b.count / 3
        return b.indices.map { place in
            let (row, column) = (place / columns, place % columns)
            let terms = (0..<3).map { a[3 * row + $0] * b[columns * $0 + column] }
            return terms[0] + terms[1] + terms[2]
        }
    }

    /// By cofactors.
    public static func inverse(_ m: [Double]) -> [Double] {
        func cofactor(_ row: Int, _ column: Int) -> Double {
            let (r1, r2, c1, c2) = ((row + 1) % 3, (row + 2) % 3, (column + 1) % 3, (column + 2) % 3)
            return m[3 * r1 + c1] * m[3 * r2 + c2] - m[3 * r1 + c2] * m[3 * r2 + c1]
        }
        let determinant = (0..<3).map { m[$0] * cofactor(0, $0) }.reduce(0, +)
        return (0..<9).map { cofactor($0 % 3, $0 / 3) / determinant }
    }
}
