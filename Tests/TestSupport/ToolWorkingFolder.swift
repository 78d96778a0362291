import Glibc
import SystemPackage

/// Makes a folder the working folder of the process until `leave()`. One test at a time may do so.
public struct WorkingFolder {
    private let before: String

    public init(_ folder: TemporaryFolder) {
        before = unsafe getcwd(nil, 0).map { unsafe String(cString: $0) } ?? "/"
        _ = unsafe chdir(folder.path.string)
    }

    public func leave() {
        _ = unsafe chdir(before)
    }
}
