import Glibc
import Synchronization
import SystemPackage
import Tintype

/// Lets one call to the operating system go wrong: the nth of those that are meant.
final class NthCall: Sendable {
    private struct State {
        var seen = 0
        var shortensWrites = false
    }
    private let state = Mutex(State())
    private let number: Int
    private let isMeant: @Sendable (SystemCall) -> Bool
    private let act: @Sendable () -> SystemCall.Fault?

    /// - Parameter number: from 1. With 0 nothing goes wrong, and the calls are counted.
    init(_ number: Int, of isMeant: @escaping @Sendable (SystemCall) -> Bool, _ fault: SystemCall.Fault) {
        self.number = number
        self.isMeant = isMeant
        act = { fault }
    }

    /// Ends the process at the nth call, before it is made.
    init(killingAt number: Int, of isMeant: @escaping @Sendable (SystemCall) -> Bool) {
        self.number = number
        self.isMeant = isMeant
        act = {
            kill(getpid(), SIGKILL)
            return nil
        }
    }

    /// The calls that were meant so far.
    var count: Int { state.withLock { $0.seen } }

    /// Whether writes before the fault get no further than 1,000 bytes, so that there are several.
    var shortensWrites: Bool {
        get { state.withLock { $0.shortensWrites } }
        set { state.withLock { $0.shortensWrites = newValue } }
    }

    /// For `SystemCall.$fault.withValue`.
    var next: @Sendable (SystemCall) -> SystemCall.Fault? {
        { call in
            let isNow = self.state.withLock { state in
                if !self.isMeant(call) { return false }
                state.seen += 1
                return state.seen == self.number
            }
            if isNow { return self.act() }
            return call == .write && self.shortensWrites ? .short(1_000) : nil
        }
    }
}

extension FileDescriptor {
    static func remove(_ path: FilePath) throws {
        if unsafe unlink(path.string) != 0 { throw Errno(rawValue: errno) }
    }

    static func removeFolder(_ path: FilePath) throws {
        if unsafe rmdir(path.string) != 0 { throw Errno(rawValue: errno) }
    }
}
