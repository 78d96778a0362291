/// A picture's pixels in another order.
public enum PixelTurning {
    /// Columns and rows that are turned at once: the lines that they take of the source and of the target stay in the second-level cache.
    private static let tile = 128

    /// Sets pixel x of row y to the one that begins at `start + across × x + down × y` in `source`.
    ///
    /// - Parameters:
    ///   - width: pixels a row of the target; its rows follow each other without gaps.
    ///   - bytes: of a pixel, 1 to 8.
    /// - Precondition: all of these pixels lie within `source`, and `target` has room for just `width × height` of them.
    public static func turn(
        _ source: Span<UInt8>, from start: Int, across: Int, down: Int, width: Int, height: Int, bytes: Int,
        into target: inout MutableSpan<UInt8>
    ) {
        precondition(width >= 1 && height >= 1 && (1...8).contains(bytes) && target.count == width * height * bytes)
        let (right, bottom) = (across * (width - 1), down * (height - 1))
        precondition(start + min(right, 0) + min(bottom, 0) >= 0)
        precondition(start + max(right, 0) + max(bottom, 0) + bytes <= source.count)
        // Sound: the corners of the picture lie within both, and so do all pixels between them.
        unsafe source.withUnsafeBytes { source in
            unsafe target.withUnsafeMutableBytes { target in
                guard let source = source.baseAddress, let target = target.baseAddress else { return }
                let from = unsafe source + start
                switch bytes {
                case 1: unsafe turn(from, across, down, width, height, 1, target)
                case 2: unsafe turn(from, across, down, width, height, 2, target)
                case 3: unsafe turn(from, across, down, width, height, 3, target)
                case 4: unsafe turn(from, across, down, width, height, 4, target)
                case 6: unsafe turn(from, across, down, width, height, 6, target)
                case 8: unsafe turn(from, across, down, width, height, 8, target)
                default: unsafe turn(from, across, down, width, height, bytes, target)
                }
            }
        }
    }

    @inline(__always)
    private static func turn(
        _ source: UnsafeRawPointer, _ across: Int, _ down: Int, _ width: Int, _ height: Int, _ bytes: Int,
        _ target: UnsafeMutableRawPointer
    ) {
        for top in stride(from: 0, to: height, by: tile) {
            for left in stride(from: 0, to: width, by: tile) {
                let count = min(tile, width &- left)
                for y in top..<min(top &+ tile, height) {
                    let from = unsafe source + (left &* across &+ y &* down)
                    let to = unsafe target + (y &* width &+ left) &* bytes
                    for x in 0..<count { unsafe copy(from + x &* across, to + x &* bytes, bytes) }
                }
            }
        }
    }

    /// Copies a pixel in parts that processors have.
    @inline(__always)
    private static func copy(_ from: UnsafeRawPointer, _ to: UnsafeMutableRawPointer, _ bytes: Int) {
        var done = 0
        if bytes == 8 { return unsafe to.storeBytes(of: from.loadUnaligned(as: UInt64.self), as: UInt64.self) }
        if bytes & 4 != 0 {
            unsafe to.storeBytes(of: from.loadUnaligned(as: UInt32.self), as: UInt32.self)
            done = 4
        }
        if bytes & 2 != 0 {
            unsafe to.storeBytes(
                of: from.loadUnaligned(fromByteOffset: done, as: UInt16.self), toByteOffset: done, as: UInt16.self)
            done &+= 2
        }
        if bytes & 1 != 0 {
            unsafe to.storeBytes(
                of: from.load(fromByteOffset: done, as: UInt8.self), toByteOffset: done, as: UInt8.self)
        }
    }
}
