import TestSupport
import Testing
import TintypeCore

@testable import TintypeGIF

@Suite("GIF codes")
struct LZWTests {
    /// All that the decoder makes of `data`, cut into pieces of `step` bytes.
    private func decode(_ data: [UInt8], codeSize: Int, step: Int = 255) -> (indexes: [UInt8], stop: LZWDecoder.Stop) {
        var decoder = LZWDecoder()
        decoder.begin(codeSize: codeSize)
        var indexes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: LZWDecoder.longestString + 100)
        var stop = LZWDecoder.Stop.inputUsed
        for start in stride(from: 0, to: data.count, by: step) {
            let piece = Array(data[start..<min(start + step, data.count)])
            var position = 0
            repeat {
                var count = 0
                var output = buffer.mutableSpan
                stop = decoder.decode(piece.span, from: &position, into: &output, at: &count)
                indexes += buffer[..<count]
            } while stop == .outputFull
            if stop != .inputUsed { break }
        }
        return (indexes, stop)
    }

    @Test(arguments: 1...8, [true, false])
    func roundTrip(codeSize: Int, clearsWhenFull: Bool) {
        var random = SplitMix64(seed: UInt64(codeSize))
        for length in [0, 1, 2, 3, 5000, 30_000] {
            // Runs of one index, and noise: long strings, and many.
            let last = UInt8((1 << codeSize) - 1)
            let indexes = (0..<length).map { i -> UInt8 in
                if i / 700 % 2 == 0 { return UInt8(i / 1400 % (Int(last) + 1)) }
                return UInt8.random(in: 0...last, using: &random)
            }
            let data = GIFCodes.encode(indexes, codeSize: codeSize, clearsWhenFull: clearsWhenFull)
            for step in [1, 255] {
                let decoded = decode(data, codeSize: codeSize, step: step)
                #expect(decoded.indexes == indexes && decoded.stop == .endCode, "\(length) in steps of \(step)")
            }
        }
    }

    @Test func theLongestString() {
        let indexes = [UInt8](repeating: 1, count: 4096 * 4096 / 2)
        let data = GIFCodes.encode(Array(indexes.prefix(1_000_000)), codeSize: 1, clearsWhenFull: false)
        let decoded = decode(data, codeSize: 1)
        #expect(decoded.indexes.count == 1_000_000 && decoded.indexes.allSatisfy { $0 == 1 })
        #expect(decoded.stop == .endCode)
    }

    @Test func codesAboveTheColours() {
        // With a minimum code size of 11 a colour's code may be 256 or more; its low byte counts.
        let data = GIFCodes.pack([(2048, 12), (0x7FF, 12), (0x101, 12), (2050, 12), (2049, 12)])
        #expect(decode(data, codeSize: 11).indexes == [0xFF, 0x01, 0xFF, 0x01])
    }

    @Test(arguments: [
        // After a clear code only colours are known.
        [(4, 3), (6, 3)], [(6, 3)],
        // Beyond the next code.
        [(4, 3), (1, 3), (7, 3)],
    ])
    func badCodes(_ codes: [(Int, width: Int)]) {
        #expect(decode(GIFCodes.pack(codes), codeSize: 2).stop == .badCode)
    }

    @Test func theCodeBeingMade() {
        // 6 is made of 1 and its own first index.
        let decoded = decode(GIFCodes.pack([(4, 3), (1, 3), (6, 3), (5, 3)]), codeSize: 2)
        #expect(decoded.indexes == [1, 1, 1] && decoded.stop == .endCode)
    }

    @Test func withoutClearOrEnd() {
        let decoded = decode(GIFCodes.pack([(1, 3), (2, 3), (6, 3)]), codeSize: 2)
        #expect(decoded.indexes.prefix(4) == [1, 2, 1, 2] && decoded.stop == .inputUsed)
    }

    @Test func noiseNeverTraps() {
        var random = SplitMix64(seed: 3)
        for round in 0..<600 {
            let data = (0..<200).map { _ in UInt8.random(in: 0...255, using: &random) }
            let decoded = decode(data, codeSize: 1 + round % 11, step: 1 + round % 40)
            #expect(decoded.indexes.count <= 1600 * 4096)
        }
    }
}
