public import TintypeCore

/// Turns, mirrors and cuts a JPEG file without decoding it to pixels: its blocks are moved, and no quality is lost.
///
/// Blocks can begin only at the left and upper edge of a picture. So where an axis is mirrored, the columns or rows that
/// do not fill a whole MCU (8 or 16 pixels, as the subsampling has it) at its far edge are dropped, as `jpegtran -trim`
/// does; and a crop begins at the border of an MCU, at or before the place that was asked for.
public struct JPEGTransform: Sendable, Hashable {
    /// A part of the turned picture, in pixels.
    public struct Crop: Sendable, Hashable {
        public var x: Int
        public var y: Int
        public var width: Int
        public var height: Int

        public init(x: Int, y: Int, width: Int, height: Int) {
            (self.x, self.y, self.width, self.height) = (x, y, width, height)
        }
    }

    /// How the picture is turned and mirrored. A copy that was turned has the EXIF orientation 1.
    public var orientation: Orientation
    /// Whether it is turned as EXIF says first. Otherwise `orientation` counts from the picture as it is stored.
    public var orients: Bool
    /// Nil for all of it.
    public var crop: Crop?
    /// Whether pixels may be dropped. Otherwise a picture that cannot be turned whole is refused.
    public var trims: Bool
    /// Whether the copy is progressive; nil for as the file is.
    public var progressive: Bool?
    /// Whether the copy has arithmetic codes, whichever the file has; otherwise Huffman's, as `jpegtran` writes.
    public var arithmetic: Bool
    /// How much of the metadata goes along.
    public var metadata: Metadata.Keep

    public init(
        _ orientation: Orientation = .up, orients: Bool = false, crop: Crop? = nil, trims: Bool = true,
        progressive: Bool? = nil, arithmetic: Bool = false, metadata: Metadata.Keep = .all
    ) {
        self.orientation = orientation
        self.orients = orients
        self.crop = crop
        self.trims = trims
        self.progressive = progressive
        self.arithmetic = arithmetic
        self.metadata = metadata
    }

    /// What was made.
    public struct Outcome: Sendable, Hashable {
        public var size: Size
        /// Columns and rows that were dropped because they do not fill an MCU.
        public var dropped: Size
        /// What a tolerant decode passed over.
        public var warnings: [DecodeWarning]
    }

    /// Writes the transformed copy of a file.
    ///
    /// All coefficients are held: two bytes each, counted against `DecodeLimits.memory`, and once more without zeros.
    ///
    /// - Throws: `misuse` for a crop that does not lie within the picture, or where pixels would be dropped and may not;
    ///   `unsupported` where nothing would be left, or for sampling that one scan cannot hold; what the decoder finds
    ///   wrong; whatever the sink throws.
    public func apply(
        to source: any ByteSource, writingTo sink: any ByteSink, options: DecodeOptions = DecodeOptions()
    ) throws(ImageError) -> Outcome {
        var decoder = try JPEGDecoder(source, options: options, holdingCoefficients: true)
        var picture = try decoder.readCoefficients()
        if picture.limitCoefficients(), options.strict {
            throw ImageError(.malformed, "a coefficient is larger than any of 8 bits", format: .jpeg)
        }
        let turn = orients ? decoder.info.orientation.followed(by: orientation) : orientation
        let geometry = try TransformGeometry(turn, crop: crop, trims: trims, picture.frame)
        let turning = BlockTurning(turn)
        let frame = try encodedFrame(picture, geometry, turning)
        var bands = BlockStore(limit: options.limits.memory)
        var packer = BandPacker(frame.layout)
        var blocks = [Int16](repeating: 0, count: 64 * frame.layout.blocksPerRow)
        for mcuRow in 0..<frame.layout.mcusDown {
            Self.turn(mcuRow, of: picture, geometry, turning, frame.layout, into: &blocks)
            packer.pack(blocks, mcuRow: mcuRow)
            try bands.append(packer.copy)
        }
        var kept = decoder.metadata
        if orients || turn != .up { kept.resetOrientation() }
        var segments = SegmentWriter(sink)
        try segments.write(headerOf: frame, kept.keeping(metadata, size: geometry.size))
        try frame.writeScans(bands.bands, to: &segments)
        return Outcome(size: geometry.size, dropped: geometry.dropped, warnings: decoder.warnings)
    }

    private func encodedFrame(
        _ picture: CoefficientPicture, _ geometry: TransformGeometry, _ turning: BlockTurning
    ) throws(ImageError) -> EncodedFrame {
        var tables: [[UInt16]] = []
        var samplings: [EncoderLayout.Sampling] = []
        let hasChroma = picture.model == .ycbcr || picture.model == .ycck
        for (index, component) in picture.frame.components.enumerated() {
            let steps = turning.turn(steps: picture.quantization[index])
            if !tables.contains(steps) { tables.append(steps) }
            let factors = geometry.factors(of: component)
            samplings.append(
                EncoderLayout.Sampling(
                    id: component.id, across: factors.width, down: factors.height,
                    quantization: tables.firstIndex(of: steps) ?? 0,
                    tables: hasChroma && (index == 1 || index == 2) ? 1 : 0))
        }
        guard samplings.reduce(0, { $0 + $1.across * $1.down }) <= 10 else {
            throw ImageError(.unsupported, "an MCU of more than ten blocks is not supported", format: .jpeg)
        }
        return EncodedFrame(
            layout: EncoderLayout(size: geometry.size, samplings), quantization: tables,
            signature: picture.signature, isProgressive: progressive ?? picture.frame.isProgressive,
            isArithmetic: arithmetic, restartInterval: 0)
    }

    /// The blocks of a row of MCUs of the copy.
    private static func turn(
        _ mcuRow: Int, of picture: CoefficientPicture, _ geometry: TransformGeometry, _ turning: BlockTurning,
        _ layout: EncoderLayout, into blocks: inout [Int16]
    ) {
        for (index, component) in layout.components.enumerated() {
            let stored = picture.frame.components[index].paddedBlocks.width
            let factors = component.sampling
            for row in 0..<min(component.down, component.blocksDown - mcuRow * component.down) {
                let y = (geometry.firstMCU.height + mcuRow) * factors.down + row
                let source = turning.row(
                    y, from: geometry.firstMCU.width * factors.across, count: component.blocksAcross,
                    grid: Size(geometry.wholeMCUs.width * factors.across, geometry.wholeMCUs.height * factors.down),
                    stored: stored, start: picture.starts[index])
                let first = component.firstBlock + row * layout.mcusAcross * component.across
                turning.turn(source, of: picture.coefficients, into: &blocks, at: first)
            }
        }
    }
}
