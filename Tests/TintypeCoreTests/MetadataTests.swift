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
}
