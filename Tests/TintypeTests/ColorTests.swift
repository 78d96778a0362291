import TestSupport
import Testing
import Tintype

@Suite struct ColorTests {
    private static let red = Image(
        size: Size(8, 8), pixelFormat: .rgb8, pixels: (0..<64).flatMap { _ in [200, 100, 50] as [UInt8] },
        metadata: Metadata(icc: ColorProfiles.p3Profile))

    private func thumbnail(_ change: (inout Thumbnail) -> Void = { _ in }) -> Thumbnail {
        var thumbnail = Thumbnail(fitting: Size(4, 4))
        thumbnail.colors = .srgb
        thumbnail.encoding = .png
        change(&thumbnail)
        return thumbnail
    }

    private func png(_ image: Image) throws -> [UInt8] { try image.encoded(as: .png, keeping: .all) }

    /// What LittleCMS makes of the red.
    private func isConverted(_ pixel: [UInt8]) -> Bool {
        zip(pixel, [215, 93, 31]).allSatisfy { abs(Int($0) - $1) <= 1 }
    }

    @Test func picturesInMemory() throws {
        let small = try thumbnail().image(of: Self.red)
        #expect(isConverted(PixelOracle.pixel(small, 2, 2)))
        #expect(small.metadata.icc == nil && small.metadata.isSRGB)
        let kept = try thumbnail { $0.colors = .keep }.image(of: Self.red)
        #expect(PixelOracle.pixel(kept, 2, 2) == [200, 100, 50])
        #expect(kept.metadata == Self.red.metadata)
    }

    static let fits: [(Fit, Gravity)] = [(.inside, .center), (.cover, .attention), (.pad, .center), (.fill, .center)]

    @Test(arguments: fits.indices)
    func filesSayThatTheyAreSRGB(_ index: Int) throws {
        let made = try thumbnail {
            ($0.fit, $0.gravity) = Self.fits[index]
            $0.target = .box(Size(4, 2))
            $0.background = Color(red: 1, green: 200, blue: 3)
        }.make(from: png(Self.red))
        let image = try Image(decoding: made)
        #expect(image.metadata.icc == nil && image.metadata.isSRGB)
        #expect(isConverted(PixelOracle.pixel(image, image.size.width / 2, 0)))
        // The background is of sRGB already.
        if Self.fits[index].0 == .pad { #expect(PixelOracle.pixel(image, 0, 0) == [1, 200, 3]) }
    }

    @Test func jpegHasNoProfileAndItsEXIFSaysSRGB() throws {
        var image = Self.red
        image.metadata.exif = EXIFWriting(littleEndian: true).camera(orientation: 1)
        let made = try thumbnail {
            $0.encoding = .jpeg(quality: 95)
            $0.metadata = .all
        }.make(from: png(image))
        let metadata = try Image(decoding: made).metadata
        #expect(metadata.icc == nil)
        var expected = image.metadata
        expected.markSRGB()
        #expect(metadata.exif == expected.keeping(.all, size: Size(4, 4)).exif)
    }

    @Test func whatIsSRGBKeepsItsPixels() throws {
        var random = SplitMix64(seed: 4)
        var image = TestPattern.noise.image(Size(9, 9), .rgba16, using: &random)
        for icc in [nil, ColorProfiles.sRGBProfile] {
            image.metadata.icc = icc
            let same = try Image(decoding: thumbnail { $0.target = .percent(100) }.make(from: png(image)))
            #expect(same.pixels == image.pixels && same.metadata.isSRGB && same.metadata.icc == nil)
        }
    }

    @Test func otherProfilesStayAndTheResultSaysSo() throws {
        var image = Self.red
        let lookup = ColorProfiles.profile(space: "RGB ", tags: [("A2B0", [1, 2, 3, 4])])
        image.metadata.icc = lookup
        let sink = MemoryByteSink()
        let reader = try ImageReader(MemoryByteSource(png(image)))
        let outcome = try thumbnail().write(reader, to: sink, as: .png)
        #expect(outcome.warnings.map(\.kind) == [.unconvertedProfile])
        let made = try Image(decoding: sink.bytes)
        #expect(made.metadata.icc == lookup && !made.metadata.isSRGB)
        #expect(PixelOracle.pixel(made, 2, 2) == [200, 100, 50])
        #expect(try thumbnail().image(of: image).metadata.icc == lookup)
    }

    @Test func turnedPicturesAreConvertedToo() throws {
        var image = Self.red
        image.metadata.exif = EXIFWriting(littleEndian: false).camera(orientation: 6)
        image.metadata.xmp = Array("<a tiff:Orientation=\"6\"/>".utf8)
        let made = try Image(decoding: thumbnail { $0.metadata = .all }.make(from: png(image)))
        #expect(isConverted(PixelOracle.pixel(made, 1, 1)))
        #expect(made.metadata.orientation == .up)
        #expect(made.metadata.xmp == Array("<a tiff:Orientation=\"1\"/>".utf8))
    }
}

@Suite struct CopiedMetadataTests {
    private static let thumbnail = [UInt8](repeating: 0x77, count: 200)

