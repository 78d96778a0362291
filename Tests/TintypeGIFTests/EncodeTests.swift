import TestSupport
import Testing
import TintypeCore

@testable import TintypeGIF

@Suite("GIF encoder")
struct EncodeTests {
    private func indexes(_ count: Int, of colors: Int, run: Int, _ random: inout SplitMix64) -> [UInt8] {
        var indexes: [UInt8] = []
        while indexes.count < count {
            let index = UInt8(Int.random(in: 0..<colors, using: &random))
            indexes += [UInt8](repeating: index, count: Int.random(in: 1...run, using: &random))
        }
        return Array(indexes.prefix(count))
    }

    /// Codes of every size, tables that fill up many times, and noise.
    @Test(arguments: [1, 2, 3, 100, 4096, 70_000], [(4, 2), (16, 40), (200, 3), (256, 1)])
    func codesReadBack(_ count: Int, _ kind: (colors: Int, run: Int)) throws {
        var random = SplitMix64(seed: UInt64(count + kind.colors))
        let indexes = indexes(count, of: kind.colors, run: kind.run, &random)
        let codeSize = max(2, BlockWriter.tableBits(kind.colors))
        let data = try #require(LZWEncoder.encode(indexes, codeSize: codeSize))
        #expect(decoded(data, codeSize, count) == indexes)
    }

    /// An attempt that comes to more than it may is given up, and only that.
    @Test(arguments: [false, true])
    func theLimitOfBytes(_ hasFree: Bool) throws {
        var random = SplitMix64(seed: 9)
        let indexes = indexes(20_000, of: 60, run: 3, &random)
        let others = hasFree ? self.others(indexes, 63, &random) : []
        let data = try #require(LZWEncoder.encode(indexes, or: others, codeSize: 6))
        #expect(LZWEncoder.encode(indexes, or: others, codeSize: 6, limit: data.count) == data)
        #expect(LZWEncoder.encode(indexes, or: others, codeSize: 6, limit: data.count / 2) == nil)
        #expect(LZWEncoder.encode(indexes, or: others, codeSize: 6, limit: 0) == nil)
    }

    /// The bits that are foretold are those that are written, but for the codes that clear and end.
    @Test(arguments: 2...8)
    func bitsOfCodes(_ codeSize: Int) throws {
        for count in [1, 2, 3, 4, 5, 11, 12, 13, 14, 60, 300, 1000, 3000] {
            // Few enough that the table does not fill up; every pair is a new one, so each index is a code.
            var (indexes, seen, last) = ([UInt8](), Set<[UInt8]>(), UInt8(0))
            search: while indexes.count < count {
                for step in 0..<1 << codeSize {
                    let next = UInt8(truncatingIfNeeded: (Int(last) + step) % (1 << codeSize))
                    if seen.insert([last, next]).inserted {
                        if indexes.isEmpty { indexes.append(last) }
                        indexes.append(next)
                        last = next
                        continue search
                    }
                }
                break
            }
            let data = try #require(LZWEncoder.encode(indexes, codeSize: codeSize))
            let bits = LZWEncoder.bits(indexes.count, codeSize: codeSize)
            let ends = 2 * 13
            #expect(data.count * 8 >= bits && data.count * 8 <= bits + ends + 7, "\(indexes.count) codes")
        }
    }

