import FoundationEssentials
import TestSupport
import Testing
import Tintype
import TintypeStore

/// Pictures that a field makes of the image it is given.
@Suite struct VariantTests {
    let folder = TemporaryFolder()

    struct Portrait: Model, Hashable {
        var id: Int?
        var image: ImageField?
        static let imageFields = [
            ImageFieldDeclaration<Portrait>(
                "image", \.image, uploadTo: .dated("portraits"),
                rules: ImageRules(formats: [.jpeg, .png], maximumBytes: 1 << 20),
                saving: Thumbnail(fitting: Size(80, 60), as: .jpeg(quality: 85)),
                variants: [
                    "small": Thumbnail(fitting: Size(16, 16), as: .jpeg(quality: 70)),
                    "icon": Thumbnail(fitting: Size(8, 8), as: .png),
                ])
        ]
    }

    func save(_ name: String, _ file: String) async throws -> StoredImage {
        let portraits = try folder.store().collection(of: Portrait.self)
        let content = ContentFile(named: name, bytes: try TestImages.bytes(file))
        return try #require(try await portraits.save(content, in: \.image, of: Portrait()).image?.stored)
    }

    @Test func theImageIsMadeSmallerOnSave() async throws {
        let image = try await save("lake.png", "photo.png")
        #expect(image.name.description == "portraits/lake.jpg" && image.format == .jpeg)
        #expect(image.size == Size(80, 60))
        let bytes = try folder.read("media/portraits/lake.jpg")
        #expect(bytes.count == image.bytes)
        let expected = try Image(decoding: TestImages.bytes("photo.png")).thumbnail(fitting: Size(80, 60))
        #expect(bytes == (try expected.encoded(as: .jpeg(quality: 85))), "the very thumbnail")
    }

    @Test func variantsBelongToTheImageAndGoWithIt() async throws {
        let portraits = try folder.store().collection(of: Portrait.self)
        let image = try await save("lake.jpg", "photo.jpg")
        #expect(image.variants["small"]?.name.description == "portraits/lake_small.jpg")
        #expect(image.variants["small"]?.size == Size(16, 12))
        #expect(image.variants["icon"]?.name.description == "portraits/lake_icon.png")
        #expect(folder.names(in: "media/portraits") == ["lake.jpg", "lake_icon.png", "lake_small.jpg"])
        var portrait = try await portraits.get(id: 1)
        #expect(portrait.image == .stored(image), "they are in the record")
        let icon = try await portraits.read(\.image, variant: "icon", of: portrait)
        #expect(try Image(decoding: icon).size == Size(8, 6))
        #expect(try await portraits.url(\.image, variant: "icon", of: portrait) == "/media/portraits/lake_icon.png")
        let none = await storeError { try await portraits.read(\.image, variant: "huge", of: portrait) }
        #expect(none == .noFile(field: "image.huge"))

        portrait = try await portraits.save(
            ContentFile(named: "lake.jpg", bytes: TestImages.bytes("photo.jpg")), in: \.image, of: portrait)
        #expect(folder.names(in: "media/portraits").count == 3, "the old image went, and its variants with it")
        #expect(portrait.image?.stored?.files.allSatisfy { $0 != image.name } == true)
        #expect(try await folder.store().check() == .allWell(records: 1, images: 3))
        portrait.id = nil
        let copy = try await portraits.save(portrait)
        #expect(folder.names(in: "media/portraits").count == 6, "a copy has variants of its own")
        try await portraits.deleteImage(in: \.image, of: copy)
        try await portraits.delete(id: 1)
        #expect(folder.names(in: "media/portraits") == [])
    }

    /// As Pillow's `thumbnail` has it; the sources are made here, all of one colour.
    @Test(arguments: [
        (801, 600, 800, 599), (800, 601, 799, 600), (1080, 1920, 337, 600), (640, 480, 640, 480), (10_000, 3, 800, 1),
        (3, 10_000, 1, 600), (1999, 1333, 800, 533),
    ])
    func sizesAreThoseOfPillow(width: Int, height: Int, shownWidth: Int, shownHeight: Int) async throws {
        let things = try folder.store().collection(
            named: "Thing", saving: Thumbnail(fitting: Size(800, 600), as: .jpeg(quality: 85)))
        let plain = Image(
            size: Size(width, height), pixelFormat: .gray8, pixels: [UInt8](repeating: 99, count: width * height))
        let saved = try await things.save(
            ContentFile(named: "a.png", bytes: plain.encoded(as: .png)), in: \.[image: "image"], of: DynamicRecord())
        #expect(saved[image: "image"]?.stored?.size == Size(shownWidth, shownHeight))
    }

    @Test func aFieldsRulesAreItsOwn() async throws {
        #expect(await storeError { try await save("a.gif", "animated.gif") }?.validation?.code == .invalidImage)
        var big = try TestImages.bytes("photo.png")
        big += [UInt8](repeating: 0, count: 1 << 20)
        let portraits = try folder.store().collection(of: Portrait.self)
        let error = await storeError {
            try await portraits.save(ContentFile(named: "a.png", bytes: big), in: \.image, of: Portrait())
        }
        #expect(error?.validation?.code == .tooLarge)
        #expect(folder.names() == [])
    }

    /// Transparent pixels are flattened on white where the format has none; the orientation is applied.
    @Test func whatHurtsElsewhere() async throws {
        let flat = try await save("alpha.png", "alpha.png")
        #expect(flat.format == .jpeg)
        let turned = try await save("phone.jpg", "orientation-6.jpg")
        let bytes = try folder.read("media/\(turned.name)")
        #expect(try ImageReader.inspect(MemoryByteSource(bytes)).info.orientation == .up)
        #expect(
            turned.size
                == (try Image(decoding: TestImages.bytes("orientation-6.jpg")).thumbnail(fitting: Size(80, 60)).size))
        struct Empty: Model {
            var id: Int?
            var image: ImageField?
            static let imageFields = [
                ImageFieldDeclaration<Empty>("image", \.image, saving: Thumbnail(fitting: Size(0, 10)))
            ]
        }
        let empties = try folder.store().collection(of: Empty.self)
        let error = await storeError {
            try await empties.save(ContentFile(named: "a.png", bytes: picture()), in: \.image, of: Empty())
        }
        #expect(error != nil, "a box of no size is an error")
    }

    @Test(arguments: ["", "../x", "a.b", "a b", "a/b"])
    func variantsWithImpossibleNames(name: String) {
        #expect(throws: StoreError.self) {
            try ImageFieldDeclaration<Portrait>("image", \.image, variants: [name: Thumbnail(fitting: Size(8, 8))])
                .check()
        }
    }

    /// However long the image's name is, its variants find room beside it.
    @Test func longNames() async throws {
        let image = try await save(String(repeating: "n", count: 300) + ".jpg", "photo.jpg")
        #expect(image.name.length == 100)
        for variant in image.variants.values { #expect(variant.name.length <= 100) }
        #expect(image.variants["small"]?.name.description.hasSuffix("_small.jpg") == true)
    }
}
