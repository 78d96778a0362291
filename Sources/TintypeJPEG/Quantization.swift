/// The quantisation tables that the encoder writes: those of T.81 Annex K scaled by a quality, as the Independent JPEG
/// Group does it.
enum StandardQuantization {
    /// Table K.1, row by row.
    static let luminance: [64 of UInt8] = [
        16, 11, 10, 16, 24, 40, 51, 61,
        12, 12, 14, 19, 26, 58, 60, 55,
        14, 13, 16, 24, 40, 57, 69, 56,
        14, 17, 22, 29, 51, 87, 80, 62,
        18, 22, 37, 56, 68, 109, 103, 77,
        24, 35, 55, 64, 81, 104, 113, 92,
        49, 64, 78, 87, 103, 121, 120, 101,
        72, 92, 95, 98, 112, 100, 103, 99,
    ]

    /// Table K.2, row by row.
    static let chrominance: [64 of UInt8] = [
        17, 18, 24, 47, 99, 99, 99, 99,
        18, 21, 26, 66, 99, 99, 99, 99,
        24, 26, 56, 99, 99, 99, 99, 99,
        47, 66, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
        99, 99, 99, 99, 99, 99, 99, 99,
    ]

    /// The steps of the tables that a layout's components name, by destination.
    static func tables(for layout: EncoderLayout, _ quality: FineQuality) -> [[UInt8]] {
        let last = layout.components.reduce(0) { max($0, $1.sampling.quantization) }
        return [luminance, chrominance].prefix(last + 1).map { scaled($0, quality) }
    }

    /// The steps of a table at a quality: as they are at 50, all 1 at 100, 50 times as large at 1, but never above 255,
    /// which is the most that a baseline file can hold.
    static func scaled(_ table: [64 of UInt8], _ quality: FineQuality) -> [UInt8] {
        var steps = [UInt8](repeating: 0, count: 64)
        for k in 0..<64 {
            let place = Int(naturalOrder[k])
            steps[place] = UInt8(clamping: max(1, (Int(table[place]) * quality.scale(zigzag: k) + 3_200) / 6_400))
        }
        return steps
    }
}

/// A quality in 1,024ths: an encoder that keeps to a number of bytes finds one that comes near it.
///
/// From one sixteenth of a quality to the next all steps are scaled alike. As many of them round to 1 or 2, or are the same in the table, whole groups
/// change together there; so between two sixteenths they change one after the other, from the lowest frequency on.
struct FineQuality: Hashable {
    /// 1,024 to 102,400.
    var stages: Int

    /// - Parameter quality: 1 to 100.
    init(_ quality: Int) {
        stages = 1_024 * quality
    }

    init(stages: Int) {
        self.stages = stages
    }

    /// By how much the step with a zigzag index is multiplied, 6,400 for once.
    func scale(zigzag index: Int) -> Int {
        Self.scale(sixteenths: stages / 64 + (index < stages % 64 ? 1 : 0))
    }

    /// By how much the tables of T.81 Annex K are multiplied, 6,400 for once.
    ///
    /// Per cent of a whole quality are whole, as the Independent JPEG Group defines them.
    private static func scale(sixteenths: Int) -> Int {
        if sixteenths % 16 == 0 {
            let quality = sixteenths / 16
            return 64 * (quality < 50 ? 5_000 / quality : 200 - 2 * quality)
        }
        return sixteenths < 800 ? 64 * 5_000 * 16 / sixteenths : 12_800 - 8 * sixteenths
    }
}
