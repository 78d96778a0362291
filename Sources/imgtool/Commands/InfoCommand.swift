import ArgumentParser
import Tintype

struct InfoCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "info", abstract: "Say what pictures are, from their headers alone.")

    @Argument(help: "Pictures, or - for standard input.")
    var inputs: [String]

    @OptionGroup var decoding: DecodingOptions
    @OptionGroup var reporting: ReportingOptions

    func run() throws {
        let options = decoding.decodeOptions
        try Batch.run(inputs.map(Input.init), reporting: reporting, channel: .payload) { input in
            Report(input) { report throws(ImageError) in
                let (info, metadata) = try ImageReader.inspect(input.source(), options: options)
                let bytes = input.byteCount
                report.line = "\(input.name): " + info.summary(metadata, bytes: bytes)
                report.facts = [("path", .string(input.name))] + info.facts(metadata, bytes: bytes)
                for line in metadata.png.summary { report.line? += "\n    " + line }
                if let taken = metadata.exifFacts, !taken.isEmpty {
                    if let summary = taken.summary { report.line? += "\n    " + summary }
                    report.facts.append(("exif", taken.json))
                }
            }
        }
    }
}

extension ImageInfo {
    /// One line for a person.
    fileprivate func summary(_ metadata: Metadata, bytes: Int?) -> String {
        var parts = [format.name, "\(size)"]
        if orientation != .up { parts.append("shown as \(displaySize) (orientation \(orientation.rawValue))") }
        switch details {
        case .jpeg(let jpeg):
            parts += [jpeg.process.rawValue, jpeg.colorModel.rawValue]
            if jpeg.components > 1 { parts.append(jpeg.subsampling) }
        case .png(let png):
            parts.append(png.palette > 0 ? "palette of \(png.palette)" : pixelFormat.isGray ? "grey" : "RGB")
            if png.interlaced { parts.append("interlaced") }
        case .gif, .netpbm:
            break
        }
        parts.append("\(bitDepth) \(bitDepth == 1 ? "bit" : "bits")")
        if hasAlpha { parts.append("alpha") }
        if let frameCount, frameCount != 1 { parts.append("\(frameCount) frames") }
        if let name = metadata.iccName { parts.append("profile '\(name)'") }
        if metadata.isSRGB { parts.append("sRGB") }
        if let bytes { parts.append(readable(bytes: bytes)) }
        return parts.joined(separator: ", ")
    }

    /// What `--json` prints.
    fileprivate func facts(_ metadata: Metadata, bytes: Int?) -> [(String, JSON)] {
        var facts: [(String, JSON)] = [
            ("format", .string(format.rawValue)), ("width", .int(size.width)), ("height", .int(size.height)),
            ("orientation", .int(orientation.rawValue)), ("displayWidth", .int(displaySize.width)),
            ("displayHeight", .int(displaySize.height)), ("channels", .int(channels)), ("bitDepth", .int(bitDepth)),
            ("hasAlpha", .bool(hasAlpha)), ("frames", .optional(frameCount)), ("loopCount", .optional(loopCount)),
            ("bytes", .optional(bytes)), ("iccProfile", .optional(metadata.iccName)),
        ]
        switch details {
        case .jpeg(let jpeg):
            facts.append(
                (
                    "jpeg",
                    .object([
                        ("process", .string(jpeg.process.rawValue)), ("subsampling", .string(jpeg.subsampling)),
                        ("components", .int(jpeg.components)), ("colorModel", .string(jpeg.colorModel.rawValue)),
                        ("restartInterval", .int(jpeg.restartInterval)),
                    ])
                ))
        case .png(let png):
            facts.append(
                (
                    "png",
                    .object(
                        [
                            ("colorType", .int(png.colorType)), ("interlaced", .bool(png.interlaced)),
                            ("palette", .int(png.palette)), ("animated", .bool(png.animated)),
                            ("sRGB", .bool(metadata.isSRGB)),
                        ] + metadata.png.json)
                ))
        case .gif, .netpbm:
            break
        }
        return facts
    }
}
