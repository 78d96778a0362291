import Glibc
import SystemPackage
import TestSupport
import Testing
import Tintype
import TintypeStore

/// A process ends, as suddenly as by `kill -9`, before every single call that changes the disk. (A thousand random instants:
/// `Scripts/check-store.py`.)
@Suite struct KillTests {
    /// In runs of several, since each needs a process.
    @Test(arguments: 0..<8)
    func atEveryCall(part: Int) async throws {
        let states = try await StoreLife.states()
        let calls = try await Self.calls()
        #expect(calls > 60)
        for number in stride(from: part + 1, through: calls, by: 8) {
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
            let root = folder / "store"
            let returned = try folder.read("log").count
            let state = try await StoreLife.state(of: root)
            #expect(
                state == states[returned] || state == states[min(returned + 1, states.count - 1)],
                "killed at call \(number) after step \(returned)")
            try await Self.isWell(root, "killed at call \(number)")
            // Whoever comes next goes on where it stopped.
            let done = state == states[returned] ? returned : returned + 1
            for step in StoreLife.steps.dropFirst(done) { try await step(ModelStore(root: root)) }
            #expect(try await StoreLife.state(of: root) == states.last, "killed at call \(number)")
            try await Self.isWell(root, "killed at call \(number), and lived on")
        }
    }

    /// Nothing dangles, no file under a final name is cut, and after `gc` there are no orphans.
    static func isWell(_ root: FilePath, _ comment: Comment) async throws {
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
