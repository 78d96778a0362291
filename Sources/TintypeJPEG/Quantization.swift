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

    /// The steps of a table at a quality: as they are at 50, all 1 at 100, 50 times as large at 1, but never above 255,
    /// which is the most that a baseline file can hold.
    ///
    /// - Parameter quality: 1 to 100.
    static func scaled(_ table: [64 of UInt8], quality: Int) -> [64 of UInt8] {
        let percent = quality < 50 ? 5_000 / quality : 200 - 2 * quality
        var steps = table
        for i in 0..<64 {
            steps[i] = UInt8(clamping: max(1, (Int(table[i]) * percent + 50) / 100))
        }
        return steps
    }
}
