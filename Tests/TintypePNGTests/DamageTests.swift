import TestSupport
import Testing
import TintypeCore
import TintypePNG

/// A file that breaks the rules, and what a tolerant and a strict decode make of it.
struct Broken: Sendable, CustomTestStringConvertible {
    enum Outcome: Sendable, Equatable {
        /// The whole picture, with a warning of this kind.
        case whole(DecodeWarning.Kind)
        /// The rows above this one; zeros below.
        case upTo(Int, DecodeWarning.Kind)
        case refused(ImageError.Kind)
    }
    let name: String
    let tolerant: Outcome
    let strict: ImageError.Kind
    let make: @Sendable (PNGSample) -> [UInt8]
    var testDescription: String { name }

    init(
        _ name: String, _ tolerant: Outcome, strict: ImageError.Kind = .malformed,
        _ make: @escaping @Sendable (PNGSample) -> [UInt8]
    ) {
        (self.name, self.tolerant, self.strict, self.make) = (name, tolerant, strict, make)
    }

    /// With a change to the list of chunks.
    static func chunks(
        _ name: String, _ tolerant: Outcome, strict: ImageError.Kind = .malformed,
        _ change: @escaping @Sendable (inout [PNGChunk]) -> Void
    ) -> Broken {
        Broken(name, tolerant, strict: strict) { sample in
            var chunks = sample.chunks
            change(&chunks)
            return PNGChunk.file(chunks)
        }
    }

    /// With a change to the bytes of IHDR.
    static func header(
        _ name: String, _ kind: ImageError.Kind = .malformed, _ change: @escaping @Sendable (inout [UInt8]) -> Void
    ) -> Broken {
        chunks(name, .refused(kind), strict: kind) { change(&$0[0].data) }
    }

    /// With another zlib stream.
    static func stream(
        _ name: String, _ tolerant: Outcome, strict: ImageError.Kind = .malformed,
        _ change: @escaping @Sendable ([UInt8]) -> [UInt8]
    ) -> Broken {
        Broken(name, tolerant, strict: strict) { sample in
            PNGChunk.file([sample.header] + sample.dataChunks(change(sample.rawData)) + [PNGChunk("IEND")])
        }
    }

    static let all: [Broken] = headers + order + checksums + streams

    /// The sample is RGB, 8 bits, 10 × 6, so a line has 31 bytes.
    static let headers: [Broken] = [
        header("width 0") { $0[3] = 0 },
        header("height 0") { $0[7] = 0 },
        header("width 2³¹") { $0[0] = 0x80 },
        header("2³¹ − 1 squared", .limitExceeded) {
            $0.replaceSubrange(0..<8, with: [0x7F, 255, 255, 255, 0x7F, 255, 255, 255])
        },
        header("depth 3") { $0[8] = 3 },
        header("RGB of 4 bits") { $0[8] = 4 },
        header("colour type 1") { $0[9] = 1 },
        header("colour type 7") { $0[9] = 7 },
        header("compression 1") { $0[10] = 1 },
        header("filter method 1") { $0[11] = 1 },
        header("interlace 2") { $0[12] = 2 },
        header("a short header") { $0.removeLast() },
        header("a long header") { $0.append(0) },
        chunks("the header's CRC", .refused(.malformed)) { $0[0].crcError = 1 },
        Broken("not the signature", .refused(.malformed)) { [0x88] + $0.file.dropFirst() },
        Broken("nothing", .refused(.truncated), strict: .truncated) { _ in [] },
        Broken("the signature alone", .refused(.truncated), strict: .truncated) { Array($0.file.prefix(8)) },
        chunks("no header", .refused(.malformed)) { $0.removeFirst() },
        chunks("two headers", .refused(.malformed)) { $0.insert($0[0], at: 1) },
        chunks("CgBI", .refused(.unsupported), strict: .unsupported) {
            $0.insert(PNGChunk("CgBI", [0, 0, 0, 0]), at: 0)
        },
    ]