    /// Wherever the encoder chose, it chose one of the two.
    @Test(arguments: [1, 50, 3000, 50_000], [1, 8, 60])
    func freeIndexes(_ count: Int, _ run: Int) throws {
        var random = SplitMix64(seed: UInt64(count + run))
        let indexes = indexes(count, of: 30, run: run, &random)
        let others = self.others(indexes, 31, &random)
        let data = try #require(LZWEncoder.encode(indexes, or: others, codeSize: 5))
        let made = decoded(data, 5, count)
        #expect(made.count == count)
        for i in made.indices { #expect(made[i] == indexes[i] || made[i] == others[i]) }
    }

    /// A table that is of little use any more is not given up where too little follows for a new one to become better.
    @Test func noNewTableForTheLastPixels() throws {
        var random = SplitMix64(seed: 4)
        // What fills the table and is of use at first; then something else, for a little longer than it takes to see that it is.
        let plain = indexes(60_000, of: 2, run: 200, &random) + indexes(12_000, of: 256, run: 2, &random)
        for length in [60_400, 61_500, 63_000, 72_000] {
            let whole = Array(plain.prefix(length))
            let data = try #require(LZWEncoder.encode(whole, codeSize: 8))
            #expect(decoded(data, 8, length) == whole)
            #expect(data.count <= kept(whole, codeSize: 8), "\(length) pixels")
        }
    }

    /// Bytes with the first table to the end.
    private func kept(_ indexes: [UInt8], codeSize: Int) -> Int {
        var codes: [[UInt8]: Int] = [:]
        for index in 0..<1 << codeSize { codes[[UInt8(index)]] = index }
        var (next, width, bits, string) = (1 << codeSize + 2, codeSize + 1, codeSize + 1, [UInt8]())
        func count() {
            bits += width
            if next == 1 << width, width < 12 { width += 1 }
        }
        for index in indexes {
            if codes[string + [index]] != nil {
                string.append(index)
                continue
            }
            count()
            if next < 4096 {
                codes[string + [index]] = next
                next += 1
            }
            string = [index]
        }
        count()
        return (bits + width + 7) / 8
    }

    /// The fewest runs, beside all ways there are.
    @Test func runsAreFewest() {
        func runs(_ indexes: [UInt8]) -> Int { zip(indexes, indexes.dropFirst()).count { $0 != $1 } }
        var random = SplitMix64(seed: 12)
        for count in 1...10 {
            for _ in 0..<60 {
                let first = indexes(count, of: 3, run: 2, &random)
                let second = others(first, 3, &random)
                let chosen = FewestRuns(first, or: second)
                for i in first.indices {
                    #expect(
                        [first[i], second[i]] == [chosen.indexes[i], chosen.others[i]]
                            || [second[i], first[i]] == [chosen.indexes[i], chosen.others[i]])
                }
                let all = (0..<1 << count).map { ways in
                    runs(first.indices.map { ways >> $0 & 1 == 1 ? second[$0] : first[$0] })
                }
                #expect(runs(chosen.indexes) == all.min())
            }
        }
    }

    /// About half of the indexes, in runs, replaced by one.
    private func others(_ indexes: [UInt8], _ other: UInt8, _ random: inout SplitMix64) -> [UInt8] {
        zip(indexes, self.indexes(indexes.count, of: 2, run: 5, &random)).map { $1 == 1 ? other : $0 }
    }

    /// The last code of the table, followed by the highest index: its key has all bits set, like an empty slot of the table.
    @Test func theLastCodeBeforeTheHighestIndex() throws {
        // No two pairs of neighbours are the same, so each makes one string of two; 3838 fill the table, and each of the last few is met again.
        var indexes: [UInt8] = [0]
        for step: UInt8 in stride(from: 1, to: 31, by: 2) {
            for _ in 0..<256 { indexes.append((indexes.last ?? 0) &+ step) }
        }
        for place in 3830..<3840 {
            for between: UInt8 in 100..<103 { indexes += [between, indexes[place], indexes[place + 1], 255] }
        }
        let data = try #require(LZWEncoder.encode(indexes, codeSize: 8))
        #expect(decoded(data, 8, indexes.count) == indexes)
        let chosen = try #require(LZWEncoder.encode(indexes, or: indexes, codeSize: 8))
        #expect(decoded(chosen, 8, indexes.count) == indexes)
    }

    private func decoded(_ data: [UInt8], _ codeSize: Int, _ count: Int) -> [UInt8] {
        var decoder = LZWDecoder()
        decoder.begin(codeSize: codeSize)
        var output = [UInt8](repeating: 0, count: count + LZWDecoder.longestString)
        var (position, end) = (0, 0)
        var span = output.mutableSpan
        let stop = decoder.decode(data.span, from: &position, into: &span, at: &end)
        #expect(stop == .endCode && position == data.count)
        return Array(output.prefix(end))
    }

    private func encoded(
        _ size: Size, _ pixels: [UInt8], _ options: GIFEncoder.Options = GIFEncoder.Options(),
        metadata: Metadata = Metadata()
    ) throws -> [UInt8] {
        let sink = MemoryByteSink()
        var encoder = try GIFEncoder(sink, size: size, options: options, metadata: metadata)
        let image = Image(size: size, pixelFormat: .rgba8, pixels: pixels)
        var rows = image.rows
        try encoder.drain(&rows)
        return sink.bytes
    }

    private func decode(_ bytes: [UInt8]) throws -> DecodedFrames {
        try DecodedFrames(GIFDecoder.self, MemoryByteSource(bytes), options: DecodeOptions(strict: true))
    }

