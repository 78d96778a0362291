import ArgumentParser

@main
struct ImgTool: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "imgtool",
        abstract: "Thumbnails, conversion and inspection of JPEG, PNG, GIF and Netpbm pictures.",
        discussion: "INPUT and OUTPUT may be '-' for standard input and output.",
        version: "0.1.0",
        subcommands: [
            ThumbnailCommand.self, ResizeCommand.self, ConvertCommand.self, InfoCommand.self, VerifyCommand.self,
            SheetCommand.self, StoreCommand.self, BenchCommand.self,
        ])

    static func main() async {
        let interruption = Interruption()
        await main(nil)
        withExtendedLifetime(interruption) {}
    }
}