    static let order: [Broken] = [
        chunks("no image data", .refused(.malformed)) { $0.remove(at: 1) },
        chunks("nothing after the header", .refused(.truncated), strict: .truncated) { $0.removeSubrange(1...) },
        chunks("an unknown critical chunk", .refused(.unsupported), strict: .unsupported) {
            $0.insert(PNGChunk("CRIT"), at: 1)
        },
        chunks("an unknown critical chunk at the end", .whole(.damaged), strict: .unsupported) {
            $0.insert(PNGChunk("CRIT"), at: $0.count - 1)
        },
        chunks("a header at the end", .whole(.damaged)) { $0.insert($0[0], at: $0.count - 1) },
        chunks("a palette at the end", .whole(.damaged)) { $0.insert(PNGChunk("PLTE", [1, 2, 3]), at: $0.count - 1) },
        chunks("a type that is no letters", .refused(.malformed)) { $0.insert(PNGChunk("ab1d"), at: 1) },
        chunks("a chunk of 2³¹ bytes", .refused(.malformed)) { $0[1].statedLength = 0x8000_0000 },
        chunks("no IEND", .whole(.truncated), strict: .truncated) { $0.removeLast() },
        chunks("IEND that is not empty", .whole(.damaged)) { $0[$0.count - 1].data = [1] },
        Broken("bytes behind IEND", .whole(.trailingBytes)) { $0.file + [1, 2, 3] },
        chunks("image data in two places", .whole(.damaged)) {
            var second = $0[1]
            second.data.removeFirst(50)
            $0[1].data.removeLast($0[1].data.count - 50)
            $0.insert(contentsOf: [PNGChunk("teXt"), second], at: 2)
        },
        chunks("more image data after other chunks", .whole(.damaged)) {
            $0.insert(contentsOf: [PNGChunk("teXt"), PNGChunk("IDAT", [1])], at: 2)
        },
        chunks("tRNS of the wrong length", .whole(.damaged)) { $0.insert(PNGChunk("tRNS", [0, 1]), at: 1) },
        chunks("tRNS far too long", .whole(.damaged)) {
            $0.insert(PNGChunk("tRNS", [UInt8](repeating: 0, count: 300)), at: 1)
        },
        chunks("a suggested palette of 4 bytes", .whole(.damaged)) {
            $0.insert(PNGChunk("PLTE", [1, 2, 3, 4]), at: 1)
        },
    ]

    static let checksums: [Broken] =
        [
            chunks("an ancillary CRC", .whole(.damaged)) {
                $0.insert(PNGChunk("teXt", [1, 2]), at: 1)
                $0[1].crcError = 1
            },
            chunks("the CRC of IDAT", .whole(.damaged)) { $0[1].crcError = 0xFFFF },
            chunks("the CRC of IEND", .whole(.damaged)) { $0[$0.count - 1].crcError = 1 },
            stream("the Adler checksum", .whole(.damaged)) {
                var stream = PNGZlib.stored($0)
                stream[stream.count - 1] ^= 1
                return stream
            },
        ]
        + (1...4).map { place in
            Broken("byte \(place) of the Adler checksum from its end, in chunks of a byte each", .whole(.damaged)) {
                var (sample, stream) = ($0, PNGZlib.stored($0.rawData))
                sample.idatBytes = 1
                stream[stream.count - place] ^= 0x80
                return PNGChunk.file([sample.header] + sample.dataChunks(stream) + [PNGChunk("IEND")])
            }
        }
        + [
            stream("no Adler checksum", .whole(.truncated), strict: .truncated) { PNGZlib.stored($0).dropLast(4) }
        ]