    @Test(arguments: [1, 2, 3, 4, 5, 16, 17, 128, 129, 255, 256], [false, true])
    func fewColoursAreExact(_ count: Int, interlaced: Bool) throws {
        var random = SplitMix64(seed: UInt64(count))
        let colors: [[UInt8]] = (0..<count).map { (i: Int) -> [UInt8] in
            [UInt8(i), UInt8(255 - i), UInt8.random(in: 0...255, using: &random), 255]
        }
        for size in [Size(23, 31), Size(1, 300), Size(300, 1), Size(16, 16)] {
            let order: [[UInt8]] = (0..<size.width * size.height).map { (i: Int) -> [UInt8] in
                i < count ? colors[i] : colors.randomElement(using: &random) ?? colors[0]
            }
            let pixels: [UInt8] = Array(order.joined())
            let bytes = try encoded(size, pixels, GIFEncoder.Options(interlaced: interlaced))
            let decoded = try decode(bytes)
            #expect(decoded.frames == [pixels])
            #expect(decoded.info.hasAlpha == false)
            #expect(decoded.info.loopCount == nil)
        }
    }

    @Test func transparencyHasAThreshold() throws {
        let alphas: [UInt8] = [0, 1, 127, 128, 200, 255]
        let pixels: [UInt8] = alphas.flatMap { (alpha: UInt8) -> [UInt8] in [10, 20, 30, alpha] }
        let decoded = try decode(encoded(Size(6, 1), pixels))
        let expected: [UInt8] = alphas.flatMap { (alpha: UInt8) -> [UInt8] in
            alpha >= 128 ? [10, 20, 30, 255] : [0, 0, 0, 0]
        }
        #expect(decoded.frames == [expected])
        #expect(decoded.info.hasAlpha)
    }

    @Test(arguments: [2, 3, 16, 200, 256])
    func aSmallerPalette(_ colors: Int) throws {
        let size = Size(64, 64)
        let pixels: [UInt8] = (0..<64 * 64).flatMap { (i: Int) -> [UInt8] in
            [UInt8(i % 64 * 4), UInt8(i / 64 * 4), UInt8(i / 16), 255]
        }
        let decoded = try decode(encoded(size, pixels, GIFEncoder.Options(colors: colors)))
        let found = Set(stride(from: 0, to: pixels.count, by: 4).map { Array(decoded.frames[0][$0..<$0 + 4]) })
        #expect(found.count <= colors && found.count * 2 > colors)
    }

    @Test func metadataGoesAlong() throws {
        var metadata = Metadata(icc: (0..<1000).map { UInt8($0 % 251) })
        let text = String(repeating: "text ", count: 200)
        metadata.xmp = Array("<x:xmpmeta xmlns:x='adobe:ns:meta/'>\(text)</x:xmpmeta>".utf8)
        let decoded = try decode(encoded(Size(1, 1), [1, 2, 3, 255], metadata: metadata))
        #expect(decoded.metadata.icc == metadata.icc)
        #expect(decoded.metadata.xmp == metadata.xmp)
        // A packet that no reader could find the end of is left out.
        metadata.xmp = [60, 0, 62]
        #expect(try decode(encoded(Size(1, 1), [1, 2, 3, 255], metadata: metadata)).metadata.xmp == nil)
    }

    @Test func misuse() throws {
        let sink = MemoryByteSink()
        func kind(_ body: () throws -> Void) -> ImageError.Kind? {
            do { try body() } catch { return (error as? ImageError)?.kind }
            return nil
        }
        #expect(kind { _ = try GIFEncoder(sink, size: Size(0, 1)) } == .misuse)
        #expect(kind { _ = try GIFEncoder(sink, size: Size(65_536, 1)) } == .limitExceeded)
        #expect(kind { _ = try GIFEncoder(sink, size: Size(1, 1), pixelFormat: .rgb8) } == .misuse)
        #expect(kind { _ = try GIFEncoder(sink, size: Size(1, 1), options: GIFEncoder.Options(colors: 1)) } == .misuse)
        #expect(kind { _ = try GIFEncoder(sink, size: Size(1, 1), options: GIFEncoder.Options(threads: 0)) } == .misuse)
        #expect(
            kind { _ = try GIFEncoder(sink, size: Size(9, 9), options: GIFEncoder.Options(memory: 99)) }
                == .limitExceeded)
        var encoder = try GIFEncoder(sink, size: Size(1, 1))
        #expect(throws: ImageError.self) { try encoder.finish() }
        try encoder.writeRow([1, 2, 3, 255].span)
        #expect(throws: ImageError.self) { try encoder.writeRow([1, 2, 3, 255].span) }
        try encoder.finish()
        #expect(throws: ImageError.self) { try encoder.finish() }
    }
}
