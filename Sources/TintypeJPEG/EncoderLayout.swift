import TintypeCore

/// How an encoder cuts a picture into components, blocks and MCUs (T.81 §A.1 and §A.2).
struct EncoderLayout {
    /// What a frame header says of a component, and which tables its scans use.
    struct Sampling {
        var id: UInt8
        /// Sampling factors, 1 to 4.
        var across = 1
        var down = 1
        /// The destination of its quantisation table.
        var quantization = 0
        /// The destination of its Huffman tables, 0 or 1.
        var tables = 0
    }

    struct Component {
        let sampling: Sampling
        /// Blocks that hold pixels; the MCUs at the right and lower edge may reach beyond.
        let blocksAcross: Int
        let blocksDown: Int
        /// Where the component's blocks of one row of MCUs begin, in a buffer of all components' blocks.
        let firstBlock: Int
        /// The number of its first row of blocks among those of a row of MCUs.
        let firstRow: Int

        /// Blocks across and down in an MCU.
        var across: Int { sampling.across }
        var down: Int { sampling.down }
        /// Samples in a row of its plane: those of the blocks that hold pixels.
        var stride: Int { 8 * blocksAcross }
    }

    let size: Size
    let components: [Component]
    let mcusAcross: Int
    let mcusDown: Int
    /// Blocks in a row of MCUs, those beyond the edge included.
    let blocksPerRow: Int
    /// Pixel rows in a row of MCUs: 8 for each of the largest factor.
    let rowsPerMCU: Int

    /// - Parameter samplings: 1 to 4, with no more than ten blocks in an MCU.
    init(size: Size, _ samplings: [Sampling]) {
        let maxAcross = samplings.reduce(1) { max($0, $1.across) }
        let maxDown = samplings.reduce(1) { max($0, $1.down) }
        self.size = size
        mcusAcross = Self.ceiling(size.width, 8 * maxAcross)
        mcusDown = Self.ceiling(size.height, 8 * maxDown)
        rowsPerMCU = 8 * maxDown
        var components: [Component] = []
        var (blocks, rows) = (0, 0)
        for sampling in samplings {
            let samples = Size(
                Self.ceiling(size.width * sampling.across, maxAcross),
                Self.ceiling(size.height * sampling.down, maxDown))
            components.append(
                Component(
                    sampling: sampling, blocksAcross: Self.ceiling(samples.width, 8),
                    blocksDown: Self.ceiling(samples.height, 8), firstBlock: blocks, firstRow: rows))
            blocks += mcusAcross * sampling.across * sampling.down
            rows += sampling.down
        }
        self.components = components
        blocksPerRow = blocks
    }

    /// The layout of a picture of this format, which is one of `JPEGEncoder`'s.
    init(size: Size, pixelFormat: PixelFormat, subsampling: JPEGEncoder.Subsampling) {
        switch pixelFormat.channels {
        case 1:
            self.init(size: size, [Sampling(id: 1)])
        case 4:
            self.init(size: size, "CMYK".utf8.map { Sampling(id: $0) })
        default:
            let (across, down) = subsampling.lumaBlocks
            let chroma = (2...3).map { Sampling(id: $0, quantization: 1, tables: 1) }
            self.init(size: size, [Sampling(id: 1, across: across, down: down)] + chroma)
        }
    }

    /// Blocks in one MCU: 1 to 10.
    var blocksPerMCU: Int { blocksPerRow / mcusAcross }

    /// For each block of an MCU in its order in the stream, where it lies in the buffer of a row of MCUs.
    var blockOrder: [EncodedBlockPlace] {
        var order: [EncodedBlockPlace] = []
        for (index, component) in components.enumerated() {
            for y in 0..<component.down {
                for x in 0..<component.across {
                    order.append(
                        EncodedBlockPlace(
                            component: index, first: component.firstBlock + y * mcusAcross * component.across + x,
                            step: component.across, row: component.firstRow + y, tables: component.sampling.tables))
                }
            }
        }
        return order
    }

    private static func ceiling(_ value: Int, _ divisor: Int) -> Int { (value + divisor - 1) / divisor }
}

/// One of the blocks of every MCU.
struct EncodedBlockPlace {
    var component: Int
    /// Its number in the first MCU of a row, in the buffer of a row of MCUs.
    var first: Int
    /// What to add for each further MCU.
    var step: Int
    /// Its row of blocks among those of a row of MCUs.
    var row: Int
    /// The destination of its Huffman tables, 0 or 1.
    var tables: Int
}
