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
        let metadata = Metadata(exif: [1], icc: [2], xmp: [3])
        let found = try segments(metadata, optimize: optimize, restart: 2).map(\.marker)
        #expect(
            found == [0xE0, 0xE1, 0xE1, 0xE2, 0xDB, 0xDB, 0xC0, 0xC4, 0xC4, 0xC4, 0xC4, 0xDD, 0xDA])
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

    static let tooLarge = [
        Metadata(exif: [UInt8](repeating: 0, count: 65_528)), Metadata(xmp: [UInt8](repeating: 0, count: 65_505)),
        Metadata(icc: [UInt8](repeating: 0, count: 255 * 65_519 + 1)),
    ]

    @Test(arguments: tooLarge.indices)
    func whatDoesNotFitIsRefused(_ index: Int) {
        #expect { try EncoderCase(1, 1, .init()).encode(metadata: Self.tooLarge[index]) } throws: {
            ($0 as? ImageError)?.kind == .limitExceeded
        }
    }
}
