public import TintypeCore

/// What has to be done to bring a picture's colours to sRGB.
public enum ColorPlan: Sendable {
    /// Nothing: the profile is sRGB, or there is none, which is understood as sRGB.
    case nothing
    case transform(ColorTransform)
    /// Nothing can be done, for the reason given. The profile has to stay with the pixels.
    case impossible(String)

    /// - Parameters:
    ///   - icc: the picture's profile. Those of the matrix/TRC kind and of grey with a curve can be converted.
    ///   - pixelFormat: of the rows.
    public init(icc: [UInt8]?, pixelFormat: PixelFormat) {
        guard let icc else {
            self = .nothing
            return
        }
        guard let profile = ICCProfile(icc), profile.hasSignature else {
            self = .impossible("the colour profile cannot be read")
            return
        }
        let name = profile.name.map { "'\($0)'" } ?? "without a name"
        let space = pixelFormat == .cmyk8 ? "CMYK" : pixelFormat.isGray ? "GRAY" : "RGB "
        guard profile.dataSpace == space else {
            self = .impossible("the colour profile \(name) is for other pixels than these")
            return
        }
        guard let model = ColorModel(profile) else {
            self = .impossible("the colour profile \(name) is of another kind than matrix and curves")
            return
        }
        self = model.isSRGB ? .nothing : .transform(ColorTransform(model, pixelFormat: pixelFormat))
    }
}

extension ColorModel {
    /// Whether the model is sRGB as one or the other maker rounds it: no pixel would change by more than 1 of 255.
    var isSRGB: Bool {
        switch self {
        case .gray(let curve):
            return curve.isSRGB
        case .matrix(let curves, let matrix):
            // A channel's slope is at most 12.92 × 255, where the light of the others may be 1.
            let identity = [1.0, 0, 0, 0, 1, 0, 0, 0, 1]
            let isNear = zip(Self.toSRGB(matrix), identity).allSatisfy { ($0 - $1).magnitude < 0.000_3 }
            return isNear && curves.allSatisfy(\.isSRGB)
        }
    }
}

extension ToneCurve {
    fileprivate var isSRGB: Bool {
        (0...255).allSatisfy { sample in
            let back = Self.sRGBSample(light(Double(sample) / 255)) * 255
            return (back - Double(sample)).magnitude < 0.5
        }
    }
}
