import Tintype

/// How long some work takes, over several runs.
struct Measurement {
    struct Work {
        /// Pixels that one run handles.
        let pixels: Int
        let run: () throws(ImageError) -> Void
    }

    private let milliseconds: [Double]
    private let pixels: Int

    /// Runs the work once to warm up, and then `repeats` times.
    init(_ work: Work, repeats: Int) throws(ImageError) {
        pixels = work.pixels
        try work.run()
        var times: [Double] = []
        let clock = ContinuousClock()
        for _ in 0..<repeats {
            let start = clock.now
            try work.run()
            times.append((clock.now - start) / .milliseconds(1))
        }
        milliseconds = times.sorted()
    }

    private var median: Double {
        let middle = milliseconds.count / 2
        return milliseconds.count % 2 == 1
            ? milliseconds[middle] : (milliseconds[middle - 1] + milliseconds[middle]) / 2
    }
    private var least: Double { milliseconds.first ?? 0 }
    private var most: Double { milliseconds.last ?? 0 }
    private var megapixelsPerSecond: Double { median > 0 ? Double(pixels) / median / 1000 : 0 }

    var facts: [(String, JSON)] {
        [
            ("median_ms", .double(median)), ("min_ms", .double(least)), ("max_ms", .double(most)),
            ("mpix_per_s", .double(megapixelsPerSecond)), ("peak_rss_kib", .optional(Self.peakKibibytes)),
        ]
    }

    var summary: String {
        func rounded(_ value: Double) -> String { "\((value * 10).rounded() / 10)" }
        let memory = Self.peakKibibytes.map { ", peak \(readable(bytes: $0 << 10))" } ?? ""
        return "\(rounded(median)) ms (\(rounded(least)) to \(rounded(most)) in \(milliseconds.count) runs), "
            + "\(rounded(megapixelsPerSecond)) megapixels a second\(memory)"
    }

    /// The most memory that the process ever held, as the kernel counts it (proc(5), `VmHWM`).
    private static var peakKibibytes: Int? {
        guard let bytes = try? Input(name: "/proc/self/status").bytes() else { return nil }
        let line = String(decoding: bytes, as: UTF8.self).split(separator: "\n").first { $0.hasPrefix("VmHWM:") }
        return line.flatMap { Int($0.filter(\.isNumber)) }
    }
}
