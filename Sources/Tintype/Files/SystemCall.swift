package import SystemPackage

/// The calls to the operating system that files need. All of them pass through `FileSystem.swift`, which asks here first, so that a test
/// can let any one of them fail.
package enum SystemCall: String, Sendable, CaseIterable {
    case open, status, read, write, synchronize, truncate, setPermissions, makeFolder, rename, link, unlink, list, lock,
        close

    /// Whether it leaves something else on the disk than was there before, or makes that last.
    package var changesTheDisk: Bool {
        switch self {
        case .write, .synchronize, .truncate, .setPermissions, .makeFolder, .rename, .link, .unlink: true
        case .open, .status, .read, .list, .lock, .close: false
        }
    }

    package enum Fault: Sendable {
        /// The call is not made; this is what it is said to have found.
        case error(Errno)
        /// A read or write gets no further than this many bytes.
        case short(Int)
    }

    /// What is to happen to the next call of the present task; nil where it is to be made as it is.
    @TaskLocal package static var fault: (@Sendable (SystemCall) -> Fault?)?

    /// Throws the error that a test wants here.
    ///
    /// - Returns: the most bytes that may be read or written.
    @discardableResult
    func begin() throws(Errno) -> Int {
        guard let fault = Self.fault?(self) else { return .max }
        switch fault {
        case .error(let errno): throw errno
        case .short(let count): return max(1, count)
        }
    }
}
