public import Benchmark

#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

extension BenchmarkMetric {
    /// Processor time in millionths of what `reference` takes at the same time: a number that depends little on the machine and on what else it
    /// does, so that thresholds hold on others, too.
    public static let cost = BenchmarkMetric.custom("cost", polarity: .prefersSmaller, useScalingFactor: false)
}

/// A benchmark of one stage.
///
/// - Parameter prepare: what is not measured; it yields the work.
public func stage(_ name: String, _ prepare: @escaping @Sendable () throws -> () throws -> Void) {
    Benchmark(
        // Thresholds are looked for in a file of the very name, and written to one without spaces.
        String(name.map { $0 == " " ? "_" : $0 }),
        configuration: .init(
            metrics: [.cost], warmupIterations: 1, maxDuration: .seconds(5), maxIterations: 3,
            // A stage that takes twice as long is beyond this, and the noise of a busy machine is not.
            thresholds: [.cost: .init(relative: [.p50: 75, .p90: 75])])
    ) { benchmark in
        benchmark.measurement(.cost, try cost(prepare()))
    }
}

/// The least of some rounds, of the work and of the reference.
private func cost(_ work: () throws -> Void) throws -> Int {
    let once = try seconds { try work() }
    let times = max(1, Int(0.002 / max(once, 1e-6)))
    var (least, reference) = (once, Double.infinity)
    for _ in 0..<(once > 0.02 ? 5 : 15) {
        reference = min(reference, seconds(Reference.run))
        least = min(least, try seconds { for _ in 0..<times { try work() } } / Double(times))
    }
    return Int(least / reference * 1_000_000)
}

/// Processor time of all threads.
private func seconds(_ work: () throws -> Void) rethrows -> Double {
    let start = clock()
    try work()
    return Double(clock() - start) / Double(CLOCKS_PER_SEC)
}

/// Arithmetic on bytes that compilers make vectors of, as in the stages, some milliseconds of it.
private enum Reference {
    private nonisolated(unsafe) static var bytes = (0..<1 << 15).map { UInt8(truncatingIfNeeded: $0 &* 167) }

    static func run() {
        for round in 0..<600 {
            var span = bytes.mutableSpan
            for i in span.indices { span[i] = (span[i] &+ UInt8(truncatingIfNeeded: round)) ^ span[i] &>> 3 }
        }
        blackHole(bytes[7])
    }
}
