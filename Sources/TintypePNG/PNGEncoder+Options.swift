internal import TintypeCore

extension PNGEncoder {
    /// How a PNG is written. The pixels are the same whatever is chosen.
    public struct Options: Sendable, Hashable {
        /// How hard to compress: 0 (one filter, fast deflate) to 9 (many ways of filtering and deflating tried for each
        /// half mebibyte).
        public var effort: Int
        /// Whether samples and bits that say nothing are left out: 8 bits for 16 whose bytes are equal, no alpha where
        /// all is opaque, grey for colour, a palette for up to 256 colours.
        ///
        /// Rows are kept in memory as long as any of that may be possible, up to 256 MiB.
        public var reduces = true
        /// Threads to compress on, at least 1, by default as many as there are cores. The file does not depend on it.
        public var threads = Processors.count

        public init(effort: Int = 6) {
            self.effort = effort
        }

        func check() throws(ImageError) {
            guard (0...9).contains(effort) else {
                throw ImageError(.misuse, "there is no effort \(effort)", format: .png)
            }
            guard threads >= 1 else { throw ImageError(.misuse, "\(threads) threads do nothing", format: .png) }
        }
    }
}
