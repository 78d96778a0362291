import TestSupport
import Testing
import Tintype

@Suite struct SheetCommandTests {
    @Test func cellsLieInOrder() throws {
        let folder = try TemporaryFolder(["photo.jpg", "alpha.png", "animated.gif"])
        let done = try Tool.run(
            "sheet", "photo.jpg", "alpha.png", "animated.gif", "-s", "40x30", "--columns", "2", "--gap", "3",
            "--background", "#102030", "-o", "sheet.png", in: folder)
        #expect(done.code == 0)
        #expect(done.errors.contains("sheet.png: 89x69, 3 pictures"))
        let sheet = try Image(decoding: folder.read("sheet.png"))
        #expect(sheet.size == Size(89, 69))
        for (index, name) in ["photo.jpg", "alpha.png", "animated.gif"].enumerated() {
            var thumbnail = Thumbnail(fitting: Size(40, 30))
            thumbnail.reduction = .twice
            let background = Color(red: 16, green: 32, blue: 48)
            let reader = try ImageReader(MemoryByteSource(folder.read(name)), options: DecodeOptions())
            let cell = try ContactSheet.cell(of: reader, background: background, by: thumbnail)
            #expect(part(of: sheet, x: 3 + index % 2 * 43, y: 3 + index / 2 * 33, cell.size) == rgb(cell))
        }
        // The fourth cell is empty.
        #expect(pixel(sheet, 60, 50) == [16, 32, 48])
        #expect(pixel(sheet, 0, 0) == [16, 32, 48])
    }

    @Test func badInputsAreLeftOut() throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        try folder.write([1, 2, 3], to: "bad.png")
        let done = try Tool.run("sheet", "photo.jpg", "bad.png", "none.png", "-s", "20", "-o", "s.png", in: folder)
        #expect(done.code == 1)
        #expect(done.errors.contains("bad.png") && done.errors.contains("none.png"))
        #expect(try Image(decoding: folder.read("s.png")).size == Size(36, 36))
        #expect(try Tool.run("sheet", "bad.png", "-o", "t.png", in: folder).code == 65)
        #expect(!folder.names().contains("t.png"))
    }

    @Test(arguments: [
        ["-o", "x.png", "-s", "50%"], ["-o", "x.png", "-s", "0x0"], ["-o", "{stem}.png"], ["-o", "-"],
        ["-o", "x.png", "--columns", "0"], ["-o", "x.png", "--gap", "-1"], [],
    ])
    func wrongUse(_ arguments: [String]) throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        #expect(try Tool.run(["sheet", "photo.jpg"] + arguments, in: folder).code == 64)
        #expect(folder.names() == ["photo.jpg"])
    }

    private func pixel(_ image: Image, _ x: Int, _ y: Int) -> [UInt8] {
        let channels = image.pixelFormat.bytesPerPixel
        let start = (y * image.size.width + x) * channels
        return Array(image.pixels[start..<start + channels])
    }

    private func part(of image: Image, x: Int, y: Int, _ size: Size) -> [[UInt8]] {
        (0..<size.height).flatMap { row in (0..<size.width).map { pixel(image, x + $0, y + row) } }
    }

    private func rgb(_ cell: Image) -> [[UInt8]] { part(of: cell, x: 0, y: 0, cell.size) }
}
