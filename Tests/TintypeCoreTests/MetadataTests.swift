import Testing
import TintypeCore

/// An EXIF block with one orientation entry, written out by hand.
private func exif(orientation: UInt16, littleEndian: Bool, type: UInt16 = 3) -> [UInt8] {
    func u16(_ v: UInt16) -> [UInt8] {
        let (high, low) = (UInt8(v >> 8), UInt8(truncatingIfNeeded: v))
        return littleEndian ? [low, high] : [high, low]
    }
    func u32(_ v: UInt32) -> [UInt8] {
        let (high, low) = (u16(UInt16(v >> 16)), u16(UInt16(truncatingIfNeeded: v)))
        return littleEndian ? low + high : high + low
    }
    let value = type == 4 ? u32(UInt32(orientation)) : u16(orientation) + [0, 0]
    let entry: [UInt8] = u16(0x0112) + u16(type) + u32(1) + value
    return Array((littleEndian ? "II" : "MM").utf8) + u16(42) + u32(8) + u16(1) + entry + u32(0)
}

@Suite struct MetadataTests {
    @Test(arguments: Orientation.allCases, [true, false])
    func orientationIsReadAndReset(_ orientation: Orientation, _ littleEndian: Bool) {
        for type in [3, 4] as [UInt16] {
            let block = exif(orientation: UInt16(orientation.rawValue), littleEndian: littleEndian, type: type)
            var metadata = Metadata(exif: block)
            #expect(metadata.orientation == orientation)
            metadata.resetOrientation()
            #expect(metadata.exif == exif(orientation: 1, littleEndian: littleEndian, type: type))
        }
    }

    @Test(arguments: [0, 9, 255, 65535] as [UInt16])
    func wildOrientationsAreUpright(_ value: UInt16) {
        #expect(Metadata(exif: exif(orientation: value, littleEndian: true)).orientation == .up)
    }

    @Test func anyDamageToExifIsHarmless() {
        let whole = exif(orientation: 6, littleEndian: false)
        for length in 0..<whole.count {
            var metadata = Metadata(exif: Array(whole.prefix(length)))
            metadata.resetOrientation()
            _ = metadata.keeping(.safe)
        }
        for at in whole.indices {
            for value in [0, 1, 127, 255] as [UInt8] {
                var bytes = whole
                bytes[at] = value
                var metadata = Metadata(exif: bytes)
                metadata.resetOrientation()
                #expect(metadata.orientation == .up)
            }
        }
    }