    static let streams: [Broken] = [
        stream("no zlib header", .refused(.malformed)) { [0, 0] + PNGZlib.stored($0).dropFirst(2) },
        stream("a preset dictionary", .refused(.malformed)) { [0x78, 0x20] + PNGZlib.stored($0).dropFirst(2) },
        stream("an empty stream", .refused(.truncated), strict: .truncated) { _ in PNGZlib.stored([]) },
        stream("half a line", .refused(.truncated), strict: .truncated) { PNGZlib.stored(Array($0.prefix(15))) },
        stream("three lines", .upTo(3, .truncated), strict: .truncated) { PNGZlib.stored(Array($0.prefix(93))) },
        stream("a byte less than six lines", .upTo(5, .truncated), strict: .truncated) {
            PNGZlib.stored($0.dropLast())
        },
        stream("a line too many", .whole(.damaged)) { PNGZlib.stored($0 + $0.prefix(31)) },
        stream("a byte behind the stream", .whole(.damaged)) { PNGZlib.stored($0) + [0] },
        stream("filter 5 in the first line", .refused(.malformed)) { PNGZlib.stored([5] + $0.dropFirst()) },
        stream("filter 255 in the third line", .upTo(2, .damaged)) {
            var raw = $0
            raw[62] = 255
            return PNGZlib.stored(raw)
        },
        stream("a wrong block type in the fourth line", .upTo(3, .damaged)) {
            var stream = PNGZlib.stored($0, block: 93)
            stream[2 + 5 + 93] = 7
            return stream
        },
    ]
}

@Suite struct DamageTests {
    static let sample = PNGSample(random: 10, 6, colorType: 2, depth: 8)

    @Test(arguments: Broken.all)
    func tolerant(_ broken: Broken) throws {
        let original = try Decoded(Self.sample.file)
        switch broken.tolerant {
        case .refused(let kind):
            #expect(failure(broken.make(Self.sample), strict: false) == kind)
        case .whole(let kind):
            let decoded = try Decoded(broken.make(Self.sample), strict: false)
            #expect(decoded.rows == original.rows)
            #expect(decoded.warnings.contains { $0.kind == kind }, "\(decoded.warnings)")
        case .upTo(let row, let kind):
            let decoded = try Decoded(broken.make(Self.sample), strict: false)
            #expect(decoded.rows.prefix(row) == original.rows.prefix(row))
            #expect(decoded.rows.dropFirst(row).allSatisfy { $0.allSatisfy { $0 == 0 } })
            #expect(decoded.warnings.contains { $0.kind == kind && $0.row == row }, "\(decoded.warnings)")
        }
    }

    /// Missing, empty, not whole entries, more than 256.
    @Test(arguments: [nil, 0, 4, 771])
    func paletteMustFit(_ bytes: Int?) {
        let sample = PNGSample(random: 5, 5, colorType: 3, depth: 8)
        let chunks = sample.chunks.compactMap { chunk in
            if chunk.type != "PLTE" { return chunk }
            return bytes.map { PNGChunk("PLTE", [UInt8](repeating: 1, count: $0)) }
        }
        #expect(failure(PNGChunk.file(chunks), strict: false) == .malformed)
        #expect(failure(PNGChunk.file(chunks), strict: true) == .malformed)
    }

    @Test func twoPalettes() {
        let sample = PNGSample(random: 5, 5, colorType: 3, depth: 8)
        var chunks = sample.chunks
        chunks.insert(chunks[1], at: 1)
        #expect(failure(PNGChunk.file(chunks), strict: false) == .malformed)
        chunks[1].crcError = 1
        #expect(failure(PNGChunk.file(chunks), strict: false) == .malformed)
    }

    /// More entries than the depth can name are passed over.
    @Test func paletteTooLongForTheDepth() throws {
        var sample = PNGSample(random: 5, 5, colorType: 3, depth: 2)
        let expected = sample.rgba
        sample.palette += [9, 9, 9]
        let decoded = try Decoded(sample.file, strict: false)
        #expect(decoded.rgba == expected)
        #expect(decoded.warnings.map(\.kind) == [.damaged])
        #expect(failure(sample.file, strict: true) == .malformed)
    }

