import TintypeCore
import TintypeQuantize

/// Frames that follow each other and share a palette.
///
/// One palette for all frames needs no room beyond the global table. Where a few frames have colours that are shown a good deal better by a palette of their own,
/// as after a cut or while the camera moves, they get one.
struct Scene: Sendable {
    var frames: Range<Int>
    var palette: [UInt32]

    /// So many frames are looked at as one.
    private static let length = 8
    /// No more scenes than these, as each takes memory for the counts of its colours.
    private static let most = 16
    /// Pixels that change from frame to frame for tables to be a small part of the file.
    private static let fewestPixels = 1 << 14
    /// How much larger the mean error may be with a palette that there is.
    static let mostWorse: Float = 1.1
    /// A smaller mean error than this is not seen.
    private static let invisible: Float = 0.003

    /// The parts of a sequence that may become scenes.
    static func candidates(_ sequence: PictureSequence) -> [Range<Int>] {
        let count = sequence.pictures.count
        if count == 0 || sequence.pixelCount / count < fewestPixels { return [0..<count] }
        return sequence.pictures.indices.split(into: min(most, (count + length - 1) / length))
    }

    /// The scenes of a sequence.
    ///
    /// - Parameters:
    ///   - candidates: the parts, and what colours they have.
    ///   - shared: the palette for all.
    ///   - count: colours that a palette may have.
    static func split(
        _ candidates: [(frames: Range<Int>, colors: ColorHistogram)], shared: [UInt32], count: Int, threads: Int
    ) throws(ImageError) -> [Scene] {
        let own = try Parallel.map(candidates.count, threads: threads) { index throws(ImageError) -> [UInt32]? in
            let colors = candidates[index].colors
            let error = colors.meanError(of: shared)
            if error <= invisible { return nil }
            let palette = colors.palette(count: count)
            return error <= mostWorse * colors.meanError(of: palette) ? nil : palette
        }
        var scenes: [Scene] = []
        for ((frames, colors), palette) in zip(candidates, own) {
            var palette = palette ?? shared
            // The one before may do as well.
            if let last = scenes.last, last.palette != shared, palette != shared,
                colors.meanError(of: last.palette) <= mostWorse * colors.meanError(of: palette)
            {
                palette = last.palette
            }
            if scenes.last?.palette == palette {
                scenes[scenes.count - 1].frames = scenes[scenes.count - 1].frames.lowerBound..<frames.upperBound
            } else {
                scenes.append(Scene(frames: frames, palette: palette))
            }
        }
        return scenes
    }
}
