import Tintype

/// What became of one input.
struct Report: Sendable {
    let input: String
    /// For `--json`, after `ok` and `input`.
    var facts: [(String, JSON)] = []
    /// For `--json`, the whole object where it is not of the usual shape.
    var bare: [(String, JSON)]?
    /// For people; nil where there is nothing to say.
    var line: String?
    var warnings: [DecodeWarning] = []
    var error: ImageError?
    /// In place of the error's own.
    var specialExitCode: Int32?

    /// What the run ends with if this is its only input; nil if all went well.
    var exitCode: Int32? { error.map { specialExitCode ?? $0.exitCode } }

    init(_ input: String) {
        self.input = input
    }

    init(_ input: Input, _ work: (inout Report) throws(ImageError) -> Void) {
        self.init(input.name)
        do throws(ImageError) {
            try work(&self)
        } catch {
            self.error = error
        }
    }

    var json: JSON {
        guard let error else {
            return .object(bare ?? [("ok", .bool(true)), ("input", .string(input))] + facts)
        }
        return .object([("ok", .bool(false)), ("input", .string(input)), ("error", error.json)] + facts)
    }
}

/// Bytes for people: "940 bytes", "14.2 KiB".
func readable(bytes: Int) -> String {
    if bytes < 1024 { return "\(bytes) bytes" }
    var (value, unit) = (Double(bytes), "")
    for next in ["KiB", "MiB", "GiB", "TiB"] where value >= 1024 { (value, unit) = (value / 1024, next) }
    return "\((value * 10).rounded() / 10) \(unit)"
}
