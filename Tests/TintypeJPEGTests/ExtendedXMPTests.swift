import TestSupport
import Testing
import TintypeCore

@testable import TintypeJPEG

struct ExtendedXMPTests {
    private func readAgain(_ metadata: Metadata) throws -> Metadata {
        let file = try EncoderCase(9, 9, .init()).encode(metadata: metadata)
        return try JPEGDecoder(MemoryByteSource(file), options: DecodeOptions(strict: true)).metadata
    }

    private func packet(_ count: Int) -> [UInt8] {
        Array("<x:xmpmeta>".utf8) + (0..<count).map { UInt8(32 + $0 % 90) }
    }

    /// The test suite of RFC 1321 §A.5.
    @Test(arguments: [
        ("", "D41D8CD98F00B204E9800998ECF8427E"), ("a", "0CC175B9C0F1B6A831C399E269772661"),
        ("abc", "900150983CD24FB0D6963F7D28E17F72"), ("message digest", "F96B697D7CB7938D525A2F31AAF161D0"),
        (
            "12345678901234567890123456789012345678901234567890123456789012345678901234567890",
            "57EDF4A22BE3C955AC49DA2E2107B67A"
        ),
        ("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789", "D174AB98D277D9F5A5611C2C9F419D9F"),
    ])
    func digests(_ message: String, _ digest: String) {
        #expect(ExtendedXMP.digest(of: Array(message.utf8)) == Array(digest.utf8))
    }

    /// What is too large for a segment is named by a small packet.
    @Test(arguments: [65_493, 65_494, 100_000, 300_000])
    func largePacketsAreExtended(count: Int) throws {
        let whole = packet(count - 11)
        let read = try readAgain(Metadata(xmp: whole))
        if count <= 65_504 {
            #expect(read.xmp == whole && read.extendedXMP == nil)
        } else {
            #expect(read.xmp == ExtendedXMP.packet(naming: ExtendedXMP.digest(of: whole)))
            #expect(read.extendedXMP == whole)
            // And a copy of the copy has the same.
            #expect(try readAgain(read) == read)
        }
    }

    private func segments(_ whole: [UInt8]) -> [[UInt8]] {
        ExtendedXMP.segments(whole, digest: ExtendedXMP.digest(of: whole), capacity: 65_533)
    }

    @Test func piecesComeInAnyOrder() {
        let whole = packet(200_000)
        var reader = ExtendedXMP()
        let pieces = segments(whole)
        #expect(pieces.count == 4)
        for piece in pieces.reversed() { reader.read(piece, allowance: 1 << 20) }
        #expect(reader.whole(namedBy: ExtendedXMP.packet(naming: ExtendedXMP.digest(of: whole))) == whole)
        // Another packet does not name it.
        #expect(reader.whole(namedBy: packet(100)) == nil && reader.whole(namedBy: nil) == nil)
    }

    @Test func whatIsNotWholeIsNothing() {
        let whole = packet(200_000)
        let main = ExtendedXMP.packet(naming: ExtendedXMP.digest(of: whole))
        for missing in 0..<4 {
            var reader = ExtendedXMP()
            for (index, piece) in segments(whole).enumerated() where index != missing {
                reader.read(piece, allowance: 1 << 20)
            }
            #expect(reader.whole(namedBy: main) == nil)
        }
        // More than is allowed, a piece twice and overlapping ones, and segments cut short.
        var reader = ExtendedXMP()
        for piece in segments(whole) { reader.read(piece, allowance: whole.count - 1) }
        #expect(reader.whole(namedBy: main) == nil)
        reader = ExtendedXMP()
        let first = segments(whole)[0]
        for length in 0..<first.count { reader.read(Array(first.prefix(min(length, 100))), allowance: 1 << 20) }
        for _ in 0..<9 { reader.read(first, allowance: 1 << 20) }
        #expect(reader.whole(namedBy: main) == nil)
    }
}
