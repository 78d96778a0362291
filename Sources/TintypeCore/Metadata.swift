/// What a file carries beside its pixels.
public struct Metadata: Sendable, Hashable {
    /// The TIFF structure of EXIF, from its byte-order mark on (without JPEG's `Exif\0\0`).
    public var exif: [UInt8]?
    /// The ICC profile, whole.
    public var icc: [UInt8]?
    /// Whether the file says that its colours are sRGB. Files that say nothing are shown so too.
    public var isSRGB = false
    /// The XMP packet (UTF-8 XML).
    public var xmp: [UInt8]?
    /// The rest of the XMP properties, as XML of its own, where a JPEG file has them apart because one segment does not hold them
    /// all (XMP part 3 §1.1.3.1).
    public var extendedXMP: [UInt8]?
    /// The records of IPTC-NAA (IIM 4.2), without Photoshop's resource around them.
    public var iptc: [UInt8]?
    /// JPEG's comments, in their order; nobody says in which encoding.
    public var comments: [[UInt8]] = []
    public var density: Density?
    /// What PNG alone has a place for.
    public var png = PNG()

    public init(
        exif: [UInt8]? = nil, icc: [UInt8]? = nil, xmp: [UInt8]? = nil, iptc: [UInt8]? = nil, comments: [[UInt8]] = [],
        density: Density? = nil
    ) {
        self.exif = exif
        self.icc = icc
        self.xmp = xmp
        self.iptc = iptc
        self.comments = comments
        self.density = density
    }

    /// Pixels a unit of length.
    public struct Density: Sendable, Hashable {
        public enum Unit: Sendable, Hashable {
            /// No unit: the two numbers say only a pixel's aspect ratio.
            case aspect
            case inch, centimeter
        }
        public var x: Double
        public var y: Double
        public var unit: Unit

        public init(x: Double, y: Double, unit: Unit) {
            self.x = x
            self.y = y
            self.unit = unit
        }
    }

    /// The EXIF orientation; `.up` where there is none or it is not one of 1 to 8.
    public var orientation: Orientation {
        exif.flatMap { EXIF($0) }.flatMap { $0.orientation } ?? .up
    }

    /// What the EXIF block says of how the picture was taken; nil where there is none to be read.
    public var exifFacts: EXIFFacts? { exif.flatMap { EXIF($0) }?.facts }

    /// Sets the orientation in EXIF and XMP to 1, for a picture whose pixels were turned.
    public mutating func resetOrientation() {
        guard orientation != .up else { return }
        changeEXIF { $0.setOrientation(.up) }
        // An extension may not change by itself: the main packet has its digest.
        if let main = xmp, let apart = extendedXMP, XMP.resettingOrientation(apart) != apart,
            let whole = XMP.merging(main, apart)
        {
            (xmp, extendedXMP) = (whole, nil)
        }
        xmp = xmp.map { XMP.resettingOrientation($0) }
    }

    /// Says that the colours are sRGB, and nothing else any more, for a picture whose pixels were converted.
    public mutating func markSRGB() {
        icc = nil
        isSRGB = true
        png.removeColorDescription()
        changeEXIF { $0.setSRGB() }
    }

    private mutating func changeEXIF(_ change: (inout EXIF) -> Void) {
        guard var block = exif.flatMap({ EXIF($0) }) else { return }
        change(&block)
        exif = block.bytes
    }

    /// The description inside the ICC profile (ICC.1 §9.2.41 profileDescriptionTag), if it can be read.
    public var iccName: String? { icc.flatMap { ICCProfile($0)?.name } }

    /// How much of the metadata a copy keeps.
    public enum Keep: String, Sendable, Hashable, CaseIterable {
        case none
        /// What says how the colours are meant, the density, the orientation, the artist and the copyright; not location,
        /// serial numbers or embedded previews.
        case safe
        /// Everything but EXIF's embedded thumbnail, which shows the picture as it was.
        case all
    }

    /// The part of the metadata that a copy under this rule carries.
    ///
    /// - Parameter size: the copy's, as stored, which EXIF is to state.
    public func keeping(_ keep: Keep, size: Size? = nil) -> Metadata {
        switch keep {
        case .none:
            return Metadata()
        case .all:
            var kept = self
            kept.changeEXIF { block in
                block.removeThumbnail()
                if let size { block.setSize(size) }
            }
            return kept
        case .safe:
            let block = exif.flatMap { EXIF($0) }
            let orientation = orientation == .up ? nil : orientation
            var kept = Metadata(icc: icc, density: density)
            kept.exif = EXIF.block(orientation: orientation, artist: block?.artist, copyright: block?.copyright)
            kept.isSRGB = isSRGB
            kept.png = png.safe(hasProfile: icc != nil)
            return kept
        }
    }
}
