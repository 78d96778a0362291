import Glibc
import SystemPackage
import TestSupport
import Testing
import Tintype
import TintypeStore

/// A process ends, as suddenly as by `kill -9`, before every single call that changes the disk. (A thousand random instants:
/// `Scripts/check-store.py`.)
@Suite struct KillTests {
    /// From the nth call on no call does anything any more: what is on the disk is what a killed process leaves.
    @Test func atEveryCall() async throws {
        let states = try await StoreLife.states()
        let calls = try await Self.calls()
        #expect(calls > 60)
        for number in 1...calls {
            let folder = TemporaryFolder(inMemory: true)
            let end = Broken(from: number)
            var returned = 0
            try? await SystemCall.$fault.withValue(end.next) {
                for step in StoreLife.steps {
                    try await step(ModelStore(root: folder / "store"))
                    if end.hasCome { break }
                    returned += 1
                }
            }
            try await Self.isWell(folder / "store", after: returned, states, "stopped at call \(number)")
        }
    }

    /// The same by a signal, for some of the calls, since each needs a process.
    @Test(arguments: [3, 17, 31, 45, 59])
    func bySignal(number: Int) async throws {
        let folder = TemporaryFolder(inMemory: true)
        await #expect(processExitsWith: .signal(SIGKILL)) {
            [path = folder.path.string as String, number = number as Int] in
            let log = try FileDescriptor.open(
                FilePath(path).appending("log"), .writeOnly, options: .create, permissions: .ownerReadWrite)
            let fault = NthCall(killingAt: number, of: \.changesTheDisk)
            try await SystemCall.$fault.withValue(fault.next) {
                for step in StoreLife.steps {
                    try await step(ModelStore(root: FilePath(path).appending("store")))
                    try log.writeAll([1])
                }
            }
        }
        let returned = try folder.read("log").count
        try await Self.isWell(folder / "store", after: returned, StoreLife.states(), "killed at call \(number)")
    }

    /// Every step that returned is there, the next one is or is not; and whoever comes next goes on from there.
    private static func isWell(
        _ root: FilePath, after returned: Int, _ states: [[String]], _ comment: Comment
    ) async throws {
        let state = try await StoreLife.state(of: root)
        let next = min(returned + 1, states.count - 1)
        #expect(state == states[returned] || state == states[next], comment)
        try await isWell(root, comment)
        for step in StoreLife.steps.dropFirst(state == states[returned] ? returned : next) {
            try await step(ModelStore(root: root))
        }
        #expect(try await StoreLife.state(of: root) == states.last, comment)
        try await isWell(root, comment)
    }

    /// Nothing dangles, no file under a final name is cut, and after `gc` there are no orphans.
    private static func isWell(_ root: FilePath, _ comment: Comment) async throws {
        let store = ModelStore(root: root)
        #expect(try await store.check().isSound, comment)
        try await store.gc(grace: .seconds(0))
        #expect(try await store.check().findings == [], comment)
    }

    /// How many calls that change the disk a store's life has.
    private static func calls() async throws -> Int {
        let folder = TemporaryFolder(inMemory: true)
        let counter = NthCall(0, of: \.changesTheDisk, .short(1))
        try await SystemCall.$fault.withValue(counter.next) {
            for step in StoreLife.steps { try await step(ModelStore(root: folder / "store")) }
        }
        return counter.count
    }
}
