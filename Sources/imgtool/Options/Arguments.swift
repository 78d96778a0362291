public import ArgumentParser
public import Tintype

extension Fit: ExpressibleByArgument {}
extension Thumbnail.Colors: ExpressibleByArgument {}
extension Gravity: ExpressibleByArgument {}
extension Dithering: ExpressibleByArgument {}
extension Filter: ExpressibleByArgument {}
extension Metadata.Keep: ExpressibleByArgument {}
extension JPEGEncoder.Subsampling: ExpressibleByArgument {}

extension Color: ExpressibleByArgument {
    public init?(argument: String) { self.init(hex: argument) }
}

extension Thumbnail.FrameChoice: ExpressibleByArgument {
    /// A number from 0, or `best`.
    public init?(argument: String) {
        if argument == "best" {
            self = .mostDetailed
        } else if let index = Int(argument), index >= 0 {
            self = .index(index)
        } else {
            return nil
        }
    }
}

extension TargetSize: ExpressibleByArgument {
    /// `256x256`, `800x`, `x600`, `256` (a square box) or `50%`.
    public init?(argument: String) {
        if argument.hasSuffix("%") {
            guard let percent = Double(argument.dropLast()), percent > 0, percent <= 100_000 else { return nil }
            self = .percent(percent)
            return
        }
        let parts = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false).map(String.init)
        switch parts.count {
        case 1:
            guard let side = Self.side(parts[0]) else { return nil }
            self = .box(Size(side, side))
        case 2 where parts[1].isEmpty:
            guard let width = Self.side(parts[0]) else { return nil }
            self = .width(width)
        case 2 where parts[0].isEmpty:
            guard let height = Self.side(parts[1]) else { return nil }
            self = .height(height)
        case 2:
            guard let width = Self.side(parts[0]), let height = Self.side(parts[1]) else { return nil }
            self = .box(Size(width, height))
        default: return nil
        }
    }

    private static func side(_ digits: String) -> Int? {
        guard !digits.isEmpty, digits.utf8.allSatisfy({ (0x30...0x39).contains($0) }), let side = Int(digits),
            (1...1_000_000).contains(side)
        else { return nil }
        return side
    }
}

extension JPEGTransform.Crop: ExpressibleByArgument {
    /// `WxH+X+Y`.
    public init?(argument: String) {
        let parts = argument.lowercased().split(separator: "+", omittingEmptySubsequences: false)
        let sides = parts[0].split(separator: "x", omittingEmptySubsequences: false)
        guard parts.count == 3, sides.count == 2 else { return nil }
        let numbers = (sides + parts[1...]).map { digits in
            digits.utf8.allSatisfy { (0x30...0x39).contains($0) }
                ? Int(digits).flatMap { $0 <= 65_535 ? $0 : nil } : nil
        }
        guard let width = numbers[0], let height = numbers[1], let x = numbers[2], let y = numbers[3], width > 0,
            height > 0
        else { return nil }
        self.init(x: x, y: y, width: width, height: height)
    }
}

/// A number of bytes: `30000`, `30k` (thousands), `30KiB` (times 1024), and so with M and G.
struct ByteCount: ExpressibleByArgument {
    let bytes: Int

    init?(argument: String) {
        let text = argument.lowercased()
        let digits = text.prefix { $0.isNumber }
        let factors = [
            "": 1, "b": 1, "k": 1000, "kb": 1000, "kib": 1 << 10, "m": 1_000_000, "mb": 1_000_000, "mib": 1 << 20,
            "g": 1_000_000_000, "gb": 1_000_000_000, "gib": 1 << 30,
        ]
        guard let count = Int(digits), count > 0, let factor = factors[String(text.dropFirst(digits.count))]
        else { return nil }
        let (bytes, overflow) = count.multipliedReportingOverflow(by: factor)
        if overflow { return nil }
        self.bytes = bytes
    }
}

/// Pixels an inch: `300`, or across and down, `300x600`.
struct PixelDensity: ExpressibleByArgument {
    let density: Metadata.Density

    init?(argument: String) {
        let numbers = argument.lowercased().split(separator: "x", omittingEmptySubsequences: false).map { Double($0) }
        guard let x = numbers[0], let y = numbers.count == 2 ? numbers[1] : x, numbers.count <= 2,
            (1...65_535).contains(x), (1...65_535).contains(y)
        else { return nil }
        density = Metadata.Density(x: x, y: y, unit: .inch)
    }
}

/// A format that can be asked for by name.
enum OutputFormat: String, ExpressibleByArgument, CaseIterable {
    case jpeg, jpg, png, apng, gif, ppm, pgm, pnm, pam

    /// The extension that its files bear.
    var pathExtension: String { self == .jpeg ? "jpg" : rawValue }
}
