import ArgumentParser
import Tintype

extension ImageError {
    /// The exit code of a run whose single input met this error, after sysexits.h.
    var exitCode: Int32 {
        switch kind {
        case .malformed, .truncated, .unsupported: 65
        case .limitExceeded: 69
        case .misuse: 64
        case .io:
            switch operation {
            case .open: 66
            case .create: 73
            case .read, .write, nil: 74
            }
        }
    }
}
