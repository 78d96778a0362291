import ArgumentParser

@main
struct ImgTool: ParsableCommand {
    static let configuration = CommandConfiguration(commandName: "imgtool")
}
