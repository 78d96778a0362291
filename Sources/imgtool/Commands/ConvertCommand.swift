import ArgumentParser
import Tintype

struct ConvertCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "convert", abstract: "Write one picture in another format, or several as an animation.",
        usage: """
            imgtool convert INPUT OUTPUT [options]
            imgtool convert INPUT... -o OUTPUT [options]
            """,
        discussion: """
            The format follows from the output's extension: jpg jpeg png apng gif ppm pgm pnm pam. An animation stays \
            one as .gif and .apng (which is PNG), and as .png with --format png. With {frame} in OUTPUT all frames \
            are written, each to a file.

            With -o several pictures become the frames of one animation of the first one's size; a picture of another \
            size is brought into that, and an animation gives all its frames.

            With --lossless a JPEG is copied as it is stored, without decoding its pixels: turned, mirrored and cut by \
            whole MCUs (8 or 16 pixels a side). Columns or rows that do not fill one at an edge that is mirrored are \
            dropped, which is said; with --strict that is an error. A crop begins at the border of an MCU, at or \
            before the place given. Of the options of writing, --metadata and --progressive count.
            """)

    @Argument(
        help:
            "A picture, or - for standard input; and, without -o, where to: a file, a folder, or - for standard output."
    )
    var files: [String]

    @Option(name: [.short, .long], help: "Where to. All files named before are inputs then.")
    var output: String?

    @OptionGroup var animation: AnimationOptions

    @Option(
        help: "How long each frame is shown that several pictures are made into, in milliseconds: 100 if nobody says.")
    var delay: Int?

    @Option(help: "How often an animation of several pictures is shown, 0 for ever.")
    var loop = 0

    @Flag(help: "Turn the picture as it is to be shown.")
    var orient = false

    @OptionGroup var lossless: LosslessOptions
    @OptionGroup var writing: WritingOptions
    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var reporting: ReportingOptions

    func validate() throws {
        if output == nil, files.count != 2 {
            throw ValidationError("Name one input and one output, or several inputs and -o.")
        }
        if lossless.lossless && (animation.frame != nil || inputs.count > 1) {
            throw ValidationError("--lossless copies one picture that does not move.")
        }
        if let delay, !(0...655_350).contains(delay) { throw ValidationError("--delay must be 0 to 655350.") }
        if !(0...65_535).contains(loop) { throw ValidationError("--loop must be 0 to 65535.") }
    }

    private var inputs: [Input] { (output == nil ? Array(files.dropLast()) : files).map(Input.init) }
    private var target: String { output ?? files.last ?? OutputTemplate.standardOutput }

    func run() throws {
        if lossless.lossless {
            return try LosslessJob(
                lossless: lossless, orient: orient, writing: writing, decoding: decoding, reporting: reporting,
                input: inputs[0], output: target
            ).run()
        }
        // At its own size the pixels are not touched.
        var unscaled = Thumbnail(.percent(100))
        unscaled.orient = orient
        unscaled.options = decoding.decodeOptions
        writing.apply(to: &unscaled)
        animation.apply(to: &unscaled)
        if inputs.count > 1 || delay != nil {
            return try JoiningJob(
                thumbnail: unscaled, writing: writing, reporting: reporting, inputs: inputs, output: target,
                delay: delay, loop: loop
            ).run()
        }
        var job = try PictureJob(
            thumbnail: unscaled, writing: writing, reporting: reporting, inputs: inputs, output: target)
        if animation.frame == nil && job.outputs.template.uses(.frame) { job.separatesFrames = true }
        try job.run(jobs: 1)
    }
}
