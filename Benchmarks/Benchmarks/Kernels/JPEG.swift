import Stages
import TintypeKernels

func jpegDecoding() {
    for side in [8, 4, 2] {
        stage("inverse DCT \(side)x\(side)") {
            let blocks = 500
            var coefficients = [Int16](repeating: 0, count: 64 * blocks)
            let values: [Int16] = noise(12 * blocks, in: -40...40)
            for i in values.indices {
                coefficients[i / 12 * 64 + [0, 1, 2, 3, 8, 9, 10, 16, 17, 24, 40, 63][i % 12]] = values[i]
            }
            let steps = (0..<64).map { Int16(3 + $0) }
            var samples = [UInt8](repeating: 0, count: 8 * 8 * blocks)
            return {
                var target = samples.mutableSpan
                switch side {
                case 8:
                    inverseDCT(
                        coefficients.span, from: 0, blocks: blocks, quantization: steps.span, into: &target, at: 0,
                        stride: 8 * blocks)
                case 4:
                    inverseDCT4x4(
                        coefficients.span, from: 0, blocks: blocks, quantization: steps.span, into: &target, at: 0,
                        stride: 4 * blocks)
                default:
                    inverseDCT2x2(
                        coefficients.span, from: 0, blocks: blocks, quantization: steps.span, into: &target, at: 0,
                        stride: 2 * blocks)
                }
            }
        }
    }
    for side in [4, 2] {
        stage("inverse DCT \(side)x\(side) of corners") {
            let blocks = 500
            let coefficients: [Int16] = noise(side * side * blocks, in: -40...40)
            let steps = (0..<64).map { Int16(3 + $0) }
            var samples = [UInt8](repeating: 0, count: side * side * blocks)
            return {
                var target = samples.mutableSpan
                if side == 4 {
                    inverseCornerDCT4x4(
                        coefficients.span, from: 0, spacing: 16, blocks: blocks, quantization: steps.span,
                        into: &target, at: 0, stride: 4 * blocks)
                } else {
                    inverseCornerDCT2x2(
                        coefficients.span, from: 0, spacing: 4, blocks: blocks, quantization: steps.span,
                        into: &target, at: 0, stride: 2 * blocks)
                }
            }
        }
    }
    for kind in ["2x1", "1x2", "2x2"] {
        stage("upsampling \(kind)") {
            let near: [UInt8] = noise(width, in: 0...255)
            let far: [UInt8] = noise(width, in: 100...255)
            var row = [UInt8](repeating: 0, count: 2 * width)
            return {
                var target = row.mutableSpan
                switch kind {
                case "2x1": upsampleWidth2(near.span, into: &target, at: 0)
                case "1x2": upsampleHeight2(near.span, far.span, below: true, into: &target, at: 0)
                default: upsampleBoth2(near.span, far.span, into: &target, at: 0)
                }
            }
        }
    }
    stage("YCbCr to RGB") {
        let plane: [UInt8] = noise(width, in: 0...255)
        var row = [UInt8](repeating: 0, count: 3 * width)
        return {
            var target = row.mutableSpan
            convertYCbCrToRGB(plane.span, plane.span, plane.span, into: &target)
        }
    }
    stage("YCbCr to RGB with upsampling 2x2") {
        let luma: [UInt8] = noise(width, in: 0...255)
        let near: [UInt8] = noise((width + 1) / 2, in: 0...255)
        let far: [UInt8] = noise((width + 1) / 2, in: 100...255)
        var row = [UInt8](repeating: 0, count: 3 * width)
        var chroma = [UInt8](repeating: 0, count: 2 * (width + 1))
        return {
            var target = row.mutableSpan
            var scratch = chroma.mutableSpan
            convertHalfWidthYCbCrToRGB(
                luma.span, cb: near.span, farCb: far.span, cr: near.span, farCr: far.span, isHalfHeight: true,
                scratch: &scratch, into: &target)
        }
    }
}

func jpegEncoding() {
    stage("RGB to YCbCr") {
        let rgb: [UInt8] = noise(3 * width, in: 0...255)
        var (luma, blue) = ([UInt8](repeating: 0, count: width), [UInt8](repeating: 0, count: width))
        var red = luma
        return {
            var y = luma.mutableSpan
            var cb = blue.mutableSpan
            var cr = red.mutableSpan
            JPEGForward.convertRow(rgb.span, pixels: width, luma: &y, blue: &cb, red: &cr)
        }
    }
    stage("forward DCT and quantisation") {
        let blocks = 500
        let samples: [UInt8] = noise(64 * blocks, in: 100...160)
        let steps = (0..<64).map { UInt8(5 + $0) }
        let divisors = JPEGForward.Divisors(steps: steps.span)
        var masks = [UInt64](repeating: 0, count: blocks)
        var values = [Int16](repeating: 0, count: 64 * blocks)
        return {
            var mask = masks.mutableSpan
            var value = values.mutableSpan
            _ = JPEGForward.transformBlocks(
                samples.span, stride: 8 * blocks, blocks: blocks, divisors: divisors, masks: &mask, values: &value)
        }
    }
}
