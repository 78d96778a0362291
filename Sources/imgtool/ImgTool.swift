import ArgumentParser
import Dispatch

@main
struct ImgTool: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imgtool",
        abstract: "Thumbnails, conversion and inspection of JPEG, PNG, GIF and Netpbm pictures.",
        discussion: "INPUT and OUTPUT may be '-' for standard input and output.",
        version: "0.1.0",
        subcommands: [
            ThumbnailCommand.self, ResizeCommand.self, ConvertCommand.self, InfoCommand.self, VerifyCommand.self,
            SheetCommand.self, StoreCommand.self, BenchCommand.self,
        ])

    /// What works on pictures runs on the main thread: to start the pool of Swift's tasks, and to allocate anywhere but on the main heap, takes
    /// milliseconds. Only the store is asynchronous.
    static func main() {
        let interruption = Interruption()
        withExtendedLifetime(interruption) {
            do {
                var command = try parseAsRoot()
                guard command is any AsyncParsableCommand else { return try command.run() }
                Task { await runAsynchronously() }
                dispatchMain()
            } catch {
                exit(withError: error)
            }
        }
    }

    /// Parsed anew, as a command that this thread has parsed must not be sent to another.
    private static func runAsynchronously() async {
        do {
            guard var command = try parseAsRoot() as? any AsyncParsableCommand else { exit() }
            try await command.run()
            exit()
        } catch {
            exit(withError: error)
        }
    }
}
