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

/// A disk on which nothing can be changed any more from the nth call on.
final class Broken: Sendable {
    private let count = Mutex(0)
    private let first: Int

    init(from first: Int) {
        self.first = first
    }

    /// Whether it has come to that.
    var hasCome: Bool { count.withLock { $0 } >= first }

    /// For `SystemCall.$fault.withValue`.
    var next: @Sendable (SystemCall) -> SystemCall.Fault? {
        { call in
            if !call.changesTheDisk { return nil }
            let number = self.count.withLock { count in
                count += 1
                return count
            }
            return number >= self.first ? .error(.ioError) : nil
        }
    }
}

/// Counts the calls, and lets all go well.
final class Calls: Sendable {
    private let state = Mutex<[SystemCall: Int]>([:])

    var counts: [SystemCall: Int] { state.withLock { $0 } }

    /// For `SystemCall.$fault.withValue`.
    var next: @Sendable (SystemCall) -> SystemCall.Fault? {
        { call in
            self.state.withLock { $0[call, default: 0] += 1 }
            return nil
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
