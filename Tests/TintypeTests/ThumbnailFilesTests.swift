import SystemPackage
import TestSupport
import Testing
import Tintype

@Suite struct ThumbnailFilesTests {
    private func image(_ name: String) throws -> Image { try Image(decoding: TestImages.bytes(name)) }

    @Test(arguments: [
        "photo.jpg", "photo.png", "photo.gif", "orientation-6.jpg", "alpha.png", "gray-16.png", "cmyk.jpg",
    ])
    func streamingAndWholeFrameWriteTheSameFile(_ name: String) throws {
        let folder = TemporaryFolder()
        let input = FilePath(TestImages.folder).appending(name)
        for box in [Size(20, 20), Size(9, 31), Size(1000, 1000)] {
            let thumbnail = Thumbnail(fitting: box)
            for output in ["streamed.png", "streamed.jpg", "streamed.pam"] {
                let made = try thumbnail.make(from: input, to: folder / output)
                let whole = try Image(contentsOf: input).thumbnail(fitting: box)
                try whole.write(to: folder / "whole.\(output.suffix(3))")
                let bytes = try folder.read(output)
                #expect(try bytes == folder.read("whole.\(output.suffix(3))"))
                #expect(made.size == whole.size && made.bytes == bytes.count)
            }
        }
    }

    @Test func theFormatSuitsThePicture() throws {
        let folder = TemporaryFolder()
        let names = [
            ("photo.jpg", ImageFormat.jpeg), ("photo.png", .jpeg), ("alpha.png", .png), ("transparent.gif", .png),
        ]
        for (name, format) in names {
            let made = try Thumbnail(fitting: Size(16, 16)).make(
                from: FilePath(TestImages.folder).appending(name), to: folder / "small")
            #expect(made.format == format)
            #expect(try ImageFormat(signature: folder.read("small")) == format)
        }
    }

    @Test(arguments: Orientation.allCases)
    func picturesComeUpright(_ orientation: Orientation) throws {
        let bytes = try TestImages.bytes("orientation-\(orientation.rawValue).jpg")
        let reader = try ImageReader(MemoryByteSource(bytes))
        #expect(reader.info.orientation == orientation)
        let upright = try Image(decoding: bytes)
        #expect(upright.size == reader.info.displaySize)
        #expect(upright.metadata.orientation == .up)

        var thumbnail = Thumbnail(fitting: Size(12, 12))
        thumbnail.encoding = .png
        for keep in Metadata.Keep.allCases {
            thumbnail.metadata = keep
            thumbnail.orient = true
            let turned = try ImageReader(MemoryByteSource(thumbnail.make(from: bytes)))
            #expect(turned.info.orientation == .up)
            thumbnail.orient = false
            let stored = try ImageReader(MemoryByteSource(thumbnail.make(from: bytes)))
            #expect(stored.info.orientation == (keep == .none ? .up : orientation))
            if keep != .none { #expect(stored.info.displaySize == turned.info.size) }
        }
    }

    @Test func metadataIsKeptAsAskedFor() throws {
        let bytes = try TestImages.bytes("metadata.jpg")
        let stored = try ImageReader(MemoryByteSource(bytes)).metadata
        try #require(stored.icc != nil && stored.exif != nil)
        var thumbnail = Thumbnail(fitting: Size(16, 16))
        func kept(_ keep: Metadata.Keep) throws -> Metadata {
            thumbnail.metadata = keep
            return try ImageReader(MemoryByteSource(thumbnail.make(from: bytes))).metadata
        }
        #expect(try kept(.none).icc == nil && kept(.none).exif == nil)
        #expect(try kept(.safe).icc == stored.icc)
        #expect(try kept(.safe).xmp == nil)
        #expect(try kept(.safe).exif?.count ?? 0 < stored.exif?.count ?? 0)
        #expect(try kept(.all).exif?.count == stored.exif?.count)
    }

    @Test func writingOverTheInput() throws {
        let folder = TemporaryFolder()
        try folder.write(TestImages.bytes("photo.jpg"), to: "a.jpg")
        try Thumbnail(fitting: Size(30, 30)).make(from: folder / "a.jpg", to: folder / "a.jpg")
        #expect(try Image(contentsOf: folder / "a.jpg").size.width == 30)
        #expect(folder.names() == ["a.jpg"])
    }

    @Test func nothingIsLeftOfAFailure() throws {
        let folder = TemporaryFolder()
        try folder.write(Array("P5 4 4 255\n".utf8), to: "cut.pgm")
        var thumbnail = Thumbnail(fitting: Size(2, 2))
        thumbnail.options.strict = true
        #expect(throws: ImageError.self) { try thumbnail.make(from: folder / "cut.pgm", to: folder / "small.jpg") }
        #expect(folder.names() == ["cut.pgm"])
        #expect { try thumbnail.make(from: folder / "missing.jpg", to: folder / "small.jpg") } throws: {
            ($0 as? ImageError)?.operation == .open
        }
        #expect { try thumbnail.make(from: folder / "cut.pgm", to: folder / "no/small.jpg") } throws: {
            ($0 as? ImageError)?.operation == .create
        }
        #expect {
            try Thumbnail(fitting: Size(0, 2)).make(from: folder / "cut.pgm", to: folder / "small.jpg")
        } throws: {
            ($0 as? ImageError)?.kind == .misuse
        }
    }
}
