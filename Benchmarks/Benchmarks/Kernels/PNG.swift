import Stages
import TintypeKernels

func pngLines() {
    for (filter, name) in [(1, "Sub"), (2, "Up"), (3, "Average"), (4, "Paeth")] as [(UInt8, String)] {
        for bytes in filter == 2 ? [4] : [3, 4, 6, 8] {
            stage("un-filter \(name) \(bytes) bytes a pixel") {
                let line: [UInt8] = noise(bytes * width, in: 0...255)
                let prior: [UInt8] = noise(bytes * width, in: 20...255)
                var out = prior
                return {
                    var target = out.mutableSpan
                    _ = PNGUnfilter.reconstruct(
                        filter: filter, line.span, prior: prior.span, bytesPerPixel: bytes, into: &target)
                }
            }
        }
    }
    stage("filters tried") {
        let line: [UInt8] = noise(3 * width, in: 0...255)
        let prior: [UInt8] = noise(3 * width, in: 20...255)
        var scratch = prior
        return {
            var target = scratch.mutableSpan
            _ = PNGFilter.sums(line.span, prior: prior.span, bytesPerPixel: 3, scratch: &target)
        }
    }
    stage("Adler-32") {
        let bytes: [UInt8] = noise(4 * width, in: 0...255)
        var sum = Adler32()
        return { sum = sum.appending(bytes.span) }
    }
    for channels in [3, 4] {
        stage("palette to \(channels) channels") {
            let indexes: [UInt8] = noise(width, in: 0...255)
            let table: [UInt32] = noise(256, in: 0...0xFFFF_FFFF)
            var row = [UInt8](repeating: 0, count: channels * width)
            return {
                var target = row.mutableSpan
                PNGUnpack.lookUp(indexes.span, in: table.span, channels: channels, into: &target)
            }
        }
    }
    for hasHoles in [false, true] {
        stage("indexes drawn\(hasHoles ? " around holes" : "")") {
            let indexes: [UInt8] = noise(width, in: 0...255)
            var colors: [UInt32] = noise(256, in: 1...0xFFFF_FFFF)
            colors[7] = 0
            var row = [UInt8](repeating: 0, count: 4 * width)
            return {
                var target = row.mutableSpan
                IndexedPixels.draw(
                    indexes.span, 0..<width, colors: colors.span, hasHoles: hasHoles, on: &target, from: 0)
            }
        }
    }
    stage("RGB turned by a quarter") {
        let (across, down) = (width, 300)
        let picture: [UInt8] = noise(3 * across * down, in: 0...255)
        var turned = picture
        return {
            var target = turned.mutableSpan
            PixelTurning.turn(
                picture.span, from: 3 * across * (down - 1), across: -3 * across, down: 3, width: down, height: across,
                bytes: 3, into: &target)
        }
    }
    stage("8 bits to 16 and back") {
        let narrow: [UInt8] = noise(3 * width, in: 0...255)
        var (wide, back) = ([UInt8](repeating: 0, count: 6 * width), narrow)
        return {
            var target = wide.mutableSpan
            PixelDepth.widen(narrow.span, into: &target)
            target = back.mutableSpan
            PixelDepth.narrow(wide.span, into: &target)
        }
    }
}
