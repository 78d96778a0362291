/// Deterministic damage to files: what decoders must survive.
public enum Damage {
    /// Every proper prefix of `bytes`, by length. Beyond `dense` bytes only every `step`th.
    public static func truncations(of bytes: [UInt8], dense: Int = 1200, step: Int = 37) -> [Int] {
        Array(0..<min(dense, bytes.count)) + Array(stride(from: dense, to: max(dense, bytes.count), by: step))
    }

    /// A copy with a few bytes flipped, overwritten, removed or inserted.
    public static func mutated(_ bytes: [UInt8], seed: UInt64) -> [UInt8] {
        var random = SplitMix64(seed: seed)
        var bytes = bytes
        for _ in 0..<Int.random(in: 1...4, using: &random) where !bytes.isEmpty {
            // Headers matter most.
            let reach = Bool.random(using: &random) ? min(200, bytes.count) : bytes.count
            let at = Int.random(in: 0..<reach, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[at] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 1: bytes[at] = [0, 1, 127, 128, 255].randomElement(using: &random) ?? 0
            case 2: bytes.removeSubrange(at..<min(bytes.count, at + Int.random(in: 1...16, using: &random)))
            case 3: bytes.insert(contentsOf: [0xFF, UInt8.random(in: 0...255, using: &random)], at: at)
            default: bytes[at] = UInt8.random(in: 0...255, using: &random)
            }
        }
        return bytes
    }
}
