import TestSupport
import Testing

@testable import Tintype

@Suite struct AttentionTests {
    @Test func theWindowOfTheLargestSum() {
        var random = SplitMix64(seed: 11)
        for _ in 0..<300 {
            let values = (0..<Int.random(in: 1...30, using: &random)).map { _ in Int.random(in: 0...3, using: &random) }
            let length = Int.random(in: 1...values.count, using: &random)
            let start = AttentionCrop.bestStart(values, length: length)
            let sums = (0...values.count - length).map { values[$0..<$0 + length].reduce(0, +) }
            #expect(sums[start] == sums.max())
            let distance = { (i: Int) in abs(2 * i - (values.count - length)) }
            for (i, sum) in sums.enumerated() where sum == sums[start] { #expect(distance(i) >= distance(start)) }
        }
    }

    @Test(arguments: [0, 30, 60])
    func detailIsKept(_ left: Int) throws {
        // A flat grey field with one busy patch of twenty columns.
        var pixels = [UInt8](repeating: 128, count: 80 * 20 * 3)
        for y in 0..<20 { for x in left..<left + 20 { pixels[(y * 80 + x) * 3] = (x + y) % 2 == 0 ? 0 : 255 } }
        let image = Image(size: Size(80, 20), pixelFormat: .rgb8, pixels: pixels)
        var thumbnail = Thumbnail(fitting: Size(20, 20))
        (thumbnail.fit, thumbnail.gravity) = (.cover, .attention)
        let found = try thumbnail.image(of: image)
        let busy = found.pixels.indices.filter { $0 % 3 == 0 && found.pixels[$0] != 128 }.count
        #expect(found.size == Size(20, 20))
        #expect(busy == 400)
    }

    @Test func aFlatPictureIsCutInTheMiddle() throws {
        let image = Image(size: Size(9, 3), pixelFormat: .gray8, pixels: [UInt8](repeating: 5, count: 27))
        var thumbnail = Thumbnail(fitting: Size(3, 3))
        (thumbnail.fit, thumbnail.gravity) = (.cover, .attention)
        #expect(try thumbnail.image(of: image).pixels == [UInt8](repeating: 5, count: 9))
        #expect(AttentionCrop.bestStart([5, 5, 5, 5, 5, 5, 5, 5, 5], length: 3) == 3)
    }
}
