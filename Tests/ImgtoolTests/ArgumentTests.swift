import SystemPackage
import Testing
import Tintype

@testable import imgtool

@Suite struct ArgumentTests {
    @Test func sizes() {
        let sizes: [(String, TargetSize)] = [
            ("256x100", .box(Size(256, 100))), ("800x", .width(800)), ("x600", .height(600)),
            ("256", .box(Size(256, 256))), ("50%", .percent(50)), ("12.5%", .percent(12.5)),
            ("3X4", .box(Size(3, 4))), ("1000000x1", .box(Size(1_000_000, 1))),
        ]
        for (text, size) in sizes { #expect(TargetSize(argument: text) == size) }
        let wrong = [
            "0x0", "-5", "99999999999x1", "99999999999999999999", "abc", "", "x", "1x2x3", "5.5x3", "0%", "-3%", "%",
            "nan%", "inf%", "１２", "10x-1", "1000001", "0x5", " 5", "+5",
        ]
        for text in wrong { #expect(TargetSize(argument: text) == nil, "\(text)") }
    }

    @Test func byteCounts() {
        let counts = [
            ("30000", 30_000), ("30k", 30_000), ("30K", 30_000), ("30kB", 30_000), ("30KiB", 30_720), ("2m", 2_000_000),
            ("2MiB", 2 << 20), ("1G", 1_000_000_000), ("1gib", 1 << 30), ("7b", 7),
        ]
        for (text, count) in counts { #expect(ByteCount(argument: text)?.bytes == count) }
        for text in ["", "k", "0", "-1", "1.5k", "30x", "99999999999999999999", "99999999999999G"] {
            #expect(ByteCount(argument: text) == nil, "\(text)")
        }
    }

    @Test func outputNames() throws {
        func name(_ template: String, _ input: String) throws -> String {
            try OutputTemplate(template).path(
                for: Input(name: input), extension: "png", size: Size(3, 4), frame: 5
            ).string
        }
        #expect(try name("{dir}/{stem}-thumb.{ext}", "a/b.c.jpg") == "a/b.c-thumb.png")
        #expect(try name("{dir}/{stem}-thumb.{ext}", "b.jpg") == "b-thumb.png")
        #expect(try name("{dir}/{stem}-thumb.{ext}", "/b.jpg") == "/b-thumb.png")
        #expect(try name("./{stem}.{ext}", "x/b") == "./b.png")
        #expect(try name("{stem}", "-") == "stdin")
        #expect(try name("{width}x{height}/{frame}{frame}", "b") == "3x4/55")
        #expect(try name("some/", "x/b.gif") == "some/b.png")
        #expect(try name("/tmp", "x/b.gif") == "/tmp/b.png")
        #expect(try name("a}b{", "x") == "a}b{")
        #expect(throws: (any Error).self) { try OutputTemplate("{nothing}") }
        #expect(try OutputTemplate("{stem}.png").fixedExtension == "png")
        #expect(try OutputTemplate("a.b/{stem}").fixedExtension == nil)
        #expect(try OutputTemplate("x.{width}").fixedExtension == nil)
        #expect(try OutputTemplate("plain").fixedExtension == nil)
        #expect(try OutputTemplate("-").isStandardOutput)
    }

    @Test func bytesForPeople() {
        #expect(readable(bytes: 940) == "940 bytes")
        #expect(readable(bytes: 14_541) == "14.2 KiB")
        #expect(readable(bytes: 3 << 20) == "3.0 MiB")
    }
}
