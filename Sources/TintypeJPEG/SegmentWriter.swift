import TintypeCore

/// Writes the marker segments of an encoder's file.
struct SegmentWriter: ~Copyable {
    var bytes: ByteWriter

    init(_ sink: any ByteSink) {
        bytes = ByteWriter(sink)
    }

    mutating func write(_ marker: Marker) throws(ImageError) {
        try bytes.write(0xFF as UInt8)
        try bytes.write(marker.code)
    }

    /// A marker with a length and parameters (T.81 §B.1.1.4). The caller sees to it that there are at most 65,533
    /// bytes.
    mutating func write(_ marker: Marker, _ parameters: some Collection<UInt8>) throws(ImageError) {
        try write(marker)
        try bytes.write(UInt16(clamping: parameters.count + 2))
        try bytes.write(parameters)
    }

    /// DQT with one table of 8-bit steps, in zigzag order (T.81 §B.2.4.1).
    mutating func write(quantization steps: [64 of UInt8], destination: Int) throws(ImageError) {
        try write(.dqt, [UInt8(destination)] + (0..<64).map { steps[Int(naturalOrder[$0])] })
    }

    /// SOF0 (T.81 §B.2.2): 8 bits a sample, components 1, 2 and 3.
    mutating func write(frameOf size: Size, _ layout: EncoderLayout) throws(ImageError) {
        var parameters: [UInt8] = [8]
        parameters.appendUInt16(size.height)
        parameters.appendUInt16(size.width)
        parameters.append(UInt8(layout.components.count))
        for (index, component) in layout.components.enumerated() {
            parameters += [UInt8(index + 1), UInt8(component.across << 4 | component.down), UInt8(component.tables)]
        }
        try write(.sof0, parameters)
    }

    /// What comes before the scan's data: its Huffman tables in the order DC 0, AC 0, DC 1, AC 1 (DHT, T.81 §B.2.4.2),
    /// the restart interval if there is one (DRI, §B.2.4.4), and the header of a scan with all components and
    /// coefficients (SOS, §B.2.3).
    mutating func write(
        scanOf layout: EncoderLayout, tables: [HuffmanSpecification], restartInterval: Int
    ) throws(ImageError) {
        for (index, table) in tables.enumerated() {
            try write(.dht, [UInt8(index & 1) << 4 | UInt8(index >> 1)] + table.counts + table.symbols)
        }
        if restartInterval > 0 {
            var parameters: [UInt8] = []
            parameters.appendUInt16(restartInterval)
            try write(.dri, parameters)
        }
        var parameters = [UInt8(layout.components.count)]
        for (index, component) in layout.components.enumerated() {
            parameters += [UInt8(index + 1), UInt8(component.tables << 4 | component.tables)]
        }
        try write(.sos, parameters + [0, 63, 0])
    }
}

extension [UInt8] {
    /// Most significant byte first. The value must fit.
    fileprivate mutating func appendUInt16(_ value: Int) {
        append(UInt8(value >> 8))
        append(UInt8(value & 0xFF))
    }
}

// MARK: - Metadata

extension SegmentWriter {
    /// The most bytes that a segment's parameters hold.
    private static let capacity = 65_533

    /// Writes JFIF's density, EXIF, XMP, the ICC profile, IPTC and comments, each in the segments of its own specification.
    ///
    /// What is too large for its segment is left out. In place of too large an EXIF block, its orientation, artist and
    /// copyright are written.
    ///
    /// - Throws: `limitExceeded` if the profile, without which the colours are wrong, does not fit; before anything is
    ///   written.
    mutating func write(_ metadata: Metadata) throws(ImageError) {
        let chunk = Self.capacity - Self.iccSignature.count - 2
        if let icc = metadata.icc, icc.count > 255 * chunk {
            let reason = "the colour profile is larger than the file format can hold"
            throw ImageError(.limitExceeded, reason, format: .jpeg)
        }
        try write(.app0, Self.jfif(metadata.density))
        if let exif = Self.fitting("Exif\0\0", metadata.exif) ?? Self.fitting("Exif\0\0", metadata.keeping(.safe).exif)
        {
            try write(.app1, exif)
        }
        if let xmp = Self.fitting("http://ns.adobe.com/xap/1.0/\0", metadata.xmp) { try write(.app1, xmp) }
        if let icc = metadata.icc, !icc.isEmpty { try write(profile: icc, chunk: chunk) }
        if let iptc = Self.fitting(PhotoshopResources.signature, metadata.iptc.map(PhotoshopResources.resource)) {
            try write(.app13, iptc)
        }
        for comment in metadata.comments {
            if let comment = Self.fitting("", comment) { try write(.com, comment) }
        }
    }

    /// The parameters of a segment with this signature, or nil if they are too many.
    private static func fitting(_ signature: String, _ content: [UInt8]?) -> [UInt8]? {
        guard let content, signature.utf8.count + content.count <= capacity else { return nil }
        return Array(signature.utf8) + content
    }

    private static let iccSignature = Array("ICC_PROFILE\0".utf8)

    /// ICC.1:2022 §B.4: the profile in pieces that are numbered from 1 and say how many there are.
    private mutating func write(profile: [UInt8], chunk: Int) throws(ImageError) {
        let count = (profile.count + chunk - 1) / chunk
        for index in 0..<count {
            let piece = profile[index * chunk..<min(profile.count, (index + 1) * chunk)]
            try write(.app2, Self.iccSignature + [UInt8(index + 1), UInt8(count)] + piece)
        }
    }

    /// JFIF 1.01's APP0, without a thumbnail.
    private static func jfif(_ density: Metadata.Density?) -> [UInt8] {
        let (unit, x, y) = density.flatMap(jfifDensity) ?? (0, 1, 1)
        var parameters = Array("JFIF\0".utf8) + [1, 1, unit]
        parameters.appendUInt16(x)
        parameters.appendUInt16(y)
        return parameters + [0, 0]
    }

    /// A density in whole numbers, in inches or centimetres, whichever is nearer: PNG's metres rarely give a whole
    /// number of pixels a centimetre, but often one an inch. Nil where no whole number up to 65,535 is near.
    private static func jfifDensity(_ density: Metadata.Density) -> (UInt8, Int, Int)? {
        func rounded(_ unit: UInt8, factor: Double) -> (density: (UInt8, Int, Int), error: Double)? {
            let (x, y) = (density.x * factor, density.y * factor)
            guard x.isFinite, y.isFinite, (0.5..<65_535.5).contains(x), (0.5..<65_535.5).contains(y) else { return nil }
            let (wholeX, wholeY) = (x.rounded(), y.rounded())
            let error = max((wholeX - x).magnitude / x, (wholeY - y).magnitude / y)
            return ((unit, Int(wholeX), Int(wholeY)), error)
        }
        let candidates =
            switch density.unit {
            case .aspect: [rounded(0, factor: 1)]
            case .inch: [rounded(1, factor: 1), rounded(2, factor: 1 / 2.54)]
            case .centimeter: [rounded(2, factor: 1), rounded(1, factor: 2.54)]
            }
        return candidates.compactMap { $0 }.min { $0.error < $1.error }?.density
    }
}
