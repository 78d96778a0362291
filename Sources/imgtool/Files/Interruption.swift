import Dispatch
import Glibc
import Tintype

/// What the process does when it is told to stop: it leaves nothing half-written behind.
struct Interruption {
    private let sources: [any DispatchSourceSignal]

    /// Takes the signals over for as long as this value lives. A reader of our output that goes away becomes an error
    /// of writing instead of the end.
    init() {
        signal(SIGPIPE, SIG_IGN)
        sources = [SIGINT, SIGTERM, SIGHUP].map { number in
            signal(number, SIG_IGN)
            let source = DispatchSource.makeSignalSource(
                signal: number, queue: DispatchQueue(label: "interruption", qos: .userInteractive))
            source.setEventHandler { AtomicFile.removeUnfinished { _exit(128 + number) } }
            source.activate()
            return source
        }
    }
}
