import TintypeCore

/// How the encoder cuts a picture into components, blocks and MCUs (T.81 §A.1 and §A.2).
struct EncoderLayout {
    struct Component {
        /// Blocks across and down in an MCU.
        var across: Int
        var down: Int
        /// Blocks that hold pixels; the MCUs at the right and lower edge may reach beyond.
        var blocksAcross: Int
        var blocksDown: Int
        /// Where the component's blocks of one row of MCUs begin, in a buffer of all components' blocks.
        var firstBlock: Int
        /// 0 for luminance, 1 for chrominance: the destination of its tables.
        var tables: Int

        /// Samples in a row of its plane: those of the blocks that hold pixels.
        var stride: Int { 8 * blocksAcross }
    }

    let components: [Component]
    let mcusAcross: Int
    let mcusDown: Int
    /// Blocks in a row of MCUs, those beyond the edge included.
    let blocksPerRow: Int
    /// Pixel rows in a row of MCUs: 8 or 16.
    let rowsPerMCU: Int

    /// - Parameter subsampling: nil for a grey picture, which has one component.
    init(size: Size, subsampling: JPEGEncoder.Subsampling?) {
        let (across, down) = subsampling?.lumaBlocks ?? (1, 1)
        mcusAcross = Self.ceiling(size.width, 8 * across)
        mcusDown = Self.ceiling(size.height, 8 * down)
        rowsPerMCU = 8 * down
        var components = [
            Component(
                across: across, down: down, blocksAcross: Self.ceiling(size.width, 8),
                blocksDown: Self.ceiling(size.height, 8), firstBlock: 0, tables: 0)
        ]
        var blocks = mcusAcross * across * down
        if subsampling != nil {
            for _ in 0..<2 {
                components.append(
                    Component(
                        across: 1, down: 1, blocksAcross: mcusAcross, blocksDown: mcusDown, firstBlock: blocks,
                        tables: 1))
                blocks += mcusAcross
            }
        }
        self.components = components
        blocksPerRow = blocks
    }

    /// Blocks in one MCU: 1 to 6.
    var blocksPerMCU: Int { blocksPerRow / mcusAcross }

    /// For each block of an MCU in its order in the stream: its component, the number of its first block in the buffer
    /// of a row of MCUs, and how far the same block of the next MCU is.
    var blockOrder: [EncodedBlockPlace] {
        var order: [EncodedBlockPlace] = []
        for (index, component) in components.enumerated() {
            for y in 0..<component.down {
                for x in 0..<component.across {
                    let first = component.firstBlock + y * mcusAcross * component.across + x
                    order.append(
                        EncodedBlockPlace(
                            component: index, first: first, step: component.across, tables: component.tables))
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
    /// The destination of its Huffman tables, 0 or 1.
    var tables: Int
}
