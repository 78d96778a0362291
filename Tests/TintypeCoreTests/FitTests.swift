import Testing
import TintypeCore

@Suite struct FitTests {
    /// Pillow's `thumbnail`, as the table of the design gives it.
    @Test(arguments: [
        ("4000x3000", Size(4000, 3000), Size(800, 600)), ("3000x4000", Size(3000, 4000), Size(450, 600)),
        ("801x600", Size(801, 600), Size(800, 599)), ("800x601", Size(800, 601), Size(799, 600)),
        ("1080x1920", Size(1080, 1920), Size(337, 600)), ("1999x1333", Size(1999, 1333), Size(800, 533)),
        ("1333x1999", Size(1333, 1999), Size(400, 600)), ("10000x3", Size(10000, 3), Size(800, 1)),
        ("3x10000", Size(3, 10000), Size(1, 600)), ("640x480", Size(640, 480), Size(640, 480)),
    ])
    func insideIsPillowsThumbnail(_ name: String, _ source: Size, _ expected: Size) throws {
        let plan = try FitPlan(source: source, target: .box(Size(800, 600)))
        #expect(plan.scaled == expected)
        #expect(plan.canvas == expected)
        #expect(plan.crop == Region(source))
    }

    @Test(arguments: [
        (TargetSize.width(100), Size(100, 75)), (.height(60), Size(80, 60)), (.percent(50), Size(200, 150)),
        (.percent(0.01), Size(1, 1)), (.width(4000), Size(400, 300)), (.percent(200), Size(400, 300)),
    ])
    func oneSideOrPercent(_ target: TargetSize, _ expected: Size) throws {
        #expect(try FitPlan(source: Size(400, 300), target: target).canvas == expected)
    }

    @Test func enlargingIsAskedFor() throws {
        let source = Size(40, 30)
        #expect(try FitPlan(source: source, target: .box(Size(80, 80))).scaled == source)
        #expect(try FitPlan(source: source, target: .box(Size(80, 80)), enlarge: true).scaled == Size(80, 60))
        #expect(try FitPlan(source: source, target: .width(80), enlarge: true).scaled == Size(80, 60))
        #expect(try FitPlan(source: source, target: .height(60), enlarge: true).scaled == Size(80, 60))
        #expect(try FitPlan(source: source, target: .percent(300), enlarge: true).scaled == Size(120, 90))
        #expect(try FitPlan(source: source, target: .box(Size(80, 20)), fit: .fill).scaled == Size(40, 20))
        #expect(
            try FitPlan(source: source, target: .box(Size(80, 20)), fit: .fill, enlarge: true).scaled == Size(80, 20))
    }

    @Test(arguments: Gravity.allCases)
    func coverFillsTheBoxAndPadKeepsThePicture(_ gravity: Gravity) throws {
        let cover = try FitPlan(source: Size(400, 300), target: .box(Size(100, 100)), fit: .cover, gravity: gravity)
        #expect(cover.scaled == Size(100, 100))
        #expect(cover.crop.width == 300 && cover.crop.height == 300 && cover.crop.y == 0)
        #expect(cover.crop.x == 100 * gravity.shares.x)
        let pad = try FitPlan(source: Size(400, 300), target: .box(Size(100, 100)), fit: .pad, gravity: gravity)
        #expect(pad.scaled == Size(100, 75) && pad.canvas == Size(100, 100))
        #expect(pad.offset.x == 0 && pad.offset.y == Int(25 * gravity.shares.y))
    }

    @Test func coverWithoutEnlargingCutsOnly() throws {
        let plan = try FitPlan(source: Size(300, 200), target: .box(Size(256, 256)), fit: .cover)
        #expect(plan.scaled == Size(256, 200))
        #expect(plan.crop == Region(x: 22, y: 0, width: 256, height: 200))
        let enlarged = try FitPlan(source: Size(300, 200), target: .box(Size(256, 256)), fit: .cover, enlarge: true)
        #expect(enlarged.scaled == Size(256, 256))
    }

    @Test(arguments: [
        TargetSize.box(Size(0, 10)), .box(Size(10, -1)), .width(0), .height(-5), .percent(0), .percent(-.infinity),
        .percent(.nan),
    ])
    func impossibleSizesAreMisuse(_ target: TargetSize) {
        #expect { try FitPlan(source: Size(10, 10), target: target) } throws: { ($0 as? ImageError)?.kind == .misuse }
    }

    @Test func monstrousResultsAreRefused() {
        #expect(throws: ImageError.self) {
            try FitPlan(source: Size(10, 10), target: .box(Size(.max, .max)), fit: .fill, enlarge: true)
        }
        #expect(throws: ImageError.self) { try FitPlan(source: Size(1, 65535), target: .width(99999), enlarge: true) }
    }

    /// Whatever the sizes, the result lies in the box, has a pixel, and one side fills the box unless the source was smaller.
    @Test func insideHolds() throws {
        for seed in 0..<200 {
            var w = seed * 37 % 997 + 1
            let (h, bw, bh) = (seed * 91 % 1013 + 1, seed * 13 % 311 + 1, seed * 7 % 293 + 1)
            if seed % 5 == 0 { w *= 60 }
            let plan = try FitPlan(source: Size(w, h), target: .box(Size(bw, bh)))
            #expect(plan.scaled.width <= max(bw, 1) && plan.scaled.height <= max(bh, 1))
            #expect(plan.scaled.width >= 1 && plan.scaled.height >= 1)
            if w > bw || h > bh { #expect(plan.scaled.width == bw || plan.scaled.height == bh) }
        }
    }
}
