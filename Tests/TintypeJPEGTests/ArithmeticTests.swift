import TestSupport
import Testing
import TintypeCore

@testable import TintypeJPEG

@Suite struct ArithmeticTests {
    /// The test sequence of T.81 §K.4.1: 256 decisions of one bin.
    @Test func standardsTestSequence() throws {
        let coded: [UInt8] = [
            0x65, 0x5B, 0x51, 0x44, 0xF7, 0x96, 0x9D, 0x51, 0x78, 0x55, 0xBF, 0xFF, 0x00, 0xFC, 0x51, 0x84,
            0xC7, 0xCE, 0xF9, 0x39, 0x00, 0x28, 0x7D, 0x46, 0x70, 0x8E, 0xCB, 0xC0, 0xF6, 0xFF, 0xD9, 0x00,
        ]
        let expected: [UInt32] = [
            0x0002_0051, 0x0000_00C0, 0x0352_872A, 0xAAAA_AAAA, 0x82C0_2000, 0xFCD7_9EF6, 0x74EA_ABF7, 0x697E_E74C,
        ]
        var reader = ByteReader(MemoryByteSource(coded), format: .jpeg)
        var decoder = BinaryDecoder()
        try decoder.begin(&reader)
        var words: [UInt32] = []
        for _ in 0..<8 {
            var word: UInt32 = 0
            for _ in 0..<32 { word = word << 1 | (try decoder.decide(0, &reader) ? 1 : 0) }
            words.append(word)
        }
        #expect(words == expected)
        // The marker is left for whoever reads on.
        #expect(try decoder.isStarved && reader.readUInt16() == 0xFFD9)
    }

    /// An encoder may leave zeros out at the end of the data, and the end-of-image marker may be missing with them.
    @Test(arguments: ["arithmetic.jpg", "arithmetic-gray.jpg", "arithmetic-progressive.jpg"])
    func zerosAreTakenBehindTheEnd(_ name: String) throws {
        let bytes = try TestImages.bytes(name)
        let whole = try decode(bytes).image
        let endless = try decode(Array(bytes.dropLast(2)))
        #expect(endless.image == whole)
        #expect(endless.warnings.allSatisfy { $0.kind == .truncated } && !endless.warnings.isEmpty)
        var padded = JPEGSegments(bytes)
        padded[0xDA].entropyCoded += [0, 0]
        #expect(try decode(padded.bytes).image == whole)
    }

    /// Nothing but zeros follow a coefficient that is not said to be the last.
    @Test func coefficientBehindTheLast() throws {
        var oracle = ArithmeticCodingOracle()
        for bin in [0, 4000] + (1...63).map({ 4000 + 3 * $0 - 2 }) { oracle.encode(false, bin: bin) }
        try expectGray(oracle.bytes())
    }

    private func expectGray(_ data: [UInt8]) throws {
        var file = JPEGSegments(try TestImages.bytes("arithmetic-gray.jpg"))
        file[0xDA].entropyCoded = data
        let (image, warnings) = try decode(file.bytes)
        #expect(image.pixels.allSatisfy { $0 == 128 })
        #expect(warnings.first?.kind == .damaged && warnings.first?.row == 0)
        #expect(errorKind { _ = try decode(file.bytes, strict: true) } == .malformed)
    }

    /// What is lost of one restart interval leaves the others as they are, whether its data are gone or its marker too.
    @Test(arguments: [true, false])
    func lostRestartInterval(_ markerStays: Bool) throws {
        var file = JPEGSegments(try TestImages.bytes("arithmetic-restart-rows.jpg"))
        let whole = try decode(file.bytes).image
        let intervals = file.restartIntervals
        var data = intervals[0]
        for (index, interval) in intervals.enumerated().dropFirst() where markerStays || index != 1 {
            data += [0xFF, 0xD0 + UInt8(index - 1)] + (index == 1 ? [] : interval)
        }
        file[0xDA].entropyCoded = data
        let (image, warnings) = try decode(file.bytes)
        let row = 8 * whole.bytesPerRow
        #expect(image.pixels[..<row] == whole.pixels[..<row])
        #expect(image.pixels[(2 * row)...] == whole.pixels[(2 * row)...])
        #expect(image.pixels[row..<2 * row] != whole.pixels[row..<2 * row])
        // Where the marker stays, nothing tells: zeros are data too.
        #expect(warnings.isEmpty == markerStays)
    }

