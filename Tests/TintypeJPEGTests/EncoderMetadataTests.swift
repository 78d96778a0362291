import TestSupport
import Testing
import TintypeCore

@testable import TintypeJPEG

struct EncoderMetadataTests {
    private func segments(_ metadata: Metadata, channels: Int = 3, optimize: Bool = true, restart: Int = 0) throws
        -> [JPEGOracle.Segment]
    {
        let options = JPEGEncoder.Options(optimizeHuffman: optimize, restartInterval: restart)
        return try JPEGOracle(EncoderCase(9, 9, channels: channels, options).encode(metadata: metadata)).segments
    }

    @Test(arguments: [false, true])
    func segmentsComeInOrder(optimize: Bool) throws {
        let metadata = Metadata(exif: [1], icc: [2], xmp: [3], iptc: [4], comments: [[5], []])
        let found = try segments(metadata, optimize: optimize, restart: 2).map(\.marker)
        #expect(
            found == [0xE0, 0xE1, 0xE1, 0xE2, 0xED, 0xFE, 0xFE, 0xDB, 0xDB, 0xC0, 0xC4, 0xC4, 0xC4, 0xC4, 0xDD, 0xDA])
        let grey = try segments(Metadata(), channels: 1, optimize: optimize).map(\.marker)
        #expect(grey == [0xE0, 0xDB, 0xC0, 0xC4, 0xC4, 0xDA])
    }

    @Test func theFrameIsBaseline() throws {
        let frame = try #require(segments(Metadata()).first { $0.marker == 0xC0 })
        #expect(frame.parameters == [8, 0, 9, 0, 9, 3, 1, 0x22, 0, 2, 0x11, 1, 3, 0x11, 1])
    }

    static let densities: [(Metadata.Density?, [UInt8])] = [
        (nil, [0, 0, 1, 0, 1]),
        (.init(x: 300, y: 72, unit: .inch), [1, 1, 0x2C, 0, 72]),
        (.init(x: 118, y: 118, unit: .centimeter), [2, 0, 118, 0, 118]),
        // 2,835 pixels a metre, as PNG has it: 72 an inch.
        (.init(x: 28.35, y: 28.35, unit: .centimeter), [1, 0, 72, 0, 72]),
        // Less than one an inch cannot be said, nor can more than 65,535.
        (.init(x: 0.3, y: 0.3, unit: .centimeter), [1, 0, 1, 0, 1]),
        (.init(x: 0.01, y: 0.01, unit: .inch), [0, 0, 1, 0, 1]),
        (.init(x: 1e300, y: 1, unit: .inch), [0, 0, 1, 0, 1]),
        (.init(x: .nan, y: 1, unit: .inch), [0, 0, 1, 0, 1]),
        (.init(x: -5, y: 5, unit: .inch), [0, 0, 1, 0, 1]),
        (.init(x: 100_000, y: 100_000, unit: .inch), [2, 0x99, 0xCA, 0x99, 0xCA]),
        (.init(x: 4, y: 3, unit: .aspect), [0, 0, 4, 0, 3]),
    ]

    @Test(arguments: densities)
    func densityIsWritten(_ density: Metadata.Density?, _ expected: [UInt8]) throws {
        let segment = try #require(segments(Metadata(density: density)).first)
        #expect(segment.parameters == Array("JFIF\0".utf8) + [1, 1] + expected + [0, 0])
    }

    @Test(arguments: [0, 1, 1_000, 65_527])
    func exifIsWritten(count: Int) throws {
        let exif = TestPictures.noise(width: count, height: 1, channels: 1, seed: 4)
        let segment = try #require(segments(Metadata(exif: exif)).first { $0.marker == 0xE1 })
        #expect(segment.parameters == Array("Exif\0\0".utf8) + exif)
    }

    @Test(arguments: [1, 65_504])
    func xmpIsWritten(count: Int) throws {
        let xmp = TestPictures.noise(width: count, height: 1, channels: 1, seed: 5)
        let segment = try #require(segments(Metadata(xmp: xmp)).first { $0.marker == 0xE1 })
        #expect(segment.parameters == Array("http://ns.adobe.com/xap/1.0/\0".utf8) + xmp)
    }

    @Test(arguments: [1, 65_519, 65_520, 200_000, 255 * 65_519])
    func theProfileIsCutIntoNumberedPieces(count: Int) throws {
        let icc = TestPictures.noise(width: count, height: 1, channels: 1, seed: 6)
        let pieces = try segments(Metadata(icc: icc)).filter { $0.marker == 0xE2 }.map(\.parameters)
        #expect(pieces.count == (count + 65_518) / 65_519)
        for (index, piece) in pieces.enumerated() {
            let head = Array("ICC_PROFILE\0".utf8) + [UInt8(index + 1), UInt8(pieces.count)]
            #expect(Array(piece.prefix(14)) == head)
        }
        let joined = pieces.reduce(into: []) { $0 += $1.dropFirst(14) }
        #expect(joined == icc)
    }

    @Test func tooLargeAProfileIsRefused() {
        let metadata = Metadata(icc: [UInt8](repeating: 0, count: 255 * 65_519 + 1))
        #expect { try EncoderCase(1, 1, .init()).encode(metadata: metadata) } throws: {
            ($0 as? ImageError)?.kind == .limitExceeded
        }
    }

    /// XMP and IPTC that one segment does not hold take several; an EXIF block that cannot be read and a comment are left out.
    @Test func otherMetadataThatDoNotFit() throws {
        func zeros(_ count: Int) -> [UInt8] { [UInt8](repeating: 0, count: count) }
        let metadata = Metadata(
            exif: zeros(65_528), xmp: zeros(65_505), iptc: zeros(65_508), comments: [zeros(65_534), [7]])
        let markers = try segments(metadata).map(\.marker)
        #expect(markers.prefix(8) == [0xE0, 0xE1, 0xE1, 0xE1, 0xED, 0xED, 0xFE, 0xDB])
        #expect(try segments(metadata).first { $0.marker == 0xFE }?.parameters == [7])
    }

    @Test func ofTooLargeAnEXIFBlockThePartThatMattersIsWritten() throws {
        let block = EXIFWriting(littleEndian: true).camera()
        let large = Metadata(exif: block + [UInt8](repeating: 0, count: 65_528 - block.count))
        let file = try EncoderCase(1, 1, .init()).encode(metadata: large)
        let read = try JPEGDecoder(MemoryByteSource(file), options: DecodeOptions(strict: true)).metadata
        #expect(read.exif == large.keeping(.safe).exif)
        #expect(read.orientation == .right && read.exifFacts?.copyright == "(c) Anna")
    }

    // MARK: And read again

    private func readAgain(_ metadata: Metadata) throws -> Metadata {
        let file = try EncoderCase(9, 9, .init()).encode(metadata: metadata)
        return try JPEGDecoder(MemoryByteSource(file), options: DecodeOptions(strict: true)).metadata
    }

    @Test(arguments: [1, 150_000, 400_000])
    func profilesComeBack(count: Int) throws {
        let icc = TestPictures.noise(width: count, height: 1, channels: 1, seed: 6)
        #expect(try readAgain(Metadata(icc: icc)).icc == icc)
    }

    /// In one segment or several.
    @Test(arguments: [1, 2, 1000, 65_506, 65_507, 65_508, 200_001])
    func iptcComesBack(count: Int) throws {
        let iptc = TestPictures.noise(width: count, height: 1, channels: 1, seed: 7)
        #expect(try readAgain(Metadata(iptc: iptc)).iptc == iptc)
    }

    @Test func commentsComeBack() throws {
        let comments = [Array("one".utf8), [], [0xFF, 0xD9, 0], [UInt8](repeating: 3, count: 65_533)]
        #expect(try readAgain(Metadata(comments: comments)).comments == comments)
    }

    @Test func commentsBeyondTheLimitsArePassedOver() throws {
        let file = try EncoderCase(9, 9, .init()).encode(
            metadata: Metadata(iptc: [UInt8](repeating: 1, count: 500), comments: [[1], [2, 2], [3]]))
        var options = DecodeOptions(strict: true)
        options.limits.metadata = 18
        let read = try JPEGDecoder(MemoryByteSource(file), options: options).metadata
        #expect(read.comments == [[1], [3]] && read.iptc == nil)
    }

    static let resources: [([UInt8], [UInt8]?)] = [
        ([0x38, 0x42, 0x49, 0x4D, 4, 4, 0, 0, 0, 0, 0, 2, 8, 9], [8, 9]),
        // Another resource with a name and an odd length comes first.
        (
            [0x38, 0x42, 0x49, 0x4D, 3, 0xED, 2, 65, 66, 0, 0, 0, 0, 3, 1, 2, 3, 0]
                + [0x38, 0x42, 0x49, 0x4D, 4, 4, 1, 65, 0, 0, 0, 1, 7], [7]
        ),
        // Cut short, empty, of another maker, without end.
        ([0x38, 0x42, 0x49, 0x4D, 4, 4, 0, 0, 0, 0, 0, 3, 8, 9], nil),
        ([0x38, 0x42, 0x49, 0x4D, 4, 4, 0, 0, 0, 0, 0, 0], nil),
        ([0x38, 0x42, 0x50, 0x53, 4, 4, 0, 0, 0, 0, 0, 2, 8, 9], nil),
        ([0x38, 0x42, 0x49, 0x4D, 3, 0xED, 255, 0, 0xFF, 0xFF, 0xFF, 0xFF], nil),
        ([0x38, 0x42, 0x49, 0x4D, 3, 0xED, 0, 0, 0xFF, 0xFF, 0xFF, 0xFF], nil), ([], nil),
    ]

    @Test(arguments: resources.indices)
    func iptcIsFoundAmongResources(_ index: Int) {
        let (bytes, expected) = Self.resources[index]
        #expect(PhotoshopResources.iptc(resources: bytes[...]).map(Array.init) == expected)
        for length in bytes.indices { _ = PhotoshopResources.iptc(resources: bytes.prefix(length)) }
    }
}
