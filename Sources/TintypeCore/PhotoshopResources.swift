/// Photoshop's image resources, as in JPEG's APP13 segments ("Adobe Photoshop File Formats", Image Resources Section), of which only
/// the IPTC-NAA record is kept: resource 0x0404. Each segment has the signature; what follows it in all of them is one sequence.
package enum PhotoshopResources {
    package static let signature = "Photoshop 3.0\0"
    private static let iptcID = 0x0404

    /// The IPTC records in a segment that holds all resources, or nil where it has none whole.
    package static func iptc(in segment: [UInt8]) -> ArraySlice<UInt8>? {
        guard segment.starts(with: signature.utf8) else { return nil }
        return iptc(resources: segment.dropFirst(signature.utf8.count))
    }

    /// The IPTC records among resources, or nil where there are none whole.
    ///
    /// A resource is `8BIM`, a number, a name whose first byte is its length, padded to even, and data behind their length, padded
    /// to even.
    package static func iptc(resources: ArraySlice<UInt8>) -> ArraySlice<UInt8>? {
        var rest = resources
        func integer(_ bytes: ArraySlice<UInt8>) -> Int { bytes.reduce(0) { $0 << 8 | Int($1) } }
        while rest.count >= 12, rest.starts(with: "8BIM".utf8) {
            let id = integer(rest.dropFirst(4).prefix(2))
            rest = rest.dropFirst(6)
            rest = rest.dropFirst((Int(rest.first ?? 0) + 2) & ~1)
            let count = integer(rest.prefix(4))
            rest = rest.dropFirst(4)
            if id == iptcID { return rest.count >= count && count > 0 ? rest.prefix(count) : nil }
            rest = rest.dropFirst((count + 1) & ~1)
        }
        return nil
    }

    /// The resource that holds IPTC records.
    package static func resource(iptc: [UInt8]) -> [UInt8] {
        var resource = Array("8BIM".utf8) + [UInt8(iptcID >> 8), UInt8(iptcID & 0xFF), 0, 0]
        for shift in [24, 16, 8, 0] { resource.append(UInt8(truncatingIfNeeded: iptc.count >> shift)) }
        return resource + iptc + (iptc.count.isMultiple(of: 2) ? [] : [0])
    }
}
