/// Eight bytes from any place as one integer, the first byte most significant: what bit readers refill from.
///
/// - Precondition: `offset` and the seven bytes after it lie in `bytes` (checked).
@inlinable @inline(__always)
public func loadBigEndian64(_ bytes: Span<UInt8>, at offset: Int) -> UInt64 {
    // Sound: the load is bounds-checked, and every bit pattern is a UInt64.
    UInt64(bigEndian: unsafe bytes.bytes.unsafeLoadUnaligned(fromByteOffset: offset, as: UInt64.self))
}

/// Writes the eight bytes of an integer to any place, the least significant first.
///
/// - Precondition: `offset` and the seven bytes after it lie in `bytes` (checked).
@inlinable @inline(__always)
public func storeLittleEndian64(_ value: UInt64, in bytes: inout MutableSpan<UInt8>, at offset: Int) {
    // Sound: the store is bounds-checked, and a UInt64 has no other bytes than its value's.
    var raw = unsafe bytes.mutableBytes
    raw.storeBytes(of: value.littleEndian, toByteOffset: offset, as: UInt64.self)
}
