/// What a file carries beside its pixels.
public struct Metadata: Sendable, Hashable {
    /// The TIFF structure of EXIF, from its byte-order mark on (without JPEG's `Exif\0\0`).
    public var exif: [UInt8]?
    /// The ICC profile, whole.
    public var icc: [UInt8]?
    /// The XMP packet (UTF-8 XML).
    public var xmp: [UInt8]?
    public var density: Density?

    public init(
        exif: [UInt8]? = nil, icc: [UInt8]? = nil, xmp: [UInt8]? = nil, density: Density? = nil
    ) {
        self.exif = exif
        self.icc = icc
        self.xmp = xmp
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

    /// Sets EXIF's orientation to 1, for a picture whose pixels were turned.
    public mutating func resetOrientation() {
        guard orientation != .up, let bytes = exif, let block = EXIF(bytes) else { return }
        exif = block.settingOrientation(.up)
    }

    /// The description inside the ICC profile (ICC.1 §9.2.41 profileDescriptionTag), if it can be read.
    public var iccName: String? { icc.flatMap { ICCProfile.name($0) } }

    /// How much of the metadata a copy keeps.
    public enum Keep: String, Sendable, Hashable, CaseIterable {
        case none
        /// The colour profile, the density, the orientation and the copyright; not location, serial numbers or embedded previews.
        case safe
        case all
    }

    /// The part of the metadata that a copy under this rule carries.
    public func keeping(_ keep: Keep) -> Metadata {
        switch keep {
        case .none:
            return Metadata()
        case .all:
            return self
        case .safe:
            let block = exif.flatMap { EXIF($0) }
            let orientation = orientation == .up ? nil : orientation
            return Metadata(
                exif: EXIF.block(orientation: orientation, copyright: block?.copyright), icc: icc, density: density)
        }
    }
}
