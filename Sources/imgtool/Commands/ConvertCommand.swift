import ArgumentParser
import Tintype

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Write one picture in another format.",
        discussion: """
            The format follows from the output's extension: jpg jpeg png gif ppm pgm pnm pam. With {frame} in OUTPUT \
            all frames of an animation are written.

            With --lossless a JPEG is copied as it is stored, without decoding its pixels: turned, mirrored and cut by \
            whole MCUs (8 or 16 pixels a side). Columns or rows that do not fill one at an edge that is mirrored are \
            dropped, which is said; with --strict that is an error. A crop begins at the border of an MCU, at or \
            before the place given. Of the options of writing, --metadata and --progressive count.
            """)

    @Argument(help: "A picture, or - for standard input.")
    var input: String

    @Argument(help: "Where to: a file, a folder, or - for standard output.")
    var output: String

    @Option(help: "The frame of an animation, from 0. By default the still picture or the first frame.")
    var frame: Int?

    @Flag(help: "Turn the picture as it is to be shown.")
    var orient = false

    @OptionGroup var lossless: LosslessOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if let frame, frame < 0 { throw ValidationError("Frames are counted from 0.") }
        if lossless.lossless && frame != nil { throw ValidationError("--frame has no meaning with --lossless.") }
    }

    func run() throws {
        if lossless.lossless {
            return try LosslessJob(
                lossless: lossless, orient: orient, writing: writing, decoding: decoding, reporting: reporting,
                input: Input(name: input), output: output
            ).run()
        }
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
