import ArgumentParser
import Tintype

struct ResizeCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resize", abstract: "Bring one picture to another size.")

    @Argument(help: "A picture, or - for standard input.")
    var input: String

    @Argument(help: "Where to: a file, a folder, or - for standard output.")
    var output: String

    @Option(name: [.short, .long], help: "256x256, 800x (width), x600 (height), 256 (a square box) or 50%.")
    var size: TargetSize

    @Flag(help: "Leave the picture as it is stored; its metadata still says how to turn it.")
    var noOrient = false

    @OptionGroup var animation: AnimationOptions
    @OptionGroup var scaling: ScalingOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var reporting: ReportingOptions

    func run() throws {
        var thumbnail = Thumbnail(size)
        thumbnail.orient = !noOrient
        thumbnail.options = decoding.decodeOptions
        scaling.apply(to: &thumbnail)
        writing.apply(to: &thumbnail)
        animation.apply(to: &thumbnail)
        try PictureJob(
            thumbnail: thumbnail, writing: writing, reporting: reporting, inputs: [Input(name: input)], output: output
        ).run(jobs: 1)
    }
}
