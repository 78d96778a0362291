import Testing
import TintypeKernels

/// Arrays on both sides of the size from which on large pages are asked for, and their ends.
@Suite struct LargeArrayTests {
    @Test(arguments: [0, 1, 4095, 2 << 20, (4 << 20) - 1, 4 << 20, (9 << 20) + 4097])
    func bytesAreZero(_ count: Int) {
        let bytes: [UInt8] = zeros(count)
        #expect(bytes.count == count && bytes.allSatisfy { $0 == 0 })
    }

    @Test func numbersAreZero() {
        var numbers: [Int16] = zeros(3 << 20)
        #expect(numbers.count == 3 << 20 && numbers.allSatisfy { $0 == 0 })
        let copy = numbers
        numbers[numbers.count - 1] = -1
        #expect(copy.last == 0 && numbers.last == -1)
        let words: [UInt64] = zeros(1 << 19)
        #expect(words.count == 1 << 19 && words.allSatisfy { $0 == 0 })
    }
}
