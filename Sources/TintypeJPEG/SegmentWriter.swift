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

    /// A picture's header up to its first scan: SOI, what describes the picture, quantisation tables, frame header.
    mutating func write(headerOf frame: EncodedFrame, _ metadata: Metadata) throws(ImageError) {
        try write(.soi)
        try write(metadata, isJFIF: frame.signature == .jfif)
        if case .adobe(let transform) = frame.signature {
            // Version 100, no flags (Adobe Technical Note 5116).
            try write(.app14, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, transform])
        }
        for (index, steps) in frame.quantization.enumerated() { try write(quantization: steps, destination: index) }
        try writeFrameHeader(frame)
    }

    /// DQT with one table in zigzag order, of 16-bit steps only where there must be (T.81 §B.2.4.1).
    private mutating func write(quantization steps: [UInt16], destination: Int) throws(ImageError) {
        let isWide = steps.contains { $0 > 255 }
        var parameters = [UInt8((isWide ? 0x10 : 0) | destination)]
        for k in 0..<64 {
            let step = steps[Int(naturalOrder[k])]
            if isWide { parameters.append(UInt8(step >> 8)) }
            parameters.append(UInt8(step & 0xFF))
        }
        try write(.dqt, parameters)
    }

    /// SOF2 for a progressive picture, SOF0 for others, or SOF1 where baseline does not allow for 16-bit steps; SOF10 and
    /// SOF9 with arithmetic coding (T.81 §B.2.2).
    private mutating func writeFrameHeader(_ frame: EncodedFrame) throws(ImageError) {
        let size = frame.layout.size
        var parameters: [UInt8] = [8]
        parameters.appendUInt16(size.height)
        parameters.appendUInt16(size.width)
        parameters.append(UInt8(frame.layout.components.count))
        for sampling in frame.layout.components.map(\.sampling) {
            parameters += [sampling.id, UInt8(sampling.across << 4 | sampling.down), UInt8(sampling.quantization)]
        }
        let isWide = frame.quantization.contains { $0.contains { $0 > 255 } }
        let huffman: Marker = frame.isProgressive ? .sof2 : isWide ? .sof1 : .sof0
        let arithmetic: Marker = frame.isProgressive ? .sof10 : .sof9
        try write(frame.isArithmetic ? arithmetic : huffman, parameters)
    }

    /// What comes before a scan's data: its Huffman tables (DHT, T.81 §B.2.4.2), the restart interval if it is to be
    /// told (DRI, §B.2.4.4), and the scan header (SOS, §B.2.3).
    ///
    /// - Parameter tables: in the order DC 0, AC 0, DC 1, AC 1; nil for one that the scan does not use.
    mutating func write(
        headerOf scan: EncodedScan, _ layout: EncoderLayout, tables: [HuffmanSpecification?], restartInterval: Int?
    ) throws(ImageError) {
        for (index, table) in tables.enumerated() {
            guard let table else { continue }
            try write(.dht, [UInt8(index & 1) << 4 | UInt8(index >> 1)] + table.counts + table.symbols)
        }
        if let restartInterval {
            var parameters: [UInt8] = []
            parameters.appendUInt16(restartInterval)
            try write(.dri, parameters)
        }
        var parameters = [UInt8(scan.components.count)]
        let uses = scan.usesTables
        for sampling in scan.components.map({ layout.components[$0].sampling }) {
            let (dc, ac) = (uses.dc ? sampling.tables : 0, uses.ac ? sampling.tables : 0)
            parameters += [sampling.id, UInt8(dc << 4 | ac)]
        }
        try write(.sos, parameters + scan.selection)
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

    /// Writes JFIF's density (only files of grey or YCbCr are JFIF), EXIF, XMP, the ICC profile, IPTC and comments, each in the
    /// segments of its own specification.
    ///
    /// A comment that is too large for its segment is left out. In place of too large an EXIF block, its orientation, artist and
    /// copyright are written.
    ///
    /// - Throws: `limitExceeded` if the profile, without which the colours are wrong, does not fit; before anything is
    ///   written.
    private mutating func write(_ metadata: Metadata, isJFIF: Bool) throws(ImageError) {
        let chunk = Self.capacity - Self.iccSignature.count - 2
        if let icc = metadata.icc, icc.count > 255 * chunk {
            let reason = "the colour profile is larger than the file format can hold"
            throw ImageError(.limitExceeded, reason, format: .jpeg)
        }
        if isJFIF { try write(.app0, Self.jfif(metadata.density)) }
        if let exif = Self.fitting("Exif\0\0", metadata.exif) ?? Self.fitting("Exif\0\0", metadata.keeping(.safe).exif)
        {
            try write(.app1, exif)
        }
        try write(xmp: metadata.xmp, extended: metadata.extendedXMP)
        if let icc = metadata.icc, !icc.isEmpty { try write(profile: icc, chunk: chunk) }
        if let iptc = metadata.iptc { try write(resource: PhotoshopResources.resource(iptc: iptc)) }
        for comment in metadata.comments {
            if let comment = Self.fitting("", comment) { try write(.com, comment) }
        }
    }

    /// The parameters of a segment with this signature, or nil if they are too many.
    private static func fitting(_ signature: String, _ content: [UInt8]?) -> [UInt8]? {
        guard let content, signature.utf8.count + content.count <= capacity else { return nil }
        return Array(signature.utf8) + content
    }

    /// XMP part 3 §1.1.3: the packet in one segment. What is too large for that is written as extended XMP.
    private mutating func write(xmp packet: [UInt8]?, extended: [UInt8]?) throws(ImageError) {
        let signature = "http://ns.adobe.com/xap/1.0/\0"
        if let main = Self.fitting(signature, packet) {
            try write(.app1, main)
            if let extended { try write(extended: extended) }
        } else if let packet {
            try write(.app1, Array(signature.utf8) + ExtendedXMP.packet(naming: ExtendedXMP.digest(of: packet)))
            try write(extended: packet)
        }
    }

    private mutating func write(extended whole: [UInt8]) throws(ImageError) {
        let digest = ExtendedXMP.digest(of: whole)
        for segment in ExtendedXMP.segments(whole, digest: digest, capacity: Self.capacity) {
            try write(.app1, segment)
        }
    }

    /// A Photoshop resource, in as many segments as it needs.
    private mutating func write(resource: [UInt8]) throws(ImageError) {
        let signature = Array(PhotoshopResources.signature.utf8)
        let piece = Self.capacity - signature.count
        for start in stride(from: 0, to: resource.count, by: piece) {
            try write(.app13, signature + resource[start..<min(resource.count, start + piece)])
        }
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
