import TestSupport
import Testing
import TintypeCore
import TintypePNG

/// What is left out of a file must not be missed.
@Suite struct ReductionTests {
    struct Case: Sendable, CustomTestStringConvertible {
        var name: String
        var format: PixelFormat
        /// Colour type and bit depth of the file; nil where a trial of both ways decides.
        var type: Int?
        var depth: Int
        var pixel: @Sendable (_ x: Int, _ y: Int) -> [UInt8]
        var testDescription: String { name }

        init(
            _ name: String, _ format: PixelFormat, _ type: Int?, _ depth: Int,
            _ pixel: @escaping @Sendable (_ x: Int, _ y: Int) -> [UInt8]
        ) {
            (self.name, self.format, self.type, self.depth, self.pixel) = (name, format, type, depth, pixel)
        }

        func image(_ width: Int = 61, _ height: Int = 37) -> Image {
            let pixels = (0..<height).flatMap { y in (0..<width).flatMap { x in pixel(x, y) } }
            return Image(size: Size(width, height), pixelFormat: format, pixels: pixels)
        }
    }

    /// A value that takes many, in no order.
    static func mixed(_ x: Int, _ y: Int) -> UInt8 { UInt8(truncatingIfNeeded: (x * 7919 + y * 104_729) >> 3) }

    static let cases: [Case] = [
        Case("black and white", .rgb8, 0, 1) { x, y in [UInt8](repeating: (x ^ y) & 4 == 0 ? 255 : 0, count: 3) },
        Case("four greys", .gray8, 0, 2) { x, y in [UInt8((x + y) % 4 * 85)] },
        Case("sixteen greys", .rgba8, 0, 4) { x, y in
            [UInt8](repeating: UInt8((x + y) % 16 * 17), count: 3) + [255]
        },
        Case("sixteen greys out of step", .gray8, nil, 4) { x, y in [UInt8((x * y) % 16 * 13)] },
        Case("greys", .rgb8, 0, 8) { x, y in [UInt8](repeating: mixed(x, y), count: 3) },
        Case("greys of 16 bits", .rgb16, 0, 16) { x, y in
            let (low, high) = (mixed(x, y), mixed(y, x))
            return [low, high, low, high, low, high]
        },
        Case("greys of 16 bits that say 8", .rgba16, 0, 8) { x, y in
            [UInt8](repeating: mixed(x, y), count: 6) + [255, 255]
        },
        Case("two colours", .rgb8, 3, 1) { x, y in x > y ? [1, 2, 3] : [200, 2, 3] },
        Case("three colours of 16 bits", .rgb16, 3, 2) { x, y in
            x > y ? [1, 1, 2, 2, 3, 3] : x == y ? [0, 0, 0, 0, 0, 0] : [9, 9, 8, 8, 7, 7]
        },
        Case("200 colours, some transparent", .rgba8, nil, 8) { x, y in
            let value = UInt8((x + y * 3) % 200)
            return [value, 255 - value, 7, value < 50 ? value : 255]
        },
        Case("opaque colours", .rgba8, 2, 8) { x, y in [mixed(x, y), mixed(y, x), UInt8(x), 255] },
        Case("opaque colours of 16 bits", .rgba16, 2, 16) { x, y in
            [mixed(x, y), 1, mixed(y, x), 2, UInt8(x), 3, 255, 255]
        },
        Case("a key colour", .rgba8, 2, 8) { x, y in
            x % 9 == 0 ? [1, 255, 3, 0] : [mixed(x, y), mixed(y, x) / 2, UInt8(x), 255]
        },
        Case("a key grey of 16 bits", .grayAlpha16, 0, 16) { x, y in
            x % 9 == 0 ? [1, 255, 0, 0] : [mixed(x, y), mixed(y, x) / 2, 255, 255]
        },
        Case("two greys and a key", .grayAlpha8, nil, 2) { x, y in
            x % 9 == 0 ? [85, 0] : [x > y ? 170 : 255, 255]
        },
        Case("a key colour that is used", .rgba8, 6, 8) { x, y in
            x % 9 == 0 ? [1, 255, 3, 0] : x == y ? [1, 255, 3, 255] : [mixed(x, y), mixed(y, x) / 2, UInt8(x), 255]
        },
        Case("colours under alpha 0", .rgba8, 6, 8) { x, y in [mixed(x, y), mixed(y, x), UInt8(x), 0] },
        Case("nearly opaque at the end", .rgba8, 6, 8) { x, y in
            [mixed(x, y), mixed(y, x), UInt8(x), x == 60 && y == 36 ? 254 : 255]
        },
        Case("nearly grey at the end", .rgb8, 2, 8) { x, y in
            [mixed(x, y), mixed(x, y), mixed(x, y) ^ (x == 60 && y == 36 ? 1 : 0)]
        },
        Case("nearly 8 bits at the end", .rgb16, 2, 16) { x, y in
            let (a, b) = (mixed(x, y), mixed(y, x))
            return [a, a, b, b, UInt8(x), UInt8(x) ^ (x == 60 && y == 36 ? 1 : 0)]
        },
        Case("nothing to save", .grayAlpha8, 4, 8) { x, y in [mixed(x, y), mixed(y, x)] },
    ]

