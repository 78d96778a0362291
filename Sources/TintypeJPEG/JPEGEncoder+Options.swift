import TintypeCore

extension JPEGEncoder {
    /// How the chroma of an RGB picture is downsampled, in the J:a:b notation.
    public enum Subsampling: String, Sendable, Hashable, CaseIterable {
        /// Not at all.
        case s444 = "444"
        /// Halved down.
        case s440 = "440"
        /// Halved across.
        case s422 = "422"
        /// Halved across and down.
        case s420 = "420"
        /// Quartered across.
        case s411 = "411"

        /// Luma blocks across and down in an MCU.
        var lumaBlocks: (across: Int, down: Int) {
            switch self {
            case .s444: (1, 1)
            case .s440: (1, 2)
            case .s422: (2, 1)
            case .s420: (2, 2)
            case .s411: (4, 1)
            }
        }
    }

    /// How a file is to be encoded.
    public struct Options: Sendable, Hashable {
        /// 1 to 100, on the scale of the Independent JPEG Group. Nil stands for 85, or with a maximum of bytes for the best
        /// that fits.
        public var quality: Int?
        /// Of no effect on grey and CMYK pictures.
        public var subsampling: Subsampling
        /// Whether the file shows the whole picture early, ever finer as it arrives. It is a few per cent smaller too,
        /// and takes more time to write and to read.
        public var progressive: Bool
        /// Whether the Huffman tables are made for the picture, which saves some per cent and holds the coefficients in
        /// memory. A progressive file's always are.
        public var optimizeHuffman: Bool
        /// Whether codes are arithmetic (T.81 Annex D) instead of Huffman's, which saves some 5 to 10 per cent. Coding takes
        /// more time, and many programs do not read such files; those that rest on libjpeg-turbo do.
        public var arithmetic: Bool
        /// MCUs between restart markers: 0 for none, at most 65,535.
        public var restartInterval: Int
        /// The most bytes that the file may have, metadata and all. The quality is then the best that is tried, 100 if it
        /// is nil, and where it takes too many bytes, the file is made to come near the maximum. The tables are optimised.
        public var maximumBytes: Int?

        public init(
            quality: Int? = nil, subsampling: Subsampling = .s420, progressive: Bool = false,
            optimizeHuffman: Bool = true, arithmetic: Bool = false, restartInterval: Int = 0, maximumBytes: Int? = nil
        ) {
            self.quality = quality
            self.subsampling = subsampling
            self.progressive = progressive
            self.optimizeHuffman = optimizeHuffman
            self.arithmetic = arithmetic
            self.restartInterval = restartInterval
            self.maximumBytes = maximumBytes
        }

        /// Whether the file can be written while rows come.
        var isStreaming: Bool { !progressive && (arithmetic || !optimizeHuffman) && maximumBytes == nil }

        /// The quality of the file, or the best that is tried.
        var finest: FineQuality { FineQuality(quality ?? (maximumBytes == nil ? 85 : 100)) }

        /// Throws `misuse` for a number out of its range.
        func check() throws(ImageError) {
            if let quality, !(1...100).contains(quality) {
                throw ImageError(.misuse, "quality \(quality) is not one of 1 to 100", format: .jpeg)
            }
            guard (0...65_535).contains(restartInterval) else {
                throw ImageError(
                    .misuse, "restart interval \(restartInterval) is not one of 0 to 65535", format: .jpeg)
            }
            if let maximumBytes, maximumBytes < 1 {
                throw ImageError(.misuse, "a file cannot have at most \(maximumBytes) bytes", format: .jpeg)
            }
        }
    }
}
