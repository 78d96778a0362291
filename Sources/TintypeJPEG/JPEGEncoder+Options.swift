import TintypeCore

extension JPEGEncoder {
    /// How the chroma of a colour picture is downsampled, in the J:a:b notation.
    public enum Subsampling: String, Sendable, Hashable, CaseIterable {
        /// Not at all.
        case s444 = "444"
        /// Halved across.
        case s422 = "422"
        /// Halved across and down.
        case s420 = "420"

        /// Luma blocks across and down in an MCU.
        var lumaBlocks: (across: Int, down: Int) {
            switch self {
            case .s444: (1, 1)
            case .s422: (2, 1)
            case .s420: (2, 2)
            }
        }
    }

    /// How a file is to be encoded.
    public struct Options: Sendable, Hashable {
        /// 1 to 100, on the scale of the Independent JPEG Group.
        public var quality: Int
        /// Of no effect on grey pictures.
        public var subsampling: Subsampling
        /// Whether the Huffman tables are made for the picture, which saves some per cent and holds the coefficients in
        /// memory.
        public var optimizeHuffman: Bool
        /// MCUs between restart markers: 0 for none, at most 65,535.
        public var restartInterval: Int

        public init(
            quality: Int = 85, subsampling: Subsampling = .s420, optimizeHuffman: Bool = true, restartInterval: Int = 0
        ) {
            self.quality = quality
            self.subsampling = subsampling
            self.optimizeHuffman = optimizeHuffman
            self.restartInterval = restartInterval
        }

        /// Throws `misuse` for a number out of its range.
        func check() throws(ImageError) {
            guard (1...100).contains(quality) else {
                throw ImageError(.misuse, "quality \(quality) is not one of 1 to 100", format: .jpeg)
            }
            guard (0...65_535).contains(restartInterval) else {
                throw ImageError(
                    .misuse, "restart interval \(restartInterval) is not one of 0 to 65535", format: .jpeg)
            }
        }
    }
}
