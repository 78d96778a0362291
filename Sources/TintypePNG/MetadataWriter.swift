internal import TintypeCore

/// The bytes of an integer, most significant first (PNG §7.1).
func bigEndian(_ value: UInt32) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
}

extension ChunkWriter {
    /// The chunks that hold metadata, in an order that PNG §5.6 allows before IDAT.
    ///
    /// A profile for another colour space than the picture's and an EXIF block without TIFF's beginning have no place
    /// in PNG: readers would complain. They are left out.
    ///
    /// - Parameter level: zlib's compression level.
    mutating func write(_ metadata: Metadata, isGray: Bool, level: Int) throws(ImageError) {
        if let profile = metadata.icc, MetadataRules.isProfile(profile, gray: isGray) {
            // §11.3.2.3: a name, compression method 0, the profile.
            let name = Array("ICC profile".utf8)
            try write(.iccp, name + [0, 0] + (try Deflater.deflateAll(profile, level: level)))
        } else if metadata.isSRGB {
            // §11.3.2.5, never beside a profile. 1 is the relative colorimetric rendering intent.
            try write(.srgb, [1])
        }
        if let density = metadata.density, let data = Self.density(density) { try write(.phys, data) }
        if let exif = metadata.exif, MetadataRules.isEXIF(exif) { try write(.exif, exif) }
        if let xmp = metadata.xmp {
            // §11.3.3.4: keyword, no compression (so that other programs can find the packet), no language, no
            // translation.
            try write(.itxt, MetadataReader.xmpKeyword + [0, 0, 0, 0, 0] + xmp)
        }
    }

    /// pHYs (PNG §11.3.4.3): pixels a metre, or only their ratio. nil for numbers that it cannot hold.
    private static func density(_ density: Metadata.Density) -> [UInt8]? {
        let perUnit: Double =
            switch density.unit {
            case .aspect: 1
            case .centimeter: 100
            case .inch: 1 / 0.0254
            }
        func rounded(_ value: Double) -> UInt32? {
            let value = (value * perUnit).rounded()
            return value >= 1 && value <= 0x7FFF_FFFF ? UInt32(value) : nil
        }
        guard let x = rounded(density.x), let y = rounded(density.y) else { return nil }
        return bigEndian(x) + bigEndian(y) + [density.unit == .aspect ? 0 : 1]
    }
}
