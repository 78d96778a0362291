/// How pixels whose colour is not in the palette are shown by those that are.
public enum Dithering: String, Sendable, Hashable, CaseIterable {
    /// By the nearest colour: smooth shades become steps.
    case none
    /// By passing each pixel's error on to its neighbours (Floyd and Steinberg): the truest still picture.
    case diffusion
    /// By a fixed pattern of two colours each: equal pixels in equal places stay equal, so that what stands still in an
    /// animation does not flicker.
    case ordered
}
