import TestSupport
import Testing
import Tintype

@Suite struct JPEGOutputTests {
    private func info(_ name: String, in folder: TemporaryFolder) throws -> (info: ImageInfo, metadata: Metadata) {
        try ImageReader.inspect(MemoryByteSource(folder.read(name)))
    }

    private func details(_ info: ImageInfo) throws -> ImageInfo.JPEG {
        guard case .jpeg(let details) = info.details else { throw Failure.notJPEG }
        return details
    }

    private enum Failure: Error { case notJPEG }

    @Test(arguments: [
        ("thumbnail", "420"), ("resize", "422"), ("convert", "444"), ("convert", "440"), ("convert", "411"),
    ])
    func optionsOfWriting(_ command: String, _ subsampling: String) throws {
        let folder = try TemporaryFolder(["photo.png"])
        let place = command == "thumbnail" ? ["photo.png", "-o", "a.jpg"] : ["photo.png", "a.jpg"]
        let size = command == "resize" ? ["-s", "40"] : []
        let options = ["--progressive", "--subsampling", subsampling, "--density", "300x150", "--quiet"]
        #expect(try Tool.run([command] + place + size + options, in: folder).code == 0)
        let (info, metadata) = try info("a.jpg", in: folder)
        let details = try details(info)
        #expect(details.process == .progressive)
        #expect(details.subsampling == subsampling.map { String($0) }.joined(separator: ":"))
        #expect(metadata.density == Metadata.Density(x: 300, y: 150, unit: .inch))
    }

    @Test func arithmeticCodes() throws {
        let folder = try TemporaryFolder(["photo.png"])
        for (options, process) in [
            ([], ImageInfo.JPEG.Process.arithmetic), (["--progressive"], .progressiveArithmetic),
        ] {
            #expect(try Tool.run(["convert", "photo.png", "a.jpg", "--arithmetic"] + options, in: folder).code == 0)
            #expect(try details(info("a.jpg", in: folder).info).process == process)
        }
    }

    @Test(arguments: [
        ["--density", "0"], ["--density", "300x"], ["--density", "1x2x3"], ["--density", "nan"],
        ["--subsampling", "410"],
        ["--rotate", "90"], ["--crop", "1x1+0+0"], ["--flip", "vertical"], ["--lossless", "--rotate", "45"],
        ["--lossless", "--crop", "1x1"], ["--lossless", "--crop", "0x1+0+0"], ["--lossless", "--crop", "+1+1+1"],
        ["--lossless", "--format", "png"], ["--lossless", "--max-bytes", "30k"], ["--lossless", "--frame", "0"],
        ["--lossless", "--crop", "9x9+9999+0"],
    ])
    func wrongUse(_ options: [String]) throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        #expect(try Tool.run(["convert", "photo.jpg", "a.jpg"] + options, in: folder).code == 64)
        #expect(!folder.names().contains("a.jpg"))
    }

    @Test func losslessIsFromJPEGToJPEG() throws {
        let folder = try TemporaryFolder(["photo.jpg", "photo.png"])
        #expect(try Tool.run("convert", "--lossless", "photo.png", "a.jpg", in: folder).code == 64)
        #expect(try Tool.run("convert", "--lossless", "photo.jpg", "a.png", in: folder).code == 64)
    }

    @Test(arguments: [
        (["--rotate", "90"], Orientation.right), (["--rotate", "180"], .down), (["--rotate", "270"], .left),
        (["--flip", "horizontal"], .upMirrored), (["--flip", "vertical"], .downMirrored), ([], .up),
        (["--rotate", "90", "--flip", "horizontal"], .leftMirrored),
    ])
    func lossless(_ options: [String], _ orientation: Orientation) throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        let done = try Tool.run(
            ["convert", "--lossless", "photo.jpg", "-", "--format", "jpg", "--metadata", "all"] + options, in: folder)
        #expect(done.code == 0)
        let sink = MemoryByteSink()
        let transform = JPEGTransform(orientation, metadata: .all)
        _ = try transform.apply(to: MemoryByteSource(folder.read("photo.jpg")), writingTo: sink)
        #expect(done.output == sink.bytes)
    }

    @Test func whatIsDroppedIsSaid() throws {
        let folder = try TemporaryFolder(["odd-17x33-420.jpg"])
        let arguments = ["convert", "--lossless", "--rotate", "90", "odd-17x33-420.jpg", "{width}x{height}.jpg"]
        let object = try Tool.run(arguments + ["--json"], in: folder).objects().first
        #expect(object?["width"] as? Int == 32 && object?["height"] as? Int == 17)
        #expect(object?["droppedColumns"] as? Int == 1 && object?["droppedRows"] as? Int == 0)
        #expect(folder.names().contains("32x17.jpg"))
        #expect(try Tool.run(arguments, in: folder).errors.contains("without 1 columns"))
        #expect(try Tool.run(arguments + ["--strict"], in: folder).code == 64)
    }

    @Test(arguments: 1...8)
    func orientedWithoutLoss(orientation: Int) throws {
        let name = "orientation-\(orientation).jpg"
        let folder = try TemporaryFolder([name])
        #expect(try Tool.run("convert", "--lossless", "--orient", name, "a.jpg", "--quiet", in: folder).code == 0)
        let (before, after) = (try info(name, in: folder).info, try info("a.jpg", in: folder).info)
        #expect(after.orientation == .up)
        // 36 is 2 × 16 and 4, which are dropped where the upper edge was the lower.
        #expect(before.displaySize == Size(48, 36))
        #expect(after.size == Size(48, before.orientation.mirrors.y ? 32 : 36))
    }

    @Test func aMaximumOfBytesIsKept() throws {
        let folder = try TemporaryFolder(["photo.jpg"])
        for progressive in [[], ["--progressive"]] {
            let arguments = ["convert", "photo.jpg", "a.jpg", "--max-bytes", "6k", "-q", "95", "--quiet"]
            #expect(try Tool.run(arguments + progressive, in: folder).code == 0)
            #expect((5_700...6_000).contains(try folder.read("a.jpg").count))
        }
        #expect(try Tool.run("convert", "photo.jpg", "b.jpg", "--max-bytes", "100", in: folder).code == 69)
    }
}
