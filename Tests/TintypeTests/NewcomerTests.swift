import TestSupport
import Testing
import Tintype

/// The lines that the documentation shows, run where the files that they name are.
@Suite(.serialized) struct NewcomerTests {
    @Test func lines() throws {
        let folder = TemporaryFolder()
        try folder.write(TestImages.bytes("photo.jpg"), to: "photo.jpg")
        try folder.write(TestImages.bytes("photo.png"), to: "huge.png")
        let here = WorkingFolder(folder)
        defer { here.leave() }

        let photo = try Image(contentsOf: "photo.jpg")
        try photo.thumbnail(fitting: Size(800, 600)).write(to: "small.jpg", as: .jpeg(quality: 85))
        #expect(try Image(contentsOf: "small.jpg").size == photo.size)

        try Thumbnail(fitting: Size(256, 256)).make(from: "huge.png", to: "small.jpg")
        #expect(try Image(contentsOf: "small.jpg").size == Size(256, 192))
    }
}
