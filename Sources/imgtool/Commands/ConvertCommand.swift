import ArgumentParser
import Tintype

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Write one picture in another format.",
        discussion: """
            The format follows from the output's extension: jpg jpeg png gif ppm pgm pnm pam. With {frame} in OUTPUT \
            all frames of an animation are written.
            """)

    @Argument(help: "A picture, or - for standard input.")
    var input: String

    @Argument(help: "Where to: a file, a folder, or - for standard output.")
    var output: String

    @Option(help: "The frame of an animation, from 0. By default the still picture or the first frame.")
    var frame: Int?

    @Flag(help: "Turn the picture as it is to be shown.")
    var orient = false

    @OptionGroup var writing: WritingOptions
    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if let frame, frame < 0 { throw ValidationError("Frames are counted from 0.") }
    }

    func run() throws {
        // At its own size the pixels are not touched.
        var unscaled = Thumbnail(.percent(100))
        unscaled.orient = orient
        unscaled.options = decoding.decodeOptions
        writing.apply(to: &unscaled)
        var job = try PictureJob(
            thumbnail: unscaled, writing: writing, reporting: reporting, inputs: [Input(name: input)], output: output)
        if let frame {
            job.frames = .one(frame)
        } else if job.outputs.template.uses(.frame) {
            job.frames = .all
        }
        try job.run(jobs: 1)
    }
}