    private func source(_ encoding: Encoding) throws -> [UInt8] {
        var image = Image(size: Size(8, 4), pixelFormat: .rgb8, pixels: [UInt8](repeating: 90, count: 96))
        image.metadata = Metadata(
            exif: EXIFWriting(littleEndian: true).camera(thumbnail: Self.thumbnail), icc: ColorProfiles.p3Profile,
            xmp: Array("<a tiff:Orientation='6'/>".utf8), iptc: [0x1C, 2, 80, 0, 1, 65], comments: [[1], [2]])
        let sink = MemoryByteSink()
        try encoding.write(AnyRowSource(image.rows), to: sink, metadata: image.metadata)
        return sink.bytes
    }

    private func copy(_ bytes: [UInt8], _ keep: Metadata.Keep, orient: Bool = true) throws -> Metadata {
        var thumbnail = Thumbnail(.percent(50))
        thumbnail.metadata = keep
        thumbnail.orient = orient
        thumbnail.encoding = .jpeg(quality: 80)
        return try ImageReader(MemoryByteSource(thumbnail.make(from: bytes))).metadata
    }

    @Test func allIsKeptButTheEmbeddedThumbnail() throws {
        let before = try ImageReader(MemoryByteSource(source(.jpeg(quality: 90)))).metadata
        let turned = try copy(source(.jpeg(quality: 90)), .all)
        var expected = before
        expected.resetOrientation()
        expected = expected.keeping(.all, size: Size(2, 4))
        expected.density = turned.density
        #expect(turned == expected)
        #expect(turned.exif?.contains(0x77) == false && turned.iptc != nil && turned.comments.count == 2)
        #expect(turned.exifFacts?.location != nil)

        let stored = try copy(source(.jpeg(quality: 90)), .all, orient: false)
        #expect(stored.orientation == .right && stored.xmp == before.xmp)
        #expect(stored.exif == before.keeping(.all, size: Size(4, 2)).exif)
    }

    @Test func safeTellsNobodyWhereOrWithWhat() throws {
        let safe = try copy(source(.jpeg(quality: 90)), .safe)
        #expect(safe.icc == ColorProfiles.p3Profile)
        #expect(safe.iptc == nil && safe.comments.isEmpty && safe.xmp == nil)
        var facts = EXIFFacts()
        facts.artist = "Anna"
        facts.copyright = "(c) Anna"
        #expect(safe.exifFacts == facts)
        #expect(try copy(source(.jpeg(quality: 90)), .safe, orient: false).orientation == .right)
        let none = try copy(source(.jpeg(quality: 90)), .none)
        #expect(none.exif == nil && none.icc == nil)
    }

    @Test(arguments: [false, true])
    func anXMPPacketTooLargeForJPEGDoesNotStopAConversion(_ all: Bool) throws {
        var image = Image(size: Size(8, 4), pixelFormat: .rgb8, pixels: [UInt8](repeating: 90, count: 96))
        image.metadata = Metadata(xmp: [UInt8](repeating: 65, count: 100_000))
        let copied = try copy(image.encoded(as: .png, keeping: .all), all ? .all : .safe)
        #expect(copied.extendedXMP == (all ? image.metadata.xmp : nil))
        #expect((copied.xmp == nil) == !all)
    }
    /// What a JPEG file had to keep apart is one packet again in formats that have room.
    @Test func extendedXMPIsOnePacketInPNGAndGIF() throws {
        let text = String(repeating: "abc ", count: 30_000)
        let packet =
            #"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description note=""# + text
            + #""/></rdf:RDF>"#
        var image = Image(size: Size(8, 4), pixelFormat: .rgb8, pixels: [UInt8](repeating: 90, count: 96))
        image.metadata = Metadata(xmp: Array(packet.utf8))
        let jpeg = try Image(decoding: image.encoded(as: .jpeg(quality: 90), keeping: .all))
        #expect(jpeg.metadata.extendedXMP == image.metadata.xmp)
        for encoding in [Encoding.png, .gif] {
            let copy = try Image(decoding: jpeg.encoded(as: encoding, keeping: .all))
            let xmp = String(decoding: try #require(copy.metadata.xmp), as: UTF8.self)
            #expect(copy.metadata.extendedXMP == nil)
            #expect(xmp.contains(#"note=""# + text) && !xmp.contains("HasExtendedXMP"))
        }
    }
}
