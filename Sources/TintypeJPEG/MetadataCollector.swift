import TintypeCore

/// Gathers what the APPn segments say: metadata, and how the colours are to be understood.
struct MetadataCollector {
    /// What was gathered so far.
    var metadata: Metadata {
        var metadata = collected
        metadata.extendedXMP = extendedXMP.whole(namedBy: metadata.xmp)
        metadata.iptc = PhotoshopResources.iptc(resources: resources[...]).map { Array($0) }
        return metadata
    }

    private var collected = Metadata()
    private var extendedXMP = ExtendedXMP()
    /// Photoshop's resources, which may go on from one segment into the next.
    private var resources: [UInt8] = []
    private(set) var sawJFIF = false
    /// The transform byte of Adobe's APP14 segment: 0 RGB or CMYK, 1 YCbCr, 2 YCCK.
    private(set) var adobeTransform: UInt8?
    private var profileChunks: [Int: [UInt8]] = [:]
    private var profileCount = 0
    private var left = 0
    private var blockLimit = 0

    init(limits: DecodeLimits = .default) {
        left = limits.metadata
        blockLimit = limits.metadataBlock
    }

    private static let exif = Array("Exif\0\0".utf8)
    private static let xmp = Array("http://ns.adobe.com/xap/1.0/\0".utf8)
    private static let profile = Array("ICC_PROFILE\0".utf8)

    mutating func read(_ marker: Marker, _ bytes: [UInt8]) throws(ImageError) {
        switch marker {
        case .app0 where bytes.count >= 14 && bytes.starts(with: "JFIF\0".utf8):
            readJFIF(bytes)
        case .app14 where bytes.count >= 12 && bytes.starts(with: "Adobe".utf8):
            adobeTransform = bytes[11]
        case .app1 where bytes.starts(with: Self.exif) && collected.exif == nil:
            collected.exif = try kept(bytes.dropFirst(Self.exif.count))
        case .app1 where bytes.starts(with: Self.xmp) && collected.xmp == nil:
            collected.xmp = try kept(bytes.dropFirst(Self.xmp.count))
        case .app2 where bytes.count > 14 && bytes.starts(with: Self.profile):
            try readProfileChunk(bytes)
        case .app1 where bytes.starts(with: ExtendedXMP.signature.utf8):
            if let segment = keptIfAllowed(bytes[...]) { extendedXMP.read(segment, allowance: blockLimit) }
        case .app13 where bytes.starts(with: PhotoshopResources.signature.utf8):
            let part = bytes.dropFirst(PhotoshopResources.signature.utf8.count)
            if resources.count + part.count <= blockLimit { resources += keptIfAllowed(part) ?? [] }
        case .com:
            if let comment = keptIfAllowed(bytes[...]) { collected.comments.append(comment) }
        default:
            break
        }
    }

    /// Comments and IPTC records beyond the limits are passed over: a picture can be shown and copied without them.
    private mutating func keptIfAllowed(_ bytes: ArraySlice<UInt8>) -> [UInt8]? {
        // An empty comment takes room too.
        let size = bytes.count + MemoryLayout<[UInt8]>.stride
        guard size <= min(left, blockLimit) else { return nil }
        left -= size
        return Array(bytes)
    }

    private mutating func kept(_ bytes: ArraySlice<UInt8>) throws(ImageError) -> [UInt8] {
        guard bytes.count <= min(left, blockLimit) else {
            throw ImageError(.limitExceeded, "the metadata are larger than allowed", format: .jpeg)
        }
        left -= bytes.count
        return Array(bytes)
    }

    /// JFIF 1.02: units and densities.
    private mutating func readJFIF(_ bytes: [UInt8]) {
        sawJFIF = true
        let (x, y) = (Int(bytes[8]) << 8 | Int(bytes[9]), Int(bytes[10]) << 8 | Int(bytes[11]))
        guard x > 0, y > 0 else { return }
        let units: [Metadata.Density.Unit] = [.aspect, .inch, .centimeter]
        guard let unit = units.indices.contains(Int(bytes[7])) ? units[Int(bytes[7])] : nil else { return }
        collected.density = Metadata.Density(x: Double(x), y: Double(y), unit: unit)
    }

    /// ICC.1 annex B.4: a profile in numbered chunks. It counts once all of them are there, in whatever order.
    private mutating func readProfileChunk(_ bytes: [UInt8]) throws(ImageError) {
        let (number, count) = (Int(bytes[12]), Int(bytes[13]))
        guard number >= 1, number <= count, profileCount == 0 || profileCount == count, profileChunks[number] == nil
        else {
            return
        }
        profileCount = count
        profileChunks[number] = try kept(bytes.dropFirst(14))
        guard profileChunks.count == count else { return }
        var profile: [UInt8] = []
        for number in 1...count { profile += profileChunks[number] ?? [] }
        guard profile.count <= blockLimit else {
            throw ImageError(.limitExceeded, "the colour profile is larger than allowed", format: .jpeg)
        }
        collected.icc = profile
    }

    /// What the components stand for, by the rules of JFIF and of Adobe's marker as libjpeg applies them.
    func colorModel(of ids: [UInt8]) -> ImageInfo.JPEG.ColorModel {
        switch ids.count {
        case 1:
            return .gray
        case 3:
            if sawJFIF { return .ycbcr }
            if let adobeTransform { return adobeTransform == 0 ? .rgb : .ycbcr }
            return ids == Array("RGB".utf8) ? .rgb : .ycbcr
        case 4:
            guard let adobeTransform else { return .cmyk }
            return adobeTransform == 0 ? .cmyk : .ycck
        default:
            return .unknown
        }
    }
}
