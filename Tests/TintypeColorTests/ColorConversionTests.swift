import TestSupport
import Testing
import TintypeCore

@testable import TintypeColor

private func noise(_ size: Size, _ format: PixelFormat, seed: UInt64) -> Image {
    var random = SplitMix64(seed: seed)
    return TestPattern.noise.image(size, format, using: &random)
}

@Suite struct ColorConversionTests {
    static func convert(_ image: Image, _ icc: [UInt8]) throws -> Image {
        guard case .transform(let transform) = ColorPlan(icc: icc, pixelFormat: image.pixelFormat) else {
            throw ImageError(.misuse, "no transform")
        }
        var rows = try ColorConversion(AnyRowSource(image.rows), by: transform)
        return try Image(collecting: &rows)
    }

    // MARK: What LittleCMS says (relative colorimetric, optimisation off)

    static let pixels: [[UInt8]] = [
        [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0], [128, 128, 128], [200, 100, 50],
        [10, 20, 30], [1, 2, 3], [250, 240, 10], [17, 200, 180], [90, 60, 200],
    ]
    static let littleCMS: [([UInt8], [[Int]])] = [
        (
            ColorProfiles.p3Profile,
            [
                [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0], [128, 128, 128], [215, 93, 31],
                [7, 20, 31], [1, 2, 3], [252, 240, 0], [0, 204, 180], [95, 58, 208],
            ]
        ),
        (
            ColorProfiles.adobeProfile,
            [
                [255, 0, 0], [0, 255, 0], [0, 0, 255], [255, 255, 255], [0, 0, 0], [129, 129, 129], [227, 100, 42],
                [0, 12, 24], [0, 0, 0], [254, 240, 0], [0, 201, 181], [99, 57, 205],
            ]
        ),
    ]

