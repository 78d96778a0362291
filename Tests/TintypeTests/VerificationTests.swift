import TestSupport
import Testing
import Tintype

@Suite struct VerificationTests {
    @Test(arguments: ["photo.jpg", "photo.png", "photo.gif", "animated.gif", "animated.png", "alpha.png"])
    func wholeFiles(_ name: String) throws {
        let bytes = try TestImages.bytes(name)
        let found = Verification(MemoryByteSource(bytes))
        #expect(found.damage == nil)
        #expect(found.warnings.isEmpty)
        #expect(found.frames == found.info?.frameCount ?? found.frames)
        let longer = Verification(MemoryByteSource(bytes + [0]))
        #expect(longer.damage == nil)
        #expect(longer.warnings.map(\.kind) == [.trailingBytes])
    }

    @Test(arguments: ["photo.jpg", "photo.png", "photo.gif"])
    func cutFiles(_ name: String) throws {
        let bytes = try TestImages.bytes(name)
        for share in [2, 5, 10] {
            let found = Verification(MemoryByteSource(Array(bytes.prefix(bytes.count / share))))
            #expect(found.damage?.kind == .truncated)
        }
    }

    @Test func whatIsNoPicture() {
        let found = Verification(MemoryByteSource([1, 2, 3]))
        #expect(found.damage?.kind == .malformed)
        #expect(found.info == nil && found.frames == 0)
    }
}
