import TintypeCore

/// A frame header (T.81 §B.2.2) and what follows from it.
struct FrameHeader {
    struct Component {
        let id: UInt8
        /// Sampling factors, 1 to 4.
        let horizontal: Int
        let vertical: Int
        /// The quantisation table's slot; one above 3 is an error only to a scan that needs it.
        let table: Int
        /// Size in samples (T.81 §A.1.1).
        var size = Size(0, 0)
        /// Blocks that hold samples of the picture, and blocks when whole MCUs are counted.
        var blocks = Size(0, 0)
        var paddedBlocks = Size(0, 0)
    }

    let marker: Marker
    let precision: Int
    let size: Size
    private(set) var components: [Component]
    let maxHorizontal: Int
    let maxVertical: Int
    /// MCUs of an interleaved scan.
    let mcus: Size

    /// Reads the parameters of an SOF segment.
    ///
    /// - Parameter height: used where the header says 0 and leaves it to a DNL segment.
    init(marker: Marker, parameters: [UInt8], height dnlHeight: Int? = nil, at offset: Int) throws(ImageError) {
        func malformed(_ reason: String) -> ImageError {
            ImageError(.malformed, reason, at: offset, format: .jpeg)
        }
        guard parameters.count >= 6 else { throw malformed("the frame header is too short") }
        self.marker = marker
        precision = Int(parameters[0])
        let height = Int(parameters[1]) << 8 | Int(parameters[2])
        size = Size(Int(parameters[3]) << 8 | Int(parameters[4]), height == 0 ? dnlHeight ?? 0 : height)
        let count = Int(parameters[5])
        guard count > 0, parameters.count == 6 + 3 * count else {
            throw malformed("the frame header's length is wrong")
        }
        var components: [Component] = []
        for index in 0..<count {
            let at = 6 + 3 * index
            var (h, v) = (Int(parameters[at + 1] >> 4), Int(parameters[at + 1] & 15))
            guard (1...4).contains(h), (1...4).contains(v) else { throw malformed("a sampling factor is not 1 to 4") }
            // A single component is never interleaved, whatever its factors say (T.81 §A.2.2).
            if count == 1 { (h, v) = (1, 1) }
            components.append(
                Component(id: parameters[at], horizontal: h, vertical: v, table: Int(parameters[at + 2])))
        }
        let maxH = components.reduce(1) { max($0, $1.horizontal) }
        let maxV = components.reduce(1) { max($0, $1.vertical) }
        let mcus = Size(Self.divide(size.width, 8 * maxH), Self.divide(size.height, 8 * maxV))
        for index in components.indices {
            let (h, v) = (components[index].horizontal, components[index].vertical)
            let own = Size(Self.divide(size.width * h, maxH), Self.divide(size.height * v, maxV))
            components[index].size = own
            components[index].blocks = Size(Self.divide(own.width, 8), Self.divide(own.height, 8))
            components[index].paddedBlocks = Size(mcus.width * h, mcus.height * v)
        }
        self.components = components
        self.mcus = mcus
        maxHorizontal = maxH
        maxVertical = maxV
    }

    /// `a / b`, rounded up.
    private static func divide(_ a: Int, _ b: Int) -> Int { (a + b - 1) / b }

    var process: ImageInfo.JPEG.Process {
        switch marker.code {
        case 0xC0: .baseline
        case 0xC1: .extended
        case 0xC2: .progressive
        case 0xC3: .lossless
        case 0xC9: .arithmetic
        case 0xCA: .progressiveArithmetic
        case 0xCB: .losslessArithmetic
        default: .hierarchical
        }
    }

    var isProgressive: Bool { process == .progressive || process == .progressiveArithmetic }
    var isArithmetic: Bool { process == .arithmetic || process == .progressiveArithmetic }

    /// Throws `unsupported`, by name, where the pixels of this frame cannot be decoded.
    func checkSupport(at offset: Int) throws(ImageError) {
        func unsupported(_ what: String) -> ImageError {
            ImageError(.unsupported, "\(what) is not supported", at: offset, format: .jpeg)
        }
        guard [.baseline, .extended].contains(process) || isProgressive || isArithmetic else {
            throw unsupported("\(process.rawValue) coding")
        }
        guard precision == 8 else { throw unsupported("a precision of \(precision) bits") }
        guard [1, 3, 4].contains(components.count) else {
            throw unsupported("a picture of \(components.count) components")
        }
        for component in components
        where maxHorizontal % component.horizontal != 0 || maxVertical % component.vertical != 0 {
            throw unsupported("sampling \(subsampling)")
        }
    }

    /// As J:a:b where it can be said so.
    var subsampling: String {
        let factors = components.map { "\($0.horizontal)x\($0.vertical)" }
        guard components.count >= 3, factors[1] == factors[2], components.count == 3 || factors[3] == factors[0] else {
            return components.count == 1 ? "none" : factors.joined(separator: ",")
        }
        let (luma, chroma) = (components[0], components[1])
        guard luma.horizontal == maxHorizontal, luma.vertical == maxVertical else {
            return factors.joined(separator: ",")
        }
        switch (maxHorizontal * 10 / chroma.horizontal, maxVertical * 10 / chroma.vertical) {
        case (10, 10): return "4:4:4"
        case (20, 10): return "4:2:2"
        case (20, 20): return "4:2:0"
        case (10, 20): return "4:4:0"
        case (40, 10): return "4:1:1"
        case (40, 20): return "4:1:0"
        case (10, 40): return "4:4:1"
        default: return factors.joined(separator: ",")
        }
    }
}
