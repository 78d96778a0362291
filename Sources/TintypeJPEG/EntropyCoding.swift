import TintypeCore

/// What a scan asks of the coding that its frame names; all codings of T.81 turn bytes into quantised coefficients.
///
/// A conforming decoder keeps its state from one call to the next, to the end of a restart interval.
protocol EntropyCoding {
    /// Whether bits were asked for that the segment does not have.
    var isStarved: Bool { get }
    /// Whether this restart interval can yield no more MCUs.
    var isOver: Bool { get }
    /// Whether the data said something that no encoder says. Whoever takes note of it sets it back.
    var metBadCode: Bool { get set }
    /// Whole bytes of the segment that were taken in and no MCU has used.
    var unusedBytes: Int { get }

    /// Begins a restart interval at the reader's next byte.
    mutating func restart()

    /// Decodes MCUs of one row.
    ///
    /// - Parameters:
    ///   - mcus: indices within the row.
    ///   - places: the blocks of an MCU, in order.
    ///   - segments: the tables in force.
    ///   - store: as the scans before left it; zero in the first.
    /// - Returns: the MCU to go on with: `mcus.upperBound`, or one before it.
    mutating func decode(
        _ mcus: Range<Int>, _ places: [BlockPlace], _ segments: borrowing Segments, _ reader: inout ByteReader,
        into store: inout CoefficientStore
    ) throws(ImageError) -> Int
}