    @Test(arguments: littleCMS.indices)
    func asLittleCMSDoesIt(_ index: Int) throws {
        let (icc, expected) = Self.littleCMS[index]
        let image = Image(size: Size(12, 1), pixelFormat: .rgb8, pixels: Self.pixels.flatMap { $0 })
        let converted = try Self.convert(image, icc)
        for (x, pixel) in expected.enumerated() {
            for (a, b) in zip(PixelOracle.pixel(converted, x, 0), pixel) { #expect(abs(Int(a) - b) <= 1) }
        }
        #expect(PixelOracle.pixel(converted, 3, 0) == [255, 255, 255])
    }

    @Test func greyAsLittleCMSDoesIt() throws {
        let image = Image(
            size: Size(11, 1), pixelFormat: .gray8, pixels: [0, 1, 5, 20, 50, 100, 128, 180, 200, 254, 255])
        let converted = try Self.convert(image, ColorProfiles.gray(ColorProfiles.gamma22))
        #expect(converted.pixels == [0, 0, 1, 12, 46, 100, 129, 181, 201, 254, 255])
    }

    // MARK: The textbook

    @Test func theMatrixIsThatOfThePrimaries() {
        let identity = ColorModel.toSRGB(ColorProfiles.sRGBToXYZ())
        for (i, factor) in identity.enumerated() { #expect((factor - (i % 4 == 0 ? 1 : 0)).magnitude < 1e-7) }
    }

    static let formats: [PixelFormat] = [.rgb8, .rgba8, .rgb16, .rgba16]

    @Test(arguments: formats)
    func randomPixels(_ format: PixelFormat) throws {
        let image = noise(Size(31, 9), format, seed: 11)
        let converted = try Self.convert(image, ColorProfiles.p3Profile)
        #expect(converted.pixelFormat == format)
        let (before, after) = (ResampleOracle.samples(image), ResampleOracle.samples(converted))
        let full: Double = format.bitDepth > 8 ? 65_535 : 255
        // The profile's own numbers are rounded to 1/65,536.
        let tolerance = format.bitDepth > 8 ? 6.0 : 0.52
        for i in stride(from: 0, to: before.count, by: format.channels) {
            let rgb = before[i..<i + 3].map { Double($0) / full }
            let exact = ColorProfiles.converted(rgb, columns: ColorProfiles.displayP3) { PixelOracle.linear($0) }
            for c in 0..<3 { #expect((Double(after[i + c]) - exact[c] * full).magnitude <= tolerance) }
            if format.hasAlpha { #expect(after[i + 3] == before[i + 3]) }
        }
    }

    @Test(arguments: [PixelFormat.grayAlpha8, .gray16, .grayAlpha16])
    func randomGreys(_ format: PixelFormat) throws {
        let image = noise(Size(40, 5), format, seed: 12)
        let converted = try Self.convert(image, ColorProfiles.gray(ColorProfiles.parametric(0, [1.8])))
        let (before, after) = (ResampleOracle.samples(image), ResampleOracle.samples(converted))
        let full: Double = format.bitDepth > 8 ? 65_535 : 255
        for i in stride(from: 0, to: before.count, by: format.channels) {
            let light = ColorProfiles.power(Double(before[i]) / full, (1.8 * 65_536).rounded() / 65_536)
            #expect((Double(after[i]) - PixelOracle.encoded(light) * full).magnitude <= 0.51)
            if format.hasAlpha { #expect(after[i + 1] == before[i + 1]) }
        }
    }

    @Test func eachChannelHasItsOwnCurve() throws {
        let curves = [ColorProfiles.sRGBCurve, ColorProfiles.curve([256]), ColorProfiles.curve([0, 65_535])]
        let icc = ColorProfiles.rgb(
            (0..<3).map { column in (0..<3).map { ColorProfiles.sRGBToXYZ()[3 * $0 + column] } }, curves: curves)
        let image = Image(size: Size(1, 1), pixelFormat: .rgb8, pixels: [100, 100, 100])
        let linear = UInt8((PixelOracle.encoded(100.0 / 255) * 255).rounded())
        #expect(try Self.convert(image, icc).pixels == [100, linear, linear])
    }

    @Test func aTransformIsForOneFormat() throws {
        guard case .transform(let transform) = ColorPlan(icc: ColorProfiles.p3Profile, pixelFormat: .rgb8) else {
            Issue.record("no transform")
            return
        }
        let image = noise(Size(3, 3), .rgba8, seed: 1)
        #expect {
            _ = try ColorConversion(AnyRowSource(image.rows), by: transform)
        } throws: { ($0 as? ImageError)?.kind == .misuse }
    }
}

@Suite struct ColorPlanTests {
    private enum Outcome { case nothing, transform, impossible }

    private func outcome(_ icc: [UInt8]?, _ format: PixelFormat = .rgb8) -> Outcome {
        switch ColorPlan(icc: icc, pixelFormat: format) {
        case .nothing: .nothing
        case .transform: .transform
        case .impossible(let reason): reason.isEmpty ? .nothing : .impossible
        }
    }

    @Test func whatIsSRGBAlreadyStays() {
        let curve = ColorProfiles.curve(
            (0..<1024).map { Int((PixelOracle.linear(Double($0) / 1023) * 65_535).rounded()) })
        #expect(outcome(nil) == .nothing)
        #expect(outcome(ColorProfiles.sRGBProfile) == .nothing)
        #expect(outcome(ColorProfiles.gray(curve), .gray8) == .nothing)
        #expect(outcome(ColorProfiles.gray(ColorProfiles.gamma22), .gray8) == .transform)
        #expect(outcome(ColorProfiles.p3Profile) == .transform)
    }

    @Test func otherKindsAreNotConverted() {
        let curves = [[UInt8]](repeating: ColorProfiles.gamma22, count: 3)
        let p3 = ColorProfiles.displayP3
        for name in ["A2B0", "A2B1", "D2B1"] {
            #expect(outcome(ColorProfiles.rgb(p3, curves: curves, more: [(name, [1, 2, 3, 4])])) == .impossible)
        }
        #expect(outcome(ColorProfiles.rgb(p3, curves: curves, more: [("B2A0", [1])])) == .transform)
        #expect(outcome(ColorProfiles.profile(space: "RGB ", tags: [])) == .impossible)
        #expect(outcome(ColorProfiles.profile(space: "CMYK", tags: []), .cmyk8) == .impossible)
        #expect(outcome(ColorProfiles.profile(space: "GRAY", tags: []), .gray8) == .impossible)
        // Profiles for other pixels.
        #expect(outcome(ColorProfiles.p3Profile, .gray8) == .impossible)
        #expect(outcome(ColorProfiles.p3Profile, .cmyk8) == .impossible)
        #expect(outcome(ColorProfiles.gray(ColorProfiles.gamma22), .rgb8) == .impossible)
        let tags = [("kTRC", ColorProfiles.gamma22)]
        for deviceClass in ["link", "abst", "nmcl"] {
            let icc = ColorProfiles.profile(space: "GRAY", tags: tags, deviceClass: deviceClass)
            #expect(outcome(icc, .gray8) == .impossible)
        }
        #expect(outcome(ColorProfiles.profile(space: "GRAY", tags: tags, connection: "Lab "), .gray8) == .impossible)
        #expect(outcome([]) == .impossible)
    }

    @Test func anyDamageIsHarmless() throws {
        let image = noise(Size(20, 2), .rgb8, seed: 3)
        let table = ColorProfiles.curve([0, 100, 65_535])
        let whole = ColorProfiles.rgb(
            ColorProfiles.displayP3, curves: [ColorProfiles.sRGBCurve, table, ColorProfiles.gamma22])
        for length in 0..<whole.count { _ = ColorPlan(icc: Array(whole.prefix(length)), pixelFormat: .rgb8) }
        var random = SplitMix64(seed: 9)
        for _ in 0..<3000 {
            var icc = whole
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let at = Int.random(in: 128..<icc.count, using: &random)
                icc[at] = [0, 1, 127, 128, 255].randomElement(using: &random) ?? 0
            }
            guard case .transform(let transform) = ColorPlan(icc: icc, pixelFormat: .rgb8) else { continue }
            var rows = try ColorConversion(AnyRowSource(image.rows), by: transform)
            _ = try Image(collecting: &rows)
        }
    }
}

@Suite struct ToneCurveTests {
    static let places = (0...100).map { Double($0) / 100 }

    @Test(arguments: [0.25, 0.4545, 1, 1.8, 2.2, 2.4, 10, 100])
    func powersAreThoseOfTheLibrary(_ exponent: Double) {
        for x in [1e-9, 1e-4, 0.5, 0.7071, 1.999, 4] + Self.places {
            let exact = ColorProfiles.power(x, exponent)
            #expect((Power.power(x, exponent) - exact).magnitude <= exact * 1e-12 + 1e-60)
        }
        #expect(Power.power(-1, exponent) == 0)
        #expect(Power.power(.infinity, exponent) == 0)
    }

    @Test func formulae() throws {
        func check(_ form: Int, _ p: [Double], _ formula: (Double) -> Double) throws {
            let curve = try #require(ToneCurve(tag: ColorProfiles.parametric(form, p)[...]))
            for x in Self.places { #expect((curve.light(x) - formula(x)).magnitude < 1e-12) }
        }
        let power = ColorProfiles.power
        try check(0, [2]) { $0 * $0 }
        try check(1, [2, 2, -0.5]) { $0 >= 0.25 ? power(2 * $0 - 0.5, 2) : 0 }
        try check(2, [2, 2, -0.5, 0.25]) { ($0 >= 0.25 ? power(2 * $0 - 0.5, 2) : 0) + 0.25 }
        try check(3, [2, 0.5, 0.25, 0.125, 0.5]) { $0 >= 0.5 ? power(0.5 * $0 + 0.25, 2) : 0.125 * $0 }
        try check(4, [2, 0.5, 0.25, 0.125, 0.5, 0.0625, 0.03125]) {
            $0 >= 0.5 ? power(0.5 * $0 + 0.25, 2) + 0.0625 : 0.125 * $0 + 0.03125
        }
        // Far out of range, it is cut off.
        try check(3, [1, 0, 0, -1000, 2]) { max(-4, -1000 * $0) }
    }

    @Test func tables() throws {
        let curve = try #require(ToneCurve(tag: ColorProfiles.curve([0, 6_553, 65_535])[...]))
        #expect(curve.light(0) == 0 && curve.light(1) == 1)
        #expect((curve.light(0.25) - 3_276.5 / 65_535).magnitude < 1e-12)
        #expect(ToneCurve(tag: ColorProfiles.curve([])[...]) == .gamma(1))
        #expect(ToneCurve(tag: ColorProfiles.curve([512])[...]) == .gamma(2))
    }

    @Test func whatIsCutShortIsNoCurve() {
        for whole in [ColorProfiles.curve([1, 2, 3]), ColorProfiles.sRGBCurve] {
            for length in 0..<whole.count { #expect(ToneCurve(tag: whole.prefix(length)) == nil) }
        }
        #expect(ToneCurve(tag: ColorProfiles.parametric(5, [1, 1, 1, 1, 1, 1, 1])[...]) == nil)
        #expect(ToneCurve(tag: ColorProfiles.xyz([1, 1, 1])[...]) == nil)
        #expect(ToneCurve(tag: (Array("curv\0\0\0\0".utf8) + [255, 255, 255, 255, 0, 0])[...]) == nil)
    }
}
