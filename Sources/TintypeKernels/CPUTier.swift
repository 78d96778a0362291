#if arch(x86_64)
    internal import _Builtin_intrinsics.intel.cpuid
#endif
#if canImport(Glibc)
    internal import Glibc
#elseif canImport(Musl)
    internal import Musl
#elseif canImport(Darwin)
    internal import Darwin
#endif

/// Which version of a kernel runs. All versions give the same bytes.
public enum CPUTier: String, Sendable, CaseIterable {
    /// Plain Swift, for every processor.
    case portable
    /// For x86-64 processors with AVX2, BMI2 and FMA (Intel since 2013, AMD since 2015).
    case avx2

    /// The best tier that this processor runs, or `portable` where the environment says `TINTYPE_CPU=portable`. Chosen once.
    public static let current: CPUTier = {
        guard let forced = unsafe getenv("TINTYPE_CPU") else { return best }
        // Sound: `getenv` gives a string that ends in zero, read here at once.
        return unsafe String(cString: forced) == CPUTier.portable.rawValue ? .portable : best
    }()

    /// The tiers that this processor runs, for tests that compare them.
    public static let available: [CPUTier] = best == .avx2 ? [.portable, .avx2] : [.portable]

    private static let best: CPUTier = hasAVX2 ? .avx2 : .portable

    /// Intel SDM vol. 1, §14.3: AVX2, BMI2 and FMA of the processor, and the upper register halves saved by the operating system.
    private static var hasAVX2: Bool {
        #if arch(x86_64)
            guard let features = cpuid(1), let extended = cpuid(7), let saved = cpuid(13) else { return false }
            let osSavesState = features.ecx >> 27 & 1 == 1
            // XGETBV is not to be had from Swift; leaf 13 gives the size of the state that the system has turned on, which is 576 bytes
            // without and at least 832 with the upper halves (vol. 1, §13.5).
            let savesUpperHalves = saved.ebx >= 832
            let (avx2, bmi2) = (extended.ebx >> 5 & 1 == 1, extended.ebx >> 8 & 1 == 1)
            let fma = features.ecx >> 12 & 1 == 1
            return osSavesState && savesUpperHalves && avx2 && bmi2 && fma
        #else
            return false
        #endif
    }

    #if arch(x86_64)
        private static func cpuid(_ leaf: UInt32) -> (ebx: UInt32, ecx: UInt32)? {
            var (eax, ebx, ecx, edx): (UInt32, UInt32, UInt32, UInt32) = (0, 0, 0, 0)
            // Sound: the four pointers are to variables that outlive the call.
            guard unsafe __get_cpuid_count(leaf, 0, &eax, &ebx, &ecx, &edx) != 0 else { return nil }
            return (ebx, ecx)
        }
    #endif
}