    /// tRNS longer than the palette, before it, twice, or where there is alpha already: as if it were not there.
    @Test func transparencyOutOfPlace() throws {
        let indexed = PNGSample(random: 5, 5, colorType: 3, depth: 2)
        let rgba = PNGSample(random: 5, 5, colorType: 6, depth: 8)
        var long = indexed.chunks
        long.insert(PNGChunk("tRNS", [1, 2, 3, 4, 5]), at: 2)
        var early = indexed.chunks
        early.insert(PNGChunk("tRNS", [1]), at: 1)
        var needless = rgba.chunks
        needless.insert(PNGChunk("tRNS", [1, 2]), at: 1)
        for (sample, chunks) in [(indexed, long), (indexed, early), (rgba, needless)] {
            let decoded = try Decoded(PNGChunk.file(chunks), strict: false)
            #expect(decoded.rgba == sample.rgba)
            #expect(decoded.warnings.map(\.kind) == [.damaged])
            #expect(failure(PNGChunk.file(chunks), strict: true) == .malformed)
        }
        var twice = indexed
        twice.transparency = [7]
        let expected = twice.rgba
        var chunks = twice.chunks
        chunks.insert(PNGChunk("tRNS", [1]), at: 3)
        #expect(try Decoded(PNGChunk.file(chunks), strict: false).rgba == expected)
    }

    /// The rows that a bad chunk's bytes went into are named, and shown.
    @Test func aChunkOfImageDataWithAWrongCRC() throws {
        var sample = Self.sample
        sample.idatBytes = 60
        var chunks = sample.chunks
        // Bytes 120 to 179 of the stream, which has 7 bytes before the lines of 31: from row 3 on.
        chunks[3].crcError = 1
        let decoded = try Decoded(PNGChunk.file(chunks), strict: false)
        #expect(decoded.rgba == sample.rgba)
        #expect(decoded.warnings.map(\.row) == [3])
        #expect(failure(PNGChunk.file(chunks), strict: true) == .malformed)
    }

    /// Of an interlaced picture, what passes arrived.
    @Test func interlacedDataBreakOff() throws {
        var sample = PNGSample(random: 16, 16, colorType: 0, depth: 8)
        sample.interlaced = true
        let whole = try Decoded(sample.file)
        // 4 × (1 + 2) + 2 × (1 + 4) … : the first five passes have 2 × 3, 2 × 3, 2 × 5, 4 × 5 and 4 × 9 bytes.
        let arrived = Array(sample.rawData.prefix(6 + 6 + 10 + 20 + 36))
        let file = PNGChunk.file([sample.header, PNGChunk("IDAT", PNGZlib.stored(arrived)), PNGChunk("IEND")])
        let decoded = try Decoded(file, strict: false)
        for y in 0..<16 {
            for x in 0..<16 {
                let isThere = x % 2 == 0 && y % 2 == 0
                #expect(decoded.rows[y][x] == (isThere ? whole.rows[y][x] : 0))
            }
        }
        #expect(decoded.warnings.first?.row == 0)
        #expect(failure(file, strict: true) == .truncated)
    }

    @Test func thousandsOfBadChunksGiveFewWarnings() throws {
        var chunks = Self.sample.chunks
        var bad = PNGChunk("teXt")
        bad.crcError = 1
        chunks.insert(contentsOf: [PNGChunk](repeating: bad, count: 5000), at: 1)
        #expect(try Decoded(PNGChunk.file(chunks), strict: false).warnings.count == 100)
    }

    @Test func errorsAreSticky() throws {
        let bytes = PNGChunk.file([Self.sample.header, PNGChunk("IDAT", [1, 2, 3]), PNGChunk("IEND")])
        var decoder = try PNGDecoder(MemoryByteSource(bytes), options: DecodeOptions())
        var row = [UInt8](repeating: 0, count: decoder.bytesPerRow)
        var seen: [ImageError] = []
        for _ in 0..<2 {
            do throws(ImageError) { try decoder.readRow(into: &row) } catch { seen.append(error) }
        }
        do throws(ImageError) { try decoder.finish() } catch { seen.append(error) }
        do throws(ImageError) { _ = try decoder.nextFrame() } catch { seen.append(error) }
        #expect(seen.count == 4 && Set(seen).count == 1)
    }
}
