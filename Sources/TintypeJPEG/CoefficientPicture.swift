import TintypeCore

/// A file's picture as it is stored: quantised coefficients.
struct CoefficientPicture {
    let frame: FrameHeader
    let model: ImageInfo.JPEG.ColorModel
    /// The transform byte of Adobe's marker, in a file that has one.
    let adobeTransform: UInt8?
    /// For each component the index of its first coefficient. Then come its rows of blocks in whole MCUs, 64
    /// coefficients a block, row by row of the block.
    let starts: [Int]
    private(set) var coefficients: [Int16]
    /// For each component its steps, row by row of the block.
    let quantization: [[Int16]]

    init(
        frame: FrameHeader, model: ImageInfo.JPEG.ColorModel, adobeTransform: UInt8?, starts: [Int],
        coefficients: [Int16], quantization: [[Int16]]
    ) {
        self.frame = frame
        self.model = model
        self.adobeTransform = adobeTransform
        self.starts = starts
        self.coefficients = coefficients
        self.quantization = quantization
    }

    /// Brings coefficients that only damaged data hold into the range that 8-bit pictures have (T.81 tables F.1 and
    /// F.2).
    ///
    /// - Returns: whether there were any.
    mutating func limitCoefficients() -> Bool {
        Self.limit(&coefficients)
    }

    private static func limit(_ coefficients: inout [Int16]) -> Bool {
        var values = coefficients.mutableSpan
        var changed: Int16 = 0
        for i in values.indices {
            // Black is a DC coefficient of −1,024 where the step is 1.
            let least: Int16 = i & 63 == 0 ? -1_024 : -1_023
            let limited = min(max(values[i], least), 1_023)
            changed |= limited ^ values[i]
            values[i] = limited
        }
        return changed != 0
    }

    /// What is to tell the reader of a copy what the components mean.
    var signature: EncodedFrame.Signature {
        switch model {
        case .gray, .ycbcr: .jfif
        case .rgb: .adobe(0)
        case .cmyk: adobeTransform.map { .adobe($0) } ?? .none
        case .ycck: .adobe(2)
        case .unknown: .none
        }
    }
}
