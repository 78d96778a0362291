import TestSupport
import Testing
import TintypeCore
import TintypePNG

/// Files cut and changed at random: every one must get a picture or an error, in bounded time and memory.
@Suite struct HostileTests {
    static let samples: [[UInt8]] = {
        var indexed = PNGSample(random: 9, 7, colorType: 3, depth: 4)
        indexed.transparency = [0, 128]
        var interlaced = PNGSample(random: 11, 9, colorType: 6, depth: 16)
        interlaced.interlaced = true
        var gray = PNGSample(random: 13, 5, colorType: 0, depth: 2)
        gray.transparency = [0, 1]
        gray.idatBytes = 7
        let metadata = Metadata(
            exif: [0x49, 0x49, 0x2A, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0], icc: MetadataTests.profile(200),
            xmp: Array("<x/>".utf8), density: .init(x: 100, y: 100, unit: .centimeter))
        let encoded = MetadataTests.encode(PNGSample(random: 12, 6, colorType: 2, depth: 8), metadata)
        return [indexed.file, interlaced.file, gray.file, encoded, AnimationTests.sample().file]
    }()

    @Test(arguments: 0..<5)
    func cutAtEveryByte(_ index: Int) throws {
        let file = Self.samples[index]
        let whole = try Decoded(file)
        for count in 0..<file.count {
            let cut = Array(file.prefix(count))
            #expect(failure(cut, strict: true) != nil, "\(count) bytes")
            guard let decoded = try? Decoded(cut, strict: false) else { continue }
            #expect(decoded.rows.count == whole.rows.count)
            #expect(!decoded.warnings.isEmpty, "\(count) bytes")
            let good = decoded.warnings.compactMap(\.row).min() ?? whole.rows.count
            #expect(decoded.rows.prefix(good) == whole.rows.prefix(good), "\(count) bytes")
        }
    }

    @Test(arguments: 0..<5)
    func changedAtRandom(_ index: Int) {
        let file = Self.samples[index]
        var random = SplitMix64(seed: UInt64(index))
        var limits = DecodeLimits()
        limits.memory = 4 << 20
        limits.pixels = 100_000
        for _ in 0..<400 {
            var bytes = file
            for _ in 0..<Int.random(in: 1...4, using: &random) {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<4, using: &random) {
                case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
                case 1: bytes[at] = [0, 255, 127, 128].randomElement(using: &random) ?? 0
                case 2: bytes.remove(at: at)
                default: bytes.insert(UInt8.random(in: 0...255, using: &random), at: at)
                }
            }
            for file in [bytes, Self.withGoodCRCs(bytes)] {
                let still = failure(file, strict: false, limits: limits)
                if failure(file, strict: true, limits: limits) == nil { #expect(still == nil) }
                _ = try? frames(file, strict: false, limits: limits)
            }
        }
    }

    /// The same file with right checksums as far as its chunks can be told, so that changes get past them.
    static func withGoodCRCs(_ bytes: [UInt8]) -> [UInt8] {
        var bytes = bytes
        var at = 8
        while at + 12 <= bytes.count {
            let length = bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) }
            guard length <= bytes.count - at - 12 else { break }
            let crc = PNGChecksums.crc(Array(bytes[at + 4..<at + 8 + length]))
            bytes.replaceSubrange(at + 8 + length..<at + 12 + length, with: bigEndian32(crc))
            at += 12 + length
        }
        return bytes
    }
}

@Suite struct LimitTests {
    static func limits(_ change: (inout DecodeLimits) -> Void) -> DecodeLimits {
        var limits = DecodeLimits()
        change(&limits)
        return limits
    }

    @Test func pixelsAndSides() {
        let file = PNGSample(random: 20, 10, colorType: 0, depth: 8).file
        #expect(failure(file, strict: false, limits: Self.limits { $0.pixels = 199 }) == .limitExceeded)
        #expect(failure(file, strict: false, limits: Self.limits { $0.pixels = 200 }) == nil)
        #expect(failure(file, strict: false, limits: Self.limits { $0.pngSide = 19 }) == .limitExceeded)
        #expect(failure(file, strict: false, limits: Self.limits { $0.pngSide = 20 }) == nil)
    }

    /// Streaming needs little; Adam7 needs the picture.
    @Test func memory() {
        var sample = PNGSample(random: 300, 300, colorType: 6, depth: 8)
        let limits = Self.limits { $0.memory = 300_000 }
        #expect(failure(sample.file, strict: false, limits: limits) == nil)
        #expect(failure(sample.file, strict: false, limits: Self.limits { $0.memory = 10_000 }) == .limitExceeded)
        sample.interlaced = true
        #expect(failure(sample.file, strict: false, limits: limits) == .limitExceeded)
        #expect(failure(sample.file, strict: false, limits: Self.limits { $0.memory = 600_000 }) == nil)
    }

    /// A megabyte of picture promised, some bytes of data, 20 gigabytes behind them: nothing of that is inflated.
    @Test func aBombOfImageData() throws {
        let sample = PNGSample(random: 4, 4, colorType: 0, depth: 8)
        let bomb = PNGZlib.zeros(runs: 400_000)
        let file = PNGChunk.file([sample.header, PNGChunk("IDAT", bomb), PNGChunk("IEND")])
        let decoded = try Decoded(file, strict: false)
        #expect(decoded.rows.allSatisfy { $0.allSatisfy { $0 == 0 } })
        #expect(decoded.warnings.map(\.kind) == [.damaged])
        #expect(failure(file, strict: true) == .malformed)
    }

    @Test func frames() {
        let file = AnimationTests.sample(frames: 4).file
        let pixels = 4 * 8 * 6
        func outcome(_ limits: DecodeLimits) -> ImageError.Kind? {
            do throws(ImageError) {
                _ = try TintypePNGTests.frames(file, limits: limits)
                return nil
            } catch {
                return error.kind
            }
        }
        #expect(outcome(Self.limits { $0.frames = 3 }) == .limitExceeded)
        #expect(outcome(Self.limits { $0.frames = 4 }) == nil)
        #expect(outcome(Self.limits { $0.framePixels = pixels - 1 }) == .limitExceeded)
        #expect(outcome(Self.limits { $0.framePixels = pixels }) == nil)
        // The still picture is not concerned.
        #expect(failure(file, strict: true, limits: Self.limits { $0.frames = 3 }) == nil)
    }
}
