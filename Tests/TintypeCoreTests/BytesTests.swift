import TestSupport
import Testing
import TintypeCore

@Suite struct BytesTests {
    private static let bytes = (0..<1000).map { UInt8(truncatingIfNeeded: $0 &* 7) }

    @Test(arguments: [1, 3, 16, 1000], [16, 64, 4096])
    func readerYieldsWhatTheSourceHolds(_ step: Int, _ capacity: Int) throws {
        var reader = ByteReader(TricklingByteSource(Self.bytes, step: step), format: .png, capacity: capacity)
        #expect(try reader.readByte() == Self.bytes[0])
        #expect(try reader.readUInt16() == UInt16(Self.bytes[1]) << 8 | UInt16(Self.bytes[2]))
        #expect(try reader.readUInt16LittleEndian() == UInt16(Self.bytes[4]) << 8 | UInt16(Self.bytes[3]))
        #expect(try reader.readUInt32() == Self.bytes[5..<9].reduce(0) { $0 << 8 | UInt32($1) })
        #expect(try reader.readBytes(91) == Array(Self.bytes[9..<100]))
        #expect(try reader.skip(100) == 100)
        #expect(reader.offset == 200)
        let filled = try reader.fill(16)
        #expect(filled >= 16)
        #expect(reader.buffer[reader.position] == Self.bytes[200])
        reader.advance(by: 16)
        #expect(try reader.peek() == Self.bytes[216])
        #expect(try reader.readBytes(784) == Array(Self.bytes[216...]))
        #expect(try reader.nextByte() == nil)
        #expect(try reader.skip(5) == 0)
        #expect(try reader.peek() == nil)
    }

    @Test func endsAreErrorsOfKindTruncated() throws {
        for count in 0..<4 {
            var reader = ByteReader(MemoryByteSource([UInt8](repeating: 1, count: count)), format: .gif)
            do {
                _ = try reader.readUInt32()
                Issue.record("read four bytes of \(count)")
            } catch {
                #expect(error.kind == .truncated && error.format == .gif && error.offset == count)
            }
        }
        var reader = ByteReader(MemoryByteSource([1, 2]), format: .gif)
        #expect(throws: ImageError.self) { try reader.readBytes(.max) }
    }

    @Test func sourceErrorsPassThrough() throws {
        var reader = ByteReader(FailingByteSource([1, 2, 3]), format: .jpeg)
        #expect(try reader.readUInt16() == 0x0102)
        #expect { try reader.readUInt16() } throws: { ($0 as? ImageError)?.kind == .io }
    }

    @Test func writerKeepsOrder() throws {
        let sink = MemoryByteSink()
        var writer = ByteWriter(sink, capacity: 8)
        try writer.write(1 as UInt8)
        try writer.write(0x0203 as UInt16)
        try writer.write(0x0405_0607 as UInt32)
        try writer.write([8, 9, 10])
        try writer.write([11, 12].span)
        #expect(writer.offset == 12)
        try writer.flush()
        #expect(sink.bytes == Array(1...12))
    }

    @Test func prefixComesFirst() throws {
        let source = PrefixedByteSource([1, 2], then: MemoryByteSource([3, 4]))
        var reader = ByteReader(source, format: .png)
        #expect(try reader.readBytes(4) == [1, 2, 3, 4])
    }

    @Test(arguments: [
        ("\u{FF}\u{D8}\u{FF}", ImageFormat.jpeg as ImageFormat?), ("\u{89}PNG\r\n\u{1A}\n", .png), ("GIF87a", .gif),
        ("GIF89a", .gif), ("P5 ", .netpbm), ("P6\n", .netpbm), ("P7\n", .netpbm), ("P4\n", nil), ("P8\n", nil),
        ("GIF88a", nil), ("", nil), ("\u{FF}", nil), ("\u{FF}\u{D8}", .jpeg), ("PNG", nil),
    ])
    func signatures(_ text: String, _ format: ImageFormat?) {
        #expect(ImageFormat(signature: text.unicodeScalars.map { UInt8(truncatingIfNeeded: $0.value) }) == format)
    }
}
