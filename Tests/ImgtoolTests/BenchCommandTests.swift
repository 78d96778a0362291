import Foundation
import TestSupport
import Testing

@Suite struct BenchCommandTests {
    @Test(arguments: [
        ["decode", "photo.jpg"], ["decode", "animated.gif"], ["encode", "photo.jpg", "--format", "gif"],
        ["decode", "photo.jpg", "--scale", "1"],
        ["encode", "photo.png", "--format", "jpeg", "-q", "80", "--no-optimize"],
        ["encode", "alpha.png", "--format", "png", "--effort", "1"],
        ["resize", "photo.jpg", "-s", "100x100", "--fit", "fill", "--filter", "box"],
        ["thumbnail", "photo.jpg", "-s", "64x64"],
    ])
    func figures(_ arguments: [String]) throws {
        let folder = try TemporaryFolder(["photo.jpg", "photo.png", "alpha.png", "animated.gif"])
        let done = try Tool.run(["bench"] + arguments + ["--repeat", "2", "--threads", "1", "--json"], in: folder)
        #expect(done.code == 0)
        let keys = [
            "task", "input", "bytes", "width", "height", "repeat", "threads", "tier", "median_ms", "min_ms", "max_ms",
            "mpix_per_s", "peak_rss_kib",
        ]
        let found = done.text.matches(of: /"(\w+)":/).map { String($0.1) }
        #expect(found == keys)
        let object = try #require(done.objects().first)
        #expect(object["task"] as? String == arguments[0])
        #expect(object["median_ms"] as? Double ?? 0 > 0)
        #expect(object["peak_rss_kib"] as? Int ?? 0 > 1000)
        #expect(try Tool.run(["bench"] + arguments + ["--repeat", "1"], in: folder).text.contains(" ms ("))
    }

    @Test func wrongUse() throws {
        let folder = try TemporaryFolder(["photo.jpg", "alpha.png"])
        #expect(try Tool.run("bench", "decode", "alpha.png", "--scale", "2", in: folder).code == 65)
        for arguments in [["--scale", "3"], ["--repeat", "0"], ["--threads", "0"]] {
            #expect(try Tool.run(["bench", "decode", "photo.jpg"] + arguments, in: folder).code == 64)
        }
        #expect(try Tool.run("bench", "encode", "photo.jpg", "--format", "jpeg", "-q", "0", in: folder).code == 64)
        #expect(try Tool.run("bench", "decode", "none.jpg", in: folder).code == 66)
    }
}
