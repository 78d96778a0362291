import TintypeCore
import TintypeKernels

/// Where the quantised coefficients of each component lie in one array: block rows from the top, blocks from the left, in whole MCUs.
struct CoefficientLayout {
    struct Plane {
        /// Samples that a block gives in each direction: 8, 4, 2 or 1.
        let blockSize: Int
        let order: BlockOrder
        /// Index of the first coefficient, and of the first block among those that hold more than one.
        let start: Int
        let firstBlock: Int
    }

    /// Whether all of the picture is held, or one row of MCUs.
    let holdsAll: Bool
    /// Whether all blocks become one sample, also those of subsampled components.
    let isCoarse: Bool
    let planes: [Plane]
    /// Coefficients in all, and blocks that hold more than one.
    let count: Int
    let blocks: Int

    /// - Parameters:
    ///   - reduction: 1, 2, 4 or 8: what each side is divided by.
    ///   - later: what each side will be divided by after that. From 2 on only the coefficients in the corner of a block's own size are held; from 3.5 on all blocks become one sample at 1/8.
    init(_ frame: FrameHeader, holdsAll: Bool, reduction: Int = 1, later: Double = 1) {
        self.holdsAll = holdsAll
        isCoarse = reduction == 8 && later >= 3.5
        var planes: [Plane] = []
        var (count, blocks) = (0, 0)
        for component in frame.components {
            let smallest = 8 / reduction
            let size = isCoarse ? 1 : Self.blockSize(component, frame, smallest)
            let order = Self.order(frame, holdsAll: holdsAll, blockSize: size, corners: later >= 2)
            planes.append(Plane(blockSize: size, order: order, start: count, firstBlock: blocks))
            let own = component.paddedBlocks.width * (holdsAll ? component.paddedBlocks.height : component.vertical)
            if order != .onlyDC { blocks += own }
            count += own * order.spacing
        }
        self.planes = planes
        self.count = count
        self.blocks = blocks
    }

    /// Samples that a block of this component is to give: a subsampled component is reduced less than the others, as far as that saves
    /// upsampling in both directions.
    private static func blockSize(_ component: FrameHeader.Component, _ frame: FrameHeader, _ smallest: Int) -> Int {
        var size = smallest
        while size < 8, frame.maxHorizontal * smallest % (component.horizontal * size * 2) == 0,
            frame.maxVertical * smallest % (component.vertical * size * 2) == 0
        {
            size *= 2
        }
        return size
    }

    private static func order(
        _ frame: FrameHeader, holdsAll: Bool, blockSize: Int, corners: Bool
    ) -> BlockOrder {
        switch blockSize {
        // A sequential scan mixes DC and AC coefficients; only Huffman-coded ones can be passed over.
        case 1 where frame.isProgressive || !frame.isArithmetic: .onlyDC
        case 2 where corners: .corner2x2
        case 4 where corners: .corner4x4
        case 2 where frame.isProgressive && holdsAll: .for2x2
        case 4 where frame.isProgressive && holdsAll: .for4x4
        default: .natural
        }
    }
}

/// A picture's quantised coefficients, or those of one row of MCUs.
struct CoefficientStore {
    let layout: CoefficientLayout
    var values: [Int16] = []
    /// In progressive pictures a bit for each AC coefficient of each block that is not zero, by zigzag index, also for those that are not held: refining
    /// scans depend on them (T.81 §G.1.2.3).
    var masks: [UInt64] = []

    init(_ layout: CoefficientLayout) {
        self.layout = layout
    }

    /// Makes room, all zero.
    mutating func allocate(isProgressive: Bool, _ budget: inout MemoryBudget) throws(ImageError) {
        try budget.charge(layout.count, stride: 2, for: "the coefficients", format: .jpeg)
        values = zeros(layout.count)
        guard isProgressive else { return }
        try budget.charge(layout.blocks, stride: 8, for: "the coefficients", format: .jpeg)
        masks = zeros(layout.blocks)
    }

    mutating func clear() {
        for i in values.indices { values[i] = 0 }
    }
}