    @Test func safeKeepsColourAndCopyright() {
        let block: [UInt8] =
            Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1, 0x82, 0x98, 0, 2, 0, 0, 0, 9, 0, 0, 0, 26, 0, 0, 0, 0]
            + Array("(c) Anna".utf8) + [0]
        let metadata = Metadata(
            exif: block, icc: [1, 2, 3], xmp: [4], density: Metadata.Density(x: 72, y: 72, unit: .inch))
        let safe = metadata.keeping(.safe)
        #expect(safe.icc == [1, 2, 3] && safe.xmp == nil && safe.density != nil)
        #expect(safe.exif == block + [0])
        #expect(metadata.keeping(.all) == metadata)
        #expect(metadata.keeping(.none) == Metadata())
        #expect(Metadata(exif: exif(orientation: 1, littleEndian: true)).keeping(.safe).exif == nil)
    }

    @Test func profileNames() {
        func profile(_ tag: [UInt8]) -> [UInt8] {
            [UInt8](repeating: 0, count: 128) + [0, 0, 0, 1] + Array("desc".utf8) + [
                0, 0, 0, 144, 0, 0, 0, UInt8(tag.count),
            ]
                + tag
        }
        let v2 = profile(Array("desc".utf8) + [0, 0, 0, 0, 0, 0, 0, 5] + Array("sRGB".utf8) + [0])
        #expect(Metadata(icc: v2).iccName == "sRGB")
        let v4 = profile(
            Array("mluc".utf8) + [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 12] + Array("enUS".utf8) + [0, 0, 0, 4, 0, 0, 0, 28]
                + [0, 0x50, 0, 0x33])
        #expect(Metadata(icc: v4).iccName == "P3")
        for whole in [v2, v4] {
            for length in 0..<whole.count { #expect(Metadata(icc: Array(whole.prefix(length))).iccName == nil) }
        }
    }

    /// What a JPEG file has apart stands in one packet again; prefixes that both declare are declared once.
    @Test(arguments: [
        #"<rdf:Description rdf:about="" xmlns:n="http://ns.adobe.com/xmp/note/" n:x="1" xmpNote:HasExtendedXMP="AB"/>"#,
        #"<rdf:Description rdf:about="" n:x="1"><xmpNote:HasExtendedXMP>AB</xmpNote:HasExtendedXMP></rdf:Description>"#,
    ])
    func extendedXMPIsMerged(_ note: String) throws {
        let rest = #"<rdf:Description rdf:about=""><b:y>2</b:y></rdf:Description>"#
        let main = #"<x:xmpmeta><rdf:RDF xmlns:rdf="r" xmlns:a='u'>"# + note + "</rdf:RDF></x:xmpmeta>"
        let extended = #"<x:xmpmeta xmlns:a='u'><rdf:RDF xmlns:rdf="r" xmlns:b="v">"# + rest + "</rdf:RDF></x:xmpmeta>"
        var metadata = Metadata(xmp: Array(main.utf8))
        #expect(metadata.wholeXMP == metadata.xmp)
        metadata.extendedXMP = Array(extended.utf8)
        let whole = String(decoding: try #require(metadata.wholeXMP), as: UTF8.self)
        #expect(whole.hasPrefix(#"<x:xmpmeta><rdf:RDF xmlns:b="v" xmlns:rdf="r" xmlns:a='u'><rdf:Description"#))
        #expect(whole.hasSuffix(rest + "</rdf:RDF></x:xmpmeta>"))
        #expect(whole.contains(#"n:x="1""#) && !whole.contains("HasExtended") && !whole.contains("AB"))
    }

    /// Another meaning of a prefix, no RDF element, and packets cut short anywhere.
    @Test func whatCannotBeMergedStays() {
        let main = Array(#"<rdf:RDF xmlns:a="u"><rdf:Description xmpNote:HasExtendedXMP="AB"/></rdf:RDF>"#.utf8)
        var metadata = Metadata(xmp: main)
        for other in [#"<rdf:RDF xmlns:a="w"></rdf:RDF>"#, "", "<rdf:RDF", "<rdf:RDF/>", "</rdf:RDF><rdf:RDF>"] {
            metadata.extendedXMP = Array(other.utf8)
            #expect(metadata.wholeXMP == main)
        }
        for count in 0..<main.count {
            metadata.xmp = Array(main.prefix(count))
            metadata.extendedXMP = main
            #expect(metadata.wholeXMP != nil)
            (metadata.xmp, metadata.extendedXMP) = (main, Array(main.prefix(count)))
            #expect(metadata.wholeXMP == main)
        }
    }

    /// Neither names without values nor thousands of them take more than a moment.
    @Test(
        .timeLimit(.minutes(1)),
        arguments: ["xmlns:", "xmlns:a='", "xmlns:%='u' ", "<rdf:RDF", "<rdf:RDF>", "</rdf:RDF>"])
    func mergingIsLinear(_ part: String) {
        var text = ""
        for index in 0..<100_000 { text += part.split(separator: "%").joined(separator: String(index)) }
        let packet = Array(("<rdf:RDF " + text + "></rdf:RDF>").utf8)
        let metadata = Metadata(xmp: packet)
        var both = metadata
        both.extendedXMP = packet
        #expect(both.wholeXMP != nil)
    }

    @Test func orientationInExtendedXMPIsReset() {
        var metadata = Metadata(
            exif: [0x4D, 0x4D, 0, 0x2A, 0, 0, 0, 8, 0, 1, 1, 0x12, 0, 3, 0, 0, 0, 1, 0, 6, 0, 0, 0, 0, 0, 0],
            xmp: Array(#"<rdf:RDF><rdf:Description xmpNote:HasExtendedXMP="AB"/></rdf:RDF>"#.utf8))
        metadata.extendedXMP = Array(#"<rdf:RDF><rdf:Description tiff:Orientation="6"/></rdf:RDF>"#.utf8)
        metadata.resetOrientation()
        #expect(metadata.extendedXMP == nil)
        let expected = #"<rdf:RDF><rdf:Description /><rdf:Description tiff:Orientation="1"/></rdf:RDF>"#
        #expect(metadata.xmp == Array(expected.utf8))
    }
}
