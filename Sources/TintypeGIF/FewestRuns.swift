/// Chooses for each pixel that leaves a choice between two indexes the one that makes for the fewest runs of one index. What is left is what repeats least:
/// where the outline of a figure stays, it is drawn with it.
///
/// This is the shortest path through two states a pixel (Viterbi's algorithm).
struct FewestRuns {
    private(set) var indexes: [UInt8]
    /// The indexes that were not chosen; where there is no choice, the same.
    private(set) var others: [UInt8]

    /// For each pixel which of the two the pixel before it has, if it has the first (bit 0) and if it has the second (bit 1).
    private typealias Ways = [UInt8]

    /// - Parameters:
    ///   - first: not empty.
    ///   - second: as many; preferred where it makes no difference.
    init(_ first: [UInt8], or second: [UInt8]) {
        precondition(!first.isEmpty && first.count == second.count)
        let (ways, endsInSecond) = Self.findWays(first.span, second.span)
        (indexes, others) = (first, second)
        var isSecond = endsInSecond
        for i in first.indices.reversed() {
            if isSecond { (indexes[i], others[i]) = (second[i], first[i]) }
            isSecond = ways[i] >> (isSecond ? 1 : 0) & 1 == 1
        }
    }

    private static func findWays(_ first: Span<UInt8>, _ second: Span<UInt8>) -> (ways: Ways, endsInSecond: Bool) {
        var ways = Ways(repeating: 0, count: first.count)
        // Runs that have ended, on the best way that ends in either index of the pixel before.
        var (ended, endedSecond) = (0, 0)
        for i in 1..<first.count {
            let (a, b) = (first[i], second[i])
            let (before, beforeSecond) = (first[i &- 1], second[i &- 1])
            let firstAfter = (ended &+ (a != before ? 1 : 0), endedSecond &+ (a != beforeSecond ? 1 : 0))
            let secondAfter = (ended &+ (b != before ? 1 : 0), endedSecond &+ (b != beforeSecond ? 1 : 0))
            ways[i] = (firstAfter.1 <= firstAfter.0 ? 1 : 0) | (secondAfter.1 <= secondAfter.0 ? 2 : 0)
            (ended, endedSecond) = (min(firstAfter.0, firstAfter.1), min(secondAfter.0, secondAfter.1))
        }
        return (ways, endedSecond <= ended)
    }
}