    /// Decisions that ask for ever more bits of a magnitude, in a DC coefficient and in the first AC coefficient.
    @Test(arguments: [true, false])
    func magnitudeBeyondSixteenBits(_ ofDC: Bool) throws {
        var oracle = ArithmeticCodingOracle()
        oracle.encode(ofDC, bin: 0)
        if ofDC {
            oracle.encode(false, bin: 1)
            for bin in [2, 20] + Array(21...40) { oracle.encode(true, bin: bin) }
        } else {
            oracle.encode(false, bin: 4000)
            oracle.encode(true, bin: 4001)
            oracle.encode(false, bin: nil)
            for bin in [4002, 4002] + Array(4189...4210) { oracle.encode(true, bin: bin) }
        }
        try expectGray(oracle.bytes())
    }

    @Test func fillBytesBeforeAStuffedZero() throws {
        var file = JPEGSegments(try TestImages.bytes("arithmetic.jpg"))
        let whole = try decode(file.bytes).image
        let data = file[0xDA].entropyCoded
        let at = try #require(data.firstIndex(of: 0xFF))
        file[0xDA].entropyCoded.insert(contentsOf: [UInt8](repeating: 0xFF, count: 9), at: at)
        #expect(try decode(file.bytes).image == whole)
    }

    @Test(arguments: [[0], [32, 0x10], [255, 5], [0, 0x01]] as [[UInt8]])
    func wrongConditioningIsMalformed(_ parameters: [UInt8]) throws {
        var file = JPEGSegments(try TestImages.bytes("arithmetic.jpg"))
        file.segments.insert(.init(marker: 0xCC, parameters: parameters), at: 0)
        #expect(errorKind { _ = try decode(file.bytes) } == .malformed)
    }

    /// Bounds outside the standard's that still mean something.
    @Test(arguments: [0, 64] as [UInt8])
    func conditioningBeyondTheStandardIsDamage(_ value: UInt8) throws {
        var file = JPEGSegments(try TestImages.bytes("arithmetic.jpg"))
        file.segments.insert(.init(marker: 0xCC, parameters: [18, value]), at: 0)
        #expect(try decode(file.bytes).warnings.map(\.kind) == [.damaged])
        #expect(errorKind { _ = try decode(file.bytes, strict: true) } == .malformed)
    }

    /// Sixteen tables can be named; Huffman-coded scans have four of each class.
    @Test func tablesAboveThree() throws {
        var file = JPEGSegments(try TestImages.bytes("arithmetic.jpg"))
        let whole = try decode(file.bytes).image
        file[0xDA].parameters = [3, 1, 0xF7, 2, 0x4E, 3, 0x4E] + file[0xDA].parameters.suffix(3)
        #expect(try decode(file.bytes).image == whole)
        var huffman = JPEGSegments(try TestImages.bytes("progressive.jpg"))
        let other = try decode(huffman.bytes).image
        // The first scan is one of DC coefficients: its AC tables do not matter.
        huffman[0xDA].parameters[2] |= 0x0F
        #expect(try decode(huffman.bytes).image == other)
        huffman[0xDA].parameters[2] |= 0xF0
        #expect(errorKind { _ = try decode(huffman.bytes) } == .malformed)
    }

    @Test func conditioningMatters() throws {
        let bytes = try TestImages.bytes("arithmetic.jpg")
        var file = JPEGSegments(bytes)
        let whole = try decode(bytes).image
        file.segments.removeAll { $0.marker == 0xCC }
        #expect(try decode(file.bytes, strict: true).image == whole)
        file.segments.insert(.init(marker: 0xCC, parameters: [0, 0x53, 16, 1]), at: 0)
        #expect(try decode(file.bytes).image != whole)
    }
}