    /// The pixels as RGBA of 16 bits: 8-bit samples count for both bytes.
    static func wide(_ rows: [[UInt8]], _ format: PixelFormat) -> [Int] {
        Decoded.rgba(rows, format).map { format.bitDepth == 16 ? $0 : $0 * 257 }
    }

    @Test(arguments: cases, [1, 6])
    func pixelsStay(_ sample: Case, effort: Int) throws {
        let image = sample.image()
        let file = try EncodeTests.encode(image, effort: effort, reduces: true)
        let decoded = try Decoded(file)
        let stride = image.bytesPerRow
        let rows = (0..<image.size.height).map { Array(image.pixels[$0 * stride..<($0 + 1) * stride]) }
        #expect(Self.wide(decoded.rows, decoded.format) == Self.wide(rows, image.pixelFormat))
        guard case .png(let details) = decoded.info.details, let type = sample.type else { return }
        #expect(details.colorType == type && decoded.info.bitDepth == sample.depth)
    }

    /// With 256 colours there is a palette, with 257 there is none.
    @Test func theLastColor() throws {
        func image(_ colors: Int) -> Image {
            let pixels = (0..<200 * 200).flatMap { i -> [UInt8] in
                let color = i % 199 == 0 ? i / 199 % colors : i % colors
                return [UInt8(color & 255), UInt8(color >> 8), UInt8(color / 2 & 255)]
            }
            return Image(size: Size(200, 200), pixelFormat: .rgb8, pixels: pixels)
        }
        for (colors, entries) in [(255, 255), (256, 256), (257, 0)] {
            let decoded = try Decoded(EncodeTests.encode(image(colors), reduces: true))
            guard case .png(let details) = decoded.info.details else { continue }
            #expect(details.palette == entries)
            #expect(decoded.rows.flatMap { $0 } == image(colors).pixels)
        }
    }

    /// A grey picture stays in colour where its profile is for colour: PNG wants the two to agree.
    @Test func profilesDecide() throws {
        let image = Self.cases[4].image()
        var profile = [UInt8](repeating: 0, count: 132)
        profile.replaceSubrange(0..<4, with: [0, 0, 0, 132])
        profile.replaceSubrange(16..<20, with: "RGB ".utf8)
        let file = try EncodeTests.encode(image, reduces: true, metadata: Metadata(icc: profile))
        let decoded = try Decoded(file)
        #expect(decoded.metadata.icc == profile)
        #expect(!decoded.format.isGray)
        #expect(decoded.rows.flatMap { $0 } == image.pixels)
    }

    /// Several bands: the bytes must not depend on who compressed them.
    @Test(arguments: [1, 6])
    func threadsDoNotShow(effort: Int) throws {
        let image = EncodeTests.image(1000, 1100, .rgb8, noise: 3)
        let one = try EncodeTests.encode(image, effort: effort)
        for threads in [2, 3, 8] { #expect(try EncodeTests.encode(image, effort: effort, threads: threads) == one) }
        let decoded = try Decoded(one)
        #expect(decoded.rows.flatMap { $0 } == image.pixels && decoded.warnings.isEmpty)
    }
}
