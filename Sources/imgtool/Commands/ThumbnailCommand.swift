import ArgumentParser
import SystemPackage
import Tintype

struct ThumbnailCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "thumbnail", abstract: "Make small pictures of large ones.",
        discussion: """
            OUTPUT is a file (for one input), a folder (ends in / or exists), a name with {dir} {stem} {ext} {width} \
            {height} {frame} in it, or - for standard output.
            """)

    @Argument(help: "Pictures, or - for standard input.")
    var inputs: [String]

    @Option(name: [.short, .long], help: "256x256, 800x (width), x600 (height), 256 (a square box) or 50%.")
    var size = TargetSize.box(Size(256, 256))

    @Option(name: [.short, .long], help: "Where to. By default {dir}/{stem}-thumb.{ext}.")
    var output: String?

    @Flag(help: "Leave the picture as it is stored; its metadata still says how to turn it.")
    var noOrient = false

    @OptionGroup var animation: AnimationOptions
    @OptionGroup var scaling: ScalingOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var parallel: ParallelOptions
    @OptionGroup var reporting: ReportingOptions

    func run() throws {
        var thumbnail = Thumbnail(size)
        thumbnail.orient = !noOrient
        thumbnail.options = decoding.decodeOptions
        scaling.apply(to: &thumbnail)
        writing.apply(to: &thumbnail)
        animation.apply(to: &thumbnail)
        try PictureJob(
            thumbnail: thumbnail, writing: writing, reporting: reporting, inputs: inputs.map(Input.init),
            output: output ?? (inputs == ["-"] ? OutputTemplate.standardOutput : OutputTemplate.defaultName)
        ).run(jobs: parallel.jobCount)
    }
}
