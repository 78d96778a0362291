import ArgumentParser

struct BenchCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bench", abstract: "Measure one stage, from bytes in memory to a result in memory.",
        subcommands: [])
}
