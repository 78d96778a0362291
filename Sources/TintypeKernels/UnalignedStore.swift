/// An integer as eight bytes to any place, the most significant byte first: what bit writers empty themselves with.
///
/// - Precondition: `offset` and the seven bytes after it lie in `bytes` (checked).
@inlinable @inline(__always)
public func storeBigEndian64(_ value: UInt64, to bytes: inout MutableSpan<UInt8>, at offset: Int) {
    // Sound: the store is bounds-checked, and every bit pattern is eight bytes.
    var raw = unsafe bytes.mutableBytes
    raw.storeBytes(of: value.bigEndian, toByteOffset: offset, as: UInt64.self)
}
