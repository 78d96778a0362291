import TestSupport
import Testing

@testable import Tintype

/// The streaming way turns the small picture, the whole-frame way the large one first: the pixels must be the same.
@Suite struct ThumbnailPixelsTests {
    static let source = Size(53, 37)

    static func noise(_ size: Size, _ format: PixelFormat, seed: UInt64) -> Image {
        var random = SplitMix64(seed: seed)
        // Patches of one value beside noise: edges are where rounding would show.
        let pixels = (0..<size.width * size.height * format.bytesPerPixel).map { (index: Int) -> UInt8 in
            let patch = index / 90
            if patch % 3 == 0 { return UInt8.random(in: 0...255, using: &random) }
            return patch % 2 == 0 ? 0 : 255
        }
        return Image(size: size, pixelFormat: format, pixels: pixels)
    }

    private func expectSamePixels(
        _ thumbnail: Thumbnail, _ image: Image, _ orientation: Orientation
    ) throws {
        var rows = try thumbnail.rows(AnyRowSource(image.rows), orientation: orientation)
        let streamed = try Image(collecting: &rows)
        let whole = try thumbnail.image(of: image.oriented(orientation))
        #expect(streamed == whole)
    }

    @Test(arguments: Orientation.allCases, Fit.allCases)
    func orientationsAndFits(_ orientation: Orientation, _ fit: Fit) throws {
        let image = Self.noise(Self.source, .rgb8, seed: UInt64(orientation.rawValue))
        for gravity in [Gravity.center, .northwest, .east, .attention] {
            for box in [Size(20, 20), Size(11, 30), Size(1, 1), Size(37, 53), Size(50, 20), Size(90, 90)] {
                var thumbnail = Thumbnail(fitting: box)
                thumbnail.fit = fit
                thumbnail.gravity = gravity
                thumbnail.enlarge = box.width == 90
                thumbnail.background = Color(red: 10, green: 20, blue: 30)
                try expectSamePixels(thumbnail, image, orientation)
            }
        }
    }

    @Test(arguments: Orientation.allCases, PixelFormat.allCases)
    func orientationsAndFormats(_ orientation: Orientation, _ format: PixelFormat) throws {
        let image = Self.noise(Self.source, format, seed: UInt64(orientation.rawValue))
        for fit in Fit.allCases {
            var thumbnail = Thumbnail(fitting: Size(17, 23))
            thumbnail.fit = fit
            thumbnail.gravity = .southeast
            try expectSamePixels(thumbnail, image, orientation)
            thumbnail.linear = fit == .inside && [.rgb8, .grayAlpha16, .cmyk8].contains(format)
            if thumbnail.linear { try expectSamePixels(thumbnail, image, orientation) }
        }
    }

    @Test(arguments: Orientation.allCases, Filter.allCases)
    func orientationsAndFilters(_ orientation: Orientation, _ filter: Filter) throws {
        let image = Self.noise(Self.source, .rgba8, seed: UInt64(orientation.rawValue))
        for target in [TargetSize.box(Size(16, 16)), .width(31), .height(7), .percent(33)] {
            var thumbnail = Thumbnail(target)
            thumbnail.filter = filter
            try expectSamePixels(thumbnail, image, orientation)
        }
    }

    @Test(arguments: Orientation.allCases, Filter.allCases)
    func atItsOwnSizeNothingIsTouched(_ orientation: Orientation, _ filter: Filter) throws {
        let image = Self.noise(Self.source, .rgba16, seed: 7)
        var thumbnail = Thumbnail(.percent(100))
        thumbnail.filter = filter
        var rows = try thumbnail.rows(AnyRowSource(image.rows), orientation: orientation)
        let same = try Image(collecting: &rows)
        #expect(same == image.oriented(orientation))
    }

    @Test(arguments: Fit.allCases, Gravity.allCases)
    func theSizeIsToldBeforehand(_ fit: Fit, _ gravity: Gravity) throws {
        for orientation in Orientation.allCases {
            for box in [Size(20, 20), Size(11, 30), Size(200, 9)] {
                var info = ImageInfo(
                    format: .png, size: Self.source, pixelFormat: .gray8, bitDepth: 8, channels: 1, hasAlpha: false,
                    details: .netpbm)
                info.orientation = orientation
                var thumbnail = Thumbnail(fitting: box)
                (thumbnail.fit, thumbnail.gravity) = (fit, gravity)
                let image = Self.noise(Self.source, .gray8, seed: 1)
                let rows = try thumbnail.rows(AnyRowSource(image.rows), orientation: orientation)
                #expect(try rows.size == thumbnail.size(for: info))
            }
        }
    }

    @Test func aSizeOfNothingIsRefused() {
        let image = Self.noise(Self.source, .gray8, seed: 1)
        for target in [TargetSize.box(Size(0, 5)), .box(Size(5, -1)), .width(0), .height(-3), .percent(0)] {
            #expect { try Thumbnail(target).image(of: image) } throws: { ($0 as? ImageError)?.kind == .misuse }
        }
    }

    @Test func paddingLiesAroundThePicture() throws {
        let image = Image(size: Size(4, 2), pixelFormat: .gray8, pixels: [UInt8](repeating: 7, count: 8))
        var thumbnail = Thumbnail(fitting: Size(4, 4))
        thumbnail.fit = .pad
        let gray = try thumbnail.image(of: image)
        #expect(gray.pixelFormat == .gray8)
        #expect(gray.pixels == [255, 255, 255, 255, 7, 7, 7, 7, 7, 7, 7, 7, 255, 255, 255, 255])
        thumbnail.background = Color(red: 1, green: 2, blue: 3)
        let coloured = try thumbnail.image(of: image)
        #expect(coloured.pixelFormat == .rgb8)
        #expect(Array(coloured.pixels[9..<18]) == [1, 2, 3, 7, 7, 7, 7, 7, 7])
        thumbnail.background = Color(red: 1, green: 2, blue: 3, alpha: 0)
        #expect(try thumbnail.image(of: image).pixelFormat == .rgba8)
        thumbnail.gravity = .north
        thumbnail.background = .white
        #expect(try thumbnail.image(of: image).pixels == [7, 7, 7, 7, 7, 7, 7, 7] + [UInt8](repeating: 255, count: 8))
    }

    @Test func linearLightIsBrighter() throws {
        // Black and white averaged: half the light is sRGB 188, half the stored value is 128.
        let image = Image(size: Size(2, 1), pixelFormat: .gray8, pixels: [0, 255])
        var thumbnail = Thumbnail(.box(Size(1, 1)))
        (thumbnail.fit, thumbnail.filter) = (.fill, .box)
        #expect(try thumbnail.image(of: image).pixels == [128])
        thumbnail.linear = true
        #expect(try thumbnail.image(of: image).pixels == [188])
    }
}
