#if canImport(Glibc)
    internal import Glibc
#endif

/// An array of zeros, which Linux is asked to hold in pages of 2 MiB where it is large.
///
/// Memory is given out when it is first touched, and in pages of 4 KiB that takes longer than decoding what is written there. All of the array is touched here, so that no
/// more memory is used.
public func zeros<Element: FixedWidthInteger & BitwiseCopyable>(_ count: Int) -> [Element] {
    // Sound: the bytes of all elements are set, and zeros are an integer's zero; advice changes nothing of what memory holds.
    unsafe [Element](unsafeUninitializedCapacity: count) { buffer, initialized in
        let bytes = UnsafeMutableRawBufferPointer(buffer)
        unsafe adviseHugePages(bytes)
        // As bytes, which needs no specialisation.
        unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0)
        initialized = count
    }
}

/// Asks for large pages in all whole pages of `memory`, if those may be some.
private func adviseHugePages(_ memory: UnsafeMutableRawBufferPointer) {
    #if canImport(Glibc)
        // A multiple of every size that small pages have.
        let pages = 1 << 16
        guard memory.count >= 1 << 22, let base = memory.baseAddress else { return }
        let first = unsafe base.alignedUp(toMultipleOf: pages)
        let last = unsafe (base + memory.count).alignedDown(toMultipleOf: pages)
        // Where it is not heeded, all goes on in small pages.
        unsafe _ = madvise(first, last - first, MADV_HUGEPAGE)
    #endif
}
